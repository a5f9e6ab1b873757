-- SPDX-License-Identifier: MIT
-- Ctrl-C in the program lua ends whatever waits, and the client can be used afterwards.
local testing = require "natupnp.testing"
local support = require "support"

local PROMISED = 0.3 -- seconds

local PROGRAM = [[
io.stdout:setvbuf("no")
collectgarbage("stop")
local stat = io.open("/proc/self/stat")
print((stat:read("*l"):match("%d+")))
stat:close()
local natupnp = require "natupnp"
local client = assert(natupnp.client{gateway = ..., timeout = 86400})
local coll = client.static_mappings
local function wait() CODE end
local done, message = pcall(wait)
print(done, message)
client:set_timeout(3)
print(client:external_ip(), client:pending(), (select(3, coll:remove(1, "TCP"))))
]]

describe("an interrupt", function()
  local gateway

  setup(function() gateway = testing.simulated_gateway { faults = { "AddPortMapping=hang" } } end)
  teardown(function() gateway:close() end)

  --- Interrupts a program once its request has reached the gateway; what it said after that.
  local function interrupted(code, name)
    gateway:clear()
    local script = support.script((PROGRAM:gsub("CODE", function() return code end)))
    local program = assert(io.popen(support.command(script, gateway.location) .. " 2>&1"))
    local pid = assert(program:read("*l"):match("^%d+$"))
    local deadline = support.monotonic() + support.LIMIT
    while gateway:asked("AddPortMapping") == 0 do
      assert.is_true(support.monotonic() < deadline, "the program has asked for nothing")
    end
    local start = support.monotonic()
    os.execute("kill -INT " .. pid)
    local first = program:read("*l")
    local took = support.monotonic() - start
    local rest = program:read("*a")
    program:close()
    os.remove(script)
    support.figure("Ctrl-C in " .. name .. ", " .. support.language, took, PROMISED)
    return first, rest
  end

  for name, code in pairs {
    ["a verb that waits"] = [[return coll:add{external_port = 1, protocol = "TCP"}]],
    ["run"] = [[
      assert(coll:add({external_port = 1, protocol = "TCP"}, print))
      return client:run()]],
    ["wait"] = [[
      assert(coll:add({external_port = 1, protocol = "TCP"}, print))
      while true do client:wait() end]],
    ["an iterator over events"] = [[
      assert(coll:add({external_port = 1, protocol = "TCP"}, print))
      for _ in assert(client.events:iter()) do end]],
    ["a verb that waits in a coroutine"] = [[
      return assert(coroutine.resume(coroutine.create(function()
        return coll:add{external_port = 1, protocol = "TCP"}
      end)))]],
    ["a verb that waits in a callback"] = [[
      assert(client:discover(function() return coll:add{external_port = 1, protocol = "TCP"} end))
      return client:run()]],
  } do
    it("ends " .. name, function()
      local first, rest = interrupted(code, name)
      assert.truthy(first:find("^false\t.*interrupted!"), first)
      -- Writes to one mapping wait for each other: the add must have ended, but not where it calls back.
      local left = code:find("print)", 1, true) and "1\tE_TIMEOUT" or "0\tE_NOT_FOUND"
      assert.equal("203.0.113.7\t" .. left, rest:match("([^\n]*)\n$"))
    end)
  end
end)
