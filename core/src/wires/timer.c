/* SPDX-License-Identifier: MIT */
/* The timers of a loop: a binary heap, the next one first. */
#include "loop.h"

#include <stdlib.h>

static void put(nat__timers *timers, size_t slot, nat__timer *timer)
{
    timers->heap[slot] = timer;
    timer->slot = slot + 1;
}

static void move_up(nat__timers *timers, size_t slot)
{
    nat__timer *timer = timers->heap[slot];
    while (slot > 0) {
        size_t parent = (slot - 1) / 2;
        if (timers->heap[parent]->at_ms <= timer->at_ms)
            break;
        put(timers, slot, timers->heap[parent]);
        slot = parent;
    }
    put(timers, slot, timer);
}

static void move_down(nat__timers *timers, size_t slot)
{
    nat__timer *timer = timers->heap[slot];
    for (;;) {
        size_t child = slot * 2 + 1;
        if (child >= timers->count)
            break;
        if (child + 1 < timers->count &&
            timers->heap[child + 1]->at_ms < timers->heap[child]->at_ms)
            child++;
        if (timer->at_ms <= timers->heap[child]->at_ms)
            break;
        put(timers, slot, timers->heap[child]);
        slot = child;
    }
    put(timers, slot, timer);
}

natupnp_status nat__timer_open(nat__loop *loop, nat__timer *timer, nat__time time,
                               void (*on_due)(void *arg), void *arg)
{
    nat__timers *timers = &loop->timers[time];
    *timer = (nat__timer){.time = time};
    natupnp_status status = timers->fd < 0 ? nat__loop_open_time(loop, time) : NATUPNP_OK;
    if (status != NATUPNP_OK)
        return status;
    if (timers->opened == timers->size) {
        size_t size = timers->size > 0 ? timers->size * 2 : 16;
        nat__timer **heap = realloc(timers->heap, size * sizeof(nat__timer *));
        if (!heap)
            return NATUPNP_E_NOMEM;
        timers->heap = heap;
        timers->size = size;
    }
    timers->opened++;
    timer->on_due = on_due;
    timer->arg = arg;
    return NATUPNP_OK;
}

void nat__timer_close(nat__loop *loop, nat__timer *timer)
{
    if (!timer->on_due)
        return;
    nat__timer_clear(loop, timer);
    timer->on_due = NULL;
    loop->timers[timer->time].opened--;
}

void nat__timer_set(nat__loop *loop, nat__timer *timer, uint64_t at_ms)
{
    nat__timers *timers = &loop->timers[timer->time];
    timer->at_ms = at_ms;
    if (timer->slot == 0)
        put(timers, timers->count++, timer);
    move_up(timers, timer->slot - 1);
    move_down(timers, timer->slot - 1);
}

static void take_out(nat__timers *timers, nat__timer *timer)
{
    if (timer->slot == 0)
        return;
    size_t slot = timer->slot - 1;
    nat__timer *last = timers->heap[--timers->count];
    timer->slot = 0;
    if (last == timer)
        return;
    put(timers, slot, last);
    move_up(timers, slot);
    move_down(timers, last->slot - 1);
}

void nat__timer_clear(nat__loop *loop, nat__timer *timer)
{
    take_out(&loop->timers[timer->time], timer);
}

nat__timer *nat__timer_take_due(nat__timers *timers, uint64_t now_ms)
{
    if (timers->count == 0 || timers->heap[0]->at_ms > now_ms)
        return NULL;
    nat__timer *timer = timers->heap[0];
    take_out(timers, timer);
    return timer;
}

int nat__loop_timeout_ms(const nat__loop *loop)
{
    uint64_t least = UINT64_MAX;
    for (nat__time time = 0; time < NAT__TIMES; time++) {
        const nat__timers *timers = &loop->timers[time];
        if (timers->count == 0)
            continue;
        uint64_t now = nat__clock_now(&loop->clock, time), at = timers->heap[0]->at_ms;
        uint64_t left = at > now ? at - now : 0;
        least = left < least ? left : least;
    }
    if (least == UINT64_MAX)
        return -1;
    return least > INT32_MAX ? INT32_MAX : (int)least;
}
