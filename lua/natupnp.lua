-- SPDX-License-Identifier: MIT
--- Port mappings on UPnP gateways, with the object model of the Windows NAT Traversal API.
---
---     local natupnp = require "natupnp"
---     local client = assert(natupnp.client())
---     local mapping, message, code = client.static_mappings:add{external_port = 8080, protocol = "TCP"}
---     if mapping then
---       print(mapping.external_ip, mapping.external_port)
---     elseif code == "E_CONFLICT" then
---       print("taken: " .. message)
---     end
---     client:close()
---
--- What goes wrong in the world is returned: `nil, message, code, err`. The message says what to do,
--- the code is a name such as "E_CONFLICT" (natupnp.Code), and err a natupnp.Error with the details.
--- So assert() works. A value that is no good, such as port 70000, is "E_INVAL" in the same way.
--- Wrong use of the interface, such as an unknown option, is error().
---
--- Every verb waits for its result. With a function as last argument it starts, returns a
--- natupnp.Operation at once, and calls that function as f(err, value) later, from
--- client:dispatch(), client:wait() or client:run().
local core = require "natupnp.core"
local client = require "natupnp.client"

---@class natupnp
local natupnp = {
  client = client.new,
  version = core.version(),
}

return natupnp
