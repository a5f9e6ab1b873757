/* SPDX-License-Identifier: MIT */
/* The requests of a client, and how libcurl is driven. */
#include "http.h"

#include "http_request.h"

#include <errno.h>
#include <natupnp/version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* ---- what libcurl calls: nothing here calls back into libcurl or the user ---- */

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    nat__http_request *r = arg;
    (void)purpose;
    int fd =
        nat__sockets_open(&r->http->sockets, address->family, address->socktype, address->protocol);
    r->no_memory = fd < 0 && errno == ENOMEM;
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

/* ---- requests ---- */

static void request_free(nat__http_request *r)
{
    nat__list_remove(&r->link);
    curl_easy_cleanup(r->easy);
    curl_slist_free_all(r->headers);
    nat__buf_free(&r->reply);
    free(r);
}

static bool activate(nat__http_request *r)
{
    if (curl_multi_add_handle(r->http->multi, r->easy) != CURLM_OK)
        return false;
    r->active = true;
    nat__list_append(&r->http->active, &r->link);
    r->peer->active++;
    return true;
}

/* Takes an active request out of libcurl and lets the next one of its peer go. */
static void deactivate(nat__http_request *r)
{
    r->active = false;
    nat__list_remove(&r->link);
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
            nat__timer_set(r->http->loop, &r->http->later, nat__loop_now(r->http->loop));
        }
    }
}

/* A line break in a value, which may have come from a device, would be another header. */
static bool headers_are_good(const nat__http_params *params)
{
    for (size_t i = 0; i < params->header_count; i++)
        if (!nat__str_is_clean(nat__str_of(params->headers[i].value)))
            return false;
    return params->header_count <= NAT__HTTP_HEADERS_MAX;
}

natupnp_status nat__http_start(nat__http_request **out, nat__http *http,
                               const nat__http_params *params, nat__http_done *done, void *arg)
{
    *out = NULL;
    natupnp_status status = headers_are_good(params) ? nat__http_prepare(http) : NATUPNP_E_INVAL;
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
    bool ok = r->peer && r->easy && nat__http_set_up(r, params, on_open, on_close);
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
    bool sent = has_left(r);
    if (r->active)
        deactivate(r);
    request_free(r);
    return sent;
}

/* ---- the end of a request ---- */

/* Whether anything of a reply has come. */
static bool has_begun(const nat__http_request *r)
{
    curl_off_t first_us = 0;
    curl_easy_getinfo(r->easy, CURLINFO_STARTTRANSFER_TIME_T, &first_us);
    return first_us > 0;
}

static natupnp_status status_of(const nat__http_request *r, bool connected)
{
    if (r->no_memory)
        return NATUPNP_E_NOMEM;
    switch (r->code) {
    case CURLE_OK:
    case CURLE_PARTIAL_FILE: /* Content-Length was wrong; what came decides */
        return NATUPNP_OK;
    case CURLE_OUT_OF_MEMORY: /* that is also its word for a header that is too long */
        return has_begun(r) ? NATUPNP_E_BAD_REPLY : NATUPNP_E_NOMEM;
    case CURLE_OPERATION_TIMEDOUT:
        return connected ? NATUPNP_E_TIMEOUT : NATUPNP_E_NETWORK;
    case CURLE_WRITE_ERROR: /* a cap was passed */
        return r->reply.failed == NATUPNP_E_NOMEM ? NATUPNP_E_NOMEM : NATUPNP_E_BAD_REPLY;
    case CURLE_ABORTED_BY_CALLBACK: /* nothing came of what was sent */
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
#endif
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL: /* what answered does not speak HTTP/1 */
    case CURLE_BAD_CONTENT_ENCODING:
        return NATUPNP_E_BAD_REPLY;
    default:
        return NATUPNP_E_NETWORK;
    }
}

static bool is_too_large(const nat__http_request *r)
{
    return r->code == CURLE_WRITE_ERROR || r->code == CURLE_OUT_OF_MEMORY ||
           r->code == CURLE_ABORTED_BY_CALLBACK;
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
    nat__http_reply reply = {.body = {r->reply.at ? r->reply.at : "", r->reply.length},
                             .request = r};
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
    bool coded = r->coded || r->code == CURLE_BAD_CONTENT_ENCODING; /* newer ones see it first */
    if (reply.status == NATUPNP_E_BAD_REPLY && coded)
        reply.error = "the reply is encoded, which was not asked for";
    else if (reply.status == NATUPNP_E_BAD_REPLY && is_too_large(r))
        reply.too_large = true;
    if (reply.too_large)
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

/* Ends all that libcurl has under way: it lost track of it, for want of memory. */
static void abandon(nat__http *http)
{
    while (!nat__list_empty(&http->active)) {
        nat__http_request *r = NAT__MEMBER(http->active.next, nat__http_request, link);
        r->code = CURLE_OUT_OF_MEMORY;
        deactivate(r);
        nat__list_append(&http->ended, &r->link);
    }
}

static void on_ready(void *arg, int fd, bool readable, bool writable)
{
    nat__http *http = arg;
    int running;
    int ready = (readable ? CURL_CSELECT_IN : 0) | (writable ? CURL_CSELECT_OUT : 0);
    if (curl_multi_socket_action(http->multi, fd, ready, &running) != CURLM_OK)
        abandon(http);
    settle(http);
}

static void on_timer(void *arg)
{
    nat__http *http = arg;
    int running;
    if (curl_multi_socket_action(http->multi, CURL_SOCKET_TIMEOUT, 0, &running) != CURLM_OK)
        abandon(http);
    settle(http);
}

static void on_later(void *arg)
{
    settle(arg);
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
    nat__list_init(&http->active);
    http->sockets = (nat__sockets){.loop = loop, .on_ready = on_ready, .arg = http};
    nat__list_init(&http->sockets.list);
    struct utsname system;
    bool known = uname(&system) == 0;
    snprintf(http->user_agent, sizeof http->user_agent, "%.32s/%.32s UPnP/1.1 natupnp/%s",
             known ? system.sysname : "POSIX", known ? system.release : "1", natupnp_version());
    if (nat__timer_open(loop, &http->timer, NAT__AWAKE, on_timer, http) == NATUPNP_OK &&
        nat__timer_open(loop, &http->later, NAT__AWAKE, on_later, http) == NATUPNP_OK)
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
    /* Those whose end nobody awaits; waiting ones come after them. */
    while (!nat__list_empty(&http->active))
        nat__http_cancel(NAT__MEMBER(http->active.next, nat__http_request, link));
    for (nat__link *it = nat__list_take(&http->ended); it; it = nat__list_take(&http->ended))
        request_free(NAT__MEMBER(it, nat__http_request, link));
    if (http->multi)
        curl_multi_cleanup(http->multi);
    nat__sockets_forget(&http->sockets);
    nat__timer_close(http->loop, &http->timer);
    nat__timer_close(http->loop, &http->later);
    for (nat__link *it = nat__list_take(&http->peers); it; it = nat__list_take(&http->peers))
        free(NAT__MEMBER(it, nat__http_peer, link));
    free(http);
}

const char *nat__http_user_agent(const nat__http *http)
{
    return http->user_agent;
}
