/* SPDX-License-Identifier: MIT */
#ifndef NAT__SUBSCRIPTION_H
#define NAT__SUBSCRIPTION_H

#include "../wires/http.h"
#include "../wires/listener.h"

/* What a subscription tells. Each may end the subscription. */
typedef struct nat__subscriber {
    void *arg;
    void (*on_event)(void *arg, const nat__gena_event *event);
    /* What was known is in doubt: the gateway knows the subscription no more, or events were lost.
     */
    void (*on_doubt)(void *arg, bool unknown);
    /* The gateway cannot be reached. */
    void (*on_away)(void *arg);
    /* It sends no events, or they do not arrive. */
    void (*on_refused)(void *arg);
} nat__subscriber;

/*
 * A subscription to the events of one service (UPnP Device Architecture 1.1,
 * section 4.1): renewed at half its time, begun anew when events were lost.
 */
typedef struct nat__subscription {
    nat__loop *loop;
    nat__log *log;
    nat__http *http;
    nat__subscriber subscriber;
    nat__listener *listener; /* borrowed */
    nat__expected expected;
    nat__http_request *request; /* under way, or NULL */
    nat__url url;               /* no target while there is no subscription */
    nat__timer renew;
    nat__pace pace;                    /* of beginning anew; outlives each subscription */
    char sid[NAT__GENA_SID_MAX + 1];   /* "" until it was granted */
    char early[NAT__GENA_SID_MAX + 1]; /* of an event that came before that */
    uint64_t renew_ms;
    uint32_t seq;
    bool heard;  /* an event, whose number is seq */
    bool proved; /* or none came in time, and that was told */
    bool renewing;
    bool failed; /* to begin a request */
    bool anew;   /* to be begun anew by the timer, and not to be renewed */
} nat__subscription;

/* Makes it ready to begin. NATUPNP_E_NOMEM or NATUPNP_E_SYSTEM. */
natupnp_status nat__subscription_open(nat__subscription *s, nat__loop *loop, nat__log *log,
                                      nat__http *http, nat__subscriber subscriber);

/* Subscribes at a URL; an earlier subscription is ended first. What the open may give. */
natupnp_status nat__subscription_begin(nat__subscription *s, nat__listener *listener,
                                       const nat__url *url);

/* Ends it. With a word to the gateway, whose answer nobody waits for. */
void nat__subscription_end(nat__subscription *s, bool tell);

/* The same, with somebody who waits for the answer; NULL when there is none to come. */
nat__http_request *nat__subscription_farewell(nat__subscription *s, nat__http_done *done,
                                              void *arg);

/* Renews it now: a gateway that has restarted does not know it. */
void nat__subscription_check(nat__subscription *s);

bool nat__subscription_is_on(const nat__subscription *s);

void nat__subscription_close(nat__subscription *s);

#endif
