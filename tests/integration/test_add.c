/* SPDX-License-Identifier: MIT */
/* Adding a mapping on a given port, and reading it. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

#define MINE "127.0.0.1"

/* ---- good ones ---- */

static void defaults(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_op_detail(op), "");
    const natupnp_mapping *m = expect_mapping(op, 8080, TCP, MINE, 8080);
    assert_string_equal(natupnp_mapping_description(m), "natupnp");
    assert_string_equal(natupnp_mapping_external_ip(m), "203.0.113.7");
    assert_string_equal(natupnp_mapping_remote_host(m), "");
    assert_true(natupnp_mapping_enabled(m));
    gateway_expect(&s->gateway, 8080, "TCP", MINE, 8080);
    assert_string_equal(gateway_argument(&s->gateway, "AddPortMapping", "NewLeaseDuration"), "0");
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 1);
    assert_int_equal(gateway_requests(&s->gateway), 3); /* description, mapping, address */
}

static void every_field(void **state)
{
    static const char text[] = "<a & \"b\"> 'c' \xC3\xA9\xE2\x82\xAC]]>";
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = run_add(s, udp_request(.external_port = 65535, .internal_port = 1,
                                            .internal_client = "192.168.1.9", .description = text));
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_mapping_description(natupnp_op_mapping(op)), text);
    op = run_get(s, 65535, UDP);
    assert_status(op, NATUPNP_OK);
    const natupnp_mapping *m = expect_mapping(op, 65535, UDP, "192.168.1.9", 1);
    assert_string_equal(natupnp_mapping_description(m), text);
    assert_string_equal(natupnp_mapping_external_ip(m), "203.0.113.7");
    assert_int_equal(natupnp_mapping_lease_s(m), 604800); /* IGD:2 turns 0 into a week */
    assert_status(run_get(s, 65535, TCP), NATUPNP_E_NOT_FOUND);
}

static void an_empty_description(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(run_add(s, add_request(.external_port = 8080, .description = "")), NATUPNP_OK);
    natupnp_op *op = run_get(s, 8080, TCP);
    assert_string_equal(natupnp_mapping_description(natupnp_op_mapping(op)), "");
}

static void upsert(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    natupnp_op *op = run_add(
        s, add_request(.external_port = 8080, .internal_port = 80, .description = "second"));
    assert_status(op, NATUPNP_OK);
    assert_int_equal(gateway_entries(&s->gateway), 1);
    op = run_get(s, 8080, TCP);
    assert_string_equal(natupnp_mapping_description(expect_mapping(op, 8080, TCP, MINE, 80)),
                        "second");
}

/* ---- conflicts and refusals ---- */

static void conflict(void **state)
{
    scene *s = scene_begin(state, NULL);
    gateway_put(&s->gateway, 8080, "TCP", "192.168.1.66", 99);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_failure(op, NATUPNP_E_CONFLICT, 718);
    assert_int_equal(natupnp_op_hresult(op), (int32_t)0x800700AA);
    assert_non_null(strstr(natupnp_op_detail(op), "192.168.1.66"));
    assert_string_equal(
        natupnp_mapping_description(expect_mapping(op, 8080, TCP, "192.168.1.66", 99)), "put");
    assert_false(natupnp_op_maybe_applied(op));
    gateway_expect(&s->gateway, 8080, "TCP", "192.168.1.66", 99);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 0);
    assert_int_equal(gateway_entries(&s->gateway), 1);
}

/* Linksys WRT1900AC says 501 where 718 is meant. */
static void conflict_called_action_failed(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=501");
    gateway_put(&s->gateway, 8080, "TCP", "192.168.1.66", 99);
    assert_failure(run_add(s, add_request(.external_port = 8080)), NATUPNP_E_CONFLICT, 501);
    assert_failure(run_add(s, add_request(.external_port = 8081)), NATUPNP_E_FAULT, 501);
}

static void secure_mode(void **state, const char *igd, int fault)
{
    scene *s = scene_begin(state, "--secure", igd);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    natupnp_op *op =
        run_add(s, add_request(.external_port = 8081, .internal_client = "192.168.1.9"));
    assert_failure(op, NATUPNP_E_NOT_PERMITTED, fault);
    assert_int_equal(gateway_entries(&s->gateway), 1);
}

static void secure_mode_of_version_2(void **state)
{
    secure_mode(state, "--igd=2", 606);
}

static void secure_mode_of_version_1(void **state)
{
    secure_mode(state, "--igd=1", 718);
}

static void own_mapping_in_the_way(void **state)
{
    scene *s = scene_begin(state, NULL);
    gateway_put(&s->gateway, 8080, "TCP", MINE, 8080);
    gateway_put(&s->gateway, 9090, "TCP", MINE, 80);
    /* It is as it was wished for already. */
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"718:1\"}}");
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_status(op, NATUPNP_OK);
    expect_mapping(op, 8080, TCP, MINE, 8080);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 0);
    /* It leads elsewhere: removed, and added anew. */
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"718:1\"}}");
    assert_status(run_add(s, add_request(.external_port = 9090)), NATUPNP_OK);
    gateway_expect(&s->gateway, 9090, "TCP", MINE, 9090);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 1);
    /* It is refused even then: the old one is put back. */
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"718:2\"}}");
    op = run_add(s, add_request(.external_port = 9090, .internal_port = 81));
    assert_failure(op, NATUPNP_E_NOT_PERMITTED, 718);
    assert_false(natupnp_op_maybe_applied(op));
    gateway_expect(&s->gateway, 9090, "TCP", MINE, 9090);
    /* And when that is refused too, it is said, with what was lost. */
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"718\"}}");
    op = run_add(s, add_request(.external_port = 9090, .internal_port = 81));
    assert_failure(op, NATUPNP_E_LOST, 718);
    expect_mapping(op, 9090, TCP, MINE, 9090);
}

static void faults_and_their_status(void **state)
{
    static const struct {
        int fault;
        natupnp_status status;
        uint32_t hresult;
        size_t requests; /* for AddPortMapping */
    } table[] = {
        {401, NATUPNP_E_FAULT, 0x80040207, 1},       {402, NATUPNP_E_FAULT, 0x80040208, 2},
        {501, NATUPNP_E_FAULT, 0x80040210, 1},       {606, NATUPNP_E_NOT_PERMITTED, 0x80040306, 1},
        {716, NATUPNP_E_FAULT, 0x80040374, 1},       {718, NATUPNP_E_NOT_PERMITTED, 0x800700AA, 1},
        {724, NATUPNP_E_UNSUPPORTED, 0x80004005, 1}, {725, NATUPNP_E_FAULT, 0x8004037D, 1},
        {726, NATUPNP_E_UNSUPPORTED, 0x80004005, 1}, {727, NATUPNP_E_UNSUPPORTED, 0x80004005, 1},
        {728, NATUPNP_E_FULL, 0x80040380, 1},        {729, NATUPNP_E_NOT_PERMITTED, 0x80040381, 1},
        {-911, NATUPNP_E_FAULT, 0x80040214, 1},
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_post(&s->gateway, "/clear-counters", "");
        gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"%d\"}}", table[i].fault);
        natupnp_op *op = run_add(s, add_request(.external_port = 8080));
        assert_failure(op, table[i].status, table[i].fault);
        if (natupnp_op_hresult(op) != (int32_t)table[i].hresult)
            fail_msg("fault %d: HRESULT %08X", table[i].fault, (unsigned)natupnp_op_hresult(op));
        assert_false(natupnp_op_maybe_applied(op));
        assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), table[i].requests);
    }
    assert_int_equal(gateway_entries(&s->gateway), 0);
}

static void full(void **state)
{
    scene *s = scene_begin(state, "--max-mappings=1");
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    natupnp_op *op = run_add(s, add_request(.external_port = 8081));
    assert_failure(op, NATUPNP_E_FULL, 728);
    gateway_set(&s->gateway, "{\"deny\": \"1-1023\", \"max_mappings\": 0}");
    assert_failure(run_add(s, add_request(.external_port = 80)), NATUPNP_E_NOT_PERMITTED, 606);
}

static void same_ports(void **state)
{
    scene *s = scene_begin(state, "--same-ports");
    natupnp_op *op = run_add(s, add_request(.external_port = 8080, .internal_port = 80));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 724);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
}

/* ---- leases ---- */

static void lease_of(scene *s, int port, const char *expected, size_t requests)
{
    gateway_post(&s->gateway, "/clear-counters", "");
    assert_status(run_add(s, add_request(.external_port = port)), NATUPNP_OK);
    assert_string_equal(gateway_argument(&s->gateway, "AddPortMapping", "NewLeaseDuration"),
                        expected);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), requests);
}

static void leases_that_are_refused(void **state)
{
    scene *s = scene_begin(state, "--igd=1", "--permanent-only");
    lease_of(s, 8080, "0", 1);
    /* A gateway with a week as the most. */
    gateway_set(&s->gateway,
                "{\"permanent_only\": false, \"faults\": {\"AddPortMapping\": \"402:1\"}}");
    lease_of(s, 8081, "604800", 2);
    lease_of(s, 8082, "604800", 1); /* remembered */
    /* And one that changes its mind: each says it in its way. */
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"402:1\"}}");
    lease_of(s, 8083, "0", 2);
    lease_of(s, 8084, "0", 1);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"402:1\"}}");
    lease_of(s, 8085, "604800", 2);
    gateway_set(&s->gateway, "{\"permanent_only\": true}");
    lease_of(s, 8086, "0", 2);
}

/* ---- no clear answer ---- */

static void unclear_answers(void **state)
{
    static const struct {
        const char *fault;
        natupnp_status status;
        bool applied;
    } table[] = {
        {"drop:1", NATUPNP_OK, true}, /* sent once more */
        {"drop", NATUPNP_E_NETWORK, false},   {"drop-after", NATUPNP_OK, true},
        {"drop-after:1", NATUPNP_OK, true},   {"empty", NATUPNP_OK, true},
        {"truncate", NATUPNP_OK, true},       {"oversize", NATUPNP_OK, true},
        {"badxml", NATUPNP_OK, true},         {"doctype", NATUPNP_OK, true},
        {"latin1", NATUPNP_OK, true},         {"deep", NATUPNP_OK, true},
        {"bigheader", NATUPNP_OK, true},      {"no-response-suffix", NATUPNP_OK, true},
        {"http500", NATUPNP_E_HTTP, false},   {"html200", NATUPNP_E_BAD_REPLY, false},
        {"fault200", NATUPNP_E_FAULT, false}, {"redirect", NATUPNP_E_HTTP, false},
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_post(&s->gateway, "/table", "[]");
        gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"%s\"}}", table[i].fault);
        natupnp_op *op = run_add(s, add_request(.external_port = 8080));
        assert_status(op, table[i].status);
        assert_int_equal(gateway_entries(&s->gateway), table[i].applied);
        assert_false(natupnp_op_maybe_applied(op)); /* it was looked up */
    }
}

static void unclear_and_no_way_to_look(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=drop-after", "--no-specific");
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_failure(op, NATUPNP_E_NETWORK, 0);
    assert_true(natupnp_op_maybe_applied(op));
    assert_int_equal(gateway_entries(&s->gateway), 1);
}

/* What is there already must not pass for what was asked for. */
static void unclear_over_an_older_mapping(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=drop");
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_failure(op, NATUPNP_E_NETWORK, 0);
    gateway_expect(&s->gateway, 8080, "TCP", MINE, 80);
}

/* ---- mappings that are switched off ---- */

static void disabled(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080, .disabled = true));
    assert_status(op, NATUPNP_OK);
    assert_false(natupnp_mapping_enabled(natupnp_op_mapping(op)));
    assert_string_equal(natupnp_mapping_external_ip(natupnp_op_mapping(op)), "203.0.113.7");
    json_t *entry = gateway_entry(&s->gateway, 8080, "TCP");
    assert_true(json_is_false(json_object_get(entry, "enabled")));
    json_decref(entry);
    gateway_put(&s->gateway, 9090, "TCP", "192.168.1.9", 9090);
    op = run_add(s, add_request(.external_port = 9090, .disabled = true));
    assert_status(op, NATUPNP_E_CONFLICT);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 1);
}

static void disabled_on_a_gateway_that_opens_the_port(void **state)
{
    scene *s = scene_begin(state, "--ignore-enabled");
    gateway_put(&s->gateway, 9090, "TCP", MINE, 90);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080, .disabled = true));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 0);
    assert_int_equal(gateway_entries(&s->gateway), 1);
    assert_false(natupnp_op_maybe_applied(op));
    op = run_add(s, add_request(.external_port = 9090, .disabled = true));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 0);
    assert_false(natupnp_op_maybe_applied(op));
    gateway_expect(&s->gateway, 9090, "TCP", MINE, 90); /* as it was */
    op = run_get(s, 9090, TCP);
    assert_string_equal(natupnp_mapping_description(natupnp_op_mapping(op)), "put");
}

/* ---- reading ---- */

static void get_and_its_faults(void **state)
{
    static const struct {
        int fault;
        natupnp_status status;
    } table[] = {
        {714, NATUPNP_E_NOT_FOUND}, {402, NATUPNP_E_NOT_FOUND}, /* DD-WRT */
        {401, NATUPNP_E_FAULT},     {501, NATUPNP_E_FAULT},     {606, NATUPNP_E_NOT_PERMITTED},
    };
    scene *s = scene_begin(state, NULL);
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    expect_mapping(run_get(s, 8080, TCP), 8080, TCP, MINE, 80);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_set(&s->gateway, "{\"faults\": {\"GetSpecificPortMappingEntry\": \"%d\"}}",
                    table[i].fault);
        natupnp_op *op = run_get(s, 8080, TCP);
        assert_failure(op, table[i].status, table[i].fault);
        assert_false(natupnp_op_maybe_applied(op));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(defaults),
        scene_test(every_field),
        scene_test(an_empty_description),
        scene_test(upsert),
        scene_test(conflict),
        scene_test(conflict_called_action_failed),
        scene_test(secure_mode_of_version_2),
        scene_test(secure_mode_of_version_1),
        scene_test(own_mapping_in_the_way),
        scene_test(faults_and_their_status),
        scene_test(full),
        scene_test(same_ports),
        scene_test(leases_that_are_refused),
        scene_test(unclear_answers),
        scene_test(unclear_and_no_way_to_look),
        scene_test(unclear_over_an_older_mapping),
        scene_test(disabled),
        scene_test(disabled_on_a_gateway_that_opens_the_port),
        scene_test(get_and_its_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
