-- SPDX-License-Identifier: MIT
-- The NAT Traversal API as programs use it.
local hnetcfg = require "natupnp.hnetcfg"
local listening = require "listening"
local testing = require "natupnp.testing"
local support = require "support"

describe("a program for the NAT Traversal API", function()
  local gateway, nat

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { external_ip = "203.0.113.7" }
    gateway:empty()
    nat = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = gateway.location, timeout = support.LIMIT }))
  end)
  after_each(function() hnetcfg.client(nat):close() end)

  local function fill(count)
    local maps = nat.StaticPortMappingCollection
    for port = 9001, 9000 + count do maps:Add(port, "TCP", port, "192.168.1.10", true, "mine " .. port) end
    return maps
  end

  local function pump_until(is_so)
    local deadline = support.monotonic() + support.LIMIT
    while not is_so() do
      assert(support.monotonic() < deadline, "no callback in time")
      hnetcfg.pump(nat, 0.25)
    end
  end

  it("looks whether there is a gateway", function()
    local function count(object)
      local maps = object.StaticPortMappingCollection
      if maps == nil then return "no gateway" end
      return maps and maps.Count
    end
    local lonely = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = "http://127.0.0.1:9/" }))
    assert.equal("no gateway", count(lonely))
    assert.equal(0, count(nat))
    assert(nat.StaticPortMappingCollection, "no gateway")
  end)

  it("goes through all mappings", function()
    local ports = {}
    for index, mapping in hnetcfg.pairs(fill(3)) do ports[index] = mapping.ExternalPort end
    table.sort(ports)
    assert.same({ 9001, 9002, 9003 }, ports)
  end)

  it("counts, and takes as many from the enumerator", function()
    local maps, ports = fill(3), {}
    local items = hnetcfg.GetEnumerator(maps)
    for _ = 1, maps.Count do ports[#ports + 1] = items:Next().ExternalPort end
    assert.equal(3, #ports)
    assert.is_nil(items:Next())
  end)

  it("takes from the enumerator while there is something", function()
    local items, lines = hnetcfg.GetEnumerator(fill(2)), {}
    local mapping = items:Next()
    while mapping do
      lines[#lines + 1] = ("%d %s %s:%d %s"):format(mapping.ExternalPort, mapping.Protocol:lower(),
        mapping.InternalClient, mapping.InternalPort, mapping.Description)
      mapping = items:Next()
    end
    table.sort(lines)
    assert.same({ "9001 tcp 192.168.1.10:9001 mine 9001", "9002 tcp 192.168.1.10:9002 mine 9002" }, lines)
  end)

  it("removes while it goes through them, and leaves none", function()
    local maps = fill(5)
    for _, mapping in hnetcfg.pairs(maps) do maps:Remove(mapping.ExternalPort, mapping.Protocol) end
    assert.equal(0, maps.Count)
    fill(5)
    local items = maps:_NewEnum()
    local mapping = items:Next()
    while mapping do
      maps:Remove(mapping.ExternalPort, mapping.Protocol)
      mapping = items:Next()
    end
    assert.equal(0, maps.Count)
  end)

  it("adds over its own mapping", function()
    local maps = fill(1)
    local mapping = maps:Add(9001, "TCP", 80, "192.168.1.10", true, "changed")
    assert.same({ 1, 80, "changed" }, { maps.Count, mapping.InternalPort, mapping.Description })
  end)

  it("removes what may be absent, then adds", function()
    local maps = nat.StaticPortMappingCollection
    for _ = 1, 2 do
      pcall(function() maps:Remove(9001, "TCP") end)
      maps:Add(9001, "TCP", 9001, "192.168.1.10", true, "mine")
    end
    assert.equal(1, maps.Count)
  end)

  it("tells failures apart by their codes", function()
    local maps = fill(1)
    local function state(port, client)
      local ok, err = pcall(maps.Add, maps, port, "TCP", port, client, true, "other")
      if ok then return "added" end
      if err.hresult ~= -2147352567 then return "wrong call" end
      return err.excepinfo.scode == -2147024726 and "taken" or "failed"
    end
    assert.equal("taken", state(9001, "192.168.1.20"))
    assert.equal("added", state(9002, "192.168.1.20"))
    assert.equal("failed", state(9003, "nowhere at all"))
    assert.equal("wrong call", state("http", "192.168.1.20"))
    local _, err = pcall(maps.Item, maps, 9999, "TCP")
    assert.equal(hnetcfg.winerror.FILE_NOT_FOUND, err.excepinfo.scode)
  end)

  it("learns the external address from a mapping", function()
    local mapping = fill(1):Item(9001, "TCP")
    assert.equal("203.0.113.7", mapping.ExternalIPAddress)
  end)

  it("ends with a message that has the line, when it does not look at an error", function()
    local script = support.script([[
      local hnetcfg = require "natupnp.hnetcfg"
      local nat = hnetcfg.CreateObject("HNetCfg.NATUPnP")
      nat.StaticPortMappingCollection:Remove(1, "TCP")
    ]])
    local text, code = support.run("NATUPNP_GATEWAY=" .. gateway.location .. " " .. support.command(script))
    os.remove(script)
    assert.equal(1, code)
    if support.has(5.2) or support.language == "LuaJIT" then -- 5.1 does not show errors that are no texts
      assert.truthy(text:find(":3: Exception occurred. The system cannot find the file specified.", 1, true), text)
    end
  end)

  it("is as the reference shows it", function()
    local file = assert(io.open("../../docs/reference/hnetcfg-lua.md"))
    local page = file:read("*a")
    file:close()
    local outputs = {}
    for code in page:gmatch("```lua\n(.-)\n```") do
      local script = support.script(code)
      local text, exit_code = support.run("NATUPNP_GATEWAY=" .. gateway.location .. " " .. support.command(script))
      os.remove(script)
      assert.equal(0, exit_code, text)
      outputs[#outputs + 1] = text
    end
    assert.same({ "18080\tTCP\t192.168.1.10\tweb\nthere was none\n", "VARIABLE_UPDATE\t203.0.113.7\n" }, outputs)
  end)

  describe("has callbacks", function()
    local manager, told

    before_each(function()
      manager, told = nat.NATEventManager, {}
    end)

    it("as functions, which are told the reason first", function()
      manager.ExternalIPAddressCallback = function(...) told.address = { ... } end
      manager.NumberOfEntriesCallback = function(...) told.count = { ... } end
      pump_until(function() return told.address and told.count end)
      local address = listening.change(gateway)
      fill(2)
      pump_until(function() return told.address[2] == address and told.count[2] == 2 end)
      assert.same({ 2, "VARIABLE_UPDATE", 2, "VARIABLE_UPDATE" },
        { #told.address, told.address[1], #told.count, told.count[1] })
    end)

    it("as objects with the methods of the interfaces", function()
      local sink = { NewExternalIPAddress = function(self, address) self.address = address end }
      function sink:NewNumberOfEntries(count) self.count = count end
      manager.ExternalIPAddressCallback = sink
      manager:setNumberOfEntriesCallback(sink)
      local address = listening.change(gateway)
      fill(1)
      pump_until(function() return sink.address == address and sink.count == 1 end)
    end)

    it("as objects that can be called", function()
      manager.NumberOfEntriesCallback = setmetatable({}, { __call = function(_, reason, count)
        told = { reason, count }
      end })
      fill(1)
      pump_until(function() return told[2] == 1 end)
      assert.equal("VARIABLE_UPDATE", told[1])
    end)

    it("one of a kind, until it is replaced or taken back", function()
      local address, calls = nil, 0
      manager.ExternalIPAddressCallback = function() calls = calls + 1 end
      pump_until(function() return calls > 0 end)
      manager.ExternalIPAddressCallback = function(_, ip) address = ip end
      local before, expected = calls, listening.change(gateway)
      pump_until(function() return address == expected end)
      assert.equal(before, calls)
      manager.ExternalIPAddressCallback = nil
      manager.NumberOfEntriesCallback = function(_, count) told.count = count end
      listening.change(gateway)
      fill(3)
      pump_until(function() return told.count == 3 end)
      assert.equal(expected, address)
      gateway:clear()
      manager.NumberOfEntriesCallback = nil
      pump_until(function() return gateway:asked("UNSUBSCRIBE") == 1 end)
    end)

    it("which hear only changes when another one was there before", function()
      manager.ExternalIPAddressCallback = function(_, ip) told.address = ip end
      pump_until(function() return told.address end)
      manager.NumberOfEntriesCallback = function(_, count) told[#told + 1] = count end
      local address = listening.change(gateway)
      pump_until(function() return told.address == address end)
      assert.equal(0, #told)
      fill(1)
      pump_until(function() return #told > 0 end)
      assert.equal(1, told[1])
    end)

    it("and pumps messages itself", function()
      manager.NumberOfEntriesCallback = function(_, count) told.count = count end
      fill(1)
      local deadline = support.monotonic() + support.LIMIT
      while told.count ~= 1 and support.monotonic() < deadline do
        if not hnetcfg.PumpWaitingMessages() then hnetcfg.client(nat):wait(0.1) end
      end
      assert.equal(1, told.count)
    end)

    it("whose errors come out of the pump, after all were called", function()
      local second = assert(hnetcfg.CreateObject("HNetCfg.NATUPnP", { gateway = gateway.location }))
      manager.NumberOfEntriesCallback = function() error("mine") end
      manager.ExternalIPAddressCallback = function() told.first = true end
      second.NATEventManager.NumberOfEntriesCallback = function() told.second = true end
      local deadline, message = support.monotonic() + support.LIMIT, nil
      while not (message and told.first and told.second) and support.monotonic() < deadline do
        local ok, raised = pcall(hnetcfg.PumpWaitingMessages)
        if not ok then message = raised end
      end
      assert.truthy(message and message:find("mine", 1, true))
      assert.same({ first = true, second = true }, told)
    end)
  end)
end)
