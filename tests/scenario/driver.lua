-- SPDX-License-Identifier: MIT
--- Does the steps of a scenario with the Lua module: a line of standard input each, answered by a
--- line of standard output. README.md has the language.
local natupnp = require "natupnp"

local kinds = { external_port = "number", internal_port = "number", timeout = "number", budget = "number",
                enabled = "switch", any_port = "switch" }

-- ---- a step ----

--- A value of the kind that the key has, or of the one that stands after it: key:kind=value.
local function parse(line)
  local fields = {}
  for key, kind, word in line:gmatch("([%w_]+):?(%a*)=(%S*)") do
    local text = word:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
    kind = kind ~= "" and kind or kinds[key] or "text"
    if kind == "number" then
      fields[key] = assert(tonumber(text))
    elseif kind == "switch" then
      fields[key] = text == "true"
    elseif kind == "text" then
      fields[key] = text
    end -- nil is no field
  end
  return line:match("^%S+"), fields
end

-- ---- a result ----

local function text_field(key, value)
  if value == nil then return "" end -- unknown
  if type(value) == "number" then value = ("%.0f"):format(value) end
  return " " .. key .. "=" .. tostring(value):gsub("[^!-$&-~]", function(c) return ("%%%02X"):format(c:byte()) end)
end

local function mapping_text(m)
  local host = m.remote_host
  return text_field("external_ip", m.external_ip) .. text_field("external_port", m.external_port) ..
    text_field("protocol", m.protocol) .. text_field("internal_client", m.internal_client) ..
    text_field("internal_port", m.internal_port) .. text_field("enabled", m.enabled) ..
    text_field("description", m.description) .. text_field("remote_host", host ~= "" and host or nil) ..
    text_field("lease_h", math.floor((m.lease + 3599) / 3600))
end

local function gateway_text(g)
  return text_field("name", g.name) .. text_field("location", g.location) ..
    text_field("service_type", g.service_type) .. text_field("local_address", g.local_address) ..
    text_field("interface", g.interface) .. text_field("chosen", g.chosen)
end

local function details_text(g)
  return text_field("manufacturer", g.manufacturer) .. text_field("model_name", g.model_name) ..
    text_field("model_number", g.model_number) .. text_field("udn", g.udn) ..
    text_field("control_url", g.control_url) .. text_field("presentation_url", g.presentation_url) ..
    text_field("external_ip", g.external_ip) .. text_field("connection_status", g.connection_status) ..
    text_field("last_connection_error", g.last_connection_error) ..
    text_field("uptime_h", g.uptime and math.floor(g.uptime / 3600))
end

local function error_text(err)
  return ("%s fault=%d hresult=0x%08X maybe_applied=%s%s : %s"):format(err.code, err.fault,
    err.hresult % 2 ^ 32, tostring(err.maybe_applied), err.mapping and mapping_text(err.mapping) or "", err.detail)
end

-- ---- the verbs ----

local client
local kept -- the mapping of the last step that gave one

local function keep(mapping)
  kept = mapping
  return mapping_text(mapping)
end

--- What a verb returned, as a line: show() makes the rest of a success.
local function line_of(show, value, message, code, err)
  if value == nil then
    assert(message == err.detail and code == err.code and tostring(err) == message)
    return error_text(err)
  end
  return "OK" .. show(value)
end

local function nothing()
  return ""
end

local verbs = {}

function verbs.client(options)
  return line_of(function(made)
    if client then client:close() end
    client = made
    return ""
  end, natupnp.client(options))
end

function verbs.close()
  client:close()
  return "OK"
end

function verbs.set_timeout(fields) return line_of(nothing, client:set_timeout(fields.timeout)) end

function verbs.discover() return line_of(gateway_text, client:discover()) end

function verbs.gateway()
  return line_of(function(g) return gateway_text(g) .. details_text(g) end, client:gateway())
end

function verbs.gateways()
  return line_of(function(list)
    local texts = {}
    for i, g in ipairs(list) do texts[i] = gateway_text(g) end
    return table.concat(texts)
  end, client:gateways())
end

function verbs.external_ip()
  return line_of(function(ip) return text_field("external_ip", ip) end, client:external_ip())
end

function verbs.list()
  return line_of(function(list)
    local texts = { text_field("count", #list) }
    for _, m in ipairs(list) do texts[#texts + 1] = " |" .. mapping_text(m) end
    return table.concat(texts)
  end, client.static_mappings:list())
end

function verbs.count()
  return line_of(function(count) return text_field("count", count) end, client.static_mappings:count())
end

function verbs.remove(key)
  return line_of(nothing, client.static_mappings:remove(key.external_port, key.protocol))
end

function verbs.get(key)
  return line_of(keep, client.static_mappings:get(key.external_port, key.protocol))
end

function verbs.add(request) return line_of(keep, client.static_mappings:add(request)) end

function verbs.edit(changes) return line_of(keep, kept:edit(changes)) end

function verbs.enable() return line_of(keep, kept:enable()) end

function verbs.disable() return line_of(keep, kept:disable()) end

function verbs.take_back() return line_of(nothing, kept:remove()) end

io.stdout:setvbuf("line")
for line in io.lines() do
  local verb, fields = parse(line)
  print(verbs[verb](fields))
end
if client then client:close() end
