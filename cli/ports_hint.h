/* SPDX-License-Identifier: MIT */
#ifndef CLI_PORTS_HINT_H
#define CLI_PORTS_HINT_H

#include <stdbool.h>

/** Room for a hint. */
enum { PORTS_HINT = 96 };

/**
 * How a port and a protocol are written that were written in another way, such as tcp/8080,
 * 8080:tcp, 8080, http or 8080/tpc.
 *
 * @param leads  --to may be part of it.
 * @return false when it cannot be seen what was meant.
 */
bool ports_hint(char hint[PORTS_HINT], const char *text, bool leads);

#endif
