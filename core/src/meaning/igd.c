/* SPDX-License-Identifier: MIT */
/*
 * The verbs of the protocol table on WANIPConnection and WANPPPConnection,
 * versions 1 and 2, with the ways round what devices are known to do wrong.
 */
#include "igd.h"

#include "../ground/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The longest lease that IGD:2 allows; asked for where a permanent one is refused. */
enum { WEEK_S = 604800 };

/* The error codes of WANIPConnection:2, section 2.5, that decide something. */
enum {
    INVALID_ACTION = 401,
    INVALID_ARGS = 402,
    ACTION_FAILED = 501,
    NOT_IMPLEMENTED = 602,
    NOT_AUTHORIZED = 606,
    NO_SUCH_ENTRY = 714,
    CONFLICT = 718,
    SAME_PORTS = 724,
    ONLY_PERMANENT = 725,
    REMOTE_HOST_ONLY_WILDCARD = 726,
    EXTERNAL_PORT_ONLY_WILDCARD = 727,
    NO_PORT_MAPS = 728,
    MECHANISM_CONFLICT = 729
};

bool nat__igd_send(natupnp_op *op, const char *name, const nat__soap_arg *args, size_t count,
                   nat__action_flags flags, nat__action_done *done, nat__next *next,
                   const void *subject, uint64_t number)
{
    nat__action_params params = {
        .http = op->client->http,
        .url = &op->gateway->control,
        .service_type = nat__gateway_service_type(op->gateway),
        .name = name,
        .args = args,
        .arg_count = count,
        .flags = flags,
        .done = done,
        .owner = op,
        .next = (void (*)(void))next,
        .subject = subject,
        .number = number,
    };
    natupnp_status status = nat__action_start(&op->actions, &params);
    if (status != NATUPNP_OK)
        nat__op_finish(op, status, 0, NULL);
    return status == NATUPNP_OK;
}

nat__result nat__igd_result(const nat__answer *answer)
{
    return (nat__result){.status = answer->status,
                         .fault = answer->fault,
                         .maybe_done = answer->maybe_done,
                         .detail = answer->detail};
}

bool nat__igd_lost(const nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    if (op->main_done)
        return false; /* what matters has been answered */
    if (answer->maybe_done && action->flags == NAT__ACTION_ONCE)
        return false; /* beginning anew would do it twice */
    bool gone = (answer->status == NATUPNP_E_NETWORK && !answer->connected) ||
                (answer->status == NATUPNP_E_HTTP && answer->http_code == 404);
    /* What the cache says may be another device by now: only a mapping verb's own answer counts. */
    bool doubtful = op->gateway->tentative &&
                    (answer->status == NATUPNP_E_HTTP || answer->status == NATUPNP_E_BAD_REPLY ||
                     answer->status == NATUPNP_E_NETWORK || answer->fault == INVALID_ACTION);
    if (!gone && !doubtful)
        return false;
    /* Another operation found a better control URL meanwhile. */
    if (!nat__url_equal(&action->url, &op->gateway->control))
        return nat__op_begin_anew(op);
    return nat__op_rediscover(op);
}

void nat__igd_next(const nat__action *action, const nat__result *result)
{
    ((nat__next *)action->next)(action->owner, result);
}

/* ---- AddPortMapping and AddAnyPortMapping ---- */

static uint32_t lease_for(const nat__gateway *gateway, uint32_t lease_s)
{
    if (gateway->only_permanent_leases)
        return 0;
    return gateway->no_permanent_leases && lease_s == 0 ? WEEK_S : lease_s;
}

static natupnp_status status_of_map_fault(int fault)
{
    switch (fault) {
    case CONFLICT:
    case MECHANISM_CONFLICT:
        return NATUPNP_E_CONFLICT;
    case NOT_AUTHORIZED:
        return NATUPNP_E_NOT_PERMITTED;
    case NO_PORT_MAPS:
        return NATUPNP_E_FULL;
    case SAME_PORTS:
    case REMOTE_HOST_ONLY_WILDCARD:
    case EXTERNAL_PORT_ONLY_WILDCARD:
        return NATUPNP_E_UNSUPPORTED;
    default:
        return NATUPNP_E_FAULT;
    }
}

/* What a mapping request noted in its action's number. */
enum { NOTE_ANY = 1, NOTE_SECOND_LEASE = 2 };

static void send_map(natupnp_op *op, const nat__mapping_values *wish, nat__next *next,
                     uint32_t lease_s, size_t notes);

/*
 * The other kind of lease, where a fault may mean that this one is refused:
 * 725 from gateways with permanent leases only (MikroTik), 402 for the same
 * (ARRIS NVG578LX) or for a lease of 0, or of more than a week, where a week is the most.
 */
static bool other_lease(const nat__answer *answer, uint32_t sent_s, uint32_t *out)
{
    if (answer->status != NATUPNP_E_FAULT)
        return false;
    if (answer->fault == ONLY_PERMANENT && sent_s != 0) {
        *out = 0;
        return true;
    }
    *out = sent_s == 0 || sent_s > WEEK_S ? WEEK_S : 0;
    return answer->fault == INVALID_ARGS;
}

static void on_map(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    const nat__mapping_values *wish = action->subject;
    size_t notes = (size_t)(action->number & 3);
    uint32_t lease_s = (uint32_t)(action->number >> 2), lease_2;
    if (nat__igd_lost(action, answer))
        return;
    if (!(notes & NOTE_SECOND_LEASE) && other_lease(answer, lease_s, &lease_2)) {
        send_map(op, wish, (nat__next *)action->next, lease_2, notes | NOTE_SECOND_LEASE);
        return;
    }
    nat__result result = nat__igd_result(answer);
    op->maybe_applied = op->maybe_applied || nat__is_unclear(&result);
    nat__mapping_values made = *wish;
    if (answer->status == NATUPNP_OK) {
        op->wrote = true;
        if (notes & NOTE_SECOND_LEASE) {
            op->gateway->only_permanent_leases = lease_s == 0;
            op->gateway->no_permanent_leases = lease_s != 0 && wish->lease_s == 0;
        }
        made.lease_s = lease_s;
        uint64_t port;
        const char *reserved = nat__soap_value(answer->values, "NewReservedPort");
        if (!(notes & NOTE_ANY))
            result.mapping = &made;
        else if (nat__str_number(nat__str_of(reserved), 65535, &port) && port > 0) {
            made.external_port = (uint16_t)port;
            result.mapping = &made;
        } else
            result.status = NATUPNP_E_BAD_REPLY;
    } else if (answer->status == NATUPNP_E_FAULT) {
        result.status = status_of_map_fault(answer->fault);
    }
    nat__igd_next(action, &result);
}

static void send_map(natupnp_op *op, const nat__mapping_values *wish, nat__next *next,
                     uint32_t lease_s, size_t notes)
{
    char external[8], internal[8], lease[16];
    snprintf(external, sizeof external, "%u", (unsigned)wish->external_port);
    snprintf(internal, sizeof internal, "%u", (unsigned)wish->internal_port);
    snprintf(lease, sizeof lease, "%u", (unsigned)lease_s);
    /* In the order of the standard: devices answer 402 to another one. */
    const nat__soap_arg args[] = {
        {"NewRemoteHost", wish->remote_host},
        {"NewExternalPort", external},
        {"NewProtocol", natupnp_protocol_name(wish->protocol)},
        {"NewInternalPort", internal},
        {"NewInternalClient", wish->internal_client},
        {"NewEnabled", wish->enabled ? "1" : "0"},
        {"NewPortMappingDescription", wish->description},
        {"NewLeaseDuration", lease},
    };
    bool any = notes & NOTE_ANY;
    nat__igd_send(op, any ? "AddAnyPortMapping" : "AddPortMapping", args,
                  sizeof args / sizeof args[0], any ? NAT__ACTION_ONCE : NAT__ACTION_WRITES, on_map,
                  next, wish, (uint64_t)lease_s << 2 | notes);
}

static void igd_map(natupnp_op *op, const nat__mapping_values *wish, nat__next *next)
{
    send_map(op, wish, next, lease_for(op->gateway, wish->lease_s), 0);
}

static void igd_map_any(natupnp_op *op, const nat__mapping_values *wish, nat__next *next)
{
    unsigned version = nat__service_version(nat__gateway_service_type(op->gateway));
    if (version < 2 || op->gateway->no_map_any) {
        nat__result none = {.status = NATUPNP_E_UNSUPPORTED};
        next(op, &none);
        return;
    }
    send_map(op, wish, next, lease_for(op->gateway, wish->lease_s), NOTE_ANY);
}

/* ---- GetSpecificPortMappingEntry and DeletePortMapping ---- */

static void send_key(natupnp_op *op, const char *name, const nat__mapping_values *key,
                     nat__action_flags flags, nat__action_done *done, nat__next *next)
{
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)key->external_port);
    const nat__soap_arg args[] = {
        {"NewRemoteHost", key->remote_host},
        {"NewExternalPort", port},
        {"NewProtocol", natupnp_protocol_name(key->protocol)},
    };
    nat__igd_send(op, name, args, 3, flags, done, next, key, 0);
}

static natupnp_status status_of_key_fault(int fault)
{
    if (fault == NO_SUCH_ENTRY)
        return NATUPNP_E_NOT_FOUND;
    return fault == NOT_AUTHORIZED ? NATUPNP_E_NOT_PERMITTED : NATUPNP_E_FAULT;
}

static void on_lookup(nat__action *action, const nat__answer *answer)
{
    const nat__mapping_values *key = action->subject;
    if (nat__igd_lost(action, answer))
        return;
    nat__result result = nat__igd_result(answer);
    /* The key is the one asked for, whatever the reply says of it (Open.NAT saw other ports). */
    nat__mapping_values found = *key;
    if (answer->status == NATUPNP_E_FAULT && answer->fault == INVALID_ARGS)
        result.status = NATUPNP_E_NOT_FOUND; /* DD-WRT's word for it */
    else if (answer->status == NATUPNP_E_FAULT)
        result.status = status_of_key_fault(answer->fault);
    else if (answer->status == NATUPNP_OK && nat__mapping_read(&found, answer->values, true))
        result.mapping = &found;
    else if (answer->status == NATUPNP_OK)
        result.status = NATUPNP_E_BAD_REPLY;
    nat__igd_next(action, &result);
}

static void igd_lookup(natupnp_op *op, const nat__mapping_values *key, nat__next *next)
{
    send_key(op, "GetSpecificPortMappingEntry", key, NAT__ACTION_READS, on_lookup, next);
}

static void on_unmap(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    if (nat__igd_lost(action, answer))
        return;
    nat__result result = nat__igd_result(answer);
    op->maybe_applied = op->maybe_applied || nat__is_unclear(&result);
    if (answer->status == NATUPNP_E_FAULT)
        result.status = status_of_key_fault(answer->fault);
    else if (answer->status == NATUPNP_OK)
        op->wrote = true;
    nat__igd_next(action, &result);
}

static void igd_unmap(natupnp_op *op, const nat__mapping_values *key, nat__next *next)
{
    send_key(op, "DeletePortMapping", key, NAT__ACTION_ONCE, on_unmap, next);
}

/* ---- GetExternalIPAddress and GetStatusInfo ---- */

/* A gateway's answer that is no address, in its own words; NULL without memory. */
static char *senseless(const char *text)
{
    enum { QUOTED_MAX = 60 };
    char *quoted = NULL, *line = NULL;
    if (!text)
        return strdup("the gateway's reply holds no external address");
    quoted = nat__str_dup_clean(nat__str_of(text), QUOTED_MAX);
    if (!quoted ||
        asprintf(&line, "the gateway gave an external address that makes no sense: \"%s\"",
                 quoted) < 0)
        line = NULL;
    free(quoted);
    return line;
}

/* Why there was no answer that could be used; NULL without memory. */
static char *unanswered(const nat__answer *answer)
{
    char *line = NULL;
    const char *text = natupnp_status_text(answer->status);
    int length = -1;
    if (answer->status == NATUPNP_E_FAULT)
        length = asprintf(&line, "asking for the external address: %s (UPnP error %d%s%s)", text,
                          answer->fault, answer->detail ? ": " : "",
                          answer->detail ? answer->detail : "");
    else if (answer->status == NATUPNP_E_HTTP)
        length = asprintf(&line, "asking for the external address: %s (HTTP %ld)", text,
                          answer->http_code);
    else
        length = asprintf(&line, "asking for the external address: %s%s%s%s", text,
                          answer->detail ? " (" : "", answer->detail ? answer->detail : "",
                          answer->detail ? ")" : "");
    return length < 0 ? NULL : line;
}

nat__external nat__igd_read_external(const nat__answer *answer, char **detail)
{
    nat__external external = {.status = answer->status, .fault = answer->fault};
    nat__ip ip;
    *detail = NULL;
    if (answer->status != NATUPNP_OK) {
        if (answer->fault == NOT_AUTHORIZED)
            external.status = NATUPNP_E_NOT_PERMITTED;
        *detail = unanswered(answer);
    } else {
        const char *text = nat__soap_value(answer->values, "NewExternalIPAddress");
        external.status = text ? nat__external_read(&ip, nat__str_of(text)) : NATUPNP_E_BAD_REPLY;
        if (external.status == NATUPNP_OK)
            nat__ip_text(ip, external.ip);
        else if (external.status == NATUPNP_E_BAD_REPLY)
            *detail = senseless(text);
    }
    if (*detail)
        nat__utf8_tame(*detail);
    return external;
}

static void on_external_ip(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    nat__result result = nat__igd_result(answer);
    char *detail;
    /* Beside a verb it is no evidence: small routers refuse a second connection. */
    if (!op->external_pending && nat__igd_lost(action, answer))
        return;
    nat__external external = nat__igd_read_external(answer, &detail);
    nat__wan_learn_external(&op->gateway->wan, &external, detail);
    result.status = external.status;
    nat__igd_next(action, &result);
}

static void igd_external_ip(natupnp_op *op, nat__next *next)
{
    nat__action_flags flags = op->external_pending ? NAT__ACTION_ASIDE : NAT__ACTION_READS;
    nat__igd_send(op, "GetExternalIPAddress", NULL, 0, flags, on_external_ip, next, NULL, 0);
}

/* A clean copy of an out argument; NULL when it is not there. False without memory. */
static bool copy_value(char **out, const nat__soap_reply *values, const char *name)
{
    const char *text = nat__soap_value(values, name);
    char *copy = NULL;
    if (text && text[0] != '\0' && nat__str_is_clean(nat__str_of(text)) && !(copy = strdup(text)))
        return false;
    free(*out);
    *out = copy;
    return true;
}

bool nat__igd_read_status(const nat__soap_reply *values, nat__wan_state *out)
{
    uint64_t uptime;
    out->uptime_s = -1; /* some devices write "0 Days, 01:00:00" */
    if (nat__str_number(nat__str_of(nat__soap_value(values, "NewUptime")), UINT32_MAX, &uptime))
        out->uptime_s = (int64_t)uptime;
    return copy_value(&out->status, values, "NewConnectionStatus") &&
           copy_value(&out->last_error, values, "NewLastConnectionError");
}

bool nat__igd_is_connected(const char *status)
{
    /* "Up" is what BBox says. */
    return status && (strcasecmp(status, "Connected") == 0 || strcasecmp(status, "Up") == 0);
}

static void on_status(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    if (nat__igd_lost(action, answer))
        return;
    nat__result result = nat__igd_result(answer);
    if (answer->status == NATUPNP_OK && !nat__soap_value(answer->values, "NewConnectionStatus"))
        result.status = NATUPNP_E_BAD_REPLY;
    else if (answer->status == NATUPNP_OK &&
             !nat__igd_read_status(answer->values, &op->gateway->wan))
        result.status = NATUPNP_E_NOMEM;
    nat__igd_next(action, &result);
}

static void igd_status(natupnp_op *op, nat__next *next)
{
    nat__igd_send(op, "GetStatusInfo", NULL, 0, NAT__ACTION_READS, on_status, next, NULL, 0);
}

const nat__protocol nat__protocol_igd = {
    .name = "UPnP IGD",
    .map = igd_map,
    .map_any = igd_map_any,
    .lookup = igd_lookup,
    .unmap = igd_unmap,
    .list = nat__igd_list,
    .external_ip = igd_external_ip,
    .status = igd_status,
};
