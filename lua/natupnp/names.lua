-- SPDX-License-Identifier: MIT
-- Names of hosts: the core takes numeric IPv4 addresses only, because it never waits for a resolver.
local core = require "natupnp.core"

local names = {}

-- Letters, digits, dots, hyphens and underscores, a letter among them: the same rule as in Python.
local function is_name(host)
  return type(host) == "string" and host:find("^[%w_.-]+$") and host:find("%a")
end

--- The address of a host that is given by name. What is no name is given back, for the core to judge.
---@param host any
---@param callback function?  of a verb that must not wait, as a resolver would let it
---@return any address, string? problem
function names.address(host, callback)
  if not is_name(host) then return host end
  if callback then
    return nil, ("the host '%s' is a name, and a verb that calls back does not wait for its address: "
      .. "write a numeric IPv4 address"):format(host)
  end
  local address, reason = core.resolve(host)
  if address then return address end
  return nil, ("the host '%s' is not known (%s): write a numeric IPv4 address or a name that has one")
    :format(host, reason)
end

--- The same for the host in a URL; one with more than a name and a port there is for the core to judge.
---@return any url, string? problem
function names.url(url)
  if type(url) ~= "string" then return url end
  local scheme, authority, rest = url:match("^([Hh][Tt][Tt][Pp]://)([^/@]*)(.*)$")
  local host, port = (authority or ""):match("^([^:]*)(.*)$")
  if not is_name(host) or rest:find("^@") then return url end
  local address, problem = names.address(host)
  if not address then return nil, problem end
  return scheme .. address .. port .. rest
end

return names
