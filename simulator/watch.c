/* SPDX-License-Identifier: MIT */
/*
 * What the loop waits for. libmicrohttpd could give one epoll descriptor for
 * everything, but it is edge-triggered inside: an end of stream that comes
 * together with half a request would never be seen.
 */
#include "watch.h"
#include "text.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

size_t watch_add(struct watch *watch, int fd, short events)
{
    if (watch->count == watch->room) {
        size_t room = watch->room ? watch->room * 2 : 32;
        struct pollfd *fds = memory_new(room, sizeof *fds);
        if (watch->count)
            memcpy(fds, watch->fds, watch->count * sizeof *fds);
        free(watch->fds);
        watch->fds = fds;
        watch->room = room;
    }
    watch->fds[watch->count] = (struct pollfd){.fd = fd, .events = events};
    return watch->count++;
}

void watch_add_daemon(struct watch *watch, struct MHD_Daemon *daemon)
{
    fd_set reads, writes, errors;
    MHD_socket highest = -1;

    FD_ZERO(&reads);
    FD_ZERO(&writes);
    FD_ZERO(&errors);
    if (MHD_get_fdset2(daemon, &reads, &writes, &errors, &highest, FD_SETSIZE) != MHD_YES)
        return;
    for (int fd = 0; fd <= highest; fd++) {
        short events = 0;

        if (FD_ISSET(fd, &reads))
            events |= POLLIN;
        if (FD_ISSET(fd, &writes))
            events |= POLLOUT;
        if (events)
            watch_add(watch, fd, events);
    }
}

int watch_daemon_timeout_ms(struct MHD_Daemon *daemon)
{
    MHD_UNSIGNED_LONG_LONG timeout;

    if (MHD_get_timeout(daemon, &timeout) != MHD_YES || timeout > INT32_MAX)
        return -1;
    return (int)timeout;
}

int watch_shorter(int a, int b)
{
    return a < 0 || (b >= 0 && b < a) ? b : a;
}

void watch_free(struct watch *watch)
{
    free(watch->fds);
    *watch = (struct watch){0};
}
