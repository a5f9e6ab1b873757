/* SPDX-License-Identifier: MIT */
/* Subscribing to events (UPnP Device Architecture 1.1, section 4.1). */
#include "subscription.h"
#include "description.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct gena *gena_start(struct gateway *gateway)
{
    struct gena *gena = memory_new(1, sizeof *gena);

    gena->gateway = gateway;
    return gena;
}

void subscription_end(struct gena *gena, struct subscription *subscription)
{
    delivery_cancel(&subscription->delivery);
    *subscription = gena->list[--gena->count];
}

void gena_forget(struct gena *gena)
{
    while (gena->count)
        subscription_end(gena, &gena->list[gena->count - 1]);
}

void gena_stop(struct gena *gena)
{
    gena_forget(gena);
    free(gena);
}

static struct subscription *find_sid(struct gena *gena, const char *sid)
{
    for (size_t i = 0; i < gena->count; i++)
        if (!strcmp(gena->list[i].sid, sid))
            return &gena->list[i];
    return NULL;
}

static struct subscription *find_id(const struct gena *gena, unsigned id)
{
    for (size_t i = 0; i < gena->count; i++)
        if (gena->list[i].id == id)
            return (struct subscription *)&gena->list[i];
    return NULL;
}

void gena_answered(struct gena *gena, unsigned subscription)
{
    struct subscription *found = find_id(gena, subscription);

    if (found)
        found->answered = true;
}

bool gena_told(const struct gena *gena, unsigned subscription)
{
    const struct subscription *found = find_id(gena, subscription);

    return !found || found->told;
}

/* ---- requests ---- */

/* The first URL of a CALLBACK header that leads to the asking host: nobody else is to be bothered.
 */
static bool read_callback(struct subscription *out, const char *callback, const char *peer)
{
    struct in_addr asking;
    char host[INET_ADDRSTRLEN], path[sizeof out->path] = "/";
    int taken = 0;

    inet_pton(AF_INET, peer, &asking);
    for (const char *at = strchr(callback, '<'); at; at = strchr(at + 1, '<')) {
        unsigned port = 80;
        if (sscanf(at, "<http://%15[0-9.]%n", host, &taken) != 1)
            continue;
        const char *rest = at + taken;
        if (sscanf(rest, ":%5u%n", &port, &taken) == 1)
            rest += taken;
        bool whole = *rest == '>' || (sscanf(rest, "%511[^> ]%n", path, &taken) == 1 &&
                                      path[0] == '/' && rest[taken] == '>');
        out->to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        if (whole && port > 0 && port < 65536 && inet_pton(AF_INET, host, &out->to.sin_addr) == 1 &&
            out->to.sin_addr.s_addr == asking.s_addr)
            return text_copy(out->path, sizeof out->path, path);
    }
    return false;
}

static void grant(struct gena *gena, struct subscription *subscription, struct reply *reply)
{
    reply->timeout_s = gena->gateway->settings.subscription_timeout_s;
    subscription->expires_ms = gateway_now_ms(gena->gateway) + (int64_t)reply->timeout_s * 1000;
    text_copy(reply->sid, sizeof reply->sid, subscription->sid);
}

static int subscribe(struct gena *gena, enum service service, const struct request *request,
                     struct reply *reply)
{
    struct subscription made = {.service = service, .id = gena->last_id + 1};

    if (!request->callback || !request->nt || strcmp(request->nt, "upnp:event") != 0 ||
        !read_callback(&made, request->callback, request->peer))
        return 412;
    if (gena->count == SUBSCRIPTIONS_MOST)
        return 503;
    for (int i = 0; i < VARIABLES; i++)
        if (variable_offered(gena->gateway, service, (enum variable)i))
            made.changed |= 1u << i;
    snprintf(made.sid, sizeof made.sid, "uuid:%08x-0000-4000-8000-%012x",
             (unsigned)gena->gateway->boot_id, made.id);
    gena->last_id = made.id;
    grant(gena, &made, reply);
    reply->subscription = made.id;
    gena->list[gena->count++] = made;
    return 200;
}

static int renew(struct gena *gena, const struct request *request, struct reply *reply)
{
    struct subscription *subscription = find_sid(gena, request->sid);

    if (request->callback || request->nt)
        return 400;
    if (!subscription)
        return 412;
    grant(gena, subscription, reply);
    return 200;
}

static int unsubscribe(struct gena *gena, const struct request *request)
{
    struct subscription *subscription = request->sid ? find_sid(gena, request->sid) : NULL;

    if (request->sid && (request->callback || request->nt))
        return 400;
    if (!subscription)
        return 412;
    subscription_end(gena, subscription);
    return 200;
}

static int run_request(struct gena *gena, const struct request *request, const char *name,
                       struct reply *reply)
{
    const struct gateway *gateway = gena->gateway;
    int service = 0;

    while (service < SERVICES &&
           (strcmp(request->path, description_event_path((enum service)service)) != 0 ||
            !description_has_service(gateway, (enum service)service)))
        service++;
    if (gateway->settings.no_events || service < SERVICE_IP)
        return 501;
    if (service == SERVICES)
        return 404;
    if (!strcmp(name, "UNSUBSCRIBE"))
        return unsubscribe(gena, request);
    return request->sid ? renew(gena, request, reply)
                        : subscribe(gena, (enum service)service, request, reply);
}

void gena_serve(struct gateway *gateway, const struct request *request, struct reply *reply,
                struct fault *fault, int *delay_ms, json_t *entry)
{
    bool renewal = !strcmp(request->method, "SUBSCRIBE") && request->sid;
    const char *name = renewal ? "renewal" : request->method;

    log_count_action(&gateway->log, name);
    json_object_set_new(entry, "action", json_string(name));
    *fault = faults_take(&gateway->faults, name, NULL, delay_ms);
    if (fault->kind == FAULT_NUMBER)
        reply->status = fault->number >= 200 && fault->number <= 599 ? fault->number : 500;
    else
        reply->status = fault_done(fault) ? run_request(gateway->gena, request, name, reply) : 500;
    fault_apply(fault->kind, reply);
    if (reply->sid[0])
        json_object_set_new(entry, "sid", json_string(reply->sid));
    else if (request->sid)
        json_object_set_new(entry, "sid", log_string(request->sid));
    reply->after_event = fault->kind == FAULT_EVENT_FIRST && reply->subscription;
    if (reply->manner == MANNER_HANG || reply->manner == MANNER_DROP || reply->after_event)
        gena_answered(gateway->gena, reply->subscription);
}

json_t *gena_to_json(const struct gena *gena)
{
    int64_t now_ms = gateway_now_ms(gena->gateway);
    json_t *list = json_array();

    for (size_t i = 0; i < gena->count; i++) {
        const struct subscription *s = &gena->list[i];
        int64_t left_ms = s->expires_ms - now_ms;
        struct text type = {0};
        char host[INET_ADDRSTRLEN];

        inet_ntop(AF_INET, &s->to.sin_addr, host, sizeof host);
        description_service_type(&type, gena->gateway, s->service);
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:o, s:I, s:I}", "sid", s->sid, "service", type.data, "callback",
                      json_sprintf("http://%s:%u%s", host, ntohs(s->to.sin_port), s->path), "seq",
                      (json_int_t)s->seq, "left_s", (json_int_t)(left_ms / 1000)));
        text_free(&type);
    }
    return list;
}
