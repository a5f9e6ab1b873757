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

natupnp_mapping *nat__mapping_new(const nat__mapping_values *values)
{
    size_t texts = room(values->remote_host) + room(values->internal_client) +
                   room(values->description) + room(values->gateway);
    natupnp_mapping *mapping = malloc(sizeof *mapping + texts);
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

bool nat__mappings_add(nat__mappings *mappings, const nat__mapping_values *values)
{
    /* The array doubles when its length is a power of two. */
    if ((mappings->count & (mappings->count - 1)) == 0) {
        size_t size = mappings->count > 0 ? mappings->count * 2 : 1;
        natupnp_mapping **at = realloc(mappings->at, size * sizeof *at);
        if (!at)
            return false;
        mappings->at = at;
    }
    natupnp_mapping *mapping = nat__mapping_new(values);
    if (mapping)
        mappings->at[mappings->count++] = mapping;
    return mapping != NULL;
}

void nat__mappings_cut(nat__mappings *mappings, size_t count)
{
    while (mappings->count > count)
        free(mappings->at[--mappings->count]);
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
