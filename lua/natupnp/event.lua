-- SPDX-License-Identifier: MIT
-- An event, and how it is read from the core.
local core = require "natupnp.core"
local gateway = require "natupnp.gateway"
local mapping = require "natupnp.mapping"
local record = require "natupnp.record"

---@alias natupnp.EventKind
---| "external-ip"       # the gateway has another external address, or none any more
---| "number-of-entries" # the gateway has more or fewer mappings
---| "connection-status" # the connection went up or down
---| "gateway-found"     # a gateway is in use, for the first time or after one was lost
---| "gateway-lost"      # the gateway is no longer there, or restarts
---| "mapping-lost"      # a kept mapping was found missing; it is being made again
---| "mapping-restored"  # a kept mapping is there again, perhaps changed
---| "mapping-renewed"   # a kept mapping's lease was renewed
---| "mapping-refused"   # a kept mapping cannot be had now; it is tried again

local function number_of_entries(handle)
  local number = core.event_number_of_entries(handle)
  return number >= 0 and number or nil
end

local function code(handle)
  local status = core.event_status(handle)
  return status ~= core.OK and core.status_name(status) or nil
end

--- Something that happened: a snapshot that never changes. Fields of which a kind tells nothing are
--- nil.
---@class natupnp.Event
---@field kind natupnp.EventKind
---@field external_ip string?         of "external-ip"; nil when the gateway has none
---@field number_of_entries integer?  of "number-of-entries"
---@field connection_status string?   of "connection-status", such as "Connected"
---@field gateway natupnp.Gateway?    of "gateway-found" and "gateway-lost"
---@field mapping natupnp.Mapping|natupnp.DynamicMapping|nil  of the kinds of kept mappings
---@field code natupnp.Code?          of what failed, nil when nothing did
---@field detail string               one line for people
local Event, new = record.class("natupnp.Event", {
  { "kind", core.event_what },
  { "external_ip", core.event_external_ip },
  { "number_of_entries", number_of_entries },
  { "connection_status", core.event_connection_status },
  { "gateway" },
  { "mapping" },
  { "code", code },
  { "detail", core.event_detail },
})

function Event:__tostring()
  return self.kind .. (self.detail ~= "" and ": " .. self.detail or "")
end

local event = {
  kinds = {
    ["external-ip"] = true, ["number-of-entries"] = true, ["connection-status"] = true,
    ["gateway-found"] = true, ["gateway-lost"] = true, ["mapping-lost"] = true,
    ["mapping-restored"] = true, ["mapping-renewed"] = true, ["mapping-refused"] = true,
  },
}

--- The next event of the core's queue, or nil.
---@param handle any  the core's client
---@param client natupnp.Client
---@return natupnp.Event?
function event.next(handle, client)
  local _, happened = core.client_next_event(handle)
  if not happened then return nil end
  local _, mapped = core.event_mapping(happened)
  local _, found = core.event_gateway(happened)
  return new(happened, client, {
    gateway = found and gateway.told(found, client),
    mapping = mapped and mapping.told(mapped, client),
  })
end

return event
