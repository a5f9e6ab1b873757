/* SPDX-License-Identifier: MIT */
#include "ports.h"
#include "ports_hint.h"
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_MAX = 65535, PROTOCOLS = 2 };

int32_t port_parse(const char *text, size_t length)
{
    int32_t port = 0;
    if (length == 0) {
        return -1;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return -1;
        }
        port = port * 10 + (text[i] - '0');
        if (port > PORT_MAX) {
            return -1;
        }
    }
    return port;
}

/** People may write the protocol in any case; the library takes capitals only. */
static bool protocol_parse(natupnp_protocol *out, const char *text)
{
    char capitals[4] = "";
    size_t length = strlen(text);
    if (length >= sizeof(capitals)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        bool small = text[i] >= 'a' && text[i] <= 'z';
        capitals[i] = small ? (char)(text[i] - 'a' + 'A') : text[i];
    }
    return natupnp_protocol_parse(out, capitals) == NATUPNP_OK;
}

struct port_range {
    int32_t low;
    int32_t high;
    natupnp_protocol protocol;
};

/** Say what is wrong with an argument, and how it is written when it can be seen what was meant. */
__attribute__((format(printf, 4, 5))) static bool range_wrong(const char *text,
                                                              const struct port_rules *rules,
                                                              struct fail *fail, const char *format,
                                                              ...)
{
    char why[256];
    char hint[PORTS_HINT];
    va_list args;
    va_start(args, format);
    vsnprintf(why, sizeof(why), format, args);
    va_end(args);
    if (ports_hint(hint, text, rules->leads)) {
        return fail_usage(fail, "'%s'%s; write it %s", text, why, hint);
    }
    return fail_usage(fail, "'%s'%s; write it such as 8080/tcp, 53/udp or 8000-8010/tcp", text,
                      why);
}

static bool range_parse(struct port_range *range, const char *text, const struct port_rules *rules,
                        struct fail *fail)
{
    const char *slash = strchr(text, '/');
    struct in_addr host;
    if (slash == NULL && rules->leads && inet_pton(AF_INET, text, &host) == 1) {
        return fail_usage(fail, "'%s' is a host: write it behind --to, as in 8080/tcp --to %s",
                          text, text);
    }
    if (slash == NULL) {
        return range_wrong(text, rules, fail, " does not name a port and a protocol");
    }
    const char *dash = memchr(text, '-', (size_t)(slash - text));
    const char *low_end = dash != NULL ? dash : slash;
    range->low = port_parse(text, (size_t)(low_end - text));
    range->high = dash != NULL ? port_parse(dash + 1, (size_t)(slash - dash - 1)) : range->low;
    if (range->low < 0 || range->high < 0) {
        return range_wrong(text, rules, fail, ": a port is a whole number from 1 to 65535");
    }
    if (!protocol_parse(&range->protocol, slash + 1)) {
        return range_wrong(text, rules, fail, ": the protocol is tcp or udp");
    }
    if (dash != NULL && range->low == 0) {
        return fail_usage(fail, "'%s': a range of ports begins at 1", text);
    }
    if (range->low > range->high) {
        return range_wrong(text, rules, fail, ": a range goes up");
    }
    return true;
}

static bool range_check(const struct port_range *range, const char *text,
                        const struct port_rules *rules, struct fail *fail)
{
    if (range->low == 0 && !rules->any) {
        return fail_usage(fail,
                          "'%s': port 0 means any free port, which is for 'natupnp add' with "
                          "--any; else a port is from 1 to 65535",
                          text);
    }
    if (range->low == 0 && rules->internal_port == 0) {
        return fail_usage(fail,
                          "'%s': with port 0 the gateway chooses the external port, so say which "
                          "port it leads to: add --to :PORT or --to HOST:PORT",
                          text);
    }
    if (rules->internal_port > 0 && rules->internal_port + (range->high - range->low) > PORT_MAX) {
        return fail_usage(fail,
                          "'%s': %d ports beginning at the internal port %d would pass 65535; "
                          "the last port that --to can begin at is %d",
                          text, (int)(range->high - range->low + 1), (int)rules->internal_port,
                          (int)(PORT_MAX - (range->high - range->low)));
    }
    return true;
}

/** Which ports were named already: a mapping has one key, so each may stand once. */
struct port_seen {
    bool port[PROTOCOLS][PORT_MAX + 1];
};

static bool list_append(struct port_list *list, const struct port_range *range, const char *text,
                        const struct port_rules *rules, struct port_seen *seen, struct fail *fail)
{
    size_t more = (size_t)(range->high - range->low) + 1;
    struct port_entry *grown =
        reallocarray(list->items, list->count + more, sizeof(struct port_entry));
    if (grown == NULL) {
        fail_set(fail, NATUPNP_E_NOMEM, "out of memory");
        return false;
    }
    list->items = grown;

    bool *named = seen->port[range->protocol == NATUPNP_PROTOCOL_TCP ? 0 : 1];
    for (int32_t port = range->low; port <= range->high; port++) {
        if (port != 0 && named[port]) {
            return fail_usage(fail, "'%s': port %d/%s is named twice", text, (int)port,
                              natupnp_protocol_name(range->protocol));
        }
        named[port] = true;
        list->items[list->count++] = (struct port_entry){
            .external_port = port,
            .internal_port =
                rules->internal_port == 0 ? port : rules->internal_port + (port - range->low),
            .protocol = range->protocol,
        };
    }
    return true;
}

/** Two words that only together name a port and a protocol are one word. */
static bool words_apart(const char *text, const char *next, const struct port_rules *rules,
                        struct fail *fail)
{
    char both[64];
    char hint[PORTS_HINT];
    if (next == NULL || strchr(text, '/') != NULL || strchr(next, '/') != NULL ||
        (size_t)snprintf(both, sizeof(both), "%s %s", text, next) >= sizeof(both) ||
        !ports_hint(hint, both, rules->leads) || strchr(hint, ' ') != NULL) {
        return true;
    }
    return fail_usage(fail, "'%s' is two words: write it %s", both, hint);
}

bool port_list_parse(struct port_list *list, char *const *arguments, size_t count,
                     const struct port_rules *rules, struct fail *fail)
{
    *list = (struct port_list){NULL, 0};
    struct port_seen *seen = calloc(1, sizeof(*seen));
    if (seen == NULL) {
        fail_set(fail, NATUPNP_E_NOMEM, "out of memory");
        return false;
    }

    bool valid = true;
    for (size_t i = 0; valid && i < count; i++) {
        struct port_range range = {.low = 0};
        const char *next = i + 1 < count ? arguments[i + 1] : NULL;
        valid = words_apart(arguments[i], next, rules, fail) &&
                range_parse(&range, arguments[i], rules, fail) &&
                range_check(&range, arguments[i], rules, fail) &&
                list_append(list, &range, arguments[i], rules, seen, fail);
    }
    free(seen);
    return valid;
}

void port_list_free(struct port_list *list)
{
    free(list->items);
    *list = (struct port_list){NULL, 0};
}
