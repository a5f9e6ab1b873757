/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_CONTROL_H
#define GATEWAY_CONTROL_H

#include "gateway.h"
#include "ssdp.h"
#include "watch.h"

/* The control interface: HTTP with JSON on a port of 127.0.0.1 of its own. */
struct control;

/* Sets gateway->control_port. NULL with errno on failure. */
struct control *control_start(struct gateway *gateway, struct ssdp *ssdp);
void control_stop(struct control *control);

void control_watch(const struct control *control, struct watch *watch);
int control_timeout_ms(const struct control *control);
void control_run(struct control *control);

#endif
