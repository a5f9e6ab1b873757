/* SPDX-License-Identifier: MIT */
/* The timers of a loop: a binary heap, the next one first. */
#include "loop.h"

#include <stdlib.h>

static void put(nat__loop *loop, size_t slot, nat__timer *timer)
{
    loop->heap[slot] = timer;
    timer->slot = slot + 1;
}

static void move_up(nat__loop *loop, size_t slot)
{
    nat__timer *timer = loop->heap[slot];
    while (slot > 0) {
        size_t parent = (slot - 1) / 2;
        if (loop->heap[parent]->at_ms <= timer->at_ms)
            break;
        put(loop, slot, loop->heap[parent]);
        slot = parent;
    }
    put(loop, slot, timer);
}

static void move_down(nat__loop *loop, size_t slot)
{
    nat__timer *timer = loop->heap[slot];
    for (;;) {
        size_t child = slot * 2 + 1;
        if (child >= loop->heap_count)
            break;
        if (child + 1 < loop->heap_count && loop->heap[child + 1]->at_ms < loop->heap[child]->at_ms)
            child++;
        if (timer->at_ms <= loop->heap[child]->at_ms)
            break;
        put(loop, slot, loop->heap[child]);
        slot = child;
    }
    put(loop, slot, timer);
}

natupnp_status nat__timer_open(nat__loop *loop, nat__timer *timer, void (*on_due)(void *arg),
                               void *arg)
{
    *timer = (nat__timer){.on_due = on_due, .arg = arg};
    if (loop->timers == loop->heap_size) {
        size_t size = loop->heap_size > 0 ? loop->heap_size * 2 : 16;
        nat__timer **heap = realloc(loop->heap, size * sizeof(nat__timer *));
        if (!heap) {
            timer->on_due = NULL;
            return NATUPNP_E_NOMEM;
        }
        loop->heap = heap;
        loop->heap_size = size;
    }
    loop->timers++;
    return NATUPNP_OK;
}

void nat__timer_close(nat__loop *loop, nat__timer *timer)
{
    if (!timer->on_due)
        return;
    nat__timer_clear(loop, timer);
    timer->on_due = NULL;
    loop->timers--;
}

void nat__timer_set(nat__loop *loop, nat__timer *timer, uint64_t at_ms)
{
    timer->at_ms = at_ms;
    if (timer->slot == 0)
        put(loop, loop->heap_count++, timer);
    move_up(loop, timer->slot - 1);
    move_down(loop, timer->slot - 1);
}

void nat__timer_clear(nat__loop *loop, nat__timer *timer)
{
    if (timer->slot == 0)
        return;
    size_t slot = timer->slot - 1;
    nat__timer *last = loop->heap[--loop->heap_count];
    timer->slot = 0;
    if (last == timer)
        return;
    put(loop, slot, last);
    move_up(loop, slot);
    move_down(loop, last->slot - 1);
}

nat__timer *nat__timer_take_due(nat__loop *loop, uint64_t now_ms)
{
    if (loop->heap_count == 0 || loop->heap[0]->at_ms > now_ms)
        return NULL;
    nat__timer *timer = loop->heap[0];
    nat__timer_clear(loop, timer);
    return timer;
}

int nat__loop_timeout_ms(const nat__loop *loop)
{
    if (loop->heap_count == 0)
        return -1;
    uint64_t now = nat__loop_now(loop);
    uint64_t at = loop->heap[0]->at_ms;
    if (at <= now)
        return 0;
    return at - now > INT32_MAX ? INT32_MAX : (int)(at - now);
}
