/* SPDX-License-Identifier: MIT */
/* Removing a mapping: what is there, what is not, and answers that say neither. */
#include "scene.h"

#define MINE "127.0.0.1"

static void present(void **state)
{
    scene *s = scene_begin(state, NULL);
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    gateway_put(&s->gateway, 8080, "UDP", "192.168.1.9", 80);
    natupnp_op *op = run_remove(s, 8080, TCP);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_hresult(op), 0);
    assert_int_equal(gateway_entries(&s->gateway), 1);
    assert_status(run_remove(s, 8080, UDP), NATUPNP_OK);
    assert_int_equal(gateway_entries(&s->gateway), 0);
}

static void absent(void **state)
{
    scene *s = scene_begin(state, "--mappings=2");
    natupnp_op *op = run_remove(s, 8080, TCP);
    assert_failure(op, NATUPNP_E_NOT_FOUND, 714);
    assert_int_equal(natupnp_op_hresult(op), (int32_t)0x80070002);
    assert_false(natupnp_op_maybe_applied(op));
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 0);
    assert_int_equal(gateway_entries(&s->gateway), 2);
}

/* miniupnpd confirms the removal of what is not there. */
static void absent_but_confirmed(void **state)
{
    scene *s = scene_begin(state, "--confirm-absent-removal");
    assert_failure(run_remove(s, 8080, TCP), NATUPNP_E_NOT_FOUND, 714);
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    assert_status(run_remove(s, 8080, TCP), NATUPNP_OK);
    assert_failure(run_remove(s, 8080, TCP), NATUPNP_E_NOT_FOUND, 714);
}

static void where_single_mappings_cannot_be_read(void **state)
{
    scene *s = scene_begin(state, "--no-specific");
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    assert_status(run_remove(s, 8080, TCP), NATUPNP_OK);
    assert_int_equal(gateway_entries(&s->gateway), 0);
    /* The gateway's own word for it is all that there is. */
    assert_failure(run_remove(s, 8080, TCP), NATUPNP_E_NOT_FOUND, 714);
}

static void not_permitted(void **state)
{
    scene *s = scene_begin(state, "--secure");
    gateway_put(&s->gateway, 8080, "TCP", "192.168.1.9", 80);
    natupnp_op *op = run_remove(s, 8080, TCP);
    assert_failure(op, NATUPNP_E_NOT_PERMITTED, 606);
    assert_false(natupnp_op_maybe_applied(op));
    assert_int_equal(gateway_entries(&s->gateway), 1);
}

static void refused(void **state)
{
    scene *s = scene_begin(state, "--fault=DeletePortMapping=501");
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    assert_failure(run_remove(s, 8080, TCP), NATUPNP_E_FAULT, 501);
    assert_int_equal(gateway_entries(&s->gateway), 1);
}

/* DD-WRT says 714 for what was there a moment ago: gone is gone. */
static void denied_but_gone(void **state)
{
    scene *s = scene_begin(state, "--fault=DeletePortMapping=714");
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    assert_status(run_remove(s, 8080, TCP), NATUPNP_OK);
}

static void unclear_answers(void **state)
{
    static const struct {
        const char *fault;
        natupnp_status status;
        bool removed;
    } table[] = {
        {"drop-after", NATUPNP_OK, true},    {"empty", NATUPNP_OK, true},
        {"truncate", NATUPNP_OK, true},      {"oversize", NATUPNP_OK, true},
        {"doctype", NATUPNP_OK, true},       {"bigheader", NATUPNP_OK, true},
        {"badxml", NATUPNP_OK, true},        {"no-response-suffix", NATUPNP_OK, true},
        {"drop", NATUPNP_E_NETWORK, false},  {"http500", NATUPNP_E_HTTP, false},
        {"http404", NATUPNP_E_HTTP, false},  {"html200", NATUPNP_E_BAD_REPLY, false},
        {"redirect", NATUPNP_E_HTTP, false}, {"fault200", NATUPNP_E_FAULT, false},
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_post(&s->gateway, "/table", "[]");
        gateway_post(&s->gateway, "/clear-counters", "");
        gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
        gateway_set(&s->gateway, "{\"faults\": {\"DeletePortMapping\": \"%s\"}}", table[i].fault);
        natupnp_op *op = run_remove(s, 8080, TCP);
        if (natupnp_op_status(op) != table[i].status)
            print_error("%s\n", table[i].fault);
        assert_status(op, table[i].status);
        assert_int_equal(gateway_entries(&s->gateway), !table[i].removed);
        assert_false(natupnp_op_maybe_applied(op)); /* it was looked up */
    }
}

/* A removal must not run twice: somebody else may have taken the port meanwhile. */
static void it_is_sent_once(void **state)
{
    static const char *const faults[] = {"drop", "drop-after", "hang", "hang-after"};
    scene *s = scene_begin(state, NULL);
    scene_client(s, (natupnp_client_options){.timeout_ms = 300});
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gateway_post(&s->gateway, "/clear-counters", "");
        gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
        gateway_set(&s->gateway, "{\"faults\": {\"DeletePortMapping\": \"%s\"}}", faults[i]);
        natupnp_op *op = run_remove(s, 8080, TCP);
        assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 1);
        if (i >= 2) {
            assert_failure(op, NATUPNP_E_TIMEOUT, 0);
            assert_true(natupnp_op_maybe_applied(op));
        }
    }
}

static void unclear_and_no_way_to_look(void **state)
{
    scene *s = scene_begin(state, "--no-specific", "--fault=DeletePortMapping=drop-after");
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    natupnp_op *op = run_remove(s, 8080, TCP);
    assert_failure(op, NATUPNP_E_NETWORK, 0);
    assert_true(natupnp_op_maybe_applied(op));
}

static void counts(void **state)
{
    scene *s = scene_begin(state, "--mappings=5");
    natupnp_op *op = run_count(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), 5);
    assert_null(natupnp_op_mapping_at(op, 0)); /* only how many */
    assert_status(run_remove(s, 10000, TCP), NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(run_count(s)), 4);
    gateway_post(&s->gateway, "/table",
                 "{\"add\": {\"external_port\": 7, \"protocol\": \"UDP\", \"remote_host\": "
                 "\"198.51.100.1\"}}");
    assert_int_equal(natupnp_op_mapping_count(run_count(s)), 4); /* not a static one */
    assert_failure(run_remove(s, 7, UDP), NATUPNP_E_NOT_FOUND, 714);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(present),
        scene_test(absent),
        scene_test(absent_but_confirmed),
        scene_test(where_single_mappings_cannot_be_read),
        scene_test(not_permitted),
        scene_test(refused),
        scene_test(denied_but_gone),
        scene_test(unclear_answers),
        scene_test(it_is_sent_once),
        scene_test(unclear_and_no_way_to_look),
        scene_test(counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
