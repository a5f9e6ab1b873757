/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_ACTIONS_H
#define GATEWAY_ACTIONS_H

#include "gateway.h"
#include "soap.h"
#include "text.h"

#include <stdbool.h>
#include <stddef.h>

enum service { SERVICE_LAYER3, SERVICE_COMMON, SERVICE_IP, SERVICE_PPP, SERVICES };

/* One call of an action. */
struct call {
    struct gateway *gateway;
    enum service service;
    const char *peer; /* the asking host's address */
    const struct soap_request *request;
    struct text out; /* the arguments of the reply, as XML */
};

/* 0, or the code of a fault. */
typedef int action_handler(struct call *call);

struct action {
    const char *name;
    unsigned services; /* bits, 1u << SERVICE_... */
    int version;       /* of the service that has it first */
    const char *in;    /* names of arguments, separated by blanks */
    const char *out;
    action_handler *run;
};

extern const struct action actions_table[];
extern const size_t actions_count;

/* Carries the requested action out; 401 if there is none, 402 if an argument is missing. */
int action_run(struct call *call, int version);

/* Of an argument that action_run() has seen to be there. */
const char *call_in(const struct call *call, const char *name);
void call_out(struct call *call, const char *name, const char *value);
void call_out_number(struct call *call, const char *name, unsigned long value);

/* Whether a connection service is the one that is in use. */
bool service_active(const struct gateway *gateway, enum service service);

/* mappings.c */
action_handler mapping_add, mapping_add_any, mapping_delete, mapping_delete_range, mapping_specific,
    mapping_generic, mapping_list;

#endif
