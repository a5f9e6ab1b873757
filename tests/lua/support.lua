-- SPDX-License-Identifier: MIT
-- What the specs share.
local lfs = require "lfs"
local system = require "system"

local support = {}

support.monotonic = system.monotime

--- Seconds: nothing takes longer, on a busy machine either.
support.LIMIT = 60

--- Says how long something took, for scripts/bench.sh: no test judges what load changes.
function support.figure(what, seconds, promised)
  print(("figure: %s: %.1f ms, promised %d ms"):format(what, seconds * 1000, promised * 1000))
end

--- The language that runs: "Lua 5.1" to "Lua 5.4", or "LuaJIT".
support.language = rawget(_G, "jit") and "LuaJIT" or _VERSION

--- Whether the language is at least a version of Lua such as 5.3; LuaJIT is a 5.1.
function support.has(version)
  return tonumber(_VERSION:match("[%d.]+")) >= version
end

--- Code that older versions cannot read.
function support.compile(text, ...)
  local chunk = assert((rawget(_G, "loadstring") or load)(text))
  return chunk(...)
end

--- The files that this process has open.
function support.open_files()
  local count = 0
  for _ in lfs.dir("/proc/self/fd") do count = count + 1 end
  return count
end

--- The memory of this process, in KiB.
function support.resident()
  local file = assert(io.open("/proc/self/status"))
  local text = file:read("*a")
  file:close()
  return tonumber(text:match("VmRSS:%s*(%d+)"))
end

--- Lets the collector free everything that nobody holds.
function support.collect()
  collectgarbage()
  collectgarbage()
end

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function interpreter()
  local first = 0
  while arg[first - 1] do first = first - 1 end
  return arg[first]
end

--- The command line that runs a script with the interpreter that runs this.
function support.command(script, ...)
  local words = { quote(interpreter()), quote(script) }
  for _, word in ipairs { ... } do words[#words + 1] = quote(word) end
  return table.concat(words, " ")
end

--- Writes a script to run, and gives its path.
function support.script(text)
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
  return path
end

--- Runs a command to its end: what it wrote, standard error too, and its exit code.
function support.run(command)
  local pipe = assert(io.popen("(" .. command .. "\n) 2>&1; echo \"exit $?\"", "r"))
  local output = pipe:read("*a")
  pipe:close()
  local text, code = output:match("^(.*)exit (%d+)\n$")
  return text, tonumber(code)
end

--- Drives a client until something is so.
function support.drive(client, is_so)
  local deadline = support.monotonic() + support.LIMIT
  while not is_so() do
    assert(support.monotonic() < deadline, "it did not become so in time")
    assert(client:wait(0.25) ~= nil)
  end
end

--- The two forms of a verb, each giving its value and error. `call` gets the callback or nothing.
support.forms = {
  ["waiting"] = function(_, call)
    local value, message, code, err = call()
    if err then assert(message == err.detail and code == err.code) end
    return value, err
  end,
  ["calling back"] = function(client, call)
    local calls, value, err = 0, nil, nil
    local started, message, code, refused = call(function(failure, result)
      calls, err, value = calls + 1, failure, result
    end)
    if not started then
      assert(message == refused.detail and code == refused.code and calls == 0)
      return nil, refused
    end
    assert(calls == 0 and client:pending() == 1)
    assert(client:run())
    assert(calls == 1 and client:pending() == 0 and started:done())
    return value, err
  end,
}

return support
