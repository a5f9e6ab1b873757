/* SPDX-License-Identifier: MIT */
#ifndef NAT__SSDP_H
#define NAT__SSDP_H

#include "../ground/buf.h"
#include "../ground/str.h"

/* What an SSDP datagram is. */
typedef enum nat__ssdp_kind {
    NAT__SSDP_ANSWER, /* to a search */
    NAT__SSDP_ALIVE,
    NAT__SSDP_BYEBYE,
    NAT__SSDP_UPDATE, /* the device will say next_boot_id from now on; it did not restart */
    NAT__SSDP_OTHER   /* a search of somebody's, or nothing known */
} nat__ssdp_kind;

/*
 * A datagram's fields, trimmed, pointing into it; empty where missing. A
 * number that is missing or is none is -1. Devices of UPnP 1.0 have no boot and
 * configuration numbers, and some have constant ones: the same number as before
 * proves nothing, another boot number is a restart.
 */
typedef struct nat__ssdp_message {
    nat__ssdp_kind kind;
    nat__str location;
    nat__str target; /* ST of an answer, NT of a notification */
    nat__str usn;
    nat__str server;
    int64_t boot_id;
    int64_t next_boot_id; /* of an update */
    int64_t config_id;    /* another one: the description has changed */
    int64_t max_age_s;    /* how long a device is there without saying so again */
} nat__ssdp_message;

/* Reads a datagram (UPnP Device Architecture 1.1, section 1). False when it is not SSDP. */
bool nat__ssdp_parse(nat__ssdp_message *out, nat__str datagram);

/* Whether a search target or notification type can belong to a gateway. */
bool nat__ssdp_is_gateway_target(nat__str target);

/* The search targets that a search asks for, ended by NULL; the most promising first. */
extern const char *const nat__ssdp_targets[];

/* Appends an M-SEARCH for one target; host is where it goes, "239.255.255.250" or a unicast
 * address. */
void nat__ssdp_build_search(nat__buf *out, const char *host, const char *target, unsigned mx_s,
                            const char *user_agent);

#endif
