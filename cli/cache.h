/* SPDX-License-Identifier: MIT */
#ifndef CLI_CACHE_H
#define CLI_CACHE_H

/**
 * The directory where the library may keep the last gateway's URL:
 * $XDG_CACHE_HOME/natupnp or ~/.cache/natupnp, made when it is missing.
 *
 * @param reason  Receives why there is none, a static string.
 * @return Freed by the caller; NULL when there is none.
 */
char *cache_directory(const char **reason);

#endif
