/* SPDX-License-Identifier: MIT */
#ifndef NAT__HTTP_H
#define NAT__HTTP_H

#include "../ground/log.h"
#include "../ground/url.h"
#include "loop.h"

/* HTTP requests under way in one client. */
typedef struct nat__http nat__http;

/* One request. */
typedef struct nat__http_request nat__http_request;

/*
 * The largest replies. Real descriptions are below 30 KiB, actions give a few hundred bytes, and a
 * listing gives what it was asked for, 500 mappings, in some 350 KiB at most.
 */
enum {
    NAT__HTTP_DESCRIPTION_MAX = 128 * 1024, /* of a default gateway, or one that the user named */
    NAT__HTTP_OTHERS_MAX = 48 * 1024,       /* of anybody else: there may be many at once */
    NAT__HTTP_SOAP_MAX = 64 * 1024,
    NAT__HTTP_LIST_MAX = 384 * 1024
};

/* A header of a request. */
typedef struct nat__http_header {
    const char *name;
    const char *value; /* without control characters */
} nat__http_header;

/* Headers of one request; the longest header of a reply that is of use. */
enum { NAT__HTTP_HEADERS_MAX = 8, NAT__HTTP_VALUE_MAX = 512 };

/* What to ask. Everything is copied. */
typedef struct nat__http_params {
    const nat__url *url;             /* its host is numeric */
    const char *method;              /* NULL for GET */
    const nat__http_header *headers; /* sent in this order, after those that every request has */
    size_t header_count;
    nat__str body; /* NULL for none */
    size_t reply_max;
    unsigned timeout_ms; /* from when it is its turn; 0 for as long as the caller waits */
    bool fresh; /* on a new connection: libcurl repeats a request by itself when a kept one has died
                 */
} nat__http_params;

/* What came back, borrowed during the call. */
typedef struct nat__http_reply {
    natupnp_status status; /* NATUPNP_OK when there is an HTTP reply, whatever its code */
    long code;
    nat__str body;
    bool too_large;    /* that is why it came to NATUPNP_E_BAD_REPLY */
    bool connected;    /* a connection was made */
    bool sent;         /* some of the request has left */
    bool repeated;     /* libcurl has sent it twice already: a kept connection had died */
    const char *error; /* a few words when status is not NATUPNP_OK */
    nat__http_request *request;
} nat__http_reply;

typedef void nat__http_done(void *arg, const nat__http_reply *reply);

/*
 * A header of the reply, by its name in any case, borrowed as the reply is;
 * empty when it is missing, too long, or holds control characters.
 */
nat__str nat__http_reply_header(const nat__http_reply *reply, const char *name);

natupnp_status nat__http_new(nat__http **out, nat__loop *loop, nat__log *log);
void nat__http_free(nat__http *http);

/*
 * Sets libcurl up, which takes a millisecond: done at the first request, or
 * earlier, while an answer is awaited anyway. NATUPNP_E_SYSTEM or NATUPNP_E_NOMEM.
 */
natupnp_status nat__http_prepare(nat__http *http);

/*
 * Starts a request; done is called once, from the loop, unless it is
 * cancelled. A burst to one device is kept within what small routers stand.
 * NATUPNP_E_INVAL (a header), NATUPNP_E_NOMEM or NATUPNP_E_SYSTEM: nothing was
 * started.
 */
natupnp_status nat__http_start(nat__http_request **out, nat__http *http,
                               const nat__http_params *params, nat__http_done *done, void *arg);

/* Ends a request without a call to done. Says whether some of it had left. */
bool nat__http_cancel(nat__http_request *request);

/* "Linux/6.1 UPnP/1.1 natupnp/0.1.0", as UPnP Device Architecture 1.1, section 1.3.2 wants it. */
const char *nat__http_user_agent(const nat__http *http);

#endif
