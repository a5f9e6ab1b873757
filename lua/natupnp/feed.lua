-- SPDX-License-Identifier: MIT
-- Who listens to events, and what they have not heard yet. The core watches the gateway as long as
-- there is somebody.
local core = require "natupnp.core"
local errors = require "natupnp.errors"
local event = require "natupnp.event"

-- As many as the core itself keeps for somebody who does not come for them: the oldest go.
local LIMIT = 1024

local function queue()
  return { first = 1, last = 0 }
end

local function take(from)
  local item = from[from.first]
  if item then
    from[from.first] = nil
    from.first = from.first + 1
  end
  return item
end

local function put(into, item)
  into.last = into.last + 1
  into[into.last] = item
  if into.last - into.first >= LIMIT then take(into) end
end

---@class natupnp.Caller  Is called with each event.
---@field call fun(happened: natupnp.Event)
---@field kind natupnp.EventKind?  the only kind that it wants
---@field gone boolean?

---@class natupnp.Reader  Takes events when it wants to.
---@field heard table    a queue
---@field gone boolean?

---@alias natupnp.Listener natupnp.Caller|natupnp.Reader

---@class natupnp.Feed
---@field private engine natupnp.Engine
---@field private client natupnp.Client
---@field private callers natupnp.Caller[]              in the order in which they came
---@field private readers table<natupnp.Reader, true>   one that nobody holds any more is gone from here
---@field private due table                             a queue of callers with their events
---@field private watching boolean
local Feed = {}
Feed.__index = Feed

--- Lets a listener hear of events from now on.
---@param listener natupnp.Listener
---@return natupnp.Listener? listener, string? message, natupnp.Code? code, natupnp.Error? err
function Feed:join(listener)
  local handle = self.engine.handle
  if not handle then return errors.returned(errors.new(core.E_CLOSED)) end
  local status = core.client_watch(handle)
  if status ~= core.OK then return errors.returned(errors.of_client(handle, status)) end
  self.watching = true
  if listener.call then
    self.callers[#self.callers + 1] = listener
  else
    listener.heard = queue()
    self.readers[listener] = true
  end
  return listener
end

--- Ends that: also what has happened already is not told any more.
---@param listener natupnp.Listener
function Feed:leave(listener)
  listener.gone = true
  self.readers[listener] = nil
  for i, caller in ipairs(self.callers) do
    if caller == listener then table.remove(self.callers, i) end
  end
  self:review()
end

--- Ends the watch when nobody listens.
---@private
function Feed:review()
  if self.watching and not self.callers[1] and not next(self.readers) then
    self.watching = false
    core.client_unwatch(self.engine.handle)
  end
end

---@private
function Feed:tell(happened)
  for _, caller in ipairs(self.callers) do
    if not caller.kind or caller.kind == happened.kind then
      put(self.due, { caller = caller, event = happened })
    end
  end
  for reader in pairs(self.readers) do put(reader.heard, happened) end
end

--- Moves what has happened out of the core's queue.
function Feed:collect()
  while self.watching do
    local happened = event.next(self.engine.handle, self.client)
    if not happened then return end
    self:review() -- the last reader may have been dropped
    self:tell(happened)
  end
end

--- Whether somebody is to be called.
---@return boolean
function Feed:is_due()
  return self.due[self.due.first] ~= nil
end

--- Whether a function listens. Iterators wait for themselves.
---@return boolean
function Feed:calls()
  return self.callers[1] ~= nil
end

--- Who is to be called next, and with which event.
---@return function? call, natupnp.Event? happened
function Feed:next_call()
  local due
  repeat due = take(self.due) until not due or not due.caller.gone
  if due then return due.caller.call, due.event end
end

--- The client is closed: nobody hears anything any more.
function Feed:close()
  for _, caller in ipairs(self.callers) do caller.gone = true end
  for reader in pairs(self.readers) do reader.gone = true end
  self.callers, self.readers, self.due, self.watching = {}, {}, queue(), false
end

local feed = {}

---@param engine natupnp.Engine
---@param client natupnp.Client
---@return natupnp.Feed
function feed.new(engine, client)
  return setmetatable({
    engine = engine, client = client, callers = {}, readers = setmetatable({}, { __mode = "k" }),
    due = queue(), watching = false,
  }, Feed)
end

--- The oldest event that a reader has not heard yet, or nil.
---@param reader natupnp.Reader
---@return natupnp.Event?
function feed.read(reader)
  return not reader.gone and take(reader.heard) or nil
end

return feed
