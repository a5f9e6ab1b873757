-- SPDX-License-Identifier: MIT
-- IStaticPortMapping and IDynamicPortMapping. An object has the values of a mapping as it was read, or as
-- it was read back after its last change. Its state: `host`, `mapping`.
local com_error = require "natupnp.hnetcfg.com_error"
local dispatch = require "natupnp.hnetcfg.dispatch"

local function field(name, key)
  return { name = name, get = function(state) return state.mapping[key] end }
end

local function edit(name, parameter, kind, key)
  return {
    name = name, parameters = { { parameter, kind } },
    call = function(state, value)
      if key == "internal_port" and value == 0 then -- to the layer below it means the external one
        com_error.throw(com_error.winerror.E_INVALIDARG, "the internal port is 0; it must be 1 to 65535")
      end
      if key == "internal_client" then value = state.host:internal_client(value) end
      state.mapping = com_error.value(state.mapping:edit { [key] = value })
    end,
  }
end

local external_ip = {
  name = "ExternalIPAddress",
  get = function(state)
    local err = state.mapping.external_error
    if err and err.code ~= "E_NO_ADDRESS" then com_error.throw(err.hresult, err.detail) end
    return state.mapping.external_ip or ""
  end,
}

local renew_lease = {
  name = "RenewLease", parameters = { { "lLeaseDurationDesired", "long" } },
  call = function(state, lease)
    state.mapping = com_error.value(state.mapping:renew(lease))
    return state.mapping.lease
  end,
}

local function with_edits(members)
  for _, member in ipairs {
    edit("EditInternalClient", "bstrInternalClient", "text", "internal_client"),
    edit("Enable", "vb", "boolean", "enabled"),
    edit("EditDescription", "bstrDescription", "text", "description"),
    edit("EditInternalPort", "lInternalPort", "long", "internal_port"),
  } do members[#members + 1] = member end
  return members
end

local new_static = dispatch.interface("IStaticPortMapping", with_edits {
  external_ip,
  field("ExternalPort", "external_port"),
  field("InternalPort", "internal_port"),
  field("Protocol", "protocol"),
  field("InternalClient", "internal_client"),
  field("Enabled", "enabled"),
  field("Description", "description"),
})

local new_dynamic = dispatch.interface("IDynamicPortMapping", with_edits {
  external_ip,
  field("RemoteHost", "remote_host"),
  field("ExternalPort", "external_port"),
  field("Protocol", "protocol"),
  field("InternalPort", "internal_port"),
  field("InternalClient", "internal_client"),
  field("Enabled", "enabled"),
  field("Description", "description"),
  field("LeaseDuration", "lease"),
  renew_lease,
})

return { new_static = new_static, new_dynamic = new_dynamic }
