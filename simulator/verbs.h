/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_VERBS_H
#define GATEWAY_VERBS_H

#include "gateway.h"
#include "ssdp.h"

#include <jansson.h>

#define VERB_WHY 320

/* A reply, or NULL with the reason in why; nothing has changed then. */
typedef json_t *verb_handler(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                             char why[VERB_WHY]);

/* What the control interface can do. */
struct verb {
    const char *method;
    const char *path;
    verb_handler *run;
};

extern const struct verb verbs_table[];
extern const size_t verbs_count;

#endif
