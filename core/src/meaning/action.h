/* SPDX-License-Identifier: MIT */
#ifndef NAT__ACTION_H
#define NAT__ACTION_H

#include "../ground/list.h"
#include "../wires/http.h"
#include "../words/soap.h"

/* What a UPnP action came to; borrowed during the call. */
typedef struct nat__answer {
    natupnp_status
        status; /* NATUPNP_OK, _E_FAULT, _E_HTTP, _E_BAD_REPLY, _E_NETWORK, _E_TIMEOUT, _E_NOMEM */
    int fault;  /* with NATUPNP_E_FAULT */
    long http_code;
    bool too_large; /* with NATUPNP_E_BAD_REPLY */
    bool connected;
    bool maybe_done; /* it changes something and has left: a failure does not say what became of it
                      */
    const char *detail;            /* the device's or the network's words, or NULL */
    const nat__soap_reply *values; /* with NATUPNP_OK */
} nat__answer;

struct nat__action;
typedef void nat__action_done(struct nat__action *action, const nat__answer *answer);

typedef enum nat__action_flags {
    NAT__ACTION_READS = 0,
    NAT__ACTION_WRITES = 1, /* changes the gateway */
    NAT__ACTION_ONCE = 3,   /* so does this, and doing it twice is not the same as once */
    NAT__ACTION_ASIDE =
        4, /* reads what is good to know: it must not keep the rest waiting for long */
    NAT__ACTION_BULK = 8 /* reads much: its reply may be large */
} nat__action_flags;

/* More arguments than any action has that we send. */
enum { NAT__ACTION_ARGS_MAX = 8 };

/* A UPnP action under way. It lives until done returns. */
typedef struct nat__action {
    nat__link link; /* in its owner's list */
    nat__http *http;
    nat__http_request *request;
    nat__url url;
    const char *name;
    const char *arg_names[NAT__ACTION_ARGS_MAX];
    size_t arg_count;
    char *soap_action;
    nat__buf body;
    nat__action_flags flags;
    bool retried;
    nat__action_done *done;
    void *owner;
    /* The owner's notes. */
    void (*next)(void);
    const void *subject;
    uint64_t number;
} nat__action;

/* What to do; the service type and the arguments' values are copied, names and notes are kept. */
typedef struct nat__action_params {
    nat__http *http;
    const nat__url *url;
    const char *service_type;
    const char *name;
    const nat__soap_arg *args;
    size_t arg_count;
    nat__action_flags flags;
    nat__action_done *done;
    void *owner;
    void (*next)(void);
    const void *subject;
    uint64_t number;
} nat__action_params;

/* Sends an action and adds it to a list. NATUPNP_E_NOMEM, or NATUPNP_E_INVAL for too many
 * arguments: nothing was started. */
natupnp_status nat__action_start(nat__link *list, const nat__action_params *params);

/* Ends all actions of a list without calling done. True when one that writes had been sent. */
bool nat__actions_cancel(nat__link *list);

#endif
