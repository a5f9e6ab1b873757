/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_SERVER_H
#define GATEWAY_SERVER_H

#include "gateway.h"
#include "watch.h"

/* The HTTP side of the device. */
struct server;

/* Sets gateway->http_port. NULL with errno on failure; the rest is freed by server_stop(). */
struct server *server_start(struct gateway *gateway);
void server_stop(struct server *server);

void server_watch(struct server *server, struct watch *watch);
/* Milliseconds until server_run() has something to do; -1 if only a descriptor tells. */
int server_timeout_ms(const struct server *server);
/* Does what is due, after a poll of what server_watch() added. */
void server_run(struct server *server, const struct watch *watch);

#endif
