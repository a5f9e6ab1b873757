/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_EXPORT_H
#define NATUPNP_EXPORT_H

/** Marks what the shared library exports; everything else is hidden. */
#if defined(__GNUC__)
#define NATUPNP_API __attribute__((visibility("default")))
#else
#define NATUPNP_API
#endif

#endif
