/* SPDX-License-Identifier: MIT */
/* Edits: one field changes and the others stay, also on gateways that refuse or ignore it. */
#include "scene.h"

#include <string.h>

#define MINE "127.0.0.1"

/* A leased mapping on 8080/TCP, and the snapshot that an edit begins with. */
static const natupnp_mapping *put_leased(scene *s)
{
    gateway_post(&s->gateway, "/table",
                 "[{\"external_port\": 8080, \"protocol\": \"TCP\", \"internal_client\": "
                 "\"127.0.0.1\", \"internal_port\": 80, \"description\": \"old\", \"lease_s\": "
                 "1000}]");
    natupnp_op *op = run_get(s, 8080, TCP);
    assert_status(op, NATUPNP_OK);
    return natupnp_op_mapping(op);
}

/* Checks the entry of the table and, after a success, the operation's mapping. */
static void expect_entry(scene *s, const natupnp_op *op, const char *client, int port,
                         const char *description, bool enabled)
{
    json_t *entry = gateway_entry(&s->gateway, 8080, "TCP");
    assert_non_null(entry);
    assert_string_equal(json_string_value(json_object_get(entry, "internal_client")), client);
    assert_int_equal(json_integer_value(json_object_get(entry, "internal_port")), port);
    assert_string_equal(json_string_value(json_object_get(entry, "description")), description);
    assert_int_equal(json_is_true(json_object_get(entry, "enabled")), enabled);
    assert_in_range(json_integer_value(json_object_get(entry, "lease_s")), 900, 1000);
    json_decref(entry);
    if (natupnp_op_status(op) != NATUPNP_OK)
        return;
    const natupnp_mapping *m = expect_mapping(op, 8080, TCP, client, port);
    assert_string_equal(natupnp_mapping_description(m), description);
    assert_int_equal(natupnp_mapping_enabled(m), enabled);
    assert_in_range(natupnp_mapping_lease_s(m), 900, 1000);
    assert_string_equal(natupnp_mapping_external_ip(m), "203.0.113.7");
}

/* ---- each field ---- */

static void each_field(void **state, const char *option)
{
    scene *s = scene_begin(state, option);
    const natupnp_mapping *m = put_leased(s);
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, MINE, 81, "old", true);
    op = run_edit(s, m, edit_request(.description = "new"));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, MINE, 81, "new", true); /* the snapshot's own port is not brought back */
    op = run_edit(s, m, edit_request(.internal_client = "10.0.0.9"));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, "10.0.0.9", 81, "new", true);
    op = run_edit(s, m, edit_request(.enabled = NATUPNP_SWITCH_OFF));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, "10.0.0.9", 81, "new", false);
    op = run_edit(s, m, edit_request(.description = ""));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, "10.0.0.9", 81, "", false);
    op = run_edit(s, m,
                  edit_request(.internal_client = MINE, .internal_port = 82, .description = "all",
                               .enabled = NATUPNP_SWITCH_ON));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, MINE, 82, "all", true);
    op = run_edit(s, m, edit_request(0));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, MINE, 82, "all", true);
}

static void each_field_on_version_2(void **state)
{
    each_field(state, "--igd=2");
}

static void each_field_on_version_1(void **state)
{
    each_field(state, "--igd=1");
}

static void each_field_where_descriptions_stay(void **state)
{
    each_field(state, "--ignore-description-change");
}

static void a_changed_description_that_is_ignored(void **state)
{
    scene *s = scene_begin(state, "--ignore-description-change");
    const natupnp_mapping *m = put_leased(s);
    natupnp_op *op = run_edit(s, m, edit_request(.description = "new"));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, MINE, 80, "new", true);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 1);
    op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_status(op, NATUPNP_OK);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 1); /* only where needed */
}

static void permanent_stays_permanent(void **state)
{
    scene *s = scene_begin(state, "--igd=1");
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    natupnp_op *op = run_get(s, 8080, TCP);
    op = run_edit(s, natupnp_op_mapping(op), edit_request(.internal_port = 81));
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_mapping_lease_s(natupnp_op_mapping(op)), 0);
    gateway_expect(&s->gateway, 8080, "TCP", MINE, 81);
}

/* ---- refusals ---- */

static void order_faults(scene *s, const char *action, const char *faults)
{
    gateway_set(&s->gateway, "{\"faults\": {\"%s\": [%s]}}", action, faults);
}

/* "no-response-suffix" stands for a good answer here: it lets one request through. */
#define GOOD "\"no-response-suffix:1\""

static void refused_once(void **state)
{
    scene *s = scene_begin(state, NULL);
    const natupnp_mapping *m = put_leased(s);
    order_faults(s, "AddPortMapping", "\"501:1\"");
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_status(op, NATUPNP_OK);
    expect_entry(s, op, MINE, 81, "old", true);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 1);
}

static void refused_for_good(void **state)
{
    scene *s = scene_begin(state, NULL);
    const natupnp_mapping *m = put_leased(s);
    order_faults(s, "AddPortMapping", "\"501\"");
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_failure(op, NATUPNP_E_FAULT, 501);
    assert_false(natupnp_op_maybe_applied(op));
    expect_entry(s, op, MINE, 80, "old", true);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 0); /* nothing was risked */
}

static void restored_when_the_new_one_is_refused(void **state)
{
    scene *s = scene_begin(state, NULL);
    const natupnp_mapping *m = put_leased(s);
    order_faults(s, "AddPortMapping", "\"501:1\", " GOOD ", \"501:1\"");
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_failure(op, NATUPNP_E_FAULT, 501);
    assert_false(natupnp_op_maybe_applied(op));
    expect_entry(s, op, MINE, 80, "old", true);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 1);
}

static void lost(void **state)
{
    scene *s = scene_begin(state, NULL);
    const natupnp_mapping *m = put_leased(s);
    order_faults(s, "AddPortMapping", "\"501:1\", " GOOD ", \"501:2\"");
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_failure(op, NATUPNP_E_LOST, 501);
    assert_int_equal(gateway_entries(&s->gateway), 0);
    const natupnp_mapping *before = expect_mapping(op, 8080, TCP, MINE, 80);
    assert_string_equal(natupnp_mapping_description(before), "old");
    assert_true(natupnp_mapping_enabled(before));
    assert_in_range(natupnp_mapping_lease_s(before), 900, 1000);
    assert_non_null(strstr(natupnp_op_detail(op), "old"));
}

static void not_permitted(void **state)
{
    scene *s = scene_begin(state, "--secure");
    const natupnp_mapping *m = put_leased(s);
    natupnp_op *op = run_edit(s, m, edit_request(.internal_client = "10.0.0.9"));
    assert_failure(op, NATUPNP_E_NOT_PERMITTED, 606);
    expect_entry(s, op, MINE, 80, "old", true);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 0);
}

static void the_removal_is_refused(void **state)
{
    scene *s = scene_begin(state, "--ignore-description-change", "--fault=DeletePortMapping=501");
    const natupnp_mapping *m = put_leased(s);
    natupnp_op *op = run_edit(s, m, edit_request(.description = "new"));
    assert_failure(op, NATUPNP_E_FAULT, 501);
    expect_entry(s, op, MINE, 80, "old", true);
}

/* ---- the switch ---- */

static void a_switch_that_does_not_work(void **state)
{
    scene *s = scene_begin(state, "--ignore-enabled");
    const natupnp_mapping *m = put_leased(s);
    natupnp_op *op = run_edit(s, m, edit_request(.enabled = NATUPNP_SWITCH_OFF));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 0);
    assert_false(natupnp_op_maybe_applied(op));
    expect_entry(s, op, MINE, 80, "old", true);
    /* Nor does the rest of the wish come true alone. */
    op = run_edit(s, m, edit_request(.enabled = NATUPNP_SWITCH_OFF, .internal_port = 81));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 0);
    assert_false(natupnp_op_maybe_applied(op));
    expect_entry(s, op, MINE, 80, "old", true);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 0); /* never forced */
    op = run_edit(s, m, edit_request(.enabled = NATUPNP_SWITCH_ON));
    assert_status(op, NATUPNP_OK);
}

/* Both are ignored: the description could be forced, the switch must not be. */
static void a_switch_and_a_description_that_do_not_work(void **state)
{
    scene *s = scene_begin(state, "--ignore-enabled", "--ignore-description-change");
    const natupnp_mapping *m = put_leased(s);
    natupnp_op *op =
        run_edit(s, m, edit_request(.enabled = NATUPNP_SWITCH_OFF, .description = "new"));
    assert_failure(op, NATUPNP_E_UNSUPPORTED, 0);
    expect_entry(s, op, MINE, 80, "old", true);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 0);
}

/* ---- absent, elsewhere, unclear ---- */

static void absent(void **state)
{
    scene *s = scene_begin(state, NULL);
    const natupnp_mapping *m = put_leased(s);
    gateway_post(&s->gateway, "/table", "[]");
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_failure(op, NATUPNP_E_NOT_FOUND, 714);
    assert_int_equal(gateway_entries(&s->gateway), 0); /* it does not come back by an edit */
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 0);
}

static void of_another_gateway(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_mapping *m;
    assert_int_equal(natupnp_mapping_dup(&m, put_leased(s)), NATUPNP_OK);
    gateway_stop(&s->gateway);
    gateway_start(&s->gateway, "--listen=127.0.0.2");
    gateway_put(&s->gateway, 8080, "TCP", MINE, 80);
    scene_client(s, (natupnp_client_options){0});
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    natupnp_mapping_free(m);
    assert_failure(op, NATUPNP_E_GONE, 0);
    assert_int_equal(gateway_writes(&s->gateway), 0);
}

static void unclear_answers(void **state)
{
    static const char *const faults[] = {"drop-after:2", "empty:1", "truncate:1", "drop:1",
                                         "http500:1"};
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const natupnp_mapping *m = put_leased(s);
        gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"%s\"}}", faults[i]);
        natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
        assert_status(op, NATUPNP_OK); /* read back: the answer does not count */
        expect_entry(s, op, MINE, 81, "old", true);
    }
}

/* No answer ever, and the entry is as it was: that is told, and nothing is forced. */
static void unclear_and_without_effect(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=drop");
    const natupnp_mapping *m = put_leased(s);
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_failure(op, NATUPNP_E_NETWORK, 0);
    assert_false(natupnp_op_maybe_applied(op)); /* it was read back */
    expect_entry(s, op, MINE, 80, "old", true);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 0);
}

static void an_unclear_removal_on_the_way(void **state)
{
    scene *s =
        scene_begin(state, "--ignore-description-change", "--fault=DeletePortMapping=drop-after:1");
    const natupnp_mapping *m = put_leased(s);
    natupnp_op *op = run_edit(s, m, edit_request(.description = "new"));
    /* Whatever it says, the mapping must not be missing unsaid. */
    json_t *entry = gateway_entry(&s->gateway, 8080, "TCP");
    bool there = entry != NULL;
    json_decref(entry);
    assert_true(there || natupnp_op_status(op) == NATUPNP_E_LOST || natupnp_op_maybe_applied(op));
}

static void hanging(void **state)
{
    scene *s = scene_begin(state, NULL);
    const natupnp_mapping *m = put_leased(s);
    natupnp_client_set_timeout_ms(s->client, 1000); /* each is sent within that */
    order_faults(s, "GetSpecificPortMappingEntry", "\"hang:1\"");
    natupnp_op *op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_failure(op, NATUPNP_E_TIMEOUT, 0);
    assert_false(natupnp_op_maybe_applied(op));
    order_faults(s, "AddPortMapping", "\"hang-after:1\"");
    op = run_edit(s, m, edit_request(.internal_port = 81));
    assert_failure(op, NATUPNP_E_TIMEOUT, 0);
    assert_true(natupnp_op_maybe_applied(op));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(each_field_on_version_2),
        scene_test(each_field_on_version_1),
        scene_test(each_field_where_descriptions_stay),
        scene_test(a_changed_description_that_is_ignored),
        scene_test(permanent_stays_permanent),
        scene_test(refused_once),
        scene_test(refused_for_good),
        scene_test(restored_when_the_new_one_is_refused),
        scene_test(lost),
        scene_test(not_permitted),
        scene_test(the_removal_is_refused),
        scene_test(a_switch_that_does_not_work),
        scene_test(a_switch_and_a_description_that_do_not_work),
        scene_test(absent),
        scene_test(of_another_gateway),
        scene_test(unclear_answers),
        scene_test(unclear_and_without_effect),
        scene_test(an_unclear_removal_on_the_way),
        scene_test(hanging),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
