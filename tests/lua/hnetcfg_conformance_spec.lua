-- SPDX-License-Identifier: MIT
-- What is known of the NAT Traversal API on Windows, by the numbers of the public list of assertions (those
-- on reference counts and null pointers have no meaning in scripts). With NATUPNP_TEST_GATEWAY=1 against
-- the gateway that NATUPNP_GATEWAY names; else against a simulated one.
local hnetcfg = require "natupnp.hnetcfg"
local testing = require "natupnp.testing"
local support = require "support"

local PORT, ABSENT = 12345, 12346
local E_INVALIDARG, FILE_NOT_FOUND = -2147024809, -2147024894

describe("the NAT Traversal API", function()
  local gateway, url, nat, maps

  setup(function()
    if os.getenv("NATUPNP_TEST_GATEWAY") == "1" then
      url = assert(os.getenv("NATUPNP_GATEWAY"), "NATUPNP_GATEWAY is to name the gateway")
    else
      gateway = testing.simulated_gateway()
      url = gateway.location
      gateway:put { external_port = 4000, protocol = "TCP" }
    end
  end)
  teardown(function()
    if gateway then gateway:close() end
  end)

  before_each(function()
    nat = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = url }))
    maps = assert(nat.StaticPortMappingCollection)
  end)
  after_each(function()
    if maps then pcall(maps.Remove, maps, PORT, "UDP") end
    hnetcfg.client(nat):close()
  end)

  local function add()
    return maps:Add(PORT, "UDP", PORT, "1.2.3.4", true, "wine_test")
  end

  local function fails(scode, call, ...)
    local ok, err = pcall(call, ...)
    assert.is_false(ok)
    assert.equal(-2147352567, err.hresult)
    assert.equal(scode, err.excepinfo.scode)
  end

  it("T1, T3: an object is made, and the collection is nil, without a gateway", function()
    local nowhere = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = "http://127.0.0.1:9/" }))
    assert.is_nil(nowhere.StaticPortMappingCollection)
  end)

  it("T5, T6: an enumerator is given, and reset before and after Next", function()
    local items = maps:_NewEnum()
    items:Reset()
    items:Next()
    items:Reset()
    assert.truthy(items)
  end)

  it("T7: Count is a whole number", function()
    assert.equal(math.floor(maps.Count), maps.Count)
  end)

  it("T8: a protocol in small letters is not added", function()
    local count = maps.Count
    fails(E_INVALIDARG, maps.Add, maps, PORT, "udp", PORT, "1.2.3.4", true, "wine_test")
    assert.equal(count, maps.Count)
  end)

  it("T9: a mapping to any client is added", function()
    local mapping = add()
    assert.equal(PORT, mapping.ExternalPort)
    assert.equal(PORT, mapping.InternalPort)
    assert.equal("1.2.3.4", mapping.InternalClient)
    assert.equal("UDP", mapping.Protocol)
    assert.equal("wine_test", mapping.Description)
    assert.is_true(mapping.Enabled)
  end)

  it("T10: Add changes Count by one, or by none for a mapping that was there", function()
    local count = maps.Count
    add()
    assert.equal(count + 1, maps.Count)
    add()
    assert.equal(count + 1, maps.Count)
  end)

  it("T11, T13, T14, T15: Item refuses no protocol, a wrong one, and ports out of range", function()
    fails(E_INVALIDARG, maps.Item, maps, PORT, nil)
    fails(E_INVALIDARG, maps.Item, maps, PORT, "udp")
    fails(E_INVALIDARG, maps.Item, maps, -1, "UDP")
    fails(E_INVALIDARG, maps.Item, maps, 65536, "UDP")
  end)

  it("T16: Item does not find what is absent", function()
    fails(FILE_NOT_FOUND, maps.Item, maps, ABSENT, "UDP")
  end)

  it("T17: an enumerator from before an Add has the new mapping after a Reset", function()
    local items = maps:_NewEnum()
    items:Next()
    add()
    items:Reset()
    local count, found = 0, false
    local item = items:Next(1)
    while item do
      count = count + 1
      found = found or item.ExternalPort == PORT and item.Protocol == "UDP"
      item = items:Next(1)
    end
    assert.equal(maps.Count, count)
    assert.is_true(found)
  end)

  it("T18, T19, T20: each item is a mapping of its own, which Item finds again", function()
    add()
    local items = hnetcfg.GetEnumerator(maps)
    local item = items:Next(1)
    assert.truthy(item)
    while item do
      assert.equal("IStaticPortMapping", tostring(item))
      assert.is_true(item.Protocol == "TCP" or item.Protocol == "UDP")
      local again = maps:Item(item.ExternalPort, item.Protocol)
      assert.equal(item.ExternalPort, again.ExternalPort)
      assert.is_false(rawequal(item, again))
      assert.equal("IStaticPortMapping", tostring(again))
      item = items:Next(1)
    end
  end)

  it("T21: Next gives nothing past the end", function()
    add()
    local items = maps:_NewEnum()
    assert.is_false(items:Skip(maps.Count + 1))
    assert.is_nil((items:Next(1)))
  end)

  it("T22: Remove takes away what is there", function()
    add()
    local count = maps.Count
    maps:Remove(PORT, "UDP")
    assert.equal(count - 1, maps.Count)
    fails(FILE_NOT_FOUND, maps.Item, maps, PORT, "UDP")
    fails(FILE_NOT_FOUND, maps.Remove, maps, PORT, "UDP")
  end)

  it("T23: the dynamic collection is there, or is not implemented", function()
    assert.equal("IDynamicPortMappingCollection", tostring(nat.DynamicPortMappingCollection))
    local without = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = url, dynamic = false }))
    fails(-2147467263, function() return without.DynamicPortMappingCollection end)
  end)

  it("T24: the event manager is there", function()
    assert.equal("INATEventManager", tostring(nat.NATEventManager))
  end)

  it("a loopback address is this host to a gateway elsewhere", function()
    local elsewhere = not url:find("//127.", 1, true)
    local made = maps:Add(PORT, "UDP", PORT, "127.0.1.1", true, "wine_test")
    assert.equal(not elsewhere, made.InternalClient:find("^127%.") ~= nil)
    made:EditInternalClient("1.2.3.4")
    made:EditInternalClient("127.0.1.1")
    assert.equal(not elsewhere, maps:Item(PORT, "UDP").InternalClient == "127.0.1.1")
  end)

  it("tells callbacks of changes", function()
    local told
    nat.NATEventManager.NumberOfEntriesCallback = function(reason, count) told = { reason, count } end
    local deadline = support.monotonic() + support.LIMIT
    local function pump_until(is_so)
      while not is_so() do
        assert(support.monotonic() < deadline, "no callback in time")
        hnetcfg.pump(nat, 0.25)
      end
    end
    pump_until(function() return told end) -- what is so at the beginning
    local before = told[2]
    add()
    pump_until(function() return told[2] == before + 1 end)
    assert.truthy(#told[1] > 0)
  end)
end)
