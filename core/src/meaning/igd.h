/* SPDX-License-Identifier: MIT */
#ifndef NAT__IGD_H
#define NAT__IGD_H

#include "action.h"
#include "op.h"

/*
 * Sends an action for an operation to its gateway; the service's type and URL
 * are the gateway's. done gets the operation as the action's owner. When it
 * cannot be started the operation ends: false.
 */
bool nat__igd_send(natupnp_op *op, const char *name, const nat__soap_arg *args, size_t count,
                   nat__action_flags flags, nat__action_done *done, nat__next *next,
                   const void *subject, uint64_t number);

/* Makes the result that an answer stands for, without a meaning for faults. */
nat__result nat__igd_result(const nat__answer *answer);

/*
 * Whether the answer says that the gateway is not there any more, and another
 * way is tried: then the caller has nothing left to do.
 */
bool nat__igd_lost(const nat__action *action, const nat__answer *answer);

/* The action's note of what comes next. */
void nat__igd_next(const nat__action *action, const nat__result *result);

/*
 * What an answer to GetExternalIPAddress tells, and a line that says why when that is no address:
 * freed by the caller, NULL without memory.
 */
nat__external nat__igd_read_external(const nat__answer *answer, char **detail);

/* Takes over the out arguments of GetStatusInfo. False without memory. */
bool nat__igd_read_status(const nat__soap_reply *values, nat__wan_state *out);

/* Whether a connection status means that the link is up. */
bool nat__igd_is_connected(const char *status);

/* Lists the whole table (igd_list.c). */
void nat__igd_list(natupnp_op *op, nat__next *next);

#endif
