/* SPDX-License-Identifier: MIT */
#ifndef NAT__SOAP_H
#define NAT__SOAP_H

#include "../ground/buf.h"
#include "../ground/str.h"

#include <natupnp/status.h>

/* An argument of an action. */
typedef struct nat__soap_arg {
    const char *name;
    const char *value;
} nat__soap_arg;

/*
 * Appends an action's request: one line, SOAP 1.1, arguments in the given
 * order, since devices refuse line breaks (D-Link) and another order.
 */
void nat__soap_build(nat__buf *out, const char *service_type, const char *action,
                     const nat__soap_arg *args, size_t count);

/* More out arguments than any action of an IGD has. */
#define NAT__SOAP_VALUES_MAX 32

/* Longer than the name of any response. */
enum { NAT__SOAP_NAME = 48 };

/* A reply: either a fault, or the action's out arguments. */
typedef struct nat__soap_reply {
    char name[NAT__SOAP_NAME]; /* of the body's only element; "" where there is another number */
    bool is_fault;
    int fault;        /* UPnP error code, 501 when the fault names none */
    char *fault_text; /* cleaned, or NULL */
    struct {
        char *name;
        char *value;
    } values[NAT__SOAP_VALUES_MAX];
    size_t count;
} nat__soap_reply;

/*
 * Reads a reply. A fault, or a UPnPError or errorCode without one around it,
 * counts wherever it stands. NATUPNP_E_BAD_REPLY or NATUPNP_E_NOMEM; *out is
 * empty then.
 */
natupnp_status nat__soap_parse(nat__soap_reply *out, nat__str document);

/*
 * Whether a reply that is no fault answers an action: its element is called as
 * the action with "Response" behind. Some devices leave that away; then it must
 * not be the request come back, with the arguments that were sent.
 */
bool nat__soap_answers(const nat__soap_reply *reply, const char *action,
                       const char *const *arg_names, size_t count);

void nat__soap_reply_free(nat__soap_reply *reply);

/* An out argument by its name, in any case; NULL when it is not there. */
const char *nat__soap_value(const nat__soap_reply *reply, const char *name);

#endif
