/* SPDX-License-Identifier: MIT */
/* One thread at a time, on whichever; and a client in a forked child does no harm. */
#include "scene.h"

#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- threads ---- */

enum { CALLS_MAX = 24 };

/* What each call gave; the main thread checks, since a failed assertion belongs to its thread. */
typedef struct calls {
    natupnp_client *client;
    natupnp_op *running;
    natupnp_mapping *mapping;
    natupnp_status given[CALLS_MAX];
    size_t count;
    bool made_something;
} calls;

static void note(calls *c, natupnp_status status, const natupnp_op *op)
{
    c->given[c->count++] = status;
    c->made_something = c->made_something || op;
}

/* Every call that works on a client, once. */
static void call_everything(calls *c)
{
    natupnp_op *op = NULL;
    natupnp_client *client = c->client;
    note(c, natupnp_static_add(&op, client, add_request(.external_port = 8080)), op);
    note(c, natupnp_static_get(&op, client, 8080, TCP), op);
    note(c, natupnp_static_remove(&op, client, 8080, TCP), op);
    note(c, natupnp_static_list(&op, client), op);
    note(c, natupnp_static_count(&op, client), op);
    note(c, natupnp_static_edit(&op, client, c->mapping, edit_request(.internal_port = 1)), op);
    note(c, natupnp_gateway_discover(&op, client), op);
    note(c, natupnp_gateway_list(&op, client), op);
    note(c, natupnp_gateway_query(&op, client), op);
    note(c, natupnp_client_dispatch(client), NULL);
    note(c, natupnp_client_wait(client, 0), NULL);
    note(c, natupnp_client_set_timeout_ms(client, 0), NULL);
    note(c, natupnp_op_wait(c->running), NULL);
    note(c, natupnp_op_cancel(c->running), NULL);
    c->made_something = c->made_something || natupnp_client_next_done(client);
}

static size_t count_given(const calls *c, natupnp_status status)
{
    size_t count = 0;
    for (size_t i = 0; i < c->count; i++)
        count += c->given[i] == status;
    return count;
}

static void *call_from_a_thread(void *arg)
{
    call_everything(arg);
    return NULL;
}

/* While this runs the client is in use by the thread that dispatches. */
static void on_done(void *arg, natupnp_op *op)
{
    calls *c = arg;
    pthread_t thread;
    (void)op;
    if (c->count == 0 && pthread_create(&thread, NULL, call_from_a_thread, c) == 0)
        pthread_join(thread, NULL);
}

static void another_thread_is_told_busy(void **state)
{
    scene *s = scene_begin(state, "--fault=GetSpecificPortMappingEntry=hang", "--mappings=1");
    calls c = {0};
    natupnp_op *list = run_list(s);
    assert_int_equal(natupnp_mapping_dup(&c.mapping, natupnp_op_mapping_at(list, 0)), NATUPNP_OK);
    scene_client(s, (natupnp_client_options){.on_done = on_done, .on_done_arg = &c});
    c.client = s->client;
    c.running = start_get(s, 8080, TCP);
    natupnp_op *count = start_count(s);
    while (c.count == 0)
        assert_int_equal(natupnp_client_wait(s->client, 20000), NATUPNP_OK);
    natupnp_mapping_free(c.mapping);
    assert_status(count, NATUPNP_OK);
    assert_int_equal(count_given(&c, NATUPNP_E_BUSY), c.count);
    assert_false(c.made_something);
    assert_false(natupnp_op_done(c.running));
}

static void *run_on_a_thread(void *arg)
{
    natupnp_client *client = arg;
    natupnp_op *op;
    if (natupnp_static_add(&op, client, add_request(.external_port = 8080)) != NATUPNP_OK)
        return NULL;
    natupnp_op_wait(op);
    return op;
}

static void an_idle_client_serves_any_thread(void **state)
{
    scene *s = scene_begin(state, NULL);
    assert_status(run_count(s), NATUPNP_OK);
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        void *op = NULL;
        assert_int_equal(pthread_create(&thread, NULL, run_on_a_thread, s->client), 0);
        pthread_join(thread, &op);
        assert_status(scene_keep(s, op), NATUPNP_OK);
    }
    assert_status(run_get(s, 8080, TCP), NATUPNP_OK);
}

/* ---- fork ---- */

/* What the child found wrong, as its exit status: 0 for nothing. */
enum { CHILD_FINE, CHILD_CALLS, CHILD_MADE, CHILD_READS };

/* Runs in a forked child, and returns its exit status. */
typedef int child_function(calls *c);

static int run_in_child(child_function *function, calls *c)
{
    int status = -1;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(function(c));
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

/* An add that the gateway has got and answers in a while. */
static calls begin_slow_add(scene *s)
{
    calls c = {.client = s->client};
    assert_status(run_count(s), NATUPNP_OK);
    gateway_post(&s->gateway, "/set", "{\"faults\": {\"AddPortMapping\": \"latency=500\"}}");
    c.running = start_add(s, add_request(.external_port = 8080));
    drive_until_asked(s, s->client, "AddPortMapping", 1);
    return c;
}

static void check_parent(scene *s, calls *c, int child)
{
    assert_int_equal(child, CHILD_FINE);
    assert_false(natupnp_op_done(c->running));
    assert_status(wait_for(c->running), NATUPNP_OK);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), 1);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 8080);
    assert_status(run_get(s, 8080, TCP), NATUPNP_OK); /* and the client goes on */
}

static int use_in_child(calls *c)
{
    natupnp_op *op = c->running;
    c->mapping = NULL;
    call_everything(c);
    if (count_given(c, NATUPNP_E_FORKED) != c->count)
        return CHILD_CALLS;
    if (c->made_something)
        return CHILD_MADE;
    return natupnp_op_done(op) || natupnp_op_status(op) != NATUPNP_E_PENDING ? CHILD_READS
                                                                             : CHILD_FINE;
}

static void a_forked_child_is_told_so(void **state)
{
    scene *s = scene_begin(state, NULL);
    calls c = begin_slow_add(s);
    check_parent(s, &c, run_in_child(use_in_child, &c));
}

static int free_client_in_child(calls *c)
{
    natupnp_client_free(c->client);
    if (natupnp_op_wait(c->running) != NATUPNP_E_CLOSED)
        return CHILD_CALLS;
    natupnp_op_free(c->running);
    return CHILD_FINE;
}

static void freeing_the_client_in_a_child(void **state)
{
    scene *s = scene_begin(state, NULL);
    calls c = begin_slow_add(s);
    check_parent(s, &c, run_in_child(free_client_in_child, &c));
}

static int free_op_in_child(calls *c)
{
    natupnp_op_free(c->running);
    natupnp_client_free(c->client);
    return CHILD_FINE;
}

static void freeing_the_operation_in_a_child(void **state)
{
    scene *s = scene_begin(state, NULL);
    calls c = begin_slow_add(s);
    check_parent(s, &c, run_in_child(free_op_in_child, &c));
}

static int free_idle_in_child(calls *c)
{
    natupnp_client_free(c->client);
    return CHILD_FINE;
}

static void a_child_leaves_kept_connections_alone(void **state)
{
    scene *s = scene_begin(state, NULL);
    calls c = {.client = s->client};
    assert_status(run_remove(s, 8080, TCP), NATUPNP_E_NOT_FOUND); /* one request at a time */
    assert_int_equal(gateway_connections(&s->gateway), 1);
    assert_int_equal(run_in_child(free_idle_in_child, &c), CHILD_FINE);
    assert_status(run_remove(s, 8080, TCP), NATUPNP_E_NOT_FOUND);
    assert_int_equal(gateway_connections(&s->gateway), 1);
}

static const char *child_gateway;

static int use_a_new_client_in_child(calls *c)
{
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    natupnp_client *own;
    natupnp_op *op;
    options.gateway = child_gateway;
    natupnp_client_free(c->client);
    if (natupnp_client_new(&own, &options) != NATUPNP_OK ||
        natupnp_static_add(&op, own, add_request(.external_port = 9090)) != NATUPNP_OK ||
        natupnp_op_wait(op) != NATUPNP_OK)
        return CHILD_CALLS;
    natupnp_op_free(op);
    natupnp_client_free(own);
    return CHILD_FINE;
}

static void a_child_makes_a_client_of_its_own(void **state)
{
    scene *s = scene_begin(state, NULL);
    calls c = {.client = s->client};
    child_gateway = s->gateway.location;
    assert_status(run_count(s), NATUPNP_OK);
    assert_int_equal(run_in_child(use_a_new_client_in_child, &c), CHILD_FINE);
    assert_status(run_get(s, 9090, TCP), NATUPNP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(another_thread_is_told_busy),
        scene_test(an_idle_client_serves_any_thread),
        scene_test(a_forked_child_is_told_so),
        scene_test(freeing_the_client_in_a_child),
        scene_test(freeing_the_operation_in_a_child),
        scene_test(a_child_leaves_kept_connections_alone),
        scene_test(a_child_makes_a_client_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
