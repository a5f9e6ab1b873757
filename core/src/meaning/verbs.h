/* SPDX-License-Identifier: MIT */
#ifndef NAT__VERBS_H
#define NAT__VERBS_H

#include "op.h"

#include <natupnp/dynamic.h>

extern const nat__verb nat__verb_gateway_discover;
extern const nat__verb nat__verb_gateway_list;
extern const nat__verb nat__verb_gateway_query;
extern const nat__verb nat__verb_mapping_list;
extern const nat__verb nat__verb_add;
extern const nat__verb nat__verb_static_get;
extern const nat__verb nat__verb_static_list;
extern const nat__verb nat__verb_static_count;
extern const nat__verb nat__verb_static_remove;
extern const nat__verb nat__verb_static_edit;
extern const nat__verb nat__verb_dynamic_get;
extern const nat__verb nat__verb_dynamic_list;
extern const nat__verb nat__verb_dynamic_count;
extern const nat__verb nat__verb_dynamic_remove;
extern const nat__verb nat__verb_dynamic_edit;
extern const nat__verb nat__verb_dynamic_renew;

/* Whether a mapping of a gateway is in a collection. */
bool nat__static_holds(const nat__gateway *gateway, const nat__mapping_values *mapping);
bool nat__dynamic_holds(const nat__gateway *gateway, const nat__mapping_values *mapping);

/* What a lookup came to in the verb's collection: an entry of the other one is not found. */
nat__result nat__in_collection(const natupnp_op *op, const nat__result *result);

/* "adding 8080/TCP", for messages; into the caller's array. */
#define NAT__DOING_TEXT 48
const char *nat__doing(char text[NAT__DOING_TEXT], const char *what,
                       const nat__mapping_values *key);

/* "8080/TCP is mapped to 10.0.0.9:80 ("web")", for messages; freed by the caller. NULL without
 * memory. */
char *nat__tell_holder(const nat__mapping_values *key, const nat__mapping_values *holder);

/* A failure that is told later, after something else was looked up. */
typedef struct nat__failure {
    nat__result result;
    char detail[256];
} nat__failure;

void nat__failure_keep(nat__failure *failure, const nat__result *result);

/* The work of an add. The request's texts are owned; the rest begins anew with each run. */
typedef struct nat__add_work {
    char *remote_host; /* "" for any */
    char *client;      /* NULL for the local address */
    char *description;
    bool keep;
    uint16_t port;             /* asked for; 0 for any */
    bool any_port;             /* it is only preferred */
    bool again;                /* it was made before: its old entry is one's own */
    char former[NAT__IP_TEXT]; /* and led to this address of this host */
    nat__mapping_values wish;  /* what is sent; borrows from the above */
    char local[NAT__IP_TEXT];
    natupnp_mapping *before; /* one's own that was there, to be put back */
    nat__failure failure;
    bool gateway_chose;  /* AddAnyPortMapping with any port was tried */
    bool internal_tried; /* the internal port was, as the external one */
    unsigned tries;      /* ports tried */
} nat__add_work;

/* What the verb is made of, for others that add. */
void nat__add_run(natupnp_op *op);
void nat__add_clean(void *work);

/* Ends an add whose mapping the gateway has, or undoes it when it is open and should not be. */
void nat__add_confirmed(natupnp_op *op, const nat__mapping_values *made);

/* Whether an entry is what an add that is made again made before, perhaps for an address that this
 * host had then. */
bool nat__add_was_ours(const nat__add_work *w, const nat__mapping_values *found);

/* Finds any free port (add_any.c); the wish is set but for its external port. */
void nat__add_any(natupnp_op *op);

/* What a get and a remove work on. */
typedef struct nat__key_work {
    nat__mapping_values key;
    char remote_host[NAT__IP_TEXT]; /* what the key borrows */
    bool seen;                      /* it was there before it was removed */
    bool absent;                    /* it was not */
    nat__failure failure;
} nat__key_work;

/* Ends it in NATUPNP_E_LOST: a mapping was removed and could not be put back. */
void nat__tell_lost(natupnp_op *op, const nat__mapping_values *old, int fault);

/* The work of an edit, or of a renewal. */
typedef struct nat__edit_work {
    nat__mapping_values key;
    char *remote_host; /* what the key borrows */
    uint32_t lease_s;  /* 0 to keep what is left */
    char *client;      /* NULL to keep */
    char *description;
    uint16_t internal_port; /* 0 to keep */
    natupnp_switch enabled;
    natupnp_mapping *old; /* as it was read first */
    nat__mapping_values wish;
    nat__failure failure;
} nat__edit_work;

#endif
