-- SPDX-License-Identifier: MIT
-- Values of Lua as the arguments that a member declares, by the rules that automation has for its own.
local com_error = require "natupnp.hnetcfg.com_error"

local winerror = com_error.winerror
local whole = math.tointeger or function(number) return number end

local function mismatch(value, wanted, position)
  com_error.raise(winerror.DISP_E_TYPEMISMATCH, ("%s expected, got %s"):format(wanted, type(value)), position)
end

--- The nearest whole number, an even one from the middle between two.
local function rounded(number)
  local below = math.floor(number)
  local rest = number - below
  if rest > 0.5 or rest == 0.5 and below % 2 == 1 then return below + 1 end
  return below
end

local function number_in(text)
  local trimmed = text:match("^%s*([+-]?[%d.]+[%d.eE+-]*)%s*$") -- nothing hexadecimal
  return trimmed and tonumber((trimmed:gsub("^%+", "")))
end

local coerce = {}

--- A 32-bit whole number: from a number, a text that is one, or a boolean (true is -1).
---@return integer
function coerce.long(value, position)
  local number = value
  if type(value) == "string" then
    number = number_in(value)
  elseif type(value) == "boolean" then
    number = value and -1 or 0
  end
  if type(number) ~= "number" then mismatch(value, "a whole number", position) end
  number = rounded(number)
  if not (number >= -2147483648 and number <= 2147483647) then -- also what is not a number at all
    com_error.raise(winerror.DISP_E_OVERFLOW, tostring(value) .. " has more than 32 bits")
  end
  return whole(number)
end

--- A text: from a string or a number. nil is a null text, which no member takes.
---@return string
function coerce.text(value, position)
  if type(value) == "string" then return value end
  if value == nil then
    com_error.throw(winerror.E_INVALIDARG, ("argument %d is nil; it must be a text"):format(position))
  end
  if type(value) ~= "number" then mismatch(value, "a text", position) end
  local is_whole = value == math.floor(value) and math.abs(value) < 2 ^ 53
  return (((is_whole and "%.0f" or "%.15g"):format(value)):gsub(",", ".")) -- a locale may write a comma
end

--- A boolean, from a boolean or a number.
---@return boolean
function coerce.boolean(value, position)
  if type(value) == "boolean" then return value end
  if type(value) ~= "number" then mismatch(value, "a boolean", position) end
  return value ~= 0
end

--- The arguments of a call, each as its parameter wants it.
---@param parameters { [1]: string, [2]: "long"|"text"|"boolean" }[]
---@return ...
function coerce.arguments(parameters, ...)
  local count = select("#", ...)
  if count > #parameters then
    com_error.raise(winerror.DISP_E_BADPARAMCOUNT, ("%d arguments, not %d"):format(#parameters, count))
  elseif count < #parameters then
    com_error.raise(winerror.DISP_E_BADPARAMCOUNT, parameters[count + 1][1] .. " is missing")
  end
  local given, converted = { ... }, {}
  for i, parameter in ipairs(parameters) do converted[i] = coerce[parameter[2]](given[i], i) end
  return (table.unpack or unpack)(converted, 1, count)
end

return coerce
