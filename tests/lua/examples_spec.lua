-- SPDX-License-Identifier: MIT
-- The example that people copy does what it says, and no more.
local testing = require "natupnp.testing"
local support = require "support"

local SCRIPT = "../../examples/cleanup_stale.lua"

describe("cleanup_stale.lua", function()
  local gateway, used

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    used = tonumber(gateway.location:match(":(%d+)/")) -- somebody listens there: the gateway itself
    gateway:set { faults = {} }
    gateway:empty()
    local function put(external_port, protocol, internal_client, internal_port, description)
      gateway:put {
        external_port = external_port, protocol = protocol, internal_client = internal_client,
        internal_port = internal_port, description = description,
      }
    end
    put(1001, "TCP", "127.0.0.1", used, "mine alive")
    put(1002, "TCP", "127.0.0.1", 1, "mine stale")
    put(1003, "UDP", "127.0.0.1", 1, "mine stale")
    put(1004, "TCP", "127.0.0.1", 1, "somebody's mine")
    put(1005, "TCP", "192.168.1.7", 1, "mine elsewhere")
    put(1006, "TCP", "192.168.1.8", used, "mine former")
  end)

  local function clean(...)
    local text, code = support.run(support.command(SCRIPT, "--gateway", gateway.location, ...))
    local lines = {} -- TCP and UDP are read at the same time: either may be first
    for line in text:gmatch("[^\n]*\n") do lines[#lines + 1] = line end
    table.sort(lines)
    return table.concat(lines), code
  end

  local function ports()
    local list = {}
    for i, entry in ipairs(gateway:table()) do list[i] = entry.external_port end
    table.sort(list)
    return list
  end

  it("shows what it would do, and does nothing", function()
    local text, code = clean("--prefix", "mine")
    assert.equal(0, code)
    assert.equal("1002/TCP -> 127.0.0.1:1 mine stale: nothing here uses port 1: would be removed\n" ..
      "1003/UDP -> 127.0.0.1:1 mine stale: nothing here uses port 1: would be removed\n", text)
    assert.same({ 1001, 1002, 1003, 1004, 1005, 1006 }, ports())
  end)

  it("removes what is stale if asked to", function()
    local text, code = clean("--remove", "--prefix", "mine")
    assert.equal(0, code)
    assert.truthy(text:find("^1002/TCP[^\n]+: removed\n1003/UDP[^\n]+: removed\n$"), text)
    assert.same({ 1001, 1004, 1005, 1006 }, ports())
    assert.same({ "", 0 }, { clean("--remove", "--prefix", "mine") })
  end)

  it("removes what leads to a former address", function()
    local text, code = clean("--remove", "--prefix", "mine f", "--former", "192.168.1.8")
    assert.same({ "1006/TCP -> 192.168.1.8:" .. used ..
      " mine former: it leads to a former address: removed\n", 0 }, { text, code })
    assert.same({ 1001, 1002, 1003, 1004, 1005 }, ports())
  end)

  it("says what it could not remove", function()
    gateway:set { faults = { "DeletePortMapping=606" } }
    local text, code = clean("--remove", "--prefix", "mine")
    assert.equal(1, code)
    assert.truthy(text:find("606", 1, true), text)
    assert.equal(6, #ports())
  end)

  it("says why it cannot read the gateway", function()
    gateway:set { faults = { "*=drop" } }
    local text, code = clean("--prefix", "mine")
    assert.equal(1, code)
    assert.truthy(text:find("^cleanup_stale: [^\n]+\n$"), text)
  end)

  it("wants to know whose mappings it is about", function()
    for _, words in ipairs { {}, { "--prefix" }, { "--prefix", "" }, { "--prefix", "a", "--what" } } do
      local _, code = clean((table.unpack or rawget(_G, "unpack"))(words))
      assert.equal(2, code)
    end
    assert.equal(6, #ports())
  end)
end)
