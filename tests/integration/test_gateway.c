/* SPDX-License-Identifier: MIT */
/* Kinds of gateways: versions and services, what they say of themselves, and what goes wrong. */
#include "scene.h"

#include <stdio.h>
#include <string.h>

#define SCHEMAS "urn:schemas-upnp-org:service:"

/* Finds the gateway and uses it: a mapping goes through the service that was expected. */
static scene *use_service(void **state, const char *service_type, const char *const *options)
{
    scene *s = scene_begin_with(state, options);
    natupnp_op *op = run_discover(s);
    assert_status(op, NATUPNP_OK);
    assert_int_equal(natupnp_op_gateway_count(op), 1);
    const natupnp_gateway *g = natupnp_op_gateway(op);
    assert_non_null(g);
    assert_true(natupnp_gateway_chosen(natupnp_op_gateway_at(op, 0)));
    assert_string_equal(natupnp_gateway_service_type(g), service_type);
    assert_string_equal(natupnp_gateway_location(g), s->gateway.location);
    assert_string_equal(natupnp_gateway_control_url(g), s->gateway.control_url);
    assert_string_equal(natupnp_gateway_local_address(g), "127.0.0.1");
    op = run_add(s, add_request(.external_port = 8080));
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_mapping_external_ip(natupnp_op_mapping(op)), "203.0.113.7");
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 8080);
    assert_int_equal(natupnp_op_mapping_count(run_list(s)), 1);
    assert_status(run_remove(s, 8080, TCP), NATUPNP_OK);
    return s;
}

#define use(state, type, ...) use_service(state, type, (const char *const[]){__VA_ARGS__, NULL})

static void version_2(void **state)
{
    scene *s = use(state, SCHEMAS "WANIPConnection:2", NULL);
    assert_int_equal(gateway_asked(&s->gateway, "GetStatusInfo"), 0); /* one service: not needed */
    assert_int_equal(gateway_asked(&s->gateway, "description"), 1);
}

static void version_1(void **state)
{
    scene *s = use(state, SCHEMAS "WANIPConnection:1", "--igd=1");
    assert_int_equal(gateway_asked(&s->gateway, "GetListOfPortMappings"), 0);
}

static void ppp(void **state)
{
    use(state, SCHEMAS "WANPPPConnection:1", "--service=ppp");
}

static void both_and_ip_connected(void **state)
{
    use(state, SCHEMAS "WANIPConnection:2", "--service=both", "--connected=ip");
}

static void both_and_ppp_connected(void **state)
{
    use(state, SCHEMAS "WANPPPConnection:1", "--service=both", "--connected=ppp");
}

static void ppp_first_and_ip_connected(void **state)
{
    use(state, SCHEMAS "WANIPConnection:1", "--igd=1", "--service=ppp-first", "--connected=ip");
}

static void ppp_first_and_ppp_connected(void **state)
{
    use(state, SCHEMAS "WANPPPConnection:1", "--service=ppp-first", "--connected=ppp");
}

static void dslforum(void **state)
{
    use(state, "urn:dslforum-org:service:WANIPConnection:1", "--dslforum", "--igd=1");
}

static void dslforum_ppp(void **state)
{
    use(state, "urn:dslforum-org:service:WANPPPConnection:1", "--dslforum", "--service=ppp");
}

static void closing_after_each_reply(void **state)
{
    use(state, SCHEMAS "WANIPConnection:2", "--close");
}

/* A sole gateway is used whatever it says of its status. */
static void not_connected(void **state)
{
    scene *s = use(state, SCHEMAS "WANIPConnection:2", "--status=Disconnected");
    natupnp_op *op = run_query(s);
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_gateway_connection_status(natupnp_op_gateway(op)), "Disconnected");
}

/* Neither of two services answers: the first that can be used is. */
static void services_that_do_not_say(void **state)
{
    scene *s = scene_begin(state, "--service=both", "--fault=GetStatusInfo=501");
    natupnp_op *op = run_discover(s);
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_gateway_service_type(natupnp_op_gateway(op)),
                        SCHEMAS "WANIPConnection:2");
    gateway_set(&s->gateway, "{\"faults\": {\"GetStatusInfo\": \"hang\", "
                             "\"GetExternalIPAddress\": \"hang:2\"}}");
    scene_client(s, (natupnp_client_options){0});
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
}

/* ---- what it says of itself ---- */

static void what_is_told(void **state)
{
    scene *s = scene_begin(state, "--name=Caf\xC3\xA9 <&> \"box\"");
    natupnp_op *op = run_query(s);
    assert_status(op, NATUPNP_OK);
    const natupnp_gateway *g = natupnp_op_gateway(op);
    assert_string_equal(natupnp_gateway_name(g), "Caf\xC3\xA9 <&> \"box\"");
    assert_non_null(natupnp_gateway_manufacturer(g));
    assert_non_null(natupnp_gateway_model_name(g));
    assert_int_equal(strncmp(natupnp_gateway_udn(g), "uuid:", 5), 0);
    assert_string_equal(natupnp_gateway_external_ip(g), "203.0.113.7");
    assert_string_equal(natupnp_gateway_connection_status(g), "Connected");
    assert_string_equal(natupnp_gateway_last_connection_error(g), "ERROR_NONE");
    assert_true(natupnp_gateway_uptime_s(g) >= 0);
    assert_true(natupnp_gateway_chosen(g));
    assert_null(natupnp_gateway_interface(g)); /* its URL was given */
    natupnp_gateway *kept;
    assert_int_equal(natupnp_gateway_dup(&kept, g), NATUPNP_OK);
    gateway_post(&s->gateway, "/advance", "{\"seconds\": 3600}");
    op = run_query(s);
    assert_true(natupnp_gateway_uptime_s(natupnp_op_gateway(op)) >= 3600);
    assert_string_equal(natupnp_gateway_name(g), "Caf\xC3\xA9 <&> \"box\""); /* a snapshot */
    /* What was not asked for is not known. */
    scene_client(s, (natupnp_client_options){0});
    assert_string_equal(natupnp_gateway_name(kept),
                        "Caf\xC3\xA9 <&> \"box\""); /* also without a client */
    assert_string_equal(natupnp_gateway_connection_status(kept), "Connected");
    assert_null(natupnp_gateway_interface(kept));
    assert_true(natupnp_gateway_chosen(kept) && natupnp_gateway_uptime_s(kept) < 3600);
    natupnp_gateway_free(kept);
    g = natupnp_op_gateway(run_discover(s));
    assert_null(natupnp_gateway_external_ip(g));
    assert_null(natupnp_gateway_connection_status(g));
    assert_int_equal(natupnp_gateway_uptime_s(g), -1);
}

static void external_addresses(void **state)
{
    static const struct {
        const char *said;
        const char *expected; /* NULL for unknown */
    } table[] = {
        {"198.51.100.1", "198.51.100.1"},
        {"10.0.0.1", "10.0.0.1"},
        {"100.64.1.1", "100.64.1.1"},
        {"", NULL},
        {"0.0.0.0", NULL},
        {"127.0.0.1", NULL},
        {"224.0.0.1", NULL},
        {"potato", NULL},
        {"1.2.3.4.5", NULL},
        {" 198.51.100.2 ", "198.51.100.2"},
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_set(&s->gateway, "{\"external_ip\": \"%s\"}", table[i].said);
        natupnp_op *add = run_add(s, add_request(.external_port = 8080));
        natupnp_op *query = run_query(s);
        assert_status(add, NATUPNP_OK); /* never in the way of a mapping */
        assert_status(query, NATUPNP_OK);
        const char *told[] = {natupnp_mapping_external_ip(natupnp_op_mapping(add)),
                              natupnp_gateway_external_ip(natupnp_op_gateway(query))};
        for (size_t j = 0; j < 2; j++) {
            if (table[i].expected)
                assert_string_equal(told[j], table[i].expected);
            else
                assert_null(told[j]);
        }
    }
}

static void one_answer_is_enough(void **state)
{
    scene *s = scene_begin(state, "--fault=GetStatusInfo=401");
    natupnp_op *op = run_query(s);
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_gateway_external_ip(natupnp_op_gateway(op)), "203.0.113.7");
    assert_null(natupnp_gateway_connection_status(natupnp_op_gateway(op)));
    gateway_set(&s->gateway, "{\"faults\": {\"GetExternalIPAddress\": \"501\"}}");
    op = run_query(s);
    assert_status(op, NATUPNP_OK);
    assert_null(natupnp_gateway_external_ip(natupnp_op_gateway(op)));
    assert_string_equal(natupnp_gateway_connection_status(natupnp_op_gateway(op)), "Connected");
    gateway_set(&s->gateway, "{\"faults\": {\"*\": \"501\"}}");
    assert_failure(run_query(s), NATUPNP_E_FAULT, 501);
}

/* A mapping that was made is a success, whatever becomes of the address beside it. */
static void an_address_that_is_not_told(void **state)
{
    static const char *const faults[] = {"501", "drop", "html200", "empty", "hang", "endless"};
    scene *s = scene_begin(state, NULL);
    scene_client(s, (natupnp_client_options){.timeout_ms = 3000});
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        gateway_set(&s->gateway, "{\"faults\": {\"GetExternalIPAddress\": \"%s\"}}", faults[i]);
        natupnp_op *op = run_add(s, add_request(.external_port = 8080));
        assert_status(op, NATUPNP_OK);
        assert_null(natupnp_mapping_external_ip(natupnp_op_mapping(op)));
    }
}

static void lists_itself(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op;
    scene_client(s, (natupnp_client_options){.timeout_ms = 10000, .budget_ms = 1000});
    assert_int_equal(natupnp_gateway_list(&op, s->client), NATUPNP_OK);
    assert_status(wait_for(scene_keep(s, op)), NATUPNP_OK);
    assert_int_equal(natupnp_op_gateway_count(op), 1);
    assert_true(natupnp_gateway_chosen(natupnp_op_gateway_at(op, 0)));
    assert_null(natupnp_op_gateway_at(op, 1));
}

/* ---- coming and going ---- */

/* It restarts at the same place with other paths, as many do at each boot. */
static void the_control_url_changes(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"http404:1\"}}");
    assert_status(run_add(s, add_request(.external_port = 8081)), NATUPNP_OK);
    assert_int_equal(gateway_asked(&s->gateway, "description"), 2); /* found anew, once */
}

static void it_is_gone(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    char port[32];
    snprintf(port, sizeof port, "--port=%d", s->gateway.http_port);
    gateway_stop(&s->gateway);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_failure(op, NATUPNP_E_NO_GATEWAY, 0);
    assert_false(natupnp_op_maybe_applied(op));
    gateway_start(&s->gateway, port);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK); /* and back */
}

/* The external address is good to know, and must not keep anybody from what was asked. */
static void an_external_address_that_never_comes(void **state)
{
    enum { MANY = 8 };
    natupnp_op *ops[MANY];
    scene *s = scene_begin(state, "--fault=GetExternalIPAddress=hang");
    for (int32_t i = 0; i < MANY; i++)
        ops[i] = start_add(s, add_request(.external_port = 8080 + i));
    for (size_t i = 0; i < MANY; i++) {
        assert_status(wait_for(ops[i]), NATUPNP_OK);
        assert_null(natupnp_mapping_external_ip(natupnp_op_mapping(ops[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(version_2),
        scene_test(version_1),
        scene_test(ppp),
        scene_test(both_and_ip_connected),
        scene_test(both_and_ppp_connected),
        scene_test(ppp_first_and_ip_connected),
        scene_test(ppp_first_and_ppp_connected),
        scene_test(dslforum),
        scene_test(dslforum_ppp),
        scene_test(closing_after_each_reply),
        scene_test(not_connected),
        scene_test(services_that_do_not_say),
        scene_test(what_is_told),
        scene_test(external_addresses),
        scene_test(one_answer_is_enough),
        scene_test(an_address_that_is_not_told),
        scene_test(lists_itself),
        scene_test(the_control_url_changes),
        scene_test(an_external_address_that_never_comes),
        scene_test(it_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
