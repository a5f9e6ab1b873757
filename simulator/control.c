/* SPDX-License-Identifier: MIT */
/* The HTTP side of the control interface. */
#include "control.h"
#include "text.h"
#include "verbs.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#define BODY_MOST (32 * 1024 * 1024) /* a table of 50,000 mappings fits */

struct control {
    struct gateway *gateway;
    struct ssdp *ssdp;
    struct MHD_Daemon *daemon;
};

struct upload {
    struct text body;
    bool too_long;
};

static enum MHD_Result answer(struct MHD_Connection *connection, unsigned status, json_t *json)
{
    char *body = json_dumps(json, JSON_INDENT(1));

    json_decref(json);
    struct MHD_Response *response = MHD_create_response_from_buffer(
        body ? strlen(body) : 0, body, body ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result result = MHD_queue_response(connection, status, response);
    MHD_destroy_response(response);
    return result;
}

static enum MHD_Result answer_error(struct MHD_Connection *connection, unsigned status,
                                    const char *why)
{
    return answer(connection, status, json_pack("{s:s}", "error", why));
}

/* NULL with the reason if the body is no JSON; an empty one is taken as {}. */
static json_t *parse_body(const struct upload *upload, char why[VERB_WHY])
{
    json_error_t error;

    if (!upload->body.length)
        return json_object();
    json_t *body =
        json_loadb(upload->body.data, upload->body.length, JSON_REJECT_DUPLICATES, &error);
    if (!body)
        snprintf(why, VERB_WHY, "line %d: %s", error.line, error.text);
    return body;
}

static enum MHD_Result run_verb(struct control *control, struct MHD_Connection *connection,
                                const struct verb *verb, const struct upload *upload)
{
    char why[VERB_WHY] = "";
    json_t *body = parse_body(upload, why);
    json_t *reply = NULL;

    if (body)
        reply = verb->run(control->gateway, control->ssdp, body, why);
    json_decref(body);
    if (!reply)
        return answer_error(connection, 400, why);
    return answer(connection, 200, reply);
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *size, void **context)
{
    struct upload *upload = *context;
    bool known = false;

    (void)version;
    if (!upload) {
        *context = memory_new(1, sizeof *upload);
        return MHD_YES;
    }
    if (*size) {
        if (upload->body.length + *size > BODY_MOST)
            upload->too_long = true;
        else
            text_bytes(&upload->body, bytes, *size);
        *size = 0;
        return MHD_YES;
    }
    if (upload->too_long)
        return answer_error(connection, 413, "the body is too long");
    for (size_t i = 0; i < verbs_count; i++) {
        if (strcmp(verbs_table[i].path, path) != 0)
            continue;
        known = true;
        if (!strcmp(verbs_table[i].method, method))
            return run_verb(data, connection, &verbs_table[i], upload);
    }
    return answer_error(connection, known ? 405 : 404, known ? "wrong method" : "no such path");
}

static void on_completed(void *data, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct upload *upload = *context;

    (void)data, (void)connection, (void)code;
    if (upload)
        text_free(&upload->body);
    free(upload);
    *context = NULL;
}

struct control *control_start(struct gateway *gateway, struct ssdp *ssdp)
{
    struct control *control = memory_new(1, sizeof *control);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    control->gateway = gateway;
    control->ssdp = ssdp;
    control->daemon = MHD_start_daemon(MHD_NO_FLAG, 0, NULL, NULL, on_request, control,
                                       MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_NOTIFY_COMPLETED,
                                       on_completed, control, MHD_OPTION_END);
    if (!control->daemon) {
        free(control);
        return NULL;
    }
    gateway->control_port = MHD_get_daemon_info(control->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
    return control;
}

void control_stop(struct control *control)
{
    MHD_stop_daemon(control->daemon);
    free(control);
}

void control_watch(const struct control *control, struct watch *watch)
{
    watch_add_daemon(watch, control->daemon);
}

int control_timeout_ms(const struct control *control)
{
    return watch_daemon_timeout_ms(control->daemon);
}

void control_run(struct control *control)
{
    MHD_run(control->daemon);
}
