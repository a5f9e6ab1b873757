-- SPDX-License-Identifier: MIT
-- Making, driving and closing a client; the defaults of the environment; names of hosts.
local core = require "natupnp.core"
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

describe("a client", function()
  local gateway

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  local function open(options)
    options = options or {}
    options.gateway = options.gateway or gateway.location
    return assert(natupnp.client(options))
  end

  it("is made without a word to anybody", function()
    gateway:clear()
    local client = open { timeout = 1, budget = 0.5, trust_host = "192.168.1.1", interface = "lo" }
    assert.equal("natupnp.Client (open)", tostring(client))
    client:close()
    assert.same({}, gateway:requests())
    assert(natupnp.client()):close()
  end)

  it("is closed once, or more often", function()
    local client = open()
    assert.is_true(client:close())
    assert.is_true(client:close())
    assert.equal("natupnp.Client (closed)", tostring(client))
  end)

  it("gives E_CLOSED for everything then, and so does what it gave", function()
    local client = open()
    local coll = client.static_mappings
    assert.equal(coll, client.static_mappings)
    local mapping = assert(coll:add { external_port = 5, protocol = "TCP" })
    local _, _, _, err = coll:get(6, "TCP")
    assert.is_nil(err.mapping)
    client:close()
    local function never() error("called back") end
    local request = { external_port = 8080, protocol = "TCP" }
    local verbs = {
      function(f) return client:discover(f) end, function(f) return client:gateway(f) end,
      function(f) return client:gateways(f) end, function(f) return client:external_ip(f) end,
      function(f) return coll:add(request, f) end, function(f) return coll:get(1, "TCP", f) end,
      function(f) return coll:list(f) end, function(f) return coll:count(f) end,
      function(f) return coll:remove(1, "TCP", f) end,
      function(f) return coll:edit(mapping, {}, f) end, function(f) return mapping:edit({}, f) end,
      function(f) return mapping:enable(f) end, function(f) return mapping:disable(f) end,
      function(f) return mapping:remove(f) end, function() return coll:iter() end,
      function() return client:fd() end, function() return client:dispatch() end,
      function() return client:wait() end, function() return client:wait(0) end,
      function() return client:run() end, function() return client:set_timeout(1) end,
      function(f) return client.dynamic_mappings:add(request, f) end,
      function(f) return client.dynamic_mappings:get(1, "TCP", nil, f) end,
      function(f) return client.dynamic_mappings:list(f) end,
      function(f) return client.dynamic_mappings:remove(1, "TCP", f) end,
      function(f) return client.dynamic_mappings:renew(mapping, 60, f) end,
      function() return client:kept() end, function(f) return client:remove_kept(f) end,
      function() return client.events:on("external-ip", never) end,
      function() return client.events:on_event(never) end,
      function() return client.events:on_external_ip(never) end,
      function() return client.events:on_number_of_entries(never) end,
      function() return client.events:iter() end,
    }
    for i, verb in ipairs(verbs) do
      for _, callback in ipairs { false, never } do
        local value, message, code, closed = verb(callback or nil)
        assert.same({ i, nil, "E_CLOSED", message }, { i, value, code, closed.detail })
      end
    end
    assert.equal(0, client:pending())
    assert.is_nil(client:timeout())
    assert.equal("natupnp.StaticMappings (closed)", tostring(coll))
    assert.equal(5, mapping.external_port)
    gateway:empty()
  end)

  it("is driven by its descriptor", function()
    local client = open()
    assert.equal(client:fd(), client:fd())
    assert.is_false(client:dispatch())
    assert.is_false(client:wait(0))
    local address
    assert(client:external_ip(function(_, value) address = value end))
    assert.equal(0, client:timeout())
    assert.is_true(client:dispatch())
    assert.is_nil(address) -- the answer has to come over the network
    local deadline = support.monotonic() + support.LIMIT
    while not address and support.monotonic() < deadline do assert.not_nil(client:wait(1)) end
    assert.equal("203.0.113.7", address)
    assert.equal(0, client:pending())
    assert.is_true(client:run())
    client:close()
  end)

  it("waits no longer than it is told", function()
    local client = open()
    local start = support.monotonic()
    assert.is_false(client:wait(0.3))
    assert.is_true(support.monotonic() - start >= 0.29)
    client:close()
  end)

  it("has a timeout for each verb", function()
    local client = open { timeout = 0.2 }
    gateway:set { faults = { "*=hang" } }
    local _, _, code = client:external_ip()
    assert.equal("E_TIMEOUT", code)
    gateway:set { faults = {} }
    assert.is_true(client:set_timeout(support.LIMIT))
    assert(client:external_ip())
    client:close()
  end)

  describe("takes a name", function()
    local function port() return gateway.location:match(":(%d+)/") end

    it("of the gateway", function()
      local client = open { gateway = ("http://localhost:%s/rootDesc.xml"):format(port()) }
      assert.equal(gateway.location, assert(client:discover()).location)
      client:close()
    end)

    it("of the internal client", function()
      local client = open()
      local made = assert(client.static_mappings:add {
        external_port = 1, protocol = "TCP", internal_client = "localhost" })
      assert.equal("127.0.0.1", made.internal_client)
      assert.equal("127.0.0.1", assert(made:edit { internal_client = "localhost" }).internal_client)
      assert(made:remove())
      client:close()
    end)

    it("but never where a verb calls back", function()
      local client, resolve = open(), core.resolve
      finally(function() core.resolve = resolve end)
      local mapping = assert(client.static_mappings:add { external_port = 1, protocol = "TCP" })
      core.resolve = function() error("a resolver was asked") end
      local function never() error("it was called back") end
      for _, start in ipairs {
        function(request) return client.static_mappings:add(request, never) end,
        function(request) return client.dynamic_mappings:add(request, never) end,
        function(request) return mapping:edit({ internal_client = request.internal_client }, never) end,
      } do
        local started, message, code = start {
          external_port = 1, protocol = "TCP", internal_client = "localhost" }
        assert.is_nil(started)
        assert.equal("E_INVAL", code)
        assert.equal("the host 'localhost' is a name, and a verb that calls back does not wait for its address: "
          .. "write a numeric IPv4 address", message)
      end
      assert(client:run())
      assert(mapping:remove())
      client:close()
    end)

    it("that is not known", function()
      local expected = "^the host 'nowhere%.invalid' is not known %([^)]+%): " ..
        "write a numeric IPv4 address or a name that has one$"
      local client, message, code = natupnp.client { gateway = "http://nowhere.invalid:80/x" }
      assert.is_nil(client)
      assert.equal("E_INVAL", code)
      assert.truthy(message:find(expected), message)
      client = open()
      local made
      made, message, code = client.static_mappings:add {
        external_port = 1, protocol = "TCP", internal_client = "nowhere.invalid" }
      assert.is_nil(made)
      assert.equal("E_INVAL", code)
      assert.truthy(message:find(expected), message)
      client:close()
    end)
  end)

  describe("has defaults in the environment:", function()
    local function in_environment(settings, code)
      local script = support.script('local natupnp = require "natupnp"\n' .. code)
      local text = support.run(settings .. " " .. support.command(script, gateway.location))
      os.remove(script)
      return text
    end

    it("NATUPNP_GATEWAY", function()
      local ask = "print(assert(natupnp.client()):external_ip())"
      assert.equal("203.0.113.7\n", in_environment("NATUPNP_GATEWAY=" .. gateway.location, ask))
      assert.truthy(in_environment("NATUPNP_GATEWAY=nonsense", "print(natupnp.client())"):find("E_INVAL"))
    end)

    it("an option goes before, and an empty variable is none", function()
      local ask = "print(assert(natupnp.client{gateway = ...}):external_ip())"
      assert.equal("203.0.113.7\n", in_environment("NATUPNP_GATEWAY=nonsense", ask))
      assert.equal("203.0.113.7\n", in_environment("NATUPNP_GATEWAY= NATUPNP_INTERFACE=", ask))
    end)

    it("NATUPNP_INTERFACE", function()
      local search = "print(select(2, assert(natupnp.client{budget = 0.1}):discover()))"
      local text = in_environment("NATUPNP_GATEWAY= NATUPNP_INTERFACE=nosuch0", search)
      assert.truthy(text:find("nosuch0", 1, true), text)
    end)
  end)

  it("can be the last thing that a program leaves open", function()
    local script = support.script([[
      client = assert(require("natupnp").client{gateway = ...})
      assert(client.static_mappings:list(error))
      mapping = assert(client.static_mappings:add{external_port = 3, protocol = "TCP"})]])
    local text, code = support.run(support.command(script, gateway.location))
    os.remove(script)
    assert.same({ "", 0 }, { text, code })
  end)
end)
