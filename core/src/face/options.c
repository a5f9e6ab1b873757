/* SPDX-License-Identifier: MIT */
/* How options are judged and taken over. */
#include "face.h"

#include <net/if.h>
#include <stdlib.h>
#include <string.h>

bool nat__options_copy(void *to, size_t to_size, const void *from)
{
    size_t size;
    memcpy(&size, from, sizeof size); /* the first member of each of them */
    if (size < sizeof size)
        return false;
    const unsigned char *bytes = from;
    for (size_t i = to_size; i < size; i++)
        if (bytes[i] != 0)
            return false;
    memcpy(to, from, size < to_size ? size : to_size);
    return true;
}

static natupnp_status copy_text(char **out, const char *text)
{
    *out = text ? strdup(text) : NULL;
    return text && !*out ? NATUPNP_E_NOMEM : NATUPNP_OK;
}

const char nat__options_timeout_problem[] = "the timeout must be at most a day";

/* What is wrong with texts that need no reading, and numbers; NULL for nothing. */
static const char *plain_problem(const natupnp_client_options *o)
{
    if (o->timeout_ms > NAT__TIMEOUT_MAX_MS)
        return nat__options_timeout_problem;
    if (o->budget_ms > NAT__TIMEOUT_MAX_MS)
        return "the budget of the search must be at most a day";
    if (o->interface && (o->interface[0] == '\0' || strlen(o->interface) >= IF_NAMESIZE))
        return "the interface must be the name of a network interface, such as eth0";
    if (o->cache_dir && o->cache_dir[0] == '\0')
        return "the cache must be a directory, not an empty name";
    return NULL;
}

/* Reads what has to be read; a problem is set for NATUPNP_E_INVAL. */
static natupnp_status read_addresses(nat__url *gateway, nat__ip *trust_host, const char **problem,
                                     const natupnp_client_options *o)
{
    natupnp_status status = NATUPNP_OK;
    *problem = NULL;
    if (o->trust_host &&
        (!nat__ip_parse(trust_host, nat__str_of(o->trust_host)) || trust_host->family != 4)) {
        *problem = "the host to trust must be a numeric IPv4 address, such as 192.168.1.1";
        return NATUPNP_E_INVAL;
    }
    if (o->gateway)
        status = nat__url_parse(gateway, nat__str_of(o->gateway));
    if (status == NATUPNP_OK && o->gateway && gateway->host.family != 4)
        status = NATUPNP_E_INVAL;
    if (status == NATUPNP_E_INVAL)
        *problem = "the gateway must be the http URL of its description, with a numeric IPv4 host, "
                   "such as http://192.168.1.1:5000/rootDesc.xml";
    return status;
}

const char *natupnp_client_options_problem(const natupnp_client_options *options)
{
    natupnp_client_options known = NATUPNP_CLIENT_OPTIONS_INIT;
    if (options && !nat__options_copy(&known, sizeof known, options))
        return "an option is set that this version of the library does not know";
    const char *problem = plain_problem(&known);
    if (problem)
        return problem;
    nat__url gateway = {0};
    nat__ip trust_host;
    read_addresses(&gateway, &trust_host, &problem, &known);
    nat__url_free(&gateway);
    return problem;
}

natupnp_status nat__options_apply(natupnp_client *client, const natupnp_client_options *o)
{
    const char *problem = plain_problem(o);
    if (problem)
        return NATUPNP_E_INVAL;
    client->timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : NAT__TIMEOUT_MS;
    client->budget_ms = o->budget_ms > 0 ? o->budget_ms : NAT__BUDGET_MS;
    client->on_done = o->on_done;
    client->on_done_arg = o->on_done_arg;
    client->log.on_log = o->on_log;
    client->log.on_log_arg = o->on_log_arg;
    client->log.on_trace = o->on_trace;
    client->log.on_trace_arg = o->on_trace_arg;
    natupnp_status status = read_addresses(&client->gateway_url, &client->trust_host, &problem, o);
    if (status == NATUPNP_OK)
        status = copy_text(&client->interface, o->interface);
    if (status == NATUPNP_OK)
        status = copy_text(&client->cache_dir, o->cache_dir);
    return status;
}
