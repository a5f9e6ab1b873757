/* SPDX-License-Identifier: MIT */
#ifndef NAT__DATAGRAM_H
#define NAT__DATAGRAM_H

#include "../ground/log.h"
#include "../ground/net.h"

/* How many to read in one go: a flood must not keep the loop from its timers. */
enum { NAT__DATAGRAM_BURST = 64, NAT__DATAGRAM_MAX = 8192 };

typedef enum nat__datagram_kind {
    NAT__DATAGRAM_CAME,
    NAT__DATAGRAM_REFUSED, /* an ICMP error about one of ours, from the error queue */
    NAT__DATAGRAM_USELESS  /* longer than any of SSDP, or an error that is told elsewhere */
} nat__datagram_kind;

/* What a UDP socket received. */
typedef struct nat__datagram {
    nat__datagram_kind kind;
    nat__ip peer; /* who sent it, or where the refused one went */
    uint16_t port;
    unsigned index; /* the interface that it came in on, with IP_PKTINFO */
    size_t length;
    char bytes[NAT__DATAGRAM_MAX];
} nat__datagram;

/* Takes the next one; flags as of recvmsg(), MSG_ERRQUEUE or none. False when there is none. */
bool nat__datagram_receive(nat__datagram *out, int fd, int flags);

/* Notes a datagram for the user's trace of the wire. */
void nat__datagram_trace(nat__log *log, natupnp_trace_direction direction, nat__ip peer,
                         uint16_t port, nat__str text);

#endif
