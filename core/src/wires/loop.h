/* SPDX-License-Identifier: MIT */
#ifndef NAT__LOOP_H
#define NAT__LOOP_H

#include "../ground/clock.h"

#include <natupnp/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A descriptor that the loop watches. Zero-initialised it watches nothing. */
typedef struct nat__watch {
    int fd;
    bool active;
    void (*on_ready)(void *arg, bool readable, bool writable);
    void *arg;
} nat__watch;

/* A point in time at which something is due. Opened once, then set and cleared without failing. */
typedef struct nat__timer {
    nat__time time; /* which of both at_ms counts on */
    uint64_t at_ms;
    size_t slot; /* place in the heap plus one; 0 while it is not set */
    void (*on_due)(void *arg);
    void *arg;
} nat__timer;

/* The timers of one time, and what makes the loop's descriptor readable when one is due. */
typedef struct nat__timers {
    int fd;            /* -1 until it is needed */
    uint64_t armed_ms; /* what fd is set to, 0 for nothing */
    nat__timer **heap;
    size_t count;
    size_t size;
    size_t opened; /* the heap has room for as many */
} nat__timers;

enum { NAT__LOOP_BATCH = 32 };

/*
 * One readiness descriptor over descriptors, timers and two flags. This file's
 * implementation is the only one that knows epoll, timerfd and eventfd.
 */
typedef struct nat__loop {
    nat__clock clock;
    int fd;      /* epoll, what the user watches */
    int flag_fd; /* readable while the flag is raised */
    int wake_fd; /* readable after a wake */
    bool flag;
    bool woken;    /* the last run saw a wake */
    bool detached; /* in a forked child: the kernel's set is shared with the parent */
    nat__timers timers[NAT__TIMES];
    nat__watch *batch[NAT__LOOP_BATCH]; /* being served; a closed one is set to NULL */
    size_t batch_count;
} nat__loop;

/* NATUPNP_E_SYSTEM or NATUPNP_E_NOMEM. */
natupnp_status nat__loop_open(nat__loop *loop, nat__clock clock);
void nat__loop_close(nat__loop *loop);

/* Serves what is ready and due, without waiting. NATUPNP_E_SYSTEM. */
natupnp_status nat__loop_run(nat__loop *loop);

/* Waits until something is ready: NATUPNP_OK, _E_TIMEOUT, _E_INTERRUPTED, _E_SYSTEM. -1 waits for
 * ever. */
natupnp_status nat__loop_wait(nat__loop *loop, int timeout_ms);

/*
 * Sets the kernel's timers to the next ones of ours. Called when a public call
 * is left: timers may have been set outside of a run.
 */
void nat__loop_arm(nat__loop *loop);

/* Raises or lowers the flag that keeps the descriptor readable. */
void nat__loop_set_flag(nat__loop *loop, bool raised);

/* Makes the descriptor readable once; for any thread and for signal handlers. */
void nat__loop_wake(nat__loop *loop);

/* How long until a timer is due, 0 when one is; -1 when none is set. */
int nat__loop_timeout_ms(const nat__loop *loop);

/* Now, on the loop's clock: while awake, or lasting. */
uint64_t nat__loop_now(const nat__loop *loop);
uint64_t nat__loop_now_lasting(const nat__loop *loop);

/* Watches a descriptor, or changes what for. NATUPNP_E_SYSTEM or NATUPNP_E_NOMEM. */
natupnp_status nat__watch_set(nat__loop *loop, nat__watch *watch, int fd, bool read, bool write);
void nat__watch_clear(nat__loop *loop, nat__watch *watch);

/* NATUPNP_E_NOMEM; the first of a time also NATUPNP_E_SYSTEM. */
natupnp_status nat__timer_open(nat__loop *loop, nat__timer *timer, nat__time time,
                               void (*on_due)(void *arg), void *arg);
void nat__timer_close(nat__loop *loop, nat__timer *timer);
void nat__timer_set(nat__loop *loop, nat__timer *timer, uint64_t at_ms);
void nat__timer_clear(nat__loop *loop, nat__timer *timer);

/* For the loop: the first timer that is due, taken out of the heap; NULL when there is none. */
nat__timer *nat__timer_take_due(nat__timers *timers, uint64_t now_ms);

/* For the timers: makes the descriptor of a time. NATUPNP_E_NOMEM or NATUPNP_E_SYSTEM. */
natupnp_status nat__loop_open_time(nat__loop *loop, nat__time time);

#endif
