-- SPDX-License-Identifier: MIT
-- The collection of static port mappings.
local core = require "natupnp.core"
local guard = require "natupnp.guard"
local mapping = require "natupnp.mapping"
local names = require "natupnp.names"
local record = require "natupnp.record"

---@alias natupnp.Protocol "TCP"|"UDP"

--- What to add.
---@class natupnp.AddRequest
---@field external_port integer     1 to 65535, or 0 for any free port
---@field protocol natupnp.Protocol
---@field internal_port? integer    1 to 65535; the external port if not given
---@field internal_client? string   an IPv4 address, or a name that has one; this host if not given
---@field enabled? boolean          true if not given; few gateways can make an entry that is off
---@field description? string       at most 63 bytes of UTF-8; "natupnp" if not given
---@field any_port? boolean         take any free external port when the one wished for is in use

--- What to change; what is not given stays.
---@class natupnp.Changes
---@field internal_port? integer    1 to 65535
---@field internal_client? string   an IPv4 address, or a name that has one
---@field enabled? boolean
---@field description? string       at most 63 bytes of UTF-8

---@alias natupnp.OnMapping fun(err: natupnp.Error?, mapping: natupnp.Mapping?)
---@alias natupnp.OnMappings fun(err: natupnp.Error?, mappings: natupnp.Mapping[]?)
---@alias natupnp.OnCount fun(err: natupnp.Error?, count: integer?)
---@alias natupnp.OnRemoved fun(err: natupnp.Error?, removed: true?)

local request_keys = {
  external_port = true, protocol = true, internal_port = true, internal_client = true,
  enabled = true, description = true, any_port = true,
}
local change_keys = { internal_port = true, internal_client = true, enabled = true, description = true }

--- Every mapping of the gateway that any remote host may use. It stays usable as long as its client
--- is open; a key is an external port and a protocol. #collection is the number of mappings, read
--- from the gateway, in Lua 5.2 and later; a failure is error() there.
---@class natupnp.StaticMappings
---@field private _engine natupnp.Engine
---@operator len: integer
local StaticMappings = { __name = "natupnp.StaticMappings" }
StaticMappings.__index = StaticMappings

-- How verbs start where the core wants more than the arguments: see Engine:run().

local function start_add(client, request)
  local address, problem = names.address(request.internal_client)
  if problem then return core.E_INVAL, nil, problem end
  local enabled = request.enabled == nil or request.enabled
  local any_port = request.any_port ~= nil and request.any_port
  return core.static_add(client, request.external_port, request.protocol, request.internal_port,
    address, enabled, request.description, any_port)
end

local function start_edit(client, handle, changes)
  local address, problem = names.address(changes.internal_client)
  if problem then return core.E_INVAL, nil, problem end
  return core.static_edit(client, handle, changes.internal_port, address, changes.enabled,
    changes.description)
end

-- How values are read that are not mappings.

local function read_count(op)
  return core.OK, core.op_mapping_count(op)
end

local function read_done()
  return core.OK, true
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
  return self._engine:run(self, callback, mapping.one, start_add, request)
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

--- Reads all mappings, in no order that means anything.
---@overload fun(self: natupnp.StaticMappings): natupnp.Mapping[]?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnMappings
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function StaticMappings:list(callback)
  guard.method(self, StaticMappings, callback)
  return self._engine:run(self, callback, mapping.all, core.static_list)
end

--- Counts the mappings, by reading them.
---@overload fun(self: natupnp.StaticMappings): integer?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnCount
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function StaticMappings:count(callback)
  guard.method(self, StaticMappings, callback)
  return self._engine:run(self, callback, read_count, core.static_count)
end

--- Reads all mappings first, then gives one after the other:
--- `for mapping in assert(collection:iter()) do`.
---@return (fun(): natupnp.Mapping?)? next
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function StaticMappings:iter()
  guard.method(self, StaticMappings)
  local mappings, message, code, err = self:list()
  if not mappings then return nil, message, code, err end
  local at = 0
  return function()
    at = at + 1
    return mappings[at]
  end
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
  return self._engine:run(self, callback, read_done, core.static_remove, external_port, protocol)
end

--- Changes fields of a mapping; the others, and what is left of its lease, stay. The result is what
--- the gateway shows when it is read back. When it fails after it had begun to replace the mapping,
--- err.mapping is the mapping as it was before.
---@overload fun(self: natupnp.StaticMappings, edited: natupnp.Mapping, changes: natupnp.Changes): natupnp.Mapping?, string?, natupnp.Code?, natupnp.Error?
---@param edited natupnp.Mapping
---@param changes natupnp.Changes
---@param callback natupnp.OnMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function StaticMappings:edit(edited, changes, callback)
  guard.method(self, StaticMappings, callback)
  guard.object(edited, mapping.class)
  guard.keys(changes, change_keys, "changes of a mapping")
  return self._engine:run(self, callback, mapping.one, start_edit, record.handle(edited), changes)
end

function StaticMappings:__len()
  local count, message = self:count()
  return count or error(message, 2)
end

function StaticMappings:__tostring()
  return ("natupnp.StaticMappings (%s)"):format(self._engine.handle and "open" or "closed")
end

local static = {}

---@param engine natupnp.Engine
---@return natupnp.StaticMappings
function static.new(engine)
  return setmetatable({ _engine = engine }, StaticMappings)
end

return static
