-- SPDX-License-Identifier: MIT
-- Classes that have all of another one.
local class = {}

--- A class with everything that its base has by now, also what the language looks for in metatables.
---@param base table
---@param name string
---@return table
function class.derive(base, name)
  local derived = {}
  for key, value in pairs(base) do derived[key] = value end
  derived.__name, derived.__base = name, base
  if base.__index == base then derived.__index = derived end
  return derived
end

--- Whether a value is an object of a class, or of one that has all of it.
---@param value any
---@param wanted table
---@return boolean
function class.is(value, wanted)
  local found = getmetatable(value)
  while type(found) == "table" and found ~= wanted do found = rawget(found, "__base") end
  return found == wanted
end

return class
