/* SPDX-License-Identifier: MIT */
/* The dynamic collection's verbs. */
#include "starts.h"

enum { LEASE_S = 3600 }; /* where none is said */

static uint32_t lease_or_default(uint32_t lease_s)
{
    return lease_s > 0 ? lease_s : LEASE_S;
}

natupnp_status natupnp_dynamic_list(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_dynamic_list);
}

natupnp_status natupnp_dynamic_count(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_dynamic_count);
}

natupnp_status natupnp_dynamic_get(natupnp_op **out, natupnp_client *client,
                                   const char *remote_host, int32_t external_port,
                                   natupnp_protocol protocol)
{
    return nat__start_keyed(out, client, &nat__verb_dynamic_get, remote_host, external_port,
                            protocol, false);
}

natupnp_status natupnp_dynamic_remove(natupnp_op **out, natupnp_client *client,
                                      const char *remote_host, int32_t external_port,
                                      natupnp_protocol protocol)
{
    return nat__start_keyed(out, client, &nat__verb_dynamic_remove, remote_host, external_port,
                            protocol, true);
}

natupnp_status natupnp_dynamic_add(natupnp_op **out, natupnp_client *client,
                                   const natupnp_dynamic_add_request *request)
{
    natupnp_dynamic_add_request r = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    natupnp_status status = nat__start_begin(out, client, &r, sizeof r, request);
    if (status != NATUPNP_OK)
        return status;
    r.lease_s = lease_or_default(r.lease_s);
    return nat__start_add(out, client, &nat__verb_add, &r);
}

natupnp_status natupnp_dynamic_edit(natupnp_op **out, natupnp_client *client,
                                    const natupnp_mapping *mapping,
                                    const natupnp_edit_request *request)
{
    natupnp_edit_request r = NATUPNP_EDIT_REQUEST_INIT;
    natupnp_status status = nat__start_begin(out, client, &r, sizeof r, request);
    if (status != NATUPNP_OK)
        return status;
    return nat__start_edit(out, client, &nat__verb_dynamic_edit, mapping, &r, 0);
}

natupnp_status natupnp_dynamic_renew(natupnp_op **out, natupnp_client *client,
                                     const natupnp_mapping *mapping, uint32_t lease_s)
{
    natupnp_edit_request nothing = NATUPNP_EDIT_REQUEST_INIT;
    natupnp_edit_request r = nothing;
    natupnp_status status = nat__start_begin(out, client, &r, sizeof r, &nothing);
    if (status != NATUPNP_OK)
        return status;
    return nat__start_edit(out, client, &nat__verb_dynamic_renew, mapping, &r,
                           lease_or_default(lease_s));
}
