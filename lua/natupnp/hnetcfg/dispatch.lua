-- SPDX-License-Identifier: MIT
-- Objects whose members are looked up by name when they are used, as a dispatch interface does.
local coerce = require "natupnp.hnetcfg.coerce"
local com_error = require "natupnp.hnetcfg.com_error"

local winerror = com_error.winerror

--- A member. `call` and `get` are given the object's state, and `call` its arguments as declared.
---@class natupnp.hnetcfg.Member
---@field name string          in its proper case
---@field parameters { [1]: string, [2]: "long"|"text"|"boolean" }[]?  of a method or a property with parameters
---@field call? fun(state: table, ...): any         of these
---@field reads? boolean       it is a property with parameters
---@field get? fun(state: table): any               of a property
---@field put? fun(state: table, value: any)        of a property that can be set
---@field method? function                          made here: as it is seen from Lua

local dispatch = {}

local STATE = {} -- a key that nobody else has

--- What an object stands on; nil for what is no object of these.
---@return table? state
function dispatch.state(object)
  return type(object) == "table" and rawget(object, STATE) or nil
end

local function expect(object, interface)
  local state = dispatch.state(object)
  if not state or getmetatable(object) ~= interface then
    error(("%s expected, got %s: members are called with a colon"):format(interface.__name, tostring(object)), 3)
  end
  return state
end

local function refuse(hresult, interface, name)
  com_error.raise(hresult, ("%s has no such member: %s"):format(interface.__name, tostring(name)))
end

local function forms(interface, member)
  local found = {}
  if member.call then
    function found.method(object, ...)
      local state = expect(object, interface)
      return member.call(state, coerce.arguments(member.parameters, ...))
    end
    found.getter = member.reads and found.method
  end
  if member.get then
    function found.getter(object, ...)
      local state = expect(object, interface)
      if select("#", ...) > 0 then
        com_error.raise(winerror.DISP_E_NOTACOLLECTION, member.name .. " has no parameters")
      end
      return member.get(state)
    end
  end
  if member.put then
    function found.setter(object, ...)
      local state, count = expect(object, interface), select("#", ...)
      if count ~= 1 then com_error.raise(winerror.DISP_E_BADPARAMCOUNT, ("1 argument, not %d"):format(count)) end
      member.put(state, (...))
    end
  end
  found.get, found.put = member.get, member.put
  return found
end

--- Makes an interface: a function that makes objects of it, each on a state of its own.
---@param name string
---@param members natupnp.hnetcfg.Member[]  the first one is the default member, if it has parameters
---@return fun(state: table): table new
---@return table metatable
function dispatch.interface(name, members)
  local interface = { __name = name }
  local known = {}
  for _, member in ipairs(members) do known[member.name:lower()] = forms(interface, member) end

  --- A member by its name in any case, or an accessor of it: getCount, setCallback.
  local function find(key)
    if type(key) ~= "string" then return nil end
    local lower = key:lower()
    if known[lower] then return known[lower] end
    local found = known[lower:sub(4)] or {}
    return nil, lower:find("^get") and found.getter or lower:find("^set") and found.setter or nil
  end

  function interface.__index(object, key)
    local found, accessor = find(key)
    if accessor then return accessor end
    if not found then refuse(winerror.DISP_E_UNKNOWNNAME, interface, key) end
    if found.method then return found.method end
    if not found.get then refuse(winerror.DISP_E_MEMBERNOTFOUND, interface, key) end
    return found.get(rawget(object, STATE))
  end

  function interface.__newindex(object, key, value)
    local found = find(key)
    if not found then refuse(winerror.DISP_E_UNKNOWNNAME, interface, key) end
    if not found.put then
      com_error.raise(winerror.DISP_E_MEMBERNOTFOUND, ("%s of %s cannot be set"):format(tostring(key), name))
    end
    found.put(rawget(object, STATE), value)
  end

  --- The default member. A property that is an object may be written as a method too: then the object
  --- that it was read from, state.owner, comes first.
  function interface.__call(object, first, ...)
    local from = dispatch.state(first)
    if from and from == rawget(object, STATE).owner then
      if select("#", ...) == 0 then return object end
      return object(...)
    end
    local default = known[members[1].name:lower()].method
    if not default then refuse(winerror.DISP_E_MEMBERNOTFOUND, interface, "a default one") end
    return default(object, first, ...)
  end

  function interface.has(key)
    local found, accessor = find(key)
    return (found or accessor) ~= nil
  end

  function interface.__tostring()
    return name
  end

  return function(state) return setmetatable({ [STATE] = state }, interface) end, interface
end

return dispatch
