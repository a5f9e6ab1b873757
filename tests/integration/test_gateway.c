/* SPDX-License-Identifier: MIT */
/* Kinds of gateways: versions and services, what they say of themselves, and what goes wrong. */
#include "odd_server.h"
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

/* What is known of the external address, by a mapping and by the gateway of an operation. */
static void check_external(const char *row, const natupnp_op *op, const char *ip,
                           natupnp_status status, int fault)
{
    const natupnp_mapping *m = natupnp_op_mapping(op);
    const natupnp_gateway *g = natupnp_op_gateway(op);
    struct {
        const char *ip;
        natupnp_status status;
        int fault;
        int32_t hresult;
        const char *detail;
    } told[] = {
        {natupnp_gateway_external_ip(g), natupnp_gateway_external_status(g),
         natupnp_gateway_external_fault(g), natupnp_gateway_external_hresult(g),
         natupnp_gateway_external_detail(g)},
        {natupnp_mapping_external_ip(m), natupnp_mapping_external_status(m),
         natupnp_mapping_external_fault(m), natupnp_mapping_external_hresult(m),
         natupnp_mapping_external_detail(m)},
    };
    for (size_t i = 0; i < (m ? 2 : 1); i++) {
        bool same = ip && told[i].ip ? strcmp(ip, told[i].ip) == 0 : ip == told[i].ip;
        if (!same || told[i].status != status || told[i].fault != fault ||
            (told[i].hresult == 0) != (status == NATUPNP_OK) ||
            (told[i].detail[0] == '\0') != (status == NATUPNP_OK))
            fail_msg("%s, of the %s: %s, %s %d, 0x%08x, \"%s\"", row, i ? "mapping" : "gateway",
                     told[i].ip ? told[i].ip : "no address", natupnp_status_name(told[i].status),
                     told[i].fault, (unsigned)told[i].hresult, told[i].detail);
    }
}

static void external_addresses(void **state)
{
    static const struct {
        const char *said;
        const char *expected; /* NULL for unknown */
        natupnp_status status;
    } table[] = {
        {"198.51.100.1", "198.51.100.1", NATUPNP_OK},
        {"10.0.0.1", "10.0.0.1", NATUPNP_OK},
        {"100.64.1.1", "100.64.1.1", NATUPNP_OK},
        {"240.0.0.1", "240.0.0.1", NATUPNP_OK},
        {" 198.51.100.2 ", "198.51.100.2", NATUPNP_OK},
        {"", NULL, NATUPNP_E_NO_ADDRESS},
        {"  ", NULL, NATUPNP_E_NO_ADDRESS},
        {"0.0.0.0", NULL, NATUPNP_E_NO_ADDRESS},
        {"(null)", NULL, NATUPNP_E_BAD_REPLY},
        {"127.0.0.1", NULL, NATUPNP_E_BAD_REPLY},
        {"0.1.2.3", NULL, NATUPNP_E_BAD_REPLY},
        {"224.0.0.1", NULL, NATUPNP_E_BAD_REPLY},
        {"255.255.255.255", NULL, NATUPNP_E_BAD_REPLY},
        {"potato", NULL, NATUPNP_E_BAD_REPLY},
        {"1.2.3", NULL, NATUPNP_E_BAD_REPLY},
        {"1.2.3.4.5", NULL, NATUPNP_E_BAD_REPLY},
        {"1.2.3. 4", NULL, NATUPNP_E_BAD_REPLY},
        {"198.051.100.001", NULL, NATUPNP_E_BAD_REPLY},
        {"198.51.100.1:80", NULL, NATUPNP_E_BAD_REPLY},
        {"2001:db8::1", NULL, NATUPNP_E_BAD_REPLY},
        {"::ffff:198.51.100.1", NULL, NATUPNP_E_BAD_REPLY},
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_set(&s->gateway, "{\"external_ip\": \"%s\"}", table[i].said);
        natupnp_op *add = run_add(s, add_request(.external_port = 8080));
        natupnp_op *query = run_query(s);
        assert_status(add, NATUPNP_OK); /* never in the way of a mapping */
        assert_status(query, NATUPNP_OK);
        check_external(table[i].said, add, table[i].expected, table[i].status, 0);
        check_external(table[i].said, query, table[i].expected, table[i].status, 0);
    }
    /* What it said is told in its own words, tamed. */
    gateway_set(&s->gateway, "{\"external_ip\": \"\\u202e7.0.0.1\"}");
    natupnp_op *op = run_query(s);
    assert_string_equal(natupnp_gateway_external_detail(natupnp_op_gateway(op)),
                        "the gateway gave an external address that makes no sense: \"?7.0.0.1\"");
    /* Before it was asked for. */
    scene_client(s, (natupnp_client_options){0});
    op = run_discover(s);
    check_external("not asked", op, NULL, NATUPNP_E_PENDING, 0);
    assert_int_equal(natupnp_gateway_external_status(NULL), NATUPNP_E_INVAL);
    assert_int_equal(natupnp_mapping_external_status(NULL), NATUPNP_E_INVAL);
    assert_string_equal(natupnp_gateway_external_detail(NULL), "");
    assert_string_equal(natupnp_mapping_external_detail(NULL), "");
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
    check_external("501", op, NULL, NATUPNP_E_FAULT, 501);
    assert_int_equal(natupnp_gateway_external_hresult(natupnp_op_gateway(op)), (int32_t)0x80040210);
    assert_string_equal(natupnp_gateway_external_detail(natupnp_op_gateway(op)),
                        "asking for the external address: the gateway refused the request "
                        "(UPnP error 501: Action Failed)");
    assert_string_equal(natupnp_gateway_connection_status(natupnp_op_gateway(op)), "Connected");
    /* Nothing but what makes no sense is no answer; that there is no address is one. */
    gateway_set(&s->gateway, "{\"faults\": {\"GetStatusInfo\": \"401\"}, \"external_ip\": \"x\"}");
    assert_failure(run_query(s), NATUPNP_E_BAD_REPLY, 0);
    gateway_set(&s->gateway, "{\"external_ip\": \"\"}");
    op = run_query(s);
    assert_status(op, NATUPNP_OK);
    check_external("none", op, NULL, NATUPNP_E_NO_ADDRESS, 0);
    gateway_set(&s->gateway, "{\"faults\": {\"*\": \"501\"}}");
    assert_failure(run_query(s), NATUPNP_E_FAULT, 501);
}

/* A mapping that was made is a success, whatever becomes of the address beside it. */
static void an_address_that_is_not_told(void **state)
{
    static const struct {
        const char *fault;
        natupnp_status status;
        int code;
    } table[] = {
        {"501", NATUPNP_E_FAULT, 501},        {"402", NATUPNP_E_FAULT, 402},
        {"401", NATUPNP_E_FAULT, 401},        {"606", NATUPNP_E_NOT_PERMITTED, 606},
        {"fault200", NATUPNP_E_FAULT, 501},   {"http500", NATUPNP_E_HTTP, 0},
        {"http404", NATUPNP_E_HTTP, 0},       {"redirect", NATUPNP_E_HTTP, 0},
        {"drop", NATUPNP_E_NETWORK, 0},       {"truncate", NATUPNP_E_BAD_REPLY, 0},
        {"html200", NATUPNP_E_BAD_REPLY, 0},  {"empty", NATUPNP_E_BAD_REPLY, 0},
        {"badxml", NATUPNP_E_BAD_REPLY, 0},   {"doctype", NATUPNP_E_BAD_REPLY, 0},
        {"oversize", NATUPNP_E_BAD_REPLY, 0}, {"endless", NATUPNP_E_BAD_REPLY, 0},
        {"hang", NATUPNP_E_TIMEOUT, 0},
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_set(&s->gateway, "{\"faults\": {\"GetExternalIPAddress\": \"%s\"}}",
                    table[i].fault);
        natupnp_op *op = run_add(s, add_request(.external_port = 8080));
        assert_status(op, NATUPNP_OK);
        check_external(table[i].fault, op, NULL, table[i].status, table[i].code);
    }
    /* A listing, which has many of them, and a copy know the same. */
    gateway_set(&s->gateway, "{\"faults\": {\"GetExternalIPAddress\": \"402\"}}");
    natupnp_op *op = run_list(s);
    natupnp_mapping *copy = NULL;
    assert_int_equal(natupnp_mapping_dup(&copy, natupnp_op_mapping_at(op, 0)), NATUPNP_OK);
    assert_int_equal(natupnp_mapping_external_fault(natupnp_op_mapping_at(op, 0)), 402);
    assert_int_equal(natupnp_mapping_external_fault(copy), 402);
    assert_int_equal(natupnp_mapping_external_status(copy), NATUPNP_E_FAULT);
    natupnp_mapping_free(copy);
}

/* Replies that hold no address, or none where one belongs. */
#define REPLY(inside)                                                                              \
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>" inside            \
    "</s:Body></s:Envelope>"
#define RESPONSE(inside)                                                                           \
    REPLY("<u:GetExternalIPAddressResponse xmlns:u=\"" SCHEMAS "WANIPConnection:1\">" inside       \
          "</u:GetExternalIPAddressResponse>")

static const char *const no_addresses[] = {
    RESPONSE(""),
    RESPONSE("<NewExternalIP>198.51.100.1</NewExternalIP>"),
    RESPONSE("<X><NewExternalIPAddress>198.51.100.1</NewExternalIPAddress></X>"),
    "<NewExternalIPAddress>198.51.100.1</NewExternalIPAddress>",
};
static const char *said_now;

static void answer_oddly(int fd, const char *request)
{
    if (strncmp(request, "POST", 4) != 0)
        odd_describe(fd);
    else if (strstr(request, "#GetStatusInfo"))
        odd_reply(fd, REPLY("<u:GetStatusInfoResponse xmlns:u=\"" SCHEMAS "WANIPConnection:1\">"
                            "<NewConnectionStatus>Connected</NewConnectionStatus>"
                            "</u:GetStatusInfoResponse>"));
    else
        odd_reply(fd, said_now);
}

static void a_reply_without_an_address(void **state)
{
    for (size_t i = 0; i < sizeof no_addresses / sizeof no_addresses[0]; i++) {
        odd_server odd;
        scene s = {0};
        said_now = no_addresses[i];
        odd_start(&odd, answer_oddly);
        scene_client(&s, (natupnp_client_options){.gateway = odd.location});
        natupnp_op *op = run_query(&s);
        assert_status(op, NATUPNP_OK);
        assert_string_equal(natupnp_gateway_connection_status(natupnp_op_gateway(op)), "Connected");
        check_external(no_addresses[i], op, NULL, NATUPNP_E_BAD_REPLY, 0);
        natupnp_op_free(op);
        natupnp_client_free(s.client);
        odd_stop(&odd);
    }
    (void)state;
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
        check_external("hang", ops[i], NULL, NATUPNP_E_TIMEOUT, 0);
    }
    /* Asked for by itself, it is waited for as long as the user allows. */
    natupnp_client_set_timeout_ms(s->client, 1000);
    natupnp_op *op = run_query(s);
    assert_status(op, NATUPNP_OK);
    assert_string_equal(natupnp_gateway_connection_status(natupnp_op_gateway(op)), "Connected");
    check_external("hang", op, NULL, NATUPNP_E_TIMEOUT, 0);
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
        cmocka_unit_test(a_reply_without_an_address),
        scene_test(lists_itself),
        scene_test(the_control_url_changes),
        scene_test(an_external_address_that_never_comes),
        scene_test(it_is_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
