/* SPDX-License-Identifier: MIT */
/* The dynamic collection: leases, remote hosts, renewals, and gateways that know neither. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

#define REMOTE "198.51.100.9"
#define dynamic_request(...)                                                                       \
    (&(const natupnp_dynamic_add_request){                                                         \
        .size = sizeof(natupnp_dynamic_add_request), .protocol = TCP, __VA_ARGS__})

static natupnp_op *kept(scene *s, natupnp_status status, natupnp_op *op)
{
    assert_int_equal(status, NATUPNP_OK);
    return wait_for(scene_keep(s, op));
}

static natupnp_op *add(scene *s, const natupnp_dynamic_add_request *request)
{
    natupnp_op *op;
    natupnp_status status = natupnp_dynamic_add(&op, s->client, request);
    return kept(s, status, op);
}

static natupnp_op *get(scene *s, const char *remote_host, int32_t port)
{
    natupnp_op *op;
    natupnp_status status = natupnp_dynamic_get(&op, s->client, remote_host, port, TCP);
    return kept(s, status, op);
}

static natupnp_op *removal(scene *s, const char *remote_host, int32_t port)
{
    natupnp_op *op;
    natupnp_status status = natupnp_dynamic_remove(&op, s->client, remote_host, port, TCP);
    return kept(s, status, op);
}

static natupnp_op *renew(scene *s, const natupnp_mapping *m, uint32_t lease_s)
{
    natupnp_op *op;
    natupnp_status status = natupnp_dynamic_renew(&op, s->client, m, lease_s);
    return kept(s, status, op);
}

static size_t count(scene *s)
{
    natupnp_op *op;
    natupnp_status status = natupnp_dynamic_count(&op, s->client);
    assert_status(kept(s, status, op), NATUPNP_OK);
    size_t counted = natupnp_op_mapping_count(op);
    status = natupnp_dynamic_list(&op, s->client);
    assert_status(kept(s, status, op), NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), counted);
    return counted;
}

static void advance(scene *s, int seconds)
{
    char json[40];
    snprintf(json, sizeof json, "{\"seconds\": %d}", seconds);
    gateway_post(&s->gateway, "/advance", json);
}

static void expect_lease(const natupnp_op *op, uint32_t least, uint32_t most)
{
    assert_status(op, NATUPNP_OK);
    assert_in_range(natupnp_mapping_lease_s(natupnp_op_mapping(op)), least, most);
}

/* ---- leases ---- */

static void a_lease_runs_out(void **state, const char *igd)
{
    scene *s = scene_begin(state, igd);
    expect_lease(add(s, dynamic_request(.external_port = 8080, .internal_port = 80)), 3600, 3600);
    expect_mapping(get(s, NULL, 8080), 8080, TCP, "127.0.0.1", 80);
    expect_lease(add(s, dynamic_request(.external_port = 8080, .internal_port = 81, .lease_s = 50)),
                 50, 50);
    expect_mapping(get(s, "", 8080), 8080, TCP, "127.0.0.1", 81); /* one's own is changed */
    advance(s, 20);
    expect_lease(get(s, NULL, 8080), 25, 30);
    assert_int_equal(count(s), 1);
    assert_status(run_get(s, 8080, TCP), NATUPNP_OK); /* it is in the static collection too */
    advance(s, 31);
    assert_status(get(s, NULL, 8080), NATUPNP_E_NOT_FOUND);
    assert_int_equal(count(s), 0);
}

static void a_lease_runs_out_igd1(void **state)
{
    a_lease_runs_out(state, "--igd=1");
}

static void a_lease_runs_out_igd2(void **state)
{
    a_lease_runs_out(state, "--igd=2");
}

static void a_permanent_mapping_is_not_in_it(void **state)
{
    scene *s = scene_begin(state, "--igd=1");
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    assert_status(get(s, NULL, 8080), NATUPNP_E_NOT_FOUND);
    natupnp_op *op = removal(s, NULL, 8080);
    assert_status(op, NATUPNP_E_NOT_FOUND);
    assert_non_null(strstr(natupnp_op_detail(op), "static collection"));
    const natupnp_mapping *m = natupnp_op_mapping(run_get(s, 8080, TCP));
    assert_non_null(m);
    assert_status(renew(s, m, 60), NATUPNP_E_NOT_FOUND);
    assert_int_equal(count(s), 0);
    assert_int_equal(natupnp_op_mapping_count(run_count(s)), 1);
}

static void only_permanent_leases(void **state)
{
    scene *s = scene_begin(state, "--igd=1", "--permanent-only");
    natupnp_op *made = add(s, dynamic_request(.external_port = 8080, .lease_s = 60));
    expect_lease(made, 0, 0);
    /* What was added to the collection is in it. */
    assert_int_equal(count(s), 1);
    expect_mapping(get(s, NULL, 8080), 8080, TCP, "127.0.0.1", 8080);
    expect_lease(renew(s, natupnp_op_mapping(made), 120), 0, 0);
    assert_status(removal(s, NULL, 8080), NATUPNP_OK);
    assert_int_equal(gateway_entries(&s->gateway), 0);
}

static void more_than_a_week(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=402:1");
    expect_lease(add(s, dynamic_request(.external_port = 8080, .lease_s = 1000000)), 604800,
                 604800);
    /* That says nothing about permanent ones. */
    assert_status(run_add(s, add_request(.external_port = 8081)), NATUPNP_OK);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 3);
}

/* ---- remote hosts ---- */

static void one_port_for_two_hosts(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op =
        add(s, dynamic_request(.remote_host = REMOTE, .external_port = 8080, .internal_port = 80));
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_mapping_remote_host(natupnp_op_mapping(op)), REMOTE);
    assert_status(get(s, NULL, 8080), NATUPNP_E_NOT_FOUND);
    assert_status(run_get(s, 8080, TCP), NATUPNP_E_NOT_FOUND); /* not in the static collection */
    assert_int_equal(natupnp_op_mapping_count(run_count(s)), 0);
    assert_status(add(s, dynamic_request(.external_port = 8080, .internal_port = 81)), NATUPNP_OK);
    expect_mapping(get(s, REMOTE, 8080), 8080, TCP, "127.0.0.1", 80);
    expect_mapping(get(s, NULL, 8080), 8080, TCP, "127.0.0.1", 81);
    assert_int_equal(count(s), 2);
    assert_status(removal(s, REMOTE, 8080), NATUPNP_OK);
    assert_status(removal(s, REMOTE, 8080), NATUPNP_E_NOT_FOUND);
    assert_status(get(s, NULL, 8080), NATUPNP_OK);
}

static void a_gateway_without_remote_hosts(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=726");
    natupnp_op *op = add(s, dynamic_request(.remote_host = REMOTE, .external_port = 8080));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 726);
    assert_int_equal(gateway_entries(&s->gateway), 0); /* not opened to everybody instead */
}

static void edits_of_a_remote_hosts_mapping(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op,
        *made =
            add(s, dynamic_request(.remote_host = REMOTE, .external_port = 8080, .lease_s = 1000));
    assert_status(made, NATUPNP_OK);
    const natupnp_mapping *m = natupnp_op_mapping(made);
    assert_int_equal(natupnp_static_edit(&op, s->client, m, edit_request(.internal_port = 81)),
                     NATUPNP_E_INVAL);
    natupnp_status status =
        natupnp_dynamic_edit(&op, s->client, m, edit_request(.internal_port = 81));
    expect_mapping(kept(s, status, op), 8080, TCP, "127.0.0.1", 81);
    expect_lease(op, 990, 1000);
    assert_string_equal(natupnp_mapping_remote_host(natupnp_op_mapping(op)), REMOTE);
    expect_lease(renew(s, m, 5000), 4990, 5000);
    expect_mapping(get(s, REMOTE, 8080), 8080, TCP, "127.0.0.1", 81);
}

/* ---- renewals ---- */

static void a_renewal(void **state)
{
    scene *s = scene_begin(state, "--max-lease=2000");
    natupnp_op *made = add(s, dynamic_request(.external_port = 8080, .internal_port = 80,
                                              .description = "mine", .lease_s = 1000));
    advance(s, 900);
    natupnp_op *op = renew(s, natupnp_op_mapping(made), 1500);
    expect_lease(op, 1495, 1500);
    expect_mapping(op, 8080, TCP, "127.0.0.1", 80);
    assert_string_equal(natupnp_mapping_description(natupnp_op_mapping(op)), "mine");
    expect_lease(renew(s, natupnp_op_mapping(made), 0), 1995, 2000); /* what was granted */
    expect_lease(renew(s, natupnp_op_mapping(made), 10), 5, 10);
    advance(s, 11);
    assert_status(renew(s, natupnp_op_mapping(made), 1000), NATUPNP_E_NOT_FOUND);
}

/* One that will not overwrite says so twice; the entry must not be taken for a renewed one. */
static void a_refused_renewal(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *made = add(s, dynamic_request(.external_port = 8080, .lease_s = 1000));
    advance(s, 500);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"501\"}}");
    assert_failure(renew(s, natupnp_op_mapping(made), 1000), NATUPNP_E_FAULT, 501);
    gateway_set(&s->gateway, "{\"faults\": {}}");
    expect_lease(get(s, NULL, 8080), 490, 500);
    /* One that only will not overwrite at once has it removed and added anew. */
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"718:1\"}}");
    expect_lease(renew(s, natupnp_op_mapping(made), 1000), 995, 1000);
}

/* A refusal of one's own mapping must not pass for a lease that was not given. */
static void added_again_where_that_is_refused(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(add(s, dynamic_request(.external_port = 8080, .lease_s = 100)), NATUPNP_OK);
    advance(s, 50);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"718:1\"}}");
    assert_status(add(s, dynamic_request(.external_port = 8080, .lease_s = 100)), NATUPNP_OK);
    expect_lease(get(s, NULL, 8080), 95, 100);
}

static void any_free_port(void **state)
{
    scene *s = scene_begin(state, "--mappings=1"); /* 10000/TCP is taken */
    natupnp_op *op = add(s, dynamic_request(.external_port = 10000, .internal_port = 80,
                                            .any_port = true, .lease_s = 100));
    expect_lease(op, 95, 100);
    uint16_t port = natupnp_mapping_external_port(natupnp_op_mapping(op));
    assert_int_not_equal(port, 10000);
    expect_lease(get(s, NULL, port), 95, 100);
}

/* ---- bad arguments ---- */

static void bad_remote_hosts(void **state)
{
    static const char *const bad[] = {"host",       "fe80::1",         "0.0.0.0",
                                      "224.0.0.1",  "255.255.255.255", "198.51.100.9 ",
                                      "198.51.100", "198.51.100.256"};
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        natupnp_op *op = (natupnp_op *)s;
        assert_int_equal(natupnp_dynamic_get(&op, s->client, bad[i], 80, TCP), NATUPNP_E_INVAL);
        assert_null(op);
        assert_non_null(strstr(natupnp_client_last_detail(s->client), "remote host"));
        assert_int_equal(natupnp_dynamic_remove(&op, s->client, bad[i], 80, TCP), NATUPNP_E_INVAL);
        assert_int_equal(
            natupnp_dynamic_add(&op, s->client,
                                dynamic_request(.remote_host = bad[i], .external_port = 80)),
            NATUPNP_E_INVAL);
    }
    natupnp_op *op;
    assert_int_equal(natupnp_dynamic_add(&op, s->client, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_dynamic_add(&op, NULL, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_dynamic_renew(&op, s->client, NULL, 60), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_dynamic_edit(&op, s->client, NULL, edit_request(.internal_port = 1)),
                     NATUPNP_E_INVAL);
    assert_int_equal(natupnp_dynamic_list(NULL, s->client), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_dynamic_get(&op, s->client, NULL, 65536, TCP), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_dynamic_get(&op, s->client, NULL, 80, (natupnp_protocol)0),
                     NATUPNP_E_INVAL);
    assert_int_equal(gateway_requests(&s->gateway), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(a_lease_runs_out_igd1),
        scene_test(a_lease_runs_out_igd2),
        scene_test(a_permanent_mapping_is_not_in_it),
        scene_test(only_permanent_leases),
        scene_test(more_than_a_week),
        scene_test(one_port_for_two_hosts),
        scene_test(a_gateway_without_remote_hosts),
        scene_test(edits_of_a_remote_hosts_mapping),
        scene_test(a_renewal),
        scene_test(a_refused_renewal),
        scene_test(added_again_where_that_is_refused),
        scene_test(any_free_port),
        scene_test(bad_remote_hosts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
