/* SPDX-License-Identifier: MIT */
/* Which part of the device a request is for, the faults that were ordered, and the log. */
#include "route.h"
#include "actions.h"
#include "description.h"
#include "gena.h"
#include "soap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define XML "text/xml; charset=\"utf-8\""
#define DESCRIPTION_NAME "description"

static void reply_text(struct reply *reply, int status, const char *text)
{
    text_free(&reply->body);
    text_format(&reply->body, "%s\n", text);
    reply->status = status;
    reply->type = "text/plain";
}

/*
 * The version that the caller named, if the service is meant: an older version
 * than ours is served too (UPnP Device Architecture 1.1, section 2.3). Else 0.
 */
static int named_version(const struct gateway *gateway, enum service service, const char *urn)
{
    struct text own = {0};
    int version = 0;

    description_service_type(&own, gateway, service);
    size_t prefix = (size_t)(strrchr(own.data, ':') + 1 - own.data);
    uint64_t number;
    if (!strncmp(urn, own.data, prefix) && text_number(urn + prefix, 99, &number) && number &&
        number <= (uint64_t)description_service_version(gateway, service))
        version = (int)number;
    text_free(&own);
    return version;
}

static bool find_service(const struct gateway *gateway, const char *path, enum service *out)
{
    for (int i = 0; i < SERVICES; i++) {
        *out = (enum service)i;
        if (!strcmp(path, description_control_path(*out)))
            return description_has_service(gateway, *out);
    }
    if (!gateway->settings.control_url[0])
        return false;
    /* With a controlURL of the tester's own, any other path is the connected service. */
    enum service offered[2];
    size_t count = description_connections(gateway, offered);
    *out = service_active(gateway, offered[0]) || count < 2 ? offered[0] : offered[1];
    return true;
}

static json_t *log_arguments(const struct soap_request *soap)
{
    json_t *object = json_object();

    for (size_t i = 0; i < soap->count; i++)
        json_object_set_new(object, soap->arguments[i].name,
                            log_string(soap->arguments[i].value.data));
    return object;
}

/* Carries an action out, or not, as the fault wants it; returns the SOAP fault. */
static int run_action(struct gateway *gateway, enum service service, const char *peer,
                      const struct soap_request *soap, const struct fault *fault,
                      struct reply *reply)
{
    struct call call = {.gateway = gateway, .service = service, .peer = peer, .request = soap};
    int version = named_version(gateway, service, soap->urn);
    int code;

    if (fault->kind == FAULT_NUMBER)
        code = fault->number;
    else if (fault->kind == FAULT_FAULT200)
        code = 501;
    else if (!fault_done(fault))
        code = 0;
    else
        code = version ? action_run(&call, version) : 401;
    if (code)
        soap_fault(&reply->body, code);
    else
        soap_reply(&reply->body, soap->urn, soap->action,
                   fault->kind == FAULT_NO_RESPONSE_SUFFIX ? "" : "Response",
                   call.out.data ? call.out.data : "");
    reply->status = code && fault->kind != FAULT_FAULT200 ? 500 : 200;
    reply->type = XML;
    text_free(&call.out);
    return code;
}

static void serve_action(struct gateway *gateway, const struct request *request,
                         enum service service, struct reply *reply, struct fault *fault,
                         int *delay_ms, json_t *entry)
{
    struct soap_request soap;
    const char *why;

    if (!soap_parse(&soap, request->soap_action, request->body, request->length, &why)) {
        reply_text(reply, 400, why);
        json_object_set_new(entry, "error", json_string(why));
        soap_request_free(&soap);
        return;
    }
    log_count_action(&gateway->log, soap.action);
    *fault = faults_take(&gateway->faults, soap.action, "*", delay_ms);
    int code = run_action(gateway, service, request->peer, &soap, fault, reply);
    fault_apply(fault->kind, reply);
    json_object_set_new(entry, "action", log_string(soap.action));
    json_object_set_new(entry, "service", log_string(soap.urn));
    json_object_set_new(entry, "arguments", log_arguments(&soap));
    if (code)
        json_object_set_new(entry, "fault", json_integer(code));
    soap_request_free(&soap);
}

static void serve_description(struct gateway *gateway, struct reply *reply, struct fault *fault,
                              int *delay_ms, json_t *entry)
{
    log_count_action(&gateway->log, DESCRIPTION_NAME);
    json_object_set_new(entry, "action", json_string(DESCRIPTION_NAME));
    *fault = faults_take(&gateway->faults, DESCRIPTION_NAME, NULL, delay_ms);
    if (fault->kind == FAULT_NUMBER) {
        /* No SOAP here: a number is the HTTP status. */
        reply_text(reply, fault->number >= 200 && fault->number <= 599 ? fault->number : 500,
                   "Simulated fault");
        return;
    }
    reply->status = 200;
    reply->type = XML;
    if (fault->kind == FAULT_FAULT200)
        soap_fault(&reply->body, 501);
    else
        description_write(&reply->body, gateway);
    fault_apply(fault->kind, reply);
}

/* Whether the description is served here: at its own path, and at an advertised one. */
static bool is_description(const struct gateway *gateway, const char *path)
{
    const char *other = strstr(gateway->settings.location, "://");

    if (!strcmp(path, DESCRIPTION_PATH))
        return true;
    other = other ? strchr(other + 3, '/') : NULL;
    return other && !strcmp(path, other);
}

static bool serve_scpd(const struct gateway *gateway, const char *path, struct reply *reply)
{
    for (int i = 0; i < SERVICES; i++) {
        enum service service = (enum service)i;
        if (strcmp(path, description_scpd_path(service)) != 0 ||
            !description_has_service(gateway, service))
            continue;
        description_scpd(&reply->body, gateway, service);
        reply->status = 200;
        reply->type = XML;
        return true;
    }
    return false;
}

static void report(const struct gateway *gateway, const struct request *request, json_t *entry,
                   const struct reply *reply)
{
    const char *action = json_string_value(json_object_get(entry, "action"));

    if (gateway->settings.quiet)
        return;
    struct text line = {0};
    text_format(&line, "%s:%u %s %s: %d", request->peer, request->peer_port, request->method,
                action ? action : request->uri, reply->status);
    if (json_object_get(entry, "fault"))
        text_format(&line, " fault %d", (int)json_integer_value(json_object_get(entry, "fault")));
    if (json_object_get(entry, "injected"))
        text_format(&line, " (%s)", json_string_value(json_object_get(entry, "injected")));
    text_tame(&line);
    fprintf(stderr, "%s\n", line.data);
    text_free(&line);
}

int route_request(struct gateway *gateway, const struct request *request, struct reply *reply)
{
    bool get = !strcmp(request->method, "GET") || !strcmp(request->method, "HEAD");
    struct fault fault = {.kind = FAULT_NONE};
    int delay_ms = gateway->settings.latency_ms;
    enum service service;

    if (!strcmp(request->method, "NOTIFY")) { /* for a subscriber that had this port before */
        gateway->connections_accepted--;
        reply_text(reply, 404, "Not Found");
        return 0;
    }
    json_t *entry = json_object();

    json_object_set_new(entry, "time", log_time());
    json_object_set_new(entry, "peer", json_sprintf("%s:%u", request->peer, request->peer_port));
    json_object_set_new(entry, "method", log_string(request->method));
    json_object_set_new(entry, "path", log_string(request->uri));
    if (request->too_long)
        reply_text(reply, 413, "Content Too Large");
    else if (get && is_description(gateway, request->path))
        serve_description(gateway, reply, &fault, &delay_ms, entry);
    else if (get && serve_scpd(gateway, request->path, reply))
        ;
    else if (get && !strcmp(request->path, "/"))
        reply_text(reply, 200, "natupnp-gateway " NATUPNP_GATEWAY_VERSION);
    else if (!strcmp(request->method, "POST") && find_service(gateway, request->path, &service))
        serve_action(gateway, request, service, reply, &fault, &delay_ms, entry);
    else if (!strcmp(request->method, "SUBSCRIBE") || !strcmp(request->method, "UNSUBSCRIBE"))
        gena_serve(gateway, request, reply, &fault, &delay_ms, entry);
    else
        reply_text(reply, 404, "Not Found");
    if (fault.kind != FAULT_NONE)
        json_object_set_new(entry, "injected", json_string(fault_name(fault.kind)));
    bool answered = reply->manner != MANNER_HANG && reply->manner != MANNER_DROP;
    if (!answered)
        reply->status = 0;
    json_object_set_new(entry, "status", json_integer(reply->status));
    report(gateway, request, entry, reply);
    log_add(&gateway->log, entry);
    return delay_ms;
}
