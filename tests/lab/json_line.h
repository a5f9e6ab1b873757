/* SPDX-License-Identifier: MIT */
#ifndef JSON_LINE_H
#define JSON_LINE_H

#include <stdint.h>

/* A line of JSON on standard output: begins with "at", the monotonic time in milliseconds, and
 * what this line is. */
void json_begin(const char *what, const char *name);

/* A member; NULL is left out. */
void json_text(const char *name, const char *text);
void json_number(const char *name, int64_t number);

void json_end(void);

#endif
