/* SPDX-License-Identifier: MIT */
#ifndef NAT__CLOCK_H
#define NAT__CLOCK_H

#include <stdint.h>

/*
 * Two times, both in milliseconds that never go back. What this machine waits
 * for stands still while it sleeps; what others do meanwhile, such as counting a
 * lease down, does not.
 */
typedef enum nat__time {
    NAT__AWAKE,   /* CLOCK_MONOTONIC */
    NAT__LASTING, /* CLOCK_BOOTTIME */
    NAT__TIMES
} nat__time;

/* Where the time comes from. Tests put their own here. */
typedef struct nat__clock {
    uint64_t (*now_ms)(void *arg, nat__time time);
    void *arg;
} nat__clock;

nat__clock nat__clock_system(void);

static inline uint64_t nat__clock_now(const nat__clock *clock, nat__time time)
{
    return clock->now_ms(clock->arg, time);
}

/* How long to wait before another try, after so many: twice as long each time, up to a limit. */
uint64_t nat__clock_gap(unsigned tries, uint64_t first_ms, uint64_t last_ms);

#endif
