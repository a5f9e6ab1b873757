/* SPDX-License-Identifier: MIT */
/* Sending a request without waiting for it. */
#include "delivery.h"
#include "gateway.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DELIVERY_MS 5000
#define DRIP_MS 100

static int connect_from(const char *from, const struct sockaddr_in *to)
{
    struct sockaddr_in own = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (inet_pton(AF_INET, from, &own.sin_addr) == 1 &&
        bind(fd, (struct sockaddr *)&own, sizeof own) == 0 &&
        (connect(fd, (const struct sockaddr *)to, sizeof *to) == 0 || errno == EINPROGRESS))
        return fd;
    close(fd);
    return -1;
}

void delivery_start(struct delivery *delivery, const char *from, const struct sockaddr_in *to,
                    struct text *request, enum manner manner)
{
    *delivery = (struct delivery){
        .active = true,
        .fd = connect_from(from, to),
        .request = *request,
        .manner = manner,
        .end_ms = clock_ms() + DELIVERY_MS,
    };
    *request = (struct text){0};
}

void delivery_cancel(struct delivery *delivery)
{
    if (!delivery->active)
        return;
    if (delivery->fd >= 0)
        close(delivery->fd);
    text_free(&delivery->request);
    delivery->active = false;
}

/* Whether something of it is to be sent now. */
static bool has_more(const struct delivery *delivery)
{
    switch (delivery->manner) {
    case MANNER_HANG:
        return false;
    case MANNER_DRIP:
        return delivery->next_byte_ms <= clock_ms() && delivery->sent < delivery->request.length;
    case MANNER_ENDLESS:
        return true;
    default:
        return delivery->sent < delivery->request.length;
    }
}

void delivery_watch(const struct delivery *delivery, struct watch *watch)
{
    if (delivery->active)
        watch_add(watch, delivery->fd, has_more(delivery) ? POLLIN | POLLOUT : POLLIN);
}

int delivery_timeout_ms(const struct delivery *delivery)
{
    int64_t at_ms = delivery->end_ms;

    if (!delivery->active)
        return -1;
    if (delivery->manner == MANNER_DRIP && delivery->next_byte_ms < at_ms &&
        delivery->sent < delivery->request.length)
        at_ms = delivery->next_byte_ms;
    int64_t left = at_ms - clock_ms();
    return left < 0 || delivery->fd < 0 ? 0 : (int)left;
}

/* False when nothing more will get through. */
static bool send_some(struct delivery *delivery)
{
    static const char blanks[4096] = {' '};

    while (has_more(delivery)) {
        bool spent = delivery->sent >= delivery->request.length;
        const char *data = spent ? blanks : delivery->request.data + delivery->sent;
        size_t length = spent ? sizeof blanks : delivery->request.length - delivery->sent;
        ssize_t done =
            send(delivery->fd, data, delivery->manner == MANNER_DRIP ? 1 : length, MSG_NOSIGNAL);
        if (done < 0)
            return errno == EAGAIN || errno == EINTR;
        delivery->sent += (size_t)done;
        delivery->next_byte_ms = clock_ms() + DRIP_MS;
    }
    return delivery->manner != MANNER_TRUNCATE;
}

/* False at the end of what is of interest. */
static bool receive_some(struct delivery *delivery)
{
    for (;;) {
        size_t room = sizeof delivery->answer - 1 - delivery->answered;
        ssize_t got = recv(delivery->fd, delivery->answer + delivery->answered, room, 0);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return true;
        if (got <= 0)
            return false;
        delivery->answered += (size_t)got;
        delivery->answer[delivery->answered] = '\0';
        if (strstr(delivery->answer, "\r\n\r\n") ||
            delivery->answered == sizeof delivery->answer - 1)
            return false;
    }
}

bool delivery_run(struct delivery *delivery, int *status)
{
    if (delivery->fd >= 0 && clock_ms() < delivery->end_ms) {
        bool sending = send_some(delivery);
        if (receive_some(delivery) && sending)
            return false;
    }
    *status = 0;
    sscanf(delivery->answer, "HTTP/1.%*c %3d", status);
    delivery_cancel(delivery);
    return true;
}
