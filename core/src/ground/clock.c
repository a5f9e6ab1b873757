/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <stddef.h>
#include <time.h>

static uint64_t system_now(void *arg, nat__time time)
{
    (void)arg;
    struct timespec now;
    clock_gettime(time == NAT__LASTING ? CLOCK_BOOTTIME : CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

nat__clock nat__clock_system(void)
{
    return (nat__clock){system_now, NULL};
}

uint64_t nat__clock_gap(unsigned tries, uint64_t first_ms, uint64_t last_ms)
{
    uint64_t gap_ms = first_ms;
    while (tries-- > 0 && gap_ms < last_ms)
        gap_ms *= 2;
    return gap_ms < last_ms ? gap_ms : last_ms;
}

uint64_t nat__pace_when(nat__pace *pace, uint64_t now_ms, uint64_t quiet_ms)
{
    if (now_ms >= pace->next_ms && now_ms - pace->next_ms >= quiet_ms)
        pace->tries = 0;
    return pace->next_ms > now_ms ? pace->next_ms : now_ms;
}

void nat__pace_take(nat__pace *pace, uint64_t now_ms, uint64_t first_ms, uint64_t last_ms)
{
    pace->next_ms = now_ms + nat__clock_gap(pace->tries++, first_ms, last_ms);
}
