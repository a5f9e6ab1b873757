/* SPDX-License-Identifier: MIT */
#include "ssdp_socket.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Datagrams read in one go: a flood must not keep the loop from its timers. */
enum { BURST_MAX = 64, DATAGRAM_MAX = 8192, MULTICAST_TTL = 2 };

/* What a message's control data say. */
typedef struct origin {
    unsigned index;
    const struct sock_extended_err *error;
} origin;

static origin read_origin(struct msghdr *message)
{
    origin o = {0};
    for (struct cmsghdr *it = CMSG_FIRSTHDR(message); it; it = CMSG_NXTHDR(message, it)) {
        if (it->cmsg_level != IPPROTO_IP)
            continue;
        if (it->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(it), sizeof info);
            o.index = (unsigned)info.ipi_ifindex;
        } else if (it->cmsg_type == IP_RECVERR) {
            o.error = (const void *)CMSG_DATA(it);
        }
    }
    return o;
}

static void trace(nat__log *log, natupnp_trace_direction direction, nat__ip peer, uint16_t port,
                  nat__str datagram)
{
    if (!log->on_trace)
        return;
    char host[NAT__IP_TEXT], text[NAT__IP_TEXT + 16];
    snprintf(text, sizeof text, "ssdp %s:%u", nat__ip_text(peer, host), (unsigned)port);
    nat__log_trace(log, direction, text, datagram.at, datagram.length);
}

/* Receives one message; false when there is none. */
static bool receive(nat__ssdp_socket *s, int flags)
{
    char data[DATAGRAM_MAX];
    union {
        struct cmsghdr align;
        char bytes[512];
    } control;
    struct sockaddr_in peer = {0};
    struct iovec part = {data, sizeof data};
    struct msghdr message = {.msg_name = &peer,
                             .msg_namelen = sizeof peer,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t length = recvmsg(s->fd, &message, flags | MSG_DONTWAIT);
    if (length < 0)
        /* An ICMP error is told here once, and then in the error queue. */
        return errno != EAGAIN && errno != EBADF && errno != ENOTSOCK && errno != ENOMEM;
    origin o = read_origin(&message);
    nat__ip host = nat__ip_from_v4(peer.sin_addr);
    if (flags & MSG_ERRQUEUE) {
        if (o.error && o.error->ee_origin == SO_EE_ORIGIN_ICMP)
            s->handler.on_refused(s->handler.arg, host);
        return true;
    }
    if (message.msg_flags & MSG_TRUNC)
        return true; /* no answer to a search is this long */
    nat__str datagram = {data, (size_t)length};
    trace(s->log, NATUPNP_TRACE_RECEIVED, host, ntohs(peer.sin_port), datagram);
    s->handler.on_datagram(s->handler.arg, host, o.index, datagram);
    return true;
}

static void on_ready(void *arg, bool readable, bool writable)
{
    nat__ssdp_socket *s = arg;
    (void)readable, (void)writable;
    for (int i = 0; i < BURST_MAX && receive(s, MSG_ERRQUEUE); i++)
        ;
    for (int i = 0; i < BURST_MAX && receive(s, 0); i++)
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
    trace(s->log, NATUPNP_TRACE_SENT, to, NAT__SSDP_PORT, datagram);
    ssize_t sent = sendto(s->fd, datagram.at, datagram.length, MSG_NOSIGNAL,
                          (struct sockaddr *)&peer, sizeof peer);
    if (sent < 0 &&
        errno == ECONNREFUSED) /* an earlier datagram's ICMP error; this one was not sent */
        sent = sendto(s->fd, datagram.at, datagram.length, MSG_NOSIGNAL, (struct sockaddr *)&peer,
                      sizeof peer);
    return sent == (ssize_t)datagram.length;
}
