/* SPDX-License-Identifier: MIT */
#ifndef NAT__VERBS_H
#define NAT__VERBS_H

#include "op.h"

#include <natupnp/static.h>

extern const nat__verb nat__verb_gateway_discover;
extern const nat__verb nat__verb_gateway_list;
extern const nat__verb nat__verb_gateway_query;
extern const nat__verb nat__verb_static_add;
extern const nat__verb nat__verb_static_get;
extern const nat__verb nat__verb_static_list;
extern const nat__verb nat__verb_static_count;
extern const nat__verb nat__verb_static_remove;
extern const nat__verb nat__verb_static_edit;

/* "adding 8080/TCP", for messages; into the caller's array. */
#define NAT__DOING_TEXT 48
const char *nat__doing(char text[NAT__DOING_TEXT], const char *what,
                       const nat__mapping_values *key);

/* A failure that is told later, after something else was looked up. */
typedef struct nat__failure {
    nat__result result;
    char detail[256];
} nat__failure;

void nat__failure_keep(nat__failure *failure, const nat__result *result);

/* The work of an add. The request's texts are owned; the rest begins anew with each run. */
typedef struct nat__add_work {
    char *client; /* NULL for the local address */
    char *description;
    uint16_t port;            /* asked for; 0 for any */
    bool any_port;            /* it is only preferred */
    nat__mapping_values wish; /* what is sent; borrows from the above */
    char local[NAT__IP_TEXT];
    natupnp_mapping *before; /* one's own that was there, to be put back */
    nat__failure failure;
    bool gateway_chose;  /* AddAnyPortMapping with any port was tried */
    bool internal_tried; /* the internal port was, as the external one */
    unsigned tries;      /* ports tried */
} nat__add_work;

/* Ends an add whose mapping the gateway has, or undoes it when it is open and should not be. */
void nat__add_confirmed(natupnp_op *op, const nat__mapping_values *made);

/* Finds any free port (static_any.c); the wish is set but for its external port. */
void nat__add_any(natupnp_op *op);

/* What a get and a remove work on. */
typedef struct nat__key_work {
    nat__mapping_values key;
    bool seen; /* it was there before it was removed */
    nat__failure failure;
} nat__key_work;

/* Ends it in NATUPNP_E_LOST: a mapping was removed and could not be put back. */
void nat__tell_lost(natupnp_op *op, const nat__mapping_values *old, int fault);

/* The work of an edit. */
typedef struct nat__edit_work {
    nat__mapping_values key;
    char *client; /* NULL to keep */
    char *description;
    uint16_t internal_port; /* 0 to keep */
    natupnp_switch enabled;
    natupnp_mapping *old; /* as it was read first */
    nat__mapping_values wish;
    nat__failure failure;
} nat__edit_work;

#endif
