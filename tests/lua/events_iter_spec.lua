-- SPDX-License-Identifier: MIT
-- Iterators over events.
local core = require "natupnp.core"
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local listening = require "listening"
local support = require "support"

describe("an iterator over events", function()
  local gateway, client, events

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { external_ip = "203.0.113.7" }
    client = assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT })
    events = client.events
  end)
  after_each(function() client:close() end)

  local function change() return listening.change(gateway) end
  local function settle() return listening.settle(gateway, client) end

  it("waits for each", function()
    local expected, seen = nil, 0
    for happened in assert(events:iter()) do
      seen = seen + 1
      if happened.kind == "gateway-found" then
        assert.is_nil(expected)
      elseif happened.kind == "external-ip" then
        if happened.external_ip == expected then break end
        expected = change()
      end
    end
    assert.is_true(seen >= 3)
  end)

  it("gets every event from its making on, as the others do", function()
    settle()
    local one, other = assert(events:iter()), assert(events:iter())
    local first = change()
    assert.equal(first, one().external_ip)
    local later = assert(events:iter())
    local second = change()
    assert.equal(second, one().external_ip)
    assert.same({ first, second }, { other().external_ip, other().external_ip })
    assert.equal(second, later().external_ip)
  end)

  it("calls functions while it waits", function()
    local calls, address = 0, nil
    settle()
    assert(events:on_external_ip(function() calls = calls + 1 end))
    assert(client:external_ip(function(_, value) address = value end))
    local next_event = assert(events:iter())
    local deadline = support.monotonic() + support.LIMIT
    repeat
      change()
      assert.equal("external-ip", next_event().kind)
    until address or support.monotonic() > deadline
    assert.is_string(address)
    assert.is_true(calls > 0)
  end)

  it("ends when the client is closed, here by a function", function()
    settle()
    local seen = 0
    assert(events:on_external_ip(function() client:close() end))
    change()
    for _ in assert(events:iter()) do seen = seen + 1 end
    assert.is_true(seen <= 1)
  end)

  it("ends by its subscription", function()
    local next_event, _, _, subscription = assert(events:iter())
    assert.is_string(next_event().kind)
    subscription:close()
    assert.is_nil(next_event())
    assert.is_nil(next_event())
  end)

  it("that is dropped is heard of no more", function()
    settle():close()
    gateway:clear()
    do local _ = assert(events:iter()) end
    support.drive(client, function() return gateway:asked("SUBSCRIBE") == 1 end)
    support.collect()
    support.drive(client, function()
      change()
      return gateway:asked("UNSUBSCRIBE") == 1
    end)
  end)

  it("raises what a function raises, and what makes waiting impossible", function()
    settle()
    local subscription = assert(events:on_event(function() error("a failure") end))
    local next_event = assert(events:iter())
    change()
    local function raised()
      local ok, message
      repeat ok, message = pcall(next_event) until not ok
      return message
    end
    assert.truthy(raised():find("a failure", 1, true))
    subscription:close()
    local original = core.client_wait
    core.client_wait = function() return core.E_SYSTEM end
    local message = raised()
    core.client_wait = original
    assert.truthy(message:find("refused a resource", 1, true), message)
  end)

  it("keeps a number of events at most", function()
    settle()
    local next_event = assert(events:iter())
    local original = core.client_next_event
    local left = 3000
    local last
    core.client_next_event = function(...)
      local status, happened = original(...)
      last = happened or last
      left = left - 1
      if left > 0 and last then return core.OK, last end
      return status, happened
    end
    change()
    support.drive(client, function() return left <= 0 end)
    core.client_next_event = original
    local count, closed = 0, false
    assert(client:discover(function() closed = true client:close() end))
    for _ = 1, 1024 do if next_event() then count = count + 1 end end
    assert.equal(1024, count)
    assert.is_nil(next_event())
    assert.is_true(closed)
  end)

  local close_it = support.has(5.4) and it or pending
  close_it("ends when its loop is left, where the language has that", function()
    settle():close()
    gateway:clear()
    support.compile([[
      local events = ...
      for _ in assert(events:iter()) do break end]], events)
    support.drive(client, function() return gateway:asked("UNSUBSCRIBE") == 1 end)
  end)
end)
