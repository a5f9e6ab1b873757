-- SPDX-License-Identifier: MIT
-- Wrong use of the interface is error(), at the line that did it.
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

describe("wrong use", function()
  local gateway, client, coll, mapping, dynamic, leased

  setup(function()
    gateway = testing.simulated_gateway()
    client = assert(natupnp.client { gateway = gateway.location })
    coll = client.static_mappings
    mapping = assert(coll:add { external_port = 1, protocol = "TCP" })
    dynamic = client.dynamic_mappings
    leased = assert(dynamic:add { external_port = 2, protocol = "TCP" })
  end)
  teardown(function()
    client:close()
    gateway:close()
  end)

  local function raises(expected, call)
    local ok, message = pcall(call)
    assert.is_false(ok)
    assert.truthy(message:find(expected, 1, true), message)
    -- An edit of a mapping by itself passes through the collection's: 5.1 forgets tail calls.
    assert.truthy(message:find("misuse_spec.lua:%d+: ") or not support.has(5.2), message)
  end

  it("of options", function()
    raises('a table of options expected, got "http://x/"', function() natupnp.client("http://x/") end)
    raises("a table of options expected, got 5", function() natupnp.client(5) end)
    raises('unknown key "timeout_ms" among the options: they are budget, cache, gateway, interface, timeout,'
      .. " trust_host", function() natupnp.client { timeout_ms = 5 } end)
    raises("unknown key 1 among the options", function() natupnp.client { "http://x/" } end)
  end)

  it("of what is added or changed", function()
    raises("a table of fields of a mapping expected, got 8080", function() coll:add(8080) end)
    raises("a table of fields of a mapping expected, got nil", function() coll:add() end)
    raises('unknown key "port"', function() coll:add { port = 1, protocol = "TCP" } end)
    raises("a table of changes of a mapping expected, got nil", function() mapping:edit() end)
    raises('unknown key "external_port"', function() mapping:edit { external_port = 2 } end)
    raises('unknown key "lease"', function() coll:edit(mapping, { lease = 2 }) end)
    raises("natupnp.Mapping expected, got 8080", function() coll:edit(8080, {}) end)
    raises("natupnp.Mapping expected, got nil", function() coll:edit(nil, {}) end)
    raises("natupnp.Mapping expected, got ", function()
      coll:edit({ external_port = 1, protocol = "TCP" }, {})
    end)
  end)

  it("of callbacks", function()
    local callable = setmetatable({}, { __call = print })
    for _, callback in ipairs { 1, "f", true, false, callable } do
      for _, call in ipairs {
        function() client:discover(callback) end, function() client:gateway(callback) end,
        function() client:gateways(callback) end, function() client:external_ip(callback) end,
        function() coll:add({}, callback) end, function() coll:get(1, "TCP", callback) end,
        function() coll:list(callback) end, function() coll:count(callback) end,
        function() coll:remove(1, "TCP", callback) end, function() coll:edit(mapping, {}, callback) end,
        function() mapping:edit({}, callback) end, function() mapping:enable(callback) end,
        function() mapping:disable(callback) end, function() mapping:remove(callback) end,
        function() dynamic:add({}, callback) end, function() dynamic:get(1, "TCP", nil, callback) end,
        function() dynamic:remove(1, "TCP", nil, callback) end, function() leased:renew(nil, callback) end,
        function() dynamic:renew(leased, 60, callback) end, function() client:remove_kept(callback) end,
      } do raises("the callback must be a function, not ", call) end
    end
    assert.equal(0, client:pending())
  end)

  it("of what listens", function()
    local events = client.events
    for _, listener in ipairs { 1, "f", true, {} } do
      for _, call in ipairs {
        function() events:on("external-ip", listener) end, function() events:on_event(listener) end,
        function() events:on_external_ip(listener) end, function() events:on_number_of_entries(listener) end,
      } do raises("a function to call expected, got ", call) end
    end
    raises("a function to call expected, got nil", function() events:on_event() end)
    for _, kind in ipairs { "external_ip", "", 1, true, {} } do
      raises("unknown kind of event ", function() events:on(kind, print) end)
    end
    raises("unknown kind of event nil: they are connection-status, external-ip, gateway-found, ",
      function() events:on(nil, print) end)
  end)

  it("of self", function()
    local operation = assert(client:discover(function() end))
    local subscription = assert(client.events:on_event(function() end))
    local methods = {
      ["natupnp.Client"] = { client, { "discover", "gateway", "gateways", "external_ip", "fd", "timeout",
        "dispatch", "wait", "run", "pending", "set_timeout", "kept", "remove_kept", "close" } },
      ["natupnp.StaticMappings"] = { coll, { "add", "get", "remove" } },
      ["natupnp.DynamicMappings"] = { dynamic, { "add", "get", "remove", "renew" } },
      ["natupnp.Mappings"] = { dynamic, { "list", "count", "iter", "edit" } },
      ["natupnp.Mapping"] = { mapping, { "edit", "enable", "disable", "remove" } },
      ["natupnp.DynamicMapping"] = { leased, { "renew", "remove" } },
      ["natupnp.Events"] = { client.events, { "on", "on_event", "on_external_ip", "on_number_of_entries", "iter" } },
      ["natupnp.Subscription"] = { subscription, { "close" } },
      ["natupnp.Operation"] = { operation, { "cancel", "done" } },
    }
    for class, of in pairs(methods) do
      local object, names = of[1], of[2]
      for _, name in ipairs(names) do
        for _, self in ipairs { 1, "x", {}, natupnp, object == client and coll or client } do
          raises(class .. " expected, got ", function() object[name](self) end)
        end
        raises(class .. " expected, got nil", function() object[name]() end)
      end
    end
    subscription:close()
    assert(client:run())
  end)

  it("of a mapping's fields", function()
    for _, name in ipairs { "external_port", "enabled", "external_ip", "anything" } do
      raises("natupnp.Mapping is read-only: " .. name .. " was not set", function() mapping[name] = 1 end)
    end
    local found = assert(client:gateway())
    raises("natupnp.Gateway is read-only: name was not set", function() found.name = "mine" end)
  end)

  it("of the loop", function()
    local uv_loop = require "natupnp.uv"
    raises("natupnp.Client expected, got nil", function() uv_loop.attach() end)
    raises("natupnp.Client expected, got natupnp.StaticMappings (open)", function() uv_loop.attach(coll) end)
  end)
end)
