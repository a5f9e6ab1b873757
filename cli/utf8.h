/* SPDX-License-Identifier: MIT */
#ifndef CLI_UTF8_H
#define CLI_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Read one character of UTF-8 (RFC 3629), whatever the locale.
 *
 * @return How many bytes it has; 0 for bytes that are none, and at the end of the text.
 */
size_t utf8_read(uint32_t *character, const char *text);

/** Whether a text is UTF-8 to its end. */
bool utf8_valid(const char *text);

#endif
