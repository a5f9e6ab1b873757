/* SPDX-License-Identifier: MIT */
#include "acceptor.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAUSE_MS = 200, BACKLOG = 128 };

/* Stops listening for a while: without descriptors the socket stays readable. */
static void pause_listening(nat__acceptor *a)
{
    nat__watch_set(a->loop, &a->watch, a->fd, false, false);
    nat__timer_set(a->loop, &a->pause, nat__loop_now(a->loop) + PAUSE_MS);
}

/* One a turn, so that a flood does not keep the loop from the rest. */
static void on_ready(void *arg, bool readable, bool writable)
{
    nat__acceptor *a = arg;
    struct sockaddr_in from = {0};
    socklen_t size = sizeof from;
    int fd = accept4(a->fd, (struct sockaddr *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    (void)readable, (void)writable;
    if (fd >= 0)
        a->on_accepted(a->arg, fd, &from);
    else if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
        pause_listening(a);
}

static void on_pause_over(void *arg)
{
    nat__acceptor *a = arg;
    if (nat__watch_set(a->loop, &a->watch, a->fd, true, false) != NATUPNP_OK)
        pause_listening(a);
}

static bool set_up(nat__acceptor *a, nat__ip local)
{
    struct sockaddr_in name = nat__ip_to_v4(local, 0);
    socklen_t size = sizeof name;
    if (bind(a->fd, (struct sockaddr *)&name, size) != 0 || listen(a->fd, BACKLOG) != 0 ||
        getsockname(a->fd, (struct sockaddr *)&name, &size) != 0)
        return false;
    a->port = ntohs(name.sin_port);
    return true;
}

natupnp_status nat__acceptor_open(nat__acceptor *a, nat__loop *loop, nat__ip local,
                                  nat__accepted_fn *on_accepted, void *arg)
{
    *a = (nat__acceptor){.loop = loop, .on_accepted = on_accepted, .arg = arg};
    a->watch.on_ready = on_ready;
    a->watch.arg = a;
    natupnp_status status = nat__timer_open(loop, &a->pause, NAT__AWAKE, on_pause_over, a);
    a->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (status == NATUPNP_OK)
        status = a->fd >= 0 && set_up(a, local)
                     ? nat__watch_set(loop, &a->watch, a->fd, true, false)
                     : NATUPNP_E_SYSTEM;
    if (status != NATUPNP_OK)
        nat__acceptor_close(a);
    return status;
}

void nat__acceptor_close(nat__acceptor *a)
{
    nat__timer_close(a->loop, &a->pause);
    if (a->fd < 0)
        return;
    nat__watch_clear(a->loop, &a->watch);
    close(a->fd);
    a->fd = -1;
}
