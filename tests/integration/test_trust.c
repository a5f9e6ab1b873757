/* SPDX-License-Identifier: MIT */
/* Whom a client talks to: only the host that it was told, whatever a description says. */
#include "keeper_scene.h"
#include "odd_server.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- foreign hosts in a description ---- */

/* Uses the gateway; all must have reached it, and nothing the trap on 127.0.0.2, same port. */
static void check_led_home(scene *s, int trap, const char *what)
{
    gateway_post(&s->gateway, "/clear-counters", "");
    gateway_post(&s->gateway, "/table", "[]");
    scene_client(s, (natupnp_client_options){.timeout_ms = 3000});
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    if (natupnp_op_status(op) != NATUPNP_OK)
        fail_msg("%s: %s", what, natupnp_op_detail(op));
    const char *control = natupnp_gateway_control_url(natupnp_op_gateway(op));
    if (strncmp(control, "http://127.0.0.1:", 17) != 0)
        fail_msg("%s: the control URL became %s", what, control);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 1);
    if (is_readable(trap))
        fail_msg("%s: somebody was led astray", what);
}

static void foreign_hosts(void **state)
{
    static const char *const urls[] = {
        "http://127.0.0.2:%d/ctl/IPConn", "//127.0.0.2:%d/ctl/IPConn",
        "http://0.0.0.0:%d/ctl/IPConn",   "http://224.0.0.1:%d/ctl/IPConn",
        "http://203.0.113.9:%d/x",        "http://localhost:%d/x",
        "http://router.lan:%d/x?a=b",     "http://[::1]:%d/ctl",
        "http://[fe80::1%%25eth0]:%d/",
    };
    scene *s = scene_begin(state, NULL);
    int trap = trap_open("127.0.0.2", s->gateway.http_port);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char url[128];
        snprintf(url, sizeof url, urls[i], s->gateway.http_port);
        gateway_set(&s->gateway, "{\"control_url\": \"%s\"}", url);
        check_led_home(s, trap, url);
    }
    gateway_set(&s->gateway, "{\"control_url\": \"\"}");
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        char url[128];
        snprintf(url, sizeof url, urls[i], s->gateway.http_port);
        gateway_set(&s->gateway, "{\"urlbase\": \"%s\"}", url);
        check_led_home(s, trap, url);
    }
    close(trap);
}

/* URLBase names a port where nobody listens: LOCATION's is tried then. */
static void a_base_with_a_dead_port(void **state)
{
    scene *s = scene_begin(state, NULL);
    gateway_set(&s->gateway, "{\"urlbase\": \"http://127.0.0.1:9/\"}");
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_status(op, NATUPNP_OK);
    assert_status(run_get(s, 8080, TCP), NATUPNP_OK);
}

/* So it is when several find out at once. */
static void a_base_with_a_dead_port_for_many(void **state)
{
    enum { MANY = 6 };
    natupnp_op *ops[MANY];
    scene *s = scene_begin(state, NULL);
    gateway_put(&s->gateway, 8080, "TCP", "127.0.0.1", 80);
    gateway_set(&s->gateway, "{\"urlbase\": \"http://127.0.0.1:9/\"}");
    for (size_t i = 0; i < MANY; i++)
        ops[i] = start_get(s, 8080, TCP);
    for (size_t i = 0; i < MANY; i++)
        assert_status(wait_for(ops[i]), NATUPNP_OK);
    assert_int_equal(gateway_asked(&s->gateway, "description"), 1);
}

static void forms_of_control_urls(void **state)
{
    static const struct {
        const char *url;
        const char *path;
    } table[] = {
        {"ctl/IPConn", "/ctl/IPConn"},
        {"/upnp/control?WANIPConnection", "/upnp/control?WANIPConnection"},
        {"?control=WANIPConn1", "/rootDesc.xml?control=WANIPConn1"},
        {"/uuid:0012-1707/WANIPConnection:1", "/uuid:0012-1707/WANIPConnection:1"},
        {"  /spaces  ", "/spaces"},
        {"/a/../b/./c", "/b/c"},
        {"/soap.cgi?service=WANIPConn1&x=%2F", "/soap.cgi?service=WANIPConn1&x=%2F"},
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        gateway_set(&s->gateway, "{\"control_url\": \"%s\"}", table[i].url);
        gateway_post(&s->gateway, "/clear-counters", "");
        scene_client(s, (natupnp_client_options){0});
        assert_status(run_count(s), NATUPNP_OK);
        json_t *log = gateway_get(&s->gateway, "/log");
        const char *path = json_string_value(
            json_object_get(json_array_get(log, json_array_size(log) - 1), "path"));
        assert_string_equal(path, table[i].path);
        json_decref(log);
    }
}

static void control_urls_of_no_use(void **state)
{
    static const char *const urls[] = {
        "https://127.0.0.1/ctl",     "ftp://127.0.0.1/ctl",
        "file:///etc/passwd",        "javascript:alert(1)",
        "http://user@127.0.0.1/ctl", "http://127.0.0.1:0/ctl",
        "http://127.0.0.1:70000/",   "/with a space",
        "gopher://127.0.0.1:70/_x",
    };
    scene *s = scene_begin(state, NULL);
    for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++) {
        gateway_set(&s->gateway, "{\"control_url\": \"%s\"}", urls[i]);
        scene_client(s, (natupnp_client_options){0});
        natupnp_op *op = run_add(s, add_request(.external_port = 8080));
        if (natupnp_op_status(op) != NATUPNP_E_NO_GATEWAY)
            fail_msg("%s: %s", urls[i], natupnp_status_name(natupnp_op_status(op)));
    }
    assert_int_equal(gateway_writes(&s->gateway), 0);
}

/* A host that the user trusts may be named. */
static void a_trusted_host(void **state)
{
    scene *s = scene_begin(state, NULL);
    gateway_process other = {0};
    char port[32];
    snprintf(port, sizeof port, "--port=%d", s->gateway.http_port);
    gateway_start(&other, "--listen=127.0.0.2", port);
    gateway_set(&s->gateway, "{\"control_url\": \"%s\"}", other.control_url);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    scene_client(s, (natupnp_client_options){.trust_host = "127.0.0.2"});
    natupnp_op *trusting = run_add(s, add_request(.external_port = 9090));
    size_t here = gateway_entries(&s->gateway), there = gateway_entries(&other);
    gateway_stop(&other);
    assert_status(op, NATUPNP_OK);
    assert_status(trusting, NATUPNP_OK);
    assert_int_equal(here, 1);
    assert_int_equal(there, 1);
}

/* ---- redirects and proxies ---- */

static void redirect_to_trap(int fd, const char *request)
{
    char reply[256];
    (void)request;
    snprintf(reply, sizeof reply,
             "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.2:%s/\r\nContent-Length: 0\r\n\r\n",
             getenv("TRAP_PORT"));
    odd_write(fd, reply);
}

static void redirects_are_not_followed(void **state)
{
    scene *s = scene_begin(state, NULL);
    odd_server odd = {0};
    char port[16];
    int trap = trap_open("127.0.0.2", s->gateway.http_port);
    snprintf(port, sizeof port, "%d", s->gateway.http_port);
    setenv("TRAP_PORT", port, 1);
    odd_start(&odd, redirect_to_trap);
    scene_client(s, (natupnp_client_options){.gateway = odd.location});
    natupnp_op *op = run_discover(s);
    odd_stop(&odd);
    bool astray = is_readable(trap);
    close(trap);
    assert_failure(op, NATUPNP_E_NO_GATEWAY, 0);
    assert_non_null(strstr(natupnp_op_detail(op), "302"));
    assert_false(astray);
}

static void proxies_are_not_used(void **state)
{
    static const char *const names[] = {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"};
    scene *s = scene_begin(state, NULL);
    char url[64];
    int trap = trap_open("127.0.0.2", s->gateway.http_port);
    snprintf(url, sizeof url, "http://127.0.0.2:%d/", s->gateway.http_port);
    for (size_t i = 0; i < 4; i++)
        setenv(names[i], url, 1);
    setenv("no_proxy", "", 1);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    for (size_t i = 0; i < 4; i++)
        unsetenv(names[i]);
    unsetenv("no_proxy");
    bool astray = is_readable(trap);
    close(trap);
    assert_status(op, NATUPNP_OK);
    assert_false(astray);
}

/* ---- what the user says ---- */

static void bad_options(void **state)
{
    static const natupnp_client_options table[] = {
        {.gateway = ""},
        {.gateway = "router"},
        {.gateway = "127.0.0.1"},
        {.gateway = "http://"},
        {.gateway = "http:///x"},
        {.gateway = "http://router/x"},
        {.gateway = "http://localhost/x"},
        {.gateway = "http://[::1]/x"},
        {.gateway = "https://127.0.0.1/x"},
        {.gateway = "ftp://127.0.0.1/x"},
        {.gateway = "http://127.0.0.1:0/x"},
        {.gateway = "http://127.0.0.1:65536/x"},
        {.gateway = "http://127.0.0.1:8o/x"},
        {.gateway = "http://user:secret@127.0.0.1/x"},
        {.gateway = "http://127.0.0.1/a b"},
        {.gateway = "http://127.0.0.1/a\r\nX: y"},
        {.gateway = "http://127.1/x"},
        {.gateway = "http://0x7f000001/x"},
        {.interface = ""},
        {.interface = "a-name-that-is-too-long-for-linux"},
        {.trust_host = ""},
        {.trust_host = "router"},
        {.trust_host = "fe80::1"},
        {.trust_host = "127.0.0.1:80"},
        {.cache_dir = ""},
        {.timeout_ms = UINT32_MAX},
        {.budget_ms = UINT32_MAX},
    };
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        natupnp_client_options options = table[i];
        natupnp_client *client = (natupnp_client *)&options;
        options.size = sizeof options;
        natupnp_status status = natupnp_client_new(&client, &options);
        if (status != NATUPNP_E_INVAL || client)
            fail_msg("options %zu: %s", i, natupnp_status_name(status));
    }
}

static void an_interface_that_does_not_exist(void **state)
{
    scene *s = *state;
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    options.interface = "none-such0";
    assert_int_equal(natupnp_client_new(&s->client, &options), NATUPNP_OK);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_failure(op, NATUPNP_E_INVAL, 0);
    assert_non_null(strstr(natupnp_op_detail(op), "none-such0"));
}

/* The loopback interface has no routers to search for: said although no time passes. */
static void an_interface_without_a_network(void **state)
{
    scene *s = *state;
    on_clock(s, (natupnp_client_options){.interface = "lo"});
    assert_failure(finish(s, start_discover(s)), NATUPNP_E_NO_GATEWAY, 0);
}

static void nobody_there(void **state)
{
    scene *s = scene_begin(state, NULL);
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.2:%d/x.xml", s->gateway.http_port);
    on_clock(s, (natupnp_client_options){.gateway = url});
    natupnp_op *op = finish(s, start_add(s, add_request(.external_port = 8080)));
    assert_failure(op, NATUPNP_E_NO_GATEWAY, 0); /* refused is refused: no time passes */
    assert_non_null(strstr(natupnp_op_detail(op), url));
    assert_int_equal(gateway_requests(&s->gateway), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(foreign_hosts),
        scene_test(a_base_with_a_dead_port),
        scene_test(a_base_with_a_dead_port_for_many),
        scene_test(forms_of_control_urls),
        scene_test(control_urls_of_no_use),
        scene_test(a_trusted_host),
        scene_test(redirects_are_not_followed),
        scene_test(proxies_are_not_used),
        cmocka_unit_test(bad_options),
        scene_test(an_interface_that_does_not_exist),
        scene_test(an_interface_without_a_network),
        scene_test(nobody_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
