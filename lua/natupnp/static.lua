-- SPDX-License-Identifier: MIT
-- The collection of static port mappings.
local Mappings = require "natupnp.collection"
local classes = require "natupnp.class"
local core = require "natupnp.core"
local guard = require "natupnp.guard"
local mapping = require "natupnp.mapping"
local names = require "natupnp.names"
local operation = require "natupnp.operation"

--- What to add.
---@class natupnp.AddRequest
---@field external_port integer     1 to 65535, or 0 for any free port
---@field protocol natupnp.Protocol
---@field internal_port? integer    1 to 65535; the external port if not given
---@field internal_client? string   an IPv4 address, or a name that has one; this host if not given
---@field enabled? boolean          true if not given; few gateways can make an entry that is off
---@field description? string       at most 63 bytes of UTF-8; "natupnp" if not given
---@field any_port? boolean         take any free external port when the one wished for is in use
---@field keep? boolean            renew and repair it as long as the client lives and is driven

local request_keys = {
  external_port = true, protocol = true, internal_port = true, internal_client = true,
  enabled = true, description = true, any_port = true, keep = true,
}

--- Every mapping of the gateway that any remote host may use. A key is an external port and a
--- protocol.
---@class natupnp.StaticMappings: natupnp.Mappings
local StaticMappings = classes.derive(Mappings, "natupnp.StaticMappings")
StaticMappings._verbs, StaticMappings.mapping_class = "static_", mapping.class

local function start_add(client, request, callback)
  local address, problem = names.address(request.internal_client, callback)
  if problem then return core.E_INVAL, nil, problem end
  return core.static_add(client, request.external_port, request.protocol, request.internal_port,
    address, guard.default(request.enabled, true), request.description,
    guard.default(request.any_port, false), guard.default(request.keep, false))
end

--- Maps a port, or changes the mapping that the same internal client has there. A port that another
--- client holds is E_CONFLICT: err.mapping tells which, and nothing changes.
---@overload fun(self: natupnp.StaticMappings, request: natupnp.AddRequest): natupnp.Mapping?, string?, natupnp.Code?, natupnp.Error?
---@param request natupnp.AddRequest
---@param callback natupnp.OnMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function StaticMappings:add(request, callback)
  guard.method(self, StaticMappings, callback)
  guard.keys(request, request_keys, "fields of a mapping")
  return self._engine:run(self, callback, mapping.one, start_add, request, callback)
end

--- Reads one mapping; E_NOT_FOUND when there is none.
---@overload fun(self: natupnp.StaticMappings, external_port: integer, protocol: natupnp.Protocol): natupnp.Mapping?, string?, natupnp.Code?, natupnp.Error?
---@param external_port integer  1 to 65535
---@param protocol natupnp.Protocol
---@param callback natupnp.OnMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function StaticMappings:get(external_port, protocol, callback)
  guard.method(self, StaticMappings, callback)
  return self._engine:run(self, callback, mapping.one, core.static_get, external_port, protocol)
end

--- Removes a mapping; E_NOT_FOUND when there is none.
---@overload fun(self: natupnp.StaticMappings, external_port: integer, protocol: natupnp.Protocol): true?, string?, natupnp.Code?, natupnp.Error?
---@param external_port integer  1 to 65535
---@param protocol natupnp.Protocol
---@param callback natupnp.OnRemoved
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function StaticMappings:remove(external_port, protocol, callback)
  guard.method(self, StaticMappings, callback)
  return self._engine:run(self, callback, operation.done, core.static_remove, external_port, protocol)
end

local static = {}

---@param engine natupnp.Engine
---@return natupnp.StaticMappings
function static.new(engine)
  return setmetatable({ _engine = engine }, StaticMappings)
end

return static
