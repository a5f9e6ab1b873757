/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_VERBS_H
#define GATEWAY_VERBS_H

#include "gateway.h"
#include "ssdp.h"

#include <jansson.h>

#define VERB_WHY 320
#define VERB_BODY_MOST (32 * 1024 * 1024) /* a table of 50,000 mappings fits */

/*
 * Does what the control interface can do. The body is JSON, none is taken as {}.
 * A reply, or NULL with the reason in why; nothing has changed then. The status
 * is that of HTTP.
 */
json_t *verb_run(struct gateway *gateway, struct ssdp *ssdp, const char *method, const char *path,
                 const char *body, size_t length, unsigned *status, char why[VERB_WHY]);

#endif
