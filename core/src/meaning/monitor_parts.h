/* SPDX-License-Identifier: MIT */
#ifndef NAT__MONITOR_PARTS_H
#define NAT__MONITOR_PARTS_H

#include "../wires/net_watch.h"
#include "../wires/notify_socket.h"
#include "monitor.h"
#include "op.h"
#include "subscription.h"

/* A description that the gateway's host announces, and the boot that it named last. */
typedef struct nat__boot {
    uint32_t location; /* a hash */
    int64_t id;        /* -1 for none */
} nat__boot;

enum { NAT__BOOTS_MAX = 8 };

struct nat__monitor {
    natupnp_client *client;
    nat__gateway *gateway; /* the one in use, or that was */
    bool lost;             /* it is away, and that was told */
    natupnp_op *op;        /* of its own, under way */
    nat__timer look;       /* for the gateway, or at its state where it sends no events */
    nat__timer news;       /* what announcements told: a socket's handler may not close it */
    nat__timer check;      /* whether the gateway still knows us */
    nat__timer doubt;      /* at kept mappings, for a weak reason */
    nat__timer ask;        /* for an address that was not told */
    unsigned tries;
    bool polls;
    bool shaken;              /* it did not answer a SUBSCRIBE: it may have restarted */
    unsigned unsubscribed;    /* times in a row that it granted none */
    uint64_t resubscribes_ms; /* not before */

    nat__listener *listener;
    nat__subscription subscription;
    nat__notify_socket notify;
    nat__net_watch net;
    bool hears;   /* notify is open */
    bool watches; /* net is */

    nat__boot boots[NAT__BOOTS_MAX]; /* a ring */
    size_t boot_count;
    uint64_t restarted_ms;
    uint64_t moved_ms; /* when a description was announced that was not known */
    bool restarted;    /* the news; gone otherwise */
    bool hinted;       /* the doubt to come is a weak one */
    nat__ip local; /* this host's address towards the gateway; none before it was subscribed to */
    nat__ip first_hop;       /* of this host's first default route, when it was looked at last */
    nat__pace checks, moves; /* after announcements; of another description */
    nat__pace byes, returns; /* what announcements of its end and its return bring about */
    nat__pace doubts, hints; /* at kept mappings, for a good reason, and for a weak one */

    /* Entries that this client itself has removed, and that the gateway has not told of yet. */
    uint64_t removals;
    uint64_t removed_ms;

    /* What is known, so that only changes are told. */
    char external_ip[NAT__IP_TEXT];
    char status[NAT__GENA_STATUS_MAX + 1];
    int64_t entries;
    int64_t uptime_s;
};

/* Opens what hears and watches; false without memory. What the system refuses is done without. */
bool nat__monitor_open_parts(nat__monitor *m);
void nat__monitor_close_parts(nat__monitor *m);

/* The gateway has restarted or moved: it is looked for now. */
void nat__monitor_gateway_back(nat__monitor *m);

/* The host whose announcements count; NULL for any gateway's. */
const nat__ip *nat__monitor_host(const nat__monitor *m);

/* Its timers, all of them; those that were not opened may be closed. */
bool nat__monitor_open_timers(nat__monitor *m);
void nat__monitor_close_timers(nat__monitor *m);

/* Looks for the gateway, or asks it, after a time; after a gap that grows with each try. */
void nat__monitor_look_in(nat__monitor *m, uint64_t ms);
void nat__monitor_look_later(nat__monitor *m);

/* Sets a timer of its own; 0 for as soon as the loop runs. */
void nat__monitor_set(nat__monitor *m, nat__timer *timer, uint64_t in_ms);

/* What an announcement tells of a boot. */
typedef enum nat__boot_news {
    NAT__BOOT_SAME,
    NAT__BOOT_UNTOLD, /* it has no number, or had none */
    NAT__BOOT_ANOTHER,
    NAT__BOOT_MOVED /* the description was not known */
} nat__boot_news;
nat__boot_news nat__monitor_learn_boot(nat__monitor *m, const nat__url *location, int64_t id);

/* A sign of life: asks whether the gateway still knows us, once for a burst of announcements. */
void nat__monitor_check_soon(nat__monitor *m, nat__boot_news news);

/* It is being asked that now: what is announced meanwhile is asked after later. */
void nat__monitor_checked(nat__monitor *m);

/* What an announcement told, of the gateway's end or of its return, is acted on in its turn. */
void nat__monitor_news(nat__monitor *m, nat__pace *pace);

/*
 * Kept mappings are in doubt: for a good reason, and for a weak one. The same said again and again
 * is listened to less and less, and the less the more mappings there are. What this host itself
 * knows needs no belief.
 */
void nat__monitor_doubt(nat__monitor *m);
void nat__monitor_doubt_soon(nat__monitor *m);
void nat__monitor_doubt_now(nat__monitor *m);

/* Subscribes to the gateway's events, or asks it from time to time. */
void nat__monitor_subscribe(nat__monitor *m);
void nat__monitor_poll(nat__monitor *m);

/* Values that the gateway told; "" for no address. */
void nat__monitor_learn_ip(nat__monitor *m, const char *external_ip);
void nat__monitor_learn_status(nat__monitor *m, const char *status);

#endif
