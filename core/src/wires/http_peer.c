/* SPDX-License-Identifier: MIT */
#include "http_peer.h"

#include <stdlib.h>

/* miniupnpd listens with a backlog of 5: more at once lose their SYN for a second. */
enum { LIMIT_FIRST = 4, LIMIT_MAX = 5, SLOW_CONNECT_MS = 300, PEERS_MAX = 64 };

/* Forgets peers that nothing is known about and nothing waits for, when there are many. */
static void forget_idle(nat__link *peers)
{
    size_t count = 0;
    NAT__LIST_EACH (peers, it)
        count++;
    if (count < PEERS_MAX)
        return;
    NAT__LIST_EACH (peers, it) {
        nat__http_peer *peer = NAT__MEMBER(it, nat__http_peer, link);
        if (peer->active == 0 && nat__list_empty(&peer->waiting)) {
            nat__list_remove(it);
            free(peer);
        }
    }
}

nat__http_peer *nat__http_peer_get(nat__link *peers, nat__ip host, uint16_t port)
{
    NAT__LIST_EACH (peers, it) {
        nat__http_peer *peer = NAT__MEMBER(it, nat__http_peer, link);
        if (peer->port == port && nat__ip_equal(peer->host, host))
            return peer;
    }
    forget_idle(peers);
    nat__http_peer *peer = calloc(1, sizeof *peer);
    if (!peer)
        return NULL;
    peer->host = host;
    peer->port = port;
    peer->limit = LIMIT_FIRST;
    nat__list_init(&peer->waiting);
    nat__list_append(peers, &peer->link);
    return peer;
}

void nat__http_peer_learn(nat__http_peer *peer, const nat__http_evidence *evidence)
{
    if (evidence->reset) {
        peer->limit = 1;
        peer->good = 0;
    } else if (evidence->connected_anew && evidence->connect_ms > SLOW_CONNECT_MS) {
        peer->limit = peer->limit > 1 ? peer->limit / 2 : 1;
        peer->good = 0;
    } else if (evidence->answered && peer->limit < LIMIT_MAX && ++peer->good >= 2 * peer->limit) {
        peer->limit++;
        peer->good = 0;
    }
}
