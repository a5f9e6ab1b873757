-- SPDX-License-Identifier: MIT
-- Every interface of the NAT Traversal API, member by member, and how they are reached from Lua.
local hnetcfg = require "natupnp.hnetcfg"
local testing = require "natupnp.testing"
local support = require "support"

describe("of the NAT Traversal API", function()
  local gateway, nat, maps, dynamic

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { faults = {}, ignore_enabled = false, permanent_only = false, ignore_description_change = false }
    gateway:empty()
    nat = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = gateway.location, timeout = support.LIMIT }))
    maps = nat.StaticPortMappingCollection
    dynamic = nat.DynamicPortMappingCollection
  end)
  after_each(function() hnetcfg.client(nat):close() end)

  local function scode_of(call, ...)
    local ok, err = pcall(call, ...)
    assert.is_false(ok)
    assert.equal(-2147352567, err.hresult)
    return err.excepinfo.scode
  end

  local function entry()
    local entries = gateway:table()
    assert.equal(1, #entries)
    return entries[1]
  end

  it("the class has its names and its class identifier, in any case", function()
    for _, id in ipairs { "HNetCfg.NATUPnP", "HNetCfg.NATUPnP.1", "hnetcfg.natupnp", "HNETCFG.NATUPNP.1",
                          "{AE1E00AA-3FD5-403C-8A27-2BBDC30CD0E1}", "{ae1e00aa-3fd5-403c-8a27-2bbdc30cd0e1}" } do
      assert.equal("IUPnPNAT", tostring(hnetcfg.CreateObject(id)))
      assert.equal("IUPnPNAT", tostring(hnetcfg.CreateInprocObject(id, "inproc_server")))
    end
  end)

  it("an external address that is not told fails with its reason, none is empty", function()
    local mapping = maps:Add(8080, "TCP", 80, "127.0.0.1", true, "text")
    assert.equal("203.0.113.7", mapping.ExternalIPAddress)
    for _, case in ipairs { { "(null)", nil, -2147220970 }, { "203.0.113.7", "501", -2147220976 } } do
      gateway:set { external_ip = case[1], faults = { case[2] and "GetExternalIPAddress=" .. case[2] } }
      mapping = maps:Item(8080, "TCP")
      assert.equal(case[3], scode_of(function() return mapping.ExternalIPAddress end))
    end
    gateway:set { external_ip = "0.0.0.0", faults = {} }
    assert.equal("", maps:Item(8080, "TCP").ExternalIPAddress)
    gateway:set { external_ip = "203.0.113.7" }
  end)

  it("what cannot be created is nil, with the reason", function()
    for _, id in ipairs { "HNetCfg.NATUPnP.2", "HNetCfg.FwMgr", "", 1 } do
      local object, message, err = hnetcfg.CreateObject(id)
      assert.is_nil(object)
      assert.equal(-2147221005, err.hresult)
      assert.equal("Invalid class string", err.strerror)
      assert.truthy(message:find("Invalid class string", 1, true) == 1)
    end
    local object, message, err = hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = "ftp://127.0.0.1/" })
    assert.is_nil(object)
    assert.equal(-2147024809, err.hresult)
    assert.truthy(message:find("http URL", 1, true))
    local running, _, unavailable = hnetcfg.GetObject("HNetCfg.NATUPnP")
    assert.is_nil(running)
    assert.equal(-2147221021, unavailable.hresult)
    assert.has_error(function() hnetcfg.CreateObject() end, "a ProgID or a CLSID expected, got nil")
    assert.is_false(pcall(hnetcfg.CreateObject, "HNetCfg.NATUPnP", { gatway = "" }))
  end)

  it("a search that failed is done again at the next access", function()
    gateway:set { faults = { "description=500" } }
    local other = assert(
      hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = gateway.location, timeout = support.LIMIT }))
    assert.is_nil(other.StaticPortMappingCollection)
    assert.is_nil(other.DynamicPortMappingCollection)
    assert.is_nil(other.NATEventManager)
    gateway:set { faults = {} }
    assert.truthy(other.StaticPortMappingCollection)
  end)

  it("the gateway is that of the environment, when none is given", function()
    local script = support.script([[
      local nat = require("natupnp.hnetcfg").CreateObject("HNetCfg.NATUPnP")
      print(nat.StaticPortMappingCollection:Add(81, "TCP", 81, "192.168.1.3", true, "env").Description)
    ]])
    local text, code = support.run("NATUPNP_GATEWAY=" .. gateway.location .. " " .. support.command(script))
    os.remove(script)
    assert.same({ "env\n", 0 }, { text, code })
  end)

  it("a static mapping has its properties", function()
    local added = maps:Add(8080, "TCP", 80, "192.168.1.10", true, "web")
    for _, mapping in ipairs { added, maps:Item(8080, "TCP"), hnetcfg.GetEnumerator(maps):Next() } do
      assert.equal("203.0.113.7", mapping.ExternalIPAddress)
      assert.equal(8080, mapping.ExternalPort)
      assert.equal(80, mapping.InternalPort)
      assert.equal("TCP", mapping.Protocol)
      assert.equal("192.168.1.10", mapping.InternalClient)
      assert.is_true(mapping.Enabled)
      assert.equal("web", mapping.Description)
    end
    assert.equal("web", entry().description)
  end)

  it("each change of a static mapping leaves the rest as it is", function()
    local mapping = maps:Add(8080, "TCP", 80, "192.168.1.10", true, "web")
    assert.is_nil(mapping:EditDescription("mail"))
    mapping:EditInternalPort(25)
    mapping:EditInternalClient("192.168.1.11")
    mapping:Enable(false)
    for _, seen in ipairs { mapping, maps:Item(8080, "TCP") } do
      assert.same({ "mail", 25, "192.168.1.11", false, 8080, "TCP" },
        { seen.Description, seen.InternalPort, seen.InternalClient, seen.Enabled, seen.ExternalPort, seen.Protocol })
    end
    mapping:Enable(true)
    mapping:EditDescription("")
    assert.same({ true, "" }, { entry().enabled, entry().description })
  end)

  it("a change that the gateway ignores is a failure", function()
    gateway:set { ignore_enabled = true, ignore_description_change = true, faults = { "DeletePortMapping=606" } }
    local mapping = maps:Add(8080, "TCP", 80, "192.168.1.10", true, "web")
    assert.equal(-2147467259, scode_of(mapping.Enable, mapping, false))
    assert.truthy(scode_of(mapping.EditDescription, mapping, "mail"))
    assert.same({ true, "web" }, { mapping.Enabled, mapping.Description })
    assert.equal("web", entry().description)
    gateway:set { faults = { "AddPortMapping=501" } }
    assert.truthy(scode_of(mapping.EditInternalPort, mapping, 81))
    assert.equal(80, mapping.InternalPort)
  end)

  it("a change of what is gone finds nothing", function()
    local mapping = maps:Add(8080, "TCP", 80, "192.168.1.10", true, "web")
    gateway:empty()
    assert.equal(-2147024894, scode_of(mapping.EditDescription, mapping, "mail"))
  end)

  it("a dynamic mapping has its own properties and verbs", function()
    local mapping = dynamic:Add("", 8080, "UDP", 80, "192.168.1.10", true, "game", 600)
    assert.same({ "203.0.113.7", "", 8080, "UDP", 80, "192.168.1.10", true, "game" },
      { mapping.ExternalIPAddress, mapping.RemoteHost, mapping.ExternalPort, mapping.Protocol, mapping.InternalPort,
        mapping.InternalClient, mapping.Enabled, mapping.Description })
    assert.is_true(mapping.LeaseDuration > 590 and mapping.LeaseDuration <= 600)
    local granted = mapping:RenewLease(1200)
    assert.is_true(granted > 1190 and granted <= 1200)
    assert.equal(granted, mapping.LeaseDuration)
    mapping:EditDescription("chess")
    mapping:EditInternalPort(81)
    mapping:EditInternalClient("192.168.1.11")
    mapping:Enable(false)
    local seen = dynamic:Item("", 8080, "UDP")
    assert.same({ "chess", 81, "192.168.1.11", false },
      { seen.Description, seen.InternalPort, seen.InternalClient, seen.Enabled })
    assert.is_true(seen.LeaseDuration > 1100)
    assert.equal(1, dynamic.Count)
    dynamic:Add("198.51.100.9", 8081, "TCP", 80, "192.168.1.10", true, "one host", 600)
    assert.equal("198.51.100.9", dynamic("198.51.100.9", 8081, "TCP").RemoteHost)
    assert.equal(-2147024894, scode_of(dynamic.Item, dynamic, "198.51.100.8", 8081, "TCP"))
    dynamic:Remove("198.51.100.9", 8081, "TCP")
    dynamic:Remove("", 8080, "UDP")
    assert.equal(0, dynamic.Count)
  end)

  it("an enumerator gives, skips, begins again, and has copies", function()
    for port = 1, 5 do gateway:put { external_port = port, protocol = "TCP" } end
    local items = hnetcfg.GetEnumerator(maps)
    local first, second = items:Next(2)
    assert.truthy(first and second)
    local copy = items:Clone()
    assert.is_true(items:Skip(2))
    assert.is_true(items:Skip())
    assert.equal(0, select("#", items:Next()))
    assert.equal(3, select("#", copy:Next(10)))
    assert.equal(0, select("#", copy:Next(0)))
    assert.is_false(copy:Skip(1))
    items:Reset()
    assert.is_false(items:Skip(6))
    gateway:put { external_port = 6, protocol = "TCP" }
    items:Reset()
    assert.equal(6, select("#", items:Next(100)))
    assert.equal(first.ExternalPort, maps._newenum:next().ExternalPort)
  end)

  it("an enumerator's failure is its own", function()
    local items = maps._NewEnum
    gateway:set { faults = { "*=http404" } }
    local ok, err = pcall(items.Next, items)
    assert.is_false(ok)
    assert.is_nil(err.excepinfo)
    assert.equal(-2147220975, err.hresult)
    assert.equal("OLE error 0x80040211", err.strerror)
  end)

  it("names have any case, and accessors", function()
    maps:ADD("8080", "TCP", 80, "192.168.1.10", 1, "web")
    assert.equal(1, maps.count)
    assert.equal(1, maps:getCount())
    assert.equal("web", maps:getItem(8080, "TCP"):getdescription())
    assert.equal("web", nat:getStaticPortMappingCollection():item(8080, "TCP").dEsCrIpTiOn)
    assert.equal("web", nat.StaticPortMappingCollection(8080, "TCP").Description)
    assert.equal("web", nat:StaticPortMappingCollection():Item(8080, "TCP").Description)
    assert.equal("web", nat:StaticPortMappingCollection(8080, "TCP").Description)
    nat.NATEventManager:setNumberOfEntriesCallback(print)
    maps:remove(8080, "TCP")
    assert.equal(0, maps.Count)
  end)

  it("members can be asked for", function()
    for _, name in ipairs { "Count", "count", "Add", "Item", "getItem", "_NewEnum", "getCount" } do
      assert.is_true(hnetcfg.isMember(maps, name))
    end
    for _, name in ipairs { "Clear", "setCount", "getAdd", "", 1 } do assert.is_false(hnetcfg.isMember(maps, name)) end
    assert.is_nil(hnetcfg.GetEnumerator(nat))
    assert.equal("LuaCOM", hnetcfg.GetType(maps))
    assert.is_nil(hnetcfg.GetType({}))
    assert.is_nil(hnetcfg.GetType(nil))
    assert.has_error(function() hnetcfg.pairs(nil) end, "an object expected, got nil")
  end)

  it("objects are true and not the same one twice", function()
    assert.is_true(maps and true)
    assert.are_not.equal(maps, nat.StaticPortMappingCollection)
  end)

  if support.has(5.2) then
    it("collections have a length, and pairs", function()
      maps:Add(8080, "TCP", 80, "192.168.1.10", true, "web")
      assert.equal(1, #maps)
      local seen = {}
      for index, mapping in pairs(maps) do seen[index] = mapping.Description end
      assert.same({ "web" }, seen)
    end)
  end

  it("nothing that is dropped stays open", function()
    support.collect()
    local before = support.open_files()
    do
      local other = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = gateway.location }))
      local manager = other.NATEventManager
      manager.ExternalIPAddressCallback = function() return other, manager end
      assert.is_true(support.open_files() > before)
    end
    support.collect()
    assert.equal(before, support.open_files())
  end)
end)
