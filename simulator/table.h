/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_TABLE_H
#define GATEWAY_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum protocol { PROTOCOL_TCP, PROTOCOL_UDP };

struct mapping {
    char remote_host[64];
    char internal_client[64];
    char description[256];
    uint16_t external_port;
    uint16_t internal_port;
    enum protocol protocol;
    bool enabled;
    int64_t expires_ms; /* by the clock that the callers pass in; 0 is never */
};

/* The port mapping table, in the order in which the entries were made. */
struct table {
    struct mapping *list;
    size_t count;
    size_t room;
    int64_t next_expiry_ms; /* no entry ends before this; 0 is unknown */
    unsigned stamp;         /* another one after each change; 0 before the first */
};

bool protocol_parse(enum protocol *out, const char *text);
const char *protocol_name(enum protocol protocol);

/* Seconds left, rounded up; 0 for a permanent entry. */
uint32_t mapping_lease_s(const struct mapping *mapping, int64_t now_ms);
void mapping_set_lease(struct mapping *mapping, uint32_t lease_s, int64_t now_ms);

/* Drops the entries whose lease has run out. */
void table_expire(struct table *table, int64_t now_ms);
/* Borrowed until the next change; NULL if there is none. */
struct mapping *table_find(const struct table *table, const char *remote_host, uint16_t port,
                           enum protocol protocol);
/* Makes an entry or replaces the one with the same key. */
void table_put(struct table *table, const struct mapping *mapping);
void table_remove(struct table *table, size_t index);
void table_clear(struct table *table);
/* A port that no entry of the protocol uses, from first up and then round from 1024; 0 if none. */
uint16_t table_free_port(const struct table *table, enum protocol protocol, uint16_t first,
                         int deny_low, int deny_high);
/* Entries to start with. */
void table_fill(struct table *table, int count, uint32_t lease_s, int64_t now_ms);

#endif
