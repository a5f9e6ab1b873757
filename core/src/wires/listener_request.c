/* SPDX-License-Identifier: MIT */
/* One request: what of it is taken in, and what is answered. */
#include "listener_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A body that is too large is read on for so long, to be answered. */
enum { SWALLOWED_MAX = 4 * NAT__GENA_BODY_MAX };

static nat__expected *expected_of(const nat__listener_request *r)
{
    return nat__expected_find(&r->listener->expected, r->guest.from, r->path);
}

/* Sees the path before anything in it is decoded or cut off. */
void *nat__listener_on_uri(void *arg, const char *uri, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    nat__listener_request *r = info ? info->socket_context : NULL;
    (void)arg;
    if (r && strlen(uri) == NAT__EXPECTED_PATH)
        memcpy(r->path, uri, sizeof r->path);
    return r;
}

static enum MHD_Result answer(nat__listener_request *r, struct MHD_Connection *mhd, unsigned code)
{
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    bool good = MHD_add_response_header(response, "Connection", "close") == MHD_YES &&
                (code != 405 || MHD_add_response_header(response, "Allow", "NOTIFY") == MHD_YES);
    enum MHD_Result result = good ? MHD_queue_response(mhd, code, response) : MHD_NO;
    MHD_destroy_response(response);
    r->answered = true;
    if (r->listener->log->on_trace) {
        char line[32];
        int length = snprintf(line, sizeof line, "HTTP/1.1 %u\r\n\r\n", code);
        nat__log_trace(r->listener->log, NATUPNP_TRACE_SENT, r->peer, line, (size_t)length);
    }
    return result;
}

static void trace(const nat__listener_request *r, const char *method, const nat__notify *notify)
{
    nat__buf text = {0};
    if (!r->listener->log->on_trace)
        return;
    nat__buf_addf(&text, "%s %s HTTP/1.1\r\n", method, r->path);
    for (size_t i = 0; i < notify->header_count; i++) {
        const nat__gena_header *header = &notify->headers[i];
        nat__buf_addf(&text, "%.*s: %.*s\r\n", (int)header->name.length, header->name.at,
                      (int)header->value.length, header->value.at);
    }
    nat__buf_adds(&text, "\r\n");
    nat__buf_add(&text, notify->body.at, notify->body.length);
    if (text.failed == NATUPNP_OK)
        nat__log_trace(r->listener->log, NATUPNP_TRACE_RECEIVED, r->peer, text.at, text.length);
    nat__buf_free(&text);
}

/* The whole request is there: says what to answer. */
static unsigned judge(const nat__listener_request *r, struct MHD_Connection *mhd,
                      const char *method)
{
    static const char *const names[] = {"NT", "NTS", "SID", "SEQ"};
    nat__notify notify = {.body = {r->body.at ? r->body.at : "", r->body.length}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, names[i]);
        if (value)
            notify.headers[notify.header_count++] =
                (nat__gena_header){nat__str_of(names[i]), nat__str_trim(nat__str_of(value))};
    }
    trace(r, method, &notify);
    if (r->refusal)
        return r->refusal;
    nat__expected *e = expected_of(r);
    unsigned code = e ? e->on_notify(e->arg, &notify) : 404;
    return code >= 200 && code <= 599 ? code : 500;
}

/* False when it is time to end the connection. */
static bool take_body(nat__listener_request *r, const char *data, size_t length)
{
    r->swallowed += length;
    if (!r->refusal)
        nat__buf_add(&r->body, data, length);
    if (r->body.failed == NATUPNP_E_NOMEM)
        return false;
    if (r->body.failed != NATUPNP_OK)
        r->refusal = 413;
    return r->swallowed <= SWALLOWED_MAX;
}

/*
 * Called with the headers, then with pieces of the body, then at the end.
 * Everything is answered at the end: not every release can before it.
 */
enum MHD_Result nat__listener_on_request(void *arg, struct MHD_Connection *mhd, const char *url,
                                         const char *method, const char *version, const char *data,
                                         size_t *length, void **context)
{
    nat__listener *l = arg;
    nat__listener_request *r = *context;
    (void)url, (void)version;
    if (!r || r->answered || l->closed)
        return MHD_NO;
    if (!r->begun) {
        r->begun = true;
        r->refusal = strcmp(method, "NOTIFY") != 0 ? 405 : expected_of(r) ? 0 : 404;
        return MHD_YES;
    }
    if (*length == 0)
        return answer(r, mhd, judge(r, mhd, method));
    bool good = take_body(r, data, *length);
    *length = 0;
    return good ? MHD_YES : MHD_NO;
}

void nat__listener_request_free(nat__listener_request *r)
{
    nat__guest_leave(&r->guest);
    nat__buf_free(&r->body);
    free(r);
}
