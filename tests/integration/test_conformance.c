/* SPDX-License-Identifier: MIT */
/*
 * What real Windows does, by the numbers of the list of facts that the
 * conformance test of the NAT Traversal API asserts. T8, T11 and T13 are the
 * parsing of a protocol's text, which the unit tests cover.
 */
#include "scene.h"

#include <stdio.h>
#include <string.h>

/* The mapping of the conformance test. */
#define WINE_TEST                                                                                  \
    udp_request(.external_port = 12345, .internal_port = 12345, .internal_client = "1.2.3.4",      \
                .description = "wine_test")

/* The StaticPortMappingCollection is S_OK always, and NULL when there is no gateway. */
static void t3_no_gateway_is_success(void **state)
{
    scene *s = scene_begin(state, NULL);
    char url[128];
    snprintf(url, sizeof url, "%s/state", s->gateway.control); /* an HTTP server, but no gateway */
    scene_client(s, (natupnp_client_options){.gateway = url});
    natupnp_op *op = run_discover(s);
    assert_failure(op, NATUPNP_E_NO_GATEWAY, 0);
    assert_int_equal(natupnp_op_hresult(op), 0);
    assert_null(natupnp_op_gateway(op));
    assert_int_equal(natupnp_op_gateway_count(op), 0);
    /* With a gateway it is S_OK as well, and there is something. */
    scene_client(s, (natupnp_client_options){.gateway = s->gateway.location});
    op = run_discover(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_hresult(op), 0);
    assert_non_null(natupnp_op_gateway(op));
}

/* get_Count is S_OK. */
static void t7_count(void **state)
{
    scene *s = scene_begin(state, "--mappings=3");
    natupnp_op *op = run_count(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_hresult(op), 0);
    assert_int_equal(natupnp_op_mapping_count(op), 3);
    gateway_post(&s->gateway, "/table", "[]");
    op = run_count(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(op), 0);
}

/* Add for a client that need not be the caller is S_OK. */
static void t9_add(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = run_add(s, WINE_TEST);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_hresult(op), 0);
    const natupnp_mapping *m = expect_mapping(op, 12345, UDP, "1.2.3.4", 12345);
    assert_string_equal(natupnp_mapping_description(m), "wine_test");
    assert_true(natupnp_mapping_enabled(m));
    gateway_expect(&s->gateway, 12345, "UDP", "1.2.3.4", 12345);
}

/* Add is an upsert: Count grows by one at once, and not when the mapping was there. */
static void t10_upsert(void **state)
{
    scene *s = scene_begin(state, "--mappings=2");
    assert_int_equal(natupnp_op_mapping_count(run_count(s)), 2);
    assert_status(run_add(s, WINE_TEST), NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(run_count(s)), 3);
    assert_status(run_add(s, WINE_TEST), NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(run_count(s)), 3);
}

/* A port that is out of range is E_INVALIDARG. */
static void bad_port(void **state, int32_t port)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = (natupnp_op *)s;
    assert_int_equal(natupnp_static_get(&op, s->client, port, UDP), NATUPNP_E_INVAL);
    assert_null(op);
    assert_int_equal(natupnp_client_last_hresult(s->client), (int32_t)0x80070057);
    assert_int_equal(gateway_requests(&s->gateway), 0);
}

static void t14_item_minus_one(void **state)
{
    bad_port(state, -1);
}

static void t15_item_65536(void **state)
{
    bad_port(state, 65536);
}

/* Item of what is absent is ERROR_FILE_NOT_FOUND. */
static void t16_item_absent(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(run_add(s, WINE_TEST), NATUPNP_OK);
    natupnp_op *op = run_get(s, 12346, UDP);
    assert_failure(op, NATUPNP_E_NOT_FOUND, 714);
    assert_int_equal(natupnp_op_hresult(op), (int32_t)0x80070002);
    assert_null(natupnp_op_mapping(op));
    /* The protocol is part of the key. */
    assert_status(run_get(s, 12345, TCP), NATUPNP_E_NOT_FOUND);
}

/* Each item has the protocol "UDP" or "TCP" and a port, and Item of each succeeds. */
static void t19_each_item(void **state)
{
    scene *s = scene_begin(state, "--mappings=6");
    assert_status(run_add(s, WINE_TEST), NATUPNP_OK);
    natupnp_op *list = run_list(s);
    assert_status(list, NATUPNP_OK);
    assert_int_equal(natupnp_op_mapping_count(list), 7);
    for (size_t i = 0; i < natupnp_op_mapping_count(list); i++) {
        const natupnp_mapping *m = natupnp_op_mapping_at(list, i);
        natupnp_protocol protocol = natupnp_mapping_protocol(m), parsed;
        const char *name = natupnp_protocol_name(protocol);
        assert_true(strcmp(name, "UDP") == 0 || strcmp(name, "TCP") == 0);
        assert_int_equal(natupnp_protocol_parse(&parsed, name), NATUPNP_OK);
        assert_int_equal(parsed, protocol);
        natupnp_op *item = run_get(s, natupnp_mapping_external_port(m), protocol);
        assert_status(item, NATUPNP_OK);
        expect_mapping(item, natupnp_mapping_external_port(m), protocol,
                       natupnp_mapping_internal_client(m), natupnp_mapping_internal_port(m));
    }
}

/* Remove of what is present is S_OK. */
static void t22_remove(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(run_add(s, WINE_TEST), NATUPNP_OK);
    natupnp_op *op = run_remove(s, 12345, UDP);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_hresult(op), 0);
    assert_int_equal(gateway_entries(&s->gateway), 0);
    assert_int_equal(natupnp_op_mapping_count(run_count(s)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(t3_no_gateway_is_success),
        scene_test(t7_count),
        scene_test(t9_add),
        scene_test(t10_upsert),
        scene_test(t14_item_minus_one),
        scene_test(t15_item_65536),
        scene_test(t16_item_absent),
        scene_test(t19_each_item),
        scene_test(t22_remove),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
