/* SPDX-License-Identifier: MIT */
/* What counts as the success of an action: its own response, and nothing that only looks like one.
 */
#include "odd_server.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ENVELOPE(body)                                                                             \
    "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"    \
    "<s:Body>" body "</s:Body></s:Envelope>"

/* A reply; "%A" in it is the action that was asked for. */
typedef struct reply {
    const char *name;
    int http;
    const char *body; /* NULL for the request come back */
    int fault;        /* that it is, or 0 */
    bool success;     /* of an action that gives nothing back */
} reply;

static const reply replies[] = {
    {"by the book", 200, ENVELOPE("<u:%AResponse xmlns:u=\"urn:x\"/>"), 0, true},
    {"no namespaces", 200, "<Envelope><Body><%AResponse></%AResponse></Body></Envelope>", 0, true},
    {"another service", 200, ENVELOPE("<m:%AResponse xmlns:m=\"urn:y:9\"/>"), 0, true},
    {"the action's name", 200, ENVELOPE("<u:%A xmlns:u=\"urn:x\"></u:%A>"), 0, true},
    {"with an argument", 200, ENVELOPE("<%AResponse><X_Note>a</X_Note></%AResponse>"), 0, true},
    {"created", 201, ENVELOPE("<%AResponse/>"), 0, true},

    {"an empty body", 200, ENVELOPE(""), 0, false},
    {"no body", 200, "<Envelope/>", 0, false},
    {"nothing", 200, "", 0, false},
    {"another action", 200, ENVELOPE("<u:GetNATRSIPStatusResponse xmlns:u=\"urn:x\"/>"), 0, false},
    {"another action with arguments", 200,
     ENVELOPE("<u:GetExternalIPAddressResponse><NewExternalIPAddress>1.2.3.4"
              "</NewExternalIPAddress></u:GetExternalIPAddressResponse>"),
     0, false},
    {"the request", 200, NULL, 0, false},
    {"two responses", 200, ENVELOPE("<%AResponse/><%AResponse/>"), 0, false},
    {"a response and more", 200, ENVELOPE("<%AResponse/><a/>"), 0, false},
    {"a response too deep", 200, ENVELOPE("<a><%AResponse/></a>"), 0, false},
    {"a response without a body", 200, "<Envelope><%AResponse/></Envelope>", 0, false},
    {"a response without an envelope", 200, "<%AResponse/>", 0, false},
    {"a login page", 200, "<Envelope><body>please log in</body></Envelope>", 0, false},
    {"HTML", 200, "<html><body><%AResponse/></body></html>", 0, false},
    {"cut short", 200, "<Envelope><Body><%AResponse/></Body>", 0, false},
    {"a success with HTTP 500", 500, ENVELOPE("<%AResponse/>"), 0, false},
    {"a success with HTTP 302", 302, ENVELOPE("<%AResponse/>"), 0, false},
    {"HTTP 500", 500, "", 0, false},
    {"HTTP 204", 204, "", 0, false},

    {"a fault", 500, ENVELOPE("<s:Fault><errorCode>606</errorCode></s:Fault>"), 606, false},
    {"a fault with HTTP 200", 200, ENVELOPE("<s:Fault><errorCode>606</errorCode></s:Fault>"), 606,
     false},
    {"a fault outside of the body", 200,
     "<Envelope><Fault><errorCode>606</errorCode></Fault><Body/></Envelope>", 606, false},
    {"a fault beside a response", 200,
     ENVELOPE("<%AResponse/><Fault><errorCode>606</errorCode></Fault>"), 606, false},
    {"a fault in a response", 200,
     ENVELOPE("<%AResponse><Fault><errorCode>606</errorCode></Fault></%AResponse>"), 606, false},
    {"an error without a fault", 200, ENVELOPE("<UPnPError><errorCode>606</errorCode></UPnPError>"),
     606, false},
    {"an error in a response", 200,
     ENVELOPE("<%AResponse><UPnPError><errorCode>606</errorCode></UPnPError></%AResponse>"), 606,
     false},
    {"a code alone", 200, ENVELOPE("<errorCode>606</errorCode>"), 606, false},
};

enum { REPLIES = sizeof replies / sizeof replies[0] };

static const reply *the_reply;
static const char *the_action; /* that is answered so */

/* What the action is asked with, or given. */
static void say(int fd, const char *body, const char *action, int http)
{
    char text[4096], head[128];
    size_t length = 0;
    for (; *body && length < sizeof text - 64; body++) {
        if (strncmp(body, "%A", 2) != 0) {
            text[length++] = *body;
            continue;
        }
        length += (size_t)snprintf(text + length, 64, "%s", action);
        body++;
    }
    text[length] = '\0';
    snprintf(head, sizeof head, "HTTP/1.1 %d X\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
             http, length);
    odd_write(fd, head);
    odd_write(fd, text);
}

static void answer(int fd, const char *request)
{
    char action[64] = "";
    const char *header = strstr(request, "SOAPAction:"),
               *hash = header ? strchr(header, '#') : NULL;
    if (!hash) {
        odd_describe(fd);
        return;
    }
    snprintf(action, sizeof action, "%.*s", (int)strcspn(hash + 1, "\""), hash + 1);
    if (strcmp(action, the_action) == 0)
        say(fd, the_reply->body ? the_reply->body : strstr(request, "\r\n\r\n") + 4, action,
            the_reply->http);
    else if (strcmp(action, "GetSpecificPortMappingEntry") == 0 &&
             strcmp(the_action, "DeletePortMapping") == 0)
        /* It is there, and stays there. */
        say(fd,
            ENVELOPE("<%AResponse><NewInternalPort>80</NewInternalPort><NewInternalClient>10.0.0.1"
                     "</NewInternalClient></%AResponse>"),
            action, 200);
    else if (strcmp(action, "GetSpecificPortMappingEntry") == 0)
        say(fd, ENVELOPE("<Fault><errorCode>714</errorCode></Fault>"), action, 500);
    else
        say(fd, ENVELOPE("<Fault><errorCode>401</errorCode></Fault>"), action, 500);
}

static void forget(scene *s)
{
    natupnp_op_free(s->ops[--s->op_count]);
}

static natupnp_op *run_verb(scene *s)
{
    if (strcmp(the_action, "AddPortMapping") == 0)
        return run_add(s, add_request(.external_port = 8080));
    if (strcmp(the_action, "DeletePortMapping") == 0)
        return run_remove(s, 8080, TCP);
    if (strcmp(the_action, "GetSpecificPortMappingEntry") == 0)
        return run_get(s, 8080, TCP);
    if (strcmp(the_action, "GetStatusInfo") == 0)
        return run_query(s);
    return run_list(s);
}

/* Only those that change something succeed without an argument in the response. */
static void judge(scene *s, const char *action, bool writes)
{
    the_action = action;
    for (size_t i = 0; i < REPLIES; i++) {
        odd_server odd = {0};
        the_reply = &replies[i];
        odd_start(&odd, answer);
        scene_client(s, (natupnp_client_options){.gateway = odd.location});
        natupnp_op *op = run_verb(s);
        odd_stop(&odd);
        natupnp_status status = natupnp_op_status(op);
        bool right = writes && the_reply->success ? status == NATUPNP_OK : status != NATUPNP_OK;
        /* What else was asked for failed with 401, and may be what is told. */
        if (the_reply->fault != 0 && strcmp(action, "GetStatusInfo") != 0)
            right = right && natupnp_op_fault(op) == the_reply->fault;
        if (!right)
            fail_msg("%s: %s: %s, fault %d: %s", action, the_reply->name,
                     natupnp_status_name(status), natupnp_op_fault(op), natupnp_op_detail(op));
        forget(s);
    }
}

static void adding(void **state)
{
    judge(*state, "AddPortMapping", true);
}

static void removing(void **state)
{
    judge(*state, "DeletePortMapping", true);
}

static void reading(void **state)
{
    judge(*state, "GetSpecificPortMappingEntry", false);
}

static void listing(void **state)
{
    judge(*state, "GetGenericPortMappingEntry", false);
}

static void asking_for_the_state(void **state)
{
    judge(*state, "GetStatusInfo", false);
}

/* A device that stores what it was asked for and answers nothing that makes sense (BRCM400). */
static void what_was_stored_is_a_success_all_the_same(void **state)
{
    static const char *const faults[] = {"empty", "drop-after"};
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gateway_set(&s->gateway,
                    "{\"faults\": {\"AddPortMapping\": \"%s\", "
                    "\"DeletePortMapping\": \"%s\"}}",
                    faults[i], faults[i]);
        assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
        assert_status(run_remove(s, 8080, TCP), NATUPNP_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(adding),
        scene_test(removing),
        scene_test(reading),
        scene_test(listing),
        scene_test(asking_for_the_state),
        scene_test(what_was_stored_is_a_success_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
