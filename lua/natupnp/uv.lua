-- SPDX-License-Identifier: MIT
--- Drives a client from libuv's loop (luv, Neovim's vim.uv): verbs that call back then do so by
--- themselves.
---
---     local attachment = require("natupnp.uv").attach(client)
---     client.static_mappings:list(function(err, mappings)
---       ...
---       attachment:close()
---     end)
---     uv.run()
---
--- It keeps the loop running until it is closed. An error in a callback is one in a callback of
--- libuv: luv prints it with its traceback and ends the program, Neovim shows it.
local core = require "natupnp.core"
local client_class = require("natupnp.client").class
local errors = require "natupnp.errors"
local guard = require "natupnp.guard"

---@class natupnp.uv.Attachment
---@field package _poll any              nil once it is closed
---@field package _engine natupnp.Engine
local Attachment = { __name = "natupnp.uv.Attachment" }
Attachment.__index = Attachment

--- Leaves the loop, which ends when nothing else keeps it. The client stays open; closing it closes
--- this too. Closing again does nothing.
function Attachment:close()
  guard.method(self, Attachment)
  local poll = self._poll
  if not poll then return end
  self._poll, self._engine.before_close = nil, nil
  poll:stop()
  poll:close()
end

Attachment.__close = Attachment.close

local uv_loop = {}

--- Attaches an open client to the loop. A client is attached once at a time.
---@param client natupnp.Client
---@param uv? table  luv, or what has its functions; `require "luv"` if not given
---@return natupnp.uv.Attachment? attachment
---@return string? message
---@return natupnp.Code? code
---@return natupnp.Error? err
function uv_loop.attach(client, uv)
  guard.object(client, client_class)
  local fd, message, code, err = client:fd()
  if not fd then return nil, message, code, err end
  local engine = client._engine
  if engine.before_close then error("the client is attached to a loop already", 2) end
  local poll, reason = (uv or require "luv").new_poll(fd)
  if not poll then return errors.returned(errors.new(core.E_SYSTEM, reason)) end

  local attachment = setmetatable({ _poll = poll, _engine = engine }, Attachment)
  engine.before_close = function() attachment:close() end
  poll:start("r", function()
    local busy, problem = client:dispatch()
    if busy == nil and attachment._poll then -- such as after a fork: it would stay readable
      attachment:close()
      error(problem, 0)
    end
  end)
  return attachment
end

return uv_loop
