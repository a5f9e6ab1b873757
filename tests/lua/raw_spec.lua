-- SPDX-License-Identifier: MIT
-- The module that stands between this language and the core: nothing crashes it.
local core = require "natupnp.core"
local support = require "support"

describe("the raw module", function()
  local client

  before_each(function()
    local _
    _, client = core.client_new(nil, nil, nil, nil, nil, nil)
  end)

  local function functions()
    local names = {}
    for name, value in pairs(core) do
      if type(value) == "function" then names[#names + 1] = name end
    end
    table.sort(names)
    assert.is_true(#names > 50)
    return ipairs(names)
  end

  --- Calls with every number of arguments; each call returns or raises.
  local function with_each_count(call, value)
    call()
    local arguments = {}
    for count = 1, 10 do
      arguments[count] = value
      call((table.unpack or rawget(_G, "unpack"))(arguments, 1, count))
    end
  end

  it("takes nil everywhere", function()
    for _, name in functions() do
      local f = core[name]
      with_each_count(function(...) pcall(f, ...) end, nil)
      with_each_count(function(...) pcall(f, client, ...) end, nil)
    end
  end)

  it("takes anything everywhere", function()
    local routine = coroutine.create(function() end)
    for _, value in ipairs { -1, 2 ^ 53, 0 / 0, 1.5, "x", "", true, {}, print, io.stdout, routine } do
      for _, name in functions() do
        local f = core[name]
        if name ~= "client_wait" and name ~= "resolve" then -- these wait
          with_each_count(function(...) pcall(f, ...) end, value)
          with_each_count(function(...) pcall(f, client, ...) end, value)
        end
      end
    end
  end)

  it("says what is wrong, without a position", function()
    local ok, message = pcall(core.static_get, client, "1", "TCP")
    assert.is_false(ok)
    assert.equal("external_port must be a whole number", message)
  end)

  it("has handles that are empty once they were freed", function()
    local _, op = core.gateway_discover(client)
    core.op_free(op)
    core.client_free(client)
    for _, dead in ipairs { { core.client_free, client }, { core.op_free, op }, { core.client_fd, client },
      { core.op_done, op }, { core.op_cancel, op } } do
      local ok, message = pcall(dead[1], dead[2])
      assert.is_false(ok)
      assert.truthy(message:find(" is not open: it was closed, or never made", 1, true), message)
    end
  end)

  it("frees handles by the collector, whichever comes first", function()
    support.collect()
    local before = support.open_files()
    for _ = 1, 20 do
      local _, one = core.client_new("http://127.0.0.1:1/", nil, nil, nil, nil, nil)
      local ops = {}
      for i = 1, 5 do
        local _, op = core.static_list(one)
        ops[i] = op
      end
      assert.equal(5, #ops)
    end
    support.collect()
    assert.equal(before, support.open_files())
  end)

  it("keeps an operation of a freed client", function()
    local _, op = core.static_list(client)
    core.client_free(client)
    assert.is_false(core.op_done(op))
    assert.equal(core.E_CLOSED, core.op_wait(op))
    assert.equal(core.E_CLOSED, core.op_cancel(op))
    core.op_free(op)
  end)
end)
