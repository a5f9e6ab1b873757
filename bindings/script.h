/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_SCRIPT_H
#define NATUPNP_SCRIPT_H

/*
 * What scripts call where the C interface has structs or borrowed pointers: the
 * same verbs with plain arguments, and copies that the script owns. The names of
 * parameters are those that error messages show.
 */
#include <natupnp/natupnp.h>

/* NULL and 0 mean the default, as in natupnp_client_options; times are in milliseconds. */
natupnp_status natupnp_script_client_new(natupnp_client **out, const char *gateway,
                                         const char *interface, uint32_t timeout, uint32_t budget,
                                         const char *trust_host, const char *cache);

/* What natupnp_script_client_new() would refuse, or NULL. */
const char *natupnp_script_client_problem(const char *gateway, const char *interface,
                                          uint32_t timeout, uint32_t budget, const char *trust_host,
                                          const char *cache);

natupnp_status natupnp_script_client_set_timeout(natupnp_client *client, uint32_t timeout);

natupnp_status natupnp_script_static_add(natupnp_op **out, natupnp_client *client,
                                         int32_t external_port, natupnp_protocol protocol,
                                         int32_t internal_port, const char *internal_client,
                                         bool enabled, const char *description, bool any_port,
                                         bool keep);

natupnp_status natupnp_script_static_edit(natupnp_op **out, natupnp_client *client,
                                          const natupnp_mapping *mapping, int32_t new_internal_port,
                                          const char *internal_client, natupnp_switch enabled,
                                          const char *description);

/* A remote host of NULL is any; a lease of 0 the default. */
natupnp_status natupnp_script_dynamic_add(natupnp_op **out, natupnp_client *client,
                                          const char *remote_host, int32_t external_port,
                                          natupnp_protocol protocol, int32_t internal_port,
                                          const char *internal_client, bool enabled,
                                          const char *description, uint32_t lease, bool any_port,
                                          bool keep);

natupnp_status natupnp_script_dynamic_edit(natupnp_op **out, natupnp_client *client,
                                           const natupnp_mapping *mapping,
                                           int32_t new_internal_port, const char *internal_client,
                                           natupnp_switch enabled, const char *description);

natupnp_status natupnp_script_dynamic_renew(natupnp_op **out, natupnp_client *client,
                                            const natupnp_mapping *mapping, uint32_t lease);

/* The next event, NULL with NATUPNP_OK where none waits; and copies of what it holds. */
natupnp_status natupnp_script_client_next_event(natupnp_event **out, natupnp_client *client);
natupnp_status natupnp_script_event_mapping(natupnp_mapping **out, const natupnp_event *event);
natupnp_status natupnp_script_event_gateway(natupnp_gateway **out, const natupnp_event *event);

/* A copy of what a kept mapping should be. */
natupnp_status natupnp_script_kept_mapping(natupnp_mapping **out, const natupnp_kept *kept);

/* Copies of what an operation holds: *out is NULL with NATUPNP_OK where it holds none. */
natupnp_status natupnp_script_op_mapping(natupnp_mapping **out, const natupnp_op *op);
natupnp_status natupnp_script_op_mapping_at(natupnp_mapping **out, const natupnp_op *op,
                                            size_t index);
natupnp_status natupnp_script_op_gateway(natupnp_gateway **out, const natupnp_op *op);
natupnp_status natupnp_script_op_gateway_at(natupnp_gateway **out, const natupnp_op *op,
                                            size_t index);

/* The number (natupnp_op_id()) of the next operation that has ended, or 0. */
uint64_t natupnp_script_client_next_done(natupnp_client *client);

/* Frees, and leaves the script's handle empty. */
void natupnp_script_client_free(natupnp_client *freed);
void natupnp_script_op_free(natupnp_op *freed);

/* What a value of the wrong kind is told, after the name of its parameter: one text for all. */
#define SCRIPT_WHOLE " must be a whole number"
#define SCRIPT_RANGE " is too large or too small"
#define SCRIPT_NOT_ZERO " must not be 0"
#define SCRIPT_TEXT " must be text"
#define SCRIPT_ZERO_BYTE " must be text without a zero byte"
#define SCRIPT_BOOL " must be true or false"
#define SCRIPT_SECONDS " must be a number of seconds greater than 0"
#define SCRIPT_LEASE " must be a whole number of seconds greater than 0"
#define SCRIPT_FREED " is not open: it was closed, or never made"

/*
 * A time in seconds as milliseconds, rounded up; the largest uint32_t for more
 * than fits. False for what is no time: zero, negative or not a number.
 */
bool natupnp_script_seconds(uint32_t *milliseconds, double seconds);

#endif
