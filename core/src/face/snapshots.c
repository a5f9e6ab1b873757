/* SPDX-License-Identifier: MIT */
/* The getters of mappings and gateways. */
#include "../meaning/op.h"

#include <stdlib.h>
#include <string.h>

natupnp_status natupnp_mapping_dup(natupnp_mapping **out, const natupnp_mapping *mapping)
{
    if (!out)
        return NATUPNP_E_INVAL;
    *out = NULL;
    if (!mapping)
        return NATUPNP_E_INVAL;
    *out = nat__mapping_new(&mapping->values);
    if (!*out)
        return NATUPNP_E_NOMEM;
    (*out)->external = mapping->external;
    return NATUPNP_OK;
}

void natupnp_mapping_free(natupnp_mapping *mapping)
{
    free(mapping);
}

const char *natupnp_mapping_external_ip(const natupnp_mapping *mapping)
{
    return mapping && mapping->external.ip[0] != '\0' ? mapping->external.ip : NULL;
}

natupnp_status natupnp_mapping_external_status(const natupnp_mapping *mapping)
{
    return mapping ? nat__external_status(&mapping->external) : NATUPNP_E_INVAL;
}

int natupnp_mapping_external_fault(const natupnp_mapping *mapping)
{
    return mapping ? mapping->external.fault : 0;
}

int32_t natupnp_mapping_external_hresult(const natupnp_mapping *mapping)
{
    return nat__op_hresult(NAT__VERB_OTHER, natupnp_mapping_external_status(mapping),
                           natupnp_mapping_external_fault(mapping));
}

const char *natupnp_mapping_external_detail(const natupnp_mapping *mapping)
{
    return mapping ? nat__external_reason(&mapping->external) : "";
}

uint16_t natupnp_mapping_external_port(const natupnp_mapping *mapping)
{
    return mapping ? mapping->values.external_port : 0;
}

uint16_t natupnp_mapping_internal_port(const natupnp_mapping *mapping)
{
    return mapping ? mapping->values.internal_port : 0;
}

natupnp_protocol natupnp_mapping_protocol(const natupnp_mapping *mapping)
{
    return mapping ? mapping->values.protocol : (natupnp_protocol)0;
}

const char *natupnp_mapping_internal_client(const natupnp_mapping *mapping)
{
    return mapping ? mapping->values.internal_client : NULL;
}

bool natupnp_mapping_enabled(const natupnp_mapping *mapping)
{
    return mapping && mapping->values.enabled;
}

const char *natupnp_mapping_description(const natupnp_mapping *mapping)
{
    return mapping ? mapping->values.description : NULL;
}

const char *natupnp_mapping_remote_host(const natupnp_mapping *mapping)
{
    if (!mapping)
        return NULL;
    return nat__mapping_is_wildcard(&mapping->values) ? "" : mapping->values.remote_host;
}

uint32_t natupnp_mapping_lease_s(const natupnp_mapping *mapping)
{
    return mapping ? mapping->values.lease_s : 0;
}

natupnp_status natupnp_gateway_dup(natupnp_gateway **out, const natupnp_gateway *gateway)
{
    if (!out)
        return NATUPNP_E_INVAL;
    *out = NULL;
    if (!gateway)
        return NATUPNP_E_INVAL;
    *out = nat__gateway_snapshot_copy(gateway);
    return *out ? NATUPNP_OK : NATUPNP_E_NOMEM;
}

void natupnp_gateway_free(natupnp_gateway *gateway)
{
    nat__gateway_snapshot_free(gateway);
}

#define GATEWAY_TEXT(function, which)                                                              \
    const char *natupnp_gateway_##function(const natupnp_gateway *gateway)                         \
    {                                                                                              \
        return gateway ? gateway->texts[NAT__GATEWAY_##which] : NULL;                              \
    }

GATEWAY_TEXT(name, NAME)
GATEWAY_TEXT(manufacturer, MANUFACTURER)
GATEWAY_TEXT(model_name, MODEL_NAME)
GATEWAY_TEXT(model_number, MODEL_NUMBER)
GATEWAY_TEXT(udn, UDN)
GATEWAY_TEXT(location, LOCATION)
GATEWAY_TEXT(control_url, CONTROL_URL)
GATEWAY_TEXT(presentation_url, PRESENTATION_URL)
GATEWAY_TEXT(service_type, SERVICE_TYPE)
GATEWAY_TEXT(local_address, LOCAL_ADDRESS)
GATEWAY_TEXT(interface, INTERFACE)
GATEWAY_TEXT(connection_status, CONNECTION_STATUS)
GATEWAY_TEXT(last_connection_error, LAST_CONNECTION_ERROR)

const char *natupnp_gateway_external_ip(const natupnp_gateway *gateway)
{
    return gateway && gateway->external.ip[0] != '\0' ? gateway->external.ip : NULL;
}

natupnp_status natupnp_gateway_external_status(const natupnp_gateway *gateway)
{
    return gateway ? nat__external_status(&gateway->external) : NATUPNP_E_INVAL;
}

int natupnp_gateway_external_fault(const natupnp_gateway *gateway)
{
    return gateway ? gateway->external.fault : 0;
}

int32_t natupnp_gateway_external_hresult(const natupnp_gateway *gateway)
{
    return nat__op_hresult(NAT__VERB_OTHER, natupnp_gateway_external_status(gateway),
                           natupnp_gateway_external_fault(gateway));
}

const char *natupnp_gateway_external_detail(const natupnp_gateway *gateway)
{
    if (!gateway)
        return "";
    const char *detail = gateway->texts[NAT__GATEWAY_EXTERNAL_DETAIL];
    return detail ? detail : nat__external_reason(&gateway->external);
}

bool natupnp_gateway_chosen(const natupnp_gateway *gateway)
{
    return gateway && gateway->chosen;
}

int64_t natupnp_gateway_uptime_s(const natupnp_gateway *gateway)
{
    return gateway ? gateway->uptime_s : -1;
}
