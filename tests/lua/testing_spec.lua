-- SPDX-License-Identifier: MIT
--- natupnp.testing: the simulated gateway starts, does what it is told, and ends.
local testing = require "natupnp.testing"

local UNUSABLE = "192.0.2.1" -- kept for documentation: no interface has it

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

--- What a command writes on standard output, until everything that it started has ended.
local function output_of(command)
  local stream = assert(io.popen(command))
  local text = stream:read("*a")
  stream:close()
  return text
end

--- A Lua of its own that runs this code after having started a gateway.
local function in_another(code)
  local first = 0
  while arg[first - 1] do first = first - 1 end
  local start = ("package.path, package.cpath = %q, %q "):format(package.path, package.cpath) ..
    "local gateway = require('natupnp.testing').simulated_gateway() io.stdout:setvbuf('no') "
  return output_of(quote(arg[first]) .. " -e " .. quote(start .. code) .. " 2>&1")
end

local function failure_of(...)
  local done, problem = pcall(...)
  assert.is_false(done)
  return tostring(problem)
end

describe("a simulated gateway", function()
  local gateway

  local function start(options)
    gateway = testing.simulated_gateway(options)
    return gateway
  end

  after_each(function()
    if gateway then gateway:close() end
    gateway = nil
  end)

  it("starts", function()
    start()
    assert.truthy(gateway.location:find("^http://127%.0%.0%.1:"))
    assert.truthy(gateway.control_url:find("^http://127%.0%.0%.1:"))
    assert.are.equal("number", type(gateway.pid))
    assert.are.same({}, gateway:table())
    assert.are.same({}, gateway:requests())
    assert.truthy(tostring(gateway):find(gateway.location, 1, true))
  end)

  it("takes settings by name and unit", function()
    local name = "it's \"mine\" $HOME `ls` \\ \t ü \223\191 \224\160\128 世 \239\191\189 😀 \244\143\191\191 \\u0041"
    start { version = 1, name = name, latency = 0.02, max_lease = 60, ssdp_delay = 0.5, secure = true,
            same_ports = false, mappings = 3, faults = { "AddPortMapping=718:1" } }
    assert.are.equal(3, #gateway:table())
    local settings = gateway:_ask("GET /state").settings
    assert.are.same({ 1, name, 20, 60, 500, true, false },
      { settings.igd, settings.name, settings.latency_ms, settings.max_lease_s, settings.ssdp_delay_ms,
        settings.secure, settings.same_ports })
    assert.are.same({ AddPortMapping = { "718:1" } }, settings.faults)
  end)

  it("is changed while it runs", function()
    start { faults = { "AddPortMapping=718" } }
    gateway:set { name = "new \"\\\1", version = 1, latency = 0.002, secure = true }
    gateway:set { faults = { "AddPortMapping=718", "AddPortMapping=drop:2", "*=hang" } }
    local settings = gateway:_ask("GET /state").settings
    assert.are.same({ "new \"\\\1", 1, 2, true },
      { settings.name, settings.igd, settings.latency_ms, settings.secure })
    assert.are.same({ AddPortMapping = { "718", "drop:2" }, ["*"] = { "hang" } }, settings.faults)
    gateway:set { faults = {} }
    assert.are.same({}, gateway:_ask("GET /state").settings.faults)
  end)

  it("refuses what it does not take, and changes nothing", function()
    start()
    local before = gateway:_ask("GET /state").settings
    for _, wrong in ipairs {
      { version = 3 }, { foo = 1 }, { port = 1 }, { secure = 1 }, { latency = "1" }, { latency = -1 },
      { faults = { "AddPortMapping=nothing" } }, { faults = { "=" } }, { faults = "AddPortMapping=718" },
      { faults = { 718 } }, { quiet = false }, { status = {} }, { status = "a\nb" }, { "status" },
    } do
      wrong.name = "changed"
      failure_of(gateway.set, gateway, wrong)
    end
    assert.are.equal("igd: must be from 1 to 2", failure_of(gateway.set, gateway, { version = 3 }))
    assert.are.same(before, gateway:_ask("GET /state").settings)
  end)

  it("has a table", function()
    start()
    gateway:put { external_port = 80, protocol = "TCP" }
    gateway:put { external_port = 81, protocol = "UDP", internal_client = "192.168.1.9", internal_port = 8181,
                  enabled = false, description = "ü \"\\n\\\"\n\r\t\b\f\1", remote_host = "192.0.2.1", lease = 100 }
    local first = { external_port = 80, protocol = "TCP", internal_client = "192.168.1.2", internal_port = 80,
                    enabled = true, description = "", remote_host = "", lease = 0 }
    local second = { external_port = 81, protocol = "UDP", internal_client = "192.168.1.9", internal_port = 8181,
                     enabled = false, description = "ü \"\\n\\\"\n\r\t\b\f\1", remote_host = "192.0.2.1", lease = 100 }
    assert.are.same({ first, second }, gateway:table())
    gateway:advance(40)
    assert.are.equal(60, gateway:table()[2].lease)
    gateway:advance(60.5)
    assert.are.same({ first }, gateway:table())
    gateway:take(80, "TCP")
    assert.are.same({}, gateway:table())
    assert.are.equal("table: there is no such mapping", failure_of(gateway.take, gateway, 80, "TCP"))
    failure_of(gateway.put, gateway, { external_port = 65536, protocol = "TCP" })
    gateway:put { external_port = 1, protocol = "TCP" }
    gateway:empty()
    assert.are.same({}, gateway:table())
  end)

  it("tells much", function() -- more than a pipe holds
    start { mappings = 5000 }
    assert.are.equal(5000, #gateway:table())
    gateway:clear()
    assert.are.equal(0, gateway:asked("description"))
  end)

  it("has a neighbour", function()
    start()
    local other = testing.simulated_gateway()
    gateway:put { external_port = 80, protocol = "TCP" }
    assert.are.same({}, other:table())
    gateway:close()
    assert.are.same({}, other:table())
    other:close()
  end)

  it("says why it does not start", function()
    assert.truthy(failure_of(start, { listen = UNUSABLE }):find("Cannot assign requested address", 1, true))
    assert.truthy(failure_of(start, { foo = "x" }):find("unknown option '--foo'", 1, true))
    assert.truthy(failure_of(start, { version = 3 }):find("igd: must be from 1 to 2", 1, true))
    assert.truthy(failure_of(start, { latency = "x" }):find("latency: must be a number of seconds", 1, true))
    assert.truthy(failure_of(start, { name = "a\0b" }):find("zero byte", 1, true))
    failure_of(start, "options")
  end)

  describe("with another program or folder", function()
    local folder, getenv, tmpname = nil, os.getenv, os.tmpname -- luacheck: ignore
    before_each(function()
      folder = output_of([[mktemp -d "${TMPDIR:-/tmp}/it's a \"\$folder\" XXXXXX"]]):gsub("\n$", "")
    end)
    after_each(function()
      os.getenv, os.tmpname = getenv, tmpname -- luacheck: ignore
      os.execute("rm -r " .. quote(folder))
    end)

    local function use(program)
      os.getenv = function(name) -- luacheck: ignore
        if name == "NATUPNP_SIMULATOR" then return program end
        return getenv(name)
      end
    end

    it("leaves nothing behind, whatever the folder is called", function()
      os.tmpname = function() return folder .. "/a 'pipe'" end -- luacheck: ignore
      start()
      assert.are.equal("", output_of("ls " .. quote(folder)))
      gateway:close()
      failure_of(start, { version = 3 })
      use(folder .. "/nothing")
      failure_of(start)
      assert.are.equal("", output_of("ls -A " .. quote(folder)))
    end)

    it("starts a program in such a folder", function()
      local program = folder .. "/natupnp-gateway"
      local file = assert(io.open(program, "w"))
      local source = debug.getinfo(testing.simulated_gateway, "S").source
      local real = getenv("NATUPNP_SIMULATOR") or source:match("^@(.*)/") .. "/../../bin/natupnp-gateway"
      file:write("#!/bin/sh\nexec ", quote(real), ' "$@"\n')
      file:close()
      os.execute("chmod 700 " .. quote(program))
      use(program)
      start()
      assert.are.same({}, gateway:table())
    end)

    it("says which program is missing", function()
      use("/nonexistent/gateway")
      local said = failure_of(start)
      assert.truthy(said:find("/nonexistent/gateway: it ended with code 127", 1, true), said)
    end)
  end)

  it("ends by close, and says so then", function()
    start()
    gateway:close()
    gateway:close()
    assert.are.equal("the simulated gateway is closed", failure_of(gateway.table, gateway))
    assert.are_not.equal(0, tonumber(output_of(("kill -0 %d 2>/dev/null; echo $?"):format(gateway.pid))))
    assert.truthy(tostring(gateway):find("closed", 1, true))
  end)

  it("ends with its process", function()
    -- The shell that watches it has our end of the pipe: this would wait for it.
    for _, code in ipairs {
      "os.execute('kill -9 $PPID')", "os.exit(1)", "error('x')", "gateway = nil collectgarbage()",
    } do
      in_another(code)
    end
  end)

  it("does not end by Ctrl-C", function()
    local said = in_another("os.execute('kill -INT ' .. gateway.pid) print(#gateway:table())")
    assert.are.equal("0\n", said)
  end)

  it("that was killed is no end of the program", function()
    for signal, code in pairs { KILL = 137, TERM = 0 } do
      start()
      os.execute(("kill -%s %d"):format(signal, gateway.pid))
      assert.truthy(failure_of(gateway.table, gateway):find("it ended with code " .. code, 1, true))
      assert.are.equal("the simulated gateway is closed", failure_of(gateway.table, gateway))
      start()
      os.execute(("kill -%s %d"):format(signal, gateway.pid))
      gateway:close()
    end
  end)

  it("ends though another process has its pipe", function()
    local before = os.time()
    local said = in_another("os.execute('sleep 100 >/dev/null 2>&1 & echo $!') gateway:close() print('closed')")
    local keeper = said:match("^(%d+)\nclosed\n$")
    assert.truthy(keeper, said)
    os.execute("kill " .. keeper)
    assert.is_true(os.time() - before < 50)
  end)

  it("shows requests on demand", function()
    local said = in_another("gateway:close() " ..
      "local loud = require('natupnp.testing').simulated_gateway{quiet=false, mappings=1} " ..
      "print(#loud:table(), #loud:requests())")
    assert.are.equal("1\t0\n", said)
  end)

  if _VERSION >= "Lua 5.4" then
    it("ends with its block", function()
      local block = assert(load [[
        local pid
        do
          local gateway <close> = require("natupnp.testing").simulated_gateway()
          pid = gateway.pid
        end
        return pid]])
      assert.are_not.equal(0, tonumber(output_of(("kill -0 %d 2>/dev/null; echo $?"):format(block()))))
    end)
  end
end)
