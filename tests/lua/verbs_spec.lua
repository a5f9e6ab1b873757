-- SPDX-License-Identifier: MIT
-- Every verb in both its forms, against the simulated gateway.
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

describe("verbs", function()
  local gateway, client, coll

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { faults = {}, ignore_enabled = false }
    gateway:empty()
    client = assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT })
    coll = client.static_mappings
  end)
  after_each(function() client:close() end)

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

      it("discover", function()
        local found = done(function(f) return client:discover(f) end)
        assert.equal(gateway.location, found.location)
        assert.equal("Simulated Internet gateway", found.name)
        assert.equal("127.0.0.1", found.local_address)
        assert.is_true(found.chosen)
        assert.is_nil(found.interface)
      end)

      it("gateway", function()
        local found = done(function(f) return client:gateway(f) end)
        assert.equal("203.0.113.7", found.external_ip)
        assert.equal("Connected", found.connection_status)
        assert.equal(gateway.control_url, found.control_url)
        assert.is_true(found.uptime >= 0)
      end)

      it("gateways", function()
        local found = done(function(f) return client:gateways(f) end)
        assert.equal(1, #found)
        assert.equal(gateway.location, found[1].location)
      end)

      it("external_ip", function()
        assert.equal("203.0.113.7", done(function(f) return client:external_ip(f) end))
      end)

      it("external_ip that the gateway does not have", function()
        gateway:set { external_ip = "0.0.0.0" }
        assert.is_nil(done(function(f) return client:external_ip(f) end))
        local err = done(function(f) return client:gateway(f) end).external_error
        assert.same({ "E_NO_ADDRESS", 0 }, { err.code, err.fault })
        gateway:set { external_ip = "203.0.113.7" }
        assert.is_nil(done(function(f) return client:gateway(f) end).external_error)
      end)

      it("external_ip that is not told, or makes no sense", function()
        gateway:set { faults = { "GetExternalIPAddress=501" } }
        local err = refused(function(f) return client:external_ip(f) end)
        assert.same({ "E_FAULT", 501, -2147220976 }, { err.code, err.fault, err.hresult })
        assert.equal(err, done(function(f) return client:gateway(f) end).external_error)
        gateway:set { faults = {}, external_ip = "(null)" }
        err = refused(function(f) return client:external_ip(f) end)
        assert.same({ "E_BAD_REPLY", 0 }, { err.code, err.fault })
        assert.truthy(err.detail:find("(null)", 1, true))
        local made = done(function(f) return coll:add({ external_port = 82, protocol = "TCP" }, f) end)
        assert.is_nil(made.external_ip)
        assert.equal("E_BAD_REPLY", made.external_error.code)
        assert.is_nil(client:discover().external_ip)
        gateway:set { external_ip = "203.0.113.7" }
      end)

      it("add", function()
        local made = done(function(f)
          return coll:add({
            external_port = 8080, protocol = "UDP", internal_port = 80, internal_client = "192.168.1.9",
            description = "a web server",
          }, f)
        end)
        assert.equal("203.0.113.7", made.external_ip)
        local entry = gateway:table()[1]
        assert.same({ 8080, "UDP", 80, "192.168.1.9", true, "a web server", "", entry.lease }, {
          entry.external_port, entry.protocol, entry.internal_port, entry.internal_client,
          entry.enabled, entry.description, entry.remote_host, entry.lease,
        })
        for _, field in ipairs { "external_port", "protocol", "internal_port", "internal_client",
          "enabled", "description", "remote_host" } do
          assert.equal(entry[field], made[field])
        end
      end)

      it("add with the defaults", function()
        local made = done(function(f) return coll:add({ external_port = 81, protocol = "TCP" }, f) end)
        assert.same({ 81, "127.0.0.1", true, "natupnp" },
          { made.internal_port, made.internal_client, made.enabled, made.description })
      end)

      it("add of a mapping that is off", function()
        local made = done(function(f)
          return coll:add({ external_port = 81, protocol = "TCP", enabled = false }, f)
        end)
        assert.is_false(made.enabled)
        assert.is_false(gateway:table()[1].enabled)
      end)

      it("add of any port", function()
        gateway:put { external_port = 8080, protocol = "TCP", internal_client = "192.168.1.9" }
        local made = done(function(f)
          return coll:add({ external_port = 8080, protocol = "TCP", any_port = true }, f)
        end)
        assert.not_equal(8080, made.external_port)
        assert.equal(2, #gateway:table())
      end)

      it("add of what another client has", function()
        gateway:put { external_port = 8080, protocol = "TCP", internal_client = "192.168.1.9" }
        local err = refused(function(f) return coll:add({ external_port = 8080, protocol = "TCP" }, f) end)
        assert.same({ "E_CONFLICT", 718, -0x7FF8FF56, false },
          { err.code, err.fault, err.hresult, err.maybe_applied })
        assert.equal("192.168.1.9", err.mapping.internal_client)
        assert.equal(err.detail, tostring(err))
      end)

      it("get", function()
        gateway:put { external_port = 8080, protocol = "TCP", description = "here" }
        local read = done(function(f) return coll:get(8080, "TCP", f) end)
        assert.equal("here", read.description)
      end)

      it("get of what is not there", function()
        local err = refused(function(f) return coll:get(8080, "TCP", f) end)
        assert.same({ "E_NOT_FOUND", 714, -0x7FF8FFFE }, { err.code, err.fault, err.hresult })
        assert.is_nil(err.mapping)
      end)

      it("list", function()
        for port = 1, 3 do gateway:put { external_port = port, protocol = "TCP" } end
        local list = done(function(f) return coll:list(f) end)
        assert.equal(3, #list)
        table.sort(list, function(a, b) return a.external_port < b.external_port end)
        for port = 1, 3 do assert.equal(port, list[port].external_port) end
      end)

      it("list of nothing", function()
        assert.same({}, done(function(f) return coll:list(f) end))
      end)

      it("count", function()
        assert.equal(0, done(function(f) return coll:count(f) end))
        gateway:put { external_port = 1, protocol = "TCP" }
        assert.equal(1, done(function(f) return coll:count(f) end))
      end)

      it("remove", function()
        gateway:put { external_port = 8080, protocol = "TCP" }
        assert.is_true(done(function(f) return coll:remove(8080, "TCP", f) end))
        assert.same({}, gateway:table())
        assert.equal("E_NOT_FOUND", refused(function(f) return coll:remove(8080, "TCP", f) end).code)
      end)

      it("edit", function()
        gateway:put { external_port = 8080, protocol = "TCP", internal_port = 80 }
        local before = assert(coll:get(8080, "TCP"))
        local after = done(function(f)
          return coll:edit(before, { internal_port = 81, description = "" }, f)
        end)
        assert.same({ 81, "" }, { after.internal_port, after.description })
        assert.equal(80, before.internal_port)
        after = done(function(f) return before:edit({ description = "by itself" }, f) end)
        assert.equal("by itself", after.description)
        assert.equal(81, gateway:table()[1].internal_port)
      end)

      it("disable and enable", function()
        gateway:put { external_port = 8080, protocol = "TCP" }
        local mapping = assert(coll:get(8080, "TCP"))
        assert.is_false(done(function(f) return mapping:disable(f) end).enabled)
        assert.is_false(gateway:table()[1].enabled)
        assert.is_true(done(function(f) return mapping:enable(f) end).enabled)
      end)

      it("disable where the gateway cannot", function()
        gateway:set { ignore_enabled = true }
        gateway:put { external_port = 8080, protocol = "TCP" }
        local mapping = assert(coll:get(8080, "TCP"))
        assert.equal("E_UNSUPPORTED", refused(function(f) return mapping:disable(f) end).code)
      end)

      it("remove of a mapping", function()
        local mapping = assert(coll:add { external_port = 8080, protocol = "TCP" })
        assert.is_true(done(function(f) return mapping:remove(f) end))
        assert.same({}, gateway:table())
      end)

      it("a refusal of the gateway", function()
        gateway:set { faults = { "AddPortMapping=890" } }
        local err = refused(function(f) return coll:add({ external_port = 1, protocol = "TCP" }, f) end)
        assert.same({ "E_FAULT", 890 }, { err.code, err.fault })
      end)

      it("an answer that does not come", function()
        assert(client:discover())
        client:set_timeout(1) -- within which it is asked
        gateway:set { faults = { "AddPortMapping=hang-after" } }
        local err = refused(function(f) return coll:add({ external_port = 1, protocol = "TCP" }, f) end)
        assert.same({ "E_TIMEOUT", true }, { err.code, err.maybe_applied })
      end)

      it("a connection that is lost", function()
        gateway:set { faults = { "*=drop" } }
        local err = refused(function(f) return client:gateway(f) end)
        assert.same({ "E_NETWORK", 0, false }, { err.code, err.fault, err.maybe_applied })
      end)

      it("a gateway that is not there", function()
        local closed = testing.simulated_gateway()
        closed:close()
        local lost = assert(natupnp.client { gateway = closed.location })
        local value, err = perform(lost, function(f) return lost:external_ip(f) end)
        lost:close()
        assert.is_nil(value)
        assert.equal("E_NO_GATEWAY", err.code)
      end)

      it("a value that is no good", function()
        gateway:clear()
        local err = refused(function(f) return coll:get(70000, "TCP", f) end)
        assert.same({ "E_INVAL", 0 }, { err.code, err.fault })
        assert.equal(0, gateway:asked("GetSpecificPortMappingEntry"))
      end)
    end)
  end

  it("iter reads first, then gives one after the other", function()
    for port = 1, 3 do gateway:put { external_port = port, protocol = "TCP" } end
    local sum = 0
    for mapping in assert(coll:iter()) do
      sum = sum + mapping.external_port
      assert(mapping:remove())
    end
    assert.equal(6, sum)
    gateway:set { faults = { "*=drop" } }
    local iter, message, code = coll:iter()
    assert.is_nil(iter)
    assert.equal("E_NETWORK", code)
    assert.is_string(message)
  end)

  local length = support.has(5.2) and it or pending
  length("# counts, where the language has it", function()
    gateway:put { external_port = 1, protocol = "TCP" }
    assert.equal(1, #coll)
    gateway:set { faults = { "*=drop" } }
    assert.has_error(function() return #coll end)
  end)
end)
