-- SPDX-License-Identifier: MIT
-- No code of a script runs while the wrapped interface holds an object: whatever metamethods, finalizers
-- and hooks do in the middle of a call, it uses nothing that they freed. Above it such code may run, and
-- a verb gives E_CLOSED.
local core = require "natupnp.core"
local natupnp = require "natupnp"
local support = require "support"
local testing = require "natupnp.testing"

local unpack = table.unpack or rawget(_G, "unpack")

--- Calls a function when the collector finds what this makes.
local function garbage(f)
  if rawget(_G, "newproxy") then
    getmetatable(newproxy(true)).__gc = f
  else
    setmetatable({}, { __gc = f })
  end
end

--- Lets each collection be a single step that begins as soon as there is something new.
local function eager()
  collectgarbage()
  collectgarbage("stop")
  if support.has(5.4) then
    collectgarbage("incremental", 1, 1000, 40)
  else
    collectgarbage("setpause", 1)
    collectgarbage("setstepmul", 1e8)
  end
end

local function usual()
  if support.has(5.4) then
    collectgarbage("incremental", 200, 100, 13)
  else
    collectgarbage("setpause", 200)
    collectgarbage("setstepmul", 200)
  end
  collectgarbage("restart")
end

describe("script code in a call", function()
  local gateway, kept, handles

  --- A client with a mapping that it keeps, and what else can be held.
  local function all_handles()
    local _, client = core.client_new(gateway.location, nil, nil, nil, nil, nil)
    core.client_watch(client)
    local _, op = core.static_add(client, 8080, "TCP", nil, nil, true, nil, false, true)
    local event
    while not core.op_done(op) or not event do
      assert.equal(core.OK, core.client_wait(client, 10000))
      local _, happened = core.client_next_event(client)
      event = event or happened
    end
    local _, mapping = core.op_mapping(op)
    local _, found = core.event_gateway(event)
    local _, held = core.client_kept_at(client, 0)
    assert(mapping and found and held)
    return { client = client, op = op, mapping = mapping, gateway = found, event = event, kept = held }
  end

  --- A client and an operation of which nothing is asked, and copies of the rest.
  local function fresh()
    local _, client = core.client_new(nil, nil, nil, nil, nil, nil)
    local _, op = core.static_count(client)
    local _, mapping = core.op_mapping(kept.op)
    local _, found = core.event_gateway(kept.event)
    local _, held = core.client_kept_at(kept.client, 0)
    handles = { client = client, op = op, mapping = mapping, gateway = found, event = kept.event, kept = held }
  end

  --- What hides in a call: frees all that it can, by functions and, with the library debug, by metatables.
  local function free_all()
    pcall(core.client_free, handles.client)
    pcall(core.op_free, handles.op)
    for _, kind in ipairs { "client", "op", "mapping", "gateway", "kept" } do
      pcall(debug.getmetatable(handles[kind]).__gc, handles[kind])
    end
  end

  local function none() return {} end

  -- The arguments of those that take more than the handle that their name begins with.
  local arguments = {
    version = none, adopt_hook = none,
    client_new = none, client_problem = none,
    status_name = function() return { 1 } end,
    status_text = function() return { 1 } end,
    status_hresult = function() return { 1 } end,
    client_kept_at = function(h) return { h.client, 0 } end,
    client_set_timeout = function(h) return { h.client, 5 } end,
    client_wait = function(h) return { h.client, 0 } end,
    op_mapping_at = function(h) return { h.op, 0 } end,
    op_gateway_at = function(h) return { h.op, 0 } end,
    static_add = function(h) return { h.client, 80, "TCP", 80, "192.0.2.1", true, "x", false, false } end,
    static_edit = function(h) return { h.client, h.mapping, 80, "192.0.2.1", true, "x" } end,
    static_get = function(h) return { h.client, 80, "TCP" } end,
    static_remove = function(h) return { h.client, 80, "TCP" } end,
    dynamic_add = function(h)
      return { h.client, "192.0.2.1", 80, "TCP", 80, "192.0.2.1", true, "x", 60, false, false }
    end,
    dynamic_edit = function(h) return { h.client, h.mapping, 80, "192.0.2.1", true, "x" } end,
    dynamic_get = function(h) return { h.client, "192.0.2.1", 80, "TCP" } end,
    dynamic_remove = function(h) return { h.client, "192.0.2.1", 80, "TCP" } end,
    dynamic_renew = function(h) return { h.client, h.mapping, 60 } end,
    gateway_discover = function(h) return { h.client } end,
    gateway_query = function(h) return { h.client } end,
    gateway_list = function(h) return { h.client } end,
    static_list = function(h) return { h.client } end,
    static_count = function(h) return { h.client } end,
    dynamic_list = function(h) return { h.client } end,
    dynamic_count = function(h) return { h.client } end,
  }
  local counts = { client_new = 6, client_problem = 6 }

  local function arguments_of(name)
    local made = arguments[name] and arguments[name](handles) or { handles[name:match("^%a+")] }
    return made, counts[name] or #made
  end

  --- Every wrapped function that neither waits nor looks a name up.
  local function functions()
    local names = {}
    for name, value in pairs(core) do
      if type(value) == "function" and name ~= "resolve" and name ~= "op_wait" then names[#names + 1] = name end
    end
    table.sort(names)
    assert.is_true(#names > 85)
    return ipairs(names)
  end

  local function right(name, ok, message)
    if not ok then assert.truthy(message:find(" is not open", 1, true), name .. ": " .. message) end
  end

  setup(function()
    gateway = testing.simulated_gateway()
    kept = all_handles()
  end)
  teardown(function()
    kept = nil
    gateway:close()
  end)

  it("is not needed by any function", function()
    for _, name in functions() do
      fresh()
      local values, count = arguments_of(name)
      local ok, message = pcall(core[name], unpack(values, 1, count))
      assert.is_true(ok, name .. ": " .. tostring(message))
    end
  end)

  it("is not found in arguments", function()
    local ran = {}
    local methods = { type = "natupnp_client", [".type"] = "natupnp_client" }
    for event in ("index newindex call tostring len eq lt le concat unm add pairs ipairs close name tonumber")
      :gmatch("%a+") do
      methods["__" .. event] = function()
        ran[#ran + 1] = event
        free_all()
        return 80
      end
    end
    methods.__name = "natupnp_client"
    local file = io.tmpfile()
    getmetatable(file)[".type"] = "natupnp_client" -- what SWIG's own handles had
    local hidden = { setmetatable({}, methods), file }
    for _, name in functions() do
      fresh()
      local values, count = arguments_of(name)
      for place = 1, count do
        for _, value in ipairs(hidden) do
          local before = values[place]
          values[place] = value
          local ok, message = pcall(core[name], unpack(values, 1, count))
          assert.is_false(ok, name)
          assert.truthy(message:find "^[%l_]+ must " or message:find " is not open", message)
          values[place] = before
        end
      end
    end
    getmetatable(file)[".type"] = nil
    file:close()
    assert.same({}, ran)
  end)

  it("comes from the collector at any allocation", function()
    finally(usual)
    local freed = 0
    for _, name in functions() do
      for when = 1, 4 do
        fresh()
        local values, count = arguments_of(name)
        local f = core[name]
        local function after(collections)
          garbage(function()
            if collections > 1 then return after(collections - 1) end
            freed = freed + 1
            free_all()
          end)
        end
        eager()
        after(when)
        collectgarbage("restart")
        local ok, message = pcall(f, unpack(values, 1, count))
        usual()
        right(name, ok, message)
      end
    end
    assert.is_true(freed > 50, freed)
  end)

  it("comes from a hook", function()
    finally(function() debug.sethook() end)
    for _, name in functions() do
      for when = 1, 8 do
        fresh()
        local values, count = arguments_of(name)
        local f, left = core[name], when
        debug.sethook(function()
          left = left - 1
          if left == 0 then free_all() end
        end, "cr")
        local ok, message = pcall(f, unpack(values, 1, count))
        debug.sethook()
        right(name, ok, message)
      end
    end
  end)

  it("cannot reach the metatable of a handle", function()
    for kind, handle in pairs(kept) do
      assert.equal("natupnp_" .. kind, getmetatable(handle))
      assert.is_false(pcall(setmetatable, handle, {}))
    end
  end)

  describe("above it closes the client", function()
    for form, run in pairs(support.forms) do
      it("in the form " .. form, function()
        --- Fields of a request, of which the first that is read closes the client.
        local function closing(client, fields)
          return setmetatable({}, { __index = function(_, key)
            client:close()
            return fields[key]
          end })
        end
        local verbs = {
          function(client, f)
            return client.static_mappings:add(closing(client, { external_port = 1, protocol = "TCP" }), f)
          end,
          function(client, f)
            return client.dynamic_mappings:add(closing(client, { external_port = 1, protocol = "TCP" }), f)
          end,
          function(client, f)
            local mapping = assert(client.static_mappings:add { external_port = 1, protocol = "TCP" })
            return mapping:edit(closing(client, { internal_port = 5 }), f)
          end,
        }
        for _, verb in ipairs(verbs) do
          local client = assert(natupnp.client { gateway = gateway.location })
          local value, err = run(client, function(f) return verb(client, f) end)
          assert.is_nil(value)
          assert.equal("E_CLOSED", err.code)
        end
      end)
    end
  end)
end)
