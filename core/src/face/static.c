/* SPDX-License-Identifier: MIT */
/* The static collection's verbs. */
#include "starts.h"

natupnp_status natupnp_static_list(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_static_list);
}

natupnp_status natupnp_static_count(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_static_count);
}

natupnp_status natupnp_static_get(natupnp_op **out, natupnp_client *client, int32_t external_port,
                                  natupnp_protocol protocol)
{
    return nat__start_keyed(out, client, &nat__verb_static_get, NULL, external_port, protocol,
                            false);
}

natupnp_status natupnp_static_remove(natupnp_op **out, natupnp_client *client,
                                     int32_t external_port, natupnp_protocol protocol)
{
    return nat__start_keyed(out, client, &nat__verb_static_remove, NULL, external_port, protocol,
                            true);
}

natupnp_status natupnp_static_add(natupnp_op **out, natupnp_client *client,
                                  const natupnp_static_add_request *request)
{
    natupnp_static_add_request r = NATUPNP_STATIC_ADD_REQUEST_INIT;
    natupnp_status status = nat__start_begin(out, client, &r, sizeof r, request);
    if (status != NATUPNP_OK)
        return status;
    natupnp_dynamic_add_request any = {.external_port = r.external_port,
                                       .protocol = r.protocol,
                                       .internal_port = r.internal_port,
                                       .internal_client = r.internal_client,
                                       .description = r.description,
                                       .disabled = r.disabled,
                                       .any_port = r.any_port,
                                       .keep = r.keep};
    return nat__start_add(out, client, &nat__verb_add, &any);
}

natupnp_status natupnp_static_edit(natupnp_op **out, natupnp_client *client,
                                   const natupnp_mapping *mapping,
                                   const natupnp_edit_request *request)
{
    natupnp_edit_request r = NATUPNP_EDIT_REQUEST_INIT;
    natupnp_status status = nat__start_begin(out, client, &r, sizeof r, request);
    if (status != NATUPNP_OK)
        return status;
    return nat__start_edit(out, client, &nat__verb_static_edit, mapping, &r, 0);
}
