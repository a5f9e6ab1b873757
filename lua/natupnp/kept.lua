-- SPDX-License-Identifier: MIT
-- Kept mappings, and how they are read from a client.
local core = require "natupnp.core"
local mapping = require "natupnp.mapping"
local record = require "natupnp.record"

---@alias natupnp.KeptState
---| "held"    # the gateway has it, as far as is known
---| "missing" # it is missing, or the gateway is; it is made again as soon as that can be
---| "refused" # the gateway refuses it; it is tried again from time to time

local states = {
  [core.KEPT_HELD] = "held", [core.KEPT_MISSING] = "missing", [core.KEPT_REFUSED] = "refused",
}

local function state(handle)
  return states[core.kept_now(handle)]
end

local function code(handle)
  local status = core.kept_status(handle)
  return status ~= core.OK and core.status_name(status) or nil
end

local function next_in(handle)
  local seconds = core.kept_next_s(handle)
  return seconds >= 0 and seconds or nil
end

--- A mapping that the client keeps, as it was at one moment: a snapshot that never changes.
---@class natupnp.Kept
---@field mapping natupnp.Mapping|natupnp.DynamicMapping  the one that should be there, as it was made last
---@field state natupnp.KeptState
---@field code natupnp.Code?  of the last renewal or repair, nil when it succeeded
---@field next_in integer?    seconds until something is done for it by itself, nil when nothing is planned
local Kept, new = record.class("natupnp.Kept", {
  { "mapping" },
  { "state", state },
  { "code", code },
  { "next_in", next_in },
})

function Kept:__tostring()
  return ("%s: %s"):format(tostring(self.mapping), self.state)
end

local kept = {}

--- All of them.
---@param handle any  the core's client
---@param client natupnp.Client
---@return integer status, natupnp.Kept[]? list
function kept.all(handle, client)
  local list = {}
  for i = 1, core.client_kept_count(handle) do
    local status, held = core.client_kept_at(handle, i - 1)
    if not held then return status end
    local copied, mapped = core.kept_mapping(held)
    if not mapped then return copied end
    list[i] = new(held, client, { mapping = mapping.told(mapped, client) })
  end
  return core.OK, list
end

return kept
