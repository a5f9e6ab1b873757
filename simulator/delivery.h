/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_DELIVERY_H
#define GATEWAY_DELIVERY_H

#include "faults.h"
#include "text.h"
#include "watch.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* One HTTP request on its way out, on a connection of its own. All zero is none. */
struct delivery {
    bool active;
    int fd;
    struct text request;
    size_t sent;
    enum manner manner;
    char answer[512]; /* as far as it is needed */
    size_t answered;
    int64_t end_ms;
    int64_t next_byte_ms;
};

/* Takes the request over. It comes from a local address; what cannot be sent ends at the next run.
 */
void delivery_start(struct delivery *delivery, const char *from, const struct sockaddr_in *to,
                    struct text *request, enum manner manner);
void delivery_watch(const struct delivery *delivery, struct watch *watch);
int delivery_timeout_ms(const struct delivery *delivery);
/* Sends and receives what it can. True at the end: status is that of HTTP, 0 without an answer. */
bool delivery_run(struct delivery *delivery, int *status);
void delivery_cancel(struct delivery *delivery);

#endif
