-- SPDX-License-Identifier: MIT
-- What callbacks may do, and what happens around them.
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

describe("callbacks", function()
  local gateway, client, coll

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { faults = {} }
    gateway:empty()
    client = assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT })
    coll = client.static_mappings
  end)
  after_each(function() client:close() end)

  local function nothing() end

  it("come from dispatch, wait and run, never from the start", function()
    local calls = 0
    assert(client:discover(function() calls = calls + 1 end))
    assert(coll:list(function() calls = calls + 1 end))
    assert.equal(0, calls)
    assert.equal(2, client:pending())
    assert(client:run())
    assert.equal(2, calls)
  end)

  it("come for many verbs at once", function()
    local made = 0
    for port = 1, 50 do
      assert(coll:add({ external_port = port, protocol = "TCP" }, function(err, mapping)
        assert(not err, err)
        assert(mapping.external_port == port)
        made = made + 1
      end))
    end
    assert(client:run())
    assert.equal(50, made)
    assert.equal(50, #gateway:table())
  end)

  it("keep their order for one mapping", function()
    local order = {}
    local function note(name) return function(err) order[#order + 1] = err and err.code or name end end
    assert(coll:add({ external_port = 1, protocol = "TCP" }, note "add"))
    assert(coll:remove(1, "TCP", note "remove"))
    assert(coll:remove(1, "TCP", note "again"))
    assert(client:run())
    assert.same({ "add", "remove", "E_NOT_FOUND" }, order)
  end)

  it("may start other verbs, also ones that wait", function()
    local steps = {}
    assert(coll:add({ external_port = 1, protocol = "TCP" }, function(err, mapping)
      assert(not err, err)
      steps[1] = mapping:edit { description = "waited for" }.description
      assert(mapping:remove(function(failure, removed)
        steps[2] = failure or removed
        assert(coll:count(function(_, count) steps[3] = count end))
      end))
    end))
    assert(client:run())
    assert.same({ "waited for", true, 0 }, steps)
  end)

  it("of others wait while a verb waits, and the descriptor tells of them", function()
    local address
    assert(client:external_ip(function(_, value) address = value end))
    gateway:set { latency = 0.05 }
    assert(coll:count())
    assert(coll:count())
    gateway:set { latency = 0 }
    assert.is_nil(address)
    assert.equal(1, client:pending())
    assert.is_true(client:dispatch())
    assert.equal("203.0.113.7", address)
    assert.is_true(client:run())
  end)

  it("may drive the client themselves", function()
    local calls = {}
    assert(client:external_ip(function()
      calls[#calls + 1] = "outer"
      assert(coll:count(function() calls[#calls + 1] = "inner" end))
      assert(client:run())
      calls[#calls + 1] = "after"
    end))
    assert(client:discover(function() calls[#calls + 1] = "other" end))
    assert(client:run())
    table.sort(calls)
    assert.same({ "after", "inner", "other", "outer" }, calls)
  end)

  it("may close the client; the others are not called then", function()
    local calls = 0
    for _ = 1, 3 do
      assert(coll:count(function()
        calls = calls + 1
        client:close()
      end))
    end
    assert.is_true(client:run())
    assert.equal(1, calls)
    assert.equal(0, client:pending())
    assert.is_nil((coll:count()))
  end)

  it("that raise are all called first, then the first error is raised, with its traceback", function()
    local calls = 0
    for i = 1, 3 do
      assert(client:discover(function()
        calls = calls + 1
        if i ~= 2 then error("failure " .. i) end
      end))
    end
    local deadline = support.monotonic() + support.LIMIT
    local ok, message = true, nil
    while ok and support.monotonic() < deadline do ok, message = pcall(client.wait, client, 1) end
    assert.is_false(ok)
    assert.truthy(message:find("callbacks_spec.lua:%d+: failure 1"), message)
    assert.truthy(message:find("stack traceback:", 1, true), message)
    assert(client:run())
    assert.equal(3, calls)
    assert(client:external_ip())
  end)

  it("may raise anything", function()
    for _, raised in ipairs { { "a table" }, 5, false } do
      assert(client:discover(function() error(raised, 0) end))
      local ok, message = pcall(client.run, client)
      assert.is_false(ok)
      if type(raised) == "table" then assert.equal(raised, message) end
      assert.equal(0, client:pending())
    end
    assert(client:discover(function() error() end))
    assert.is_false((pcall(client.run, client)))
  end)

  it("come with E_CANCELLED after a cancel", function()
    gateway:set { faults = { "GetExternalIPAddress=hang", "GetStatusInfo=hang" } }
    local code, value
    local operation = assert(client:external_ip(function(err, result) code, value = err.code, result end))
    assert.equal("natupnp.Operation (under way)", tostring(operation))
    client:wait(0.05)
    assert.is_false(operation:done())
    assert.is_true(operation:cancel())
    assert.is_true(operation:done())
    assert.is_nil(code)
    assert.is_true(client:dispatch())
    assert.equal("E_CANCELLED", code)
    assert.is_nil(value)
    assert.is_true(operation:cancel())
    assert.equal("natupnp.Operation (ended)", tostring(operation))
    assert.equal(0, client:pending())
  end)

  it("tell when a cancelled verb may have changed the gateway", function()
    gateway:set { faults = { "AddPortMapping=hang-after" } }
    gateway:clear()
    local failure
    local operation = assert(coll:add({ external_port = 1, protocol = "TCP" }, function(err) failure = err end))
    local deadline = support.monotonic() + support.LIMIT
    while gateway:asked("AddPortMapping") == 0 and support.monotonic() < deadline do client:wait(0.05) end
    assert(operation:cancel())
    assert(client:run())
    assert.same({ "E_CANCELLED", true }, { failure.code, failure.maybe_applied })
  end)

  it("come no more after close, and an operation knows it", function()
    local operation = assert(client:discover(function() error("called back") end))
    client:close()
    assert.is_true(operation:done())
    assert.is_true(operation:cancel())
  end)

  it("go on where a coroutine waits", function()
    local log = {}
    local routine = coroutine.wrap(function()
      local function await(start)
        local me = coroutine.running()
        assert(start(function(err, value) assert(coroutine.resume(me, err, value)) end))
        return coroutine.yield()
      end
      local err, mapping = await(function(f) return coll:add({ external_port = 1, protocol = "TCP" }, f) end)
      log[1] = not err and mapping.external_port
      err = await(function(f) return coll:get(2, "TCP", f) end)
      log[2] = err.code
      log[3] = coll:count() -- waits, in a coroutine
    end)
    routine()
    assert(client:run())
    assert.same({ 1, "E_NOT_FOUND", 1 }, log)
  end)

  it("of an operation that nobody holds come all the same", function()
    local calls = 0
    for _ = 1, 10 do assert(client:external_ip(function() calls = calls + 1 end)) end
    support.collect()
    assert(client:run())
    assert.equal(10, calls)
    assert(client:discover(nothing))
  end)
end)
