/* SPDX-License-Identifier: MIT */
#ifndef NAT__REQUEST_H
#define NAT__REQUEST_H

#include "../ground/buf.h"
#include "../ground/str.h"

enum {
    NAT__REQUEST_HEAD_MAX = 8 * 1024, /* real ones are below 1 KiB */
    NAT__REQUEST_LINES_MAX =
        32 * 1024 /* with the sizes, extensions and trailers of a chunked body */
};

/* What comes next. */
typedef enum nat__request_stage {
    NAT__REQUEST_HEAD,
    NAT__REQUEST_SIZE, /* of a chunk */
    NAT__REQUEST_DATA, /* of the body or of a chunk */
    NAT__REQUEST_DATA_END,
    NAT__REQUEST_TRAILERS,
    NAT__REQUEST_WHOLE, /* nothing: it is there */
    NAT__REQUEST_REFUSED
} nat__request_stage;

/*
 * A request of HTTP/1 (RFC 9112), as it comes in. It is the only one of its
 * connection and nothing is passed on: so lines may end, and fields may be
 * written, as devices do it, but how long the body is must be beyond doubt.
 * Zero-initialised nothing has come yet.
 */
typedef struct nat__request {
    nat__request_stage stage;
    unsigned refusal; /* the HTTP status to answer with when it is refused, else 0 */
    nat__str method;  /* empty until there is a head that makes sense */
    nat__str path;    /* the target, without the scheme and authority that may stand before it */
    bool expects;     /* the peer waits for "100 Continue" before it sends the body */
    nat__buf body;    /* without its framing */

    nat__buf head, framing; /* as they came; of the framing the line that is coming */
    nat__str fields;
    size_t line;  /* where in the head the line that is coming begins */
    size_t lines; /* bytes of all lines so far */
    size_t left;  /* bytes to come, of the body or of the chunk */
    bool sized, chunked;
} nat__request;

/* Takes in what came next, and ignores what is behind the request. Without memory it is refused
 * with 503. */
void nat__request_feed(nat__request *r, nat__str data);

/* The first field of this name that says something, trimmed; an empty text when there is none. */
nat__str nat__request_field(const nat__request *r, const char *name);

void nat__request_free(nat__request *r);

#endif
