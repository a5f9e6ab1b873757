-- SPDX-License-Identifier: MIT
-- Mappings and gateways as values.
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

describe("values that are read", function()
  local gateway, client, coll

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { faults = {} }
    gateway:empty()
    client = assert(natupnp.client { gateway = gateway.location })
    coll = client.static_mappings
  end)
  after_each(function() client:close() end)

  it("are equal when all fields are", function()
    gateway:put { external_port = 1, protocol = "TCP" }
    gateway:put { external_port = 1, protocol = "UDP" }
    local one, same, other = coll:get(1, "TCP"), coll:get(1, "TCP"), coll:get(1, "UDP")
    assert.is_true(one == same)
    assert.is_false(rawequal(one, same))
    assert.is_true(one ~= other)
    assert.is_true(one ~= assert(same:edit { description = "new" }))
    local found = assert(client:discover())
    assert.is_true(found == client:discover())
    assert.is_false(found == one)
    assert.is_false(one == found)
  end)

  it("show themselves as text", function()
    gateway:put { external_port = 1, protocol = "UDP", internal_client = "192.168.1.9", internal_port = 2 }
    local mapping = assert(coll:get(1, "UDP"))
    assert.equal("1/UDP -> 192.168.1.9:2", tostring(mapping))
    mapping = assert(mapping:edit { description = "game", enabled = false })
    assert.equal("1/UDP -> 192.168.1.9:2 game (disabled)", tostring(mapping))
    assert.equal(("Simulated Internet gateway (%s)"):format(gateway.location),
      tostring(assert(client:discover())))
  end)

  it("have nil where the gateway did not say", function()
    gateway:set { faults = { "GetExternalIPAddress=501" } }
    assert.is_nil(assert(coll:add { external_port = 1, protocol = "TCP" }).external_ip)
    assert.is_nil(assert(client:discover()).uptime)
  end)

  it("tell what is left of a lease", function()
    gateway:put { external_port = 1, protocol = "TCP", lease = 100 }
    local lease = assert(coll:get(1, "TCP")).lease
    assert.is_true(lease > 90 and lease <= 100, lease)
  end)

  it("outlive their operation and their client", function()
    for port = 1, 20 do gateway:put { external_port = port, protocol = "TCP" } end
    local list, found = assert(coll:list()), assert(client:gateway())
    client:close()
    client, coll = nil, nil
    support.collect()
    assert.equal(20, #list)
    for _, mapping in ipairs(list) do assert.equal("192.168.1.2", mapping.internal_client) end
    assert.equal("203.0.113.7", found.external_ip)
    client = assert(natupnp.client { gateway = gateway.location })
  end)

  it("can be edited with another client's collection", function()
    local mapping = assert(coll:add { external_port = 1, protocol = "TCP" })
    local other = assert(natupnp.client { gateway = gateway.location })
    assert.equal("there", assert(other.static_mappings:edit(mapping, { description = "there" })).description)
    other:close()
  end)

  local pairs_it = support.has(5.2) and it or pending
  pairs_it("can be walked with pairs, where the language has it", function()
    local mapping = assert(coll:add { external_port = 1, protocol = "TCP" })
    local seen, order = {}, {}
    for key, value in pairs(mapping) do
      seen[key], order[#order + 1] = value, key
    end
    assert.same({ "external_ip", "external_port", "internal_port", "protocol", "internal_client",
      "enabled", "description", "remote_host", "lease" }, order)
    for key, value in pairs(seen) do assert.equal(mapping[key], value) end
    for key in pairs(assert(client:discover())) do assert.not_equal("uptime", key) end
  end)

  describe("and are declared <close>,", function()
    local close_it = support.has(5.4) and it or pending

    local function block(code)
      return support.compile("local coll, gateway, client = ...\n" .. code, coll, gateway, client)
    end

    close_it("are removed at the end of the block", function()
      block [[
        local mapping <close> = assert(coll:add { external_port = 1, protocol = "TCP" })
        assert(#gateway:table() == 1)]]
      assert.same({}, gateway:table())
    end)

    close_it("may be gone already", function()
      block [[
        local mapping <close> = assert(coll:add { external_port = 1, protocol = "TCP" })
        assert(mapping:remove())]]
    end)

    close_it("raise when they cannot be removed", function()
      assert.has_error(function()
        block [[
          local mapping <close> = assert(coll:add { external_port = 1, protocol = "TCP" })
          client:close()]]
      end, "the client has been freed")
    end)

    close_it("do not hide the error that ended the block", function()
      assert.has_error(function()
        block [[
          local mapping <close> = assert(coll:add { external_port = 1, protocol = "TCP" })
          client:close()
          error("the first", 0)]]
      end, "the first")
    end)

    close_it("close a client", function()
      local open = support.open_files()
      block [[
        local another <close> = assert(require("natupnp").client { gateway = gateway.location })
        assert(another:discover())]]
      assert.equal(open, support.open_files())
    end)
  end)
end)
