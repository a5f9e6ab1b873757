/* SPDX-License-Identifier: MIT */
#ifndef NAT__MONITOR_PARTS_H
#define NAT__MONITOR_PARTS_H

#include "../wires/net_watch.h"
#include "../wires/notify_socket.h"
#include "monitor.h"
#include "op.h"
#include "subscription.h"

struct nat__monitor {
    natupnp_client *client;
    nat__gateway *gateway; /* the one in use, or that was */
    bool lost;             /* it is away, and that was told */
    nat__timer look;       /* for the gateway, or at its state where it sends no events */
    natupnp_op *op;        /* of its own, under way */
    unsigned tries;
    bool polls;

    nat__listener *listener;
    nat__subscription subscription;
    nat__notify_socket notify;
    nat__net_watch net;
    bool hears;   /* notify is open */
    bool watches; /* net is */

    /* What announcements told, for on_look(): a socket's handler may not close it. */
    int64_t boot_id;
    bool restarted, gone, check;
    uint64_t checked_ms;

    /* What is known, so that only changes are told. */
    char external_ip[NAT__IP_TEXT];
    char status[NAT__GENA_STATUS_MAX + 1];
    int64_t entries;
};

/* Opens what hears and watches; false without memory. What the system refuses is done without. */
bool nat__monitor_open_parts(nat__monitor *m);
void nat__monitor_close_parts(nat__monitor *m);

/* The gateway has restarted or moved: it is looked for now. */
void nat__monitor_gateway_back(nat__monitor *m);
void nat__monitor_look_now(nat__monitor *m);

/* Whether a mere sign of life may cost a request again. */
bool nat__monitor_may_check(nat__monitor *m);

/* Subscribes to the gateway's events, or asks it from time to time. */
void nat__monitor_subscribe(nat__monitor *m);
void nat__monitor_poll(nat__monitor *m);

/* Values that the gateway told; "" for no address. */
void nat__monitor_learn_ip(nat__monitor *m, const char *external_ip);
void nat__monitor_learn_status(nat__monitor *m, const char *status);

#endif
