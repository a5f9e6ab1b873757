/* SPDX-License-Identifier: MIT */
#include "notify_socket.h"

#include "datagram.h"
#include "ssdp_socket.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void on_ready(void *arg, bool readable, bool writable)
{
    nat__notify_socket *s = arg;
    (void)readable, (void)writable;
    nat__datagram d;
    for (int i = 0; i < NAT__DATAGRAM_BURST && nat__datagram_receive(&d, s->fd, 0); i++) {
        if (d.kind != NAT__DATAGRAM_CAME)
            continue;
        nat__str text = {d.bytes, d.length};
        nat__datagram_trace(s->log, NATUPNP_TRACE_RECEIVED, d.peer, d.port, text);
        s->handler.on_datagram(s->handler.arg, d.peer, d.index, text);
    }
}

static struct in_addr group(void)
{
    nat__ip ip;
    nat__ip_parse(&ip, nat__str_of(NAT__SSDP_GROUP));
    return nat__ip_to_v4(ip, NAT__SSDP_PORT).sin_addr;
}

static bool set_option(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value) == 0;
}

/*
 * Bound to the group, for bound to any address it would take unicast datagrams
 * that are meant for another program on this port. The port is shared both
 * ways that such programs know.
 */
static natupnp_status set_up(int fd)
{
    struct sockaddr_in local = {
        .sin_family = AF_INET, .sin_port = htons(NAT__SSDP_PORT), .sin_addr = group()};
    if (!set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) ||
        !set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1) ||
        !set_option(fd, IPPROTO_IP, IP_MULTICAST_ALL, 0) ||
        !set_option(fd, IPPROTO_IP, IP_PKTINFO, 1))
        return NATUPNP_E_SYSTEM;
    natupnp_status status = nat__notify_filter_set(fd, NULL, 0);
    if (status == NATUPNP_OK && bind(fd, (struct sockaddr *)&local, sizeof local) != 0)
        status = NATUPNP_E_SYSTEM;
    return status;
}

natupnp_status nat__notify_socket_open(nat__notify_socket *s, nat__loop *loop, nat__log *log,
                                       nat__notify_handler handler)
{
    *s = (nat__notify_socket){.loop = loop, .log = log, .handler = handler};
    s->watch.on_ready = on_ready;
    s->watch.arg = s;
    errno = 0;
    s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    natupnp_status status = s->fd >= 0 ? set_up(s->fd) : NATUPNP_E_SYSTEM;
    int reason = errno;
    if (status == NATUPNP_OK)
        status = nat__watch_set(loop, &s->watch, s->fd, true, false);
    if (status == NATUPNP_OK)
        return NATUPNP_OK;
    nat__log_line(log, NATUPNP_LOG_INFO, "cannot hear what devices announce: %s",
                  reason == EADDRINUSE ? "another program has port 1900 for itself"
                                       : "the system does not allow it");
    nat__notify_socket_close(s);
    return status;
}

void nat__notify_socket_close(nat__notify_socket *s)
{
    if (s->fd < 0)
        return;
    nat__watch_clear(s->loop, &s->watch);
    close(s->fd);
    s->fd = -1;
    s->joined_count = 0;
}

/* ---- interfaces ---- */

static bool is_usable(const nat__netif *netif, const char *only)
{
    return netif->multicast && !netif->loopback && !netif->point_to_point &&
           (!only || strcmp(only, netif->name) == 0);
}

static bool is_joined(const nat__notify_socket *s, unsigned index)
{
    for (size_t i = 0; i < s->joined_count; i++)
        if (s->joined[i] == index)
            return true;
    return false;
}

static bool change_membership(nat__notify_socket *s, int option, unsigned index)
{
    struct ip_mreqn request = {.imr_multiaddr = group(), .imr_ifindex = (int)index};
    return setsockopt(s->fd, IPPROTO_IP, option, &request, sizeof request) == 0;
}

static void leave_others(nat__notify_socket *s, const nat__net *net, const char *only)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->joined_count; i++) {
        bool usable = false;
        for (size_t j = 0; j < net->interface_count; j++)
            usable = usable || (net->interfaces[j].index == s->joined[i] &&
                                is_usable(&net->interfaces[j], only));
        if (usable)
            s->joined[kept++] = s->joined[i];
        else
            change_membership(s, IP_DROP_MEMBERSHIP, s->joined[i]);
    }
    s->joined_count = kept;
}

size_t nat__notify_socket_join(nat__notify_socket *s, const nat__net *net, const char *only)
{
    if (s->fd < 0)
        return 0;
    leave_others(s, net, only);
    for (size_t i = 0; i < net->interface_count; i++) {
        const nat__netif *netif = &net->interfaces[i];
        if (!is_usable(netif, only) || is_joined(s, netif->index))
            continue;
        if (s->joined_count < NAT__NOTIFY_JOINS_MAX &&
            change_membership(s, IP_ADD_MEMBERSHIP, netif->index))
            s->joined[s->joined_count++] = netif->index;
        else
            nat__log_line(s->log, NATUPNP_LOG_INFO, "cannot hear what devices announce on %s",
                          netif->name);
    }
    return s->joined_count;
}

natupnp_status nat__notify_socket_limit(nat__notify_socket *s, const nat__ip *sources, size_t count)
{
    if (s->fd < 0)
        return NATUPNP_E_SYSTEM;
    if (count == 0 && !s->filtered)
        return NATUPNP_OK;
    natupnp_status status = nat__notify_filter_set(s->fd, sources, count);
    if (status == NATUPNP_OK)
        s->filtered = count > 0;
    return status;
}
