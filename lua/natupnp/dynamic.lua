-- SPDX-License-Identifier: MIT
-- The collection of dynamic port mappings.
local Mappings = require "natupnp.collection"
local classes = require "natupnp.class"
local core = require "natupnp.core"
local guard = require "natupnp.guard"
local mapping = require "natupnp.mapping"
local names = require "natupnp.names"
local operation = require "natupnp.operation"
local record = require "natupnp.record"

--- What to add.
---@class natupnp.DynamicAddRequest: natupnp.AddRequest
---@field remote_host? string  the only host that may use it, an IPv4 address; any if not given
---@field lease? integer       the seconds that it is wanted for, greater than 0; 3600 if not given

---@alias natupnp.OnDynamicMapping fun(err: natupnp.Error?, mapping: natupnp.DynamicMapping?)

local request_keys = {
  external_port = true, protocol = true, internal_port = true, internal_client = true,
  enabled = true, description = true, any_port = true, keep = true,
  remote_host = true, lease = true,
}

--- Every mapping of the gateway that has a lease, or that only one remote host may use. A key is an
--- external port, a protocol and a remote host. A mapping with a lease that any host may use is in
--- both collections.
---@class natupnp.DynamicMappings: natupnp.Mappings
---@field list fun(self: natupnp.DynamicMappings, callback: natupnp.OnMappings): natupnp.Operation?, string?, natupnp.Code?, natupnp.Error?
---@field list fun(self: natupnp.DynamicMappings): natupnp.DynamicMapping[]?, string?, natupnp.Code?, natupnp.Error?
---@field iter fun(self: natupnp.DynamicMappings): (fun(): natupnp.DynamicMapping?)?, string?, natupnp.Code?, natupnp.Error?
local DynamicMappings = classes.derive(Mappings, "natupnp.DynamicMappings")
DynamicMappings._verbs, DynamicMappings.mapping_class = "dynamic_", mapping.dynamic_class

local function start_add(client, request, callback)
  local address, problem = names.address(request.internal_client, callback)
  if problem then return core.E_INVAL, nil, problem end
  return core.dynamic_add(client, request.remote_host, request.external_port, request.protocol,
    request.internal_port, address, guard.default(request.enabled, true), request.description,
    request.lease, guard.default(request.any_port, false), guard.default(request.keep, false))
end

--- Maps a port, or changes the mapping that the same internal client has there. A port that another
--- client holds is E_CONFLICT: err.mapping tells which, and nothing changes. The mapping's lease
--- is what the gateway was asked for at last: 0 where it knows only mappings without an end.
---@overload fun(self: natupnp.DynamicMappings, request: natupnp.DynamicAddRequest): natupnp.DynamicMapping?, string?, natupnp.Code?, natupnp.Error?
---@param request natupnp.DynamicAddRequest
---@param callback natupnp.OnDynamicMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function DynamicMappings:add(request, callback)
  guard.method(self, DynamicMappings, callback)
  guard.keys(request, request_keys, "fields of a mapping")
  return self._engine:run(self, callback, mapping.one, start_add, request, callback)
end

--- Reads one mapping; E_NOT_FOUND when there is none.
---@overload fun(self: natupnp.DynamicMappings, external_port: integer, protocol: natupnp.Protocol, remote_host: string?): natupnp.DynamicMapping?, string?, natupnp.Code?, natupnp.Error?
---@param external_port integer  1 to 65535
---@param protocol natupnp.Protocol
---@param remote_host string?  any if not given; `callback` may stand in its place
---@param callback natupnp.OnDynamicMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function DynamicMappings:get(external_port, protocol, remote_host, callback)
  remote_host, callback = guard.optional(remote_host, callback)
  guard.method(self, DynamicMappings, callback)
  return self._engine:run(self, callback, mapping.one, core.dynamic_get, remote_host,
    external_port, protocol)
end

--- Removes a mapping; E_NOT_FOUND when there is none.
---@overload fun(self: natupnp.DynamicMappings, external_port: integer, protocol: natupnp.Protocol, remote_host: string?): true?, string?, natupnp.Code?, natupnp.Error?
---@param external_port integer  1 to 65535
---@param protocol natupnp.Protocol
---@param remote_host string?  any if not given; `callback` may stand in its place
---@param callback natupnp.OnRemoved
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function DynamicMappings:remove(external_port, protocol, remote_host, callback)
  remote_host, callback = guard.optional(remote_host, callback)
  guard.method(self, DynamicMappings, callback)
  return self._engine:run(self, callback, operation.done, core.dynamic_remove, remote_host,
    external_port, protocol)
end

--- Asks for another lease; the other fields stay. The lease of the result is what the gateway shows
--- when it is read back: what it granted, 0 for ever.
---@overload fun(self: natupnp.DynamicMappings, renewed: natupnp.Mapping, lease: integer?): natupnp.DynamicMapping?, string?, natupnp.Code?, natupnp.Error?
---@param renewed natupnp.Mapping
---@param lease integer?  seconds from now, greater than 0; 3600 if not given
---@param callback natupnp.OnDynamicMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function DynamicMappings:renew(renewed, lease, callback)
  lease, callback = guard.optional(lease, callback)
  guard.method(self, DynamicMappings, callback)
  guard.object(renewed, mapping.class)
  return self._engine:run(self, callback, mapping.one, core.dynamic_renew, record.handle(renewed), lease)
end

local dynamic = {}

---@param engine natupnp.Engine
---@return natupnp.DynamicMappings
function dynamic.new(engine)
  return setmetatable({ _engine = engine }, DynamicMappings)
end

return dynamic
