/* SPDX-License-Identifier: MIT */
#include "action.h"

#include <stdlib.h>
#include <string.h>

static void action_free(nat__action *action)
{
    nat__list_remove(&action->link);
    nat__url_free(&action->url);
    nat__buf_free(&action->body);
    free(action->soap_action);
    free(action);
}

/* How long an answer that only is good to know may take. */
enum { ASIDE_MS = 2000 };

static void on_reply(void *arg, const nat__http_reply *reply);

static natupnp_status send_request(nat__action *action, bool fresh)
{
    const nat__http_header headers[] = {{"Content-Type", "text/xml; charset=\"utf-8\""},
                                        {"SOAPAction", action->soap_action}};
    nat__http_params params = {
        .url = &action->url,
        .method = "POST",
        .headers = headers,
        .header_count = sizeof headers / sizeof headers[0],
        .body = {action->body.at, action->body.length},
        .reply_max = action->flags == NAT__ACTION_BULK ? NAT__HTTP_LIST_MAX : NAT__HTTP_SOAP_MAX,
        .fresh = fresh,
        .timeout_ms = action->flags == NAT__ACTION_ASIDE ? ASIDE_MS : 0,
    };
    return nat__http_start(&action->request, action->http, &params, on_reply, action);
}

natupnp_status nat__action_start(nat__link *list, const nat__action_params *params)
{
    if (params->arg_count > NAT__ACTION_ARGS_MAX)
        return NATUPNP_E_INVAL;
    nat__action *action = calloc(1, sizeof *action);
    if (!action)
        return NATUPNP_E_NOMEM;
    nat__list_init(&action->link);
    action->http = params->http;
    action->flags = params->flags;
    action->done = params->done;
    action->owner = params->owner;
    action->next = params->next;
    action->subject = params->subject;
    action->number = params->number;
    action->name = params->name;
    for (; action->arg_count < params->arg_count; action->arg_count++)
        action->arg_names[action->arg_count] = params->args[action->arg_count].name;
    nat__buf header = {0};
    nat__buf_addf(&header, "\"%s#%s\"", params->service_type, params->name);
    action->soap_action = nat__buf_take(&header);
    nat__soap_build(&action->body, params->service_type, params->name, params->args,
                    params->arg_count);
    natupnp_status status = nat__url_copy(&action->url, params->url);
    if (status == NATUPNP_OK && (!action->soap_action || action->body.failed != NATUPNP_OK))
        status = NATUPNP_E_NOMEM;
    if (status == NATUPNP_OK)
        status = send_request(action, action->flags == NAT__ACTION_ONCE);
    if (status != NATUPNP_OK) {
        action_free(action);
        return status;
    }
    nat__list_append(list, &action->link);
    return NATUPNP_OK;
}

/* Reads an HTTP reply: a SOAP fault counts whatever the HTTP status. */
static void read_reply(nat__answer *answer, nat__soap_reply *soap, const nat__action *action,
                       const nat__http_reply *reply)
{
    natupnp_status parsed = nat__soap_parse(soap, reply->body);
    bool http_ok = reply->code >= 200 && reply->code < 300;
    if (parsed == NATUPNP_E_NOMEM) {
        answer->status = parsed;
    } else if (parsed == NATUPNP_OK && soap->is_fault) {
        answer->status = NATUPNP_E_FAULT;
        answer->fault = soap->fault;
        answer->detail = soap->fault_text;
    } else if (!http_ok) {
        answer->status = NATUPNP_E_HTTP;
    } else if (parsed == NATUPNP_OK &&
               nat__soap_answers(soap, action->name, action->arg_names, action->arg_count)) {
        answer->status = NATUPNP_OK;
        answer->values = soap;
    } else {
        answer->status = NATUPNP_E_BAD_REPLY;
    }
}

static void on_reply(void *arg, const nat__http_reply *reply)
{
    nat__action *action = arg;
    action->request = NULL;
    nat__answer answer = {
        .status = reply->status,
        .http_code = reply->code,
        .too_large = reply->too_large,
        .connected = reply->connected || action->retried,
        .maybe_done = (reply->sent || action->retried) && (action->flags & NAT__ACTION_WRITES),
        .detail = reply->error,
    };
    /* Devices announce to keep a connection, then drop it (Broadcom BRCM400): once more on a new
     * one. */
    if (reply->status == NATUPNP_E_NETWORK && reply->connected && !reply->repeated &&
        !action->retried && action->flags != NAT__ACTION_ONCE) {
        action->retried = true;
        if (send_request(action, true) == NATUPNP_OK)
            return;
    }
    nat__soap_reply soap = {0};
    if (reply->status == NATUPNP_OK) {
        answer.detail = NULL;
        read_reply(&answer, &soap, action, reply);
    }
    nat__list_remove(&action->link);
    action->done(action, &answer);
    nat__soap_reply_free(&soap);
    action_free(action);
}

bool nat__actions_cancel(nat__link *list)
{
    bool written = false;
    for (nat__link *it = nat__list_take(list); it; it = nat__list_take(list)) {
        nat__action *action = NAT__MEMBER(it, nat__action, link);
        bool sent = nat__http_cancel(action->request) || action->retried;
        written = written || (sent && (action->flags & NAT__ACTION_WRITES));
        action_free(action);
    }
    return written;
}
