/* SPDX-License-Identifier: MIT */
/*
 * Allocations that fail when a test says so: those of the library and of expat,
 * which the linker sends here in a program that is linked with SHORT_MEMORY_LINK
 * of CMakeLists.txt. libcurl's own stay as they are.
 */
#ifndef SHORT_MEMORY_H
#define SHORT_MEMORY_H

#include <stdbool.h>

typedef struct short_memory {
    bool armed;
    bool lasting; /* not only the nth fails: all from there on */
    long fail_at;
    long seen; /* while it was armed */
} short_memory;

extern short_memory memory;

/* From now on the nth fails. */
void memory_arm(long fail_at, bool lasting);

/* There is memory again; whether any allocation failed. */
bool memory_disarm(void);

#endif
