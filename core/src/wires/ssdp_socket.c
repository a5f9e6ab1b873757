/* SPDX-License-Identifier: MIT */
#include "ssdp_socket.h"

#include "datagram.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MULTICAST_TTL = 2 };

/* Receives one message; false when there is none. */
static bool receive(nat__ssdp_socket *s, int flags)
{
    nat__datagram d;
    if (!nat__datagram_receive(&d, s->fd, flags))
        return false;
    nat__str text = {d.bytes, d.length};
    if (d.kind == NAT__DATAGRAM_REFUSED) {
        s->handler.on_refused(s->handler.arg, d.peer);
    } else if (d.kind == NAT__DATAGRAM_CAME) {
        nat__datagram_trace(s->log, NATUPNP_TRACE_RECEIVED, d.peer, d.port, text);
        s->handler.on_datagram(s->handler.arg, d.peer, d.index, text);
    }
    return true;
}

static void on_ready(void *arg, bool readable, bool writable)
{
    nat__ssdp_socket *s = arg;
    (void)readable, (void)writable;
    for (int i = 0; i < NAT__DATAGRAM_BURST && receive(s, MSG_ERRQUEUE); i++)
        ;
    for (int i = 0; i < NAT__DATAGRAM_BURST && receive(s, 0); i++)
        ;
}

static bool set_up(int fd, const nat__netif *netif)
{
    struct sockaddr_in local = nat__ip_to_v4(netif->address, 0);
    struct ip_mreqn out = {.imr_address = local.sin_addr, .imr_ifindex = (int)netif->index};
    int on = 1, ttl = MULTICAST_TTL;
    return setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) == 0 &&
           setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on) == 0 &&
           setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &out, sizeof out) == 0 &&
           setsockopt(fd, IPPROTO_IP, IP_MULTICAST_TTL, &ttl, sizeof ttl) == 0 &&
           bind(fd, (struct sockaddr *)&local, sizeof local) == 0;
}

natupnp_status nat__ssdp_socket_open(nat__ssdp_socket *s, nat__loop *loop, nat__log *log,
                                     const nat__netif *netif, nat__ssdp_handler handler)
{
    *s = (nat__ssdp_socket){.loop = loop, .log = log, .handler = handler, .fd = -1};
    s->watch.on_ready = on_ready;
    s->watch.arg = s;
    s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (s->fd < 0)
        return NATUPNP_E_SYSTEM;
    natupnp_status status = set_up(s->fd, netif)
                                ? nat__watch_set(loop, &s->watch, s->fd, true, false)
                                : NATUPNP_E_SYSTEM;
    if (status != NATUPNP_OK)
        nat__ssdp_socket_close(s);
    return status;
}

void nat__ssdp_socket_close(nat__ssdp_socket *s)
{
    if (s->fd < 0)
        return;
    nat__watch_clear(s->loop, &s->watch);
    close(s->fd);
    s->fd = -1;
}

bool nat__ssdp_socket_send(nat__ssdp_socket *s, nat__ip to, nat__str datagram)
{
    struct sockaddr_in peer = nat__ip_to_v4(to, NAT__SSDP_PORT);
    nat__datagram_trace(s->log, NATUPNP_TRACE_SENT, to, NAT__SSDP_PORT, datagram);
    ssize_t sent = sendto(s->fd, datagram.at, datagram.length, MSG_NOSIGNAL,
                          (struct sockaddr *)&peer, sizeof peer);
    if (sent < 0 &&
        errno == ECONNREFUSED) /* an earlier datagram's ICMP error; this one was not sent */
        sent = sendto(s->fd, datagram.at, datagram.length, MSG_NOSIGNAL, (struct sockaddr *)&peer,
                      sizeof peer);
    return sent == (ssize_t)datagram.length;
}
