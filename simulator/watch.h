/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_WATCH_H
#define GATEWAY_WATCH_H

#include <poll.h>
#include <stddef.h>

struct MHD_Daemon;

/* The descriptors that the loop waits for, collected anew for each wait. All zero is empty. */
struct watch {
    struct pollfd *fds;
    size_t count;
    size_t room;
};

/* The index of the descriptor in fds. */
size_t watch_add(struct watch *watch, int fd, short events);
/* Everything that a libmicrohttpd daemon without a thread waits for. */
void watch_add_daemon(struct watch *watch, struct MHD_Daemon *daemon);
/* Milliseconds until a daemon must run; -1 if only its descriptors tell. */
int watch_daemon_timeout_ms(struct MHD_Daemon *daemon);
/* The shorter of two timeouts of which -1 is none. */
int watch_shorter(int a, int b);
void watch_free(struct watch *watch);

#endif
