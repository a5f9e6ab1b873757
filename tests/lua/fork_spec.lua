-- SPDX-License-Identifier: MIT
-- After a fork the client belongs to the parent. Plain Lua cannot fork; LuaJIT and luaposix can.
local testing = require "natupnp.testing"
local support = require "support"

local PROGRAM = [[
local fork, wait
local has_ffi, ffi = pcall(require, "ffi")
if has_ffi then
  ffi.cdef "int fork(void); int waitpid(int pid, int *status, int options);"
  local status = ffi.new("int[1]")
  fork = ffi.C.fork
  wait = function(pid) assert(ffi.C.waitpid(pid, status, 0) == pid) return status[0] end
else
  fork = require("posix.unistd").fork
  wait = function(pid) return select(3, require("posix.sys.wait").wait(pid)) end
end

local natupnp = require "natupnp"
local client = assert(natupnp.client{gateway = ...})
local coll = client.static_mappings
local mapping = assert(coll:add{external_port = 1, protocol = "TCP", keep = true})
local subscription = assert(client.events:on_event(function() end))
local answers = {}
assert(coll:count(function(err, count) answers[#answers + 1] = err or count end))
assert(client:external_ip(function(err, address) answers[#answers + 1] = err or address end))

local child = fork()
if child == 0 then
  local function forked(value, message, code, err)
    assert(value == nil and code == "E_FORKED" and message == err.detail, tostring(value) .. tostring(code))
  end
  local function never() error("called back") end
  forked(client:discover())
  forked(client:external_ip(never))
  forked(coll:add{external_port = 2, protocol = "TCP"})
  forked(coll:list(never))
  forked(mapping:edit{description = "child"})
  forked(mapping:remove())
  forked(client:dispatch())
  forked(client:wait(1))
  forked(client:run())
  forked(client:set_timeout(1))
  forked(client:kept())
  forked(client:remove_kept())
  forked(client.events:on_event(never))
  forked(client.events:iter())
  assert(mapping.external_port == 1)
  if MODE == "close" then
    assert(client:close())
    assert(client:close())
    local own = assert(natupnp.client{gateway = ...})
    assert(own:external_ip() == "203.0.113.7")
    own:close()
  end
  client, coll, mapping = nil, nil, nil
  collectgarbage()
  collectgarbage()
  os.exit(0, true)
end
assert(wait(child) == 0, "the child has failed")
subscription:close()
assert(client:run())
table.sort(answers, function(a, b) return tostring(a) < tostring(b) end)
assert(answers[1] == 1 and answers[2] == "203.0.113.7", tostring(answers[1]))
assert(mapping:remove())
client:close()
]]

describe("a fork", function()
  local gateway
  local can = pcall(require, "ffi") or pcall(require, "posix.unistd")
  local fork_it = can and it or pending

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  for _, mode in ipairs { "close", "drop" } do
    fork_it(("leaves the parent's client alone when the child %ss it"):format(mode), function()
      local script = support.script(PROGRAM:gsub("MODE", ("%q"):format(mode)))
      assert.same({ "", 0 }, { support.run(support.command(script, gateway.location)) })
      os.remove(script)
      assert.same({}, gateway:table())
    end)
  end
end)
