-- SPDX-License-Identifier: MIT
-- What the core says when it fails, as error objects and as the values that verbs return.
local core = require "natupnp.core"

---@alias natupnp.Code
---| "E_INVAL"         # an argument is not valid
---| "E_NOMEM"         # out of memory
---| "E_SYSTEM"        # the operating system refused a resource
---| "E_CANCELLED"     # the operation was cancelled
---| "E_BUSY"          # another thread is using this client
---| "E_FORKED"        # the client was made before a fork
---| "E_CLOSED"        # the client has been closed
---| "E_TIMEOUT"       # no answer within the time allowed
---| "E_NO_GATEWAY"    # no UPnP gateway answered
---| "E_GONE"          # the gateway of this mapping is no longer there
---| "E_NETWORK"       # the gateway could not be reached
---| "E_HTTP"          # the gateway answered with an HTTP error
---| "E_BAD_REPLY"     # the gateway's reply could not be understood
---| "E_FAULT"         # the gateway refused the request
---| "E_NOT_FOUND"     # there is no such mapping
---| "E_CONFLICT"      # the external port is mapped to another client
---| "E_NOT_PERMITTED" # the gateway does not permit it
---| "E_FULL"          # the gateway has no room for another mapping
---| "E_UNSUPPORTED"   # the gateway cannot do this
---| "E_LOST"          # a mapping was removed to change it and could not be put back
---| "E_NO_ADDRESS"    # the gateway says that it has no external address now

--- Why something failed. tostring() gives the detail.
---@class natupnp.Error
---@field status integer             the number of the code
---@field code natupnp.Code
---@field fault integer              the UPnP error code that the gateway gave, 0 if none
---@field hresult integer            what Windows gives in this case, a negative number
---@field detail string              one line: what happened, and what to do next
---@field maybe_applied boolean      the gateway may have been changed all the same
---@field mapping natupnp.Mapping?  after E_CONFLICT the one that holds the port, after a failed edit the old one
local Error = { __name = "natupnp.Error" }
Error.__index = Error

function Error:__tostring()
  return self.detail
end

function Error.__eq(one, other)
  return one.status == other.status and one.fault == other.fault and one.detail == other.detail
end

local errors = {}

--- A failure that no operation tells of; the detail is the text of the status if not given.
---@param status integer
---@param detail? string
---@return natupnp.Error
function errors.new(status, detail)
  return setmetatable({
    status = status,
    code = core.status_name(status),
    fault = 0,
    hresult = core.status_hresult(status),
    detail = detail or core.status_text(status),
    maybe_applied = false,
  }, Error)
end

--- The failure of an operation that has ended, without its mapping.
---@return natupnp.Error
function errors.of_operation(op)
  local err = errors.new(core.op_status(op), core.op_detail(op))
  err.fault = core.op_fault(op)
  err.hresult = core.op_hresult(op)
  err.maybe_applied = core.op_maybe_applied(op)
  return err
end

--- Why a gateway's external address is not known; nil when it is, or was not asked for.
---@return natupnp.Error?
function errors.of_external(status, detail, fault, hresult)
  if status == core.OK or status == core.E_PENDING then return nil end
  local err = errors.new(status, detail)
  err.fault, err.hresult = fault, hresult
  return err
end

--- What a client has just refused to start or to set.
---@return natupnp.Error
function errors.of_client(handle, status)
  local told = core.client_last_status(handle) == status
  return errors.new(status, told and core.client_last_detail(handle) or nil)
end

--- The values that a public function returns for an error.
---@return nil, string, natupnp.Code, natupnp.Error
function errors.returned(err)
  return nil, err.detail, err.code, err
end

--- Calls into the core, which raises what is no value of the right kind ("external_port must be a
--- whole number"): E_INVAL here, and E_CLOSED for a client that was closed while the values were read. An
--- interrupt or a lack of memory is raised on.
---@return integer status, any result, string? detail
function errors.attempt(call, ...)
  local ok, status, result, detail = pcall(call, ...)
  if ok then return status, result, detail end
  if type(status) == "string" and status:find("^client is not open") then return core.E_CLOSED end
  local refused = type(status) == "string" and
    (status:find("^[%l_]+ must ") or status:find("^[%l_]+ is too "))
  if not refused then error(status, 0) end
  return core.E_INVAL, nil, status
end

return errors
