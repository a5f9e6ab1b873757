/* SPDX-License-Identifier: MIT */
#include "datagram.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/* Takes what a message's control data say; gives the ICMP error among them. */
static bool read_origin(nat__datagram *out, struct msghdr *message)
{
    bool refused = false;
    for (struct cmsghdr *it = CMSG_FIRSTHDR(message); it; it = CMSG_NXTHDR(message, it)) {
        if (it->cmsg_level != IPPROTO_IP)
            continue;
        if (it->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(it), sizeof info);
            out->index = (unsigned)info.ipi_ifindex;
        } else if (it->cmsg_type == IP_RECVERR) {
            const struct sock_extended_err *error = (const void *)CMSG_DATA(it);
            refused = error->ee_origin == SO_EE_ORIGIN_ICMP;
        }
    }
    return refused;
}

bool nat__datagram_receive(nat__datagram *out, int fd, int flags)
{
    union {
        struct cmsghdr align;
        char bytes[512];
    } control;
    struct sockaddr_in peer = {0};
    struct iovec part = {out->bytes, sizeof out->bytes};
    struct msghdr message = {.msg_name = &peer,
                             .msg_namelen = sizeof peer,
                             .msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t length = recvmsg(fd, &message, flags | MSG_DONTWAIT);
    out->kind = NAT__DATAGRAM_USELESS;
    if (length < 0)
        /* An ICMP error is told here once, and then in the error queue. */
        return errno != EAGAIN && errno != EBADF && errno != ENOTSOCK && errno != ENOMEM;
    out->peer = nat__ip_from_v4(peer.sin_addr);
    out->port = ntohs(peer.sin_port);
    out->index = 0;
    out->length = (size_t)length;
    bool refused = read_origin(out, &message);
    if (flags & MSG_ERRQUEUE)
        out->kind = refused ? NAT__DATAGRAM_REFUSED : NAT__DATAGRAM_USELESS;
    else if (!(message.msg_flags & MSG_TRUNC))
        out->kind = NAT__DATAGRAM_CAME;
    return true;
}

void nat__datagram_trace(nat__log *log, natupnp_trace_direction direction, nat__ip peer,
                         uint16_t port, nat__str text)
{
    if (!log->on_trace)
        return;
    char host[NAT__IP_TEXT], name[NAT__IP_TEXT + 16];
    snprintf(name, sizeof name, "ssdp %s:%u", nat__ip_text(peer, host), (unsigned)port);
    nat__log_trace(log, direction, name, text.at, text.length);
}
