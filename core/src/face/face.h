/* SPDX-License-Identifier: MIT */
#ifndef NAT__FACE_H
#define NAT__FACE_H

#include "../meaning/op.h"

/*
 * Every public call on a client begins and ends with these: one thread at a
 * time, not in a forked child. NATUPNP_E_INVAL (NULL), _E_BUSY, _E_FORKED.
 * Leaving hands log lines over and keeps the descriptor's promise.
 */
natupnp_status nat__client_enter(natupnp_client *client);
void nat__client_leave(natupnp_client *client);

/* Keeps why a start failed, and gives the status back. NULL for the status's own text. */
natupnp_status nat__client_refuse(natupnp_client *client, natupnp_status status, const char *format,
                                  ...) __attribute__((format(printf, 3, 4)));

/* One turn of the client's work. */
natupnp_status nat__client_turn(natupnp_client *client);

/*
 * Copies an options struct of the caller's build over the defaults in *to:
 * a shorter one leaves them, a longer one must hold zeroes where we know
 * nothing of. False when it does not, or is too short to have a size.
 */
bool nat__options_copy(void *to, size_t to_size, const void *from);

enum { NAT__TIMEOUT_MAX_MS = 24 * 60 * 60 * 1000 };
extern const char nat__options_timeout_problem[];

/* Takes options over into a new client; what a failure leaves there is freed with it. */
natupnp_status nat__options_apply(natupnp_client *client, const natupnp_client_options *o);

/* A client on another clock, for tests. */
natupnp_status nat__client_new(natupnp_client **out, const natupnp_client_options *options,
                               nat__clock clock);

#endif
