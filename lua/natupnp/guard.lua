-- SPDX-License-Identifier: MIT
-- Wrong use of the interface is error(), at the line that called the public function.
local classes = require "natupnp.class"

local guard = {}

local USER = 3 -- this function, the public function, the line that called it

local function described(value)
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

--- What may be left out in front of a callback, and the callback.
function guard.optional(value, callback)
  if callback == nil and type(value) == "function" then return nil, value end
  return value, callback
end

--- A value, or what stands for none.
function guard.default(value, default)
  if value == nil then return default end
  return value
end

--- A method was called on an object of its class, and what may be a callback is one.
function guard.method(self, class, callback)
  if not classes.is(self, class) then
    error(("%s expected, got %s: methods are called with a colon")
      :format(class.__name, described(self)), USER)
  end
  if callback ~= nil and type(callback) ~= "function" then
    error(("the callback must be a function, not %s"):format(described(callback)), USER)
  end
end

--- A function, which cannot be left out.
function guard.callback(callback)
  if type(callback) ~= "function" then
    error(("a function to call expected, got %s"):format(described(callback)), USER)
  end
end

local function listed(known)
  local names = {}
  for name in pairs(known) do names[#names + 1] = name end
  table.sort(names)
  return table.concat(names, ", ")
end

--- One of the names that there are.
function guard.one_of(value, known, what)
  if value == nil or not known[value] then
    error(("unknown %s %s: they are %s"):format(what, described(value), listed(known)), USER)
  end
end

--- A table that has known keys only; `what` says what it holds.
function guard.keys(value, known, what)
  if type(value) ~= "table" then
    error(("a table of %s expected, got %s"):format(what, described(value)), USER)
  end
  for key in pairs(value) do
    if not known[key] then
      error(("unknown key %s among the %s: they are %s")
        :format(described(key), what, listed(known)), USER)
    end
  end
end

--- An object of a class, as an argument.
function guard.object(value, class)
  if not classes.is(value, class) then
    error(("%s expected, got %s"):format(class.__name, described(value)), USER)
  end
end

return guard
