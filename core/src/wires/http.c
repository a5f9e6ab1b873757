/* SPDX-License-Identifier: MIT */
/* The only file that includes curl headers. */
#include "http.h"

#include "../ground/buf.h"
#include "http_peer.h"
#include "sockets.h"

#include <curl/curl.h>
#include <errno.h>
#include <natupnp/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* Backstops; an operation's own deadline is shorter or comes from the caller. */
enum { CONNECT_MAX_MS = 4000, IDLE_MAX_S = 8, HEADERS_MAX = 32 * 1024 };

struct nat__http {
    nat__loop *loop;
    nat__log *log;
    CURLM *multi;
    nat__timer timer;
    nat__link peers;
    nat__link ended; /* requests whose done is still to be called */
    nat__sockets sockets;
    char user_agent[128];
};

struct nat__http_request {
    nat__link link; /* in its peer's queue, in http->ended, or in none while it is active */
    nat__http *http;
    nat__http_peer *peer;
    nat__http_done *done;
    void *arg;
    CURL *easy;
    struct curl_slist *headers;
    bool active;
    nat__buf reply;
    size_t header_bytes;
    unsigned attempts; /* libcurl repeats a request when a kept connection has died */
    CURLcode code;
    char error[CURL_ERROR_SIZE];
    char trace_peer[NAT__IP_TEXT + 16];
};

/* ---- what libcurl calls: nothing here calls back into libcurl or the user ---- */

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    nat__http *http = arg;
    (void)purpose;
    int fd =
        nat__sockets_open(&http->sockets, address->family, address->socktype, address->protocol);
    return fd >= 0 ? fd : CURL_SOCKET_BAD;
}

static int on_close(void *arg, curl_socket_t fd)
{
    nat__http *http = arg;
    return nat__sockets_close(&http->sockets, fd);
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *assigned)
{
    nat__http *http = arg;
    (void)easy, (void)assigned;
    bool read = what == CURL_POLL_IN || what == CURL_POLL_INOUT;
    bool write = what == CURL_POLL_OUT || what == CURL_POLL_INOUT;
    nat__sockets_await(&http->sockets, fd, read, write);
    return 0;
}

static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
    nat__http *http = arg;
    (void)multi;
    if (timeout_ms < 0)
        nat__timer_clear(http->loop, &http->timer);
    else
        nat__timer_set(http->loop, &http->timer, nat__loop_now(http->loop) + (uint64_t)timeout_ms);
    return 0;
}

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

static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
    nat__http_request *r = arg;
    (void)data;
    r->header_bytes += size * count;
    return r->header_bytes <= HEADERS_MAX ? size * count : 0;
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

/* ---- requests ---- */

static void request_free(nat__http_request *r)
{
    nat__list_remove(&r->link);
    curl_easy_cleanup(r->easy);
    curl_slist_free_all(r->headers);
    nat__buf_free(&r->reply);
    free(r);
}

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

/* Gives our own headers in the order that routers know from other control points: they are few. */
static bool set_post(nat__http_request *r, const nat__http_params *params)
{
    char length[24];
    snprintf(length, sizeof length, "%zu", params->body.length);
    return add_header(r, "Content-Length", length) &&
           add_header(r, "Content-Type", "text/xml; charset=\"utf-8\"") &&
           add_header(r, "SOAPAction", params->soap_action) && add_header(r, "Expect", "") &&
           curl_easy_setopt(r->easy, CURLOPT_POSTFIELDSIZE, (long)params->body.length) ==
               CURLE_OK &&
           curl_easy_setopt(r->easy, CURLOPT_COPYPOSTFIELDS, params->body.at) == CURLE_OK;
}

static bool set_up(nat__http_request *r, const nat__http_params *params)
{
    CURL *easy = r->easy;
    char *url = nat__url_text(params->url);
    bool ok = url && curl_easy_setopt(easy, CURLOPT_URL, url) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_USERAGENT, r->http->user_agent) == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http") == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
              curl_easy_setopt(easy, CURLOPT_NOPROXY, "*") == CURLE_OK;
    free(url);
    if (!ok || !add_header(r, "Accept", ""))
        return false;
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, params->fresh ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MAX_MS);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(easy, CURLOPT_LOW_SPEED_TIME, (long)IDLE_MAX_S);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, r->http);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close);
    curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, r->http);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_attempt);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, r);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, r->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
    if (r->http->log->on_trace) {
        curl_easy_setopt(easy, CURLOPT_DEBUGFUNCTION, on_debug);
        curl_easy_setopt(easy, CURLOPT_DEBUGDATA, r);
        curl_easy_setopt(easy, CURLOPT_VERBOSE, 1L);
    }
    if (params->soap_action && !set_post(r, params))
        return false;
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->headers) == CURLE_OK;
}

static bool activate(nat__http_request *r)
{
    if (curl_multi_add_handle(r->http->multi, r->easy) != CURLM_OK)
        return false;
    r->active = true;
    r->peer->active++;
    return true;
}

/* Takes an active request out of libcurl and lets the next one of its peer go. */
static void deactivate(nat__http_request *r)
{
    r->active = false;
    r->peer->active--;
    curl_multi_remove_handle(r->http->multi, r->easy);
    while (r->peer->active < r->peer->limit) {
        nat__link *it = nat__list_take(&r->peer->waiting);
        if (!it)
            break;
        nat__http_request *next = NAT__MEMBER(it, nat__http_request, link);
        if (!activate(next)) {
            next->code = CURLE_OUT_OF_MEMORY;
            nat__list_append(&r->http->ended, &next->link);
            /* Somebody has to come back for it. */
            nat__timer_set(r->http->loop, &r->http->timer, nat__loop_now(r->http->loop));
        }
    }
}

natupnp_status nat__http_start(nat__http_request **out, nat__http *http,
                               const nat__http_params *params, nat__http_done *done, void *arg)
{
    *out = NULL;
    natupnp_status status = nat__http_prepare(http);
    nat__http_request *r = status == NATUPNP_OK ? calloc(1, sizeof *r) : NULL;
    if (!r)
        return status == NATUPNP_OK ? NATUPNP_E_NOMEM : status;
    r->http = http;
    r->done = done;
    r->arg = arg;
    r->reply.limit = params->reply_max;
    nat__list_init(&r->link);
    char host[NAT__IP_TEXT];
    snprintf(r->trace_peer, sizeof r->trace_peer, "http %s:%u",
             nat__ip_text(params->url->host, host), (unsigned)params->url->port);
    r->peer = nat__http_peer_get(&http->peers, params->url->host, params->url->port);
    r->easy = curl_easy_init();
    bool ok = r->peer && r->easy && set_up(r, params);
    if (ok && r->peer->active < r->peer->limit)
        ok = activate(r);
    else if (ok)
        nat__list_append(&r->peer->waiting, &r->link);
    if (!ok) {
        request_free(r);
        return NATUPNP_E_NOMEM;
    }
    *out = r;
    return NATUPNP_OK;
}

static bool has_left(nat__http_request *r)
{
    long bytes = 0;
    curl_easy_getinfo(r->easy, CURLINFO_REQUEST_SIZE, &bytes);
    return bytes > 0;
}

bool nat__http_cancel(nat__http_request *r)
{
    bool sent = r->active && has_left(r);
    if (r->active)
        deactivate(r);
    request_free(r);
    return sent;
}

/* ---- the end of a request ---- */

static natupnp_status status_of(const nat__http_request *r, bool connected)
{
    switch (r->code) {
    case CURLE_OK:
    case CURLE_PARTIAL_FILE: /* Content-Length was wrong; what came decides */
        return NATUPNP_OK;
    case CURLE_OUT_OF_MEMORY:
        return NATUPNP_E_NOMEM;
    case CURLE_OPERATION_TIMEDOUT:
        return connected ? NATUPNP_E_TIMEOUT : NATUPNP_E_NETWORK;
    case CURLE_WRITE_ERROR: /* a cap was passed */
        return r->reply.failed == NATUPNP_E_NOMEM ? NATUPNP_E_NOMEM : NATUPNP_E_BAD_REPLY;
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* what answered does not speak HTTP/1 */
    case CURLE_BAD_CONTENT_ENCODING:
        return NATUPNP_E_BAD_REPLY;
    default:
        return NATUPNP_E_NETWORK;
    }
}

static void learn(nat__http_request *r, natupnp_status status)
{
    curl_off_t connect_us = 0;
    long connects = 0, error = 0;
    curl_easy_getinfo(r->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    curl_easy_getinfo(r->easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(r->easy, CURLINFO_OS_ERRNO, &error);
    nat__http_evidence evidence = {
        .connected_anew = connects > 0,
        .connect_ms = (uint64_t)connect_us / 1000,
        .reset = r->code == CURLE_RECV_ERROR || r->code == CURLE_SEND_ERROR || error == ECONNRESET,
        .answered = status == NATUPNP_OK,
    };
    nat__http_peer_learn(r->peer, &evidence);
}

static void end(nat__http_request *r)
{
    nat__http_reply reply = {.body = {r->reply.at ? r->reply.at : "", r->reply.length}};
    long connects = 0;
    curl_off_t connect_us = 0;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &reply.code);
    curl_easy_getinfo(r->easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(r->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    reply.sent = has_left(r);
    reply.repeated = r->attempts > 1;
    reply.connected = reply.sent || connect_us > 0;
    reply.status = status_of(r, reply.connected);
    reply.error = r->error[0] ? r->error : curl_easy_strerror(r->code);
    if (r->code == CURLE_WRITE_ERROR && reply.status != NATUPNP_E_NOMEM)
        reply.error = "the reply is too large";
    nat__http_done *done = r->done;
    void *arg = r->arg;
    done(arg, &reply);
    request_free(r);
}

/* Collects what libcurl has ended, then tells: done may start and cancel requests. */
static void settle(nat__http *http)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(http->multi, &left))) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURLcode code = message->data.result;
        nat__http_request *r = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &r);
        r->code = code;
        learn(r, status_of(r, true));
        deactivate(r);
        nat__list_append(&http->ended, &r->link);
    }
    for (nat__link *it = nat__list_take(&http->ended); it; it = nat__list_take(&http->ended))
        end(NAT__MEMBER(it, nat__http_request, link));
}

static void on_ready(void *arg, int fd, bool readable, bool writable)
{
    nat__http *http = arg;
    int running;
    curl_multi_socket_action(http->multi, fd,
                             (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0),
                             &running);
    settle(http);
}

static void on_timer(void *arg)
{
    nat__http *http = arg;
    int running;
    curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    settle(http);
}

/* ---- the set of requests ---- */

natupnp_status nat__http_new(nat__http **out, nat__loop *loop, nat__log *log)
{
    nat__http *http = *out = calloc(1, sizeof *http);
    if (!http)
        return NATUPNP_E_NOMEM;
    http->loop = loop;
    http->log = log;
    nat__list_init(&http->peers);
    nat__list_init(&http->ended);
    http->sockets = (nat__sockets){.loop = loop, .on_ready = on_ready, .arg = http};
    nat__list_init(&http->sockets.list);
    struct utsname system;
    bool known = uname(&system) == 0;
    snprintf(http->user_agent, sizeof http->user_agent, "%.32s/%.32s UPnP/1.1 natupnp/%s",
             known ? system.sysname : "POSIX", known ? system.release : "1", natupnp_version());
    if (nat__timer_open(loop, &http->timer, on_timer, http) == NATUPNP_OK)
        return NATUPNP_OK;
    nat__http_free(http);
    *out = NULL;
    return NATUPNP_E_NOMEM;
}

natupnp_status nat__http_prepare(nat__http *http)
{
    if (http->multi)
        return NATUPNP_OK;
    /* Counted by libcurl and never undone, since others in the process may use it. */
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return NATUPNP_E_SYSTEM;
    http->multi = curl_multi_init();
    if (!http->multi)
        return NATUPNP_E_NOMEM;
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    curl_multi_setopt(http->multi, CURLMOPT_SOCKETDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    curl_multi_setopt(http->multi, CURLMOPT_TIMERDATA, http);
    curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, 16L);
    return NATUPNP_OK;
}

void nat__http_free(nat__http *http)
{
    if (!http)
        return;
    if (http->multi)
        curl_multi_cleanup(http->multi);
    nat__timer_close(http->loop, &http->timer);
    for (nat__link *it = nat__list_take(&http->peers); it; it = nat__list_take(&http->peers))
        free(NAT__MEMBER(it, nat__http_peer, link));
    free(http);
}

const char *nat__http_user_agent(const nat__http *http)
{
    return http->user_agent;
}
