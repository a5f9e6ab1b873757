-- SPDX-License-Identifier: MIT
-- The enumerator of a collection (IEnumVARIANT).
local coerce = require "natupnp.hnetcfg.coerce"
local com_error = require "natupnp.hnetcfg.com_error"

local winerror = com_error.winerror

--- Goes through a collection as it was when the first item was asked for, until it is reset. So what is
--- removed meanwhile makes it skip nothing.
---@class natupnp.hnetcfg.Enumerator
---@field private read fun(): any[]   reads the collection
---@field private items any[]?        what was read
---@field private at integer          how many are behind
local Enumerator = { __name = "IEnumVARIANT" }

local methods = {}

local function new(read, items, at)
  return setmetatable({ read = read, items = items, at = at }, Enumerator)
end

local function known(self)
  local items = rawget(self, "items")
  if not items then
    items = rawget(self, "read")()
    rawset(self, "items", items)
  end
  return items
end

local function count_of(value)
  local count = value == nil and 1 or coerce.long(value, 1)
  if count < 0 then com_error.raise(winerror.E_INVALIDARG, "a count cannot be less than 0", 1) end
  return count
end

--- The next items, as that many values; one if not said how many. Fewer, or nil, at the end.
---@param celt? integer
---@return any ...
function methods:next(celt)
  local count = count_of(celt)
  local items, at = known(self), self.at
  local last = math.min(at + count, #items)
  self.at = last
  return (table.unpack or unpack)(items, at + 1, last)
end

--- Passes over items, one if not said how many.
---@param celt? integer
---@return boolean  whether there were as many
function methods:skip(celt)
  local count = count_of(celt)
  local items, at = known(self), self.at
  self.at = math.min(at + count, #items)
  return count <= #items - at
end

--- Begins again: the collection is read anew.
function methods:reset()
  rawset(self, "items", nil)
  self.at = 0
end

--- Another enumerator at the same place, which goes its own way.
---@return natupnp.hnetcfg.Enumerator
function methods:clone()
  return new(rawget(self, "read"), rawget(self, "items"), self.at)
end

function Enumerator.__index(_, key)
  local method = type(key) == "string" and methods[key:lower()]
  if method then
    return function(self, ...)
      if getmetatable(self) ~= Enumerator then
        error(("IEnumVARIANT expected, got %s: methods are called with a colon"):format(tostring(self)), 2)
      end
      return method(self, ...)
    end
  end
  com_error.raise(winerror.DISP_E_UNKNOWNNAME, "IEnumVARIANT has no such member: " .. tostring(key))
end

--- It comes from a property, which may be written as a method.
function Enumerator:__call()
  return self
end

function Enumerator.__tostring()
  return Enumerator.__name
end

local enumerator = { class = Enumerator }

---@param read fun(): any[]
---@return natupnp.hnetcfg.Enumerator
function enumerator.new(read)
  return new(read, nil, 0)
end

--- For loops: a number from 1 and an item at each turn.
function enumerator.pairs(collection)
  return function(items, index)
    local item = items:Next()
    if item ~= nil then return index + 1, item end
  end, collection._NewEnum, 0
end

return enumerator
