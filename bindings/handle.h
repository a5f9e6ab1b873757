/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_HANDLE_H
#define NATUPNP_HANDLE_H

/* The kinds of objects that scripts hold by a handle. */
typedef struct natupnp_script_kind {
    const char *name;
    void (*free)(void *object);
} natupnp_script_kind;

extern const natupnp_script_kind natupnp_client_handle;
extern const natupnp_script_kind natupnp_op_handle;
extern const natupnp_script_kind natupnp_mapping_handle;
extern const natupnp_script_kind natupnp_gateway_handle;
extern const natupnp_script_kind natupnp_event_handle;
extern const natupnp_script_kind natupnp_kept_handle;

#endif
