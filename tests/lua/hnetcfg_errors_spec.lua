-- SPDX-License-Identifier: MIT
-- Bad input to the NAT Traversal API as a table, and what the errors carry.
local hnetcfg = require "natupnp.hnetcfg"
local testing = require "natupnp.testing"
local support = require "support"

local EXCEPTION, INVALIDARG = -2147352567, -2147024809
local MEMBER, TYPE, NAME, RANGE = -2147352573, -2147352571, -2147352570, -2147352566
local COUNT, COLLECTION = -2147352562, -2147352559

local texts = {
  [EXCEPTION] = "Exception occurred.", [MEMBER] = "Member not found.", [TYPE] = "Type mismatch.",
  [NAME] = "Unknown name.", [RANGE] = "Out of present range.", [COUNT] = "Invalid number of parameters.",
  [COLLECTION] = "Does not support a collection.",
}

describe("an error of the NAT Traversal API", function()
  local gateway, nat, maps, dynamic, mapping, leased, manager

  setup(function()
    gateway = testing.simulated_gateway()
    nat = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = gateway.location, timeout = support.LIMIT }))
    maps, dynamic, manager = nat.StaticPortMappingCollection, nat.DynamicPortMappingCollection, nat.NATEventManager
    mapping = maps:Add(8080, "TCP", 80, "192.168.1.10", true, "web")
    leased = dynamic:Add("", 8081, "TCP", 80, "192.168.1.10", true, "web", 600)
  end)
  teardown(function()
    hnetcfg.client(nat):close()
    gateway:close()
  end)

  local function err_of(call, ...)
    local ok, err = pcall(call, ...)
    assert.is_false(ok)
    assert.equal("table", type(err), err)
    return err
  end

  local function failed(scode, call, ...)
    local err = err_of(call, ...)
    assert.same({ EXCEPTION, texts[EXCEPTION] }, { err.hresult, err.strerror })
    assert.same({ wcode = 0, helpcontext = 0, scode = scode }, err.excepinfo)
    assert.is_nil(err.argerror)
  end

  local function refused(hresult, argument, call, ...)
    local err = err_of(call, ...)
    assert.same({ hresult, texts[hresult] }, { err.hresult, err.strerror })
    assert.is_nil(err.excepinfo)
    assert.equal(argument, err.argerror)
  end

  --- That nothing was sent to the gateway meanwhile.
  local function quietly(call)
    gateway:clear()
    call()
    assert.same({}, gateway:requests())
  end

  it("names ports that are none", function()
    quietly(function()
      for _, port in ipairs { -1, 0, 65536, 70000, 2 ^ 31 - 1, -2 ^ 31, true, "65536", "-1", 65535.6 } do
        failed(INVALIDARG, maps.Item, maps, port, "TCP")
        failed(INVALIDARG, maps.Remove, maps, port, "TCP")
        failed(INVALIDARG, maps.Add, maps, port, "TCP", 80, "192.168.1.10", true, "")
        failed(INVALIDARG, maps.Add, maps, 8082, "TCP", port, "192.168.1.10", true, "")
        failed(INVALIDARG, mapping.EditInternalPort, mapping, port)
        failed(INVALIDARG, dynamic.Item, dynamic, "", port, "TCP")
        failed(INVALIDARG, dynamic.Remove, dynamic, "", port, "TCP")
        failed(INVALIDARG, dynamic.Add, dynamic, "", port, "TCP", 80, "192.168.1.10", true, "", 60)
        failed(INVALIDARG, dynamic.Add, dynamic, "", 8082, "TCP", port, "192.168.1.10", true, "", 60)
        failed(INVALIDARG, leased.EditInternalPort, leased, port)
      end
    end)
  end)

  it("names numbers that a long cannot hold", function()
    quietly(function()
      for _, number in ipairs { 2 ^ 40, -2 ^ 40, 2 ^ 31, -2 ^ 31 - 1, 1e300, math.huge, -math.huge, 0 / 0,
                                "1099511627776", 2147483647.5 } do
        refused(RANGE, nil, maps.Item, maps, number, "TCP")
        refused(RANGE, nil, maps.Add, maps, 1, "TCP", number, "192.168.1.10", true, "")
        refused(RANGE, nil, mapping.EditInternalPort, mapping, number)
        refused(RANGE, nil, leased.RenewLease, leased, number)
        refused(RANGE, nil, dynamic.Remove, dynamic, "", number, "TCP")
      end
    end)
  end)

  it("names what is no number, text or boolean", function()
    quietly(function()
      for _, value in ipairs { "abc", "", " ", "0x50", "80 80", "1.2.3", "nan", "inf", {}, print, maps } do
        refused(TYPE, 1, maps.Item, maps, value, "TCP")
        refused(TYPE, 1, leased.RenewLease, leased, value)
      end
      refused(TYPE, 1, maps.Item, maps, nil, "TCP")
      refused(TYPE, 8, dynamic.Add, dynamic, "", 1, "TCP", 1, "192.168.1.10", true, "", nil)
      for _, value in ipairs { {}, print, true, maps } do
        refused(TYPE, 2, maps.Item, maps, 1, value)
        refused(TYPE, 1, mapping.EditDescription, mapping, value)
        refused(TYPE, 4, maps.Add, maps, 1, "TCP", 1, value, true, "")
      end
      for _, value in ipairs { {}, print, "true", maps } do refused(TYPE, 1, mapping.Enable, mapping, value) end
      refused(TYPE, 1, mapping.Enable, mapping, nil)
      for _, value in ipairs { 1, "f", true } do
        refused(TYPE, 1, function() manager.ExternalIPAddressCallback = value end)
      end
    end)
  end)

  it("names protocols and texts that cannot be", function()
    quietly(function()
      for _, protocol in ipairs { 6, 17, "tcp", "Tcp", "udp", "", "TCP ", "TCP\0", "SCTP", 0.5 } do
        failed(INVALIDARG, maps.Item, maps, 8080, protocol)
        failed(INVALIDARG, maps.Remove, maps, 8080, protocol)
        failed(INVALIDARG, maps.Add, maps, 8080, protocol, 80, "192.168.1.10", true, "")
        failed(INVALIDARG, dynamic.Add, dynamic, "", 8080, protocol, 80, "192.168.1.10", true, "", 60)
      end
      failed(INVALIDARG, maps.Item, maps, 8080, nil)
      failed(INVALIDARG, maps.Add, maps, 1, nil, 1, "192.168.1.10", true, "")
      for _, client in ipairs { "", "1.2.3", "1.2.3.4.5", "fe80::1", "a b" } do
        failed(INVALIDARG, maps.Add, maps, 1, "TCP", 1, client, true, "")
        failed(INVALIDARG, mapping.EditInternalClient, mapping, client)
      end
      failed(INVALIDARG, maps.Add, maps, 1, "TCP", 1, nil, true, "")
      failed(INVALIDARG, maps.Add, maps, 1, "TCP", 1, "192.168.1.10", true, nil)
      for _, text in ipairs { ("x"):rep(64), "a\nb", "\255" } do
        failed(INVALIDARG, maps.Add, maps, 1, "TCP", 1, "192.168.1.10", true, text)
        failed(INVALIDARG, mapping.EditDescription, mapping, text)
      end
      failed(INVALIDARG, mapping.EditDescription, mapping, nil)
      failed(INVALIDARG, mapping.EditInternalClient, mapping, nil)
      failed(INVALIDARG, dynamic.Item, dynamic, nil, 1, "TCP")
      failed(INVALIDARG, dynamic.Item, dynamic, "host", 1, "TCP")
      for _, lease in ipairs { 0, -1 } do
        failed(INVALIDARG, dynamic.Add, dynamic, "", 1, "TCP", 1, "192.168.1.10", true, "", lease)
        failed(INVALIDARG, leased.RenewLease, leased, lease)
      end
    end)
  end)

  it("names too few and too many arguments", function()
    quietly(function()
      refused(COUNT, nil, maps.Item, maps)
      refused(COUNT, nil, maps.Item, maps, 8080)
      refused(COUNT, nil, maps.Item, maps, 8080, "TCP", 1)
      refused(COUNT, nil, maps.Add, maps, 1, "TCP", 1, "192.168.1.10", true)
      refused(COUNT, nil, maps.Add, maps, 1, "TCP", 1, "192.168.1.10", true, "", 600)
      refused(COUNT, nil, maps.Remove, maps, 1)
      refused(COUNT, nil, maps.Remove, maps, 1, "TCP", "")
      refused(COUNT, nil, mapping.Enable, mapping)
      refused(COUNT, nil, mapping.Enable, mapping, true, 1)
      refused(COUNT, nil, leased.RenewLease, leased)
      refused(COLLECTION, nil, maps.getCount, maps, 1)
      refused(COUNT, nil, manager.setExternalIPAddressCallback, manager)
      refused(COUNT, nil, manager.setExternalIPAddressCallback, manager, print, 1)
      refused(COUNT, nil, function() return maps() end)
    end)
  end)

  it("names members that are not there", function()
    quietly(function()
      for _, object in ipairs { nat, maps, dynamic, mapping, leased, manager, maps._NewEnum } do
        for _, name in ipairs { "Nothing", "", 1, true, "getNothing" } do
          refused(NAME, nil, function() return object[name] end)
        end
      end
      for _, object in ipairs { nat, maps, dynamic, mapping, leased, manager } do
        for _, name in ipairs { "Nothing", 1 } do refused(NAME, nil, function() object[name] = 1 end) end
      end
      refused(NAME, nil, function() return maps[1] end)
      refused(NAME, nil, function() return mapping.LeaseDuration end)
    end)
  end)

  it("names members that cannot be set, read or called", function()
    quietly(function()
      refused(MEMBER, nil, function() mapping.Description = "mail" end)
      refused(MEMBER, nil, function() maps.Count = 1 end)
      refused(MEMBER, nil, function() maps.Item = 1 end)
      refused(MEMBER, nil, function() mapping.Enable = true end)
      refused(MEMBER, nil, function() nat.StaticPortMappingCollection = maps end)
      refused(MEMBER, nil, function() return manager.ExternalIPAddressCallback end)
      refused(MEMBER, nil, function() return mapping(1) end)
      refused(MEMBER, nil, function() return nat(1, "TCP") end)
    end)
    assert.equal("web", mapping.Description)
  end)

  it("takes what can be converted", function()
    assert.equal("web", maps:Item("8080", "TCP").Description)
    assert.equal("web", maps:Item(" 8080 ", "TCP").Description)
    assert.equal("web", maps:Item("8.08e3", "TCP").Description)
    assert.equal("web", maps:Item(8080.5, "TCP").Description) -- to the even one
    assert.equal("web", maps:Item(8079.6, "TCP").Description)
    assert.equal(8082, maps:Add("8082", "TCP", "80", "192.168.1.10", 1, 4711).ExternalPort)
    assert.same({ "4711", true }, { maps:Item(8082, "TCP").Description, maps:Item(8082, "TCP").Enabled })
    maps:Item(8082, "TCP"):EditDescription(0.5)
    assert.equal("0.5", maps:Item(8082, "TCP").Description)
    assert.is_false(maps:Add(8083, "TCP", 80, "localhost", 0, "").Enabled)
    maps:Remove(8082, "TCP")
    maps:Remove(8083, "TCP")
  end)

  it("has the codes of what the gateway says", function()
    for fault, scode in pairs {
      [401] = -2147220985, [402] = -2147220984, [403] = -2147220983, [501] = -2147220976, [606] = -2147220730,
      [716] = -2147220620, [728] = -2147220608, [899] = -2147220437, [300] = -2147220972,
    } do
      gateway:set { faults = { "AddPortMapping=" .. fault } }
      failed(scode, maps.Add, maps, 9000, "TCP", 80, "192.168.1.10", true, "")
    end
    gateway:set { faults = { "*=http404" } }
    failed(-2147220975, maps.Item, maps, 8080, "TCP")
    gateway:set { faults = { "GetSpecificPortMappingEntry=badxml" } }
    failed(-2147220970, maps.Item, maps, 8080, "TCP")
    gateway:set { faults = {} }
    failed(-2147024894, maps.Item, maps, 9999, "TCP")
    failed(-2147024894, maps.Remove, maps, 9999, "TCP")
    failed(-2147024726, maps.Add, maps, 8080, "TCP", 80, "192.168.1.99", true, "")
    failed(-2147467259, function() manager.NumberOfEntriesCallback = {} end)
  end)

  it("can be shown", function()
    local err = err_of(function() return maps:Item(9999, "TCP") end)
    local message = tostring(err)
    assert.truthy(message:find("^.*hnetcfg_errors_spec.lua:%d+: Exception occurred%. " ..
      "The system cannot find the file specified%. %(0x80070002%): reading 9999/TCP: "), message)
    assert.truthy(tostring(err_of(maps.Item, maps, "abc", "TCP")):find(
      "Type mismatch. (argument 1): a whole number expected, got string", 1, true))
    assert.truthy(tostring(err_of(function() return maps.Nothing end)):find(
      "hnetcfg_errors_spec.lua:%d+: Unknown name.: IStaticPortMappingCollection has no such member: Nothing"))
  end)

  it("of methods without a colon is misuse", function()
    for _, call in ipairs { maps.Add, maps.Item, maps.getCount, maps._NewEnum.Next } do
      for _, self in ipairs { 8080, {}, mapping, nat } do
        local ok, message = pcall(call, self, 8080, "TCP")
        assert.is_false(ok)
        assert.truthy(tostring(message):find("are called with a colon", 1, true), message)
      end
    end
  end)

  it("tells of a client that is closed", function()
    local other = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = gateway.location }))
    local its = other.StaticPortMappingCollection
    hnetcfg.client(other):close()
    failed(-2147417848, function() return its.Count end)
    failed(-2147417848, function() return other.StaticPortMappingCollection end)
    assert.equal(-2147417848, err_of(hnetcfg.pump, other, 0).hresult)
  end)
end)
