/* SPDX-License-Identifier: MIT */
/* One request's handle: what is sent, what is taken in, and how much of it. */
#include "http_request.h"

#include <stdio.h>
#include <stdlib.h>

/* What answers at all accepts a connection in this time; whoever asked bounds the rest. */
enum { CONNECT_MAX_MS = 4000 };

/*
 * The headers of all replies to a request, and how often libcurl may go on, with some KiB from the
 * wire each time, without any of them or of the body: the extension of a chunk may have no end.
 */
enum { HEADERS_MAX = 32 * 1024, EMPTY_MAX = 256 };

/* ---- what libcurl calls: nothing here calls back into libcurl or the user ---- */

static int on_attempt(void *arg, char *remote, char *local, int remote_port, int local_port)
{
    nat__http_request *r = arg;
    (void)remote, (void)local, (void)remote_port, (void)local_port;
    r->attempts++;
    return CURL_PREREQFUNC_OK;
}

static size_t on_body(char *data, size_t size, size_t count, void *arg)
{
    nat__http_request *r = arg;
    nat__buf_add(&r->reply, data, size * count);
    return r->reply.failed == NATUPNP_OK ? size * count : 0;
}

/* libcurl decodes what has another name than that, with windows of many MiB. */
static bool is_coded(nat__str header)
{
    nat__str name = nat__str_cut(&header, ':'), value = nat__str_trim(header);
    return nat__str_equal_nocase(nat__str_trim(name), "Transfer-Encoding") && value.length > 0 &&
           !nat__str_equal_nocase(value, "chunked") && !nat__str_equal_nocase(value, "identity");
}

static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
    nat__http_request *r = arg;
    r->header_bytes += size * count;
    r->coded = r->coded || is_coded((nat__str){data, size * count});
    return r->header_bytes <= HEADERS_MAX && !r->coded ? size * count : 0;
}

static int on_progress(void *arg, curl_off_t whole, curl_off_t now, curl_off_t up_whole,
                       curl_off_t up_now)
{
    nat__http_request *r = arg;
    size_t told = r->reply.length + r->header_bytes;
    (void)whole, (void)now, (void)up_whole, (void)up_now;
    r->empty = told == r->told ? r->empty + 1 : 0;
    r->told = told;
    return r->empty > EMPTY_MAX; /* ends the request */
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t length, void *arg)
{
    nat__http_request *r = arg;
    (void)easy;
    if (type == CURLINFO_HEADER_OUT || type == CURLINFO_DATA_OUT)
        nat__log_trace(r->http->log, NATUPNP_TRACE_SENT, r->trace_peer, data, length);
    else if (type == CURLINFO_HEADER_IN || type == CURLINFO_DATA_IN)
        nat__log_trace(r->http->log, NATUPNP_TRACE_RECEIVED, r->trace_peer, data, length);
    return 0;
}

/* ---- options ---- */

static bool add_header(nat__http_request *r, const char *name, const char *value)
{
    nat__buf line = {0};
    nat__buf_addf(&line, "%s:%s%s", name, value[0] ? " " : "", value);
    struct curl_slist *headers =
        line.failed == NATUPNP_OK ? curl_slist_append(r->headers, line.at) : NULL;
    nat__buf_free(&line);
    if (headers)
        r->headers = headers;
    return headers != NULL;
}

/* Gives headers in the order that routers know from other control points: they are few. */
static bool set_headers(nat__http_request *r, const nat__http_params *params)
{
    char length[24];
    snprintf(length, sizeof length, "%zu", params->body.length);
    bool ok = add_header(r, "Accept", "");
    if (ok && params->body.at)
        ok = add_header(r, "Content-Length", length);
    for (size_t i = 0; ok && i < params->header_count; i++)
        ok = add_header(r, params->headers[i].name, params->headers[i].value);
    return ok && add_header(r, "Expect", "") &&
           curl_easy_setopt(r->easy, CURLOPT_HTTPHEADER, r->headers) == CURLE_OK;
}

static bool set_body(nat__http_request *r, nat__str body)
{
    return curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE, (long)body.length) == CURLE_OK &&
           curl_easy_setopt(r->easy, CURLOPT_COPYPOSTFIELDS, body.at) == CURLE_OK;
}

bool nat__http_set_up(nat__http_request *r, const nat__http_params *params,
                      curl_opensocket_callback on_open, curl_closesocket_callback on_close)
{
    CURL *easy = r->easy;
    char *url = nat__url_text(params->url);
    bool ok = url && curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_USERAGENT, r->http->user_agent) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == CURLE_OK;
    free(url);
    if (!ok || !set_headers(r, params))
        return false;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, params->fresh ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)params->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MAX_MS);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, r);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, r->http);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_attempt);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, r);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
    curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(easy, CURLOPT_XFERINFODATA, r);
    curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
    if (r->http->log->on_trace) {
        curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
        curl_easy_setopt(easy, CURLOPT_DEBUGDATA, r);
        curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    }
    if (params->body.at && !set_body(r, params->body))
        return false;
    return !params->method ||
           curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, params->method) == CURLE_OK;
}

nat__str nat__http_reply_header(const nat__http_reply *reply, const char *name)
{
    struct curl_header *header;
    nat__str value = {0};
    if (curl_easy_header(reply->request->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK)
        value = nat__str_trim(nat__str_of(header->value));
    return value.length <= NAT__HTTP_VALUE_MAX && nat__str_is_clean(value) ? value : (nat__str){0};
}
