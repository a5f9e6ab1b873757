/* SPDX-License-Identifier: MIT */
/* The HTTP side of the control interface. */
#include "control.h"
#include "guard.h"
#include "listen.h"
#include "text.h"
#include "verbs.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

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
    char *body = log_json(json, JSON_INDENT(1));

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
    return answer(connection, status, json_pack("{s:o}", "error", log_string(why)));
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *size, void **context)
{
    struct upload *upload = *context;
    struct control *control = data;
    char why[VERB_WHY];
    unsigned status;

    (void)version;
    if (!upload) {
        *context = memory_new(1, sizeof *upload);
        const char *refusal = guard_refusal(connection, control->gateway->control_port);
        return refusal ? answer_error(connection, 403, refusal) : MHD_YES;
    }
    if (*size) {
        if (upload->body.length + *size > VERB_BODY_MOST)
            upload->too_long = true;
        else
            text_bytes(&upload->body, bytes, *size);
        *size = 0;
        return MHD_YES;
    }
    if (upload->too_long)
        return answer_error(connection, 413, "the body is too long");
    json_t *reply = verb_run(control->gateway, control->ssdp, method, path, upload->body.data,
                             upload->body.length, &status, why);
    return reply ? answer(connection, status, reply) : answer_error(connection, status, why);
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

    int fd = listen_at(&address);

    control->gateway = gateway;
    control->ssdp = ssdp;
    if (fd >= 0) {
        gateway->control_port = listen_port(fd);
        control->daemon = MHD_start_daemon(
            MHD_NO_FLAG, 0, NULL, NULL, on_request, control, MHD_OPTION_LISTEN_SOCKET, fd,
            MHD_OPTION_NOTIFY_COMPLETED, on_completed, control, MHD_OPTION_END);
    }
    if (!control->daemon) {
        free(control);
        return NULL;
    }
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
