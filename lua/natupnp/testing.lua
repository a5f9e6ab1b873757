-- SPDX-License-Identifier: MIT
--- A simulated gateway for tests of programs that map ports.
---
--- It is a process of its own, the program natupnp-gateway, on the loopback interface. Nothing is
--- really mapped:
---
---     local testing = require "natupnp.testing"
---     local gateway = testing.simulated_gateway{faults = {"AddPortMapping=718:1"}}
---     local client = natupnp.client{gateway = gateway.location}
---     ...
---     gateway:set{external_ip = "198.51.100.1"}
---     assert(#gateway:table() == 0)
---     gateway:close()
---
--- The program is the one that the environment variable NATUPNP_SIMULATOR names, else the one that
--- was built with this file, else the one on the PATH. It needs a POSIX shell.
---
--- What goes wrong here is error(): a test is not to go on with a gateway that it does not have.
local testing = {}

---@class natupnp.testing.Entry  An entry of the gateway's table, as it stands there.
---@field external_port integer
---@field protocol string          "TCP" or "UDP"
---@field internal_client string
---@field internal_port integer
---@field enabled boolean
---@field description string
---@field remote_host string       "" for any
---@field lease integer            seconds left, 0 for ever

---@class natupnp.testing.Request  An HTTP request that the gateway had.
---@field method string
---@field path string
---@field action string|nil        the name of the action, "description", or nil for others
---@field arguments table<string, string>
---@field status integer           of the reply, 0 if there was none
---@field fault integer|nil        the error code that was sent

---@class natupnp.testing.Gateway
---@field location string     URL of the device description: the option gateway of a client
---@field control_url string  URL that actions are posted to
---@field pid integer         the process
local Gateway = {}
Gateway.__index = Gateway
Gateway.__name = "natupnp.testing.Gateway"

-- ---- JSON, as far as the program writes it ----

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function number_text(number)
  local form = number == math.floor(number) and "%.0f" or "%.17g"
  return (form:format(number):gsub(",", ".")) -- a locale may write a comma
end

local function encode(value)
  if type(value) == "string" then
    return '"' .. value:gsub('[%c"\\]', function(c) return ("\\u%04x"):format(c:byte()) end) .. '"'
  elseif type(value) == "number" then
    return number_text(value)
  elseif type(value) == "boolean" then
    return tostring(value)
  end
  local parts = {}
  if #value > 0 then
    for i, item in ipairs(value) do parts[i] = encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for key, item in pairs(value) do parts[#parts + 1] = encode(key) .. ":" .. encode(item) end
  return "{" .. table.concat(parts, ",") .. "}"
end

local decode_value

--- Items up to the closing mark, each handed to put(); the place after it.
local function decode_items(text, at, mark, put)
  while text:sub(at, at) ~= mark do
    at = put(at)
    if text:sub(at, at) == "," then at = at + 1 end
  end
  return at + 1
end

--- A character as UTF-8; version 5.1 has no library for it.
local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  local bytes, first = {}, 0x40
  while code >= first do
    table.insert(bytes, 1, string.char(0x80 + code % 0x40))
    code, first = math.floor(code / 0x40), first / 2
  end
  return string.char(0x100 - 2 * first + code) .. table.concat(bytes)
end

local function decode_string(text, at)
  local last = at + 1
  while text:sub(last, last) ~= '"' do
    last = last + (text:sub(last, last) == "\\" and 2 or 1)
  end
  local high -- the first half of a character beyond 0xffff
  local inner = text:sub(at + 1, last - 1):gsub("\\(.)(%x?%x?%x?%x?)", function(letter, hex)
    if letter ~= "u" then return (escapes[letter] or letter) .. hex end
    local code = tonumber(hex, 16)
    if code >= 0xd800 and code < 0xdc00 then
      high = code
      return ""
    elseif high then
      code, high = 0x10000 + (high - 0xd800) * 0x400 + code - 0xdc00, nil
    end
    return utf8_of(code)
  end)
  return inner, last + 1
end

function decode_value(text, at)
  local first = text:sub(at, at)
  if first == '"' then
    return decode_string(text, at)
  elseif first == "[" then
    local list = {}
    return list, decode_items(text, at + 1, "]", function(from)
      list[#list + 1], from = decode_value(text, from)
      return from
    end)
  elseif first == "{" then
    local object = {}
    return object, decode_items(text, at + 1, "}", function(from)
      local key, colon = decode_string(text, from)
      object[key], from = decode_value(text, colon + 1)
      return from
    end)
  end
  local word = assert(text:match("^[%w.+-]+", at), "this is no JSON")
  local known = { ["true"] = true, ["false"] = false }
  if known[word] ~= nil then return known[word], at + #word end
  return tonumber(word), at + #word
end

-- ---- settings, from here to there ----

local names = { version = "igd", latency = "latency_ms", ssdp_delay = "ssdp_delay_ms",
                event_interval = "event_interval_ms", max_lease = "max_lease_s",
                subscription_timeout = "subscription_timeout_s" }

--- Settings by the keys and in the units of the program; faults apart.
local function settings_of(options)
  if type(options) ~= "table" then error("settings must be a table", 3) end
  local settings = {}
  for name, value in pairs(options) do
    local key = names[name] or name
    local kind = type(value)
    local plain = kind == "string" or kind == "number" or kind == "boolean"
    if type(name) ~= "string" or not (plain or name == "faults") then
      error(tostring(name) .. ": must be a text, a number or a boolean", 3)
    end
    if key:match("_ms$") then
      if kind ~= "number" then error(name .. ": must be a number of seconds", 3) end
      value = math.floor(value * 1000 + 0.5)
    end
    settings[key] = value
  end
  local faults = settings.faults
  settings.faults = nil
  if faults ~= nil and type(faults) ~= "table" then
    error('faults must be a list of texts, such as {"AddPortMapping=718"}', 3)
  end
  return settings, faults
end

local function quote(text)
  if text:find("%z") then error("a zero byte in a text for the shell", 0) end
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function command_line(settings, faults)
  local words = {}
  for key, value in pairs(settings) do
    local option = "--" .. key:gsub("_ms$", ""):gsub("_s$", ""):gsub("_", "-")
    if type(value) ~= "boolean" then
      words[#words + 1] = quote(option .. "=" .. (type(value) == "number" and number_text(value) or value))
    elseif value then -- a flag is off without it
      words[#words + 1] = quote(option)
    end
  end
  for _, fault in ipairs(faults or {}) do words[#words + 1] = quote("--fault=" .. fault) end
  return table.concat(words, " ")
end

-- ---- the process ----

local function exists(path)
  local file = io.open(path, "rb")
  return file and file:close()
end

local function find_program()
  local named = os.getenv("NATUPNP_SIMULATOR")
  if named and named ~= "" then return named end
  local folder = debug.getinfo(1, "S").source:match("^@(.*)/") or "."
  local built = folder .. "/../../bin/natupnp-gateway"
  return exists(built) and built or "natupnp-gateway"
end

--- The answers come through a named pipe, since io.popen goes one way only. The shell holds it
--- open, so that nobody waits to open it, and removes it as soon as both sides have. When the
--- program has ended it says so there, and swallows what is still sent: a write never fails.
local SCRIPT = [[
trap '' INT
exec 3<>%s
read -r _
rm -f %s
%s >&3 %s 3>&-
echo "! $?" >&3
while read -r line && [ "$line" != end ]; do :; done]]

local function open_process(command, quiet)
  local pipe = os.tmpname()
  os.remove(pipe)
  local made = os.execute("mkfifo -m 600 " .. quote(pipe))
  if made ~= true and made ~= 0 then error("no named pipe could be made at " .. pipe, 0) end
  local script = SCRIPT:format(quote(pipe), quote(pipe), command, quiet and "2>&3" or "")
  local input, problem = io.popen(script, "w")
  local output = input and io.open(pipe, "r")
  if not output then
    os.remove(pipe)
    error("the shell cannot be started: " .. tostring(problem), 0)
  end
  input:write("\n")
  input:flush()
  return input, output
end

function Gateway:_send(line)
  self._input:write(line, "\n")
  self._input:flush()
end

--- The next answer; nil, and what the program said, when it has ended instead.
function Gateway:_answer()
  local said = {}
  for line in self._output:lines() do
    if line:find("^[{%[]") then return (decode_value(line, 1)) end
    local code = line:match("^! (%d+)$")
    if code then
      self._ended = ("it ended with code %s: %s"):format(code, table.concat(said, "\n"))
      return nil, self._ended
    end
    said[#said + 1] = line
  end
  self._ended = "its shell has ended"
  return nil, self._ended
end

function Gateway:_ask(request, body)
  if not self._input then error("the simulated gateway is closed", 3) end
  self:_send(request .. " " .. (body or ""))
  local answer, problem = self:_answer()
  if not answer then
    self:close()
    error("the simulated gateway does not answer: " .. problem, 3)
  end
  if answer.error then error(answer.error, 3) end
  return answer
end

--- End it. Nothing happens when it was ended already.
function Gateway:close()
  if not self._input then return end
  self:_send("quit")
  while not self._ended do self:_answer() end
  self:_send("end")
  self._input:close() -- waits for the end of the shell
  self._output:close()
  self._input, self._output = nil, nil
end

Gateway.__close = Gateway.close

function Gateway:__tostring()
  return ("simulated gateway %s%s"):format(self.location, self._input and "" or " (closed)")
end

-- ---- what it is told ----

--- Change settings while it runs; `faults` replaces all faults. The keys are those of
--- simulated_gateway(); nothing is changed when one of them is refused.
---@param settings table
function Gateway:set(settings)
  local body, faults = settings_of(settings)
  if body.quiet ~= nil then error("quiet: is given at the start only", 2) end
  if faults then
    body.faults = {}
    for _, fault in ipairs(faults) do
      local action, what = tostring(fault):match("^([^=]*)=?(.*)$")
      body.faults[action] = body.faults[action] or {}
      table.insert(body.faults[action], what)
    end
  end
  self:_ask("POST /set", encode(body))
end

--- Put an entry into the table, whatever is there: the rules for actions do not apply.
---@param entry table  the fields of natupnp.testing.Entry; external_port and protocol are required
function Gateway:put(entry)
  local body = {}
  for key, value in pairs(entry) do body[key == "lease" and "lease_s" or key] = value end
  self:_ask("POST /table", encode { add = body })
end

--- Take an entry out of the table.
---@param external_port integer
---@param protocol string
---@param remote_host string|nil
function Gateway:take(external_port, protocol, remote_host)
  local key = { external_port = external_port, protocol = protocol, remote_host = remote_host }
  self:_ask("POST /table", encode { remove = key })
end

--- Take every entry out of the table.
function Gateway:empty()
  self:_ask("POST /table", "[]")
end

--- Put the clock of leases and of the uptime forward.
---@param seconds number
function Gateway:advance(seconds)
  self:_ask("POST /advance", encode { seconds = seconds })
end

--- Forget which requests there were.
function Gateway:clear()
  self:_ask("POST /clear-counters")
end

-- ---- what it tells ----

--- The entries of its table, in the order in which they were made.
---@return natupnp.testing.Entry[]
function Gateway:table()
  local entries = self:_ask("GET /table")
  for _, entry in ipairs(entries) do entry.lease, entry.lease_s = entry.lease_s, nil end
  return entries
end

--- The last 1000 HTTP requests that it had, the oldest first.
---@return natupnp.testing.Request[]
function Gateway:requests()
  return self:_ask("GET /log")
end

--- How often an action, or "description", was asked for.
---@param action string
---@return integer
function Gateway:asked(action)
  return self:_ask("GET /state").actions[action] or 0
end

--- Start a gateway. It runs until close(), at the longest as long as this process.
---
---@param options table|nil  `version` of the InternetGatewayDevice, 1 or 2; `faults`, a list of what
---  goes wrong, each "ACTION=WHAT" or, for the first COUNT times only, "ACTION=WHAT:COUNT"; `latency`,
---  seconds before each reply; `quiet`, false to show each request on standard error; and any other
---  setting of the manual of natupnp-gateway by its key; `ssdp_delay`, `max_lease`, `event_interval` and
---  `subscription_timeout` in seconds
---@return natupnp.testing.Gateway
function testing.simulated_gateway(options)
  local settings, faults = settings_of(options or {})
  if settings.quiet == nil then settings.quiet = true end
  settings.control_stdin = true
  local program = find_program()
  local command = quote(program) .. " " .. command_line(settings, faults)
  local input, output = open_process(command, settings.quiet)
  local self = setmetatable({ _input = input, _output = output }, Gateway)
  local ready, problem = self:_answer()
  if not ready then
    self:close()
    error(("%s: %s"):format(program, problem), 2)
  end
  self.location, self.control_url, self.pid = ready.location, ready.control_url, ready.pid
  return self
end

return testing
