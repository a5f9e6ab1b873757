-- SPDX-License-Identifier: MIT
-- IStaticPortMappingCollection and IDynamicPortMappingCollection. Nothing is remembered: each member asks
-- the gateway. Their state: `host`, and `mappings`, the collection of the client.
local com_error = require "natupnp.hnetcfg.com_error"
local dispatch = require "natupnp.hnetcfg.dispatch"
local enumerator = require "natupnp.hnetcfg.enumerator"
local mapping = require "natupnp.hnetcfg.mapping"

local value = com_error.value

local remote_host = { "bstrRemoteHost", "text" }
local external_port, protocol = { "lExternalPort", "long" }, { "bstrProtocol", "text" }
local internal_port, internal_client = { "lInternalPort", "long" }, { "bstrInternalClient", "text" }
local enabled, description = { "bEnabled", "boolean" }, { "bstrDescription", "text" }
local lease_duration = { "lLeaseDuration", "long" }

--- A port of 0 means any free one, or the external one, to the layer below; here it is no port.
local function check_ports(external, internal)
  local what = external == 0 and "external" or internal == 0 and "internal"
  if what then
    com_error.throw(com_error.winerror.E_INVALIDARG, ("the %s port is 0; it must be 1 to 65535"):format(what))
  end
end

--- The members that both have; the methods of `own` are their own.
local function interface(name, own, new_mapping)
  local function wrap(state, read)
    return new_mapping { host = state.host, mapping = read }
  end

  local function list(state)
    local items = {}
    for i, read in ipairs(com_error.plain(state.mappings:list())) do items[i] = wrap(state, read) end
    return items
  end

  local new, metatable = dispatch.interface(name, {
    {
      name = "Item", reads = true, parameters = own.key,
      call = function(state, ...) return wrap(state, value(own.get(state.mappings, ...))) end,
    },
    { name = "Count", get = function(state) return value(state.mappings:count()) end },
    {
      name = "Remove", parameters = own.key,
      call = function(state, ...) value(own.remove(state.mappings, ...)) end,
    },
    {
      name = "Add", parameters = own.fields,
      call = function(state, ...) return wrap(state, value(own.add(state, ...))) end,
    },
    { name = "_NewEnum", get = function(state) return enumerator.new(function() return list(state) end) end },
  })
  function metatable.__len(object) return object.Count end
  function metatable.__pairs(object) return enumerator.pairs(object) end
  return new
end

local static = {
  key = { external_port, protocol },
  fields = { external_port, protocol, internal_port, internal_client, enabled, description },
}

function static.get(mappings, port, kind) return mappings:get(port, kind) end

function static.remove(mappings, port, kind) return mappings:remove(port, kind) end

function static.add(state, port, kind, inside, client, on, text)
  check_ports(port, inside)
  return state.mappings:add {
    external_port = port, protocol = kind, internal_port = inside, internal_client = state.host:internal_client(client),
    enabled = on, description = text,
  }
end

local dynamic = {
  key = { remote_host, external_port, protocol },
  fields = { remote_host, external_port, protocol, internal_port, internal_client, enabled, description,
             lease_duration },
}

function dynamic.get(mappings, remote, port, kind) return mappings:get(port, kind, remote) end

function dynamic.remove(mappings, remote, port, kind) return mappings:remove(port, kind, remote) end

function dynamic.add(state, remote, port, kind, inside, client, on, text, lease)
  check_ports(port, inside)
  return state.mappings:add {
    remote_host = remote, external_port = port, protocol = kind, internal_port = inside,
    internal_client = state.host:internal_client(client), enabled = on, description = text, lease = lease,
  }
end

return {
  new_static = interface("IStaticPortMappingCollection", static, mapping.new_static),
  new_dynamic = interface("IDynamicPortMappingCollection", dynamic, mapping.new_dynamic),
}
