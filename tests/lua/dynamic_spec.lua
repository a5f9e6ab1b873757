-- SPDX-License-Identifier: MIT
-- The dynamic collection: remote hosts, leases, renewals.
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

local HOST = "198.51.100.9"

describe("dynamic mappings", function()
  local gateway, client, coll

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { faults = {}, max_lease = 604800 }
    gateway:empty()
    client = assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT })
    coll = client.dynamic_mappings
  end)
  after_each(function() client:close() end)

  local function about(expected, seconds)
    assert.is_true(seconds > expected - 20 and seconds <= expected, seconds)
  end

  for form, perform in pairs(support.forms) do
    describe(form .. ":", function()
      local function done(call)
        local value, err = perform(client, call)
        assert.is_nil(err)
        return value
      end

      local function refused(call)
        local value, err = perform(client, call)
        assert.is_nil(value)
        return assert(err)
      end

      it("add", function()
        local made = done(function(f)
          return coll:add({ external_port = 8080, protocol = "UDP", internal_port = 80, remote_host = HOST,
            internal_client = "192.168.1.9", description = "for one", lease = 120 }, f)
        end)
        assert.same({ HOST, 8080, "UDP", 80, "192.168.1.9", "for one", 120 }, { made.remote_host,
          made.external_port, made.protocol, made.internal_port, made.internal_client, made.description,
          made.lease })
        local entry = gateway:table()[1]
        assert.same({ HOST, 8080, "UDP", 80 },
          { entry.remote_host, entry.external_port, entry.protocol, entry.internal_port })
        about(120, entry.lease)
      end)

      it("add with the defaults", function()
        local made = done(function(f) return coll:add({ external_port = 81, protocol = "TCP" }, f) end)
        assert.same({ "", 3600, 81, "127.0.0.1" },
          { made.remote_host, made.lease, made.internal_port, made.internal_client })
      end)

      it("add of what another client has", function()
        gateway:put { external_port = 1, protocol = "TCP", internal_client = "192.168.1.9", lease = 60 }
        local err = refused(function(f) return coll:add({ external_port = 1, protocol = "TCP" }, f) end)
        assert.equal("E_CONFLICT", err.code)
        assert.equal("192.168.1.9", err.mapping.internal_client)
        assert.is_function(err.mapping.renew)
      end)

      it("get and remove, by the whole key", function()
        gateway:put { external_port = 1, protocol = "TCP", remote_host = HOST, description = "one" }
        gateway:put { external_port = 1, protocol = "TCP", lease = 60, description = "all" }
        assert.equal("one", done(function(f) return coll:get(1, "TCP", HOST, f) end).description)
        assert.equal("all", done(function(f) return coll:get(1, "TCP", f) end).description)
        assert.equal("all", done(function(f) return coll:get(1, "TCP", nil, f) end).description)
        assert.is_true(done(function(f) return coll:remove(1, "TCP", HOST, f) end))
        assert.equal("E_NOT_FOUND", refused(function(f) return coll:get(1, "TCP", HOST, f) end).code)
        assert.is_true(done(function(f) return coll:remove(1, "TCP", f) end))
        assert.same({}, gateway:table())
      end)

      it("neither sees a permanent mapping for all", function()
        gateway:put { external_port = 1, protocol = "TCP" }
        assert.equal("E_NOT_FOUND", refused(function(f) return coll:get(1, "TCP", f) end).code)
        assert.equal("E_NOT_FOUND", refused(function(f) return coll:remove(1, "TCP", f) end).code)
        assert.equal(0, done(function(f) return coll:count(f) end))
      end)

      it("list and count", function()
        gateway:put { external_port = 1, protocol = "TCP" }
        gateway:put { external_port = 2, protocol = "TCP", lease = 60 }
        gateway:put { external_port = 3, protocol = "UDP", remote_host = HOST }
        local list = done(function(f) return coll:list(f) end)
        assert.equal(2, #list)
        assert.equal(2, done(function(f) return coll:count(f) end))
        for _, mapping in ipairs(list) do assert.is_true(mapping.external_port > 1) end
      end)

      it("edit", function()
        local mapping = assert(coll:add { external_port = 1, protocol = "TCP", remote_host = HOST })
        local after = done(function(f) return mapping:edit({ internal_port = 7 }, f) end)
        assert.same({ 7, HOST }, { after.internal_port, after.remote_host })
        about(3600, after.lease)
        assert.is_false(done(function(f) return coll:edit(after, { enabled = false }, f) end).enabled)
        assert.is_true(done(function(f) return after:enable(f) end).enabled)
        assert.equal(1, #gateway:table())
      end)

      it("renew", function()
        local mapping = assert(coll:add { external_port = 1, protocol = "TCP", remote_host = HOST, lease = 60 })
        local renewed = done(function(f) return mapping:renew(7200, f) end)
        about(7200, renewed.lease)
        about(7200, gateway:table()[1].lease)
        about(3600, done(function(f) return mapping:renew(f) end).lease)
        about(1800, done(function(f) return coll:renew(renewed, 1800, f) end).lease)
        assert.equal(60, mapping.lease)
      end)

      it("renew gives what was granted", function()
        gateway:set { max_lease = 100 }
        local mapping = assert(coll:add { external_port = 1, protocol = "TCP", lease = 60 })
        about(100, done(function(f) return mapping:renew(7200, f) end).lease)
      end)

      it("renew of what is gone", function()
        local mapping = assert(coll:add { external_port = 1, protocol = "TCP", lease = 60 })
        gateway:advance(61)
        assert.equal("E_NOT_FOUND", refused(function(f) return mapping:renew(60, f) end).code)
      end)

      it("remove of a mapping", function()
        local mapping = assert(coll:add { external_port = 1, protocol = "TCP", remote_host = HOST })
        assert.is_true(done(function(f) return mapping:remove(f) end))
        assert.same({}, gateway:table())
      end)
    end)
  end

  it("iter gives mappings that can be renewed", function()
    assert(coll:add { external_port = 1, protocol = "TCP", lease = 60 })
    for mapping in assert(coll:iter()) do about(600, assert(mapping:renew(600)).lease) end
    about(600, gateway:table()[1].lease)
  end)

  it("are equal to what the static collection reads, and say more", function()
    local mapping = assert(coll:add { external_port = 1, protocol = "TCP", lease = 604800 })
    assert(mapping:remove())
    gateway:put { external_port = 1, protocol = "TCP", lease = 600 }
    local dynamic, static = assert(coll:get(1, "TCP")), assert(client.static_mappings:get(1, "TCP"))
    if dynamic.lease == static.lease then assert.is_true(dynamic == static) end
    assert.is_nil(static.renew)
    assert.is_true(assert(client.static_mappings:edit(dynamic, { description = "x" })).description == "x")
    gateway:put { external_port = 2, protocol = "TCP", remote_host = HOST }
    assert.equal("2/TCP from 198.51.100.9 -> 192.168.1.2:2", tostring(assert(coll:get(2, "TCP", HOST))))
    assert.equal("natupnp.DynamicMappings (open)", tostring(coll))
    assert.has_error(function() dynamic.lease = 5 end)
  end)

  it("with a value that is no good", function()
    gateway:clear()
    local mapping = assert(coll:add { external_port = 1, protocol = "TCP" })
    gateway:clear()
    local function invalid(detail, value, message, code, err)
      assert.is_nil(value)
      assert.same({ "E_INVAL", message }, { code, err.detail })
      assert.truthy(message:find(detail, 1, true), message)
    end
    local whole, positive = "lease must be a whole number", "lease must be a whole number of seconds greater than 0"
    for value, detail in pairs {
      [0] = positive, [-1] = positive, [1.5] = whole, ["60"] = whole, [true] = whole, [2 ^ 40] = "lease is too large",
      [1 / 0] = whole, [{}] = whole,
    } do
      invalid(detail, coll:add { external_port = 2, protocol = "TCP", lease = value })
      invalid(detail, mapping:renew(value))
      invalid(detail, coll:renew(mapping, value, function() error("called back") end))
    end
    for value, detail in pairs {
      [7] = "remote_host must be text", [false] = "remote_host must be text", ["a\0b"] = "zero byte",
      ["::1"] = "numeric IPv4 address", ["nowhere.invalid"] = "numeric IPv4 address",
      ["1.2.3"] = "numeric IPv4 address", ["256.1.1.1"] = "numeric IPv4 address",
    } do
      invalid(detail, coll:add { external_port = 2, protocol = "TCP", remote_host = value })
      invalid(detail, coll:get(2, "TCP", value))
      invalid(detail, coll:remove(2, "TCP", value, function() error("called back") end))
    end
    invalid("keep must be true or false", coll:add { external_port = 2, protocol = "TCP", keep = 1 })
    invalid("keep must be true or false", client.static_mappings:add { external_port = 2, protocol = "TCP", keep = 0 })
    invalid("the external port is 0", coll:get(0, "TCP"))
    assert.same({}, gateway:requests())
  end)

  it("need what the gateway can do", function()
    gateway:set { faults = { "AddPortMapping=726" } }
    local made, _, code = coll:add { external_port = 1, protocol = "TCP", remote_host = HOST }
    assert.is_nil(made)
    assert.equal("E_UNSUPPORTED", code)
  end)

  local close_it = support.has(5.4) and it or pending
  close_it("that are declared <close> are removed by their whole key", function()
    support.compile([[
      local coll, gateway, host = ...
      local mapping <close> = assert(coll:add { external_port = 1, protocol = "TCP", remote_host = host })
      assert(#gateway:table() == 1)]], coll, gateway, HOST)
    assert.same({}, gateway:table())
  end)
end)
