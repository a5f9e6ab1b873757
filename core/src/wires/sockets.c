/* SPDX-License-Identifier: MIT */
#include "sockets.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct entry {
    nat__link link;
    nat__watch watch;
    nat__sockets *sockets;
    bool idle;
} entry;

static void on_ready(void *arg, bool readable, bool writable)
{
    entry *e = arg;
    nat__sockets *sockets = e->sockets;
    if (e->idle)
        nat__watch_clear(sockets->loop, &e->watch); /* it was reset; that shows at its next use */
    else
        sockets->on_ready(sockets->arg, e->watch.fd, readable, writable);
}

static entry *find(nat__sockets *sockets, int fd)
{
    NAT__LIST_EACH (&sockets->list, it) {
        entry *e = NAT__MEMBER(it, entry, link);
        if (e->watch.fd == fd)
            return e;
    }
    return NULL;
}

static void drop(nat__sockets *sockets, int fd)
{
    entry *e = find(sockets, fd);
    if (!e)
        return;
    nat__watch_clear(sockets->loop, &e->watch);
    nat__list_remove(&e->link);
    free(e);
}

int nat__sockets_open(nat__sockets *sockets, int family, int type, int protocol)
{
    entry *e = calloc(1, sizeof *e);
    int fd = e ? socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol) : -1;
    if (fd >= 0)
        drop(sockets, fd); /* libcurl closes a socket whose connect fails without telling */
    if (fd < 0 || nat__watch_set(sockets->loop, &e->watch, fd, false, false) != NATUPNP_OK) {
        int reason = errno;
        if (fd >= 0)
            close(fd);
        free(e);
        errno = reason;
        return -1;
    }
    e->sockets = sockets;
    e->watch.on_ready = on_ready;
    e->watch.arg = e;
    nat__list_append(&sockets->list, &e->link);
    return fd;
}

void nat__sockets_await(nat__sockets *sockets, int fd, bool read, bool write)
{
    entry *e = find(sockets, fd);
    if (!e)
        return;
    e->idle = !read && !write;
    nat__watch_set(sockets->loop, &e->watch, fd, read, write);
}

int nat__sockets_close(nat__sockets *sockets, int fd)
{
    drop(sockets, fd);
    return close(fd);
}

void nat__sockets_forget(nat__sockets *sockets)
{
    for (nat__link *it = nat__list_take(&sockets->list); it; it = nat__list_take(&sockets->list))
        free(NAT__MEMBER(it, entry, link));
}
