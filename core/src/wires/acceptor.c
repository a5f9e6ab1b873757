/* SPDX-License-Identifier: MIT */
#include "acceptor.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

/* In one go, so that a flood does not keep the loop from the rest; and how long to wait for
 * descriptors. */
enum { BURST_MAX = 16, PAUSE_MS = 200, BACKLOG = 128 };

/* ---- guests ---- */

void nat__guest_shut(nat__guest *guest)
{
    nat__timer_clear(guest->loop, &guest->deadline);
    guest->shut = true;
    shutdown(guest->fd, SHUT_RDWR);
}

static void on_deadline(void *arg)
{
    nat__guest_shut(arg);
}

/* Shuts the oldest guest, of one host or of all, when there are too many. */
static void make_room(nat__acceptor *a, const nat__ip *from, size_t most)
{
    nat__guest *oldest = NULL;
    size_t count = 0;
    NAT__LIST_EACH (&a->guests, it) {
        nat__guest *guest = NAT__MEMBER(it, nat__guest, link);
        if (guest->shut || (from && !nat__ip_equal(guest->from, *from)))
            continue;
        count++;
        if (!oldest)
            oldest = guest;
    }
    if (count > most)
        nat__guest_shut(oldest);
}

natupnp_status nat__guest_enter(nat__acceptor *a, nat__guest *guest, int fd, nat__ip from)
{
    *guest = (nat__guest){.loop = a->loop, .fd = fd, .from = from};
    nat__list_init(&guest->link);
    natupnp_status status =
        nat__timer_open(a->loop, &guest->deadline, NAT__AWAKE, on_deadline, guest);
    if (status != NATUPNP_OK)
        return status;
    nat__timer_set(a->loop, &guest->deadline, nat__loop_now(a->loop) + NAT__GUEST_MS);
    nat__list_append(&a->guests, &guest->link);
    make_room(a, &from, NAT__GUESTS_OF_ONE_MAX);
    make_room(a, NULL, NAT__GUESTS_MAX);
    return NATUPNP_OK;
}

void nat__guest_leave(nat__guest *guest)
{
    nat__list_remove(&guest->link);
    nat__timer_close(guest->loop, &guest->deadline);
}

/* ---- accepting ---- */

/* Closes with a reset, so that nothing of it lingers here. */
static void turn_away(int fd)
{
    struct linger none = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(fd);
}

/* Stops listening for a while: without descriptors the socket stays readable. */
static void pause_listening(nat__acceptor *a)
{
    nat__watch_set(a->loop, &a->watch, a->fd, false, false);
    nat__timer_set(a->loop, &a->pause, nat__loop_now(a->loop) + PAUSE_MS);
}

static void on_ready(void *arg, bool readable, bool writable)
{
    nat__acceptor *a = arg;
    (void)readable, (void)writable;
    for (int i = 0; i < BURST_MAX; i++) {
        struct sockaddr_in from = {0};
        socklen_t size = sizeof from;
        int fd = accept4(a->fd, (struct sockaddr *)&from, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd < 0 && (errno == ECONNABORTED || errno == EINTR))
            continue;
        if (fd < 0) {
            if (errno != EAGAIN)
                pause_listening(a);
            break;
        }
        if (a->door.admits(a->door.arg, nat__ip_from_v4(from.sin_addr)))
            a->door.on_guest(a->door.arg, fd, &from);
        else
            turn_away(fd);
    }
    a->door.on_settled(a->door.arg);
}

static void on_pause_over(void *arg)
{
    nat__acceptor *a = arg;
    if (nat__watch_set(a->loop, &a->watch, a->fd, true, false) != NATUPNP_OK)
        pause_listening(a);
}

/* ---- opening ---- */

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

natupnp_status nat__acceptor_open(nat__acceptor *a, nat__loop *loop, nat__ip local, nat__door door)
{
    *a = (nat__acceptor){.loop = loop, .door = door};
    nat__list_init(&a->guests);
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
