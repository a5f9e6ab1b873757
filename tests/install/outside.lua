-- SPDX-License-Identifier: MIT
-- A program of somebody else's: maps a port on a simulated gateway of its own, and unmaps it.
local natupnp = require "natupnp"
local hnetcfg = require "natupnp.hnetcfg"
local testing = require "natupnp.testing"

local gateway = testing.simulated_gateway {}
local client = assert(natupnp.client { gateway = gateway.location })
local mapping = assert(client.static_mappings:add { external_port = 8080, protocol = "TCP" })
local text = ("%d/%s of %s"):format(mapping.external_port, mapping.protocol, mapping.external_ip)
assert(mapping:remove())
local nat = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = gateway.location }))
print(("%s, then %d mappings"):format(text, nat.StaticPortMappingCollection.Count))
hnetcfg.client(nat):close()
client:close()
gateway:close()
