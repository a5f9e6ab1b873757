/* SPDX-License-Identifier: MIT */
/* Any free port: one is always found, and nothing that is there is ever replaced. */
#include "scene.h"

#include <string.h>

#define MINE "127.0.0.1"

/* The port that an add on any free port came to; the table must have it. */
static int port_of(scene *s, natupnp_op *op, const char *protocol, int internal_port)
{
    assert_status(op, NATUPNP_OK);
    int port = natupnp_mapping_external_port(natupnp_op_mapping(op));
    assert_in_range(port, 1, 65535);
    assert_int_equal(natupnp_mapping_internal_port(natupnp_op_mapping(op)), internal_port);
    gateway_expect(&s->gateway, port, protocol, MINE, internal_port);
    return port;
}

static void the_gateway_chooses(void **state)
{
    scene *s = scene_begin(state, NULL);
    gateway_put(&s->gateway, 8080, "TCP", "192.168.1.9", 8080);
    natupnp_op *op = run_add(s, add_request(.internal_port = 8080));
    int port = port_of(s, op, "TCP", 8080);
    assert_int_not_equal(port, 8080);
    assert_string_equal(natupnp_mapping_external_ip(natupnp_op_mapping(op)), "203.0.113.7");
    assert_string_equal(natupnp_mapping_description(natupnp_op_mapping(op)), "natupnp");
    assert_int_equal(gateway_asked(&s->gateway, "AddAnyPortMapping"), 1);
    assert_string_equal(gateway_argument(&s->gateway, "AddAnyPortMapping", "NewExternalPort"), "0");
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 0);
    assert_int_equal(gateway_entries(&s->gateway), 2);
    port_of(s, run_add(s, udp_request(.internal_port = 80)), "UDP", 80);
}

static void a_gateway_that_cannot_choose(void **state)
{
    scene *s = scene_begin(state, "--no-any");
    assert_int_equal(port_of(s, run_add(s, add_request(.internal_port = 8080)), "TCP", 8080), 8080);
    assert_int_not_equal(port_of(s, run_add(s, add_request(.internal_port = 8080)), "TCP", 8080),
                         8080);
    assert_int_equal(gateway_asked(&s->gateway, "AddAnyPortMapping"), 1); /* remembered */
    assert_int_equal(gateway_entries(&s->gateway), 2);
}

static void other_ways_to_say_so(void **state)
{
    static const char *const faults[] = {"401", "501", "602", "716", "http404", "http500"};
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        scene *s = i == 0 ? scene_begin(state, NULL) : *state;
        scene_client(s, (natupnp_client_options){0});
        gateway_post(&s->gateway, "/table", "[]");
        gateway_set(&s->gateway, "{\"faults\": {\"AddAnyPortMapping\": \"%s\"}}", faults[i]);
        port_of(s, run_add(s, add_request(.internal_port = 8080)), "TCP", 8080);
        assert_int_equal(gateway_entries(&s->gateway), 1);
    }
}

static void version_1(void **state)
{
    scene *s = scene_begin(state, "--igd=1");
    assert_int_equal(port_of(s, run_add(s, add_request(.internal_port = 8080)), "TCP", 8080), 8080);
    /* Ports that need privileges are not asked for by themselves. */
    assert_in_range(port_of(s, run_add(s, add_request(.internal_port = 80)), "TCP", 80), 1024,
                    65535);
    assert_int_equal(gateway_asked(&s->gateway, "AddAnyPortMapping"), 0);
}

static void the_preferred_port(void **state, const char *option)
{
    scene *s = scene_begin(state, option);
    const natupnp_static_add_request *request =
        add_request(.external_port = 8080, .internal_port = 80, .any_port = true);
    assert_int_equal(port_of(s, run_add(s, request), "TCP", 80), 8080);
    /* Another's is not touched, nor is this host's own, not even one to the same port. */
    gateway_post(&s->gateway, "/table", "[]");
    gateway_put(&s->gateway, 8080, "TCP", "192.168.1.9", 1);
    gateway_put(&s->gateway, 9090, "TCP", MINE, 1);
    gateway_put(&s->gateway, 9091, "TCP", MINE, 80);
    gateway_put(&s->gateway, 80, "TCP", MINE, 7);
    for (int port = 8080; port != 0; port = port == 8080 ? 9090 : port == 9090 ? 9091 : 0) {
        natupnp_op *op =
            run_add(s, add_request(.external_port = port, .internal_port = 80, .any_port = true));
        int got = port_of(s, op, "TCP", 80);
        assert_true(got != 8080 && got != 9090 && got != 9091 && got != 80);
    }
    gateway_expect(&s->gateway, 8080, "TCP", "192.168.1.9", 1);
    gateway_expect(&s->gateway, 9090, "TCP", MINE, 1);
    gateway_expect(&s->gateway, 9091, "TCP", MINE, 80);
    gateway_expect(&s->gateway, 80, "TCP", MINE, 7);
    assert_int_equal(gateway_entries(&s->gateway), 7);
}

static void preferred_port_on_version_2(void **state)
{
    the_preferred_port(state, "--igd=2");
}

static void preferred_port_on_version_1(void **state)
{
    the_preferred_port(state, "--igd=1");
}

static void preferred_port_without_any(void **state)
{
    the_preferred_port(state, "--no-any");
}

static void preferred_port_where_any_overwrites(void **state)
{
    the_preferred_port(state, "--any-overwrites");
}

static void preferred_port_of_a_refused_range(void **state)
{
    scene *s = scene_begin(state, "--deny=8000-9000");
    natupnp_op *op =
        run_add(s, add_request(.external_port = 8080, .internal_port = 8080, .any_port = true));
    int port = port_of(s, op, "TCP", 8080);
    assert_true(port < 8000 || port > 9000);
}

static void same_ports(void **state)
{
    scene *s = scene_begin(state, "--igd=1", "--same-ports");
    assert_int_equal(port_of(s, run_add(s, add_request(.internal_port = 8080)), "TCP", 8080), 8080);
    natupnp_op *op =
        run_add(s, udp_request(.external_port = 9090, .internal_port = 8080, .any_port = true));
    assert_int_equal(port_of(s, op, "UDP", 8080), 8080);
    assert_status(run_add(s, add_request(.internal_port = 8080)), NATUPNP_E_UNSUPPORTED);
}

static void no_port_at_all(void **state)
{
    scene *s = scene_begin(state, "--igd=1", "--deny=1-65535");
    natupnp_op *op = run_add(s, add_request(.internal_port = 8080));
    assert_failure(op, NATUPNP_E_NOT_PERMITTED, 718);
    assert_true(gateway_asked(&s->gateway, "AddPortMapping") < 20); /* it gives up */
}

static void full(void **state)
{
    scene *s = scene_begin(state, "--max-mappings=1", "--mappings=1");
    assert_failure(run_add(s, add_request(.internal_port = 8080)), NATUPNP_E_FULL, 728);
    assert_failure(
        run_add(s, add_request(.external_port = 1, .internal_port = 2, .any_port = true)),
        NATUPNP_E_FULL, 728);
    assert_true(gateway_asked(&s->gateway, "AddPortMapping") < 3); /* no storm */
    gateway_set(&s->gateway, "{\"no_any\": true}");
    assert_failure(run_add(s, add_request(.internal_port = 8080)), NATUPNP_E_FULL, 728);
}

static void disabled(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = run_add(s, add_request(.internal_port = 8080, .disabled = true));
    assert_status(op, NATUPNP_OK);
    assert_false(natupnp_mapping_enabled(natupnp_op_mapping(op)));
    gateway_post(&s->gateway, "/table", "[]");
    gateway_set(&s->gateway, "{\"ignore_enabled\": true}");
    op = run_add(s, add_request(.internal_port = 8080, .disabled = true));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 0);
    assert_int_equal(gateway_entries(&s->gateway), 0);
    op = run_add(s, add_request(.external_port = 9090, .internal_port = 8080, .disabled = true,
                                .any_port = true));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 0);
    assert_int_equal(gateway_entries(&s->gateway), 0);
}

/* ---- answers that do not come ---- */

/* AddAnyPortMapping twice would be two mappings: it is never sent again. */
static void the_choice_is_asked_for_once(void **state)
{
    static const char *const faults[] = {"drop", "drop-after", "hang-after"};
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gateway_post(&s->gateway, "/clear-counters", "");
        gateway_set(&s->gateway, "{\"faults\": {\"AddAnyPortMapping\": \"%s\"}}", faults[i]);
        scene_client(s, (natupnp_client_options){0});
        assert_status(run_discover(s), NATUPNP_OK);
        natupnp_client_set_timeout_ms(s->client, 1000); /* it is sent within that */
        natupnp_op *op = run_add(s, add_request(.internal_port = 8080));
        assert_failure(op, i < 2 ? NATUPNP_E_NETWORK : NATUPNP_E_TIMEOUT, 0);
        assert_true(natupnp_op_maybe_applied(op));
        assert_int_equal(gateway_asked(&s->gateway, "AddAnyPortMapping"), 1);
    }
}

/* The gateway chose a port, but which one cannot be read. None must be left behind unsaid. */
static void a_choice_that_cannot_be_read(void **state)
{
    static const char *const faults[] = {"empty", "truncate", "doctype", "oversize"};
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gateway_post(&s->gateway, "/table", "[]");
        gateway_set(&s->gateway, "{\"faults\": {\"AddAnyPortMapping\": \"%s\"}}", faults[i]);
        scene_client(s, (natupnp_client_options){0});
        natupnp_op *op = run_add(s, add_request(.internal_port = 8080));
        size_t entries = gateway_entries(&s->gateway);
        if (natupnp_op_status(op) == NATUPNP_OK ? entries != 1 : !natupnp_op_maybe_applied(op))
            fail_msg("%s: %s, maybe applied: %d, %zu entries", faults[i],
                     natupnp_status_name(natupnp_op_status(op)), natupnp_op_maybe_applied(op),
                     entries);
    }
}

/* ---- many at once ---- */

enum { MANY = 20 };

static void check_distinct(scene *s, natupnp_op *const *ops, size_t count)
{
    bool taken[65536] = {false};
    for (size_t i = 0; i < count; i++) {
        int port = port_of(s, ops[i], "TCP", (int)(5000 + i));
        assert_false(taken[port]);
        taken[port] = true;
    }
    assert_int_equal(gateway_entries(&s->gateway), count);
}

static void twenty_at_once(void **state, const char *option)
{
    scene *s = scene_begin(state, option);
    natupnp_op *ops[MANY];
    for (int i = 0; i < MANY; i++)
        ops[i] = start_add(
            s, add_request(.external_port = 8080, .internal_port = 5000 + i, .any_port = true));
    for (int i = 0; i < MANY; i++)
        wait_for(ops[i]);
    check_distinct(s, ops, MANY);
}

static void twenty_at_once_on_version_2(void **state)
{
    twenty_at_once(state, "--igd=2");
}

static void twenty_at_once_on_version_1(void **state)
{
    twenty_at_once(state, "--igd=1");
}

/* Two programs of one host: two clients, each step of one between steps of the other. Version 1 has
 * no action that would make this safe. */
static void two_programs(void **state)
{
    scene *s = scene_begin(state, "--igd=2");
    natupnp_client *clients[] = {s->client, scene_other_client(s)};
    natupnp_op *ops[MANY];
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(
            natupnp_static_add(
                &ops[i], clients[i % 2],
                add_request(.external_port = 8080, .internal_port = 5000 + i, .any_port = true)),
            NATUPNP_OK);
        scene_keep(s, ops[i]);
    }
    for (size_t ended = 0; ended < MANY;) {
        for (size_t i = 0; i < 2; i++) {
            natupnp_status status = natupnp_client_wait(clients[i], 1);
            assert_true(status == NATUPNP_OK || status == NATUPNP_E_TIMEOUT);
            while (natupnp_client_next_done(clients[i]))
                ended++;
        }
    }
    check_distinct(s, ops, MANY);
}

/* The worst moment: one has seen that the port is free and pauses, while the other takes it. */
static void a_port_taken_between_look_and_leap(void **state)
{
    scene *s = scene_begin(state, "--igd=2");
    natupnp_client *slow = scene_other_client(s);
    natupnp_op *ops[2];
    assert_int_equal(natupnp_static_add(&ops[1], slow,
                                        add_request(.external_port = 8080, .internal_port = 5001,
                                                    .any_port = true)),
                     NATUPNP_OK);
    scene_keep(s, ops[1]);
    while (gateway_asked(&s->gateway, "GetSpecificPortMappingEntry") == 0)
        natupnp_client_wait(slow, 1);
    ops[0] =
        run_add(s, add_request(.external_port = 8080, .internal_port = 5000, .any_port = true));
    assert_status(ops[0], NATUPNP_OK);
    wait_for(ops[1]);
    check_distinct(s, ops, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(the_gateway_chooses),
        scene_test(a_gateway_that_cannot_choose),
        scene_test(other_ways_to_say_so),
        scene_test(version_1),
        scene_test(preferred_port_on_version_2),
        scene_test(preferred_port_on_version_1),
        scene_test(preferred_port_without_any),
        scene_test(preferred_port_where_any_overwrites),
        scene_test(preferred_port_of_a_refused_range),
        scene_test(same_ports),
        scene_test(no_port_at_all),
        scene_test(full),
        scene_test(disabled),
        scene_test(the_choice_is_asked_for_once),
        scene_test(a_choice_that_cannot_be_read),
        scene_test(twenty_at_once_on_version_2),
        scene_test(twenty_at_once_on_version_1),
        scene_test(two_programs),
        scene_test(a_port_taken_between_look_and_leap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
