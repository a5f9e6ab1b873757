-- SPDX-License-Identifier: MIT
-- Classes of read-only values that are read from a handle of the core.
local classes = require "natupnp.class"
local core = require "natupnp.core"

local record = {}

-- What lies behind a value, under keys that nobody else has: its fields, its handle, and the
-- object that it came from.
local VALUES, HANDLE, OWNER = {}, {}, {}

--- Makes a class.
---@param name string
---@param fields { [1]: string, [2]: (fun(handle: any): any)? }[]  each with its getter, in order; one
---                          that has none is given
---@return table class  its methods are put into it
---@return fun(handle: any, owner: any, given: table?, derived: table?): table new
function record.class(name, fields)
  local class = { __name = name }

  local function new(handle, owner, given, derived)
    local values = {}
    for _, field in ipairs(fields) do
      local key, get = field[1], field[2]
      if get then values[key] = get(handle) else values[key] = given[key] end
    end
    return setmetatable({ [VALUES] = values, [HANDLE] = handle, [OWNER] = owner }, derived or class)
  end

  function class:__index(key)
    local value = rawget(self, VALUES)[key]
    if value == nil then value = getmetatable(self)[key] end
    return value
  end

  function class:__newindex(key)
    error(("%s is read-only: %s was not set"):format(getmetatable(self).__name, tostring(key)), 2)
  end

  function class:__eq(other)
    if not classes.is(other, class) then return false end
    local mine, others = rawget(self, VALUES), rawget(other, VALUES)
    for _, field in ipairs(fields) do
      if mine[field[1]] ~= others[field[1]] then return false end
    end
    return true
  end

  function class:__pairs()
    local values, at = rawget(self, VALUES), 0
    return function()
      local field
      repeat
        at = at + 1
        field = fields[at] and fields[at][1]
      until field == nil or values[field] ~= nil
      return field, values[field]
    end
  end

  return class, new
end

--- How values are read from an operation that has ended: one of them, or a list. Each function gives
--- a status and, where that is OK, what was read.
---@param new fun(handle: any, owner: any): table
---@param one fun(op: any): integer, any
---@param count fun(op: any): integer
---@param at fun(op: any, index: integer): integer, any
function record.reader(new, one, count, at)
  local reader = {}

  function reader.one(op, owner)
    local status, handle = one(op)
    return status, handle and new(handle, owner)
  end

  function reader.all(op, owner)
    local list = {}
    for i = 1, count(op) do
      local status, handle = at(op, i - 1)
      if not handle then return status end
      list[i] = new(handle, owner)
    end
    return core.OK, list
  end

  return reader
end

--- The handle of a value, for verbs that take one.
function record.handle(value)
  return rawget(value, HANDLE)
end

--- The object that a value came from.
function record.owner(value)
  return rawget(value, OWNER)
end

return record
