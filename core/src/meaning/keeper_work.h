/* SPDX-License-Identifier: MIT */
#ifndef NAT__KEEPER_WORK_H
#define NAT__KEEPER_WORK_H

#include "keeper.h"

/* After so many looks that show nothing there is no use in them. */
enum { NAT__KEEPER_BUCKETS = 1024, NAT__BLIND_LOOKS = 2 };

typedef struct nat__kept nat__kept;

/* What is to be done for a kept mapping when it is its turn; a later one makes those before it
 * needless. */
typedef enum nat__kept_work {
    NAT__KEPT_NOTHING,
    NAT__KEPT_LOOK,
    NAT__KEPT_MAKE, /* renew or repair: the same request */
    NAT__KEPT_REMOVE
} nat__kept_work;

struct nat__kept {
    nat__link link; /* in its bucket, once it has a mapping */
    nat__link turn; /* in keeper->due, or nowhere */
    nat__keeper *keeper;
    nat__timer timer;
    natupnp_mapping *mapping; /* as it was made last */
    natupnp_op *op;           /* under way for it, or NULL */
    nat__kept_work work;      /* due, under way, or done last */
    nat__kept_work next;      /* once op has ended */
    unsigned answers;         /* the keeper's, when op began */
    natupnp_kept_state state;
    natupnp_status status;
    uint32_t lease_s;  /* asked for */
    unsigned refusals; /* in a row */
    nat__pace pace;    /* of making it again, whatever the reason */
    bool again;        /* making it, now or later, is no planned renewal */
    bool guessed;      /* it is only made as looking at it failed */
    bool unseen;       /* it was not there right after it was made: each making is looked at */
    bool odd;          /* or it was shown otherwise: what is shown of it tells nothing */
    bool taken;        /* another's is there now */
    bool follows;      /* leads to this host, whatever its address */
    bool any_port;
    uint64_t made_ms; /* by its last make */
    uint64_t ends_ms; /* of its lease, as far as is known; 0 for no end */
    bool just_made;   /* and neither looked at nor doubted since */
};

struct nat__keeper {
    natupnp_client *client;
    nat__link buckets[NAT__KEEPER_BUCKETS];
    nat__link due; /* those whose turn it is */
    size_t count;
    size_t running;
    nat__timer retry; /* set while the gateway is out of reach */
    nat__pace tries;  /* at a gateway that was out of reach, until it was not for a while */
    bool down;
    uint32_t random;
    unsigned answers;      /* of the gateway, to what was done for any of them */
    unsigned blind_looks;  /* in a row that showed nothing */
    bool made_since_blind; /* while making is answered */
    nat__kept *proves;     /* the one whose entry will show what lease was granted, or NULL */
    natupnp_op *closing;   /* the close under way, or NULL */
    /* What the gateway has, listed once during a close where lookups do not tell. */
    nat__mappings table;
    natupnp_status listed; /* NATUPNP_E_PENDING before that */
};

void nat__kept_free(nat__kept *kept);

/* Keeps a copy of a mapping as the one made last, in the bucket of its key. False without memory.
 */
bool nat__kept_set(nat__kept *kept, const natupnp_mapping *mapping);

/* Sets its timer to about the half of a span, unless it comes before that: a look at what is left
 * of a lease does not put the renewal off. */
void nat__kept_plan(nat__kept *kept, uint64_t since_ms, uint64_t span_ms);

/* Whether its lease is over. */
bool nat__kept_has_ended(const nat__kept *kept);

/* The gateway has it: plans what is next, by the lease that was asked for, or by what is left of it
 * as it was read. */
void nat__kept_confirmed(nat__kept *kept, uint32_t asked_s);
void nat__kept_seen(nat__kept *kept, uint32_t left_s);

/* The same where it was read right after it was made: what the gateway made of the lease that was
 * asked for, for all that asked for the like. */
void nat__kept_learn_lease(nat__kept *kept, uint32_t left_s);

/* Whether looks show nothing. */
bool nat__keeper_is_blind(const nat__keeper *keeper);

/* Makes it again: at once the first time, then after pauses that grow. */
void nat__kept_make_again(nat__kept *kept);

/* Puts it among the due ones; nat__keeper_next() begins with them. */
void nat__kept_line_up(nat__kept *kept, nat__kept_work work);
void nat__keeper_next(nat__keeper *keeper);

/* Whether an entry that was read is a kept one's own, or another's for certain: another host's, or
 * another program's of this host. Neither where the address shown is none. */
bool nat__kept_is_own(const nat__kept *kept, const nat__mapping_values *found);
bool nat__kept_is_of_another_host(const nat__kept *kept, const nat__mapping_values *found,
                                  const char *own);

/* Removes all of them from the gateway, telling the close how it goes. */
void nat__keeper_remove_all(nat__keeper *keeper, natupnp_op *closing);
void nat__keeper_closed(nat__keeper *keeper);
void nat__close_failed(natupnp_op *closing, const natupnp_op *removal);
void nat__close_left(natupnp_op *closing, char *why); /* which is taken over */
void nat__close_kept_gone(natupnp_op *closing);

/* The operations (keeper_ops.c): begins the one whose turn it is, false without memory; ends it
 * without hearing of it. */
extern const nat__verb nat__verb_kept_make, nat__verb_kept_look, nat__verb_kept_remove;
bool nat__kept_begin(nat__kept *kept);
void nat__kept_abandon(nat__kept *kept);
void nat__kept_ended(natupnp_op *op);

/* Timers; their arguments are a kept one and the keeper. */
void nat__kept_due(void *arg);
void nat__keeper_retry(void *arg);

#endif
