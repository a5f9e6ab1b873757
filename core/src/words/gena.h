/* SPDX-License-Identifier: MIT */
#ifndef NAT__GENA_H
#define NAT__GENA_H

#include "../ground/buf.h"
#include "../ground/ip.h"

#include <natupnp/status.h>

/* Events, and the subscription to them (UPnP Device Architecture 1.1, section 4). */

enum {
    NAT__GENA_BODY_MAX = 64 * 1024, /* real events of a gateway are below 2 KiB */
    NAT__GENA_SID_MAX = 255,
    NAT__GENA_STATUS_MAX = 31,  /* "PendingDisconnect" is the longest of the standard */
    NAT__GENA_TIMEOUT_S = 1800, /* what is asked for, and taken for granted where nothing is said */
    NAT__GENA_TIMEOUT_MIN_S = 10,
    NAT__GENA_TIMEOUT_MAX_S = 7200 /* renewing is how a gateway that forgot us is found out */
};

/* What an event said of the variables that matter. */
typedef struct nat__gena_event {
    bool external_ip_told;                            /* an address, or that there is none */
    bool external_ip_senseless;                       /* what was told is neither */
    nat__ip external_ip;                              /* none when the gateway has no address now */
    int64_t number_of_entries;                        /* -1 unless told */
    int64_t system_update_id;                         /* -1 unless told */
    char connection_status[NAT__GENA_STATUS_MAX + 1]; /* "" unless told */
    unsigned others;                                  /* variables of other names */
    unsigned unusable; /* those of the names above whose value could not be used */
    bool broken;       /* the document breaks off or is faulty behind what is told here */
} nat__gena_event;

/*
 * Reads an event's body. Of a variable that comes twice the last counts. What
 * stands before a fault in the document is kept. NATUPNP_E_BAD_REPLY when it
 * holds no variable at all, NATUPNP_E_NOMEM.
 */
natupnp_status nat__gena_parse_event(nat__gena_event *out, nat__str body);

/* A header field of a message. */
typedef struct nat__gena_header {
    nat__str name;
    nat__str value;
} nat__gena_header;

/* Who an event is for, and its number; the text points into the headers. */
typedef struct nat__gena_notify {
    nat__str sid;
    uint32_t seq;
} nat__gena_notify;

/*
 * Reads the headers of an event. Gives the HTTP code to answer with: 200, or
 * 400 or 412, as section 4.3.2 has it; *out is empty then. Whether the SID is
 * known is for the caller to say, with 412.
 */
unsigned nat__gena_parse_notify(nat__gena_notify *out, const nat__gena_header *headers,
                                size_t count);

/* What an event's number says. */
typedef enum nat__gena_order {
    NAT__GENA_NEXT,
    NAT__GENA_AGAIN, /* sent twice, or a device that does not count (jupnp issue 243) */
    NAT__GENA_GAP    /* events were lost, or the device began anew: subscribe again */
} nat__gena_order;

/* The number that follows another: after 4294967295 comes 1, since 0 is the first event's. */
uint32_t nat__gena_seq_after(uint32_t seq);

/* Compares an event's number with the one before. The first event of a subscription has none
 * before; its number is not judged, so that a device that begins at 1 is not left for ever. */
nat__gena_order nat__gena_judge_seq(uint32_t before, uint32_t seq);

/* What a subscription was granted; the text points into the headers. */
typedef struct nat__gena_subscription {
    nat__str sid; /* empty when missing: a renewal keeps the one it has */
    uint32_t timeout_s;
} nat__gena_subscription;

/* Reads the headers of the answer to SUBSCRIBE. False when there is no SID that could be used. */
bool nat__gena_parse_subscription(nat__gena_subscription *out, const nat__gena_header *headers,
                                  size_t count);

/* Reads a TIMEOUT field, into the bounds above. */
uint32_t nat__gena_parse_timeout(nat__str value);

#endif
