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

natupnp_status nat__loop_open(nat__loop *loop, nat__clock clock)
{
    *loop = (nat__loop){.clock = clock, .timer_fd = -1, .flag_fd = -1, .wake_fd = -1};
    loop->fd = epoll_create1(EPOLL_CLOEXEC);
    if (loop->fd < 0)
        return status_of_errno();
    loop->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    loop->flag_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (add_own(loop, loop->timer_fd) && add_own(loop, loop->flag_fd) &&
        add_own(loop, loop->wake_fd))
        return NATUPNP_OK;
    natupnp_status status = status_of_errno();
    nat__loop_close(loop);
    return status;
}

void nat__loop_close(nat__loop *loop)
{
    int fds[] = {loop->timer_fd, loop->flag_fd, loop->wake_fd, loop->fd};
    for (size_t i = 0; i < sizeof fds / sizeof fds[0]; i++)
        if (fds[i] >= 0)
            close(fds[i]);
    free(loop->heap);
    *loop = (nat__loop){.fd = -1, .timer_fd = -1, .flag_fd = -1, .wake_fd = -1};
}

uint64_t nat__loop_now(const nat__loop *loop)
{
    return nat__clock_now(&loop->clock);
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

void nat__loop_arm(nat__loop *loop)
{
    uint64_t at = loop->heap_count > 0 ? loop->heap[0]->at_ms : 0;
    if (loop->heap_count > 0 && at == 0)
        at = 1; /* 0 stands for nothing */
    if (at == loop->armed_ms)
        return;
    struct itimerspec spec = {0};
    if (at > 0) {
        uint64_t now = nat__loop_now(loop);
        uint64_t left = at > now ? at - now : 0;
        spec.it_value.tv_sec = (time_t)(left / 1000);
        spec.it_value.tv_nsec = left > 0 ? (long)(left % 1000) * 1000000 : 1;
    }
    if (timerfd_settime(loop->timer_fd, 0, &spec, NULL) == 0)
        loop->armed_ms = at;
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

natupnp_status nat__loop_run(nat__loop *loop)
{
    loop->woken = drain(loop->wake_fd);
    struct epoll_event events[NAT__LOOP_BATCH];
    int count = epoll_wait(loop->fd, events, NAT__LOOP_BATCH, 0);
    if (count < 0 && errno != EINTR)
        return NATUPNP_E_SYSTEM;
    serve(loop, events, count > 0 ? (size_t)count : 0);

    /* Bounded, so that a handler that sets its timer to now does not keep the others waiting. */
    uint64_t now = nat__loop_now(loop);
    nat__timer *timer;
    size_t due = 0;
    while (due++ < loop->timers && (timer = nat__timer_take_due(loop, now)))
        timer->on_due(timer->arg);
    drain(loop->timer_fd);
    loop->armed_ms = 0;
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
