-- SPDX-License-Identifier: MIT
-- Values that are no good come back as E_INVAL; numbers that come out are integers.
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

local NAN = 0 / 0
local WHOLE, RANGE = " must be a whole number", " is too large or too small"

describe("values", function()
  local gateway, client, coll

  setup(function()
    gateway = testing.simulated_gateway()
    client = assert(natupnp.client { gateway = gateway.location })
    coll = client.static_mappings
  end)
  teardown(function()
    client:close()
    gateway:close()
  end)

  before_each(function() gateway:empty() end)

  local function is_invalid(detail, value, message, code, err)
    assert.is_nil(value)
    assert.equal("E_INVAL", code)
    assert.equal(message, err.detail)
    assert.equal(-0x7FF8FFA9, err.hresult)
    assert.truthy(message:find(detail, 1, true), message)
  end

  local function never() error("called back after a start that failed") end

  local ports = {
    { 1.5, WHOLE }, { "8080", WHOLE }, { NAN, WHOLE }, { math.huge, WHOLE }, { -math.huge, WHOLE },
    { true, WHOLE }, { {}, WHOLE }, { print, WHOLE }, { 2 ^ 40, RANGE }, { -2 ^ 40, RANGE },
  }

  it("of a key", function()
    for _, case in ipairs(ports) do
      is_invalid("external_port" .. case[2], coll:get(case[1], "TCP"))
      is_invalid("external_port" .. case[2], coll:remove(case[1], "TCP", never))
    end
    is_invalid("external_port" .. WHOLE, coll:get(nil, "TCP"))
    for _, port in ipairs { -1, 0, 65536, 65616 } do
      is_invalid(("the external port is %d; it must be 1 to 65535"):format(port), coll:get(port, "UDP"))
    end
    for _, protocol in ipairs { "tcp", "", "SCTP", "TCP " } do
      is_invalid("the protocol must be TCP or UDP", coll:get(1, protocol))
    end
    for _, protocol in ipairs { 6, true, {} } do
      is_invalid("protocol must be text", coll:remove(1, protocol, never))
    end
    is_invalid("protocol must be text", coll:get(1))
    is_invalid("protocol must be text without a zero byte", coll:get(1, "TCP\0"))
  end)

  local function add_with(key, value)
    local request = { external_port = 8080, protocol = "TCP" }
    request[key] = value
    return request
  end

  it("of what is added", function()
    for _, key in ipairs { "external_port", "internal_port" } do
      for _, case in ipairs(ports) do
        is_invalid(key .. case[2], coll:add(add_with(key, case[1])))
        is_invalid(key .. case[2], coll:add(add_with(key, case[1]), never))
      end
      is_invalid("port is 65616", coll:add(add_with(key, 65616)))
      is_invalid("port is -1", coll:add(add_with(key, -1)))
    end
    is_invalid("external_port" .. WHOLE, coll:add { protocol = "TCP" })
    is_invalid("protocol must be text", coll:add { external_port = 1 })
    for _, key in ipairs { "internal_client", "description" } do
      is_invalid(key .. " must be text", coll:add(add_with(key, 7)))
      is_invalid(key .. " must be text", coll:add(add_with(key, false)))
      is_invalid(key .. " must be text without a zero byte", coll:add(add_with(key, "1.2.3.4\0")))
    end
    for _, key in ipairs { "enabled", "any_port" } do
      is_invalid(key .. " must be true or false", coll:add(add_with(key, 1)))
      is_invalid(key .. " must be true or false", coll:add(add_with(key, "yes")))
    end
    is_invalid("UTF-8", coll:add(add_with("description", "caf\233")))
    is_invalid("control characters", coll:add(add_with("description", "two\nlines")))
    is_invalid("64 bytes", coll:add(add_with("description", ("x"):rep(64))))
    for _, address in ipairs { "", "::1", "1.2.3", "256.1.1.1", "127.0.0.01", "1.2.3.4 ", "a b" } do
      is_invalid("numeric IPv4 address", coll:add(add_with("internal_client", address)))
    end
    assert.same({}, gateway:table())
  end)

  it("of what is changed", function()
    gateway:put { external_port = 9, protocol = "TCP" }
    local mapping = assert(coll:get(9, "TCP"))
    for _, case in ipairs(ports) do
      is_invalid("internal_port" .. case[2], mapping:edit { internal_port = case[1] })
      is_invalid("internal_port" .. case[2], mapping:edit({ internal_port = case[1] }, never))
    end
    is_invalid("internal_port must not be 0", mapping:edit { internal_port = 0 })
    is_invalid("the internal port is 65616", mapping:edit { internal_port = 65616 })
    is_invalid("enabled must be true or false", mapping:edit { enabled = 0 })
    is_invalid("description must be text", mapping:edit { description = true })
    is_invalid("internal_client must be text", mapping:edit { internal_client = 1 })
    assert.is_true(mapping == coll:get(9, "TCP"))
  end)

  it("of options", function()
    local function refused(detail, options) is_invalid(detail, natupnp.client(options)) end
    for _, key in ipairs { "timeout", "budget" } do
      for _, value in ipairs { 0, -1, NAN, "1", true, {} } do
        refused(key .. " must be a number of seconds greater than 0", { [key] = value })
      end
    end
    for _, key in ipairs { "gateway", "interface", "trust_host", "cache" } do
      refused(key .. " must be text", { [key] = 7 })
      refused(key .. " must be text", { [key] = false })
      refused(key .. " must be text without a zero byte", { [key] = "a\0b" })
    end
    for _, url in ipairs { "", "nonsense", "https://127.0.0.1/", "http://[::1]/x", "http://u@127.0.0.1/" } do
      is_invalid("", natupnp.client { gateway = url })
    end
    refused("trust", { trust_host = "gateway.example" })
    is_invalid("", natupnp.client { timeout = 86401 })
    is_invalid("", natupnp.client { timeout = math.huge })
  end)

  it("of times", function()
    for _, value in ipairs { 0, -1, NAN, "1", true, {} } do
      is_invalid("timeout must be a number of seconds greater than 0", client:set_timeout(value))
    end
    is_invalid("day", client:set_timeout(86401))
    for _, value in ipairs { -1, NAN, "1", true, {}, -math.huge } do
      is_invalid("seconds must be a number, 0 or more", client:wait(value))
    end
    assert.is_true(client:set_timeout(0.0001)) -- at least a millisecond, never none
    assert.is_true(client:set_timeout(nil))
    assert(client:external_ip())
  end)

  it("that are whole, whatever their type", function()
    local mapping = assert(coll:add { external_port = 8080.0, protocol = "TCP", internal_port = 2 ^ 10 })
    assert.equal(1024, mapping.internal_port)
  end)

  it("in UTF-8", function()
    local text = "caf\195\169 \240\159\140\144 <&>'\""
    assert.equal(text, assert(coll:add { external_port = 1, protocol = "TCP", description = text }).description)
    assert.equal(text, assert(coll:get(1, "TCP")).description)
  end)

  local whole = support.has(5.3) and it or pending
  whole("are integers where the language has them", function()
    local function integer(value)
      assert.equal("integer", support.compile("return math.type(...)", value))
    end
    local mapping = assert(coll:add { external_port = 7, protocol = "TCP" })
    integer(mapping.external_port)
    integer(mapping.internal_port)
    integer(mapping.lease)
    integer(assert(coll:count()))
    integer(assert(client:gateway()).uptime)
    integer(client:fd())
    integer(client:pending())
    gateway:empty()
    local _, _, _, err = coll:get(7, "TCP")
    integer(err.status)
    integer(err.fault)
    integer(err.hresult)
    assert.equal("8080/TCP -> 127.0.0.1:8080 natupnp",
      tostring(assert(coll:add { external_port = 8080, protocol = "TCP" })))
  end)
end)
