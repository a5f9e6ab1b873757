-- SPDX-License-Identifier: MIT
-- IUPnPNAT and INATEventManager. Their state: `host`.
local collection = require "natupnp.hnetcfg.collection"
local com_error = require "natupnp.hnetcfg.com_error"
local dispatch = require "natupnp.hnetcfg.dispatch"

local function callback(name, kind)
  return { name = name, put = function(state, value) state.host:set_callback(kind, value) end }
end

local new_event_manager = dispatch.interface("INATEventManager", {
  callback("ExternalIPAddressCallback", "ExternalIPAddress"),
  callback("NumberOfEntriesCallback", "NumberOfEntries"),
})

--- A property that is an object where there is a gateway, else nil, and searched for at each reading.
local function found(name, make)
  return {
    name = name,
    get = function(state)
      if name == "DynamicPortMappingCollection" and not state.host.dynamic then
        com_error.throw(com_error.winerror.E_NOTIMPL, "the dynamic collection is switched off")
      end
      return state.host:has_gateway() and make(state) or nil
    end,
  }
end

local new = dispatch.interface("IUPnPNAT", {
  found("StaticPortMappingCollection", function(state)
    return collection.new_static { host = state.host, owner = state, mappings = state.host.client.static_mappings }
  end),
  found("DynamicPortMappingCollection", function(state)
    return collection.new_dynamic { host = state.host, owner = state, mappings = state.host.client.dynamic_mappings }
  end),
  found("NATEventManager", function(state)
    return new_event_manager { host = state.host, owner = state }
  end),
})

return { new = new }
