-- SPDX-License-Identifier: MIT
-- A gateway, and how it is read from the core.
local core = require "natupnp.core"
local errors = require "natupnp.errors"
local record = require "natupnp.record"

local function uptime(handle)
  local seconds = core.gateway_uptime_s(handle)
  return seconds >= 0 and seconds or nil
end

local function external_error(handle)
  return errors.of_external(core.gateway_external_status(handle), core.gateway_external_detail(handle),
    core.gateway_external_fault(handle), core.gateway_external_hresult(handle))
end

--- A gateway as it was known at one moment: a snapshot that never changes. Fields are nil where the
--- gateway did not say, or was not asked. Two are equal when all their fields are.
---@class natupnp.Gateway
---@field name string?                   the friendly name, as shown to people
---@field manufacturer string?
---@field model_name string?
---@field model_number string?
---@field udn string?                    the unique device name; not unique on every device
---@field location string?               the URL of the device description
---@field control_url string?            the URL that actions are sent to
---@field presentation_url string?       the page where a person can set the gateway up
---@field service_type string?           such as "urn:schemas-upnp-org:service:WANIPConnection:1"
---@field local_address string?          the address of this host that reaches the gateway
---@field interface string?              where the answer came in; nil when the URL was given
---@field chosen boolean                 whether this is the gateway that the client uses
---@field external_ip string?            the external (WAN) address
---@field external_error natupnp.Error?  why it is not known, when it was asked for
---@field connection_status string?      such as "Connected"
---@field last_connection_error string?  such as "ERROR_NONE"
---@field uptime integer?                the seconds that the connection has been up
local Gateway, new = record.class("natupnp.Gateway", {
  { "name", core.gateway_name },
  { "manufacturer", core.gateway_manufacturer },
  { "model_name", core.gateway_model_name },
  { "model_number", core.gateway_model_number },
  { "udn", core.gateway_udn },
  { "location", core.gateway_location },
  { "control_url", core.gateway_control_url },
  { "presentation_url", core.gateway_presentation_url },
  { "service_type", core.gateway_service_type },
  { "local_address", core.gateway_local_address },
  { "interface", core.gateway_interface },
  { "chosen", core.gateway_chosen },
  { "external_ip", core.gateway_external_ip },
  { "external_error", external_error },
  { "connection_status", core.gateway_connection_status },
  { "last_connection_error", core.gateway_last_connection_error },
  { "uptime", uptime },
})

function Gateway:__tostring()
  return ("%s (%s)"):format(self.name or "a gateway", self.location or "no location")
end

local gateway = record.reader(new, core.op_gateway, core.op_gateway_count, core.op_gateway_at)

--- One that the client tells of by itself.
gateway.told = new

return gateway
