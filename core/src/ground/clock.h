/* SPDX-License-Identifier: MIT */
#ifndef NAT__CLOCK_H
#define NAT__CLOCK_H

#include <stdint.h>

/* Where the time comes from: milliseconds that never go back. Tests put their own here. */
typedef struct nat__clock {
    uint64_t (*now_ms)(void *arg);
    void *arg;
} nat__clock;

/* CLOCK_MONOTONIC. */
nat__clock nat__clock_system(void);

static inline uint64_t nat__clock_now(const nat__clock *clock)
{
    return clock->now_ms(clock->arg);
}

#endif
