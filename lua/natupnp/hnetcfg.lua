-- SPDX-License-Identifier: MIT
--- The Windows NAT Traversal API, with the manners of luacom:
---
---     local hnetcfg = require "natupnp.hnetcfg"
---     local nat = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP"))
---     local maps = nat.StaticPortMappingCollection
---     if maps == nil then error("no gateway") end
---     maps:Add(8080, "TCP", 80, "192.168.1.10", true, "web")
---     for _, m in hnetcfg.pairs(maps) do print(m.ExternalPort, m.Protocol, m.Description) end
---
--- What fails is error() with a table, natupnp.hnetcfg.Error: the reason is in its excepinfo.scode.
local com_error = require "natupnp.hnetcfg.com_error"
local dispatch = require "natupnp.hnetcfg.dispatch"
local enumerator = require "natupnp.hnetcfg.enumerator"
local guard = require "natupnp.guard"
local host = require "natupnp.hnetcfg.host"
local nat = require "natupnp.hnetcfg.nat"

--- How an object reaches the gateway: as natupnp.ClientOptions, and
---@class natupnp.hnetcfg.Options: natupnp.ClientOptions
---@field dynamic? boolean  false for no dynamic collection, as on Windows 8.1 and later; true if not given

local class_names = {
  ["hnetcfg.natupnp"] = true,
  ["hnetcfg.natupnp.1"] = true,
  ["{ae1e00aa-3fd5-403c-8a27-2bbdc30cd0e1}"] = true,
}

local option_keys = {
  gateway = true, interface = true, timeout = true, budget = true, trust_host = true, cache = true, dynamic = true,
}

local hnetcfg = { winerror = com_error.winerror }

local function failed(err)
  return nil, tostring(err), err
end

local function is_name(id)
  if type(id) ~= "string" and type(id) ~= "number" then
    error(("a ProgID or a CLSID expected, got %s"):format(type(id)), 3)
  end
  return class_names[tostring(id):lower()]
end

--- Makes an object of the class HNetCfg.NATUPnP. Nothing is sent.
---@param id string                           a ProgID or a CLSID, in any case
---@param options? natupnp.hnetcfg.Options|string  a text, as luacom's creation context, is taken for nothing
---@return table? object
---@return string? message
---@return natupnp.hnetcfg.Error? err
function hnetcfg.CreateObject(id, options)
  if not is_name(id) then
    return failed(com_error.new(com_error.winerror.CO_E_CLASSSTRING, tostring(id)))
  end
  if options == nil or type(options) == "string" then options = {} end
  guard.keys(options, option_keys, "options")
  local for_client = {}
  for key, value in pairs(options) do for_client[key] = value end
  for_client.dynamic = nil
  local made, err = host.new(for_client, options.dynamic ~= false)
  if not made then return failed(com_error.new(err.hresult, err.detail)) end
  return nat.new { host = made }
end

--- As luacom's: in another process or not is the same here.
hnetcfg.CreateInprocObject = hnetcfg.CreateObject

--- No object of this class is ever found running, as on Windows.
---@return nil, string message, natupnp.hnetcfg.Error err
function hnetcfg.GetObject(id)
  local reason = is_name(id) and "MK_E_UNAVAILABLE" or "CO_E_CLASSSTRING"
  return failed(com_error.new(com_error.winerror[reason], tostring(id)))
end

local function expect_object(object)
  if not dispatch.state(object) then
    error(("an object expected, got %s"):format(tostring(object)), 3)
  end
end

--- Whether an object has a member of this name, or an accessor.
---@return boolean
function hnetcfg.isMember(object, name)
  expect_object(object)
  return getmetatable(object).has(name)
end

--- "LuaCOM" for the objects of this module, so that programs for luacom know them; else nil.
---@return string?
function hnetcfg.GetType(value)
  return dispatch.state(value) and "LuaCOM" or nil
end

--- An enumerator of a collection; nil for other objects.
---@return natupnp.hnetcfg.Enumerator?
function hnetcfg.GetEnumerator(object)
  expect_object(object)
  return getmetatable(object).has("_NewEnum") and object._NewEnum or nil
end

--- For loops: `for index, mapping in hnetcfg.pairs(maps) do`. What is removed in the loop makes it skip
--- nothing.
function hnetcfg.pairs(collection)
  expect_object(collection)
  return enumerator.pairs(collection)
end

--- Does what is due for all objects and calls back, without waiting.
---@return boolean busy  whether there was something to do
function hnetcfg.PumpWaitingMessages()
  return host.pump_all()
end

--- Waits until there is something to do for an object, does it and calls back.
---@param object table      a NATUPnP object, or one that comes from it
---@param seconds? number   at most this long; without limit if not given
---@return boolean busy     false when the time was up
function hnetcfg.pump(object, seconds)
  expect_object(object)
  return dispatch.state(object).host:pump(seconds)
end

--- The client behind an object, for a loop of one's own: its fd() and dispatch().
---@return natupnp.Client
function hnetcfg.client(object)
  expect_object(object)
  return dispatch.state(object).host.client
end

return hnetcfg
