/* SPDX-License-Identifier: MIT */
#include "arguments.h"

#include <string.h>

/* miniupnpd gives garbage back for longer ones. */
enum { DESCRIPTION_MAX = 63 };

natupnp_status nat__check_port(natupnp_client *client, const char *what, int32_t port,
                               int32_t least)
{
    if (port >= least && port <= 65535)
        return NATUPNP_OK;
    return nat__client_refuse(client, NATUPNP_E_INVAL,
                              "the %s port is %ld; it must be %ld to 65535", what, (long)port,
                              (long)least);
}

natupnp_status nat__check_protocol(natupnp_client *client, natupnp_protocol protocol)
{
    if (natupnp_protocol_name(protocol))
        return NATUPNP_OK;
    return nat__client_refuse(client, NATUPNP_E_INVAL,
                              "the protocol must be TCP or UDP, in capitals");
}

natupnp_status nat__check_description(natupnp_client *client, const char *text)
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

natupnp_status nat__check_host(natupnp_client *client, const char *what, const char *text)
{
    nat__ip ip;
    if (!text)
        return NATUPNP_OK;
    if (!nat__ip_parse(&ip, nat__str_of(text)) || ip.family != 4)
        return nat__client_refuse(client, NATUPNP_E_INVAL,
                                  "the %s must be a numeric IPv4 address, such as 192.168.1.10",
                                  what);
    if (nat__ip_is_special(ip) && ip.bytes[0] != 127)
        return nat__client_refuse(client, NATUPNP_E_INVAL,
                                  "%s cannot be %s %s: it is no single host", text,
                                  what[0] == 'i' ? "an" : "a", what);
    return NATUPNP_OK;
}
