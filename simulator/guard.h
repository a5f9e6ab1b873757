/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_GUARD_H
#define GATEWAY_GUARD_H

#include <microhttpd.h>

/*
 * Whether a request to the control interface comes from a program on this host, and not from a web
 * page that is open in a browser there: a page elsewhere can send to 127.0.0.1, and one whose name
 * is made to lead there (DNS rebinding) can read the reply, too. NULL, or the reason against it.
 */
const char *guard_refusal(struct MHD_Connection *connection, unsigned port);

#endif
