/* SPDX-License-Identifier: MIT */
/*
 * Requests that come in, and how libmicrohttpd is driven: without a thread and
 * without a listening socket, on connections that the acceptor has let in. Its
 * panic hook is left to the program: nothing that comes in, and no want of
 * memory or descriptors, leads there.
 */
#include "listener_request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    HEADERS_MAX = 16 * 1024, /* what libmicrohttpd has for one connection */
    /* In libmicrohttpd's hands, with those that are shut but not closed yet. */
    CONNECTIONS_MAX = 4 * NAT__GUESTS_MAX,
    BACKSTOP_S = 2 * NAT__GUEST_MS / 1000,
    RUNS_MAX = 16 /* in one go */
};

/* ---- driving libmicrohttpd ---- */

static void on_connection(void *arg, struct MHD_Connection *mhd, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    nat__listener *l = arg;
    nat__listener_request *r = *context;
    (void)mhd;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = l->entering;
    } else if (r) {
        if (l->entering == r)
            l->entering = NULL;
        nat__listener_request_free(r);
    }
}

static nat__listener_request *request_of(nat__link *guest)
{
    return NAT__MEMBER(NAT__MEMBER(guest, nat__guest, link), nat__listener_request, guest);
}

static int epoll_of(const nat__listener *l)
{
    return MHD_get_daemon_info(l->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

/*
 * In a forked child libmicrohttpd would shut the parent's connections down and
 * take them out of its set: its memory is left, a few kilobytes a connection.
 */
static void abandon(nat__listener *l)
{
    close(epoll_of(l));
    NAT__LIST_EACH (&l->acceptor.guests, it) {
        nat__listener_request *r = request_of(it);
        close(r->guest.fd);
        nat__listener_request_free(r);
    }
}

static void destroy(nat__listener *l)
{
    nat__acceptor_close(&l->acceptor);
    nat__watch_clear(l->loop, &l->watch);
    nat__timer_close(l->loop, &l->timer);
    if (l->daemon && l->loop->detached && !nat__list_empty(&l->acceptor.guests))
        abandon(l);
    else if (l->daemon)
        MHD_stop_daemon(l->daemon);
    free(l);
}

/*
 * libmicrohttpd's set is edge-triggered: the end of a stream that came together
 * with half a request is not seen there.
 */
static void shut_ended(nat__listener *l)
{
    NAT__LIST_EACH (&l->acceptor.guests, it) {
        nat__listener_request *r = request_of(it);
        char byte;
        if (!r->answered && !r->guest.shut &&
            recv(r->guest.fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0)
            nat__guest_shut(&r->guest);
    }
}

/* What is due: libmicrohttpd says by its set or by its timer that something is. */
static void run(void *arg)
{
    nat__listener *l = arg;
    MHD_UNSIGNED_LONG_LONG left = 0;
    bool timed = true;
    l->running = true;
    for (int i = 0; i < RUNS_MAX && timed && left == 0 && !l->closed; i++) {
        MHD_run(l->daemon);
        timed = MHD_get_timeout(l->daemon, &left) == MHD_YES;
    }
    l->running = false;
    if (l->closed) {
        destroy(l);
        return;
    }
    if (!timed || left > 0)
        shut_ended(l); /* all that came before has been looked at */
    if (timed)
        nat__timer_set(l->loop, &l->timer, nat__loop_now(l->loop) + left);
    else
        nat__timer_clear(l->loop, &l->timer);
}

static void on_ready(void *arg, bool readable, bool writable)
{
    (void)readable, (void)writable;
    run(arg);
}

/* ---- who comes in ---- */

static bool admits(void *arg, nat__ip from)
{
    nat__listener *l = arg;
    char text[NAT__IP_TEXT];
    bool admitted = nat__expected_from(&l->expected, from);
    if (!admitted)
        nat__log_line(l->log, NATUPNP_LOG_DEBUG, "%s wants to tell events and is turned away",
                      nat__ip_text(from, text));
    return admitted;
}

static void on_guest(void *arg, int fd, const struct sockaddr_in *from)
{
    nat__listener *l = arg;
    nat__ip host = nat__ip_from_v4(from->sin_addr);
    nat__listener_request *r = calloc(1, sizeof *r);
    if (!r || nat__guest_enter(&l->acceptor, &r->guest, fd, host) != NATUPNP_OK) {
        free(r);
        close(fd);
        return;
    }
    r->listener = l;
    r->body.limit = NAT__GENA_BODY_MAX;
    char text[NAT__IP_TEXT];
    snprintf(r->peer, sizeof r->peer, "event %s:%u", nat__ip_text(host, text),
             (unsigned)ntohs(from->sin_port));
    l->entering = r;
    /* On failure it has closed the descriptor, and perhaps told on_connection(). */
    if (MHD_add_connection(l->daemon, fd, (const struct sockaddr *)from, sizeof *from) != MHD_YES &&
        l->entering)
        nat__listener_request_free(r);
    l->entering = NULL;
}

/* ---- opening and closing ---- */

static natupnp_status start_daemon(nat__listener *l)
{
    errno = 0;
    l->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET, 0, NULL, NULL, nat__listener_on_request, l,
        MHD_OPTION_URI_LOG_CALLBACK, nat__listener_on_uri, l, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, l, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADERS_MAX,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)BACKSTOP_S, MHD_OPTION_STRICT_FOR_CLIENT, -1 /* a Host header may be missing */,
        MHD_OPTION_END);
    if (!l->daemon)
        return errno == ENOMEM ? NATUPNP_E_NOMEM : NATUPNP_E_SYSTEM;
    return nat__watch_set(l->loop, &l->watch, epoll_of(l), true, false);
}

natupnp_status nat__listener_open(nat__listener **out, nat__loop *loop, nat__log *log,
                                  nat__ip local)
{
    nat__listener *l = *out = calloc(1, sizeof *l);
    if (!l)
        return NATUPNP_E_NOMEM;
    *l = (nat__listener){.loop = loop, .log = log, .local = local};
    nat__list_init(&l->expected);
    l->watch.on_ready = on_ready;
    l->watch.arg = l;
    natupnp_status status =
        nat__acceptor_open(&l->acceptor, loop, local, (nat__door){l, admits, on_guest, run});
    if (status == NATUPNP_OK)
        status = nat__timer_open(loop, &l->timer, NAT__AWAKE, run, l);
    if (status == NATUPNP_OK)
        status = start_daemon(l);
    if (status == NATUPNP_OK)
        return NATUPNP_OK;
    destroy(l);
    *out = NULL;
    return status;
}

void nat__listener_close(nat__listener *l)
{
    if (!l)
        return;
    while (!nat__list_empty(&l->expected))
        nat__expected_remove(NAT__MEMBER(l->expected.next, nat__expected, link));
    l->closed = true;
    if (!l->running)
        destroy(l);
}

nat__ip nat__listener_local(const nat__listener *l)
{
    return l->local;
}

natupnp_status nat__listener_expect(nat__listener *l, nat__expected *expected, nat__ip from,
                                    nat__notify_fn *on_notify, void *arg)
{
    expected->from = from;
    expected->on_notify = on_notify;
    expected->arg = arg;
    return nat__expected_add(&l->expected, expected, l->local, l->acceptor.port);
}

void nat__listener_forget(nat__expected *expected)
{
    nat__expected_remove(expected);
}
