/* SPDX-License-Identifier: MIT */
#include "script.h"

#include <math.h>

#include "handle.h"

#define HANDLE(TYPE)                                                                               \
    static void TYPE##_drop(void *object)                                                          \
    {                                                                                              \
        TYPE##_free(object);                                                                       \
    }                                                                                              \
    const natupnp_script_kind TYPE##_handle = {#TYPE, TYPE##_drop};

HANDLE(natupnp_client)
HANDLE(natupnp_op)
HANDLE(natupnp_mapping)
HANDLE(natupnp_gateway)
HANDLE(natupnp_event)
HANDLE(natupnp_kept)

static natupnp_client_options options_of(const char *gateway, const char *interface,
                                         uint32_t timeout, uint32_t budget, const char *trust_host,
                                         const char *cache)
{
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    options.gateway = gateway;
    options.interface = interface;
    options.timeout_ms = timeout;
    options.budget_ms = budget;
    options.trust_host = trust_host;
    options.cache_dir = cache;
    return options;
}

natupnp_status natupnp_script_client_new(natupnp_client **out, const char *gateway,
                                         const char *interface, uint32_t timeout, uint32_t budget,
                                         const char *trust_host, const char *cache)
{
    natupnp_client_options options =
        options_of(gateway, interface, timeout, budget, trust_host, cache);
    return natupnp_client_new(out, &options);
}

const char *natupnp_script_client_problem(const char *gateway, const char *interface,
                                          uint32_t timeout, uint32_t budget, const char *trust_host,
                                          const char *cache)
{
    natupnp_client_options options =
        options_of(gateway, interface, timeout, budget, trust_host, cache);
    return natupnp_client_options_problem(&options);
}

natupnp_status natupnp_script_client_set_timeout(natupnp_client *client, uint32_t timeout)
{
    return natupnp_client_set_timeout_ms(client, timeout);
}

natupnp_status natupnp_script_static_add(natupnp_op **out, natupnp_client *client,
                                         int32_t external_port, natupnp_protocol protocol,
                                         int32_t internal_port, const char *internal_client,
                                         bool enabled, const char *description, bool any_port,
                                         bool keep)
{
    natupnp_static_add_request request = NATUPNP_STATIC_ADD_REQUEST_INIT;
    request.external_port = external_port;
    request.protocol = protocol;
    request.internal_port = internal_port;
    request.internal_client = internal_client;
    request.disabled = !enabled;
    request.description = description;
    request.any_port = any_port;
    request.keep = keep;
    return natupnp_static_add(out, client, &request);
}

natupnp_status natupnp_script_dynamic_add(natupnp_op **out, natupnp_client *client,
                                          const char *remote_host, int32_t external_port,
                                          natupnp_protocol protocol, int32_t internal_port,
                                          const char *internal_client, bool enabled,
                                          const char *description, uint32_t lease, bool any_port,
                                          bool keep)
{
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    request.remote_host = remote_host;
    request.external_port = external_port;
    request.protocol = protocol;
    request.internal_port = internal_port;
    request.internal_client = internal_client;
    request.disabled = !enabled;
    request.description = description;
    request.lease_s = lease;
    request.any_port = any_port;
    request.keep = keep;
    return natupnp_dynamic_add(out, client, &request);
}

static natupnp_edit_request edit_of(int32_t internal_port, const char *internal_client,
                                    natupnp_switch enabled, const char *description)
{
    natupnp_edit_request request = NATUPNP_EDIT_REQUEST_INIT;
    request.internal_port = internal_port;
    request.internal_client = internal_client;
    request.enabled = enabled;
    request.description = description;
    return request;
}

natupnp_status natupnp_script_static_edit(natupnp_op **out, natupnp_client *client,
                                          const natupnp_mapping *mapping, int32_t new_internal_port,
                                          const char *internal_client, natupnp_switch enabled,
                                          const char *description)
{
    natupnp_edit_request request =
        edit_of(new_internal_port, internal_client, enabled, description);
    return natupnp_static_edit(out, client, mapping, &request);
}

natupnp_status natupnp_script_dynamic_edit(natupnp_op **out, natupnp_client *client,
                                           const natupnp_mapping *mapping,
                                           int32_t new_internal_port, const char *internal_client,
                                           natupnp_switch enabled, const char *description)
{
    natupnp_edit_request request =
        edit_of(new_internal_port, internal_client, enabled, description);
    return natupnp_dynamic_edit(out, client, mapping, &request);
}

natupnp_status natupnp_script_dynamic_renew(natupnp_op **out, natupnp_client *client,
                                            const natupnp_mapping *mapping, uint32_t lease)
{
    return natupnp_dynamic_renew(out, client, mapping, lease);
}

static natupnp_status copy_mapping(natupnp_mapping **out, const natupnp_mapping *mapping)
{
    *out = NULL;
    return mapping ? natupnp_mapping_dup(out, mapping) : NATUPNP_OK;
}

natupnp_status natupnp_script_op_mapping(natupnp_mapping **out, const natupnp_op *op)
{
    return copy_mapping(out, natupnp_op_mapping(op));
}

natupnp_status natupnp_script_op_mapping_at(natupnp_mapping **out, const natupnp_op *op,
                                            size_t index)
{
    return copy_mapping(out, natupnp_op_mapping_at(op, index));
}

static natupnp_status copy_gateway(natupnp_gateway **out, const natupnp_gateway *gateway)
{
    *out = NULL;
    return gateway ? natupnp_gateway_dup(out, gateway) : NATUPNP_OK;
}

natupnp_status natupnp_script_op_gateway(natupnp_gateway **out, const natupnp_op *op)
{
    return copy_gateway(out, natupnp_op_gateway(op));
}

natupnp_status natupnp_script_op_gateway_at(natupnp_gateway **out, const natupnp_op *op,
                                            size_t index)
{
    return copy_gateway(out, natupnp_op_gateway_at(op, index));
}

natupnp_status natupnp_script_client_next_event(natupnp_event **out, natupnp_client *client)
{
    *out = natupnp_client_next_event(client);
    return NATUPNP_OK;
}

natupnp_status natupnp_script_event_mapping(natupnp_mapping **out, const natupnp_event *event)
{
    return copy_mapping(out, natupnp_event_mapping(event));
}

natupnp_status natupnp_script_event_gateway(natupnp_gateway **out, const natupnp_event *event)
{
    return copy_gateway(out, natupnp_event_gateway(event));
}

natupnp_status natupnp_script_kept_mapping(natupnp_mapping **out, const natupnp_kept *kept)
{
    return copy_mapping(out, natupnp_kept_mapping(kept));
}

uint64_t natupnp_script_client_next_done(natupnp_client *client)
{
    return natupnp_op_id(natupnp_client_next_done(client));
}

void natupnp_script_client_free(natupnp_client *freed)
{
    natupnp_client_free(freed);
}

void natupnp_script_op_free(natupnp_op *freed)
{
    natupnp_op_free(freed);
}

bool natupnp_script_seconds(uint32_t *milliseconds, double seconds)
{
    if (!(seconds > 0))
        return false;
    double rounded = ceil(seconds * 1000);
    *milliseconds = rounded < UINT32_MAX ? (uint32_t)rounded : UINT32_MAX;
    return true;
}
