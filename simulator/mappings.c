/* SPDX-License-Identifier: MIT */
/* The actions on port mappings, and the rules of WANIPConnection:1 and :2 for them. */
#include "actions.h"

#include <arpa/inet.h>
#include <string.h>

static bool parse_boolean(const char *text, bool *out)
{
    static const char *const words[] = {"0", "1", "false", "true", "no", "yes"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (!strcmp(words[i], text)) {
            *out = i % 2 != 0;
            return true;
        }
    }
    return false;
}

static bool parse_port(const struct call *call, const char *name, uint16_t *out)
{
    uint64_t number;

    if (!text_number(call_in(call, name), 65535, &number))
        return false;
    *out = (uint16_t)number;
    return true;
}

static bool parse_host(char *out, size_t room, const char *text)
{
    struct in_addr address;

    return inet_pton(AF_INET, text, &address) == 1 && text_copy(out, room, text);
}

static bool parse_key(const struct call *call, struct mapping *key)
{
    const char *host = call_in(call, "NewRemoteHost");

    memset(key, 0, sizeof *key);
    return (!*host || parse_host(key->remote_host, sizeof key->remote_host, host)) &&
           parse_port(call, "NewExternalPort", &key->external_port) &&
           protocol_parse(&key->protocol, call_in(call, "NewProtocol"));
}

static int not_authorized(const struct call *call)
{
    return call->gateway->settings.igd >= 2 ? 606 : 718;
}

static bool owned(const struct call *call, const struct mapping *mapping)
{
    return !strcmp(mapping->internal_client, call->peer);
}

/* What the gateway makes of the lease that was asked for. */
static uint32_t granted_lease(const struct settings *settings, uint32_t lease_s)
{
    bool week = settings->igd >= 2 || settings->lease_zero_week;

    if (settings->permanent_only)
        return 0;
    if (!lease_s && !week)
        return 0;
    if (!lease_s || (settings->igd >= 2 && lease_s > LEASE_WEEK_S))
        lease_s = LEASE_WEEK_S;
    if (settings->max_lease_s && lease_s > (uint32_t)settings->max_lease_s)
        lease_s = (uint32_t)settings->max_lease_s;
    return lease_s;
}

/* Everything that does not depend on the table, with the external port left out. */
static int parse_request(const struct call *call, struct mapping *mapping)
{
    const struct settings *settings = &call->gateway->settings;
    uint64_t lease_s;

    if (!parse_key(call, mapping) ||
        !parse_port(call, "NewInternalPort", &mapping->internal_port) ||
        !parse_host(mapping->internal_client, sizeof mapping->internal_client,
                    call_in(call, "NewInternalClient")) ||
        !parse_boolean(call_in(call, "NewEnabled"), &mapping->enabled) ||
        !text_copy(mapping->description, sizeof mapping->description,
                   call_in(call, "NewPortMappingDescription")) ||
        !text_number(call_in(call, "NewLeaseDuration"), UINT32_MAX, &lease_s))
        return 402;
    if (!mapping->internal_port)
        return settings->igd >= 2 ? 732 : 402;
    if (settings->secure && !owned(call, mapping))
        return not_authorized(call);
    if (settings->permanent_only && lease_s)
        return 725;
    if (settings->ignore_enabled)
        mapping->enabled = true;
    mapping_set_lease(mapping, granted_lease(settings, (uint32_t)lease_s),
                      gateway_now_ms(call->gateway));
    return 0;
}

static int check_external_port(const struct call *call, const struct mapping *mapping)
{
    const struct settings *settings = &call->gateway->settings;

    if (settings->deny.low && mapping->external_port >= settings->deny.low &&
        mapping->external_port <= settings->deny.high)
        return not_authorized(call);
    if (settings->same_ports && mapping->external_port != mapping->internal_port)
        return 724;
    return 0;
}

static int put(struct call *call, struct mapping *mapping)
{
    const struct settings *settings = &call->gateway->settings;
    struct table *table = &call->gateway->table;
    const struct mapping *old =
        table_find(table, mapping->remote_host, mapping->external_port, mapping->protocol);

    if (!old && settings->max_mappings && table->count >= (size_t)settings->max_mappings)
        return settings->igd >= 2 ? 728 : 501;
    if (old && settings->ignore_description_change)
        memcpy(mapping->description, old->description, sizeof mapping->description);
    table_put(table, mapping);
    return 0;
}

int mapping_add(struct call *call)
{
    struct mapping mapping;
    int fault = parse_request(call, &mapping);

    if (fault)
        return fault;
    if (!service_active(call->gateway, call->service))
        return 501;
    if (!mapping.external_port)
        return 716;
    fault = check_external_port(call, &mapping);
    if (fault)
        return fault;
    const struct mapping *old = table_find(&call->gateway->table, mapping.remote_host,
                                           mapping.external_port, mapping.protocol);
    if (old && strcmp(old->internal_client, mapping.internal_client) != 0)
        return 718;
    return put(call, &mapping);
}

int mapping_add_any(struct call *call)
{
    const struct settings *settings = &call->gateway->settings;
    const struct table *table = &call->gateway->table;
    struct mapping mapping;
    int fault = parse_request(call, &mapping);

    if (fault)
        return fault;
    if (!service_active(call->gateway, call->service))
        return 501;
    const struct mapping *old =
        table_find(table, mapping.remote_host, mapping.external_port, mapping.protocol);
    bool taken = old && !(settings->any_overwrites &&
                          !strcmp(old->internal_client, mapping.internal_client));
    if (!mapping.external_port || taken) {
        uint16_t first = mapping.external_port ? mapping.external_port : mapping.internal_port;
        mapping.external_port = table_free_port(table, mapping.protocol, first, settings->deny.low,
                                                settings->deny.high);
    }
    if (!mapping.external_port)
        return 728;
    fault = check_external_port(call, &mapping);
    if (!fault)
        fault = put(call, &mapping);
    if (!fault)
        call_out_number(call, "NewReservedPort", mapping.external_port);
    return fault;
}

int mapping_delete(struct call *call)
{
    const struct settings *settings = &call->gateway->settings;
    struct table *table = &call->gateway->table;
    struct mapping key;

    if (!parse_key(call, &key))
        return 402;
    if (!service_active(call->gateway, call->service))
        return 501;
    struct mapping *mapping = table_find(table, key.remote_host, key.external_port, key.protocol);
    if (!mapping)
        return settings->confirm_absent_removal ? 0 : 714;
    if (settings->secure && !owned(call, mapping))
        return 606;
    table_remove(table, (size_t)(mapping - table->list));
    return 0;
}

struct range {
    uint16_t first;
    uint16_t last;
    enum protocol protocol;
    bool all; /* other hosts' mappings too */
};

static int parse_range(const struct call *call, struct range *range)
{
    if (!parse_port(call, "NewStartPort", &range->first) ||
        !parse_port(call, "NewEndPort", &range->last) ||
        !protocol_parse(&range->protocol, call_in(call, "NewProtocol")) ||
        !parse_boolean(call_in(call, "NewManage"), &range->all))
        return 402;
    return range->first > range->last ? 733 : 0;
}

static bool in_range(const struct call *call, const struct range *range,
                     const struct mapping *mapping)
{
    return mapping->protocol == range->protocol && mapping->external_port >= range->first &&
           mapping->external_port <= range->last && (range->all || owned(call, mapping));
}

int mapping_delete_range(struct call *call)
{
    const struct settings *settings = &call->gateway->settings;
    struct table *table = &call->gateway->table;
    struct range range;
    size_t removed = 0;
    int fault = parse_range(call, &range);

    if (fault)
        return fault;
    if (!service_active(call->gateway, call->service))
        return 501;
    /* Whoever asks is not authenticated: nobody may manage others' mappings. */
    if (settings->secure && range.all)
        return 606;
    for (size_t i = table->count; i-- > 0;) {
        if (in_range(call, &range, &table->list[i])) {
            table_remove(table, i);
            removed++;
        }
    }
    return removed ? 0 : 730;
}

static void out_value(struct call *call, const struct mapping *mapping)
{
    call_out_number(call, "NewInternalPort", mapping->internal_port);
    call_out(call, "NewInternalClient", mapping->internal_client);
    call_out(call, "NewEnabled", mapping->enabled ? "1" : "0");
    call_out(call, "NewPortMappingDescription", mapping->description);
    call_out_number(call, "NewLeaseDuration",
                    mapping_lease_s(mapping, gateway_now_ms(call->gateway)));
}

int mapping_specific(struct call *call)
{
    struct mapping key;

    if (!parse_key(call, &key))
        return 402;
    const struct mapping *mapping =
        table_find(&call->gateway->table, key.remote_host, key.external_port, key.protocol);
    if (!mapping || !service_active(call->gateway, call->service))
        return 714;
    out_value(call, mapping);
    return 0;
}

int mapping_generic(struct call *call)
{
    const struct table *table = &call->gateway->table;
    uint16_t index;

    if (!parse_port(call, "NewPortMappingIndex", &index))
        return 402;
    if (index >= table->count || !service_active(call->gateway, call->service))
        return 713;
    const struct mapping *mapping = &table->list[index];
    call_out(call, "NewRemoteHost", mapping->remote_host);
    call_out_number(call, "NewExternalPort", mapping->external_port);
    call_out(call, "NewProtocol", protocol_name(mapping->protocol));
    out_value(call, mapping);
    return 0;
}

static void list_entry(struct text *list, const struct mapping *mapping, int64_t now_ms)
{
    text_add(list, "<p:PortMappingEntry><p:NewRemoteHost>");
    text_xml(list, mapping->remote_host);
    text_format(list,
                "</p:NewRemoteHost><p:NewExternalPort>%u</p:NewExternalPort>"
                "<p:NewProtocol>%s</p:NewProtocol><p:NewInternalPort>%u</p:NewInternalPort>"
                "<p:NewInternalClient>",
                mapping->external_port, protocol_name(mapping->protocol), mapping->internal_port);
    text_xml(list, mapping->internal_client);
    text_format(list,
                "</p:NewInternalClient><p:NewEnabled>%d</p:NewEnabled>"
                "<p:NewDescription>",
                mapping->enabled);
    text_xml(list, mapping->description);
    text_format(list,
                "</p:NewDescription><p:NewLeaseTime>%u</p:NewLeaseTime>"
                "</p:PortMappingEntry>",
                mapping_lease_s(mapping, now_ms));
}

int mapping_list(struct call *call)
{
    const struct table *table = &call->gateway->table;
    int64_t now_ms = gateway_now_ms(call->gateway);
    struct text list = {0};
    struct range range;
    uint16_t most;
    size_t found = 0;
    int fault = parse_range(call, &range);

    if (fault)
        return fault;
    if (!parse_port(call, "NewNumberOfPorts", &most))
        return 402;
    if (!service_active(call->gateway, call->service))
        return 730;
    text_add(&list, "<?xml version=\"1.0\"?><p:PortMappingList "
                    "xmlns:p=\"urn:schemas-upnp-org:gw:WANIPConnection\" "
                    "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
                    "xsi:schemaLocation=\"urn:schemas-upnp-org:gw:WANIPConnection "
                    "http://www.upnp.org/schemas/gw/WANIPConnection-v2.xsd\">");
    for (size_t i = 0; i < table->count && (!most || found < most); i++) {
        if (in_range(call, &range, &table->list[i])) {
            list_entry(&list, &table->list[i], now_ms);
            found++;
        }
    }
    text_add(&list, "</p:PortMappingList>");
    if (found && call->gateway->settings.escaped_list)
        call_out(call, "NewPortListing", list.data);
    else if (found) /* every > in the values is escaped: none can end the CDATA */
        text_format(&call->out, "<NewPortListing><![CDATA[%s]]></NewPortListing>", list.data);
    text_free(&list);
    return found ? 0 : 730;
}
