/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_SSDP_H
#define GATEWAY_SSDP_H

#include "gateway.h"
#include "watch.h"

#include <stdbool.h>

/* The discovery side of the device. */
struct ssdp;

/* Sets gateway->ssdp_port. NULL with errno on failure. */
struct ssdp *ssdp_start(struct gateway *gateway);
void ssdp_stop(struct ssdp *ssdp);

void ssdp_watch(const struct ssdp *ssdp, struct watch *watch);
int ssdp_timeout_ms(const struct ssdp *ssdp);
/* Reads searches and sends the answers that are due. */
void ssdp_run(struct ssdp *ssdp);

/* Sends a NOTIFY for each device and service to 239.255.255.250; false with errno. */
bool ssdp_notify(struct ssdp *ssdp, const char *nts, uint16_t port);

#endif
