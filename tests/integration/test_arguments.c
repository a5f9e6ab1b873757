/* SPDX-License-Identifier: MIT */
/* Bad input is refused with a reason before anything is sent; structs may be of another size. */
#include "scene.h"

#include <stdlib.h>
#include <string.h>

/* ---- NULL ---- */

static void null_where_an_operation_is_started(void **state)
{
    scene *s = scene_begin(state, "--mappings=1");
    natupnp_op *op = (natupnp_op *)s;
    const natupnp_mapping *m = natupnp_op_mapping_at(run_list(s), 0);
    assert_int_equal(natupnp_static_add(&op, NULL, add_request(.external_port = 1)),
                     NATUPNP_E_INVAL);
    assert_null(op);
    op = (natupnp_op *)s;
    assert_int_equal(natupnp_static_add(&op, s->client, NULL), NATUPNP_E_INVAL);
    assert_null(op);
    assert_int_equal(natupnp_static_get(&op, NULL, 1, TCP), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_remove(&op, NULL, 1, TCP), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_list(&op, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_count(&op, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_mapping_list(&op, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_edit(&op, NULL, m, edit_request(.internal_port = 1)),
                     NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_edit(&op, s->client, NULL, edit_request(.internal_port = 1)),
                     NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_edit(&op, s->client, m, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_gateway_discover(&op, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_gateway_list(&op, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_gateway_query(&op, NULL), NATUPNP_E_INVAL);
    assert_null(op);
    assert_int_equal(natupnp_static_add(NULL, s->client, add_request(.external_port = 1)),
                     NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_get(NULL, s->client, 1, TCP), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_remove(NULL, s->client, 1, TCP), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_list(NULL, s->client), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_count(NULL, s->client), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_mapping_list(NULL, s->client), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_static_edit(NULL, s->client, m, edit_request(.internal_port = 1)),
                     NATUPNP_E_INVAL);
    assert_int_equal(natupnp_gateway_discover(NULL, s->client), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_gateway_list(NULL, s->client), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_gateway_query(NULL, s->client), NATUPNP_E_INVAL);
    assert_null(natupnp_client_next_done(s->client));
}

static void null_for_everything_else(void **state)
{
    natupnp_client *client = NULL;
    natupnp_mapping *m = (natupnp_mapping *)state;
    natupnp_protocol protocol = UDP;
    assert_int_equal(natupnp_client_new(NULL, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_client_new(&client, NULL), NATUPNP_OK); /* the defaults */
    natupnp_client_free(client);
    natupnp_client_free(NULL);
    assert_int_equal(natupnp_client_fd(NULL), -1);
    assert_int_equal(natupnp_client_timeout_ms(NULL), -1);
    assert_int_equal(natupnp_client_dispatch(NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_client_wait(NULL, 0), NATUPNP_E_INVAL);
    natupnp_client_wake(NULL);
    assert_null(natupnp_client_next_done(NULL));
    assert_int_equal(natupnp_client_set_timeout_ms(NULL, 0), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_client_last_status(NULL), NATUPNP_E_INVAL);
    assert_non_null(natupnp_client_last_detail(NULL));
    assert_int_equal(natupnp_client_last_hresult(NULL), (int32_t)0x80070057);

    assert_int_equal(natupnp_op_wait(NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_op_cancel(NULL), NATUPNP_E_INVAL);
    natupnp_op_free(NULL);
    natupnp_gateway *g = (natupnp_gateway *)state;
    assert_int_equal(natupnp_gateway_dup(NULL, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_gateway_dup(&g, NULL), NATUPNP_E_INVAL);
    assert_null(g);
    natupnp_gateway_free(NULL);
    assert_false(natupnp_op_done(NULL));
    assert_int_equal(natupnp_op_status(NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_op_fault(NULL), 0);
    assert_int_equal(natupnp_op_hresult(NULL), (int32_t)0x80070057);
    assert_non_null(natupnp_op_detail(NULL));
    assert_false(natupnp_op_maybe_applied(NULL));
    assert_int_equal(natupnp_op_id(NULL), 0);
    natupnp_op_set_user(NULL, NULL);
    assert_null(natupnp_op_user(NULL));
    assert_null(natupnp_op_mapping(NULL));
    assert_int_equal(natupnp_op_mapping_count(NULL), 0);
    assert_null(natupnp_op_mapping_at(NULL, 0));
    assert_null(natupnp_op_gateway(NULL));
    assert_int_equal(natupnp_op_gateway_count(NULL), 0);
    assert_null(natupnp_op_gateway_at(NULL, 0));

    assert_int_equal(natupnp_mapping_dup(&m, NULL), NATUPNP_E_INVAL);
    assert_null(m);
    assert_int_equal(natupnp_mapping_dup(NULL, NULL), NATUPNP_E_INVAL);
    natupnp_mapping_free(NULL);
    assert_null(natupnp_mapping_external_ip(NULL));
    assert_int_equal(natupnp_mapping_external_port(NULL), 0);
    assert_int_equal(natupnp_mapping_internal_port(NULL), 0);
    assert_int_equal(natupnp_mapping_protocol(NULL), 0);
    assert_null(natupnp_mapping_internal_client(NULL));
    assert_false(natupnp_mapping_enabled(NULL));
    assert_null(natupnp_mapping_description(NULL));
    assert_null(natupnp_mapping_remote_host(NULL));
    assert_int_equal(natupnp_mapping_lease_s(NULL), 0);

    assert_null(natupnp_gateway_name(NULL));
    assert_null(natupnp_gateway_manufacturer(NULL));
    assert_null(natupnp_gateway_model_name(NULL));
    assert_null(natupnp_gateway_model_number(NULL));
    assert_null(natupnp_gateway_udn(NULL));
    assert_null(natupnp_gateway_location(NULL));
    assert_null(natupnp_gateway_control_url(NULL));
    assert_null(natupnp_gateway_presentation_url(NULL));
    assert_null(natupnp_gateway_service_type(NULL));
    assert_null(natupnp_gateway_local_address(NULL));
    assert_null(natupnp_gateway_interface(NULL));
    assert_false(natupnp_gateway_chosen(NULL));
    assert_null(natupnp_gateway_external_ip(NULL));
    assert_null(natupnp_gateway_connection_status(NULL));
    assert_null(natupnp_gateway_last_connection_error(NULL));
    assert_int_equal(natupnp_gateway_uptime_s(NULL), -1);

    assert_int_equal(natupnp_protocol_parse(&protocol, NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_protocol_parse(NULL, "TCP"), NATUPNP_E_INVAL);
    assert_int_equal(protocol, UDP);
}

/* ---- requests ---- */

static void check_refused(scene *s, natupnp_status status, natupnp_op *const *op, const char *what)
{
    const char *detail = natupnp_client_last_detail(s->client);
    if (status != NATUPNP_E_INVAL || *op)
        fail_msg("%s: %s", what, natupnp_status_name(status));
    assert_int_equal(natupnp_client_last_status(s->client), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_client_last_hresult(s->client), (int32_t)0x80070057);
    if (strlen(detail) < 10 || strcmp(detail, natupnp_status_text(NATUPNP_E_INVAL)) == 0)
        fail_msg("%s: the detail does not explain it: \"%s\"", what, detail);
}

static void bad_additions(void **state)
{
    static const char bytes_64[] =
        "0123456789012345678901234567890123456789012345678901234567890123";
    static const struct {
        const char *what;
        natupnp_static_add_request request;
    } table[] = {
#define BAD(what, ...)                                                                             \
    {                                                                                              \
        what,                                                                                      \
        {                                                                                          \
            .size = sizeof(natupnp_static_add_request), __VA_ARGS__                                \
        }                                                                                          \
    }
        BAD("external -1", .protocol = TCP, .external_port = -1),
        BAD("external 65536", .protocol = TCP, .external_port = 65536),
        BAD("external lowest", .protocol = TCP, .external_port = INT32_MIN),
        BAD("internal -1", .protocol = TCP, .external_port = 1, .internal_port = -1),
        BAD("internal 65536", .protocol = TCP, .external_port = 1, .internal_port = 65536),
        BAD("internal 65536 + 80", .protocol = TCP, .external_port = 1, .internal_port = 65616),
        BAD("any without internal", .protocol = TCP),
        BAD("any_port without internal", .protocol = TCP, .any_port = true),
        BAD("protocol 0", .external_port = 1, .protocol = (natupnp_protocol)0),
        BAD("protocol 1", .external_port = 1, .protocol = (natupnp_protocol)1),
        BAD("protocol 99", .external_port = 1, .protocol = (natupnp_protocol)99),
        BAD("protocol -1", .external_port = 1, .protocol = (natupnp_protocol)-1),
        BAD("64 bytes", .protocol = TCP, .external_port = 1, .description = bytes_64),
        BAD("new line", .protocol = TCP, .external_port = 1, .description = "a\nb"),
        BAD("tabulator", .protocol = TCP, .external_port = 1, .description = "a\tb"),
        BAD("delete", .protocol = TCP, .external_port = 1, .description = "a\x7F"),
        BAD("C1 control", .protocol = TCP, .external_port = 1, .description = "a\xC2\x85"),
        BAD("latin-1", .protocol = TCP, .external_port = 1, .description = "caf\xE9"),
        BAD("overlong", .protocol = TCP, .external_port = 1, .description = "\xC0\xAF"),
        BAD("surrogate", .protocol = TCP, .external_port = 1, .description = "\xED\xA0\x80"),
        BAD("cut off", .protocol = TCP, .external_port = 1, .description = "\xE2\x82"),
        BAD("a name", .protocol = TCP, .external_port = 1, .internal_client = "localhost"),
        BAD("empty client", .protocol = TCP, .external_port = 1, .internal_client = ""),
        BAD("IPv6", .protocol = TCP, .external_port = 1, .internal_client = "fe80::1"),
        BAD("unspecified", .protocol = TCP, .external_port = 1, .internal_client = "0.0.0.0"),
        BAD("multicast", .protocol = TCP, .external_port = 1, .internal_client = "224.0.0.1"),
        BAD("broadcast", .protocol = TCP, .external_port = 1, .internal_client = "255.255.255.255"),
        BAD("three numbers", .protocol = TCP, .external_port = 1, .internal_client = "10.0.1"),
        BAD("with a port", .protocol = TCP, .external_port = 1, .internal_client = "10.0.0.1:80"),
        BAD("with a space", .protocol = TCP, .external_port = 1, .internal_client = "10.0.0.1 "),
        BAD("octal", .protocol = TCP, .external_port = 1, .internal_client = "010.0.0.1"),
#undef BAD
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        natupnp_op *op = (natupnp_op *)s;
        natupnp_status status = natupnp_static_add(&op, s->client, &table[i].request);
        check_refused(s, status, &op, table[i].what);
    }
    assert_int_equal(gateway_requests(&s->gateway), 0);
    assert_int_equal(gateway_connections(&s->gateway), 0);
    /* The widest that is allowed; and a success takes the complaint back. */
    char description[64];
    memcpy(description, bytes_64, 63);
    description[63] = '\0';
    natupnp_op *op = run_add(
        s, add_request(.external_port = 65535, .internal_port = 1, .description = description));
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_client_last_detail(s->client), "");
    assert_int_equal(natupnp_client_last_hresult(s->client), 0);
}

static void bad_keys_and_edits(void **state)
{
    static const struct {
        int32_t port;
        int protocol;
    } keys[] = {{-1, 6}, {0, 6}, {65536, 17}, {INT32_MAX, 6}, {80, 0}, {80, 1}, {80, 99}, {80, -6}};
    scene *s = scene_begin(state, "--mappings=1");
    natupnp_op *list = run_list(s), *op;
    const natupnp_mapping *m = natupnp_op_mapping_at(list, 0);
    size_t before = gateway_requests(&s->gateway);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        natupnp_protocol protocol = (natupnp_protocol)keys[i].protocol;
        natupnp_status status = natupnp_static_get(&op, s->client, keys[i].port, protocol);
        check_refused(s, status, &op, "get");
        status = natupnp_static_remove(&op, s->client, keys[i].port, protocol);
        check_refused(s, status, &op, "remove");
    }
    const natupnp_edit_request *edits[] = {
        edit_request(.internal_port = -1),          edit_request(.internal_port = 65536),
        edit_request(.internal_client = "router"),  edit_request(.internal_client = "0.0.0.0"),
        edit_request(.description = "a\rb"),        edit_request(.description = "\xFF"),
        edit_request(.enabled = (natupnp_switch)3), edit_request(.enabled = (natupnp_switch)-1),
    };
    for (size_t i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        natupnp_status status = natupnp_static_edit(&op, s->client, m, edits[i]);
        check_refused(s, status, &op, "edit");
    }
    check_refused(s, natupnp_static_edit(&op, s->client, NULL, edits[0]), &op, "no mapping");
    check_refused(s, natupnp_static_edit(&op, s->client, m, NULL), &op, "no edit");
    check_refused(s, natupnp_static_add(&op, s->client, NULL), &op, "no request");
    assert_int_equal(gateway_requests(&s->gateway), before);
}

/* ---- structs of another size ---- */

static void a_request_from_an_older_program(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_static_add_request add = *add_request(.external_port = 8080);
    add.size = offsetof(natupnp_static_add_request, internal_client);
    add.internal_client = add.description = (const char *)1; /* what lies behind is not read */
    add.any_port = add.disabled = true;
    assert_status(run_add(s, &add), NATUPNP_OK);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 8080);

    natupnp_edit_request edit = *edit_request(.internal_client = "10.0.0.1");
    edit.size = offsetof(natupnp_edit_request, internal_port);
    edit.internal_port = 70000;
    edit.description = (const char *)1;
    natupnp_op *op = run_edit(s, natupnp_op_mapping(run_get(s, 8080, TCP)), &edit);
    assert_status(op, NATUPNP_OK);
    gateway_expect(&s->gateway, 8080, "TCP", "10.0.0.1", 8080);

    natupnp_client_options options = {.size = offsetof(natupnp_client_options, interface),
                                      .gateway = s->gateway.location,
                                      .interface = (const char *)1,
                                      .timeout_ms = UINT32_MAX};
    natupnp_client *client;
    assert_int_equal(natupnp_client_new(&client, &options), NATUPNP_OK);
    natupnp_client_free(client);
}

#define FROM_THE_FUTURE(type)                                                                      \
    struct {                                                                                       \
        type known;                                                                                \
        unsigned char more[24];                                                                    \
    }

static void structs_from_a_newer_program(void **state)
{
    scene *s = scene_begin(state, NULL);
    FROM_THE_FUTURE(natupnp_static_add_request) add = {*add_request(.external_port = 8080), {0}};
    FROM_THE_FUTURE(natupnp_edit_request) edit = {*edit_request(.internal_port = 81), {0}};
    FROM_THE_FUTURE(natupnp_client_options) options = {NATUPNP_CLIENT_OPTIONS_INIT, {0}};
    natupnp_client *client;
    natupnp_op *op;
    add.known.size = sizeof add;
    edit.known.size = sizeof edit;
    options.known.size = sizeof options;
    assert_status(run_add(s, &add.known), NATUPNP_OK);
    const natupnp_mapping *m = natupnp_op_mapping(run_get(s, 8080, TCP));
    assert_status(run_edit(s, m, &edit.known), NATUPNP_OK);
    assert_int_equal(natupnp_client_new(&client, &options.known), NATUPNP_OK);
    natupnp_client_free(client);
    add.more[23] = edit.more[0] = options.more[12] = 1;
    check_refused(s, natupnp_static_add(&op, s->client, &add.known), &op, "add");
    check_refused(s, natupnp_static_edit(&op, s->client, m, &edit.known), &op, "edit");
    assert_int_equal(natupnp_client_new(&client, &options.known), NATUPNP_E_INVAL);
    assert_null(client);
}

static void structs_without_a_size(void **state)
{
    scene *s = scene_begin(state, "--mappings=1");
    const natupnp_mapping *m = natupnp_op_mapping_at(run_list(s), 0);
    natupnp_client *client;
    natupnp_op *op;
    for (size_t size = 0; size < sizeof size; size += sizeof size - 1) {
        natupnp_static_add_request add = *add_request(.external_port = 8080);
        natupnp_edit_request edit = *edit_request(.internal_port = 81);
        natupnp_client_options options = {.size = size};
        add.size = edit.size = size;
        check_refused(s, natupnp_static_add(&op, s->client, &add), &op, "add");
        check_refused(s, natupnp_static_edit(&op, s->client, m, &edit), &op, "edit");
        assert_int_equal(natupnp_client_new(&client, &options), NATUPNP_E_INVAL);
    }
}

/* ---- options ---- */

static void bad_options(void **state)
{
    static const struct {
        natupnp_client_options options;
        const char *about;
    } table[] = {
#define BAD(about, ...) {{.size = sizeof(natupnp_client_options), __VA_ARGS__}, about}
        BAD("gateway", .gateway = ""),
        BAD("gateway", .gateway = "192.168.1.1"),
        BAD("gateway", .gateway = "https://192.168.1.1/"),
        BAD("gateway", .gateway = "http://router/"),
        BAD("gateway", .gateway = "http://[fe80::1]/"),
        BAD("gateway", .gateway = "http://192.168.1.1:0/"),
        BAD("interface", .interface = ""),
        BAD("interface", .interface = "longer-than-a-name-is"),
        BAD("timeout", .timeout_ms = 24 * 60 * 60 * 1000 + 1),
        BAD("budget", .budget_ms = UINT32_MAX),
        BAD("host to trust", .trust_host = ""),
        BAD("host to trust", .trust_host = "router"),
        BAD("host to trust", .trust_host = "fe80::1"),
        BAD("cache", .cache_dir = ""),
#undef BAD
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        natupnp_client *client = (natupnp_client *)&table;
        assert_int_equal(natupnp_client_new(&client, &table[i].options), NATUPNP_E_INVAL);
        assert_null(client);
        const char *problem = natupnp_client_options_problem(&table[i].options);
        assert_non_null(problem);
        if (!strstr(problem, table[i].about))
            fail_msg("row %zu: %s", i, problem);
    }
    natupnp_client_options good = {.size = sizeof good,
                                   .gateway = "http://127.0.0.1:1/x",
                                   .interface = "lo",
                                   .timeout_ms = 24 * 60 * 60 * 1000,
                                   .trust_host = "127.0.0.1",
                                   .cache_dir = "/nonexistent"};
    assert_null(natupnp_client_options_problem(&good));
    assert_null(natupnp_client_options_problem(NULL));
    good.size = sizeof good.size - 1;
    assert_non_null(natupnp_client_options_problem(&good));
}

static void a_bad_timeout(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_int_equal(natupnp_client_set_timeout_ms(s->client, UINT32_MAX), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_client_last_status(s->client), NATUPNP_E_INVAL);
    assert_non_null(strstr(natupnp_client_last_detail(s->client), "a day"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(null_where_an_operation_is_started),
        cmocka_unit_test(null_for_everything_else),
        scene_test(bad_additions),
        scene_test(bad_keys_and_edits),
        scene_test(a_request_from_an_older_program),
        scene_test(structs_from_a_newer_program),
        scene_test(structs_without_a_size),
        cmocka_unit_test(bad_options),
        scene_test(a_bad_timeout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
