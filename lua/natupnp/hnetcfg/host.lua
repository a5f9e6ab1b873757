-- SPDX-License-Identifier: MIT
-- What stands behind the objects that one NATUPnP object leads to: its client and its callbacks.
local client = require "natupnp.client"
local com_error = require "natupnp.hnetcfg.com_error"
local names = require "natupnp.names"

local winerror = com_error.winerror

-- No public source tells the reasons that Windows gives; a sibling of this interface has this one.
local REASON = "VARIABLE_UPDATE"

--- The kinds of callbacks: how the client tells of them, and the method of a typed callback.
local kinds = {
  ExternalIPAddress = { register = "on_external_ip", method = "NewExternalIPAddress" },
  NumberOfEntries = { register = "on_number_of_entries", method = "NewNumberOfEntries" },
}

-- Ways in which no gateway is to be had.
local absent = {
  E_NO_GATEWAY = true, E_TIMEOUT = true, E_NETWORK = true, E_HTTP = true, E_BAD_REPLY = true, E_GONE = true,
}

---@class natupnp.hnetcfg.Host
---@field client natupnp.Client
---@field dynamic boolean  whether there is a dynamic collection
---@field private callbacks table<string, natupnp.Subscription>
---@field private number integer
local Host = {}
Host.__index = Host

local hosts = setmetatable({}, { __mode = "k" })
local made = 0

--- Whether there is a gateway. It is searched for unless it is known.
---@return boolean
function Host:has_gateway()
  local found, _, code, err = self.client:discover()
  if found then return true end
  if not absent[code] then com_error.throw(err.hresult, err.detail) end
  return false
end

--- An internal client's address. Programs look up their own name: on Windows that is the address that other
--- machines use, on Linux often 127.0.1.1, which means nothing to a gateway elsewhere.
---@param wanted string
---@return string
function Host:internal_client(wanted)
  local address = names.address(wanted)
  if not address then return wanted end -- the layer below tells why
  if address:find("^127%.") then
    local gateway = com_error.value(self.client:discover()) -- it is known: nothing is sent
    local own = gateway.local_address
    if own and not own:find("^127%.") then return own end
  end
  return address
end

local function member(value, name)
  local kind = type(value)
  if kind ~= "table" and kind ~= "userdata" then return nil end
  local ok, found = pcall(function() return value[name] end)
  return ok and found or nil
end

local function is_callable(value)
  if type(value) == "function" then return true end
  local metatable = getmetatable(value)
  return type(metatable) == "table" and metatable.__call ~= nil
end

--- Calls a callback, as the interface of its kind or as a default method, which is told the reason too.
local function calling(value, method)
  local typed = member(value, method)
  if typed then return function(told) typed(value, told) end end
  if is_callable(value) then return function(told) value(REASON, told) end end
  local kind = type(value)
  if kind ~= "table" and kind ~= "userdata" then
    com_error.raise(winerror.DISP_E_TYPEMISMATCH, "a callback expected, got " .. kind, 1)
  end
  com_error.throw(winerror.E_FAIL, "a callback has a method " .. method .. ", or can be called")
end

--- Registers a callback in the place of the one before it; nil for none.
function Host:set_callback(kind, value)
  local before, now = self.callbacks[kind], nil
  if value ~= nil then
    local call = calling(value, kinds[kind].method)
    local events = self.client.events
    now = com_error.value(events[kinds[kind].register](events, function(told)
      if told == nil then told = "" end -- no address is an empty text
      call(told)
    end))
  end
  self.callbacks[kind] = now
  if before then before:close() end -- after the new one, so that the gateway is watched without a gap
end

--- Does what is due and calls back.
---@param seconds number  waits at most this long for something to do
---@return boolean busy
function Host:pump(seconds)
  return com_error.plain(self.client:wait(seconds))
end

local host = {}

---@param options natupnp.ClientOptions
---@param dynamic boolean
---@return natupnp.hnetcfg.Host? made
---@return natupnp.Error? err
function host.new(options, dynamic)
  local connected, _, _, err = client.new(options)
  if not connected then return nil, err end
  made = made + 1
  local self = setmetatable({ client = connected, dynamic = dynamic, callbacks = {}, number = made }, Host)
  hosts[self] = true
  return self
end

--- Does what is due for every object, the oldest first, without waiting. The first error of a callback is
--- raised after that.
---@return boolean busy
function host.pump_all()
  local list, busy, failure = {}, false, nil
  for each in pairs(hosts) do
    if each.client:fd() then list[#list + 1] = each end -- it may be closed
  end
  table.sort(list, function(a, b) return a.number < b.number end)
  for _, each in ipairs(list) do
    local ok, result = pcall(each.pump, each, 0)
    if ok then busy = busy or result elseif not failure then failure = { result } end
  end
  if failure then error(failure[1], 0) end
  return busy
end

return host
