-- SPDX-License-Identifier: MIT
-- An operation of the core: what it came to, and how one sees it who gave a callback.
local core = require "natupnp.core"
local errors = require "natupnp.errors"
local guard = require "natupnp.guard"
local mapping = require "natupnp.mapping"

--- How the value of an operation is read: gives a status and the value, or perhaps the error where
--- that is not OK.
---@alias natupnp.Read fun(handle: any, owner: any): integer, any

--- A verb that was started with a callback. It need not be kept: the client does.
---@class natupnp.Operation
---@field package _handle any  the core's; nil, as the others, once it was delivered or its client closed
---@field package _read natupnp.Read
---@field package _owner any
---@field package _callback fun(err: natupnp.Error?, value: any)
local Operation = { __name = "natupnp.Operation" }
Operation.__index = Operation

--- Ends it early: its callback comes with E_CANCELLED, at the next dispatch. One that has ended keeps
--- its result.
---@return true? ok
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function Operation:cancel()
  guard.method(self, Operation)
  local status = self._handle and core.op_cancel(self._handle) or core.OK
  if status ~= core.OK then return errors.returned(errors.new(status)) end
  return true
end

--- Whether it has ended. Its callback may still have to come.
---@return boolean
function Operation:done()
  guard.method(self, Operation)
  return self._handle == nil or core.op_done(self._handle)
end

function Operation:__tostring()
  return ("natupnp.Operation (%s)"):format(self:done() and "ended" or "under way")
end

local operation = {}

--- Reads the value of a verb that has none.
---@type natupnp.Read
function operation.done()
  return core.OK, true
end

--- What an operation of the core came to, and frees it.
---@param handle any
---@param status integer  why it is over: its own status, or why nobody can wait for it
---@param read natupnp.Read
---@param owner any       what the value belongs to
---@return natupnp.Error? err, any value
function operation.outcome(handle, status, read, owner)
  local err, value
  if status == core.OK then
    status, value = read(handle, owner)
    if status ~= core.OK then err, value = value or errors.new(status), nil end
  elseif status == core.op_status(handle) then
    err = errors.of_operation(handle)
    local _, held = mapping.one(handle, owner)
    err.mapping = held
  else
    err = errors.new(status)
  end
  core.op_free(handle)
  return err, value
end

---@return natupnp.Operation
function operation.new(handle, read, owner, callback)
  return setmetatable({ _handle = handle, _read = read, _owner = owner, _callback = callback }, Operation)
end

--- Takes what is needed to end it out of an operation: it holds nothing any more.
---@param op natupnp.Operation
local function take(op)
  local handle, read, owner, callback = op._handle, op._read, op._owner, op._callback
  op._handle, op._read, op._owner, op._callback = nil, nil, nil, nil
  return handle, read, owner, callback
end

--- Calls the callback of an operation that has ended.
---@param op natupnp.Operation
function operation.deliver(op)
  local handle, read, owner, callback = take(op)
  callback(operation.outcome(handle, core.op_status(handle), read, owner))
end

--- Frees an operation without calling back.
---@param op natupnp.Operation
function operation.drop(op)
  core.op_free((take(op)))
end

return operation
