/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_LISTEN_H
#define GATEWAY_LISTEN_H

#include <netinet/in.h>

/*
 * A socket that listens at an address; -1 with errno. libmicrohttpd is given it made: what it
 * leaves in errno when it makes one itself differs from release to release.
 */
int listen_at(const struct sockaddr_in *address);

/* The port that a socket is bound to. */
uint16_t listen_port(int fd);

#endif
