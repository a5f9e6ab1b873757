/* SPDX-License-Identifier: MIT */
/* The port mapping table and its leases. Which entry is allowed is decided in mappings.c. */
#include "table.h"
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Never the same twice, also when one table takes another's place. */
static void table_stamp(struct table *table)
{
    static unsigned last;

    table->stamp = ++last;
}

bool protocol_parse(enum protocol *out, const char *text)
{
    if (!strcmp(text, "TCP"))
        *out = PROTOCOL_TCP;
    else if (!strcmp(text, "UDP"))
        *out = PROTOCOL_UDP;
    else
        return false;
    return true;
}

const char *protocol_name(enum protocol protocol)
{
    return protocol == PROTOCOL_TCP ? "TCP" : "UDP";
}

uint32_t mapping_lease_s(const struct mapping *mapping, int64_t now_ms)
{
    if (!mapping->expires_ms || mapping->expires_ms <= now_ms)
        return 0;
    return (uint32_t)((mapping->expires_ms - now_ms + 999) / 1000);
}

void mapping_set_lease(struct mapping *mapping, uint32_t lease_s, int64_t now_ms)
{
    mapping->expires_ms = lease_s ? now_ms + (int64_t)lease_s * 1000 : 0;
}

void table_expire(struct table *table, int64_t now_ms)
{
    size_t kept = 0;
    int64_t next = INT64_MAX;

    if (table->next_expiry_ms > now_ms)
        return;
    for (size_t i = 0; i < table->count; i++) {
        int64_t expires = table->list[i].expires_ms;
        if (expires && expires <= now_ms)
            continue;
        if (expires && expires < next)
            next = expires;
        if (kept != i)
            table->list[kept] = table->list[i];
        kept++;
    }
    if (kept != table->count)
        table_stamp(table);
    table->count = kept;
    table->next_expiry_ms = next;
}

struct mapping *table_find(const struct table *table, const char *remote_host, uint16_t port,
                           enum protocol protocol)
{
    for (size_t i = 0; i < table->count; i++) {
        struct mapping *mapping = &table->list[i];
        if (mapping->external_port == port && mapping->protocol == protocol &&
            !strcmp(mapping->remote_host, remote_host))
            return mapping;
    }
    return NULL;
}

static void table_append(struct table *table, const struct mapping *mapping)
{
    if (table->count == table->room) {
        size_t room = table->room ? table->room * 2 : 64;
        struct mapping *list = memory_new(room, sizeof *list);
        if (table->count)
            memcpy(list, table->list, table->count * sizeof *list);
        free(table->list);
        table->list = list;
        table->room = room;
    }
    table->list[table->count++] = *mapping;
    if (mapping->expires_ms && mapping->expires_ms < table->next_expiry_ms)
        table->next_expiry_ms = mapping->expires_ms;
}

void table_put(struct table *table, const struct mapping *mapping)
{
    struct mapping *old =
        table_find(table, mapping->remote_host, mapping->external_port, mapping->protocol);

    table_stamp(table);
    if (!old) {
        table_append(table, mapping);
        return;
    }
    *old = *mapping;
    if (mapping->expires_ms && mapping->expires_ms < table->next_expiry_ms)
        table->next_expiry_ms = mapping->expires_ms;
}

void table_remove(struct table *table, size_t index)
{
    struct mapping *gone = &table->list[index];

    table_stamp(table);
    table->count--;
    memmove(gone, gone + 1, (table->count - index) * sizeof *gone);
}

void table_clear(struct table *table)
{
    free(table->list);
    *table = (struct table){0};
}

uint16_t table_free_port(const struct table *table, enum protocol protocol, uint16_t first,
                         int deny_low, int deny_high)
{
    bool *used = memory_new(65536, sizeof *used);
    int port = first < 1024 ? 1024 : first;
    int left = 65536 - 1024;

    for (size_t i = 0; i < table->count; i++)
        if (table->list[i].protocol == protocol)
            used[table->list[i].external_port] = true;
    if (deny_low)
        for (int denied = deny_low; denied <= deny_high; denied++)
            used[denied] = true;
    for (; left && used[port]; left--)
        port = port == 65535 ? 1024 : port + 1;
    free(used);
    return left ? (uint16_t)port : 0;
}

void table_fill(struct table *table, int count, uint32_t lease_s, int64_t now_ms)
{
    for (int i = 0; i < count; i++) {
        struct mapping mapping = {
            .external_port = (uint16_t)(10000 + i),
            .internal_port = (uint16_t)(10000 + i),
            .protocol = i % 2 ? PROTOCOL_UDP : PROTOCOL_TCP,
            .enabled = true,
        };
        snprintf(mapping.internal_client, sizeof mapping.internal_client, "192.168.1.%d",
                 10 + i % 50);
        snprintf(mapping.description, sizeof mapping.description, "simulated %d", i);
        mapping_set_lease(&mapping, lease_s, now_ms);
        table_append(table, &mapping);
    }
}
