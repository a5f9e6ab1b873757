/* SPDX-License-Identifier: MIT */
/*
 * Out of memory is an ordinary result: each call is made again and again, and
 * the first, the second, the nth allocation fails, until there is no nth. The
 * linker sends the library's allocations here (--wrap), expat's with them.
 * libcurl's own fail only while a client is made: during transfers libcurl 7.88
 * itself divides by zero without memory (its hash tables).
 */
#include "scene.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- allocations that fail ---- */

enum whose { OURS, CURLS };

static struct {
    bool armed;
    bool lasting; /* not only the nth: all from there on */
    enum whose whose;
    long fail_at;
    long seen;
} plan;

static bool fails(enum whose whose)
{
    if (!plan.armed || plan.whose != whose)
        return false;
    plan.seen++;
    return plan.lasting ? plan.seen >= plan.fail_at : plan.seen == plan.fail_at;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
int __real_vasprintf(char **out, const char *format, va_list args);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_vasprintf(char **out, const char *format, va_list args);

#define FAIL_OR(whose, call) (fails(whose) ? (errno = ENOMEM, NULL) : (call))

void *__wrap_malloc(size_t size)
{
    return FAIL_OR(OURS, __real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return FAIL_OR(OURS, __real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    return FAIL_OR(OURS, __real_realloc(old, size));
}

char *__wrap_strdup(const char *text)
{
    return FAIL_OR(OURS, __real_strdup(text));
}

int __wrap_vasprintf(char **out, const char *format, va_list args)
{
    return fails(OURS) ? -1 : __real_vasprintf(out, format, args);
}

static void *curl_malloc(size_t size)
{
    return FAIL_OR(CURLS, __real_malloc(size));
}

static void *curl_calloc(size_t count, size_t size)
{
    return FAIL_OR(CURLS, __real_calloc(count, size));
}

static void *curl_realloc(void *old, size_t size)
{
    return FAIL_OR(CURLS, __real_realloc(old, size));
}

static char *curl_strdup(const char *text)
{
    return FAIL_OR(CURLS, __real_strdup(text));
}

/* ---- the calls ---- */

static const natupnp_mapping *edited; /* read before each attempt */

static natupnp_status add(natupnp_op **out, natupnp_client *client)
{
    return natupnp_static_add(out, client,
                              add_request(.external_port = 8080, .internal_client = "127.0.0.1"));
}

static natupnp_status add_in_conflict(natupnp_op **out, natupnp_client *client)
{
    return natupnp_static_add(out, client, add_request(.external_port = 10000));
}

static natupnp_status add_any(natupnp_op **out, natupnp_client *client)
{
    return natupnp_static_add(
        out, client, add_request(.external_port = 10000, .internal_port = 80, .any_port = true));
}

static natupnp_status get(natupnp_op **out, natupnp_client *client)
{
    return natupnp_static_get(out, client, 10000, TCP);
}

static natupnp_status removal(natupnp_op **out, natupnp_client *client)
{
    return natupnp_static_remove(out, client, 10000, TCP);
}

static natupnp_status edit(natupnp_op **out, natupnp_client *client)
{
    return natupnp_static_edit(
        out, client, edited,
        edit_request(.description = "new", .internal_port = 81, .internal_client = "10.0.0.9"));
}

typedef struct call {
    const char *name;
    natupnp_status (*start)(natupnp_op **out, natupnp_client *client);
    natupnp_status expected; /* when nothing fails */
    size_t mappings;         /* in the result then */
    const char *settings;    /* of the gateway */
} call;

#define LIST_BY_INDEX "{\"no_list\": true, \"no_any\": true}"
#define LIST_BY_RANGE "{\"no_list\": false, \"no_any\": false, \"service\": \"ip\"}"

static const call calls[] = {
    {"discover", natupnp_gateway_discover, NATUPNP_OK, 0, LIST_BY_RANGE},
    {"discover, both services", natupnp_gateway_discover, NATUPNP_OK, 0, "{\"service\": \"both\"}"},
    {"query", natupnp_gateway_query, NATUPNP_OK, 0, LIST_BY_RANGE},
    {"add", add, NATUPNP_OK, 0, LIST_BY_RANGE},
    {"add in conflict", add_in_conflict, NATUPNP_E_CONFLICT, 0, LIST_BY_RANGE},
    {"add any", add_any, NATUPNP_OK, 0, LIST_BY_RANGE},
    {"add any, by trying", add_any, NATUPNP_OK, 0, LIST_BY_INDEX},
    {"get", get, NATUPNP_OK, 0, LIST_BY_RANGE},
    {"list by range", natupnp_static_list, NATUPNP_OK, 3, LIST_BY_RANGE},
    {"list by index", natupnp_static_list, NATUPNP_OK, 3, LIST_BY_INDEX},
    {"remove", removal, NATUPNP_OK, 0, LIST_BY_RANGE},
    {"edit", edit, NATUPNP_OK, 0, LIST_BY_RANGE},
};

/* ---- one attempt ---- */

/* What is removed and put back comes last: it stands there from the beginning. */
#define TABLE                                                                                      \
    "[{\"external_port\": 10001, \"protocol\": \"UDP\"},"                                          \
    "{\"external_port\": 10002, \"protocol\": \"TCP\"},"                                           \
    "{\"external_port\": 10000, \"protocol\": \"TCP\", \"description\": \"old\"}]"

static void ignore_log(void *arg, natupnp_log_level level, const char *message)
{
    (void)arg, (void)level, (void)message;
}

static void explain(const call *c, const natupnp_op *op, const char *what)
{
    fail_msg("%s, allocation %ld fails%s: %s: %s: %s", c->name, plan.fail_at,
             plan.lasting ? " and all later ones" : "", what,
             natupnp_status_name(natupnp_op_status(op)), natupnp_op_detail(op));
}

/* The table as text, without the leases: they run. */
static char *table_text(const scene *s)
{
    json_t *table = gateway_get(&s->gateway, "/table"), *entry;
    size_t i;
    json_array_foreach(table, i, entry) json_object_del(entry, "lease_s");
    char *text = json_dumps(table, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(table);
    return text;
}

static bool writes(const call *c)
{
    return c->start == add || c->start == add_any || c->start == removal || c->start == edit;
}

/* A failure must not have changed the table unsaid, and a success must have. */
static void check_table(scene *s, const call *c, const natupnp_op *op, const char *before)
{
    char *after = table_text(s);
    natupnp_status status = natupnp_op_status(op);
    bool changed = strcmp(before, after) != 0;
    free(after);
    if (changed && status != NATUPNP_OK && status != NATUPNP_E_LOST &&
        !natupnp_op_maybe_applied(op))
        explain(c, op, "it changed the table unsaid");
    if (!changed && status == NATUPNP_OK)
        explain(c, op, "it did nothing");
    if (!changed && status == NATUPNP_E_LOST)
        explain(c, op, "it is there");
}

static void check_result(const call *c, const natupnp_op *op)
{
    natupnp_status status = natupnp_op_status(op);
    bool wants_one = c->start == add || c->start == add_any || c->start == get || c->start == edit;
    bool lost = c->start == edit && status == NATUPNP_E_LOST;
    if (status != c->expected && status != NATUPNP_E_NOMEM && !lost)
        explain(c, op, "another status");
    if (((status == NATUPNP_OK && wants_one) || lost) && !natupnp_op_mapping(op))
        explain(c, op, "no mapping");
    if (status == NATUPNP_OK && natupnp_op_mapping_count(op) != c->mappings)
        explain(c, op, "another number of mappings");
    if (status != NATUPNP_OK && natupnp_op_hresult(op) >= 0)
        explain(c, op, "a good HRESULT");
}

/* When there is memory again the client works as before. */
static void check_goes_on(scene *s, const call *c, const natupnp_op *op)
{
    natupnp_op *next;
    assert_int_equal(natupnp_static_get(&next, s->client, 10001, UDP), NATUPNP_OK);
    natupnp_status status = natupnp_op_wait(next);
    natupnp_op_free(next);
    if (status != NATUPNP_OK)
        explain(c, op, natupnp_status_name(status));
}

/* Makes one call with one plan; false when the plan was never carried out. */
static bool attempt(scene *s, const call *c, const char *before)
{
    natupnp_op *op = (natupnp_op *)s;
    scene_client(s, (natupnp_client_options){.timeout_ms = 30000, .on_log = ignore_log});
    plan.seen = 0;
    plan.armed = true;
    natupnp_status status = c->start(&op, s->client);
    if (status == NATUPNP_OK) {
        natupnp_status waited = natupnp_op_wait(op);
        plan.armed = false;
        assert_int_equal(waited, natupnp_op_status(op));
        assert_true(natupnp_op_done(op));
        assert_null(natupnp_client_next_done(s->client));
        check_result(c, op);
        if (writes(c))
            check_table(s, c, op, before);
        check_goes_on(s, c, op);
    } else {
        plan.armed = false;
        assert_int_equal(status, NATUPNP_E_NOMEM);
        assert_null(op);
        assert_int_equal(natupnp_client_last_status(s->client), NATUPNP_E_NOMEM);
        assert_true(natupnp_client_last_detail(s->client)[0] != '\0');
        assert_null(natupnp_client_next_done(s->client));
    }
    plan.armed = true;
    natupnp_op_free(op);
    natupnp_client_free(s->client);
    plan.armed = false;
    s->client = NULL;
    return plan.seen >= plan.fail_at;
}

static void sweep(scene *s, const call *c)
{
    natupnp_op *got;
    gateway_post(&s->gateway, "/set", LIST_BY_RANGE);
    gateway_post(&s->gateway, "/set", c->settings);
    gateway_post(&s->gateway, "/table", TABLE);
    char *before = table_text(s);
    assert_int_equal(natupnp_static_get(&got, s->others[0], 10000, TCP), NATUPNP_OK);
    assert_status(wait_for(got), NATUPNP_OK);
    edited = natupnp_op_mapping(got);
    plan.fail_at = 0;
    do {
        plan.fail_at += plan.lasting ? 3 : 1; /* the longer sweep is for what comes after */
        if (writes(c))
            gateway_post(&s->gateway, "/table", TABLE);
    } while (attempt(s, c, before));
    free(before);
    natupnp_op_free(got);
}

static void sweep_all(void **state, bool lasting)
{
    scene *s = scene_begin(state, NULL);
    scene_other_client(s);
    plan.whose = OURS;
    plan.lasting = lasting;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
        sweep(s, &calls[i]);
}

static void one_of_ours_fails(void **state)
{
    sweep_all(state, false);
}

static void ours_fail_from_there_on(void **state)
{
    sweep_all(state, true);
}

static void a_client_is_not_made(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    options.gateway = s->gateway.location;
    options.interface = "lo";
    options.cache_dir = "/";
    for (int whose = OURS; whose <= CURLS; whose++) {
        plan.whose = (enum whose)whose;
        plan.lasting = false;
        plan.fail_at = 0;
        do {
            natupnp_client *client = (natupnp_client *)s;
            plan.fail_at++;
            plan.seen = 0;
            plan.armed = true;
            natupnp_status status = natupnp_client_new(&client, &options);
            plan.armed = false;
            assert_int_equal(status, client ? NATUPNP_OK : NATUPNP_E_NOMEM);
            natupnp_client_free(client);
        } while (plan.seen >= plan.fail_at);
    }
}

static void a_snapshot_is_not_copied(void **state)
{
    scene *s = scene_begin(state, "--mappings=1");
    natupnp_op *op = run_query(s);
    const natupnp_gateway *g = natupnp_op_gateway(op);
    natupnp_gateway *gateway;
    natupnp_status status;
    assert_non_null(g);
    plan.whose = OURS;
    plan.lasting = false;
    plan.fail_at = 0;
    do {
        plan.fail_at++;
        plan.seen = 0;
        gateway = (natupnp_gateway *)s;
        plan.armed = true;
        status = natupnp_gateway_dup(&gateway, g);
        plan.armed = false;
        assert_int_equal(status, gateway ? NATUPNP_OK : NATUPNP_E_NOMEM);
        natupnp_gateway_free(gateway);
    } while (plan.seen >= plan.fail_at);
    assert_int_equal(status, NATUPNP_OK);
    assert_true(plan.fail_at > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(a_client_is_not_made),
        scene_test(a_snapshot_is_not_copied),
        scene_test(one_of_ours_fails),
        scene_test(ours_fail_from_there_on),
    };
    curl_global_init_mem(CURL_GLOBAL_DEFAULT, curl_malloc, free, curl_realloc, curl_strdup,
                         curl_calloc);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    curl_global_cleanup();
    return failed;
}
