/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_SUBSCRIPTION_H
#define GATEWAY_SUBSCRIPTION_H

/* What gena.c, who subscribes, and events.c, what they are told, share. */
#include "delivery.h"
#include "gena.h"
#include "variables.h"

#define SUBSCRIPTIONS_MOST 32

struct subscription {
    unsigned id;
    enum service service;
    char sid[64];
    struct sockaddr_in to;
    char path[512];
    int64_t expires_ms; /* by the device's clock */
    bool answered;
    bool told;          /* the first event has come to its end */
    uint32_t seq;       /* of the next event */
    unsigned changed;   /* bits of variables that are still to be told */
    bool lost_address;  /* 0.0.0.0 is to be told before the new address */
    bool judged;        /* fault is that of the next event */
    struct fault fault; /* of the event under way, or of the next one */
    int64_t fault_ms;   /* until when it holds the next event back */
    int64_t last_ms;    /* when the last event was begun */
    struct delivery delivery;
};

struct gena {
    struct gateway *gateway;
    struct subscription list[SUBSCRIPTIONS_MOST];
    size_t count;
    unsigned last_id;
    char values[SERVICES][VARIABLES][VARIABLE_ROOM]; /* as they were told */
    bool looked;
    unsigned update_id;
    unsigned table_stamp;
};

/* Removes it from the list, whose order changes. */
void subscription_end(struct gena *gena, struct subscription *subscription);

#endif
