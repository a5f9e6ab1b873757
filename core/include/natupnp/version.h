/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_VERSION_H
#define NATUPNP_VERSION_H

#include <natupnp/export.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The version of these headers. The build reads the project's version here. */
#define NATUPNP_VERSION_MAJOR 0
#define NATUPNP_VERSION_MINOR 1
#define NATUPNP_VERSION_PATCH 0

/**
 * The version of the library that is running, for example "0.1.0". It may
 * differ from the headers that a program was built with.
 *
 * @return A static string, never NULL.
 */
NATUPNP_API const char *natupnp_version(void);

#ifdef __cplusplus
}
#endif

#endif
