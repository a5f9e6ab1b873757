/* SPDX-License-Identifier: MIT */
/* The only file that knows epoll, timerfd and eventfd. */
#include "loop.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static natupnp_status status_of_errno(void)
{
    return errno == ENOMEM || errno == ENOSPC ? NATUPNP_E_NOMEM : NATUPNP_E_SYSTEM;
}

static bool add_own(nat__loop *loop, int fd)
{
    struct epoll_event event = {.events = EPOLLIN};
    return fd >= 0 && epoll_ctl(loop->fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static nat__loop closed_loop(void)
{
    nat__loop loop = {.fd = -1, .flag_fd = -1, .wake_fd = -1};
    for (nat__time time = 0; time < NAT__TIMES; time++)
        loop.timers[time].fd = -1;
    return loop;
}

natupnp_status nat__loop_open(nat__loop *loop, nat__clock clock)
{
    *loop = closed_loop();
    loop->clock = clock;
    loop->fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->fd < 0)
        return status_of_errno();
    loop->flag_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    natupnp_status status = NATUPNP_OK;
    if (!add_own(loop, loop->flag_fd) || !add_own(loop, loop->wake_fd))
        status = status_of_errno();
    if (status == NATUPNP_OK)
        status = nat__loop_open_time(loop, NAT__AWAKE);
    if (status == NATUPNP_OK)
        return NATUPNP_OK;
    nat__loop_close(loop);
    return status;
}

static void close_if_open(int fd)
{
    if (fd >= 0)
        close(fd);
}

void nat__loop_close(nat__loop *loop)
{
    for (nat__time time = 0; time < NAT__TIMES; time++) {
        close_if_open(loop->timers[time].fd);
        free(loop->timers[time].heap);
    }
    close_if_open(loop->flag_fd);
    close_if_open(loop->wake_fd);
    close_if_open(loop->fd);
    *loop = closed_loop();
}

natupnp_status nat__loop_open_time(nat__loop *loop, nat__time time)
{
    if (loop->detached)
        return NATUPNP_E_SYSTEM;
    clockid_t id = time == NAT__LASTING ? CLOCK_BOOTTIME : CLOCK_MONOTONIC;
    int fd = timerfd_create(id, TFD_CLOEXEC | TFD_NONBLOCK);
    if (!add_own(loop, fd)) {
        natupnp_status status = status_of_errno();
        close_if_open(fd);
        return status;
    }
    loop->timers[time].fd = fd;
    return NATUPNP_OK;
}

uint64_t nat__loop_now(const nat__loop *loop)
{
    return nat__clock_now(&loop->clock, NAT__AWAKE);
}

uint64_t nat__loop_now_lasting(const nat__loop *loop)
{
    return nat__clock_now(&loop->clock, NAT__LASTING);
}

void nat__loop_set_flag(nat__loop *loop, bool raised)
{
    if (loop->flag == raised)
        return;
    loop->flag = raised;
    uint64_t count = 1;
    ssize_t done = raised ? write(loop->flag_fd, &count, sizeof count)
                          : read(loop->flag_fd, &count, sizeof count);
    (void)done; /* an eventfd of ours at 0 or 1 neither blocks nor fails */
}

void nat__loop_wake(nat__loop *loop)
{
    int saved = errno;
    uint64_t count = 1;
    ssize_t done = write(loop->wake_fd, &count, sizeof count);
    (void)done; /* fails only when it is readable already */
    errno = saved;
}

static void arm(nat__loop *loop, nat__time time)
{
    nat__timers *timers = &loop->timers[time];
    uint64_t at = timers->count > 0 ? timers->heap[0]->at_ms : 0;
    if (timers->count > 0 && at == 0)
        at = 1; /* 0 stands for nothing */
    if (at == timers->armed_ms)
        return;
    struct itimerspec spec = {0};
    if (at > 0) {
        uint64_t now = nat__clock_now(&loop->clock, time);
        uint64_t left = at > now ? at - now : 0;
        spec.it_value.tv_sec = (time_t)(left / 1000);
        spec.it_value.tv_nsec = left > 0 ? (long)(left % 1000) * 1000000 : 1;
    }
    if (timerfd_settime(timers->fd, 0, &spec, NULL) == 0)
        timers->armed_ms = at;
}

void nat__loop_arm(nat__loop *loop)
{
    for (nat__time time = 0; time < NAT__TIMES; time++)
        arm(loop, time);
}

natupnp_status nat__watch_set(nat__loop *loop, nat__watch *watch, int fd, bool read, bool write)
{
    if (loop->detached)
        return NATUPNP_E_SYSTEM;
    struct epoll_event event = {.events = (read ? EPOLLIN : 0U) | (write ? EPOLLOUT : 0U),
                                .data.ptr = watch};
    if (epoll_ctl(loop->fd, watch->active ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0)
        return status_of_errno();
    watch->fd = fd;
    watch->active = true;
    return NATUPNP_OK;
}

void nat__watch_clear(nat__loop *loop, nat__watch *watch)
{
    if (!watch->active)
        return;
    watch->active = false;
    if (!loop->detached)
        epoll_ctl(loop->fd, EPOLL_CTL_DEL, watch->fd, NULL);
    for (size_t i = 0; i < loop->batch_count; i++)
        if (loop->batch[i] == watch)
            loop->batch[i] = NULL;
}

static void serve(nat__loop *loop, const struct epoll_event *events, size_t count)
{
    for (size_t i = 0; i < count; i++)
        loop->batch[i] = events[i].data.ptr;
    loop->batch_count = count;
    for (size_t i = 0; i < count; i++) {
        nat__watch *watch = loop->batch[i];
        if (!watch)
            continue; /* one of our own descriptors, or closed by a handler before */
        bool failed = events[i].events & (EPOLLERR | EPOLLHUP);
        watch->on_ready(watch->arg, failed || (events[i].events & EPOLLIN),
                        failed || (events[i].events & EPOLLOUT));
    }
    loop->batch_count = 0;
}

/* Empties a descriptor that only says that something is due; says whether it did. */
static bool drain(int fd)
{
    uint64_t count;
    return read(fd, &count, sizeof count) == (ssize_t)sizeof count;
}

static void run_due(nat__loop *loop, nat__time time)
{
    nat__timers *timers = &loop->timers[time];
    if (timers->fd < 0)
        return;
    /* Bounded, so that a handler that sets its timer to now does not keep the others waiting. */
    uint64_t now = nat__clock_now(&loop->clock, time);
    nat__timer *timer;
    size_t due = 0;
    while (due++ < timers->opened && (timer = nat__timer_take_due(timers, now)))
        timer->on_due(timer->arg);
    if (drain(timers->fd))
        timers->armed_ms = 0;
}

natupnp_status nat__loop_run(nat__loop *loop)
{
    loop->woken = drain(loop->wake_fd);
    struct epoll_event events[NAT__LOOP_BATCH];
    int count = epoll_wait(loop->fd, events, NAT__LOOP_BATCH, 0);
    if (count < 0 && errno != EINTR)
        return NATUPNP_E_SYSTEM;
    serve(loop, events, count > 0 ? (size_t)count : 0);

    for (nat__time time = 0; time < NAT__TIMES; time++)
        run_due(loop, time);
    nat__loop_arm(loop);
    return NATUPNP_OK;
}

natupnp_status nat__loop_wait(nat__loop *loop, int timeout_ms)
{
    nat__loop_arm(loop);
    struct pollfd ready = {.fd = loop->fd, .events = POLLIN};
    int count = poll(&ready, 1, timeout_ms);
    if (count > 0)
        return NATUPNP_OK;
    if (count == 0)
        return NATUPNP_E_TIMEOUT;
    return errno == EINTR ? NATUPNP_E_INTERRUPTED : NATUPNP_E_SYSTEM;
}
