/* SPDX-License-Identifier: MIT */
#include "guard.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

struct guard {
    unsigned port;
    bool host_seen;
    const char *refusal;
};

/* "127.0.0.1", "localhost" or "[::1]", and this port or none. */
static bool is_own(const char *authority, unsigned port)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    char with_port[32];

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(with_port, sizeof with_port, "%s:%u", names[i], port);
        if (!strcasecmp(authority, names[i]) || !strcasecmp(authority, with_port))
            return true;
    }
    return false;
}

static enum MHD_Result on_header(void *data, enum MHD_ValueKind kind, const char *name,
                                 const char *value)
{
    struct guard *guard = data;

    (void)kind;
    value = value ? value : "";
    if (!strcasecmp(name, "Host")) {
        guard->host_seen = true;
        if (!is_own(value, guard->port))
            guard->refusal = "Host must be 127.0.0.1, localhost or [::1], with this port";
    } else if (!strcasecmp(name, "Origin")) {
        if (strncasecmp(value, "http://", 7) != 0 || !strchr(value + 7, ':') ||
            !is_own(value + 7, guard->port))
            guard->refusal = "a request of a page from elsewhere: Origin is not this interface";
    } else if (!strcasecmp(name, "Sec-Fetch-Site")) {
        if (strcasecmp(value, "same-origin") != 0 && strcasecmp(value, "none") != 0)
            guard->refusal = "a request of a page from elsewhere, says Sec-Fetch-Site";
    }
    return guard->refusal ? MHD_NO : MHD_YES;
}

const char *guard_refusal(struct MHD_Connection *connection, unsigned port)
{
    struct guard guard = {.port = port};

    MHD_get_connection_values(connection, MHD_HEADER_KIND, on_header, &guard);
    if (!guard.refusal && !guard.host_seen)
        return "there is no Host";
    return guard.refusal;
}
