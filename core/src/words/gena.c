/* SPDX-License-Identifier: MIT */
#include "gena.h"

#include "external.h"
#include "xml.h"

#include <string.h>
#include <strings.h>

/* ---- the body of an event ---- */

typedef struct parser {
    nat__gena_event *event;
    unsigned property;  /* depth of the open property element, 0 outside */
    bool nested;        /* the open variable holds elements: it is none that matters */
    unsigned variables; /* seen, of any name */
} parser;

static bool on_start(void *arg, const char *name, unsigned depth)
{
    parser *p = arg;
    if (p->property == 0) {
        if (strcasecmp(name, "property") == 0)
            p->property = depth;
    } else {
        p->nested = depth > p->property + 1;
    }
    return true;
}

static bool take_address(nat__gena_event *event, nat__str text)
{
    natupnp_status status = nat__external_read(&event->external_ip, text);
    event->external_ip_told = status != NATUPNP_E_BAD_REPLY;
    event->external_ip_senseless = status == NATUPNP_E_BAD_REPLY;
    return !event->external_ip_senseless;
}

static bool take_number(int64_t *field, nat__str text, uint64_t max)
{
    uint64_t number;
    bool good = nat__str_number(text, max, &number);
    *field = good ? (int64_t)number : -1;
    return good;
}

static bool take_status(nat__gena_event *event, nat__str text)
{
    event->connection_status[0] = '\0';
    if (text.length == 0 || text.length > NAT__GENA_STATUS_MAX || !nat__str_is_clean(text))
        return false;
    memcpy(event->connection_status, text.at, text.length);
    event->connection_status[text.length] = '\0';
    return true;
}

static void take_variable(nat__gena_event *event, const char *name, nat__str text, bool nested)
{
    bool good = true;
    if (nested)
        text = nat__str_of("\x01"); /* which is no value of any of them */
    if (strcasecmp(name, "ExternalIPAddress") == 0)
        good = take_address(event, text);
    else if (strcasecmp(name, "PortMappingNumberOfEntries") == 0)
        good = take_number(&event->number_of_entries, text, UINT16_MAX);
    else if (strcasecmp(name, "SystemUpdateID") == 0)
        good = take_number(&event->system_update_id, text, UINT32_MAX);
    else if (strcasecmp(name, "ConnectionStatus") == 0)
        good = take_status(event, text);
    else
        event->others++;
    event->unusable += !good;
}

static bool on_end(void *arg, const char *name, unsigned depth, nat__str text)
{
    parser *p = arg;
    if (p->property == 0)
        return true;
    if (depth == p->property) {
        p->property = 0;
    } else if (depth == p->property + 1) {
        take_variable(p->event, name, text, p->nested);
        p->variables++;
    }
    return true;
}

static void restart(void *arg)
{
    parser *p = arg;
    *p = (parser){.event = p->event};
    *p->event = (nat__gena_event){.number_of_entries = -1, .system_update_id = -1};
}

/* Some devices put comments before the XML declaration, where nothing may stand. */
static bool skip_to_declaration(nat__str *body)
{
    const char *at = nat__str_find(*body, "<?xml ");
    if (!at || at == body->at)
        return false;
    body->length -= (size_t)(at - body->at);
    body->at = at;
    return true;
}

natupnp_status nat__gena_parse_event(nat__gena_event *out, nat__str body)
{
    parser p = {.event = out};
    nat__xml_handler handler = {&p, on_start, on_end};
    restart(&p);
    if (body.length > NAT__GENA_BODY_MAX)
        return NATUPNP_E_BAD_REPLY;
    nat__xml_result result = nat__xml_read(body, &handler, restart);
    if (result == NAT__XML_MALFORMED && p.variables == 0 && skip_to_declaration(&body)) {
        restart(&p);
        result = nat__xml_read(body, &handler, restart);
    }
    out->broken = result == NAT__XML_MALFORMED;
    if ((result == NAT__XML_OK || result == NAT__XML_MALFORMED) && p.variables > 0)
        return NATUPNP_OK;
    restart(&p);
    return result == NAT__XML_NOMEM ? NATUPNP_E_NOMEM : NATUPNP_E_BAD_REPLY;
}

/* ---- headers ---- */

/* The first field of this name that says something; an empty text when there is none. */
static nat__str find(const nat__gena_header *headers, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        nat__str value = nat__str_trim(headers[i].value);
        if (value.length > 0 && nat__str_equal_nocase(nat__str_trim(headers[i].name), name))
            return value;
    }
    return (nat__str){0};
}

/* An SID goes back to the device in a header of ours, so it is plain ASCII, or none. */
static nat__str find_sid(const nat__gena_header *headers, size_t count)
{
    nat__str sid = find(headers, count, "SID");
    bool plain = sid.length <= NAT__GENA_SID_MAX;
    for (size_t i = 0; plain && i < sid.length; i++)
        plain = sid.at[i] >= ' ' && sid.at[i] <= '~';
    return plain ? sid : (nat__str){0};
}

unsigned nat__gena_parse_notify(nat__gena_notify *out, const nat__gena_header *headers,
                                size_t count)
{
    *out = (nat__gena_notify){0};
    nat__str nt = find(headers, count, "NT"), nts = find(headers, count, "NTS");
    nat__str sid = find_sid(headers, count);
    uint64_t seq;
    if (nt.length == 0 || nts.length == 0)
        return 400;
    if (!nat__str_equal_nocase(nt, "upnp:event") || !nat__str_equal_nocase(nts, "upnp:propchange"))
        return 412;
    if (sid.length == 0)
        return 412;
    if (!nat__str_number(find(headers, count, "SEQ"), UINT32_MAX, &seq))
        return 400;
    *out = (nat__gena_notify){sid, (uint32_t)seq};
    return 200;
}

uint32_t nat__gena_seq_after(uint32_t seq)
{
    return seq == UINT32_MAX ? 1 : seq + 1;
}

nat__gena_order nat__gena_judge_seq(uint32_t before, uint32_t seq)
{
    if (seq == before)
        return NAT__GENA_AGAIN;
    return seq == nat__gena_seq_after(before) ? NAT__GENA_NEXT : NAT__GENA_GAP;
}

bool nat__gena_parse_subscription(nat__gena_subscription *out, const nat__gena_header *headers,
                                  size_t count)
{
    out->sid = find_sid(headers, count);
    out->timeout_s = nat__gena_parse_timeout(find(headers, count, "TIMEOUT"));
    return out->sid.length > 0;
}

uint32_t nat__gena_parse_timeout(nat__str value)
{
    static const char unit[] = "Second-";
    uint64_t seconds;
    value = nat__str_trim(value);
    if (nat__str_starts_nocase(value, unit)) {
        value.at += sizeof unit - 1;
        value.length -= sizeof unit - 1;
    }
    if (nat__str_equal_nocase(nat__str_trim(value), "infinite"))
        return NAT__GENA_TIMEOUT_MAX_S;
    if (!nat__str_number(value, UINT64_MAX, &seconds))
        return NAT__GENA_TIMEOUT_S;
    return seconds < NAT__GENA_TIMEOUT_MIN_S   ? NAT__GENA_TIMEOUT_MIN_S
           : seconds > NAT__GENA_TIMEOUT_MAX_S ? NAT__GENA_TIMEOUT_MAX_S
                                               : (uint32_t)seconds;
}
