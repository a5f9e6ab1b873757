/* SPDX-License-Identifier: MIT */
/**
 * @file
 * The NAT Traversal API on UPnP Internet Gateway Devices. This header includes
 * every other one.
 */
#ifndef NATUPNP_NATUPNP_H
#define NATUPNP_NATUPNP_H

#include <natupnp/client.h>
#include <natupnp/dynamic.h>
#include <natupnp/event.h>
#include <natupnp/gateway.h>
#include <natupnp/keep.h>
#include <natupnp/mapping.h>
#include <natupnp/op.h>
#include <natupnp/protocol.h>
#include <natupnp/static.h>
#include <natupnp/status.h>
#include <natupnp/version.h>

#endif
