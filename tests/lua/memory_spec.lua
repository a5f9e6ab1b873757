-- SPDX-License-Identifier: MIT
-- What nobody holds any more is freed, in every version of the language.
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

describe("the collector", function()
  local gateway

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  local function open() return assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT }) end

  --- Runs what drops something, and compares the files that are open before and after.
  local function frees(drop)
    support.collect()
    local before = support.open_files()
    drop()
    support.collect()
    assert.equal(before, support.open_files())
  end

  it("would be seen to fail: a client that is held has files open", function()
    local before = support.open_files()
    local client = open()
    support.collect()
    assert.is_true(support.open_files() > before)
    client:close()
    assert.equal(before, support.open_files())
  end)

  it("frees a client that was dropped", function()
    frees(function() open() end)
    frees(function() assert(open():external_ip()) end)
  end)

  it("frees a client whose callbacks hold it", function()
    frees(function()
      local client = open()
      local calls = 0
      local function f() calls = calls + 1 return client end
      assert(client:external_ip(f))
      assert(client.static_mappings:list(f))
      client:dispatch()
      client = nil
    end)
  end)

  it("frees a client with a connection under way", function()
    gateway:set { faults = { "*=hang" } }
    frees(function()
      local client = open()
      local operation = assert(client:external_ip(function() return client end))
      local deadline = support.monotonic() + support.LIMIT
      gateway:clear()
      while gateway:asked("GetExternalIPAddress") == 0 and support.monotonic() < deadline do client:wait(0.05) end
      assert.is_false(operation:done())
    end)
    gateway:set { faults = {} }
  end)

  it("frees a client that is held by its mappings, once these are dropped", function()
    frees(function()
      local mapping = assert(open().static_mappings:add { external_port = 1, protocol = "TCP" })
      support.collect()
      assert.is_true(assert(mapping:edit { description = "alive" }):remove())
    end)
    frees(function()
      local coll = open().static_mappings
      support.collect()
      assert.equal(0, coll:count())
    end)
  end)

  it("lets go of what a callback held, once it was called", function()
    local client = open()
    local weak = setmetatable({}, { __mode = "k" })
    local operation
    do
      local held = {}
      weak[held] = true
      operation = assert(client:discover(function() return held end))
    end
    support.collect()
    assert.not_nil(next(weak))
    assert(client:run())
    support.collect()
    assert.is_nil(next(weak))
    assert.is_true(operation:done())
    client:close()
  end)

  it("is asked to free dropped clients when descriptors are lacking", function()
    local script = support.script([[
      collectgarbage("stop")
      local natupnp = require "natupnp"
      for i = 1, 200 do assert(natupnp.client{gateway = ...}) end
      local held, client, message, code = {}, nil, nil, nil
      repeat
        client, message, code = natupnp.client{gateway = ...}
        held[#held + 1] = client
      until not client
      assert(code == "E_SYSTEM", code)
      print(message)]])
    local text, code = support.run("ulimit -n 64; " .. support.command(script, gateway.location))
    os.remove(script)
    assert.same({ "the operating system refused a resource\n", 0 }, { text, code })
  end)

  -- A sanitizer keeps what is freed for a while, to see whether it is used.
  local sanitized = (os.getenv("LD_PRELOAD") or ""):find("asan")
  local memory_it = sanitized and pending or it
  memory_it("has nothing left to do for a thousand clients that were closed", function()
    local script = support.script([[
      local natupnp = require "natupnp"
      local support = require "support"
      local files, first
      for i = 1, 1000 do
        local client = assert(natupnp.client{gateway = ...})
        assert(client.static_mappings:get(1, "TCP", function() end))
        assert(client:external_ip())
        client:close()
        if i == 100 or i == 1000 then support.collect() end
        if i == 100 then files, first = support.open_files(), support.resident() end
      end
      print(support.resident() - first, support.open_files() - files)]])
    local text = support.run(support.command(script, gateway.location))
    os.remove(script)
    local growth, files = text:match("^(%-?%d+)%s+(%-?%d+)\n$")
    assert.is_true(growth ~= nil and tonumber(growth) < 1024, text)
    assert.equal(0, tonumber(files))
  end)
end)
