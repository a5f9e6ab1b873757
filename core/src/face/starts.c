/* SPDX-License-Identifier: MIT */
/* How verbs start: arguments are judged here, before anything is sent. */
#include "../meaning/verbs.h"
#include "face.h"

#include <natupnp/gateway.h>
#include <natupnp/static.h>
#include <stdlib.h>
#include <string.h>

/* miniupnpd gives garbage back for longer ones. */
enum { DESCRIPTION_MAX = 63 };

/* ---- judging ---- */

static natupnp_status check_port(natupnp_client *client, const char *what, int32_t port,
                                 int32_t least)
{
    if (port >= least && port <= 65535)
        return NATUPNP_OK;
    return nat__client_refuse(client, NATUPNP_E_INVAL,
                              "the %s port is %ld; it must be %ld to 65535", what, (long)port,
                              (long)least);
}

static natupnp_status check_protocol(natupnp_client *client, natupnp_protocol protocol)
{
    if (natupnp_protocol_name(protocol))
        return NATUPNP_OK;
    return nat__client_refuse(client, NATUPNP_E_INVAL,
                              "the protocol must be TCP or UDP, in capitals");
}

static natupnp_status check_description(natupnp_client *client, const char *text)
{
    if (!text)
        return NATUPNP_OK;
    size_t length = strlen(text);
    if (length > DESCRIPTION_MAX)
        return nat__client_refuse(
            client, NATUPNP_E_INVAL,
            "the description has %zu bytes; %d are the most that gateways keep", length,
            DESCRIPTION_MAX);
    if (!nat__str_is_clean(nat__str_of(text)))
        return nat__client_refuse(
            client, NATUPNP_E_INVAL,
            "the description must be UTF-8 without control characters such as line ends");
    return NATUPNP_OK;
}

static natupnp_status check_internal_client(natupnp_client *client, const char *text)
{
    nat__ip ip;
    if (!text)
        return NATUPNP_OK;
    if (!nat__ip_parse(&ip, nat__str_of(text)) || ip.family != 4)
        return nat__client_refuse(
            client, NATUPNP_E_INVAL,
            "the internal client must be a numeric IPv4 address, such as 192.168.1.10");
    if (nat__ip_is_special(ip) && ip.bytes[0] != 127)
        return nat__client_refuse(client, NATUPNP_E_INVAL,
                                  "%s cannot be an internal client: it is no single host", text);
    return NATUPNP_OK;
}

/* ---- starting ---- */

/* Makes the operation once the arguments are good; fill gets its work to fill in. */
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

static natupnp_status start_simple(natupnp_op **out, natupnp_client *client, const nat__verb *verb)
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
    return start_simple(out, client, &nat__verb_gateway_discover);
}

natupnp_status natupnp_gateway_list(natupnp_op **out, natupnp_client *client)
{
    return start_simple(out, client, &nat__verb_gateway_list);
}

natupnp_status natupnp_gateway_query(natupnp_op **out, natupnp_client *client)
{
    return start_simple(out, client, &nat__verb_gateway_query);
}

natupnp_status natupnp_static_list(natupnp_op **out, natupnp_client *client)
{
    return start_simple(out, client, &nat__verb_static_list);
}

natupnp_status natupnp_static_count(natupnp_op **out, natupnp_client *client)
{
    return start_simple(out, client, &nat__verb_static_count);
}

static natupnp_status start_keyed(natupnp_op **out, natupnp_client *client, const nat__verb *verb,
                                  int32_t external_port, natupnp_protocol protocol, bool writes)
{
    natupnp_status status = begin(out, client);
    if (status != NATUPNP_OK)
        return status;
    status = check_port(client, "external", external_port, 1);
    if (status == NATUPNP_OK)
        status = check_protocol(client, protocol);
    if (status == NATUPNP_OK)
        status = make(out, client, verb);
    if (status == NATUPNP_OK) {
        nat__key_work *work = (*out)->work;
        work->key = (nat__mapping_values){.remote_host = "",
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

natupnp_status natupnp_static_get(natupnp_op **out, natupnp_client *client, int32_t external_port,
                                  natupnp_protocol protocol)
{
    return start_keyed(out, client, &nat__verb_static_get, external_port, protocol, false);
}

natupnp_status natupnp_static_remove(natupnp_op **out, natupnp_client *client,
                                     int32_t external_port, natupnp_protocol protocol)
{
    return start_keyed(out, client, &nat__verb_static_remove, external_port, protocol, true);
}

/* ---- add ---- */

static natupnp_status check_add(natupnp_client *client, const natupnp_static_add_request *r)
{
    natupnp_status status = check_port(client, "external", r->external_port, 0);
    if (status == NATUPNP_OK)
        status = check_port(client, "internal", r->internal_port, 0);
    if (status == NATUPNP_OK)
        status = check_protocol(client, r->protocol);
    if (status == NATUPNP_OK && r->external_port == 0 && r->internal_port == 0)
        status = nat__client_refuse(client, NATUPNP_E_INVAL,
                                    "any free external port needs the internal port to be given");
    if (status == NATUPNP_OK)
        status = check_internal_client(client, r->internal_client);
    if (status == NATUPNP_OK)
        status = check_description(client, r->description);
    return status;
}

static bool fill_add(nat__add_work *work, const natupnp_static_add_request *r)
{
    work->port = (uint16_t)r->external_port;
    work->any_port = r->any_port;
    work->wish.protocol = r->protocol;
    work->wish.internal_port = (uint16_t)(r->internal_port ? r->internal_port : r->external_port);
    work->wish.enabled = !r->disabled;
    work->description = strdup(r->description ? r->description : "natupnp");
    work->client = r->internal_client ? strdup(r->internal_client) : NULL;
    return work->description && (work->client || !r->internal_client);
}

natupnp_status natupnp_static_add(natupnp_op **out, natupnp_client *client,
                                  const natupnp_static_add_request *request)
{
    natupnp_static_add_request r = NATUPNP_STATIC_ADD_REQUEST_INIT;
    natupnp_status status = begin(out, client);
    if (status != NATUPNP_OK)
        return status;
    if (!request || !nat__options_copy(&r, sizeof r, request))
        status = nat__client_refuse(client, NATUPNP_E_INVAL,
                                    "the request is missing, or holds fields that this version of "
                                    "the library does not know");
    if (status == NATUPNP_OK)
        status = check_add(client, &r);
    if (status == NATUPNP_OK)
        status = make(out, client, &nat__verb_static_add);
    if (status == NATUPNP_OK && !fill_add((*out)->work, &r))
        status = drop(out, client);
    if (status == NATUPNP_OK) {
        /* All that look for a free port of a protocol wait for each other. */
        uint16_t key = r.any_port ? 0 : (uint16_t)r.external_port;
        nat__op_set_key(*out, key, r.protocol);
        status = start(client, *out);
    }
    nat__client_leave(client);
    return status;
}

/* ---- edit ---- */

static natupnp_status check_edit(natupnp_client *client, const natupnp_edit_request *r)
{
    natupnp_status status = check_port(client, "internal", r->internal_port, 0);
    if (status == NATUPNP_OK && (unsigned)r->enabled > NATUPNP_SWITCH_OFF)
        status = nat__client_refuse(client, NATUPNP_E_INVAL,
                                    "enabled is %d; it must be a natupnp_switch", (int)r->enabled);
    if (status == NATUPNP_OK)
        status = check_internal_client(client, r->internal_client);
    if (status == NATUPNP_OK)
        status = check_description(client, r->description);
    return status;
}

static bool fill_edit(natupnp_op *op, const natupnp_mapping *mapping, const natupnp_edit_request *r)
{
    nat__edit_work *work = op->work;
    work->key = (nat__mapping_values){.remote_host = "",
                                      .gateway = "",
                                      .external_port = mapping->values.external_port,
                                      .protocol = mapping->values.protocol};
    work->internal_port = (uint16_t)r->internal_port;
    work->enabled = r->enabled;
    work->client = r->internal_client ? strdup(r->internal_client) : NULL;
    work->description = r->description ? strdup(r->description) : NULL;
    op->pinned = strdup(mapping->values.gateway);
    return op->pinned && (work->client || !r->internal_client) &&
           (work->description || !r->description);
}

natupnp_status natupnp_static_edit(natupnp_op **out, natupnp_client *client,
                                   const natupnp_mapping *mapping,
                                   const natupnp_edit_request *request)
{
    natupnp_edit_request r = NATUPNP_EDIT_REQUEST_INIT;
    natupnp_status status = begin(out, client);
    if (status != NATUPNP_OK)
        return status;
    if (!mapping)
        status = nat__client_refuse(client, NATUPNP_E_INVAL, "there is no mapping to edit");
    else if (!nat__mapping_is_wildcard(&mapping->values))
        status =
            nat__client_refuse(client, NATUPNP_E_INVAL,
                               "a mapping for one remote host is not in the static collection");
    else if (!request || !nat__options_copy(&r, sizeof r, request))
        status = nat__client_refuse(client, NATUPNP_E_INVAL,
                                    "the request is missing, or holds fields that this version of "
                                    "the library does not know");
    if (status == NATUPNP_OK)
        status = check_edit(client, &r);
    if (status == NATUPNP_OK)
        status = make(out, client, &nat__verb_static_edit);
    if (status == NATUPNP_OK && !fill_edit(*out, mapping, &r))
        status = drop(out, client);
    if (status == NATUPNP_OK) {
        nat__op_set_key(*out, mapping->values.external_port, mapping->values.protocol);
        status = start(client, *out);
    }
    nat__client_leave(client);
    return status;
}
