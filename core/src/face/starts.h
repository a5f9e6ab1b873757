/* SPDX-License-Identifier: MIT */
#ifndef NAT__STARTS_H
#define NAT__STARTS_H

#include "../meaning/verbs.h"
#include "arguments.h"

/* How verbs of every collection start; what they return is as the public functions say. */

natupnp_status nat__start_simple(natupnp_op **out, natupnp_client *client, const nat__verb *verb);

natupnp_status nat__start_keyed(natupnp_op **out, natupnp_client *client, const nat__verb *verb,
                                const char *remote_host, int32_t external_port,
                                natupnp_protocol protocol, bool writes);

/*
 * Begins a start with a request: NULL into *out, into the client, and the
 * request over the defaults in *known. The client is left again on failure.
 */
natupnp_status nat__start_begin(natupnp_op **out, natupnp_client *client, void *known, size_t size,
                                const void *request);

/* Goes on from nat__start_begin(), and leaves the client. A lease of 0 is for ever. */
natupnp_status nat__start_add(natupnp_op **out, natupnp_client *client, const nat__verb *verb,
                              const natupnp_dynamic_add_request *request);
natupnp_status nat__start_edit(natupnp_op **out, natupnp_client *client, const nat__verb *verb,
                               const natupnp_mapping *mapping, const natupnp_edit_request *request,
                               uint32_t lease_s);

#endif
