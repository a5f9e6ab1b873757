-- SPDX-License-Identifier: MIT
-- What the collections of mappings have in common.
local core = require "natupnp.core"
local guard = require "natupnp.guard"
local mapping = require "natupnp.mapping"
local names = require "natupnp.names"
local record = require "natupnp.record"

---@alias natupnp.Protocol "TCP"|"UDP"

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

local change_keys = { internal_port = true, internal_client = true, enabled = true, description = true }

--- A collection of mappings. It stays usable as long as its client is open. #collection is the number
--- of mappings, read from the gateway, in Lua 5.2 and later; a failure is error() there.
---@class natupnp.Mappings
---@field protected _engine natupnp.Engine
---@field protected _verbs string  what the names of its verbs begin with in the core
---@field mapping_class table      of its mappings; for the files of this module
---@operator len: integer
local Mappings = { __name = "natupnp.Mappings" }
Mappings.__index = Mappings

local function start_edit(client, edit, handle, changes, callback)
  local address, problem = names.address(changes.internal_client, callback)
  if problem then return core.E_INVAL, nil, problem end
  return edit(client, handle, changes.internal_port, address, changes.enabled, changes.description)
end

local function read_count(op)
  return core.OK, core.op_mapping_count(op)
end

--- Reads all mappings, in no order that means anything.
---@overload fun(self: natupnp.Mappings): natupnp.Mapping[]?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnMappings
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Mappings:list(callback)
  guard.method(self, Mappings, callback)
  return self._engine:run(self, callback, mapping.all, core[self._verbs .. "list"])
end

--- Counts the mappings, by reading them.
---@overload fun(self: natupnp.Mappings): integer?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnCount
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Mappings:count(callback)
  guard.method(self, Mappings, callback)
  return self._engine:run(self, callback, read_count, core[self._verbs .. "count"])
end

--- Reads all mappings first, then gives one after the other:
--- `for mapping in assert(collection:iter()) do`.
---@return (fun(): natupnp.Mapping?)? next
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Mappings:iter()
  guard.method(self, Mappings)
  local mappings, message, code, err = self:list()
  if not mappings then return nil, message, code, err end
  local at = 0
  return function()
    at = at + 1
    return mappings[at]
  end
end

--- Changes fields of a mapping; the others, and what is left of its lease, stay. The result is what
--- the gateway shows when it is read back. When it fails after it had begun to replace the mapping,
--- err.mapping is the mapping as it was before.
---@overload fun(self: natupnp.Mappings, edited: natupnp.Mapping, changes: natupnp.Changes): natupnp.Mapping?, string?, natupnp.Code?, natupnp.Error?
---@param edited natupnp.Mapping
---@param changes natupnp.Changes
---@param callback natupnp.OnMapping
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Mappings:edit(edited, changes, callback)
  guard.method(self, Mappings, callback)
  guard.object(edited, mapping.class)
  guard.keys(changes, change_keys, "changes of a mapping")
  return self._engine:run(self, callback, mapping.one, start_edit,
    core[self._verbs .. "edit"], record.handle(edited), changes, callback)
end

function Mappings:__len()
  local count, message = self:count()
  return count or error(message, 2)
end

function Mappings:__tostring()
  return ("%s (%s)"):format(getmetatable(self).__name, self._engine.handle and "open" or "closed")
end

return Mappings
