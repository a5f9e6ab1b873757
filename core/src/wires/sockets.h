/* SPDX-License-Identifier: MIT */
#ifndef NAT__SOCKETS_H
#define NAT__SOCKETS_H

#include "../ground/list.h"
#include "loop.h"

/*
 * The sockets of connections that somebody else drives (libcurl). Each is
 * watched from its opening on, where failing is harmless: a failure later
 * would end all its transfers.
 */
typedef struct nat__sockets {
    nat__loop *loop;
    nat__link list;
    void (*on_ready)(void *arg, int fd, bool readable, bool writable);
    void *arg;
} nat__sockets;

/* Opens a socket, close-on-exec and non-blocking; -1 on failure, and errno. */
int nat__sockets_open(nat__sockets *sockets, int family, int type, int protocol);

/* What is awaited on it; neither for a kept connection that nobody uses. Others' sockets are
 * ignored. */
void nat__sockets_await(nat__sockets *sockets, int fd, bool read, bool write);

/* Closes it, as close() does. */
int nat__sockets_close(nat__sockets *sockets, int fd);

/* Frees what is known of those that were closed without telling. */
void nat__sockets_forget(nat__sockets *sockets);

#endif
