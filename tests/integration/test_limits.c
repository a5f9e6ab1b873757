/* SPDX-License-Identifier: MIT */
/* A gateway that answers nonsense, too much, slowly or not at all: an error in time, no more. */
#include "keeper_scene.h"
#include "odd_server.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TIME_MS = 400 };

/* ---- descriptions ---- */

static void descriptions(void **state)
{
    static const struct {
        const char *fault;
        natupnp_status status;
        const char *reason; /* a part of the detail */
    } table[] = {
        {"oversize", NATUPNP_E_NO_GATEWAY, "too large"},
        {"endless", NATUPNP_E_NO_GATEWAY, "too large"},
        {"bigheader", NATUPNP_E_NO_GATEWAY, ""},
        {"doctype", NATUPNP_E_NO_GATEWAY, "makes no sense"},
        {"deep", NATUPNP_E_NO_GATEWAY, "makes no sense"},
        {"html200", NATUPNP_E_NO_GATEWAY, ""},
        {"empty", NATUPNP_E_NO_GATEWAY, ""},
        {"http404", NATUPNP_E_NO_GATEWAY, "404"},
        {"http500", NATUPNP_E_NO_GATEWAY, "500"},
        {"redirect", NATUPNP_E_NO_GATEWAY, "302"},
        {"drop", NATUPNP_E_NO_GATEWAY, ""},
        {"403", NATUPNP_E_NO_GATEWAY, "403"},
        {"badxml", NATUPNP_OK, ""}, /* whole service blocks are found all the same */
        {"latin1", NATUPNP_OK, ""},
        {"drop:1", NATUPNP_OK, ""}, /* fetched once more */
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        on_clock(s, (natupnp_client_options){0}); /* it stands still: no timeout ever ends */
        gateway_post(&s->gateway, "/clear-counters", "");
        gateway_set(&s->gateway, "{\"faults\": {\"description\": \"%s\"}}", table[i].fault);
        natupnp_op *op = finish(s, start_add(s, add_request(.external_port = 8080)));
        if (natupnp_op_status(op) != table[i].status ||
            !strstr(natupnp_op_detail(op), table[i].reason))
            fail_msg("%s: %s: %s", table[i].fault, natupnp_status_name(natupnp_op_status(op)),
                     natupnp_op_detail(op));
        assert_in_range(gateway_asked(&s->gateway, "description"), 1, 2);
        assert_int_equal(gateway_writes(&s->gateway), table[i].status == NATUPNP_OK);
    }
}

/* They end by their deadline, neither earlier nor later. */
static void end_by_timeout(scene *s, natupnp_op **ops, size_t count)
{
    for (int i = 0; i < 10; i++) /* what comes, comes */
        natupnp_client_wait(s->client, 30);
    leap(s, TIME_MS - 1);
    for (size_t i = 0; i < count; i++)
        assert_false(natupnp_op_done(ops[i]));
    leap(s, 1);
    for (size_t i = 0; i < count; i++) {
        assert_failure(finish(s, ops[i]), NATUPNP_E_TIMEOUT, 0);
        assert_false(natupnp_op_maybe_applied(ops[i]));
    }
}

/* Ends by the one deadline; a drip of bytes does not put it off. */
static void slow_descriptions(void **state)
{
    static const char *const faults[] = {"hang", "drip", "latency=60000"};
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        on_clock(s, (natupnp_client_options){.timeout_ms = TIME_MS});
        gateway_set(&s->gateway, "{\"faults\": {\"description\": \"%s\"}}", faults[i]);
        natupnp_op *op = start_discover(s);
        end_by_timeout(s, &op, 1);
    }
}

/* ---- replies ---- */

static void replies(void **state)
{
    static const struct {
        const char *fault;
        natupnp_status status;
        int code;
    } table[] = {
        {"oversize", NATUPNP_E_BAD_REPLY, 0},
        {"endless", NATUPNP_E_BAD_REPLY, 0},
        {"bigheader", NATUPNP_E_BAD_REPLY, 0},
        {"doctype", NATUPNP_E_BAD_REPLY, 0},
        {"deep", NATUPNP_E_BAD_REPLY, 0},
        {"truncate", NATUPNP_E_BAD_REPLY, 0},
        {"badxml", NATUPNP_E_BAD_REPLY, 0},
        {"html200", NATUPNP_E_BAD_REPLY, 0},
        {"empty", NATUPNP_E_BAD_REPLY, 0},
        {"http500", NATUPNP_E_HTTP, 0},
        {"redirect", NATUPNP_E_HTTP, 0},
        {"drop", NATUPNP_E_NETWORK, 0},
        {"fault200", NATUPNP_E_FAULT, 501},
        {"-911", NATUPNP_E_FAULT, -911},
        {"latin1", NATUPNP_OK, 0},
        {"no-response-suffix", NATUPNP_OK, 0},
        {"drop:1", NATUPNP_OK, 0},
    };
    scene *s = scene_begin(state, "--mappings=1");
    on_clock(s, (natupnp_client_options){0});
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_set(&s->gateway, "{\"faults\": {\"GetSpecificPortMappingEntry\": \"%s\"}}",
                    table[i].fault);
        natupnp_op *op = finish(s, start_get(s, 10000, TCP));
        if (natupnp_op_status(op) != table[i].status || natupnp_op_fault(op) != table[i].code)
            fail_msg("%s: %s: %s", table[i].fault, natupnp_status_name(natupnp_op_status(op)),
                     natupnp_op_detail(op));
        assert_int_equal(natupnp_op_mapping(op) != NULL, table[i].status == NATUPNP_OK);
        assert_int_equal(natupnp_op_detail(op)[0] == '\0', table[i].status == NATUPNP_OK);
        assert_false(natupnp_op_maybe_applied(op));
    }
    gateway_post(&s->gateway, "/set", "{\"faults\": {}}");
    assert_status(run_get(s, 10000, TCP), NATUPNP_OK); /* nothing of it stays */
}

/* Before anything is changed the gateway is asked: a failure there has changed nothing. */
static void a_look_that_fails_has_changed_nothing(void **state)
{
    static const char *const faults[] = {"doctype", "truncate", "drop", "html200", "http500"};
    scene *s = scene_begin(state, "--mappings=1");
    const natupnp_mapping *m = natupnp_op_mapping_at(run_list(s), 0);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gateway_set(&s->gateway, "{\"faults\": {\"GetSpecificPortMappingEntry\": \"%s\"}}",
                    faults[i]);
        natupnp_op *ops[] = {
            run_remove(s, 10000, TCP),
            run_edit(s, m, edit_request(.internal_port = 1)),
            run_add(s, add_request(.external_port = 8080, .disabled = true)),
            run_add(s, add_request(.external_port = 8080, .internal_port = 80, .any_port = true)),
        };
        for (size_t j = 0; j < sizeof ops / sizeof ops[0]; j++) {
            assert_int_not_equal(natupnp_op_status(ops[j]), NATUPNP_OK);
            if (natupnp_op_maybe_applied(ops[j]))
                fail_msg("%s, verb %zu: maybe applied: %s", faults[i], j,
                         natupnp_op_detail(ops[j]));
        }
    }
    assert_int_equal(gateway_writes(&s->gateway), 0);
}

static void slow_replies(void **state)
{
    static const char *const faults[] = {"hang", "hang-after", "drip", "latency=60000"};
    scene *s = scene_begin(state, "--mappings=1");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        on_clock(s, (natupnp_client_options){.timeout_ms = TIME_MS});
        gateway_set(&s->gateway, "{\"faults\": {\"*\": \"%s\"}}", faults[i]);
        natupnp_op *ops[] = {start_get(s, 10000, TCP), start_list(s), start_query(s),
                             start_remove(s, 10000, TCP)};
        end_by_timeout(s, ops, 4);
    }
}

/* 404 may mean that the gateway has moved: it is found anew once, and not again and again. */
static void not_found_for_good(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=http404");
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_failure(op, NATUPNP_E_HTTP, 0);
    assert_int_equal(gateway_asked(&s->gateway, "description"), 2);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 2);
}

/* ---- servers that are no HTTP servers, or odd ones ---- */

static void say_ssh(int fd, const char *request)
{
    (void)request;
    odd_write(fd, "SSH-2.0-OpenSSH_9.2\r\n");
}

static void say_body_alone(int fd, const char *request)
{
    (void)request;
    odd_write(fd, "<root><device/></root>"); /* HTTP/0.9 */
}

static void say_nothing(int fd, const char *request)
{
    (void)fd, (void)request;
}

static void say_go_on_for_ever(int fd, const char *request)
{
    (void)request;
    for (int i = 0; i < 8000; i++)
        odd_write(fd, "HTTP/1.1 100 Continue\r\n\r\n");
}

static void say_headers_for_ever(int fd, const char *request)
{
    (void)request;
    odd_write(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 20000; i++)
        odd_write(fd, "X: y\r\n");
}

static void say_chunks_for_ever(int fd, const char *request)
{
    (void)request;
    char chunk[1100];
    snprintf(chunk, sizeof chunk, "400\r\n%01024d\r\n", 0);
    odd_write(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3000; i++)
        odd_write(fd, chunk);
}

static void say_bad_chunk(int fd, const char *request)
{
    (void)request;
    odd_write(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nx");
}

static void say_negative_length(int fd, const char *request)
{
    (void)request;
    odd_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n<root/>");
}

static void say_other_services(int fd, const char *request)
{
    (void)request;
    odd_reply(fd, "<root><device><deviceType>urn:schemas-upnp-org:device:MediaServer:1</deviceType>"
                  "<serviceList><service><serviceType>urn:schemas-upnp-org:service:"
                  "ContentDirectory:1</serviceType><controlURL>/c</controlURL></service>"
                  "</serviceList></device></root>");
}

static void no_gateways(void **state)
{
    static odd_answer *const answers[] = {
        say_ssh,
        say_body_alone,
        say_nothing,
        say_go_on_for_ever,
        say_headers_for_ever,
        say_chunks_for_ever,
        say_bad_chunk,
        say_negative_length,
        say_other_services,
    };
    scene *s = *state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        odd_server odd = {0};
        odd_start(&odd, answers[i]);
        on_clock(s, (natupnp_client_options){.gateway = odd.location});
        natupnp_op *op = finish(s, start_add(s, add_request(.external_port = 8080)));
        odd_stop(&odd);
        if (natupnp_op_status(op) != NATUPNP_E_NO_GATEWAY)
            fail_msg("answer %zu: %s: %s", i, natupnp_status_name(natupnp_op_status(op)),
                     natupnp_op_detail(op));
        assert_non_null(strstr(natupnp_op_detail(op), odd.location));
    }
}

/* libcurl would decode it. */
static void say_encoded(int fd, const char *request)
{
    (void)request;
    odd_write(fd, "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n");
}

static void an_encoding_that_nobody_asked_for(void **state)
{
    scene *s = *state;
    odd_server odd = {0};
    odd_start(&odd, say_encoded);
    scene_client(s, (natupnp_client_options){.gateway = odd.location});
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    odd_stop(&odd);
    assert_status(op, NATUPNP_E_NO_GATEWAY);
    assert_non_null(strstr(natupnp_op_detail(op), "encoded"));
}

/* A gateway of which only the control URL is odd: every verb ends in an error. */
static odd_answer *odd_control;

static void answer_control(int fd, const char *request)
{
    if (strncmp(request, "POST", 4) == 0)
        odd_control(fd, request);
    else
        odd_describe(fd);
}

static void odd_control_points(void **state)
{
    static odd_answer *const answers[] = {
        say_ssh,
        say_body_alone,
        say_nothing,
        say_go_on_for_ever,
        say_headers_for_ever,
        say_chunks_for_ever,
        say_bad_chunk,
        say_other_services,
    };
    scene *s = *state;
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        odd_server odd = {0};
        odd_control = answers[i];
        odd_start(&odd, answer_control);
        on_clock(s, (natupnp_client_options){.gateway = odd.location});
        natupnp_op *ops[] = {finish(s, start_get(s, 8080, TCP)), finish(s, start_list(s)),
                             finish(s, start_query(s)), finish(s, start_remove(s, 8080, TCP)),
                             finish(s, start_add(s, add_request(.external_port = 8080)))};
        odd_stop(&odd);
        for (size_t j = 0; j < sizeof ops / sizeof ops[0]; j++) {
            natupnp_status status = natupnp_op_status(ops[j]);
            if (status != NATUPNP_E_BAD_REPLY && status != NATUPNP_E_NETWORK)
                fail_msg("answer %zu, verb %zu: %s: %s", i, j, natupnp_status_name(status),
                         natupnp_op_detail(ops[j]));
        }
    }
}

/* Any index has the same entry: the listing ends, and has it once. */
static void repeat_entry(int fd, const char *request)
{
    if (strncmp(request, "POST", 4) != 0)
        odd_describe(fd);
    else if (strstr(request, "GetExternalIPAddress>"))
        odd_reply(
            fd,
            "<s:Envelope><s:Body><GetExternalIPAddressResponse><NewExternalIPAddress>198.51.100.3"
            "</NewExternalIPAddress></GetExternalIPAddressResponse></s:Body></s:Envelope>");
    else
        odd_reply(fd, "<s:Envelope><s:Body><GetGenericPortMappingEntryResponse><NewRemoteHost/"
                      "><NewExternalPort>8080"
                      "</NewExternalPort><NewProtocol>TCP</NewProtocol><NewInternalPort>80"
                      "</NewInternalPort><NewInternalClient>192.168.1.9</NewInternalClient>"
                      "<NewEnabled>1</NewEnabled></GetGenericPortMappingEntryResponse></s:Body></"
                      "s:Envelope>");
}

static void the_same_entry_for_ever(void **state)
{
    scene *s = *state;
    odd_server odd = {0};
    odd_start(&odd, repeat_entry);
    scene_client(s, (natupnp_client_options){.gateway = odd.location});
    natupnp_op *op = run_list(s);
    odd_stop(&odd);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), 1);
    const natupnp_mapping *m = natupnp_op_mapping_at(op, 0);
    assert_int_equal(natupnp_mapping_external_port(m), 8080);
    assert_string_equal(natupnp_mapping_external_ip(m), "198.51.100.3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(descriptions),
        scene_test(slow_descriptions),
        scene_test(replies),
        scene_test(slow_replies),
        scene_test(a_look_that_fails_has_changed_nothing),
        scene_test(not_found_for_good),
        scene_test(no_gateways),
        scene_test(an_encoding_that_nobody_asked_for),
        scene_test(odd_control_points),
        scene_test(the_same_entry_for_ever),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
