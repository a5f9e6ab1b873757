/* SPDX-License-Identifier: MIT */
#include "listener.h"

#include "../words/request.h"
#include "acceptor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PIECE = 8 * 1024, DISCARDED_MAX = 4 * NAT__GENA_BODY_MAX };

struct nat__listener {
    nat__loop *loop;
    nat__log *log;
    nat__ip local;
    nat__acceptor acceptor;
    nat__link connections; /* those that are answered, then the others, the oldest first */
    nat__link expected;
    bool serving; /* a handler runs */
    bool closed;  /* meanwhile: freed when it has returned */
};

typedef struct connection {
    nat__link link;
    nat__listener *listener;
    nat__watch watch;
    nat__timer deadline;
    nat__ip from;
    int fd;
    nat__request request;
    bool continued;               /* it was told to go on */
    bool answered;                /* what still comes is thrown away */
    size_t discarded;             /* so far */
    char peer[NAT__IP_TEXT + 16]; /* for traces */
} connection;

/* In a forked child the parent's connection goes on: nothing is shut down here. */
static void end(void *arg)
{
    connection *c = arg;
    nat__list_remove(&c->link);
    nat__watch_clear(c->listener->loop, &c->watch);
    nat__timer_close(c->listener->loop, &c->deadline);
    nat__request_free(&c->request);
    close(c->fd);
    free(c);
}

static void destroy(nat__listener *l)
{
    nat__acceptor_close(&l->acceptor);
    NAT__LIST_EACH (&l->connections, it)
        end(NAT__MEMBER(it, connection, link));
    free(l);
}

/* ---- what is expected ---- */

natupnp_status nat__listener_expect(nat__listener *l, nat__expected *e, nat__ip from,
                                    nat__notify_fn *on_notify, void *arg)
{
    uint8_t secret[(NAT__EXPECTED_PATH - 1) / 2];
    char host[NAT__IP_TEXT];
    nat__listener_forget(e);
    if (getrandom(secret, sizeof secret, GRND_NONBLOCK) != (ssize_t)sizeof secret)
        return NATUPNP_E_SYSTEM;
    *e = (nat__expected){.from = from, .on_notify = on_notify, .arg = arg, .path = "/"};
    for (size_t i = 0; i < sizeof secret; i++)
        snprintf(e->path + 1 + 2 * i, 3, "%02x", secret[i]);
    snprintf(e->url, sizeof e->url, "http://%s:%u%s", nat__ip_text(l->local, host),
             (unsigned)l->acceptor.port, e->path);
    nat__list_append(&l->expected, &e->link);
    return NATUPNP_OK;
}

void nat__listener_forget(nat__expected *e)
{
    if (!e->link.next)
        return;
    nat__list_remove(&e->link);
    e->link = (nat__link){0};
}

/* What is expected from a host, at a path or, with NULL, at any; NULL for nothing. */
static nat__expected *expected_of(const nat__listener *l, nat__ip from, const nat__str *path)
{
    NAT__LIST_EACH (&l->expected, it) {
        nat__expected *e = NAT__MEMBER(it, nat__expected, link);
        if (nat__ip_equal(e->from, from) && (!path || nat__str_equal(*path, e->path)))
            return e;
    }
    return NULL;
}

/* ---- answering ---- */

/* There is room for so little: a connection that does not take it is broken. */
static bool say(connection *c, const char *text)
{
    size_t length = strlen(text);
    nat__log_trace(c->listener->log, NATUPNP_TRACE_SENT, c->peer, text, length);
    return send(c->fd, text, length, MSG_NOSIGNAL) == (ssize_t)length;
}

/*
 * The connection stays until the peer ends it, or its time is over: closed at
 * once, with something unread, it would be reset and the answer lost.
 */
static bool answer(connection *c, unsigned code)
{
    char text[128];
    snprintf(text, sizeof text,
             "HTTP/1.1 %u %s\r\n%sContent-Length: 0\r\nConnection: close\r\n\r\n", code,
             code == 200 ? "OK" : "Refused", code == 405 ? "Allow: NOTIFY\r\n" : "");
    c->answered = true;
    nat__request_free(&c->request);
    nat__list_remove(&c->link);
    nat__list_append(c->listener->connections.next, &c->link);
    return say(c, text) && shutdown(c->fd, SHUT_WR) == 0;
}

static unsigned ask(connection *c, const nat__expected *e)
{
    static const char *const names[] = {"NT", "NTS", "SID", "SEQ"};
    const nat__buf *body = &c->request.body;
    nat__notify notify = {.body = {body->at ? body->at : "", body->length}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        nat__str value = nat__request_field(&c->request, names[i]);
        if (value.length > 0)
            notify.headers[notify.header_count++] =
                (nat__gena_header){nat__str_of(names[i]), value};
    }
    unsigned code = e->on_notify(e->arg, &notify);
    return code >= 200 && code <= 599 ? code : 500;
}

/* The answer, as far as it is known: 0 for none yet. */
static unsigned judge(connection *c)
{
    const nat__request *r = &c->request;
    if (r->method.length == 0)
        return r->refusal;
    if (!nat__str_equal(r->method, "NOTIFY"))
        return 405;
    const nat__expected *e = expected_of(c->listener, c->from, &r->path);
    return !e ? 404 : r->stage == NAT__REQUEST_WHOLE ? ask(c, e) : r->refusal;
}

/* False when the connection is to end. */
static bool take(connection *c, nat__str data)
{
    if (c->answered) {
        c->discarded += data.length;
        return c->discarded <= DISCARDED_MAX;
    }
    nat__log_trace(c->listener->log, NATUPNP_TRACE_RECEIVED, c->peer, data.at, data.length);
    nat__request_feed(&c->request, data);
    unsigned code = judge(c);
    if (code != 0)
        return answer(c, code);
    bool waits = c->request.expects && c->request.method.length > 0 && !c->continued;
    c->continued = c->continued || waits;
    return !waits || say(c, "HTTP/1.1 100 Continue\r\n\r\n");
}

/* ---- connections ---- */

static void on_ready(void *arg, bool readable, bool writable)
{
    connection *c = arg;
    nat__listener *l = c->listener;
    char data[PIECE];
    ssize_t got = recv(c->fd, data, sizeof data, 0);
    (void)readable, (void)writable;
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    l->serving = true;
    if (got <= 0 || !take(c, (nat__str){data, (size_t)got}))
        end(c);
    l->serving = false;
    if (l->closed)
        destroy(l);
}

/* Ends the oldest connection, of one host or of all, when there are too many. */
static void make_room(nat__listener *l, const nat__ip *from, size_t most)
{
    connection *oldest = NULL;
    size_t count = 0;
    NAT__LIST_EACH (&l->connections, it) {
        connection *c = NAT__MEMBER(it, connection, link);
        if (from && !nat__ip_equal(c->from, *from))
            continue;
        count++;
        oldest = oldest ? oldest : c;
    }
    if (count > most)
        end(oldest);
}

/* Closes with a reset, so that nothing of it lingers here. */
static void turn_away(int fd)
{
    struct linger none = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    close(fd);
}

static void on_accepted(void *arg, int fd, const struct sockaddr_in *from)
{
    nat__listener *l = arg;
    nat__ip host = nat__ip_from_v4(from->sin_addr);
    char text[NAT__IP_TEXT];
    bool admitted = expected_of(l, host, NULL);
    connection *c = admitted ? calloc(1, sizeof *c) : NULL;
    if (!admitted)
        nat__log_line(l->log, NATUPNP_LOG_DEBUG, "%s wants to tell events and is turned away",
                      nat__ip_text(host, text));
    if (!c) {
        turn_away(fd);
        return;
    }
    *c = (connection){.listener = l, .from = host, .fd = fd};
    c->watch.on_ready = on_ready;
    c->watch.arg = c;
    snprintf(c->peer, sizeof c->peer, "event %s:%u", nat__ip_text(host, text),
             (unsigned)ntohs(from->sin_port));
    nat__list_append(&l->connections, &c->link);
    if (nat__timer_open(l->loop, &c->deadline, NAT__AWAKE, end, c) != NATUPNP_OK ||
        nat__watch_set(l->loop, &c->watch, fd, true, false) != NATUPNP_OK) {
        end(c);
        return;
    }
    nat__timer_set(l->loop, &c->deadline, nat__loop_now(l->loop) + NAT__CONNECTION_MS);
    make_room(l, &host, NAT__CONNECTIONS_OF_ONE_MAX);
    make_room(l, NULL, NAT__CONNECTIONS_MAX);
}

/* ---- from outside ---- */

natupnp_status nat__listener_open(nat__listener **out, nat__loop *loop, nat__log *log,
                                  nat__ip local)
{
    nat__listener *l = *out = calloc(1, sizeof *l);
    if (!l)
        return NATUPNP_E_NOMEM;
    *l = (nat__listener){.loop = loop, .log = log, .local = local};
    nat__list_init(&l->connections);
    nat__list_init(&l->expected);
    natupnp_status status = nat__acceptor_open(&l->acceptor, loop, local, on_accepted, l);
    if (status == NATUPNP_OK)
        return NATUPNP_OK;
    free(l);
    *out = NULL;
    return status;
}

void nat__listener_close(nat__listener *l)
{
    if (!l)
        return;
    while (!nat__list_empty(&l->expected))
        nat__listener_forget(NAT__MEMBER(l->expected.next, nat__expected, link));
    l->closed = true;
    if (!l->serving)
        destroy(l);
}

nat__ip nat__listener_local(const nat__listener *l)
{
    return l->local;
}
