-- SPDX-License-Identifier: MIT
-- The events of a client: functions that are called, and iterators.
local event = require "natupnp.event"
local feed = require "natupnp.feed"
local guard = require "natupnp.guard"

--- What ends a registration or an iterator. It need not be kept.
---@class natupnp.Subscription
---@field package _feed natupnp.Feed
---@field package _listener natupnp.Listener
local Subscription = { __name = "natupnp.Subscription" }
Subscription.__index = Subscription

--- No event is told any more. Closing again does nothing.
function Subscription:close()
  guard.method(self, Subscription)
  self._feed:leave(self._listener)
end

Subscription.__close = Subscription.close

function Subscription:__tostring()
  return ("natupnp.Subscription (%s)"):format(self._listener.gone and "closed" or "open")
end

--- What happens to the gateway and to kept mappings. The client watches its gateway from the first
--- registration or iterator on, until all of them have ended. That takes driving it: events come
--- while it waits, for a verb or for events.
---
--- Functions are called from client:dispatch(), client:wait() and client:run(), and while an iterator
--- waits. What a function raises is raised there, once all that were due have been called.
---@class natupnp.Events
---@field private _engine natupnp.Engine
local Events = { __name = "natupnp.Events" }
Events.__index = Events

---@return natupnp.Subscription?, string?, natupnp.Code?, natupnp.Error?
local function subscribe(self, listener)
  local listeners = self._engine.feed
  local joined, message, code, err = listeners:join(listener)
  if not joined then return nil, message, code, err end
  return setmetatable({ _feed = listeners, _listener = listener }, Subscription)
end

--- Calls f(event) for each event of a kind.
---@param kind natupnp.EventKind
---@param f fun(happened: natupnp.Event)
---@return natupnp.Subscription? subscription
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Events:on(kind, f)
  guard.method(self, Events)
  guard.one_of(kind, event.kinds, "kind of event")
  guard.callback(f)
  return subscribe(self, { kind = kind, call = f })
end

--- Calls f(event) for each event.
---@param f fun(happened: natupnp.Event)
---@return natupnp.Subscription? subscription
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Events:on_event(f)
  guard.method(self, Events)
  guard.callback(f)
  return subscribe(self, { call = f })
end

--- Calls f(address, event) when the gateway has another external address; nil when it has none.
---@param f fun(address: string?, happened: natupnp.Event)
---@return natupnp.Subscription? subscription
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Events:on_external_ip(f)
  guard.method(self, Events)
  guard.callback(f)
  return subscribe(self, {
    kind = "external-ip",
    call = function(happened) f(happened.external_ip, happened) end,
  })
end

--- Calls f(number, event) when the gateway has more or fewer mappings.
---@param f fun(number: integer, happened: natupnp.Event)
---@return natupnp.Subscription? subscription
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Events:on_number_of_entries(f)
  guard.method(self, Events)
  guard.callback(f)
  return subscribe(self, {
    kind = "number-of-entries",
    call = function(happened) f(happened.number_of_entries, happened) end,
  })
end

local function wait_for_event(engine, reader)
  local happened = feed.read(reader)
  while not happened and not reader.gone do
    local busy, message = engine:wait(math.huge)
    if busy == nil and engine.handle then error(message, 3) end
    happened = feed.read(reader)
  end
  return happened
end

--- Gives each event from now on, and waits for it:
--- `for happened in assert(client.events:iter()) do`. It ends when the client is closed. Each iterator
--- gets every event; at most 1024 wait for it, then the oldest go. Leaving the loop ends the
--- subscription in Lua 5.4; before, the collector does, or its close(). When the client cannot wait
--- any more that is error().
---@return (fun(): natupnp.Event?)? next
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error|natupnp.Subscription|nil err  the subscription, when it did not fail
function Events:iter()
  guard.method(self, Events)
  local engine, reader = self._engine, {}
  local subscription, message, code, err = subscribe(self, reader)
  if not subscription then return nil, message, code, err end
  return function() return (wait_for_event(engine, reader)) end, nil, nil, subscription
end

function Events:__tostring()
  return ("natupnp.Events (%s)"):format(self._engine.handle and "open" or "closed")
end

local events = {}

---@param engine natupnp.Engine
---@return natupnp.Events
function events.new(engine)
  return setmetatable({ _engine = engine }, Events)
end

return events
