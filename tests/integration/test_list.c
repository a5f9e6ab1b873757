/* SPDX-License-Identifier: MIT */
/* Listing: by ranges of ports or entry by entry, big tables, changing tables, odd ones. */
#include "odd_server.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Every key of the gateway's table is in the listing once, with the right values. */
static void expect_whole_table(scene *s, const natupnp_op *op, size_t count)
{
    static bool seen[65536][2];
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), count);
    memset(seen, 0, sizeof seen);
    for (size_t i = 0; i < count; i++) {
        const natupnp_mapping *m = natupnp_op_mapping_at(op, i);
        bool *once = &seen[natupnp_mapping_external_port(m)][natupnp_mapping_protocol(m) == UDP];
        assert_false(*once);
        *once = true;
    }
    json_t *table = gateway_get(&s->gateway, "/table"), *entry;
    assert_int_equal(json_array_size(table), count);
    size_t i;
    json_array_foreach(table, i, entry)
    {
        json_int_t port = json_integer_value(json_object_get(entry, "external_port"));
        bool udp = strcmp(json_string_value(json_object_get(entry, "protocol")), "UDP") == 0;
        assert_true(seen[port][udp]);
    }
    json_decref(table);
}

static void one_of_each(void **state, const char *option)
{
    scene *s = scene_begin(state, option);
    gateway_post(
        &s->gateway, "/table",
        "[{\"external_port\": 1, \"protocol\": \"UDP\", \"internal_client\": \"10.0.0.1\","
        "\"internal_port\": 65535, \"description\": \"<a & \\\"b\\\"> ]]> \\u00e9\","
        "\"enabled\": false, \"lease_s\": 77},"
        "{\"external_port\": 65535, \"protocol\": \"TCP\", \"internal_client\": \"my-pc\"},"
        "{\"external_port\": 9, \"protocol\": \"TCP\", \"remote_host\": \"198.51.100.9\"}]");
    natupnp_op *op = run_list(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), 2); /* the third is for one remote host */
    assert_null(natupnp_op_mapping_at(op, 2));
    for (size_t i = 0; i < 2; i++) {
        const natupnp_mapping *m = natupnp_op_mapping_at(op, i);
        assert_string_equal(natupnp_mapping_external_ip(m), "203.0.113.7");
        assert_string_equal(natupnp_mapping_remote_host(m), "");
        if (natupnp_mapping_protocol(m) == TCP) {
            assert_int_equal(natupnp_mapping_external_port(m), 65535);
            assert_string_equal(natupnp_mapping_internal_client(m), "my-pc");
            assert_string_equal(natupnp_mapping_description(m), "");
            assert_int_equal(natupnp_mapping_lease_s(m), 0);
            assert_true(natupnp_mapping_enabled(m));
            continue;
        }
        assert_int_equal(natupnp_mapping_external_port(m), 1);
        assert_int_equal(natupnp_mapping_internal_port(m), 65535);
        assert_string_equal(natupnp_mapping_description(m), "<a & \"b\"> ]]> \xC3\xA9");
        assert_false(natupnp_mapping_enabled(m));
        assert_in_range(natupnp_mapping_lease_s(m), 60, 77);
    }
    gateway_post(&s->gateway, "/table", "[]");
    op = run_list(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), 0);
}

static void by_range_with_cdata(void **state)
{
    one_of_each(state, "--igd=2");
    scene *s = *state;
    assert_int_equal(gateway_asked(&s->gateway, "GetGenericPortMappingEntry"), 0);
    assert_int_equal(gateway_asked(&s->gateway, "GetListOfPortMappings"), 4);
}

static void by_range_with_entities(void **state)
{
    one_of_each(state, "--escaped-list");
    assert_int_equal(gateway_asked(&((scene *)*state)->gateway, "GetGenericPortMappingEntry"), 0);
}

static void by_index(void **state)
{
    one_of_each(state, "--igd=1");
}

static void by_index_on_version_2(void **state)
{
    one_of_each(state, "--no-list");
    assert_true(gateway_asked(&((scene *)*state)->gateway, "GetListOfPortMappings") <= 2);
}

/* ---- the list of all mappings ---- */

static natupnp_op *run_list_all(scene *s)
{
    natupnp_op *op;
    assert_int_equal(natupnp_mapping_list(&op, s->client), NATUPNP_OK);
    return wait_for(scene_keep(s, op));
}

/* How often the mapping of a port and a remote host is in the result. */
static size_t times(const natupnp_op *op, int port, const char *remote_host)
{
    size_t found = 0;
    for (size_t i = 0; i < natupnp_op_mapping_count(op); i++) {
        const natupnp_mapping *m = natupnp_op_mapping_at(op, i);
        found += natupnp_mapping_external_port(m) == port &&
                 strcmp(natupnp_mapping_remote_host(m), remote_host) == 0;
    }
    return found;
}

/* What only the static, only the dynamic collection has, and what both have: each once. */
static void list_all(void **state, const char *option, const char *action, size_t least,
                     size_t most)
{
    scene *s = scene_begin(state, option);
    gateway_post(&s->gateway, "/table",
                 "[{\"external_port\": 80, \"protocol\": \"TCP\"},"
                 "{\"external_port\": 81, \"protocol\": \"TCP\", \"lease_s\": 600},"
                 "{\"external_port\": 80, \"protocol\": \"TCP\","
                 "\"remote_host\": \"198.51.100.9\"},"
                 "{\"external_port\": 82, \"protocol\": \"UDP\","
                 "\"remote_host\": \"198.51.100.9\", \"lease_s\": 600}]");
    natupnp_op *op = run_list_all(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), 4);
    assert_int_equal(times(op, 80, ""), 1);
    assert_int_equal(times(op, 81, ""), 1);
    assert_int_equal(times(op, 80, "198.51.100.9"), 1);
    assert_int_equal(times(op, 82, "198.51.100.9"), 1);
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(natupnp_mapping_external_ip(natupnp_op_mapping_at(op, i)),
                            "203.0.113.7");
    assert_in_range(gateway_asked(&s->gateway, action), least, most);
    assert_int_equal(gateway_asked(&s->gateway, "GetExternalIPAddress"), 1);
}

static void all_by_range(void **state)
{
    list_all(state, "--igd=2", "GetListOfPortMappings", 2, 2); /* TCP and UDP */
    assert_int_equal(gateway_asked(&((scene *)*state)->gateway, "GetGenericPortMappingEntry"), 0);
}

static void all_by_index(void **state)
{
    /* A window of eight that reaches over the end, and the first and the last entry again: once. */
    list_all(state, "--igd=1", "GetGenericPortMappingEntry", 8 + 2, 4 + 8 + 2);
}

static void all_of_none(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = run_list_all(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), 0);
    gateway_set(&s->gateway, "{\"faults\": {\"GetListOfPortMappings\": \"606\", "
                             "\"GetGenericPortMappingEntry\": \"401\"}}");
    op = run_list_all(s);
    assert_failure(op, NATUPNP_E_FAULT, 401);
    assert_int_equal(natupnp_op_mapping_count(op), 0);
}

/* ---- big tables ---- */

static void big_by_range(void **state)
{
    static const int counts[] = {499, 1000, 1001, 3000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        char option[32];
        snprintf(option, sizeof option, "--mappings=%d", counts[i]);
        scene *s = *state;
        gateway_stop(&s->gateway);
        scene_begin(state, option, i % 2 ? "--escaped-list" : NULL);
        natupnp_op *op = run_list(s);
        expect_whole_table(s, op, (size_t)counts[i]);
        assert_int_equal(gateway_asked(&s->gateway, "GetGenericPortMappingEntry"), 0);
        assert_true(gateway_asked(&s->gateway, "GetListOfPortMappings") <= 2U + 60U * i);
    }
}

/* Many requests under way: they are sent although the answer to none of them comes. */
static void window_by_index(void **state)
{
    enum { COUNT = 300, AT_ONCE = 4 };
    scene *s = scene_begin(state, "--mappings=300", "--igd=1",
                           "--fault=GetGenericPortMappingEntry=hang:4");
    natupnp_op *op = start_list(s);
    drive_until_asked(s, s->client, "GetGenericPortMappingEntry", AT_ONCE);
    assert_false(natupnp_op_done(op));
    natupnp_op_cancel(op);
    gateway_post(&s->gateway, "/clear-counters", "");
    expect_whole_table(s, run_list(s), COUNT);
    size_t requests = gateway_asked(&s->gateway, "GetGenericPortMappingEntry");
    assert_in_range(requests, COUNT + 1, COUNT + 16);
}

static void by_index_on_closing_connections(void **state)
{
    scene *s = scene_begin(state, "--mappings=100", "--no-list", "--close");
    expect_whole_table(s, run_list(s), 100);
}

/* ---- tables that change meanwhile ---- */

/* Reads by index until the gateway was asked this often, then changes the table. */
static natupnp_op *list_and_change(scene *s, size_t asked, const char *change)
{
    natupnp_op *op = start_list(s);
    while (gateway_asked(&s->gateway, "GetGenericPortMappingEntry") < asked)
        natupnp_client_wait(s->client, 10); /* one step at a time */
    assert_false(natupnp_op_done(op));
    gateway_post(&s->gateway, "/table", change);
    return wait_for(op);
}

static void an_entry_goes_meanwhile(void **state)
{
    scene *s = scene_begin(state, "--mappings=60", "--igd=1", "--latency=5");
    natupnp_op *op =
        list_and_change(s, 30, "{\"remove\": {\"external_port\": 10000, \"protocol\": \"TCP\"}}");
    expect_whole_table(s, op, 59); /* without a gap where the others moved up */
}

static void an_entry_comes_meanwhile(void **state)
{
    scene *s = scene_begin(state, "--mappings=60", "--igd=1", "--latency=5");
    natupnp_op *op =
        list_and_change(s, 30, "{\"add\": {\"external_port\": 7, \"protocol\": \"TCP\"}}");
    expect_whole_table(s, op, 61);
}

static void the_table_empties_meanwhile(void **state)
{
    scene *s = scene_begin(state, "--mappings=60", "--igd=1", "--latency=5");
    expect_whole_table(s, list_and_change(s, 30, "[]"), 0);
}

static void it_never_stops_changing(void **state)
{
    scene *s = scene_begin(state, "--mappings=30", "--igd=1", "--latency=2");
    natupnp_op *op = start_list(s);
    bool there = true;
    while (!natupnp_op_done(op)) {
        natupnp_client_wait(s->client, 1);
        gateway_post(&s->gateway, "/table",
                     there ? "{\"remove\": {\"external_port\": 10000, \"protocol\": \"TCP\"}}"
                           : "{\"add\": {\"external_port\": 10000, \"protocol\": \"TCP\"}}");
        there = !there;
    }
    assert_status(op, NATUPNP_OK);
    assert_in_range(natupnp_op_mapping_count(op), 28, 30); /* as it was last read */
}

/* ---- odd gateways ---- */

/* A table of a few entries, and what is said behind its end: a fault, or 0 for a page of HTML. */
static int table_size, end_fault;

static void answer_by_index(int fd, const char *request)
{
    static const char head[] = "<s:Envelope><s:Body>", tail[] = "</s:Body></s:Envelope>";
    const char *index = strstr(request, "<NewPortMappingIndex>");
    char body[1024];
    if (strncmp(request, "POST", 4) != 0) {
        odd_describe(fd);
        return;
    }
    int number = index ? atoi(index + 21) : table_size;
    if (number < table_size) {
        snprintf(body, sizeof body,
                 "%s<GetGenericPortMappingEntryResponse><NewRemoteHost/><NewExternalPort>%d</"
                 "NewExternalPort><NewProtocol>UDP"
                 "</NewProtocol><NewInternalPort>80</NewInternalPort><NewInternalClient>10.0.0.1"
                 "</NewInternalClient></GetGenericPortMappingEntryResponse>%s",
                 head, 1000 + number, tail);
        odd_reply(fd, body);
    } else if (end_fault != 0) {
        snprintf(body, sizeof body, "%s<s:Fault><errorCode>%d</errorCode></s:Fault>%s", head,
                 end_fault, tail);
        odd_reply(fd, body);
    } else {
        odd_write(fd, "HTTP/1.1 500 Oops\r\nContent-Length: 13\r\n\r\n<html></html>");
    }
}

static void ends_that_are_not_713(void **state)
{
    static const int faults[] = {713, 714, 402, 501, 0};
    scene *s = *state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        for (table_size = 1; table_size <= 30; table_size += 29) {
            odd_server odd = {0};
            end_fault = faults[i];
            odd_start(&odd, answer_by_index);
            scene_client(s, (natupnp_client_options){.gateway = odd.location});
            natupnp_op *op = run_list(s);
            odd_stop(&odd);
            assert_status(op, NATUPNP_OK);
            assert_int_equal(natupnp_op_mapping_count(op), table_size);
        }
    }
}

/* ---- failures that pass, and some that do not ---- */

enum { TABLE = 20, END = 713 };

/* What goes wrong instead of an answer: a fault, an HTTP status with a page, or a closed
 * connection. */
typedef struct trouble {
    const char *name;
    int fault, http;
    bool in_words; /* an answer, but no reply to the action */
} trouble;

static const trouble troubles[] = {
    {"501", 501, 0, false},  {"402", 402, 0, false},      {"714", 714, 0, false},
    {"401", 401, 0, false},  {"HTTP 500", 0, 500, false}, {"HTTP 503", 0, 503, false},
    {"closed", 0, 0, false}, {"a page", 0, 200, true},
};

enum { TROUBLES = sizeof troubles / sizeof troubles[0] };

static struct {
    const trouble *what;
    int from, times; /* which requests for entries it hits, by their order */
    int index;       /* or which index, -1 for none */
    int turn;        /* and when, of those for this index; 0 for always */
    int turns;       /* so far; in the server's process */
    int end;         /* the gateway's own number for the end */
    int requests;    /* so far; in the server's process */
} plan;

static void make_trouble(int fd)
{
    char body[256];
    if (plan.what->fault != 0) {
        snprintf(body, sizeof body,
                 "<s:Envelope><s:Body><s:Fault><errorCode>%d</errorCode></s:Fault></s:Body>"
                 "</s:Envelope>",
                 plan.what->fault);
        odd_reply(fd, body);
    } else if (plan.what->http != 0) {
        snprintf(body, sizeof body, "HTTP/1.1 %d X\r\nContent-Length: 13\r\n\r\n<html></html>",
                 plan.what->http);
        odd_write(fd, body);
    }
}

static void answer_with_trouble(int fd, const char *request)
{
    const char *index = strstr(request, "<NewPortMappingIndex>");
    if (index) {
        int order = plan.requests++;
        bool asked = plan.index >= 0 && atoi(index + 21) == plan.index;
        plan.turns += asked;
        bool hit = plan.index >= 0 ? asked && (plan.turn == 0 || plan.turn == plan.turns)
                                   : order >= plan.from && order < plan.from + plan.times;
        if (hit) {
            make_trouble(fd);
            return;
        }
    }
    table_size = TABLE;
    end_fault = plan.end;
    answer_by_index(fd, request);
}

static natupnp_op *run_list_with_trouble(scene *s)
{
    odd_server odd = {0};
    odd_start(&odd, answer_with_trouble);
    scene_client(s, (natupnp_client_options){.gateway = odd.location, .timeout_ms = 60000});
    natupnp_op *op = run_list(s);
    odd_stop(&odd);
    return op;
}

/* Frees what the scene has no room for. */
static void forget(scene *s, natupnp_op *op)
{
    assert_ptr_equal(s->ops[s->op_count - 1], op);
    natupnp_op_free(s->ops[--s->op_count]);
}

/* The whole window, and a gateway with a number of its own for the end, are tried for some. */
static void a_failure_that_passes_takes_nothing_away(void **state)
{
    static const int begins[] = {0, 5, TABLE - 1, TABLE};
    static const struct {
        int times, end;
        size_t step; /* from trouble to trouble */
    } ways[] = {{1, 713, 1}, {8, 713, 3}, {1, 501, 3}, {1, 402, 7}};
    scene *s = *state;
    for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++)
        for (size_t i = 0; i < TROUBLES; i += ways[way].step)
            for (size_t j = 0; j < sizeof begins / sizeof begins[0]; j++) {
                plan.what = &troubles[i];
                plan.from = begins[j];
                plan.times = ways[way].times;
                plan.index = -1;
                plan.end = ways[way].end;
                natupnp_op *op = run_list_with_trouble(s);
                if (natupnp_op_status(op) != NATUPNP_OK || natupnp_op_mapping_count(op) != TABLE)
                    fail_msg("%s, %d times from %d, end %d: %zu mappings, %s", plan.what->name,
                             plan.times, plan.from, plan.end, natupnp_op_mapping_count(op),
                             natupnp_op_detail(op));
                forget(s, op);
            }
}

/* One index that always fails is told, with the entries that were read. */
static void a_failure_that_stays_is_an_error_that_shows_what_was_read(void **state)
{
    static const int indexes[] = {0, 5, TABLE - 1};
    scene *s = *state;
    for (size_t i = 0; i < TROUBLES; i++)
        for (size_t j = 0; j < sizeof indexes / sizeof indexes[0]; j++) {
            plan.what = &troubles[i];
            plan.index = indexes[j];
            plan.end = END;
            natupnp_op *op = run_list_with_trouble(s);
            size_t count = natupnp_op_mapping_count(op);
            bool right = plan.what->in_words
                             ? natupnp_op_status(op) == NATUPNP_OK && count == TABLE - 1
                             : natupnp_op_status(op) != NATUPNP_OK && count < TABLE &&
                                   count >= (size_t)plan.index;
            if (!right)
                fail_msg("%s at %d: %zu mappings, %s", plan.what->name, plan.index, count,
                         natupnp_op_detail(op));
            for (size_t k = 0; k < count; k++)
                assert_in_range(natupnp_mapping_external_port(natupnp_op_mapping_at(op, k)), 1000,
                                1000 + TABLE - 1);
            assert_null(natupnp_op_mapping_at(op, count));
            char told[64];
            snprintf(told, sizeof told, "of which %zu were read", count);
            if (natupnp_op_status(op) != NATUPNP_OK && count > 0)
                assert_non_null(strstr(natupnp_op_detail(op), told));
            assert_int_equal(natupnp_op_fault(op), plan.what->in_words ? 0 : plan.what->fault);
            forget(s, op);
        }
}

/* Once the number is known, a failure by that number is found out too, also at the last entry. */
static void a_passing_failure_by_the_number_of_the_end(void **state)
{
    static const int indexes[] = {0, 7, TABLE - 1};
    scene *s = *state;
    for (size_t i = 0; i < sizeof indexes / sizeof indexes[0]; i++)
        for (int turn = 1; turn <= 5; turn++) {
            odd_server odd = {0};
            plan.what = &troubles[0];
            plan.index = indexes[i];
            plan.turn = turn;
            plan.end = 501;
            odd_start(&odd, answer_with_trouble);
            scene_client(s, (natupnp_client_options){.gateway = odd.location, .timeout_ms = 60000});
            for (int j = 0; j < 3; j++) {
                natupnp_op *op = run_list(s);
                if (natupnp_op_status(op) != NATUPNP_OK || natupnp_op_mapping_count(op) != TABLE)
                    fail_msg("index %d, turn %d, listing %d: %zu mappings, %s", plan.index, turn, j,
                             natupnp_op_mapping_count(op), natupnp_op_detail(op));
                forget(s, op);
            }
            odd_stop(&odd);
        }
    plan.turn = 0;
}

/* What fails for good in the middle is no end, whatever is said of every index from then on. */
static void a_gateway_that_breaks_down(void **state)
{
    static const char *const faults[] = {"501", "402", "714", "http500"};
    scene *s = scene_begin(state, "--mappings=20", "--igd=1");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        scene_client(s, (natupnp_client_options){0});
        gateway_set(&s->gateway,
                    "{\"faults\": {\"GetGenericPortMappingEntry\": [\"good:12\", \"%s\"]}}",
                    faults[i]);
        natupnp_op *op = run_list(s);
        assert_int_not_equal(natupnp_op_status(op), NATUPNP_OK);
        assert_in_range(natupnp_op_mapping_count(op), 10, 12);
    }
}

static void a_count_that_fails_counts_nothing(void **state)
{
    scene *s = *state;
    odd_server odd = {0};
    plan.what = &troubles[0];
    plan.index = 5;
    plan.end = END;
    odd_start(&odd, answer_with_trouble);
    scene_client(s, (natupnp_client_options){.gateway = odd.location, .timeout_ms = 60000});
    natupnp_op *op = run_count(s);
    odd_stop(&odd);
    assert_failure(op, NATUPNP_E_FAULT, 501);
    assert_int_equal(natupnp_op_mapping_count(op), 0);
    assert_null(natupnp_op_mapping_at(op, 0));
}

/* What was read when the time is over is not lost either. */
static void a_timeout_shows_what_was_read(void **state)
{
    scene *s = scene_begin(state, "--mappings=20", "--igd=1");
    gateway_set(&s->gateway,
                "{\"faults\": {\"GetGenericPortMappingEntry\": [\"good:12\", \"hang\"]}}");
    scene_client(s, (natupnp_client_options){.timeout_ms = 1500});
    natupnp_op *op = run_list(s);
    assert_status(op, NATUPNP_E_TIMEOUT);
    assert_int_equal(natupnp_op_mapping_count(op), 12);
    for (size_t i = 0; i < 12; i++)
        assert_in_range(natupnp_mapping_external_port(natupnp_op_mapping_at(op, i)), 10000, 10019);
    assert_null(natupnp_op_mapping_at(op, 12));
}

static void a_range_that_failed_once_is_asked_for_next_time(void **state)
{
    static const char *const faults[] = {"501:1", "402:1", "http500:1", "empty:1", "drop:2"};
    scene *s = scene_begin(state, "--mappings=4");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        scene_client(s, (natupnp_client_options){0});
        gateway_set(&s->gateway, "{\"faults\": {\"GetListOfPortMappings\": \"%s\"}}", faults[i]);
        expect_whole_table(s, run_list(s), 4);
        gateway_post(&s->gateway, "/clear-counters", "");
        expect_whole_table(s, run_list(s), 4);
        assert_int_equal(gateway_asked(&s->gateway, "GetListOfPortMappings"), 2);
        assert_int_equal(gateway_asked(&s->gateway, "GetGenericPortMappingEntry"), 0);
    }
}

static void an_empty_table_that_faults(void **state)
{
    static const char *const faults[] = {"402", "501", "714", "713"};
    scene *s = scene_begin(state, "--igd=1");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gateway_set(&s->gateway, "{\"faults\": {\"GetGenericPortMappingEntry\": \"%s\"}}",
                    faults[i]);
        expect_whole_table(s, run_list(s), 0);
    }
    gateway_set(&s->gateway, "{\"faults\": {\"GetGenericPortMappingEntry\": \"401\"}}");
    assert_failure(run_list(s), NATUPNP_E_FAULT, 401);
    gateway_set(&s->gateway, "{\"faults\": {\"GetGenericPortMappingEntry\": \"html200\"}}");
    natupnp_op *op = run_list(s);
    assert_int_not_equal(natupnp_op_status(op), NATUPNP_OK); /* no page is an empty table */
}

static void ways_to_refuse_a_range(void **state)
{
    static const char *const faults[] = {"401",     "602",     "606",   "501",    "402",
                                         "http404", "http500", "empty", "html200"};
    scene *s = scene_begin(state, "--mappings=4");
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        scene_client(s, (natupnp_client_options){0});
        gateway_set(&s->gateway, "{\"faults\": {\"GetListOfPortMappings\": \"%s\"}}", faults[i]);
        natupnp_op *op = run_list(s);
        if (natupnp_op_mapping_count(op) != 4)
            print_error("%s: %zu\n", faults[i], natupnp_op_mapping_count(op));
        expect_whole_table(s, op, 4);
    }
}

static void a_range_reply_past_the_cap(void **state)
{
    scene *s = scene_begin(state, "--mappings=40", "--fault=GetListOfPortMappings=oversize:1");
    expect_whole_table(s, run_list(s), 40);
    gateway_set(&s->gateway, "{\"faults\": {\"GetListOfPortMappings\": \"truncate:3\"}}");
    expect_whole_table(s, run_list(s), 40);
}

static void one_bad_entry(void **state, const char *option)
{
    scene *s = scene_begin(state, option, "--mappings=4");
    gateway_post(&s->gateway, "/table",
                 "{\"add\": {\"external_port\": 8080, \"protocol\": \"TCP\", \"internal_client\": "
                 "\"\"}}"); /* to nobody */
    gateway_put(&s->gateway, 9090, "TCP", "192.168.1.9", 90);
    natupnp_op *op = run_list(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), 5);
}

static void one_bad_entry_by_range(void **state)
{
    one_bad_entry(state, "--igd=2");
}

static void one_bad_entry_by_index(void **state)
{
    one_bad_entry(state, "--igd=1");
}

static void latin_1(void **state, const char *option, const char *action)
{
    scene *s = scene_begin(state, option);
    gateway_put(&s->gateway, 8080, "TCP", "192.168.1.9", 80);
    gateway_put(&s->gateway, 8081, "TCP", "192.168.1.9", 81);
    gateway_set(&s->gateway, "{\"faults\": {\"%s\": \"latin1\"}}", action);
    natupnp_op *op = run_list(s);
    expect_whole_table(s, op, 2);
    bool odd = false;
    for (size_t i = 0; i < 2; i++) {
        const char *text = natupnp_mapping_description(natupnp_op_mapping_at(op, i));
        assert_int_equal(strncmp(text, "put", 3), 0);
        odd = odd || strcmp(text, "putcaf\xC3\xA9") == 0 || strcmp(text, "putcaf\xEF\xBF\xBD") == 0;
    }
    assert_true(odd); /* the byte is a letter or U+FFFD, never a byte that is no UTF-8 */
}

static void latin_1_by_range(void **state)
{
    latin_1(state, "--igd=2", "GetListOfPortMappings");
}

static void latin_1_by_index(void **state)
{
    latin_1(state, "--igd=1", "GetGenericPortMappingEntry");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(by_range_with_cdata),
        scene_test(by_range_with_entities),
        scene_test(by_index),
        scene_test(by_index_on_version_2),
        scene_test(all_by_range),
        scene_test(all_by_index),
        scene_test(all_of_none),
        scene_test(big_by_range),
        scene_test(window_by_index),
        scene_test(by_index_on_closing_connections),
        scene_test(an_entry_goes_meanwhile),
        scene_test(an_entry_comes_meanwhile),
        scene_test(the_table_empties_meanwhile),
        scene_test(it_never_stops_changing),
        scene_test(ends_that_are_not_713),
        scene_test(a_failure_that_passes_takes_nothing_away),
        scene_test(a_failure_that_stays_is_an_error_that_shows_what_was_read),
        scene_test(a_passing_failure_by_the_number_of_the_end),
        scene_test(a_gateway_that_breaks_down),
        scene_test(a_count_that_fails_counts_nothing),
        scene_test(a_timeout_shows_what_was_read),
        scene_test(a_range_that_failed_once_is_asked_for_next_time),
        scene_test(an_empty_table_that_faults),
        scene_test(ways_to_refuse_a_range),
        scene_test(a_range_reply_past_the_cap),
        scene_test(one_bad_entry_by_range),
        scene_test(one_bad_entry_by_index),
        scene_test(latin_1_by_range),
        scene_test(latin_1_by_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
