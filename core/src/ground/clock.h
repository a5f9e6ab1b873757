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

/* What is repeated without the user's asking: all zero, it may be done at once. */
typedef struct nat__pace {
    unsigned tries;
    uint64_t next_ms; /* not before */
} nat__pace;

/* When it may be done next; it begins anew after it was not done for so long. */
uint64_t nat__pace_when(nat__pace *pace, uint64_t now_ms, uint64_t quiet_ms);

/* It is done: the next time waits, longer each time. */
void nat__pace_take(nat__pace *pace, uint64_t now_ms, uint64_t first_ms, uint64_t last_ms);

#endif
