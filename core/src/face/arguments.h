/* SPDX-License-Identifier: MIT */
#ifndef NAT__ARGUMENTS_H
#define NAT__ARGUMENTS_H

#include "face.h"

/* The one place where arguments are judged: NATUPNP_OK, or NATUPNP_E_INVAL with the reason kept. */
natupnp_status nat__check_port(natupnp_client *client, const char *what, int32_t port,
                               int32_t least);
natupnp_status nat__check_protocol(natupnp_client *client, natupnp_protocol protocol);

/* NULL is the default of these two. */
natupnp_status nat__check_description(natupnp_client *client, const char *text);
natupnp_status nat__check_host(natupnp_client *client, const char *what, const char *text);

#endif
