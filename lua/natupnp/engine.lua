-- SPDX-License-Identifier: MIT
-- The engine of a client: owns the core's client, carries out every verb, in both forms, and calls
-- back. A verb that waits and one that calls back differ only in who takes the result.
local core = require "natupnp.core"
local errors = require "natupnp.errors"
local operation = require "natupnp.operation"

-- At most this long in one wait of the core: an interrupt that comes just before a wait begins would
-- else go unnoticed until something happens on the network.
local SLICE_MS = 250

-- A wait that came to one of these goes on.
local passing = { [core.OK] = true, [core.E_TIMEOUT] = true, [core.E_INTERRUPTED] = true }

---@class natupnp.Engine
---@field handle any                                the core's client, nil once closed
---@field feed natupnp.Feed                          who listens to events
---@field before_close fun()?                       called while the descriptor is still open
---@field private pending table<integer, natupnp.Operation>  under way, by the core's number
---@field private ended natupnp.Operation[]                  ended, not called back yet
local Engine = {}
Engine.__index = Engine

--- Moves what has ended and what has happened out of the core's queues.
function Engine:collect()
  while self.handle do
    local id = core.client_next_done(self.handle)
    if id == 0 then return self.feed:collect() end
    self.ended[#self.ended + 1] = self.pending[id] -- nil for one that somebody waits for
    self.pending[id] = nil
  end
end

--- Whether somebody is to be called.
---@return boolean
function Engine:is_due()
  return self.ended[1] ~= nil or self.feed:is_due()
end

--- Waits a while for something to do, and does it.
---@return integer status
function Engine:turn(ms)
  if not self.handle then return core.E_CLOSED end -- a collector's finalizer may close it any time
  local status = core.client_wait(self.handle, math.min(ms, SLICE_MS))
  core.adopt_hook()
  self:collect()
  return status
end

---@return integer status  the operation's, or why it cannot be waited for
function Engine:wait_for(op)
  while not core.op_done(op) do
    if not self.handle then return core.E_CLOSED end
    local status = self:turn(SLICE_MS)
    if not passing[status] then return status end
  end
  return core.op_status(op)
end

--- An interrupt (Ctrl-C in the program lua) is an error() that comes from anywhere in here: the
--- operation ends with it.
function Engine:await(op, read, owner)
  local ok, status = pcall(self.wait_for, self, op)
  if self:is_due() then core.client_wake(self.handle) end -- let the descriptor tell of them again
  if not ok then
    core.op_free(op)
    error(status, 0)
  end
  return operation.outcome(op, status, read, owner)
end

--- Carries out a verb: gives its value or nil, message, code, err; with a callback, the operation.
---@param owner any          what the value belongs to
---@param callback function?
---@param read function      how the value is read: operation.outcome()
---@param start function     called with the core's client and the arguments, it gives a status, an
---                          operation of the core, and perhaps a detail
function Engine:run(owner, callback, read, start, ...)
  local handle = self.handle
  if not handle then return errors.returned(errors.new(core.E_CLOSED)) end
  local status, op, detail = errors.attempt(start, handle, ...)
  if not self.handle then return errors.returned(errors.new(core.E_CLOSED)) end -- by a metamethod, say
  if not op then
    return errors.returned(detail and errors.new(status, detail) or errors.of_client(handle, status))
  end
  if callback then
    local started = operation.new(op, read, owner, callback)
    self.pending[core.op_id(op)] = started
    return started
  end
  local err, value = self:await(op, read, owner)
  if err then return errors.returned(err) end
  return value
end

local function traced(message)
  return type(message) == "string" and debug.traceback(message, 2) or message
end

--- Who is to be called next, and with what.
---@return function? call, any argument
function Engine:next_call()
  local op = table.remove(self.ended, 1)
  if op then return operation.deliver, op end
  return self.feed:next_call()
end

--- Calls back for all that has ended or happened, and raises the first error of a callback after that.
---@return boolean delivered
function Engine:deliver()
  local delivered, failure = false, nil
  local call, argument = self:next_call()
  while call do
    local ok, raised = xpcall(function() call(argument) end, traced)
    if not ok and not failure then failure = { raised } end
    delivered = true
    call, argument = self:next_call()
  end
  if failure then error(failure[1], 0) end
  return delivered
end

--- Waits for something to do, does it, and calls back.
---@param ms number
---@return boolean? busy, string? message, natupnp.Code? code, natupnp.Error? err
function Engine:wait(ms)
  if not self.handle then return errors.returned(errors.new(core.E_CLOSED)) end
  local status
  repeat
    status = self:turn(ms)
    ms = ms - SLICE_MS
  until status ~= core.E_TIMEOUT or self:is_due() or ms <= 0 or not self.handle
  local delivered = self:deliver()
  if not passing[status] then return errors.returned(errors.new(status)) end
  return delivered or status == core.OK
end

--- How many operations have a callback to come.
---@return integer
function Engine:count()
  local count = #self.ended
  for _ in pairs(self.pending) do count = count + 1 end
  return count
end

function Engine:close()
  local handle, pending, ended = self.handle, self.pending, self.ended
  if not handle then return end
  if self.before_close then self.before_close() end
  self.handle, self.pending, self.ended = nil, {}, {}
  for _, op in pairs(pending) do operation.drop(op) end
  for _, op in ipairs(ended) do operation.drop(op) end
  self.feed:close()
  core.client_free(handle)
end

local engine = {}

---@param handle any  the core's client, which the engine owns from now on
---@return natupnp.Engine
function engine.new(handle)
  return setmetatable({ handle = handle, pending = {}, ended = {} }, Engine)
end

return engine
