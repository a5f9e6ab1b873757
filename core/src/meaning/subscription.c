/* SPDX-License-Identifier: MIT */
#include "subscription.h"

#include <stdio.h>
#include <string.h>

/* The first event is sent at once (section 4.2): in these 5 s it would have come. */
enum {
    PRECONDITION_FAILED = 412,
    ANSWER_MS = 5000,
    CHECK_MS = 1500,
    FIRST_EVENT_MS = 5000,
    GAP_FIRST_MS = 40 * 1000, /* between one beginning and the next */
    GAP_LAST_MS = 900 * 1000,
    QUIET_MS = 1200 * 1000,
    REPLY_MAX = 4096
};

static void subscribe(nat__subscription *s);

static void clear_state(nat__subscription *s)
{
    s->sid[0] = s->early[0] = '\0';
    s->heard = s->proved = s->renewing = s->anew = s->failed = false;
}

/* Drops the request under way and what is expected. */
static void drop(nat__subscription *s)
{
    if (s->request)
        nat__http_cancel(s->request);
    s->request = NULL;
    nat__listener_forget(&s->expected);
    nat__timer_clear(s->loop, &s->renew);
}

/* ---- what goes out ---- */

static void ignore(void *arg, const nat__http_reply *reply)
{
    (void)arg;
    (void)reply;
}

/* Tells the gateway; NULL when that could not be begun, and the subscription is left to its end. */
static nat__http_request *unsubscribe(nat__subscription *s, nat__http_done *done, void *arg)
{
    const nat__http_header headers[] = {{"SID", s->sid}};
    nat__http_params params = {.url = &s->url,
                               .method = "UNSUBSCRIBE",
                               .headers = headers,
                               .header_count = 1,
                               .reply_max = REPLY_MAX,
                               .timeout_ms = ANSWER_MS};
    nat__http_request *request = NULL;
    if (s->sid[0] == '\0' || nat__http_start(&request, s->http, &params, done, arg) != NATUPNP_OK)
        return NULL;
    return request;
}

static void on_answer(void *arg, const nat__http_reply *reply);

/* Sends a SUBSCRIBE; a failure to is one of the network. */
static void send_subscribe(nat__subscription *s, const nat__http_header *headers, size_t count,
                           uint32_t timeout_ms)
{
    nat__http_params params = {.url = &s->url,
                               .method = "SUBSCRIBE",
                               .headers = headers,
                               .header_count = count,
                               .reply_max = REPLY_MAX,
                               .timeout_ms = timeout_ms};
    s->failed = nat__http_start(&s->request, s->http, &params, on_answer, s) != NATUPNP_OK;
    if (s->failed) /* told from the loop: the caller may be in the middle of something */
        nat__timer_set(s->loop, &s->renew, nat__loop_now_lasting(s->loop));
}

#define TIMEOUT_TEXT 20
static const char *asked_time(char text[TIMEOUT_TEXT])
{
    snprintf(text, TIMEOUT_TEXT, "Second-%d", NAT__GENA_TIMEOUT_S);
    return text;
}

static void renew(nat__subscription *s, uint32_t timeout_ms)
{
    char time[TIMEOUT_TEXT];
    const nat__http_header headers[] = {{"SID", s->sid}, {"TIMEOUT", asked_time(time)}};
    s->renewing = true;
    send_subscribe(s, headers, 2, timeout_ms);
}

static unsigned on_notify(void *arg, const nat__notify *notify);

static void subscribe(nat__subscription *s)
{
    char callback[NAT__EXPECTED_URL + 3], time[TIMEOUT_TEXT];
    drop(s);
    clear_state(s);
    nat__pace_take(&s->pace, nat__loop_now_lasting(s->loop), GAP_FIRST_MS, GAP_LAST_MS);
    if (nat__listener_expect(s->listener, &s->expected, s->url.host, on_notify, s) != NATUPNP_OK) {
        s->subscriber.on_refused(s->subscriber.arg);
        return;
    }
    snprintf(callback, sizeof callback, "<%s>", s->expected.url);
    const nat__http_header headers[] = {
        {"CALLBACK", callback}, {"NT", "upnp:event"}, {"TIMEOUT", asked_time(time)}};
    send_subscribe(s, headers, 3, ANSWER_MS);
}

/* When it may begin anew: the first time at once. */
static uint64_t next_beginning(nat__subscription *s)
{
    uint64_t now = nat__loop_now_lasting(s->loop);
    uint64_t at_ms = nat__pace_when(&s->pace, now, QUIET_MS);
    return s->pace.tries > 1 ? at_ms : now;
}

static void subscribe_in_turn(nat__subscription *s)
{
    uint64_t at_ms = next_beginning(s);
    if (at_ms <= nat__loop_now_lasting(s->loop)) {
        subscribe(s);
        return;
    }
    s->anew = true;
    nat__timer_set(s->loop, &s->renew, at_ms);
}

/* ---- what comes back ---- */

static void take_answer(nat__subscription *s, const nat__http_reply *reply)
{
    const nat__gena_header headers[] = {{{"SID", 3}, nat__http_reply_header(reply, "SID")},
                                        {{"TIMEOUT", 7}, nat__http_reply_header(reply, "TIMEOUT")}};
    nat__gena_subscription granted;
    bool named = nat__gena_parse_subscription(&granted, headers, 2);
    if (!named && s->sid[0] == '\0') {
        s->subscriber.on_refused(s->subscriber.arg);
        return;
    }
    if (s->sid[0] == '\0')
        snprintf(s->sid, sizeof s->sid, "%.*s", (int)granted.sid.length, granted.sid.at);
    if (s->early[0] != '\0' && strcmp(s->early, s->sid) != 0)
        s->heard = s->proved = false; /* an event of another subscription */
    s->early[0] = '\0';
    s->renewing = false;
    uint64_t now = nat__loop_now_lasting(s->loop);
    s->renew_ms = now + granted.timeout_s * 1000ULL / 2;
    s->proved = s->proved || s->heard || s->renew_ms <= now + FIRST_EVENT_MS;
    uint64_t next = s->proved ? s->renew_ms : now + FIRST_EVENT_MS;
    nat__timer_set(s->loop, &s->renew, s->anew ? next_beginning(s) : next);
}

/* Nothing came: a firewall of this host lets no event in, mostly. */
static void on_silence(nat__subscription *s)
{
    nat__log_line(s->log, NATUPNP_LOG_INFO,
                  "no event has come; a firewall may be in between, so the gateway is asked");
    s->proved = true;
    nat__timer_set(s->loop, &s->renew, s->renew_ms);
    s->subscriber.on_refused(s->subscriber.arg);
}

static void on_answer(void *arg, const nat__http_reply *reply)
{
    nat__subscription *s = arg;
    bool renewing = s->renewing;
    s->request = NULL;
    if (reply->status == NATUPNP_OK && reply->code / 100 == 2) {
        take_answer(s, reply);
    } else if (reply->status == NATUPNP_OK && renewing) {
        nat__log_line(s->log, NATUPNP_LOG_INFO, "the gateway does not know the subscription (%ld)",
                      reply->code);
        drop(s);
        clear_state(s);
        subscribe_in_turn(s);
        s->subscriber.on_doubt(s->subscriber.arg, true);
    } else if (reply->status == NATUPNP_OK) {
        nat__log_line(s->log, NATUPNP_LOG_INFO, "the gateway sends no events (HTTP %ld)",
                      reply->code);
        s->subscriber.on_refused(s->subscriber.arg);
    } else {
        s->subscriber.on_away(s->subscriber.arg);
    }
}

static bool is_known(nat__subscription *s, nat__str sid)
{
    const char *known = s->sid[0] != '\0' ? s->sid : s->early;
    if (known[0] != '\0')
        return nat__str_equal(sid, known);
    /* Before the answer that tells the SID: the path alone shows that it is ours. */
    snprintf(s->early, sizeof s->early, "%.*s", (int)sid.length, sid.at);
    return true;
}

/* Begins anew from the loop: events are missing. Until then the next ones say no more about that.
 */
static void begin_anew(nat__subscription *s)
{
    if (s->anew)
        return;
    nat__log_line(s->log, NATUPNP_LOG_INFO, "events were lost; subscribing again");
    s->anew = true;
    nat__timer_set(s->loop, &s->renew, next_beginning(s));
    s->subscriber.on_doubt(s->subscriber.arg, false);
}

static unsigned on_notify(void *arg, const nat__notify *notify)
{
    nat__subscription *s = arg;
    nat__gena_notify header;
    nat__gena_event event;
    unsigned code = nat__gena_parse_notify(&header, notify->headers, notify->header_count);
    if (code != 200)
        return code;
    if (!is_known(s, header.sid))
        return PRECONDITION_FAILED;
    nat__gena_order order = s->heard ? nat__gena_judge_seq(s->seq, header.seq) : NAT__GENA_NEXT;
    if (order == NAT__GENA_GAP)
        begin_anew(s);
    if (!s->proved && s->sid[0] != '\0' && !s->anew)
        nat__timer_set(s->loop, &s->renew, s->renew_ms);
    s->heard = s->proved = true;
    s->seq = header.seq;
    natupnp_status status = nat__gena_parse_event(&event, notify->body);
    if (status == NATUPNP_OK)
        s->subscriber.on_event(s->subscriber.arg, &event);
    else
        nat__log_line(s->log, NATUPNP_LOG_WARNING, "an event that makes no sense");
    return 200;
}

static void on_renew(void *arg)
{
    nat__subscription *s = arg;
    if (s->request)
        return; /* its answer sets the timer */
    if (s->failed) {
        s->failed = false;
        s->subscriber.on_away(s->subscriber.arg);
        return;
    }
    if (s->anew) {
        unsubscribe(s, ignore, NULL);
        subscribe(s);
    } else if (!s->proved) {
        on_silence(s);
    } else {
        renew(s, ANSWER_MS);
    }
}

/* ---- from outside ---- */

natupnp_status nat__subscription_open(nat__subscription *s, nat__loop *loop, nat__log *log,
                                      nat__http *http, nat__subscriber subscriber)
{
    *s = (nat__subscription){.loop = loop, .log = log, .http = http, .subscriber = subscriber};
    return nat__timer_open(loop, &s->renew, NAT__LASTING, on_renew, s);
}

natupnp_status nat__subscription_begin(nat__subscription *s, nat__listener *listener,
                                       const nat__url *url)
{
    nat__subscription_end(s, true);
    natupnp_status status = nat__url_copy(&s->url, url);
    if (status != NATUPNP_OK)
        return status;
    s->listener = listener;
    subscribe(s);
    return NATUPNP_OK;
}

void nat__subscription_end(nat__subscription *s, bool tell)
{
    if (!s->url.target)
        return;
    if (tell)
        unsubscribe(s, ignore, NULL);
    drop(s);
    clear_state(s);
    nat__url_free(&s->url);
}

nat__http_request *nat__subscription_farewell(nat__subscription *s, nat__http_done *done, void *arg)
{
    nat__http_request *request = unsubscribe(s, done, arg);
    nat__subscription_end(s, false);
    return request;
}

void nat__subscription_check(nat__subscription *s)
{
    if (s->sid[0] != '\0' && !s->request && !s->anew)
        renew(s, CHECK_MS);
}

bool nat__subscription_is_on(const nat__subscription *s)
{
    return s->sid[0] != '\0';
}

void nat__subscription_close(nat__subscription *s)
{
    if (!s->loop)
        return;
    nat__subscription_end(s, false);
    nat__timer_close(s->loop, &s->renew);
}
