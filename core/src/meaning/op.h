/* SPDX-License-Identifier: MIT */
#ifndef NAT__OP_H
#define NAT__OP_H

#include "client.h"
#include "protocol.h"

#include <natupnp/op.h>

/* What a verb is; the HRESULTs depend on it. */
typedef enum nat__verb_kind {
    NAT__VERB_ADD,
    NAT__VERB_KEYED,
    NAT__VERB_DISCOVER,
    NAT__VERB_OTHER
} nat__verb_kind;

typedef struct nat__verb {
    const char *name;
    nat__verb_kind kind;
    size_t work_size;
    bool searches; /* runs without a gateway, to search for one itself */
    /* Whether a mapping is in the collection that the verb works on; NULL for no collection. */
    bool (*holds)(const nat__gateway *gateway, const nat__mapping_values *mapping);
    bool counts;      /* tells how many mappings there are, not which */
    const char *late; /* the detail when its time is over; NULL for what fits most */
    /* Begins, or begins anew on another gateway; op->gateway is set unless it searches. */
    void (*run)(natupnp_op *op);
    /* Hears how it ends, before anybody else; false when memory was short. May be NULL. */
    bool (*ended)(natupnp_op *op, natupnp_status status);
    /* Frees what its work owns; may be NULL. */
    void (*clean)(void *work);
} nat__verb;

struct natupnp_op {
    const nat__verb *verb;
    natupnp_client *client; /* NULL once that is freed */
    nat__link link;         /* in client->ops */
    nat__link turn;         /* in client->runnable, client->done or the search's waiters */
    nat__link key_link;     /* in client->keys */
    uint64_t id;
    void *user;
    /* Set for the library's own: called in the next dispatch after its end, which frees it. */
    void (*on_end)(natupnp_op *op);
    void *owner;
    void *work;
    nat__timer deadline;

    /* What it works on, when it writes: see nat__op_start(). */
    bool keyed;
    bool waits_turn; /* for an earlier writer of its key; did so to its end, once it has ended */
    uint16_t key_port;
    natupnp_protocol key_protocol;
    char *pinned; /* the identity of the only gateway it may use, or NULL */

    nat__gateway *gateway;
    nat__link actions;
    struct nat__listing *listing;
    bool rediscovered; /* a second search is not repeated */
    bool wrote;        /* something was changed: it cannot begin anew elsewhere */
    bool main_done;    /* only the external address is awaited still */
    bool external_pending;
    nat__external external; /* what came of it */

    bool done;
    natupnp_status status;
    int fault;
    char *detail;
    bool maybe_applied;
    natupnp_mapping *mapping;
    nat__mappings mappings;
    size_t mapping_count;
    natupnp_gateway *snapshot;
    natupnp_gateway **gateways; /* the search's, the chosen one first */
    size_t gateway_count;
};

/* Makes an operation with zeroed work; NULL without memory. It is freed by natupnp_op_free() or
 * started. */
natupnp_op *nat__op_new(natupnp_client *client, const nat__verb *verb);

/* Makes it one that writes a key, or any of its protocol for port 0. */
void nat__op_set_key(natupnp_op *op, uint16_t external_port, natupnp_protocol protocol);

/* Sets its deadline and lets it run in the next dispatch. Cannot fail. */
void nat__op_start(natupnp_op *op);

/* Lines a writer up, when it starts; whether it may run now. And lets those behind it go. */
bool nat__turn_take(natupnp_op *op);
void nat__turn_leave(natupnp_op *op);

/* Runs what is runnable. */
void nat__ops_run(natupnp_client *client);

/* Gives a waiting operation its gateway and lets it run. */
void nat__op_resume(natupnp_op *op, nat__gateway *gateway);

/*
 * Ends an operation: its requests are cancelled, its completion is queued. The
 * format makes the detail; NULL for the status's own text.
 */
void nat__op_finish(natupnp_op *op, natupnp_status status, int fault, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The protocol's unmap, of which the monitor knows: that there is one entry less is our own doing.
 */
void nat__unmap(natupnp_op *op, const nat__mapping_values *key, nat__next *next);

/* Whether a failure leaves it open what the gateway did. */
bool nat__is_unclear(const nat__result *result);

/* Whether a status says that the gateway cannot be reached. */
bool nat__is_unreachable(natupnp_status status);

/* Ends it as a verb of the protocol failed, saying what was being done ("adding 80/TCP"). */
void nat__op_fail(natupnp_op *op, const nat__result *result, const char *doing);

/* Asks for the external address beside the rest; nat__op_succeed() waits for it a little. */
void nat__op_want_external_ip(natupnp_op *op);
void nat__op_succeed(natupnp_op *op);

/* Keeps a mapping as the result. False ends the operation without memory. */
bool nat__op_set_mapping(natupnp_op *op, const nat__mapping_values *values);

/* Runs it from the beginning; false when it has changed something already. */
bool nat__op_begin_anew(natupnp_op *op);

/* Tries the gateway's other control URL, or searches again, once; false when neither may be. */
bool nat__op_rediscover(natupnp_op *op);

/* Frees what an operation owns; it is in no list any more. */
void nat__op_destroy(natupnp_op *op);

/* Drops an operation of a client that is being freed. */
void nat__op_detach(natupnp_op *op);

/* The HRESULT of a verb's result. */
int32_t nat__op_hresult(nat__verb_kind kind, natupnp_status status, int fault);

#endif
