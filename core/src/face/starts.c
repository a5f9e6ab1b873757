/* SPDX-License-Identifier: MIT */
/* How verbs start: arguments are judged here, before anything is sent. */
#include "starts.h"

#include <natupnp/gateway.h>
#include <stdlib.h>
#include <string.h>

/* Makes the operation once the arguments are good. */
static natupnp_status make(natupnp_op **out, natupnp_client *client, const nat__verb *verb)
{
    *out = nat__op_new(client, verb);
    return *out ? NATUPNP_OK : nat__client_refuse(client, NATUPNP_E_NOMEM, NULL);
}

static natupnp_status start(natupnp_client *client, natupnp_op *op)
{
    nat__op_start(op);
    return nat__client_refuse(client, NATUPNP_OK, NULL);
}

/* Drops an operation that was made and not started. */
static natupnp_status drop(natupnp_op **out, natupnp_client *client)
{
    nat__op_detach(*out);
    nat__op_destroy(*out);
    *out = NULL;
    return nat__client_refuse(client, NATUPNP_E_NOMEM, NULL);
}

/* Begins a public start: NULL into *out, then into the client. */
static natupnp_status begin(natupnp_op **out, natupnp_client *client)
{
    if (!out)
        return NATUPNP_E_INVAL;
    *out = NULL;
    return nat__client_enter(client);
}

natupnp_status nat__start_simple(natupnp_op **out, natupnp_client *client, const nat__verb *verb)
{
    natupnp_status status = begin(out, client);
    if (status != NATUPNP_OK)
        return status;
    status = make(out, client, verb);
    if (status == NATUPNP_OK)
        status = start(client, *out);
    nat__client_leave(client);
    return status;
}

natupnp_status natupnp_gateway_discover(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_gateway_discover);
}

natupnp_status natupnp_gateway_list(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_gateway_list);
}

natupnp_status natupnp_gateway_query(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_gateway_query);
}

natupnp_status natupnp_mapping_list(natupnp_op **out, natupnp_client *client)
{
    return nat__start_simple(out, client, &nat__verb_mapping_list);
}

/* "" and NULL stand for any remote host. */
static const char *one_host(const char *remote_host)
{
    return remote_host && remote_host[0] != '\0' ? remote_host : NULL;
}

natupnp_status nat__start_keyed(natupnp_op **out, natupnp_client *client, const nat__verb *verb,
                                const char *remote_host, int32_t external_port,
                                natupnp_protocol protocol, bool writes)
{
    natupnp_status status = begin(out, client);
    if (status != NATUPNP_OK)
        return status;
    remote_host = one_host(remote_host);
    status = nat__check_host(client, "remote host", remote_host);
    if (status == NATUPNP_OK)
        status = nat__check_port(client, "external", external_port, 1);
    if (status == NATUPNP_OK)
        status = nat__check_protocol(client, protocol);
    if (status == NATUPNP_OK)
        status = make(out, client, verb);
    if (status == NATUPNP_OK) {
        nat__key_work *work = (*out)->work;
        if (remote_host) /* a numeric address fits */
            memcpy(work->remote_host, remote_host, strlen(remote_host) + 1);
        work->key = (nat__mapping_values){.remote_host = work->remote_host,
                                          .gateway = "",
                                          .external_port = (uint16_t)external_port,
                                          .protocol = protocol};
        if (writes)
            nat__op_set_key(*out, (uint16_t)external_port, protocol);
        status = start(client, *out);
    }
    nat__client_leave(client);
    return status;
}

natupnp_status nat__start_begin(natupnp_op **out, natupnp_client *client, void *known, size_t size,
                                const void *request)
{
    natupnp_status status = begin(out, client);
    if (status != NATUPNP_OK)
        return status;
    if (request && nat__options_copy(known, size, request))
        return NATUPNP_OK;
    status = nat__client_refuse(client, NATUPNP_E_INVAL,
                                "the request is missing, or holds fields that this version of the "
                                "library does not know");
    nat__client_leave(client);
    return status;
}

/* ---- add ---- */

static natupnp_status check_add(natupnp_client *client, const natupnp_dynamic_add_request *r)
{
    natupnp_status status = nat__check_host(client, "remote host", one_host(r->remote_host));
    if (status == NATUPNP_OK)
        status = nat__check_port(client, "external", r->external_port, 0);
    if (status == NATUPNP_OK)
        status = nat__check_port(client, "internal", r->internal_port, 0);
    if (status == NATUPNP_OK)
        status = nat__check_protocol(client, r->protocol);
    if (status == NATUPNP_OK && r->external_port == 0 && r->internal_port == 0)
        status = nat__client_refuse(client, NATUPNP_E_INVAL,
                                    "any free external port needs the internal port to be given");
    if (status == NATUPNP_OK)
        status = nat__check_host(client, "internal client", r->internal_client);
    if (status == NATUPNP_OK)
        status = nat__check_description(client, r->description);
    return status;
}

static bool fill_add(nat__add_work *work, const natupnp_dynamic_add_request *r)
{
    work->port = (uint16_t)r->external_port;
    work->any_port = r->any_port;
    work->keep = r->keep;
    work->wish.protocol = r->protocol;
    work->wish.internal_port = (uint16_t)(r->internal_port ? r->internal_port : r->external_port);
    work->wish.enabled = !r->disabled;
    work->wish.lease_s = r->lease_s;
    work->remote_host = strdup(r->remote_host ? r->remote_host : "");
    work->description = strdup(r->description ? r->description : "natupnp");
    work->client = r->internal_client ? strdup(r->internal_client) : NULL;
    return work->remote_host && work->description && (work->client || !r->internal_client);
}

natupnp_status nat__start_add(natupnp_op **out, natupnp_client *client, const nat__verb *verb,
                              const natupnp_dynamic_add_request *r)
{
    natupnp_status status = check_add(client, r);
    if (status == NATUPNP_OK)
        status = make(out, client, verb);
    if (status == NATUPNP_OK && !fill_add((*out)->work, r))
        status = drop(out, client);
    if (status == NATUPNP_OK) {
        /* All that look for a free port of a protocol wait for each other. */
        uint16_t key = r->any_port ? 0 : (uint16_t)r->external_port;
        nat__op_set_key(*out, key, r->protocol);
        status = start(client, *out);
    }
    nat__client_leave(client);
    return status;
}

/* ---- edit ---- */

static natupnp_status check_edit(natupnp_client *client, const nat__verb *verb,
                                 const natupnp_mapping *mapping, const natupnp_edit_request *r)
{
    if (!mapping)
        return nat__client_refuse(client, NATUPNP_E_INVAL, "there is no mapping to edit");
    if (verb == &nat__verb_static_edit && !nat__mapping_is_wildcard(&mapping->values))
        return nat__client_refuse(client, NATUPNP_E_INVAL,
                                  "a mapping for one remote host is not in the static collection");
    natupnp_status status = nat__check_port(client, "internal", r->internal_port, 0);
    if (status == NATUPNP_OK && (unsigned)r->enabled > NATUPNP_SWITCH_OFF)
        status = nat__client_refuse(client, NATUPNP_E_INVAL,
                                    "enabled is %d; it must be a natupnp_switch", (int)r->enabled);
    if (status == NATUPNP_OK)
        status = nat__check_host(client, "internal client", r->internal_client);
    if (status == NATUPNP_OK)
        status = nat__check_description(client, r->description);
    return status;
}

static bool fill_edit(natupnp_op *op, const natupnp_mapping *mapping, const natupnp_edit_request *r,
                      uint32_t lease_s)
{
    nat__edit_work *work = op->work;
    work->remote_host = strdup(natupnp_mapping_remote_host(mapping));
    work->key = (nat__mapping_values){.remote_host = work->remote_host,
                                      .gateway = "",
                                      .external_port = mapping->values.external_port,
                                      .protocol = mapping->values.protocol};
    work->internal_port = (uint16_t)r->internal_port;
    work->enabled = r->enabled;
    work->lease_s = lease_s;
    work->client = r->internal_client ? strdup(r->internal_client) : NULL;
    work->description = r->description ? strdup(r->description) : NULL;
    op->pinned = strdup(mapping->values.gateway);
    return op->pinned && work->remote_host && (work->client || !r->internal_client) &&
           (work->description || !r->description);
}

natupnp_status nat__start_edit(natupnp_op **out, natupnp_client *client, const nat__verb *verb,
                               const natupnp_mapping *mapping, const natupnp_edit_request *r,
                               uint32_t lease_s)
{
    natupnp_status status = check_edit(client, verb, mapping, r);
    if (status == NATUPNP_OK)
        status = make(out, client, verb);
    if (status == NATUPNP_OK && !fill_edit(*out, mapping, r, lease_s))
        status = drop(out, client);
    if (status == NATUPNP_OK) {
        nat__op_set_key(*out, mapping->values.external_port, mapping->values.protocol);
        status = start(client, *out);
    }
    nat__client_leave(client);
    return status;
}
