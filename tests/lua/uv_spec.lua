-- SPDX-License-Identifier: MIT
-- A client in libuv's loop.
local natupnp = require "natupnp"
local testing = require "natupnp.testing"
local support = require "support"

local has_luv, uv = pcall(require, "luv")
local uv_it = has_luv and it or pending

describe("in libuv's loop", function()
  local uv_loop = require "natupnp.uv"
  local gateway, client, coll

  setup(function() gateway = testing.simulated_gateway() end)
  teardown(function() gateway:close() end)

  before_each(function()
    gateway:set { faults = {} }
    gateway:empty()
    client = assert(natupnp.client { gateway = gateway.location, timeout = support.LIMIT })
    coll = client.static_mappings
  end)
  after_each(function() client:close() end)

  --- Runs the loop to its end, which must come by itself.
  local function run()
    local late = false
    local timer = uv.new_timer()
    timer:start(10000, 0, function()
      late = true
      uv.stop()
    end)
    timer:unref()
    assert.is_false(uv.run())
    timer:close()
    uv.run() -- luv 1.44 crashes at the exit of a program that did not run the loop after a close
    assert.is_false(late)
  end

  uv_it("many verbs end, and the loop ends when the client has left it", function()
    local attachment = assert(uv_loop.attach(client, uv))
    local made, address = 0, nil
    local function count()
      if made == 20 and address then attachment:close() end
    end
    for port = 1, 20 do
      assert(coll:add({ external_port = port, protocol = "UDP" }, function(err)
        assert(not err, err)
        made = made + 1
        count()
      end))
    end
    assert(client:external_ip(function(_, value)
      address = value
      count()
    end))
    run()
    assert.equal(20, made)
    assert.equal("203.0.113.7", address)
    assert.equal(20, #gateway:table())
    attachment:close()
    assert.equal(20, coll:count())
  end)

  uv_it("verbs can be started later, and by other callbacks", function()
    local attachment = assert(uv_loop.attach(client))
    local steps = {}
    local timer = uv.new_timer()
    timer:start(10, 0, function()
      timer:close()
      assert(coll:add({ external_port = 1, protocol = "TCP" }, function(_, mapping)
        steps[#steps + 1] = mapping.external_port
        assert(mapping:remove(function(_, removed)
          steps[#steps + 1] = removed
          attachment:close()
        end))
      end))
    end)
    run()
    assert.same({ 1, true }, steps)
  end)

  uv_it("events come, and nothing happens without them", function()
    gateway:set { external_ip = "203.0.113.7" }
    local attachment = assert(uv_loop.attach(client, uv))
    local addresses, dispatches = {}, 0
    local original = client.dispatch
    client.dispatch = function(...)
      dispatches = dispatches + 1
      return original(...)
    end
    assert(client.events:on_external_ip(function(address)
      addresses[#addresses + 1] = address
      if address == "198.51.100.77" then attachment:close() end
    end))
    local timer = uv.new_timer()
    timer:start(500, 0, function()
      timer:close()
      gateway:set { external_ip = "198.51.100.77" }
    end)
    local clock = os.clock()
    run()
    assert.same({ "203.0.113.7", "198.51.100.77" }, addresses)
    assert.is_true(dispatches < 100, dispatches)
    assert.is_true(os.clock() - clock < 0.3)
    gateway:set { external_ip = "203.0.113.7" }
  end)

  uv_it("a verb that ended while another one waited is told of", function()
    local attachment = assert(uv_loop.attach(client, uv))
    local address
    local operation = assert(client:external_ip(function(_, value)
      address = value
      attachment:close()
    end))
    gateway:set { latency = 0.05 }
    repeat assert(coll:count()) until operation:done()
    gateway:set { latency = 0 }
    uv.run("nowait")
    assert.equal("203.0.113.7", address)
    run()
  end)

  uv_it("a timeout is kept", function()
    gateway:set { faults = { "*=hang" } }
    client:set_timeout(0.2)
    local attachment = assert(uv_loop.attach(client, uv))
    local code
    assert(client:external_ip(function(err)
      code = err.code
      attachment:close()
    end))
    run()
    assert.equal("E_TIMEOUT", code)
  end)

  uv_it("a client that is closed leaves it", function()
    local attachment = assert(uv_loop.attach(client, uv))
    assert(client:external_ip(function() client:close() end))
    run()
    attachment:close()
    local again, _, code = uv_loop.attach(client, uv)
    assert.is_nil(again)
    assert.equal("E_CLOSED", code)
  end)

  uv_it("a client is once at a time, and can come back", function()
    local attachment = assert(uv_loop.attach(client, uv))
    local ok, message = pcall(uv_loop.attach, client, uv)
    assert.is_false(ok)
    assert.truthy(message:find("attached to a loop already", 1, true), message)
    attachment:close()
    attachment = assert(uv_loop.attach(client, uv))
    assert(client:discover(function() attachment:close() end))
    run()
  end)

  uv_it("nothing stays behind", function()
    support.collect()
    local files = support.open_files()
    for _ = 1, 20 do
      local other = assert(natupnp.client { gateway = gateway.location })
      assert(uv_loop.attach(other, uv))
      assert(other:external_ip(function() other:close() end))
    end
    run()
    uv.walk(function(handle) assert.is_true(handle:is_closing() or handle:get_type() ~= "poll") end)
    support.collect()
    assert.equal(files, support.open_files())
  end)

  uv_it("an error of a callback is told as luv tells errors: with traceback and exit code", function()
    local script = support.script([[
      local uv = require "luv"
      local client = assert(require("natupnp").client{gateway = ...})
      require("natupnp.uv").attach(client, uv)
      local function culprit() error("this is wrong") end
      client:discover(function() culprit() end)
      client:external_ip(function() print("the other one came") end)
      uv.run()
      print("not reached")]])
    local text, code = support.run(support.command(script, gateway.location))
    os.remove(script)
    assert.truthy(text:find("this is wrong", 1, true), text)
    assert.truthy(text:find("'culprit'", 1, true), text)
    assert.falsy(text:find("not reached", 1, true), text)
    assert.not_equal(0, code)
  end)
end)
