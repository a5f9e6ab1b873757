/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_ROUTE_H
#define GATEWAY_ROUTE_H

#include "faults.h"
#include "gateway.h"

#include <stddef.h>
#include <stdint.h>

/* An HTTP request to the device; every string is borrowed. */
struct request {
    const char *method;
    const char *uri; /* as it came, with its query */
    const char *path;
    const char *soap_action; /* NULL if the header is missing, as of those below */
    const char *callback;
    const char *nt;
    const char *sid;
    const char *peer;
    uint16_t peer_port;
    const char *body;
    size_t length;
    bool too_long;
};

/* Does what a request asks for, logs it and gives the delay of the reply in milliseconds. */
int route_request(struct gateway *gateway, const struct request *request, struct reply *reply);

#endif
