/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_GENA_H
#define GATEWAY_GENA_H

#include "gateway.h"
#include "route.h"
#include "watch.h"

#include <jansson.h>
#include <stdbool.h>

/* The events of the connection services, and who has subscribed to them. */
struct gena;

struct gena *gena_start(struct gateway *gateway);
void gena_stop(struct gena *gena);

/*
 * Answers a SUBSCRIBE or UNSUBSCRIBE, as a fault wants it; any latency is added
 * to delay_ms, and what is to be logged to entry.
 */
void gena_serve(struct gateway *gateway, const struct request *request, struct reply *reply,
                struct fault *fault, int *delay_ms, json_t *entry);

/* The answer to a SUBSCRIBE has left, or never will: events may follow. */
void gena_answered(struct gena *gena, unsigned subscription);
/* Whether the first event of a subscription has come to its end. */
bool gena_told(const struct gena *gena, unsigned subscription);

/* Notices what has changed, and sends. To be called before each wait. */
void gena_run(struct gena *gena);
void gena_watch(const struct gena *gena, struct watch *watch);
int gena_timeout_ms(const struct gena *gena);

json_t *gena_to_json(const struct gena *gena);
/* Forgets all subscriptions, as a restart does. */
void gena_forget(struct gena *gena);

#endif
