-- SPDX-License-Identifier: MIT
-- What the specs of events share.
local support = require "support"

local listening = {}

local number = 0

--- Gives the gateway an external address that it did not have yet.
function listening.change(gateway)
  number = number % 250 + 1
  local address = "198.51.100." .. number
  gateway:set { external_ip = address }
  return address
end

--- Waits until the client knows the gateway and hears of changes, so that only these come after it.
function listening.settle(gateway, client)
  local address
  local subscription = assert(client.events:on_external_ip(function(ip) address = ip end))
  local expected = listening.change(gateway)
  support.drive(client, function() return address == expected end)
  return subscription
end

return listening
