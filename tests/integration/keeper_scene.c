/* SPDX-License-Identifier: MIT */
#include "keeper_scene.h"

#include <stdio.h>
#include <stdlib.h>

enum { PATIENCE_MS = 60000 };

uint64_t awake_ms, slept_ms;

static uint64_t read_clock(void *arg, nat__time time)
{
    (void)arg;
    return awake_ms + (time == NAT__LASTING ? slept_ms : 0);
}

static void show(void *arg, natupnp_log_level level, const char *message)
{
    (void)arg;
    (void)level;
    fprintf(stderr, "%llu %llu: %s\n", (unsigned long long)awake_ms, (unsigned long long)slept_ms,
            message);
}

void on_clock(scene *s, natupnp_client_options options)
{
    natupnp_client_free(s->client);
    s->client = NULL;
    options.size = sizeof options;
    if (!options.gateway && s->gateway.pid > 0)
        options.gateway = s->gateway.location;
    if (getenv("SHOW"))
        options.on_log = show;
    awake_ms = 1000000;
    slept_ms = 0;
    assert_int_equal(nat__client_new(&s->client, &options, (nat__clock){read_clock, NULL}),
                     NATUPNP_OK);
}

scene *keeper_begin_with(void **state, const char *const *options)
{
    scene *s = scene_begin_with(state, options);
    on_clock(s, (natupnp_client_options){0});
    assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
    drain_events(s);
    return s;
}

/* ---- time ---- */

void gateway_advance(scene *s, int seconds)
{
    char json[40];
    snprintf(json, sizeof json, "{\"seconds\": %d}", seconds);
    gateway_post(&s->gateway, "/advance", json);
}

bool is_busy(const natupnp_client *client)
{
    const nat__monitor *m = client->monitor;
    return (client->keeper && client->keeper->running > 0) ||
           (m && (m->op || m->subscription.request));
}

bool pauses(const natupnp_client *client)
{
    NAT__LIST_EACH (&client->ops, it) {
        const natupnp_op *op = NAT__MEMBER(it, natupnp_op, link);
        if (op->listing && op->listing->pause.slot > 0)
            return true;
    }
    return false;
}

/* Waits, but not for the end of a pause, which comes at once. */
static void wait_a_little(scene *s, int timeout_ms)
{
    natupnp_client_wait(s->client, pauses(s->client) ? 0 : timeout_ms);
    int due_ms = natupnp_client_timeout_ms(s->client);
    if (pauses(s->client) && due_ms > 0)
        leap(s, (uint64_t)due_ms);
}

void pass(scene *s, int seconds)
{
    int64_t until = now_ms() + PATIENCE_MS;
    while (is_busy(s->client)) {
        wait_a_little(s, 20);
        assert_true(now_ms() < until);
    }
    gateway_advance(s, seconds);
    leap(s, (uint64_t)seconds * 1000);
}

void leap(scene *s, uint64_t ms)
{
    awake_ms += ms;
    natupnp_client_dispatch(s->client); /* the kernel knows nothing of this clock */
}

/* ---- what the client does by itself ---- */

void work_counting(scene *s, tally counts)
{
    int64_t until = now_ms() + PATIENCE_MS;
    do {
        wait_a_little(s, is_busy(s->client) ? 100 : 0);
        for (natupnp_event *event; (event = natupnp_client_next_event(s->client));) {
            counts[natupnp_event_what(event)]++;
            natupnp_event_free(event);
        }
        assert_true(now_ms() < until);
    } while (is_busy(s->client) || is_readable(natupnp_client_fd(s->client)));
}

size_t work(scene *s, natupnp_event_kind kind)
{
    tally counts = {0};
    work_counting(s, counts);
    return counts[kind];
}

void drain_events(scene *s)
{
    tally ignored = {0};
    work_counting(s, ignored);
}

void pass_minutes(scene *s, int minutes, tally counts)
{
    for (int i = 0; i < minutes; i++) {
        pass(s, 60);
        work_counting(s, counts);
    }
}

void drive_until(scene *s, const char *action, size_t count)
{
    int64_t until = now_ms() + PATIENCE_MS;
    while (gateway_asked(&s->gateway, action) < count) {
        natupnp_client_wait(s->client, 5);
        if (now_ms() > until)
            fail_msg("%s was not asked for %zu times", action, count);
    }
}

natupnp_op *finish(scene *s, natupnp_op *op)
{
    int64_t until = now_ms() + PATIENCE_MS;
    while (!natupnp_op_done(op)) {
        wait_a_little(s, 20);
        if (now_ms() > until)
            fail_msg("an operation does not end");
    }
    return wait_for(op); /* out of the queue */
}

/* The next event that is about a mapping, or NULL. */
static natupnp_event *take_event(scene *s)
{
    natupnp_event *event;
    while ((event = natupnp_client_next_event(s->client)) && !natupnp_event_mapping(event))
        natupnp_event_free(event);
    return event;
}

natupnp_event *next_event(scene *s, natupnp_event_kind kind)
{
    natupnp_event *event;
    int64_t until = now_ms() + PATIENCE_MS;
    while (!(event = take_event(s))) {
        if (now_ms() > until)
            fail_msg("no event %s", natupnp_event_kind_name(kind));
        natupnp_client_wait(s->client, 20);
    }
    if (natupnp_event_what(event) != kind)
        fail_msg("%s (%s) instead of %s", natupnp_event_kind_name(natupnp_event_what(event)),
                 natupnp_event_detail(event), natupnp_event_kind_name(kind));
    return event;
}

void expect_event(scene *s, natupnp_event_kind kind)
{
    natupnp_event_free(next_event(s, kind));
}

natupnp_event *await_event(scene *s, natupnp_event_kind kind)
{
    int64_t until = now_ms() + PATIENCE_MS;
    for (;;) {
        natupnp_event *event = natupnp_client_next_event(s->client);
        if (event && natupnp_event_what(event) == kind)
            return event;
        natupnp_event_free(event);
        if (now_ms() > until)
            fail_msg("no event %s", natupnp_event_kind_name(kind));
        if (!event)
            natupnp_client_wait(s->client, 20);
    }
}

void await_entries(scene *s, int64_t count)
{
    for (int64_t told = -1; told != count;) {
        natupnp_event *event = await_event(s, NATUPNP_EVENT_NUMBER_OF_ENTRIES);
        told = natupnp_event_number_of_entries(event);
        natupnp_event_free(event);
    }
}

void expect_quiet(scene *s)
{
    size_t before = gateway_asked(&s->gateway, "AddPortMapping");
    while (is_readable(natupnp_client_fd(s->client))) {
        natupnp_client_dispatch(s->client);
        assert_null(take_event(s));
    }
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), before);
}

/* ---- kept mappings ---- */

static natupnp_op *start_keep(scene *s, int port, uint32_t lease_s)
{
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    natupnp_op *op;
    request.external_port = port;
    request.lease_s = lease_s;
    request.keep = true;
    assert_int_equal(natupnp_dynamic_add(&op, s->client, &request), NATUPNP_OK);
    return op;
}

natupnp_op *keep_leased(scene *s, int port, uint32_t lease_s)
{
    natupnp_op *op = scene_keep(s, start_keep(s, port, lease_s));
    assert_status(wait_for(op), NATUPNP_OK);
    return op;
}

void keep_many(scene *s, int first_port, int count, uint32_t lease_s)
{
    for (int port = first_port; port < first_port + count; port++) {
        natupnp_op *op = start_keep(s, port, lease_s);
        assert_status(wait_for(op), NATUPNP_OK);
        natupnp_op_free(op);
    }
}

void expect_kept(scene *s, size_t index, natupnp_kept_state state, natupnp_status status)
{
    natupnp_kept *kept;
    assert_int_equal(natupnp_client_kept_at(&kept, s->client, index), NATUPNP_OK);
    assert_int_equal(natupnp_kept_now(kept), state);
    assert_int_equal(natupnp_kept_status(kept), status);
    natupnp_kept_free(kept);
}

natupnp_op *start_close(scene *s)
{
    natupnp_op *op;
    assert_int_equal(natupnp_client_close(&op, s->client), NATUPNP_OK);
    return scene_keep(s, op);
}
