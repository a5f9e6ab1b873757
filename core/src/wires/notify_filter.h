/* SPDX-License-Identifier: MIT */
#ifndef NAT__NOTIFY_FILTER_H
#define NAT__NOTIFY_FILTER_H

#include "../ground/ip.h"

#include <natupnp/status.h>

enum { NAT__NOTIFY_SOURCES_MAX = 8 };

/*
 * Makes the kernel drop what a UDP socket need not hear, before anybody wakes:
 * only datagrams that begin with "NOTIFY * " pass, and of them those from the
 * given IPv4 addresses; or, when none are given, those of any sender that seem
 * to hold the name InternetGatewayDevice in their first 512 bytes, as one of
 * each gateway's announcements does. (All pass where the kernel has no room for
 * that search: 10 KiB for a socket's filters are usual on 32 bits.)
 *
 * Replaces an earlier filter at once; what has passed that one already stays.
 * NATUPNP_E_INVAL for other addresses or too many, NATUPNP_E_NOMEM,
 * NATUPNP_E_SYSTEM; the earlier one stays then.
 */
natupnp_status nat__notify_filter_set(int fd, const nat__ip *sources, size_t count);

#endif
