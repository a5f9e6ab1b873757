-- SPDX-License-Identifier: MIT
-- Events: the functions that are called, and what they may do.
local core = require "natupnp.core"
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local listening = require "listening"
local support = require "support"

describe("events", function()
  local gateway, client, events

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { faults = {}, external_ip = "203.0.113.7" }
    gateway:empty()
    client = assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT })
    events = client.events
  end)
  after_each(function() client:close() end)

  local function change() return listening.change(gateway) end
  local function settle() return listening.settle(gateway, client) end

  it("come to functions, by kind", function()
    local addresses, numbers, kinds, all = {}, {}, {}, 0
    assert(events:on_external_ip(function(address, happened)
      assert(happened.external_ip == address and happened.kind == "external-ip")
      addresses[#addresses + 1] = address
    end))
    assert(events:on_number_of_entries(function(count, happened)
      assert(happened.number_of_entries == count)
      numbers[#numbers + 1] = count
    end))
    assert(events:on("gateway-found", function(happened)
      assert(happened.gateway.location == gateway.location)
      kinds[#kinds + 1] = happened.kind
    end))
    assert(events:on_event(function(happened)
      assert(type(happened.detail) == "string" and tostring(happened):find(happened.kind, 1, true) == 1)
      all = all + 1
    end))
    support.drive(client, function() return kinds[1] end)
    local address = change()
    support.drive(client, function() return addresses[#addresses] == address end)
    gateway:put { external_port = 1, protocol = "TCP" }
    gateway:put { external_port = 2, protocol = "TCP" }
    support.drive(client, function() return numbers[#numbers] == 2 end)
    assert.same({ "gateway-found" }, kinds)
    assert.is_true(all >= #addresses + #numbers + 1)
  end)

  it("are values that never change", function()
    local seen
    assert(events:on("gateway-found", function(happened) seen = happened end))
    support.drive(client, function() return seen end)
    assert.has_error(function() seen.kind = "other" end, "natupnp.Event is read-only: kind was not set")
    for _, field in ipairs { "external_ip", "number_of_entries", "connection_status", "mapping", "code" } do
      assert.is_nil(seen[field])
    end
  end)

  it("are heard by nobody before the first registration and after the last one", function()
    assert(client:external_ip())
    gateway:clear()
    client:wait(0.2)
    assert.equal(0, gateway:asked("SUBSCRIBE"))
    local subscription = settle()
    assert.equal(1, gateway:asked("SUBSCRIBE"))
    assert.equal("natupnp.Subscription (open)", tostring(subscription))
    subscription:close()
    subscription:close()
    assert.equal("natupnp.Subscription (closed)", tostring(subscription))
    support.drive(client, function() return gateway:asked("UNSUBSCRIBE") == 1 end)
    settle()
    assert.equal(2, gateway:asked("SUBSCRIBE"))
  end)

  it("hold run() while a function listens", function()
    local seen, first, second = {}, nil, nil
    second = assert(events:on_event(function(happened)
      seen[#seen + 1] = happened.kind
      if first then first = first:close() else second:close() end
    end))
    first = assert(events:on_external_ip(function() end))
    assert.is_true(client:run())
    assert.equal(2, #seen)
    local iterate = assert(events:iter())
    assert.is_true(client:run())
    assert.is_function(iterate)
    assert(events:on_event(function() client:close() end))
    change()
    assert.is_true(client:run())
  end)

  it("wait while a verb waits, and the descriptor tells of them", function()
    settle()
    local calls = 0
    assert(events:on_external_ip(function() calls = calls + 1 end))
    local heard = gateway:asked("event")
    change()
    local deadline = support.monotonic() + support.LIMIT
    repeat assert(client:external_ip()) until gateway:asked("event") > heard or support.monotonic() > deadline
    assert.equal(0, calls)
    assert.is_true(client:dispatch())
    assert.equal(1, calls)
  end)

  it("come once for each registration", function()
    local calls = 0
    local function f() calls = calls + 1 end
    local first = assert(events:on_external_ip(f))
    assert(events:on_external_ip(f))
    settle():close()
    calls = 0
    settle():close()
    assert.equal(2, calls)
    first:close()
    settle():close()
    assert.equal(3, calls)
  end)

  describe("and a function that is called", function()
    it("may register others, which hear of later events", function()
      local inner, outer = {}, {}
      local subscription
      subscription = assert(events:on_external_ip(function(address)
        outer[#outer + 1] = address
        subscription:close()
        assert(events:on_external_ip(function(later) inner[#inner + 1] = later end))
      end))
      support.drive(client, function() return outer[1] end)
      local address = change()
      support.drive(client, function() return inner[#inner] == address end)
      assert.equal(1, #outer)
    end)

    it("may end others that were due", function()
      local second
      local calls = { 0, 0 }
      settle()
      assert(events:on_external_ip(function()
        calls[1] = calls[1] + 1
        second:close()
      end))
      second = assert(events:on_external_ip(function() calls[2] = calls[2] + 1 end))
      change()
      support.drive(client, function() return calls[1] > 0 end)
      assert.same({ 1, 0 }, calls)
    end)

    it("may raise: the others are called, then it is raised", function()
      settle()
      local calls = 0
      assert(events:on_external_ip(function() error("first failure") end))
      assert(events:on_external_ip(function() error("second failure") end))
      assert(events:on_external_ip(function() calls = calls + 1 end))
      change()
      local ok, message = pcall(support.drive, client, function() return calls > 0 end)
      assert.is_false(ok)
      assert.truthy(message:find("events_spec.lua:%d+: first failure"), message)
      assert.truthy(message:find("stack traceback:", 1, true), message)
      assert.equal(1, calls)
      assert(client:external_ip())
    end)

    it("may use the client, also with verbs that wait", function()
      local asked
      settle()
      assert(events:on_external_ip(function(address)
        asked = { address, client:external_ip(), client.static_mappings:count() }
      end))
      local address = change()
      support.drive(client, function() return asked end)
      assert.same({ address, address, 0 }, asked)
    end)

    it("may close the client: the others are not called then", function()
      settle()
      local calls = 0
      for _ = 1, 3 do
        assert(events:on_external_ip(function()
          calls = calls + 1
          client:close()
        end))
      end
      change()
      support.drive(client, function() return calls > 0 end)
      assert.equal(1, calls)
      assert.equal("natupnp.Events (closed)", tostring(events))
    end)
  end)

  it("do not come after close", function()
    settle()
    local calls = 0
    local subscription = assert(events:on_event(function() calls = calls + 1 end))
    local next_event = assert(events:iter())
    change()
    assert(client:external_ip())
    client:close()
    assert.is_nil(next_event())
    subscription:close()
    assert.equal(0, calls)
  end)

  it("cost nothing while none comes", function()
    settle()
    local dispatches, used
    for _ = 1, 60 do -- a second in which nobody changes the network of this machine
      local start, clock = support.monotonic(), os.clock()
      dispatches = 0
      while dispatches <= 1000 and support.monotonic() - start < 1 do
        client:wait(1 - (support.monotonic() - start))
        dispatches = dispatches + 1
      end
      used = os.clock() - clock
      if dispatches < 20 then break end
    end
    assert.is_true(dispatches < 20, dispatches)
    assert.is_true(used < 0.3, used)
  end)

  it("cannot be watched where the system refuses it", function()
    local original = core.client_watch
    core.client_watch = function() return core.E_SYSTEM end
    local subscription, message, code = events:on_event(print)
    local iter, _, other = events:iter()
    core.client_watch = original
    assert.is_nil(subscription)
    assert.is_nil(iter)
    assert.same({ "E_SYSTEM", "E_SYSTEM", core.status_text(core.E_SYSTEM) }, { code, other, message })
  end)

  it("keep no client alive", function()
    local before = support.open_files()
    local function leave_one() -- a function's end clears what its variables held, a block's need not
      local other = assert(natupnp.client { gateway = gateway.location })
      local found
      assert(other.events:on_event(function() found = other end))
      support.drive(other, function() return found end)
      assert(other.events:iter())
      assert.is_true(support.open_files() > before)
    end
    leave_one()
    support.collect()
    assert.equal(before, support.open_files())
  end)
end)
