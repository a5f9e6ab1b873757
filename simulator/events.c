/* SPDX-License-Identifier: MIT */
/* What subscribers are told, and when (UPnP Device Architecture 1.1, section 4.3). */
#include "subscription.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

/* ---- changes ---- */

static void notice(struct gena *gena, enum service service, enum variable variable)
{
    char now[VARIABLE_ROOM];
    char *before = gena->values[service][variable];

    variable_read(now, gena->gateway, service, variable, gena->update_id);
    if (!strcmp(now, before))
        return;
    memcpy(before, now, sizeof now);
    for (size_t i = 0; i < gena->count && gena->looked; i++) {
        struct subscription *subscription = &gena->list[i];
        if (subscription->service != service || !variable_offered(gena->gateway, service, variable))
            continue;
        subscription->changed |= 1u << variable;
        if (variable == VARIABLE_EXTERNAL_IP && gena->gateway->settings.event_zero_first)
            subscription->lost_address = true;
    }
}

static void look(struct gena *gena)
{
    struct table *table = &gena->gateway->table;

    table_expire(table, gateway_now_ms(gena->gateway));
    if (gena->looked && gena->table_stamp != table->stamp)
        gena->update_id++;
    gena->table_stamp = table->stamp;
    for (int service = SERVICE_IP; service < SERVICES; service++)
        for (int variable = 0; variable < VARIABLES; variable++)
            notice(gena, (enum service)service, (enum variable)variable);
    gena->looked = true;
}

/* ---- events ---- */

/* Takes what is to be told now out of a subscription, as the body of an event. */
static void write_body(struct text *out, const struct gena *gena, struct subscription *subscription)
{
    bool lost = subscription->lost_address && subscription->seq;

    text_add(out, "<?xml version=\"1.0\"?>\n"
                  "<e:propertyset xmlns:e=\"urn:schemas-upnp-org:event-1-0\">");
    for (int i = 0; i < VARIABLES; i++) {
        const char *name = variable_name((enum variable)i);
        if (!(subscription->changed & 1u << i) || (lost && i != VARIABLE_EXTERNAL_IP))
            continue;
        text_format(out, "<e:property><%s>", name);
        text_xml(out, lost ? "0.0.0.0" : gena->values[subscription->service][i]);
        text_format(out, "</%s></e:property>", name);
    }
    text_add(out, "</e:propertyset>");
    if (!lost)
        subscription->changed = 0;
    subscription->lost_address = false;
}

static void write_request(struct text *out, const struct subscription *subscription,
                          const struct reply *event)
{
    enum fault_kind kind = subscription->fault.kind;
    char host[INET_ADDRSTRLEN];
    const struct text *body = &event->body;
    /* What never ends must not seem to have ended. */
    size_t length = body->length + (event->manner == MANNER_ENDLESS ? 1u << 30 : 0);

    inet_ntop(AF_INET, &subscription->to.sin_addr, host, sizeof host);
    text_format(out,
                "NOTIFY %s HTTP/1.1\r\nHOST: %s:%u\r\nCONTENT-TYPE: text/xml; charset=\"utf-8\"\r\n"
                "NT: upnp:event\r\nNTS: upnp:propchange\r\nSID: %s%s\r\nSEQ: %u\r\n",
                subscription->path, host, ntohs(subscription->to.sin_port), subscription->sid,
                kind == FAULT_WRONG_SID ? "0" : "", subscription->seq);
    for (int i = 0; event->big_header && i < 64; i++) {
        text_format(out, "X-Padding-%d: ", i);
        text_fill(out, 'x', 1023);
        text_add(out, "\r\n");
    }
    text_format(out, "CONTENT-LENGTH: %zu\r\nCONNECTION: close\r\n\r\n", length);
    text_bytes(out, body->data ? body->data : "",
               event->manner == MANNER_TRUNCATE ? body->length / 2 : body->length);
}

/* The number after this one; 0 is the first event's alone. */
static uint32_t seq_after(uint32_t seq)
{
    return seq == UINT32_MAX ? 1 : seq + 1;
}

/* Writes what came of an event down. */
static void end_event(struct gena *gena, struct subscription *subscription, int status)
{
    char host[INET_ADDRSTRLEN];
    const struct fault *fault = &subscription->fault;

    inet_ntop(AF_INET, &subscription->to.sin_addr, host, sizeof host);
    json_t *entry =
        json_pack("{s:o, s:o, s:s, s:o, s:s, s:s, s:I, s:i}", "time", log_time(), "peer",
                  json_sprintf("%s:%u", host, ntohs(subscription->to.sin_port)), "method", "NOTIFY",
                  "path", log_string(subscription->path), "action", "event", "sid",
                  subscription->sid, "seq", (json_int_t)subscription->seq, "status", status);
    if (fault->kind != FAULT_NONE)
        json_object_set_new(entry, "injected", json_string(fault_name(fault->kind)));
    log_add(&gena->gateway->log, entry);
    log_count_action(&gena->gateway->log, "event");
    if (!gena->gateway->settings.quiet)
        fprintf(stderr, "%s:%u NOTIFY event %u: %d\n", host, ntohs(subscription->to.sin_port),
                (unsigned)subscription->seq, status);
    subscription->told = true;
    subscription->judged = false;
    subscription->seq = seq_after(subscription->seq);
}

static void start_event(struct gena *gena, struct subscription *subscription)
{
    const struct settings *settings = &gena->gateway->settings;
    struct reply event = {0};
    struct text request = {0};

    write_body(&event.body, gena, subscription);
    subscription->last_ms = clock_ms();
    if (subscription->fault.kind == FAULT_SKIP_SEQ)
        subscription->seq = seq_after(subscription->seq);
    bool lost = !fault_done(&subscription->fault) && subscription->fault.kind != FAULT_HANG;
    fault_apply(subscription->fault.kind, &event);
    if (lost || event.manner == MANNER_DROP) {
        end_event(gena, subscription, 0);
    } else {
        write_request(&request, subscription, &event);
        delivery_start(&subscription->delivery,
                       settings->event_source[0] ? settings->event_source : settings->listen,
                       &subscription->to, &request, event.manner);
    }
    text_free(&event.body);
}

/* When what has changed may be told. */
static int64_t next_event_ms(const struct gena *gena, const struct subscription *subscription)
{
    int64_t at_ms = subscription->last_ms + gena->gateway->settings.event_interval_ms;

    if (!subscription->told) /* the first one waits for nothing before it */
        return subscription->fault_ms;
    return at_ms > subscription->fault_ms ? at_ms : subscription->fault_ms;
}

/* Goes on with the events of a subscription as far as it can. */
static void serve_subscription(struct gena *gena, struct subscription *subscription)
{
    int status;

    for (;;) {
        if (subscription->delivery.active) {
            if (!delivery_run(&subscription->delivery, &status))
                return;
            end_event(gena, subscription, status);
        }
        if (!subscription->changed || !subscription->answered)
            return;
        if (!subscription->judged) {
            int delay_ms = 0;
            subscription->fault = faults_take(&gena->gateway->faults, "event", NULL, &delay_ms);
            subscription->judged = true;
            subscription->fault_ms = clock_ms() + delay_ms;
        }
        if (next_event_ms(gena, subscription) > clock_ms())
            return;
        start_event(gena, subscription);
    }
}

void gena_run(struct gena *gena)
{
    look(gena);
    for (size_t i = 0; i < gena->count; i++) {
        struct subscription *subscription = &gena->list[i];
        if (subscription->expires_ms <= gateway_now_ms(gena->gateway))
            subscription_end(gena, subscription), i--;
        else
            serve_subscription(gena, subscription);
    }
}

void gena_watch(const struct gena *gena, struct watch *watch)
{
    for (size_t i = 0; i < gena->count; i++)
        delivery_watch(&gena->list[i].delivery, watch);
}

static int left_ms(int64_t at_ms, int64_t now_ms)
{
    int64_t left = at_ms - now_ms;

    return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

int gena_timeout_ms(const struct gena *gena)
{
    const struct table *table = &gena->gateway->table;
    int64_t now_ms = gateway_now_ms(gena->gateway);
    int timeout = -1;

    for (size_t i = 0; i < gena->count; i++) {
        const struct subscription *subscription = &gena->list[i];
        timeout = watch_shorter(timeout, left_ms(subscription->expires_ms, now_ms));
        timeout = watch_shorter(timeout, delivery_timeout_ms(&subscription->delivery));
        if (!subscription->delivery.active && subscription->changed && subscription->answered)
            timeout =
                watch_shorter(timeout, left_ms(next_event_ms(gena, subscription), clock_ms()));
    }
    /* That a lease has run out is told too. */
    if (gena->count && table->count && table->next_expiry_ms)
        timeout = watch_shorter(timeout, left_ms(table->next_expiry_ms, now_ms));
    return timeout;
}
