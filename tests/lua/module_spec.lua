-- SPDX-License-Identifier: MIT
-- The module as such.
local support = require "support"

describe("the module", function()
  it("has its own name and version, and sets no global", function()
    local script = support.script([[
      local before = {}
      for name in pairs(_G) do before[name] = true end
      setmetatable(_G, {__index = function(_, name) error("global " .. name .. " was read") end})
      local natupnp = require "natupnp"
      local client = natupnp.client()
      client:discover(function() end)
      client:close()
      for name in pairs(_G) do assert(before[name], name) end
      print(natupnp.version)]])
    local text, code = support.run(support.command(script))
    os.remove(script)
    assert.equal(0, code, text)
    assert.truthy(text:find("^%d+%.%d+%.%d+\n$"), text)
  end)

  it("does not need luv", function()
    local script = support.script([[
      require "natupnp"
      for name in pairs(package.loaded) do assert(not name:find("luv") and name ~= "natupnp.uv", name) end]])
    assert.same({ "", 0 }, { support.run(support.command(script)) })
    os.remove(script)
  end)

  it("can be loaded twice in one program", function()
    local script = support.script([[
      local one = require "natupnp"
      for name in pairs(package.loaded) do
        if name:find("^natupnp") then package.loaded[name] = nil end
      end
      local two = require "natupnp"
      assert(one ~= two)
      local first, second = assert(one.client()), assert(two.client())
      assert(first:discover(function() end))
      assert(second:discover(function() end))
      first:close()
      second:close()]])
    assert.same({ "", 0 }, { support.run(support.command(script)) })
    os.remove(script)
  end)
end)
