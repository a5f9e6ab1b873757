-- SPDX-License-Identifier: MIT
-- A client: options, the gateway, and how a program drives it.
local core = require "natupnp.core"
local dynamic = require "natupnp.dynamic"
local engine = require "natupnp.engine"
local errors = require "natupnp.errors"
local events = require "natupnp.events"
local feed = require "natupnp.feed"
local gateway = require "natupnp.gateway"
local guard = require "natupnp.guard"
local kept = require "natupnp.kept"
local names = require "natupnp.names"
local operation = require "natupnp.operation"
local static = require "natupnp.static"

--- How a client behaves. Times are in seconds.
---@class natupnp.ClientOptions
---@field gateway? string     URL of the gateway's description, to use it without a search; NATUPNP_GATEWAY if not given
---@field interface? string   search on this network interface only; NATUPNP_INTERFACE if not given
---@field timeout? number     what one verb may take in all; 10 if not given
---@field budget? number      what a search may take; 2.95 if not given
---@field trust_host? string  an IPv4 address that descriptions may name although another one answered
---@field cache? string       an existing directory, where the last gateway is kept for the next process

---@alias natupnp.OnGateway fun(err: natupnp.Error?, gateway: natupnp.Gateway?)
---@alias natupnp.OnGateways fun(err: natupnp.Error?, gateways: natupnp.Gateway[]?)
---@alias natupnp.OnAddress fun(err: natupnp.Error?, address: string?)

local option_keys = {
  gateway = true, interface = true, timeout = true, budget = true, trust_host = true, cache = true,
}

--- Finds the gateway and carries out verbs on it. Nothing is sent before the first verb. It is freed
--- when nobody holds it any more, and by close(), which says when. Only close() removes kept mappings.
---@class natupnp.Client
---@field static_mappings natupnp.StaticMappings
---@field dynamic_mappings natupnp.DynamicMappings
---@field events natupnp.Events
---@field _engine natupnp.Engine  for the files of this module
local Client = { __name = "natupnp.Client" }
Client.__index = Client

local function read_external_ip(op)
  local status, found = gateway.one(op)
  local err = found and found.external_error
  if err and err.code ~= "E_NO_ADDRESS" then return err.status, err end
  return status, found and found.external_ip
end

--- Finds the gateway, for at most the client's budget. One that is known is given at once.
---@overload fun(self: natupnp.Client): natupnp.Gateway?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnGateway
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:discover(callback)
  guard.method(self, Client, callback)
  return self._engine:run(self, callback, gateway.one, core.gateway_discover)
end

--- The gateway with its external address, connection status and uptime, which it is asked for.
---@overload fun(self: natupnp.Client): natupnp.Gateway?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnGateway
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:gateway(callback)
  guard.method(self, Client, callback)
  return self._engine:run(self, callback, gateway.one, core.gateway_query)
end

--- Every gateway that answers a search of the whole budget, the chosen one first.
---@overload fun(self: natupnp.Client): natupnp.Gateway[]?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnGateways
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:gateways(callback)
  guard.method(self, Client, callback)
  return self._engine:run(self, callback, gateway.all, core.gateway_list)
end

--- The external (WAN) address of the gateway; nil without a message when it has none now. One that is
--- not told, or makes no sense, is an error.
---@overload fun(self: natupnp.Client): string?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnAddress
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:external_ip(callback)
  guard.method(self, Client, callback)
  return self._engine:run(self, callback, read_external_ip, core.gateway_query)
end

--- The mappings that were added with `keep`, and how they fare.
---@return natupnp.Kept[]? kept
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:kept()
  guard.method(self, Client)
  local handle = self._engine.handle
  if not handle then return errors.returned(errors.new(core.E_CLOSED)) end
  local status, list = kept.all(handle, self)
  if list then return list end
  return errors.returned(errors.new(status))
end

--- Removes every kept mapping from the gateway, and keeps them no more. One that is gone already counts
--- as removed. When it fails none is kept any more either.
---@overload fun(self: natupnp.Client): true?, string?, natupnp.Code?, natupnp.Error?
---@param callback natupnp.OnRemoved
---@return natupnp.Operation? started
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:remove_kept(callback)
  guard.method(self, Client, callback)
  return self._engine:run(self, callback, operation.done, core.client_close)
end

-- Driving a client whose verbs call back, that has listeners to events, or keeps mappings. What calls
-- back raises the first error of a callback, once all callbacks that were due have been called.

--- The descriptor for a loop of one's own: when it is readable, call dispatch(). It stays the same.
--- Never read, write or close it.
---@return integer? fd
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:fd()
  guard.method(self, Client)
  if not self._engine.handle then return errors.returned(errors.new(core.E_CLOSED)) end
  return core.client_fd(self._engine.handle)
end

--- How long the descriptor stays unreadable at most, in seconds; nil for no limit. Only advice.
---@return number? seconds
function Client:timeout()
  guard.method(self, Client)
  local ms = self._engine.handle and core.client_timeout_ms(self._engine.handle) or -1
  return ms >= 0 and ms / 1000 or nil
end

--- Does what is due, calls back, and never waits.
---@return boolean? busy  whether there was something to do
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:dispatch()
  guard.method(self, Client)
  return self._engine:wait(0)
end

--- Waits until there is something to do, does it and calls back.
---@param seconds? number    at most this long; without limit if not given
---@return boolean? busy  false when the time was up, or a signal came
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:wait(seconds)
  guard.method(self, Client)
  if seconds == nil then seconds = math.huge end
  if type(seconds) ~= "number" or seconds ~= seconds or seconds < 0 then
    return errors.returned(errors.new(core.E_INVAL, "seconds must be a number, 0 or more"))
  end
  return self._engine:wait(math.ceil(seconds * 1000))
end

--- Waits until no operation with a callback is under way, also those that callbacks start, and no
--- function listens to events. A kept mapping or an iterator does not hold it.
---@return true? ok
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:run()
  guard.method(self, Client)
  local owner = self._engine
  local busy, message, code, err = owner:wait(0)
  while busy ~= nil and (owner:count() > 0 or owner.feed:calls()) do
    busy, message, code, err = owner:wait(math.huge)
  end
  if busy == nil then return nil, message, code, err end
  return true
end

--- How many operations have a callback to come.
---@return integer
function Client:pending()
  guard.method(self, Client)
  return self._engine:count()
end

--- Changes what verbs that are started from now on may take in all.
---@param seconds number?  at most a day; nil for the default
---@return true? ok
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:set_timeout(seconds)
  guard.method(self, Client)
  local handle = self._engine.handle
  if not handle then return errors.returned(errors.new(core.E_CLOSED)) end
  local status, _, refused = errors.attempt(core.client_set_timeout, handle, seconds)
  if status == core.OK then return true end
  return errors.returned(refused and errors.new(status, refused) or errors.of_client(handle, status))
end

--- Removes kept mappings, for at most the client's timeout, and frees the client. Operations under way
--- end, and their callbacks are not called. Every verb gives E_CLOSED from now on; closing again does
--- nothing. A program with a loop, which is not to wait, calls remove_kept() first.
---@return true? ok       not when kept mappings could not be removed; the client is closed all the same
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Client:close()
  guard.method(self, Client)
  local owner = self._engine
  if not owner.handle then return true end
  local ok, removed, message, code, err = true, true, nil, nil, nil
  if core.client_kept_count(owner.handle) > 0 then
    ok, removed, message, code, err = pcall(self.remove_kept, self)
  end
  owner:close()
  if not ok then error(removed, 0) end -- an interrupt: the mappings are left to their leases
  if removed or code == "E_FORKED" then return true end -- after a fork they are the parent's
  return nil, message, code, err
end

function Client:__close()
  self:close()
end

function Client:__tostring()
  return ("natupnp.Client (%s)"):format(self._engine.handle and "open" or "closed")
end

local function environment(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

local function open(options)
  local url, problem = names.url(guard.default(options.gateway, environment("NATUPNP_GATEWAY")))
  if problem then return core.E_INVAL, nil, problem end
  local interface = guard.default(options.interface, environment("NATUPNP_INTERFACE"))
  local status, handle = core.client_new(url, interface, options.timeout, options.budget,
    options.trust_host, options.cache)
  if status ~= core.E_INVAL then return status, handle end
  return status, nil, core.client_problem(url, interface, options.timeout, options.budget,
    options.trust_host, options.cache)
end

local client = { class = Client }

--- Makes a client.
---@param options? natupnp.ClientOptions
---@return natupnp.Client? client
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function client.new(options)
  options = guard.default(options, {})
  guard.keys(options, option_keys, "options")
  local status, handle, detail = errors.attempt(open, options)
  if status == core.E_SYSTEM then -- dropped clients may hold the descriptors that are lacking
    collectgarbage()
    status, handle, detail = errors.attempt(open, options)
  end
  if not handle then return errors.returned(errors.new(status, detail)) end
  local owner = engine.new(handle)
  local made = setmetatable({
    _engine = owner,
    static_mappings = static.new(owner),
    dynamic_mappings = dynamic.new(owner),
    events = events.new(owner),
  }, Client)
  owner.feed = feed.new(owner, made)
  return made
end

return client
