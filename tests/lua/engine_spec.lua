-- SPDX-License-Identifier: MIT
-- What hardly ever happens: the core is made to show it.
local core = require "natupnp.core"
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

describe("a verb", function()
  local gateway, client, coll
  local kept = {}

  --- Puts another function into the place of one of the core, until the test has ended.
  local function replace(name, make)
    kept[name] = kept[name] or core[name]
    core[name] = make(kept[name])
  end

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:empty()
    client = assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT })
    coll = client.static_mappings
  end)
  after_each(function()
    for name, original in pairs(kept) do core[name] = original end
    kept = {}
    client:close()
  end)

  it("ends when the client is closed under it, by a finaliser or a hook", function()
    replace("client_wait", function(original)
      return function(...)
        local status = original(...)
        client:close()
        return status
      end
    end)
    local _, _, code = coll:count()
    assert.equal("E_CLOSED", code)
    assert.is_true(client:run() == nil)
  end)

  it("ends when the client cannot wait", function()
    for _, status in ipairs { "E_SYSTEM", "E_BUSY", "E_FORKED" } do
      replace("client_wait", function() return function() return core[status] end end)
      local value, message, code, err = coll:count()
      assert.same({ status, core.status_text(core[status]) }, { code, message })
      assert.is_nil(value)
      assert.same({ 0, false, core[status] }, { err.fault, err.maybe_applied, err.status })
      assert.equal(code, (select(3, client:wait())))
      assert.equal(code, (select(3, client:run())))
    end
  end)

  it("goes on after a signal that is not for it", function()
    local signals = 0
    replace("client_wait", function(original)
      return function(...)
        signals = signals + 1
        return signals < 5 and core.E_INTERRUPTED or original(...)
      end
    end)
    assert.equal(0, coll:count())
    assert.is_true(signals >= 5)
    replace("client_wait", function() return function() return core.E_INTERRUPTED end end)
    assert.is_false(client:wait())
  end)

  it("is no failure of its arguments when something else is raised", function()
    for _, raised in ipairs { "interrupted!", "not enough memory", { "a table" } } do
      replace("static_count", function() return function() error(raised, 0) end end)
      assert.has_error(function() coll:count() end, raised)
    end
  end)

  it("fails when there is no memory for what it read", function()
    assert(coll:add { external_port = 1, protocol = "TCP" })
    for _, name in ipairs { "op_mapping_at", "op_mapping", "op_gateway_at", "op_gateway" } do
      replace(name, function() return function() return core.E_NOMEM end end)
    end
    for name in pairs(package.loaded) do -- loaded anew, to meet the other functions
      if name:find("^natupnp") and name ~= "natupnp.core" then package.loaded[name] = nil end
    end
    local starved = assert(require("natupnp").client { gateway = gateway.location })
    local mappings = starved.static_mappings
    for _, call in ipairs {
      function() return mappings:list() end, function() return mappings:get(1, "TCP") end,
      function() return starved:discover() end, function() return starved:gateways() end,
      function() return starved:external_ip() end,
    } do
      local value, message, code = call()
      assert.same({ "E_NOMEM", "out of memory" }, { code, message })
      assert.is_nil(value)
    end
    starved:close()
  end)
end)
