-- SPDX-License-Identifier: MIT
-- Kept mappings: they are renewed and repaired, shown, and removed by a close.
local core = require "natupnp.core"
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

describe("kept mappings", function()
  local gateway, client

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { faults = {} }
    gateway:empty()
    gateway:clear()
    client = assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT })
  end)
  after_each(function() client:close() end)

  local function keep(port, request)
    request = request or {}
    request.external_port, request.protocol, request.keep = port, "TCP", true
    return assert(client.dynamic_mappings:add(request))
  end

  it("are those that were added so", function()
    assert.same({}, client:kept())
    assert(client.static_mappings:add { external_port = 9, protocol = "TCP", keep = false })
    keep(1, { lease = 600, remote_host = "198.51.100.9" })
    assert(client.static_mappings:add { external_port = 2, protocol = "TCP", keep = true })
    local kept = assert(client:kept())
    table.sort(kept, function(a, b) return a.mapping.external_port < b.mapping.external_port end)
    assert.equal(2, #kept)
    assert.same({ 1, "held", "198.51.100.9" },
      { kept[1].mapping.external_port, kept[1].state, kept[1].mapping.remote_host })
    assert.is_nil(kept[1].code)
    assert.is_true(kept[1].next_in > 200 and kept[1].next_in <= 400, kept[1].next_in)
    assert.equal("1/TCP from 198.51.100.9 -> 127.0.0.1:1 natupnp: held", tostring(kept[1]))
    assert.equal("held", kept[2].state)
    assert.is_function(kept[1].mapping.renew)
    assert.has_error(function() kept[1].state = "missing" end, "natupnp.Kept is read-only: state was not set")
    assert.is_true(kept[1].mapping:remove())
    assert.equal(1, #client:kept())
    assert(client.static_mappings:remove(2, "TCP"))
    assert.equal(0, #client:kept())
  end)

  it("are renewed by themselves, while the client is driven", function()
    local renewed
    assert(client.events:on("mapping-renewed", function(happened) renewed = happened end))
    keep(1, { lease = 2 })
    support.drive(client, function() return renewed end)
    assert.equal(1, renewed.mapping.external_port)
    assert.is_nil(renewed.code)
    assert.is_function(renewed.mapping.renew)
    assert.equal(1, #gateway:table())
  end)

  it("are made again when the gateway has lost them", function()
    local kinds = {}
    assert(client.events:on_event(function(happened)
      if happened.mapping then kinds[#kinds + 1] = happened.kind end
    end))
    keep(1)
    support.drive(client, function() return gateway:asked("event") > 0 end)
    gateway:take(1, "TCP")
    support.drive(client, function() return kinds[2] end)
    assert.same({ "mapping-lost", "mapping-restored" }, kinds)
    assert.equal(1, #gateway:table())
  end)

  it("tell when the gateway refuses them", function()
    local refused
    assert(client.events:on("mapping-refused", function(happened) refused = happened end))
    keep(1)
    support.drive(client, function() return gateway:asked("event") > 0 end)
    gateway:set { faults = { "AddPortMapping=728" } }
    gateway:take(1, "TCP")
    support.drive(client, function() return refused end)
    assert.equal("E_FULL", refused.code)
    assert.is_true(#refused.detail > 0)
    local kept = assert(client:kept())[1]
    assert.same({ "refused", "E_FULL" }, { kept.state, kept.code })
  end)

  it("are removed by a close, and only they", function()
    assert(client.static_mappings:add { external_port = 9, protocol = "TCP" })
    for port = 1, 5 do keep(port) end
    assert.equal(6, #gateway:table())
    assert.is_true(client:close())
    assert.is_true(client:close())
    local left = gateway:table()
    assert.same({ 1, 9 }, { #left, left[1].external_port })
    local value, _, code = client:kept()
    assert.is_nil(value)
    assert.equal("E_CLOSED", code)
  end)

  it("may be gone already when the client is closed", function()
    keep(1)
    gateway:empty()
    assert.is_true(client:close())
  end)

  it("that cannot be removed are what close tells, and the client is closed", function()
    keep(1)
    gateway:set { faults = { "DeletePortMapping=501" } }
    local value, message, code, err = client:close()
    assert.is_nil(value)
    assert.is_string(code)
    assert.equal(message, err.detail)
    assert.equal("natupnp.Client (closed)", tostring(client))
    assert.is_true(client:close())
  end)

  it("hold a close for the timeout at most", function()
    keep(1)
    assert(client:set_timeout(86400))
    assert(client:set_timeout(0.3))
    gateway:set { faults = { "*=hang" } }
    local value, _, code = client:close()
    assert.is_nil(value)
    assert.equal("E_TIMEOUT", code)
  end)

  it("are left to their leases when a close is interrupted", function()
    keep(1)
    local original = core.client_wait
    core.client_wait = function() error("interrupted!", 0) end
    local ok, message = pcall(client.close, client)
    core.client_wait = original
    assert.same({ false, "interrupted!" }, { ok, message })
    assert.equal("natupnp.Client (closed)", tostring(client))
    assert.equal(1, #gateway:table())
  end)

  it("cannot be shown without memory", function()
    keep(1)
    for _, name in ipairs { "client_kept_at", "kept_mapping" } do
      local original = core[name]
      core[name] = function() return core.E_NOMEM end
      local value, message, code = client:kept()
      core[name] = original
      assert.is_nil(value)
      assert.same({ "E_NOMEM", "out of memory" }, { code, message })
    end
  end)

  it("are removed by remove_kept too, in both its forms", function()
    for _, perform in pairs(support.forms) do
      keep(1)
      keep(2, { remote_host = "198.51.100.9" })
      local value, err = perform(client, function(f) return client:remove_kept(f) end)
      assert.is_nil(err)
      assert.is_true(value)
      assert.same({}, gateway:table())
      assert.same({}, client:kept())
    end
  end)

  it("are removed when a callback closes the client", function()
    keep(1)
    assert(client:discover(function() assert(client:close()) end))
    assert(client:run())
    assert.same({}, gateway:table())
  end)

  it("are left to their leases when the client is dropped", function()
    keep(1)
    client = nil
    support.collect()
    assert.equal(1, #gateway:table())
    client = assert(natupnp.client { gateway = gateway.location })
  end)

  local close_it = support.has(5.4) and it or pending
  close_it("are removed at the end of a block, where the language has <close>", function()
    support.compile([[
      local natupnp, gateway = ...
      local client <close> = assert(natupnp.client { gateway = gateway.location })
      assert(client.static_mappings:add { external_port = 1, protocol = "TCP", keep = true })
      assert(#gateway:table() == 1)]], natupnp, gateway)
    assert.same({}, gateway:table())
  end)

  it("cost nothing while nothing is due", function()
    keep(1)
    client:wait(0.3)
    local clock = os.clock()
    local start = support.monotonic()
    while support.monotonic() - start < 1 do client:wait(1) end
    assert.is_true(os.clock() - clock < 0.3, os.clock() - clock)
  end)
end)
