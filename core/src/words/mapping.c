/* SPDX-License-Identifier: MIT */
#include "mapping.h"

#include <stdlib.h>
#include <string.h>

/* Copies one text to *at and moves on. */
static const char *pack(char **at, const char *text)
{
    char *here = *at;
    size_t length = strlen(text) + 1;
    memcpy(here, text, length);
    *at += length;
    return here;
}

static size_t room(const char *text)
{
    return strlen(text) + 1;
}

static size_t rooms(const nat__mapping_values *values)
{
    return room(values->remote_host) + room(values->internal_client) + room(values->description) +
           room(values->gateway);
}

natupnp_mapping *nat__mapping_new(const nat__mapping_values *values)
{
    natupnp_mapping *mapping = malloc(sizeof *mapping + rooms(values));
    if (!mapping)
        return NULL;
    mapping->values = *values;
    mapping->external = (nat__external){0};
    char *at = mapping->texts;
    mapping->values.remote_host = pack(&at, values->remote_host);
    mapping->values.internal_client = pack(&at, values->internal_client);
    mapping->values.description = pack(&at, values->description);
    mapping->values.gateway = pack(&at, values->gateway);
    return mapping;
}

/* What one takes, with its place in the array and what malloc() adds. */
static size_t bytes_of(const nat__mapping_values *values)
{
    enum { ADDED = 16 };
    return sizeof(natupnp_mapping) + rooms(values) + sizeof(natupnp_mapping *) + ADDED;
}

/* Whether there is room for so many bytes more; else that is noted. */
static bool has_room(nat__mappings *mappings, size_t more)
{
    if (mappings->limit == 0 || more <= mappings->limit - mappings->bytes)
        return true;
    mappings->full = true;
    return false;
}

bool nat__mappings_add(nat__mappings *mappings, const nat__mapping_values *values)
{
    size_t bytes = bytes_of(values);
    if (!has_room(mappings, bytes))
        return true;
    /* The array doubles when its length is a power of two. */
    if ((mappings->count & (mappings->count - 1)) == 0) {
        size_t size = mappings->count > 0 ? mappings->count * 2 : 1;
        natupnp_mapping **at = realloc(mappings->at, size * sizeof *at);
        if (!at)
            return false;
        mappings->at = at;
    }
    natupnp_mapping *mapping = nat__mapping_new(values);
    if (!mapping)
        return false;
    mappings->at[mappings->count++] = mapping;
    mappings->bytes += bytes;
    return true;
}

bool nat__mappings_replace(nat__mappings *mappings, size_t index, const nat__mapping_values *values)
{
    size_t before = bytes_of(&mappings->at[index]->values), bytes = bytes_of(values);
    if (bytes > before && !has_room(mappings, bytes - before))
        return true;
    natupnp_mapping *mapping = nat__mapping_new(values);
    if (!mapping)
        return false;
    free(mappings->at[index]);
    mappings->at[index] = mapping;
    mappings->bytes += bytes - before;
    return true;
}

static void drop(nat__mappings *mappings, natupnp_mapping *mapping)
{
    mappings->bytes -= bytes_of(&mapping->values);
    free(mapping);
}

void nat__mappings_cut(nat__mappings *mappings, size_t count)
{
    while (mappings->count > count)
        drop(mappings, mappings->at[--mappings->count]);
}

void nat__mappings_filter(nat__mappings *mappings, size_t from,
                          bool (*is_kept)(const void *arg, const nat__mapping_values *values),
                          const void *arg)
{
    size_t kept = from;
    for (size_t i = from; i < mappings->count; i++) {
        if (is_kept(arg, &mappings->at[i]->values))
            mappings->at[kept++] = mappings->at[i];
        else
            drop(mappings, mappings->at[i]);
    }
    mappings->count = kept;
}

void nat__mappings_free(nat__mappings *mappings)
{
    nat__mappings_cut(mappings, 0);
    free(mappings->at);
    *mappings = (nat__mappings){0};
}

bool nat__mapping_is_wildcard(const nat__mapping_values *values)
{
    /* FRITZ!Box says 0.0.0.0 for any host. */
    return values->remote_host[0] == '\0' || strcmp(values->remote_host, "0.0.0.0") == 0 ||
           strcmp(values->remote_host, "*") == 0;
}

bool nat__mapping_is_dynamic(const nat__mapping_values *values)
{
    return values->lease_s > 0 || !nat__mapping_is_wildcard(values);
}

bool nat__mapping_same_key(const nat__mapping_values *a, const nat__mapping_values *b)
{
    bool any = nat__mapping_is_wildcard(a);
    return a->external_port == b->external_port && a->protocol == b->protocol &&
           any == nat__mapping_is_wildcard(b) &&
           (any || strcmp(a->remote_host, b->remote_host) == 0);
}
