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
