/* SPDX-License-Identifier: MIT */
/* What a client calls: on_done, in which anything may be freed, and the hooks. */
#include "scene.h"

#include <string.h>

/* ---- callbacks ---- */

typedef struct watcher {
    natupnp_client *client;
    size_t count;
    natupnp_status status;
    bool free_op;
    bool free_client;
} watcher;

static void on_done(void *arg, natupnp_op *op)
{
    watcher *w = arg;
    w->count++;
    w->status = natupnp_op_status(op);
    if (w->free_op)
        natupnp_op_free(op);
    if (w->free_client)
        natupnp_client_free(w->client);
}

static natupnp_client *watched_client(scene *s, watcher *w)
{
    scene_client(s, (natupnp_client_options){.on_done = on_done, .on_done_arg = w});
    w->client = s->client;
    return s->client;
}

static void callback_comes_once(void **state)
{
    scene *s = scene_begin(state, NULL);
    watcher w = {0};
    natupnp_client *client = watched_client(s, &w);
    natupnp_op *op = start_add(s, add_request(.external_port = 8080));
    while (w.count == 0)
        assert_int_equal(natupnp_client_wait(client, 20000), NATUPNP_OK);
    settle(client);
    assert_int_equal(w.count, 1);
    assert_int_equal(w.status, NATUPNP_OK);
    assert_null(natupnp_client_next_done(client));
    op = start_get(s, 8080, TCP);
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_int_equal(w.count, 1); /* from dispatch alone */
    settle(client);
    assert_int_equal(w.count, 2);
    assert_int_equal(w.status, NATUPNP_E_CANCELLED);
    assert_false(is_readable(natupnp_client_fd(client)));
}

static void free_the_operation_in_its_callback(void **state)
{
    scene *s = scene_begin(state, NULL);
    watcher w = {.free_op = true};
    natupnp_client *client = watched_client(s, &w);
    natupnp_op *op[3];
    for (int i = 0; i < 3; i++)
        assert_int_equal(natupnp_static_get(&op[i], client, 8080 + i, TCP), NATUPNP_OK);
    while (w.count < 3)
        assert_int_equal(natupnp_client_wait(client, 20000), NATUPNP_OK);
    settle(client);
    assert_int_equal(w.count, 3);
    assert_int_equal(w.status, NATUPNP_E_NOT_FOUND);
}

static void free_the_client_in_a_callback(void **state)
{
    scene *s = scene_begin(state, "--fault=GetSpecificPortMappingEntry=hang");
    watcher w = {.free_client = true};
    natupnp_client *client = watched_client(s, &w);
    natupnp_op *first = start_count(s), *hanging = start_get(s, 8080, TCP);
    natupnp_op *second = start_count(s);
    s->client = NULL; /* the callback frees it */
    while (w.count == 0) {
        natupnp_status status = natupnp_client_wait(client, 20000);
        assert_int_equal(status, NATUPNP_OK);
    }
    assert_int_equal(w.count, 1); /* the freed client calls nobody */
    assert_true(natupnp_op_done(first) || natupnp_op_done(second));
    assert_int_equal(natupnp_op_status(hanging), NATUPNP_E_PENDING);
    assert_int_equal(natupnp_op_wait(hanging), NATUPNP_E_CLOSED);
}

static void free_both_in_a_callback(void **state)
{
    scene *s = scene_begin(state, NULL);
    watcher w = {.free_op = true, .free_client = true};
    natupnp_client *client = watched_client(s, &w);
    natupnp_op *op;
    assert_int_equal(natupnp_static_count(&op, client), NATUPNP_OK);
    s->client = NULL;
    while (w.count == 0)
        assert_int_equal(natupnp_client_wait(client, 20000), NATUPNP_OK);
    assert_int_equal(w.count, 1);
}

/* ---- hooks ---- */

typedef struct chain {
    natupnp_client *client;
    int port;
    natupnp_status inner; /* what a dispatch and a wait inside the callback gave */
} chain;

static void start_next(void *arg, natupnp_op *op)
{
    chain *c = arg;
    natupnp_op_free(op);
    c->inner = natupnp_client_dispatch(c->client);
    if (--c->port > 8080 &&
        natupnp_static_add(&op, c->client, add_request(.external_port = c->port)) != NATUPNP_OK)
        c->port = -1;
}

static void a_callback_starts_the_next_one(void **state)
{
    scene *s = scene_begin(state, NULL);
    chain c = {.port = 8085};
    natupnp_op *op;
    scene_client(s, (natupnp_client_options){.on_done = start_next, .on_done_arg = &c});
    c.client = s->client;
    assert_int_equal(natupnp_static_add(&op, s->client, add_request(.external_port = 8085)),
                     NATUPNP_OK);
    while (c.port > 8080)
        assert_int_equal(natupnp_client_wait(s->client, 20000), NATUPNP_OK);
    assert_int_equal(c.port, 8080);
    assert_int_equal(c.inner, NATUPNP_OK);
    assert_int_equal(gateway_entries(&s->gateway), 5);
}

typedef struct record {
    char sent[4096], received[16384], log[4096];
    const char *peer;
    bool bad;
} record;

static void add_text(char *to, size_t size, const char *data, size_t length)
{
    size_t used = strlen(to), room = size - used - 1;
    memcpy(to + used, data, length < room ? length : room);
    to[used + (length < room ? length : room)] = '\0';
}

static void on_trace(void *arg, natupnp_trace_direction direction, const char *peer,
                     const char *data, size_t length)
{
    record *r = arg;
    r->bad = r->bad || strncmp(peer, "http 127.0.0.1:", 15) != 0;
    if (direction == NATUPNP_TRACE_SENT)
        add_text(r->sent, sizeof r->sent, data, length);
    else
        add_text(r->received, sizeof r->received, data, length);
}

static void on_log(void *arg, natupnp_log_level level, const char *message)
{
    record *r = arg;
    r->bad = r->bad || level > NATUPNP_LOG_WARNING || strchr(message, '\n');
    add_text(r->log, sizeof r->log, message, strlen(message));
}

static void the_wire_can_be_traced(void **state)
{
    scene *s = scene_begin(state, NULL);
    static record r;
    scene_client(s,
                 (natupnp_client_options){
                     .on_trace = on_trace, .on_trace_arg = &r, .on_log = on_log, .on_log_arg = &r});
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    assert_false(r.bad);
    assert_non_null(strstr(r.sent, "GET /rootDesc.xml HTTP/1.1\r\n"));
    assert_non_null(strstr(r.sent, "#AddPortMapping\"\r\n"));
    assert_non_null(strstr(r.sent, "<NewExternalPort>8080</NewExternalPort>"));
    assert_null(strstr(r.sent, "Expect:"));
    assert_non_null(strstr(r.received, "HTTP/1.1 200"));
    assert_non_null(strstr(r.received, "AddPortMappingResponse"));
    assert_true(r.log[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(callback_comes_once),
        scene_test(free_the_operation_in_its_callback),
        scene_test(free_the_client_in_a_callback),
        scene_test(free_both_in_a_callback),
        scene_test(a_callback_starts_the_next_one),
        scene_test(the_wire_can_be_traced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
