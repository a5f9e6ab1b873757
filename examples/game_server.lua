-- SPDX-License-Identifier: MIT
-- The script of lua_host.c: opens the game's port on the gateway while the game runs, and closes it
-- at the end. The second argument, the URL of the gateway's description, is for tests.
local natupnp = require "natupnp"

local port, location = ...
local client = assert(natupnp.client { gateway = location })
local mapping
local ticks = 0

local function opened(err, made)
  if err then
    print("only players in this network can join: " .. err.detail)
    return
  end
  mapping = made
  print(("players join at %s, port %d; the game went on for %d ticks meanwhile")
    :format(made.external_ip or "the gateway", made.external_port, ticks))
end

assert(client.static_mappings:add({
  external_port = port, protocol = "UDP", description = "a small game",
}, opened))

local server = {}

function server.fd()
  return client:fd()
end

function server.dispatch()
  assert(client:dispatch() ~= nil)
end

function server.tick()
  ticks = ticks + 1
end

function server.close()
  client:run() -- while it is still being opened, it cannot be closed
  if mapping then
    assert(mapping:remove())
    print("the port is closed")
  end
  client:close()
end

return server
