-- SPDX-License-Identifier: MIT
-- Finds mappings that a program has left behind, and removes them if asked to.
--
--   cleanup_stale.lua --prefix TEXT [--former ADDRESS]... [--remove] [--gateway URL]
--
-- Stale is a mapping whose description begins with TEXT, and which
-- * leads to this host, where nothing uses its internal port; or
-- * leads to an address that was this host's before, as --former says.
-- Mappings to other hosts are never touched: nobody here knows what runs there. Without --remove it
-- only shows what it would do. Services in containers may be invisible here: look first.
local natupnp = require "natupnp"

local function fail(message, code)
  io.stderr:write("cleanup_stale: ", message, "\n")
  os.exit(code or 1, true)
end

local function parse(words)
  local options = { former = {} }
  local at = 1
  local function value(name)
    at = at + 1
    if not words[at] or words[at] == "" then fail(name .. " needs a value", 2) end
    return words[at]
  end
  while words[at] do
    local name = words[at]
    if name == "--prefix" then options.prefix = value(name)
    elseif name == "--former" then options.former[value(name)] = true
    elseif name == "--gateway" then options.gateway = value(name)
    elseif name == "--remove" then options.remove = true
    else fail("what is " .. name .. "?", 2)
    end
    at = at + 1
  end
  if not options.prefix then fail("--prefix TEXT says which mappings are yours", 2) end
  return options
end

--- The local ports in use, by Linux's tables: of TCP those that listen, of UDP all.
local function ports_in_use(protocol)
  local ports = {}
  local name = "/proc/net/" .. protocol:lower()
  for _, path in ipairs { name, name .. "6" } do
    local file = io.open(path)
    if not file and path == name then fail("cannot read " .. path) end
    if file then
      for line in file:lines() do
        local port, state = line:match("^%s*%d+: %x+:(%x+) %x+:%x+ (%x+)")
        if port and (protocol == "UDP" or state == "0A") then ports[tonumber(port, 16)] = true end
      end
      file:close()
    end
  end
  return ports
end

local options = parse(arg)
local in_use = { TCP = ports_in_use("TCP"), UDP = ports_in_use("UDP") }

--- What a verb gave, or the end of the program.
local function need(value, message)
  if value == nil then fail(message) end
  return value
end

local client = need(natupnp.client { gateway = options.gateway })
local here = need(client:discover()).local_address

local function reason(mapping)
  if mapping.description:sub(1, #options.prefix) ~= options.prefix then return nil end
  if mapping.internal_client == here then
    if in_use[mapping.protocol][mapping.internal_port] then return nil end
    return "nothing here uses port " .. mapping.internal_port
  end
  return options.former[mapping.internal_client] and "it leads to a former address" or nil
end

--- Removes a mapping that is still what it was when it was judged.
local function remove(mapping)
  local now, message, code = client.static_mappings:get(mapping.external_port, mapping.protocol)
  if code == "E_NOT_FOUND" then return "gone already" end
  if not now then return nil, message end
  if tostring(now) ~= tostring(mapping) then return "changed meanwhile: left alone" end
  local removed
  removed, message, code = now:remove()
  if not removed and code ~= "E_NOT_FOUND" then return nil, message end
  return "removed"
end

local failed = false
for mapping in need(client.static_mappings:iter()) do
  local why = reason(mapping)
  if why then
    local done, message = "would be removed", nil
    if options.remove then done, message = remove(mapping) end
    failed = failed or not done
    print(("%s: %s: %s"):format(tostring(mapping), why, done or message))
  end
end
client:close()
os.exit(failed and 1 or 0, true)
