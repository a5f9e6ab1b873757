/* SPDX-License-Identifier: MIT */
#ifndef NAT__LISTENER_REQUEST_H
#define NAT__LISTENER_REQUEST_H

/* For listener.c and listener_request.c, the only files that know libmicrohttpd. */
#include "acceptor.h"
#include "listener.h"

#include <microhttpd.h>

struct nat__listener {
    nat__loop *loop;
    nat__log *log;
    nat__ip local;
    nat__acceptor acceptor;
    struct MHD_Daemon *daemon;
    nat__watch watch; /* of libmicrohttpd's epoll set */
    nat__timer timer; /* libmicrohttpd's */
    nat__link expected;
    struct nat__listener_request *entering; /* while libmicrohttpd takes it over */
    bool running;                           /* inside of libmicrohttpd */
    bool closed;                            /* while running: freed when it has returned */
};

/* A connection and its one request. */
typedef struct nat__listener_request {
    nat__guest guest;
    nat__listener *listener;
    char path[NAT__EXPECTED_PATH + 1]; /* "" for one that cannot be expected */
    unsigned refusal;                  /* what to answer without asking, 0 for nothing */
    bool begun;                        /* the headers have come */
    bool answered;
    size_t swallowed;
    nat__buf body;
    char peer[NAT__IP_TEXT + 16]; /* for traces */
} nat__listener_request;

/* Frees it, not its descriptor. */
void nat__listener_request_free(nat__listener_request *r);

/* What libmicrohttpd calls; arg is the listener. */
void *nat__listener_on_uri(void *arg, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result nat__listener_on_request(void *arg, struct MHD_Connection *mhd, const char *url,
                                         const char *method, const char *version, const char *data,
                                         size_t *length, void **context);

#endif
