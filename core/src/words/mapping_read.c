/* SPDX-License-Identifier: MIT */
#include "mapping.h"
#include "xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The words of the UPnP boolean and what devices write instead; missing counts as on. */
static bool read_bool(const char *text)
{
    nat__str word = nat__str_trim(nat__str_of(text));
    return !(nat__str_equal(word, "0") || nat__str_equal_nocase(word, "false") ||
             nat__str_equal_nocase(word, "no"));
}

static bool read_port(uint16_t *out, const char *text)
{
    uint64_t number;
    if (!nat__str_number(nat__str_of(text), 65535, &number) || number == 0)
        return false;
    *out = (uint16_t)number;
    return true;
}

static bool read_protocol(natupnp_protocol *out, const char *text)
{
    nat__str word = nat__str_trim(nat__str_of(text));
    if (nat__str_equal_nocase(word, "TCP"))
        *out = NATUPNP_PROTOCOL_TCP;
    else if (nat__str_equal_nocase(word, "UDP"))
        *out = NATUPNP_PROTOCOL_UDP;
    else
        return false;
    return true;
}

/* Longer than any host name; a longer description is no description. */
enum { TEXT_MAX = 255 };

static const char *clean_text(const char *text)
{
    bool good = text && strlen(text) <= TEXT_MAX && nat__str_is_clean(nat__str_of(text));
    return good ? text : "";
}

/* Turns the texts of one entry into values; see nat__mapping_read(). */
static bool convert(nat__mapping_values *out,
                    const char *(*get)(const void *from, const char *name), const void *from,
                    bool key_known)
{
    if (!key_known) {
        out->remote_host = clean_text(get(from, "NewRemoteHost"));
        if (!read_port(&out->external_port, get(from, "NewExternalPort")) ||
            !read_protocol(&out->protocol, get(from, "NewProtocol")))
            return false;
    }
    uint64_t lease = 0;
    const char *lease_text = get(from, "NewLeaseDuration");
    if (lease_text && !nat__str_number(nat__str_of(lease_text), UINT32_MAX, &lease))
        lease = 0;
    out->lease_s = (uint32_t)lease;
    out->enabled = read_bool(get(from, "NewEnabled"));
    out->description = clean_text(get(from, "NewPortMappingDescription"));
    out->internal_client = clean_text(get(from, "NewInternalClient"));
    return out->internal_client[0] != '\0' &&
           read_port(&out->internal_port, get(from, "NewInternalPort"));
}

static const char *get_argument(const void *from, const char *name)
{
    return nat__soap_value(from, name);
}

bool nat__mapping_read(nat__mapping_values *out, const nat__soap_reply *reply, bool key_known)
{
    if (!key_known)
        out->remote_host = "";
    out->gateway = "";
    return convert(out, get_argument, reply, key_known);
}

/* The elements of one PortMappingEntry, in the order that convert() does not care about. */
static const char *const entry_names[] = {
    "NewRemoteHost",   "NewExternalPort",   "NewProtocol",
    "NewInternalPort", "NewInternalClient", "NewEnabled",
    "NewDescription",  "NewLeaseTime",      NULL,
};
enum { ENTRY_NAMES = sizeof entry_names / sizeof entry_names[0] - 1 };

typedef struct list_parser {
    nat__mappings *out;
    size_t before; /* entries that were there already */
    bool full;     /* and whether some were left out of them */
    size_t *seen;
    const char *gateway;
    bool root_seen;
    char *texts[ENTRY_NAMES];
} list_parser;

static void forget_entry(list_parser *p)
{
    for (size_t i = 0; i < ENTRY_NAMES; i++) {
        free(p->texts[i]);
        p->texts[i] = NULL;
    }
}

/* The schema's own names for two of the arguments. */
static const char *get_element(const void *from, const char *name)
{
    const list_parser *p = from;
    if (strcmp(name, "NewPortMappingDescription") == 0)
        name = "NewDescription";
    else if (strcmp(name, "NewLeaseDuration") == 0)
        name = "NewLeaseTime";
    for (size_t i = 0; i < ENTRY_NAMES; i++)
        if (strcmp(name, entry_names[i]) == 0)
            return p->texts[i];
    return NULL;
}

static bool on_start(void *arg, const char *name, unsigned depth)
{
    list_parser *p = arg;
    if (depth == 1 && strcasecmp(name, "PortMappingList") == 0)
        p->root_seen = true;
    if (depth == 2)
        forget_entry(p);
    return true;
}

static bool on_end(void *arg, const char *name, unsigned depth, nat__str text)
{
    list_parser *p = arg;
    for (size_t i = 0; depth == 3 && i < ENTRY_NAMES; i++)
        if (strcasecmp(name, entry_names[i]) == 0 && !p->texts[i]) {
            p->texts[i] = nat__str_dup(text);
            return p->texts[i] != NULL;
        }
    if (depth != 2 || strcasecmp(name, "PortMappingEntry") != 0)
        return true;
    ++*p->seen;
    nat__mapping_values values = {.remote_host = "", .gateway = p->gateway};
    return !convert(&values, get_element, p, false) || nat__mappings_add(p->out, &values);
}

static void restart(void *arg)
{
    list_parser *p = arg;
    forget_entry(p);
    nat__mappings_cut(p->out, p->before);
    p->out->full = p->full;
    *p->seen = 0;
    p->root_seen = false;
}

natupnp_status nat__mapping_parse_list(nat__mappings *out, size_t *seen, nat__str document,
                                       const char *gateway)
{
    list_parser p = {
        .out = out, .before = out->count, .full = out->full, .seen = seen, .gateway = gateway};
    *seen = 0;
    nat__xml_handler handler = {&p, on_start, on_end};
    nat__xml_result result = nat__xml_read(document, &handler, restart);
    forget_entry(&p);
    if (result == NAT__XML_OK && p.root_seen)
        return NATUPNP_OK;
    restart(&p);
    return result == NAT__XML_NOMEM ? NATUPNP_E_NOMEM : NATUPNP_E_BAD_REPLY;
}
