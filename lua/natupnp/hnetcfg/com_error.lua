-- SPDX-License-Identifier: MIT
-- What a member of a COM object raises.

--- HRESULTs as COM gives them to scripts: negative numbers.
local winerror = {
  DISP_E_MEMBERNOTFOUND = -2147352573,
  DISP_E_TYPEMISMATCH = -2147352571,
  DISP_E_UNKNOWNNAME = -2147352570,
  DISP_E_EXCEPTION = -2147352567,
  DISP_E_OVERFLOW = -2147352566,
  DISP_E_BADPARAMCOUNT = -2147352562,
  DISP_E_PARAMNOTOPTIONAL = -2147352561,
  DISP_E_NOTACOLLECTION = -2147352559,
  CO_E_CLASSSTRING = -2147221005,
  MK_E_UNAVAILABLE = -2147221021,
  MK_E_SYNTAX = -2147221020,
  REGDB_E_CLASSNOTREG = -2147221164,
  E_NOTIMPL = -2147467263,
  E_NOINTERFACE = -2147467262,
  E_POINTER = -2147467261,
  E_ABORT = -2147467260,
  E_FAIL = -2147467259,
  E_UNEXPECTED = -2147418113,
  E_INVALIDARG = -2147024809,
  E_ACCESSDENIED = -2147024891,
  E_OUTOFMEMORY = -2147024882,
  FILE_NOT_FOUND = -2147024894, -- HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND), and so on
  BUSY = -2147024726,
  RPC_E_DISCONNECTED = -2147417848,
  RPC_E_WRONG_THREAD = -2147417842,
}

-- The texts of an English Windows, which scripts show to people.
local texts = {
  [winerror.DISP_E_MEMBERNOTFOUND] = "Member not found.",
  [winerror.DISP_E_TYPEMISMATCH] = "Type mismatch.",
  [winerror.DISP_E_UNKNOWNNAME] = "Unknown name.",
  [winerror.DISP_E_EXCEPTION] = "Exception occurred.",
  [winerror.DISP_E_OVERFLOW] = "Out of present range.",
  [winerror.DISP_E_BADPARAMCOUNT] = "Invalid number of parameters.",
  [winerror.DISP_E_PARAMNOTOPTIONAL] = "Parameter not optional.",
  [winerror.DISP_E_NOTACOLLECTION] = "Does not support a collection.",
  [winerror.CO_E_CLASSSTRING] = "Invalid class string",
  [winerror.MK_E_UNAVAILABLE] = "Operation unavailable",
  [winerror.MK_E_SYNTAX] = "Invalid syntax",
  [winerror.REGDB_E_CLASSNOTREG] = "Class not registered",
  [winerror.E_NOTIMPL] = "Not implemented",
  [winerror.E_NOINTERFACE] = "No such interface supported",
  [winerror.E_POINTER] = "Invalid pointer",
  [winerror.E_ABORT] = "Operation aborted",
  [winerror.E_FAIL] = "Unspecified error",
  [winerror.E_UNEXPECTED] = "Catastrophic failure",
  [winerror.E_INVALIDARG] = "The parameter is incorrect.",
  [winerror.E_ACCESSDENIED] = "Access is denied.",
  [winerror.E_OUTOFMEMORY] = "Not enough memory resources are available to complete this operation.",
  [winerror.FILE_NOT_FOUND] = "The system cannot find the file specified.",
  [winerror.BUSY] = "The requested resource is in use.",
  [winerror.RPC_E_DISCONNECTED] = "The object invoked has disconnected from its clients.",
  [winerror.RPC_E_WRONG_THREAD] =
    "The application called an interface that was marshalled for a different thread.",
}

--- What a failure inside a member tells. What COM leaves empty is nil.
---@class natupnp.hnetcfg.ExcepInfo
---@field wcode integer         0
---@field source string?        nil
---@field description string?   nil
---@field helpfile string?      nil
---@field helpcontext integer   0
---@field scode integer         why it failed

--- Why a member failed.
---@class natupnp.hnetcfg.Error
---@field hresult integer                        DISP_E_EXCEPTION when the member itself failed
---@field strerror string                        the text of Windows for hresult
---@field excepinfo natupnp.hnetcfg.ExcepInfo?   when the member itself failed
---@field argerror integer?                      the argument that is of a wrong type; 1 is the first
---@field detail string?                         one line: what happened, and what to do next
---@field where string                           the line that called, or ""
local Error = { __name = "natupnp.hnetcfg.Error" }
Error.__index = Error

local function text_of(hresult)
  return texts[hresult] or ("OLE error 0x%08x"):format(hresult % 2 ^ 32)
end

--- What a failure inside a member came to, for people.
local function reason_of(scode)
  local text = texts[scode]
  return text and ("%s (0x%08x)"):format(text, scode % 2 ^ 32) or text_of(scode)
end

function Error:__tostring()
  local parts = { self.where, self.strerror }
  if self.excepinfo then parts[3] = " " .. reason_of(self.excepinfo.scode) end
  parts[#parts + 1] = self.argerror and (" (argument %d)"):format(self.argerror) or ""
  parts[#parts + 1] = self.detail and ": " .. self.detail or ""
  return table.concat(parts)
end

local com_error = { class = Error, winerror = winerror }

local home = debug.getinfo(1, "S").source:match("^(.*hnetcfg)") or "@"

--- The line that called into this module: errors that are no texts have none by themselves.
local function caller()
  local level = 3
  local info = debug.getinfo(level, "Sl")
  while info and (info.currentline < 0 or info.source:sub(1, #home) == home) do -- C has no lines
    level = level + 1
    info = debug.getinfo(level, "Sl")
  end
  return info and ("%s:%d: "):format(info.short_src, info.currentline) or ""
end

--- An error of the layer that calls members: an unknown name, a wrong argument; or of a method that is
--- no member of a dispatch interface.
---@param hresult integer
---@param detail? string
---@param argerror? integer
---@return natupnp.hnetcfg.Error
function com_error.new(hresult, detail, argerror)
  return setmetatable({
    hresult = hresult, strerror = text_of(hresult), argerror = argerror, detail = detail, where = "",
  }, Error)
end

---@return any  never
function com_error.raise(hresult, detail, argerror)
  local err = com_error.new(hresult, detail, argerror)
  err.where = caller()
  error(err, 0)
end

--- A member failed itself.
---@param scode integer
---@param detail? string
---@return any  never
function com_error.throw(scode, detail)
  local err = com_error.new(winerror.DISP_E_EXCEPTION, detail)
  err.excepinfo = { wcode = 0, helpcontext = 0, scode = scode }
  err.where = caller()
  error(err, 0)
end

--- The value of a verb; its failure is raised as the member's.
function com_error.value(value, _, _, err)
  if err then com_error.throw(err.hresult, err.detail) end
  return value
end

--- The same for an enumerator, whose methods give their HRESULT themselves.
function com_error.plain(value, _, _, err)
  if err then com_error.raise(err.hresult, err.detail) end
  return value
end

return com_error
