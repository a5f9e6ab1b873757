-- SPDX-License-Identifier: MIT
-- Port mappings, and how they are read from an operation.
local classes = require "natupnp.class"
local core = require "natupnp.core"
local errors = require "natupnp.errors"
local guard = require "natupnp.guard"
local record = require "natupnp.record"

local function external_error(handle)
  return errors.of_external(core.mapping_external_status(handle), core.mapping_external_detail(handle),
    core.mapping_external_fault(handle), core.mapping_external_hresult(handle))
end

--- A port mapping as the gateway had it when it was read: a snapshot that never changes. Two are
--- equal when all their fields are. A variable that is declared `<close>` (Lua 5.4) removes its
--- mapping at the end of the block.
---@class natupnp.Mapping
---@field external_ip string?     the gateway's external address, nil when it is not known
---@field external_error natupnp.Error?  why it is not known, when it was asked for
---@field external_port integer      the port on the external address, 1 to 65535
---@field internal_port integer      the port on the internal client, 1 to 65535
---@field protocol natupnp.Protocol
---@field internal_client string     the host that the mapping leads to: mostly a numeric address
---@field enabled boolean            whether the gateway forwards now
---@field description string         "" when there is none; some gateways shorten it
---@field remote_host string         the only host that may use it, "" for any
---@field lease integer              the seconds that were left, 0 for no end; as asked for, in what an add gives
local Mapping, new = record.class("natupnp.Mapping", {
  { "external_ip", core.mapping_external_ip },
  { "external_error", external_error },
  { "external_port", core.mapping_external_port },
  { "internal_port", core.mapping_internal_port },
  { "protocol", core.mapping_protocol },
  { "internal_client", core.mapping_internal_client },
  { "enabled", core.mapping_enabled },
  { "description", core.mapping_description },
  { "remote_host", core.mapping_remote_host },
  { "lease", core.mapping_lease_s },
})

function Mapping:__tostring()
  return ("%d/%s%s -> %s:%d%s%s"):format(self.external_port, self.protocol,
    self.remote_host ~= "" and " from " .. self.remote_host or "", self.internal_client,
    self.internal_port, self.description ~= "" and " " .. self.description or "",
    self.enabled and "" or " (disabled)")
end

--- Changes fields of this mapping on the gateway, as natupnp.Mappings:edit().
---@overload fun(self: natupnp.Mapping, changes: natupnp.Changes): natupnp.Mapping?, string?, natupnp.Code?, natupnp.Error?
---@param changes natupnp.Changes
---@param callback natupnp.OnMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Mapping:edit(changes, callback)
  guard.method(self, Mapping, callback)
  return record.owner(self):edit(self, changes, callback)
end

--- Lets the gateway forward.
---@overload fun(self: natupnp.Mapping): natupnp.Mapping?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Mapping:enable(callback)
  guard.method(self, Mapping, callback)
  return record.owner(self):edit(self, { enabled = true }, callback)
end

--- Keeps the entry, and the port closed. Few gateways can: E_UNSUPPORTED.
---@overload fun(self: natupnp.Mapping): natupnp.Mapping?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Mapping:disable(callback)
  guard.method(self, Mapping, callback)
  return record.owner(self):edit(self, { enabled = false }, callback)
end

--- Removes the mapping from the gateway.
---@overload fun(self: natupnp.Mapping): true?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnRemoved
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Mapping:remove(callback)
  guard.method(self, Mapping, callback)
  return record.owner(self):remove(self.external_port, self.protocol, callback)
end

--- Removes it at the end of the block; that it is gone already is fine. An error that ends the block
--- is not hidden by another one.
function Mapping:__close(pending)
  local removed, message, code = self:remove()
  if not removed and code ~= "E_NOT_FOUND" and pending == nil then error(message, 0) end
end

--- A mapping with a lease, or one that only one remote host may use.
---@class natupnp.DynamicMapping: natupnp.Mapping
local DynamicMapping = classes.derive(Mapping, "natupnp.DynamicMapping")

--- Asks for another lease, as natupnp.DynamicMappings:renew(). `mapping:renew(callback)` asks for the
--- default.
---@overload fun(self: natupnp.DynamicMapping, lease: integer?): natupnp.DynamicMapping?, string?, natupnp.Code?, natupnp.Error?
---@param lease integer?  seconds from now, greater than 0; 3600 if not given
---@param callback natupnp.OnDynamicMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function DynamicMapping:renew(lease, callback)
  lease, callback = guard.optional(lease, callback)
  guard.method(self, DynamicMapping, callback)
  return record.owner(self):renew(self, lease, callback)
end

--- Removes the mapping from the gateway.
---@overload fun(self: natupnp.DynamicMapping): true?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnRemoved
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function DynamicMapping:remove(callback)
  guard.method(self, DynamicMapping, callback)
  return record.owner(self):remove(self.external_port, self.protocol, self.remote_host, callback)
end

--- The mapping that a handle of the core stands for, of the class that belongs to its collection.
local function make(handle, collection)
  return new(handle, collection, nil, collection.mapping_class)
end

local mapping = record.reader(make, core.op_mapping, core.op_mapping_count, core.op_mapping_at)
mapping.class, mapping.dynamic_class = Mapping, DynamicMapping

--- One that the client tells of by itself: it belongs to the dynamic collection if that has it.
---@param handle any
---@param client natupnp.Client
---@return natupnp.Mapping|natupnp.DynamicMapping
function mapping.told(handle, client)
  local dynamic = core.mapping_lease_s(handle) ~= 0 or core.mapping_remote_host(handle) ~= ""
  return make(handle, dynamic and client.dynamic_mappings or client.static_mappings)
end

return mapping
