/* SPDX-License-Identifier: MIT */
#include "resolve.h"
#include "ports.h"
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

static bool is_loopback(struct in_addr address)
{
    return (ntohl(address.s_addr) >> 24) == IN_LOOPBACKNET;
}

/** Only a unicast address can be the end of a mapping, or a gateway. */
static bool is_host(struct in_addr address)
{
    uint32_t number = ntohl(address.s_addr);
    return (number >> 24) != 0 && !IN_MULTICAST(number) && !IN_BADCLASS(number);
}

/**
 * Find the IPv4 address of a host. One that other machines can use is
 * preferred: a host's own name often stands for 127.0.1.1 too.
 */
static bool host_resolve(struct in_addr *out, const char *host, const char *source,
                         struct fail *fail)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    struct in_addr number;
    if (inet_pton(AF_INET, host, &number) != 1 && inet_aton(host, &number) != 0) {
        /* The resolver would take 1.2.3 for 1.2.0.3, and 010.0.0.1 for 8.0.0.1. */
        return fail_usage(fail,
                          "%s: '%s' is not a whole IPv4 address: write four decimal numbers, such "
                          "as 192.168.1.20, or a name",
                          source, host);
    }
    int error = getaddrinfo(host, NULL, &hints, &found);
    if (error == EAI_MEMORY) {
        fail_set(fail, NATUPNP_E_NOMEM, "out of memory");
        return false;
    }
    if (error != 0) {
        const char *reason = error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
        return fail_usage(fail,
                          "%s: the host '%s' is not known (%s): write a numeric IPv4 address or a "
                          "name that has one",
                          source, host, reason);
    }

    bool chosen = false;
    for (const struct addrinfo *one = found; one != NULL; one = one->ai_next) {
        struct sockaddr_in socket_address;
        if (one->ai_family != AF_INET || one->ai_addrlen < sizeof(socket_address)) {
            continue;
        }
        memcpy(&socket_address, one->ai_addr, sizeof(socket_address));
        if (!chosen || (is_loopback(*out) && !is_loopback(socket_address.sin_addr))) {
            *out = socket_address.sin_addr;
            chosen = true;
        }
    }
    freeaddrinfo(found);
    if (!chosen || !is_host(*out)) {
        return fail_usage(fail, "%s: '%s' is not the IPv4 address of a host", source, host);
    }
    return true;
}

/** The parts of a URL, pointing into it. */
struct url_parts {
    const char *host;
    size_t host_length;
    const char *port;
    size_t port_length;
    const char *rest;
};

static bool url_split(struct url_parts *parts, const char *url)
{
    for (const char *at = url; *at != '\0'; at++) {
        if ((unsigned char)*at <= ' ' || *at == 0x7f) {
            return false;
        }
    }
    if (strncasecmp(url, "http://", 7) != 0) {
        return false;
    }
    parts->host = url + 7;
    size_t authority = strcspn(parts->host, "/?#");
    parts->rest = parts->host + authority;
    if (memchr(parts->host, '@', authority) != NULL) {
        return false;
    }
    const char *colon = memchr(parts->host, ':', authority);
    parts->host_length = colon != NULL ? (size_t)(colon - parts->host) : authority;
    parts->port = colon != NULL ? colon + 1 : "80";
    parts->port_length = colon != NULL ? (size_t)(parts->rest - parts->port) : 2;
    return parts->host_length > 0 && port_parse(parts->port, parts->port_length) > 0;
}

bool resolve_gateway(struct gateway_place *place, const struct options *options, struct fail *fail)
{
    *place = (struct gateway_place){NULL, false};
    if (options->gateway == NULL) {
        return true;
    }
    struct url_parts parts;
    if (!url_split(&parts, options->gateway)) {
        return fail_usage(fail,
                          "%s '%s' is not the URL of a gateway: write http://HOST:PORT/PATH, with "
                          "an IPv4 address or a name",
                          options->gateway_source, options->gateway);
    }

    char *host = strndup(parts.host, parts.host_length);
    if (host == NULL) {
        fail_set(fail, NATUPNP_E_NOMEM, "out of memory");
        return false;
    }
    struct in_addr address = {0};
    bool valid = host_resolve(&address, host, options->gateway_source, fail);
    free(host);
    if (!valid) {
        return false;
    }

    char text[INET_ADDRSTRLEN] = "";
    inet_ntop(AF_INET, &address, text, sizeof(text));
    if (asprintf(&place->url, "http://%s:%.*s%s", text, (int)parts.port_length, parts.port,
                 parts.rest[0] != '\0' ? parts.rest : "/") < 0) {
        place->url = NULL;
        fail_set(fail, NATUPNP_E_NOMEM, "out of memory");
        return false;
    }
    place->loopback = is_loopback(address);
    return true;
}

bool resolve_destination(struct destination *destination, const char *to, bool loopback_gateway,
                         struct fail *fail)
{
    *destination = (struct destination){"", 0};
    if (to == NULL) {
        return true;
    }
    const char *colon = strchr(to, ':');
    if (to[0] == '[' || (colon != NULL && strchr(colon + 1, ':') != NULL)) {
        return fail_usage(fail,
                          "--to '%s': write HOST or HOST:PORT, with an IPv4 address or a name", to);
    }
    if (colon != NULL) {
        destination->port = port_parse(colon + 1, strlen(colon + 1));
        if (destination->port < 1) {
            return fail_usage(
                fail, "--to '%s': the port after ':' is a whole number from 1 to 65535", to);
        }
    }
    if (colon == to) {
        return true;
    }
    if (colon == NULL && port_parse(to, strlen(to)) > 0) {
        return fail_usage(fail, "--to '%s': write --to :%s for that port of this host", to, to);
    }

    char *host = colon != NULL ? strndup(to, (size_t)(colon - to)) : strdup(to);
    if (host == NULL) {
        fail_set(fail, NATUPNP_E_NOMEM, "out of memory");
        return false;
    }
    struct in_addr address = {0};
    bool valid = host_resolve(&address, host, "--to", fail);
    if (valid && is_loopback(address) && !loopback_gateway) {
        valid = fail_usage(fail,
                           "--to: '%s' is a loopback address, which no gateway can reach; leave "
                           "--to out, or write --to :PORT, for this host",
                           host);
    }
    free(host);
    if (valid) {
        inet_ntop(AF_INET, &address, destination->address, sizeof(destination->address));
    }
    return valid;
}

bool resolve_remote_host(char address[INET_ADDRSTRLEN], const char *host, struct fail *fail)
{
    struct in_addr number = {0};
    address[0] = '\0';
    if (host == NULL) {
        return true;
    }
    if (!host_resolve(&number, host, "--remote-host", fail)) {
        return false;
    }
    if (is_loopback(number)) {
        return fail_usage(fail,
                          "--remote-host: '%s' is a loopback address, from which nothing reaches a "
                          "gateway: write the address of a host in the Internet",
                          host);
    }
    inet_ntop(AF_INET, &number, address, INET_ADDRSTRLEN);
    return true;
}

bool resolve_interface(const struct options *options, struct fail *fail)
{
    if (options->interface == NULL || if_nametoindex(options->interface) != 0) {
        return true;
    }

    char names[1024] = "";
    size_t used = 0;
    struct if_nameindex *all = if_nameindex();
    for (const struct if_nameindex *one = all; one != NULL && one->if_name != NULL; one++) {
        size_t room = sizeof(names) - used;
        int wrote = snprintf(names + used, room, "%s%s", used > 0 ? ", " : "", one->if_name);
        if (wrote < 0 || (size_t)wrote >= room) {
            names[used] = '\0';
            break;
        }
        used += (size_t)wrote;
    }
    if (all != NULL) {
        if_freenameindex(all);
    }
    return fail_usage(fail, "%s: there is no network interface '%s'; there are: %s",
                      options->interface_source, options->interface, used > 0 ? names : "none");
}
