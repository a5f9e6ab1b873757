/* SPDX-License-Identifier: MIT */
/* The close of a client that keeps mappings, alone and beside other things. */
#include "keeper_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void closing_removes_them(void **state)
{
    scene *s = keeper_begin(state, "--latency=20");
    keep_many(s, 9000, 20, 600);
    assert_status(run_add(s, add_request(.external_port = 8080)), NATUPNP_OK);
    drain_events(s);
    size_t looks = gateway_asked(&s->gateway, "GetSpecificPortMappingEntry");
    int64_t before = now_ms();
    assert_status(finish(s, start_close(s)), NATUPNP_OK);
    print_message("20 removed in %d ms\n", (int)(now_ms() - before));
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    assert_int_equal(gateway_entries(&s->gateway), 1); /* the one that was not kept */
    /* Each was looked at, once. */
    assert_int_equal(gateway_asked(&s->gateway, "GetSpecificPortMappingEntry"), looks + 20);
    assert_status(finish(s, start_close(s)), NATUPNP_OK); /* nothing to do */
}

static void a_close_that_fails(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, 5, 600);
    gateway_set(&s->gateway, "{\"faults\": {\"DeletePortMapping\": [\"714:1\", \"606:2\"]}}");
    natupnp_op *op = finish(s, start_close(s));
    assert_failure(op, NATUPNP_E_NOT_PERMITTED, 0);
    assert_non_null(strstr(natupnp_op_detail(op), "2 kept mappings"));
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
}

static void a_close_leaves_what_is_not_ours(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_leased(s, 8080, 600);
    drain_events(s);
    gateway_advance(s, 601);
    gateway_put(&s->gateway, 8080, "TCP", "10.0.0.9", 80);
    pass(s, 361);
    expect_event(s, NATUPNP_EVENT_MAPPING_REFUSED);
    assert_status(finish(s, start_close(s)), NATUPNP_OK);
    gateway_expect(&s->gateway, 8080, "TCP", "10.0.0.9", 80);
    /* And it has said that it listens no more. */
    assert_int_equal(gateway_asked(&s->gateway, "UNSUBSCRIBE"), 1);
}

/* ---- what is somebody else's by now ---- */

#define LOOK "GetSpecificPortMappingEntry"
#define RANGE "GetListOfPortMappings"
#define INDEX "GetGenericPortMappingEntry"

enum { MINE, ANOTHER_HOST, ANOTHER_PORT, ANOTHER_DESCRIPTION, GONE, STATES };
static const char *const entries[STATES] = {
    NULL, "{\"external_port\": 8080, \"protocol\": \"TCP\", \"internal_client\": \"10.0.0.9\"}",
    "{\"external_port\": 8080, \"protocol\": \"TCP\", \"internal_client\": \"127.0.0.1\", "
    "\"internal_port\": 9999}",
    "{\"external_port\": 8080, \"protocol\": \"TCP\", \"internal_client\": \"127.0.0.1\", "
    "\"description\": \"another program\"}",
    NULL};

/* Nothing tells the client what has become of its mapping; 8081 stays its own. */
static void closed_over(void **state, const char *faults, int what, bool goes)
{
    scene *s = keeper_begin(state, "--igd=1");
    keep_many(s, 8080, 2, 600);
    drain_events(s);
    if (entries[what]) {
        char table[400];
        json_t *own = gateway_entry(&s->gateway, 8081, "TCP");
        char *text = json_dumps(own, 0);
        snprintf(table, sizeof table, "[%s, %s]", entries[what], text);
        gateway_post(&s->gateway, "/table", table);
        free(text);
        json_decref(own);
    }
    if (what == GONE)
        gateway_post(&s->gateway, "/table",
                     "{\"remove\": {\"external_port\": 8080, \"protocol\": \"TCP\"}}");
    gateway_set(&s->gateway, "{\"faults\": {%s}}", faults);
    natupnp_op *op = finish(s, start_close(s));
    assert_status(op, NATUPNP_OK);
    json_t *left = gateway_entry(&s->gateway, 8080, "TCP");
    assert_int_equal(left != NULL, !goes);
    json_decref(left);
    assert_int_equal(strstr(natupnp_op_detail(op), "1 kept mapping was left") != NULL, !goes);
    assert_null(gateway_entry(&s->gateway, 8081, "TCP"));
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
}

#define CLOSED(name, faults, what, goes)                                                           \
    static void name(void **state)                                                                 \
    {                                                                                              \
        closed_over(state, faults, what, goes);                                                    \
    }
#define DENIES "\"" LOOK "\": \"714\""
#define CANNOT "\"" LOOK "\": \"501\""
#define GARBLED "\"" LOOK "\": \"badxml\""
#define NO_LIST ", \"" INDEX "\": \"401\""

CLOSED(left_another_hosts, "", ANOTHER_HOST, false)
CLOSED(left_another_port, "", ANOTHER_PORT, false)
CLOSED(left_another_description, "", ANOTHER_DESCRIPTION, false)
CLOSED(gone_already, "", GONE, true)
/* They have shown our own before: the last word then is theirs. */
CLOSED(left_where_looks_fail, CANNOT, ANOTHER_HOST, false)
CLOSED(left_where_looks_make_no_sense, GARBLED, ANOTHER_PORT, false)
CLOSED(removed_where_looks_fail, CANNOT, MINE, true)
CLOSED(removed_where_nothing_can_be_read, CANNOT NO_LIST, MINE, true)

/* Looks deny from the beginning what is there: one listing tells for all. */
static void closed_where_looks_deny(void **state)
{
    scene *s = keeper_begin(state, "--fault=" LOOK "=714", "--igd=2");
    keep_many(s, 9000, 5, 600);
    drain_events(s);
    gateway_put(&s->gateway, 9001, "TCP", "10.0.0.9", 80);
    size_t before = gateway_asked(&s->gateway, RANGE);
    natupnp_op *op = finish(s, start_close(s));
    assert_status(op, NATUPNP_OK);
    assert_non_null(strstr(natupnp_op_detail(op), "9001/TCP is mapped to 10.0.0.9:80"));
    assert_int_equal(gateway_entries(&s->gateway), 1);
    gateway_expect(&s->gateway, 9001, "TCP", "10.0.0.9", 80);
    assert_in_range(gateway_asked(&s->gateway, RANGE) - before, 1, 2); /* TCP and UDP */
}

/* And nothing can be listed: what it made for us, and nobody else can have had since, goes. */
static void closed_where_nothing_tells(void **state)
{
    scene *s = keeper_begin(state, "--fault=" LOOK "=714", "--fault=" RANGE "=401",
                            "--fault=" INDEX "=401");
    keep_many(s, 9000, 5, 600);
    drain_events(s);
    assert_status(finish(s, start_close(s)), NATUPNP_OK);
    assert_int_equal(gateway_entries(&s->gateway), 0);
}

/* What is left is left to its lease, and a second close has nothing to do with it. */
static void a_close_that_is_cancelled(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, 20, 600);
    gateway_set(&s->gateway, "{\"faults\": {\"DeletePortMapping\": \"hang\"}}");
    natupnp_op *op = start_close(s);
    drive_until(s, "DeletePortMapping", 1);
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_status(finish(s, op), NATUPNP_E_CANCELLED);
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    gateway_set(&s->gateway, "{\"faults\": {}}");
    size_t before = gateway_asked(&s->gateway, "DeletePortMapping");
    assert_status(finish(s, start_close(s)), NATUPNP_OK);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), before);
    assert_int_equal(gateway_entries(&s->gateway), 20);
    /* The client works on, and keeps anew. */
    keep_many(s, 9000, 1, 600);
    assert_int_equal(natupnp_client_kept_count(s->client), 1);
    assert_status(finish(s, start_close(s)), NATUPNP_OK);
    assert_int_equal(gateway_entries(&s->gateway), 19);
}

static void closed_twice_at_once(void **state)
{
    scene *s = keeper_begin(state, "--fault=DeletePortMapping=latency=100");
    keep_many(s, 9000, 3, 600);
    natupnp_op *first = start_close(s);
    drive_until(s, "DeletePortMapping", 3);
    assert_status(finish(s, start_close(s)), NATUPNP_E_BUSY);
    assert_status(finish(s, first), NATUPNP_OK);
    assert_int_equal(gateway_entries(&s->gateway), 0);
}

/* A gateway that answers nothing at all: the close ends with its time, and nothing is kept. */
static void closed_while_the_gateway_is_away(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, 3, 600);
    gateway_set(&s->gateway, "{\"faults\": {\"*\": \"hang\", \"UNSUBSCRIBE\": \"hang\"}}");
    size_t looks = gateway_asked(&s->gateway, "GetSpecificPortMappingEntry");
    natupnp_op *op = start_close(s);
    drive_until(s, "GetSpecificPortMappingEntry", looks + 3);
    leap(s, 9999);
    assert_false(natupnp_op_done(op));
    leap(s, 1);
    assert_status(finish(s, op), NATUPNP_E_TIMEOUT);
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    assert_null(s->client->monitor);
}

/* Renewals that are not answered are not waited for, and what they made does not stay. */
static void closed_while_renewals_are_under_way(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, 20, 600);
    drain_events(s);
    gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"hang-after\"}}");
    pass(s, 361);
    drive_until(s, "AddPortMapping", 21);
    assert_status(finish(s, start_close(s)), NATUPNP_OK);
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    assert_int_equal(gateway_entries(&s->gateway), 0);
    size_t asked = gateway_asked(&s->gateway, "AddPortMapping");
    gateway_advance(s, 3600);
    leap(s, 3600 * 1000);
    settle(s->client);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), asked);
}

/* ---- what the user does meanwhile ---- */

#define SLOW_REMOVAL "{\"faults\": {\"DeletePortMapping\": \"latency=200\"}}"

static void removed_by_the_user_behind_it(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, 3, 600);
    gateway_set(&s->gateway, SLOW_REMOVAL);
    natupnp_op *closing = start_close(s);
    drive_until(s, "DeletePortMapping", 3);
    natupnp_op *removal = start_remove(s, 9001, TCP);
    assert_status(finish(s, closing), NATUPNP_OK);
    assert_status(finish(s, removal), NATUPNP_E_NOT_FOUND);
    assert_int_equal(gateway_entries(&s->gateway), 0);
}

/* The user's removal is under way, and all that the close finds to do waits behind it. */
static void removed_by_the_user_before_it(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, 1, 600);
    gateway_set(&s->gateway, SLOW_REMOVAL);
    natupnp_op *removal = start_remove(s, 9000, TCP);
    drive_until(s, "DeletePortMapping", 1);
    natupnp_op *closing = start_close(s);
    assert_status(finish(s, removal), NATUPNP_OK);
    assert_status(finish(s, closing), NATUPNP_OK);
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    assert_int_equal(gateway_entries(&s->gateway), 0);
    assert_int_equal(gateway_asked(&s->gateway, "DeletePortMapping"), 1);
}

static natupnp_op *start_keeping(scene *s, int port)
{
    return start_add(s, add_request(.external_port = port, .keep = true));
}

/* A mapping that is kept is there, and one that is not kept is not. */
static void expect_kept_or_gone(scene *s)
{
    drain_events(s);
    size_t kept = natupnp_client_kept_count(s->client);
    print_message("%zu kept after the close\n", kept);
    assert_int_equal(gateway_entries(&s->gateway), kept);
}

/* Added while others are removed: it belongs to what is closed. */
static void added_while_it_removes(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, 3, 600);
    gateway_set(&s->gateway, SLOW_REMOVAL);
    natupnp_op *closing = start_close(s);
    drive_until(s, "DeletePortMapping", 3);
    natupnp_op *adding = start_keeping(s, 8080);
    assert_status(finish(s, adding), NATUPNP_OK);
    assert_false(natupnp_op_done(closing));
    assert_status(finish(s, closing), NATUPNP_OK);
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
    expect_kept_or_gone(s);
}

/* All that is still awaited is the gateway's answer to UNSUBSCRIBE. */
static void added_during_the_farewell(void **state)
{
    scene *s = keeper_begin(state, NULL);
    keep_many(s, 9000, 3, 600);
    gateway_set(&s->gateway, "{\"faults\": {\"UNSUBSCRIBE\": \"latency=1000\"}}");
    natupnp_op *closing = start_close(s);
    drive_until(s, "UNSUBSCRIBE", 1);
    while (natupnp_client_kept_count(s->client) > 0)
        assert_int_equal(natupnp_client_wait(s->client, 10000), NATUPNP_OK);
    assert_status(finish(s, start_keeping(s, 8080)), NATUPNP_OK);
    assert_false(natupnp_op_done(closing));
    assert_status(finish(s, closing), NATUPNP_OK);
    expect_kept_or_gone(s);
}

/* The same when nothing was kept: the client only watched. */
static void added_during_the_farewell_of_a_watcher(void **state)
{
    scene *s = keeper_begin(state, "--fault=UNSUBSCRIBE=latency=300");
    natupnp_op *closing = start_close(s);
    drive_until(s, "UNSUBSCRIBE", 1);
    assert_status(finish(s, start_keeping(s, 8080)), NATUPNP_OK);
    assert_status(finish(s, closing), NATUPNP_OK);
    expect_kept_or_gone(s);
}

/* ---- freed in a callback ---- */

typedef struct freeing {
    scene *s;
    const natupnp_op *when; /* this one has ended */
} freeing;

static void free_then(void *arg, natupnp_op *op)
{
    freeing *f = arg;
    if (op != f->when)
        return;
    natupnp_client_free(f->s->client);
    f->s->client = NULL;
}

static void drive_until_freed(scene *s)
{
    for (int64_t until = now_ms() + 60000; s->client;) {
        natupnp_client_wait(s->client, 20);
        assert_true(now_ms() < until);
    }
}

/* With events that nobody took, renewals and looks under way, and in the end a close. */
static void freed_in_a_callback(void **state)
{
    scene *s = scene_begin(state, NULL);
    freeing f = {s, NULL};
    for (int closing = 0; closing < 2; closing++) {
        gateway_set(&s->gateway, "{\"faults\": {}}");
        on_clock(s, (natupnp_client_options){.on_done = free_then, .on_done_arg = &f});
        assert_int_equal(natupnp_client_watch(s->client), NATUPNP_OK);
        keep_many(s, 9000, 20, 600);
        gateway_set(&s->gateway, "{\"faults\": {\"AddPortMapping\": \"latency=300\", "
                                 "\"DeletePortMapping\": \"latency=300\"}}");
        size_t before = gateway_asked(&s->gateway, "AddPortMapping");
        leap(s, 361000);
        drive_until(s, "AddPortMapping", before + 16);
        nat__keeper_doubt(s->client);
        if (closing)
            start_close(s);
        assert_true(s->client->event_count > 0 || closing); /* a close drops them */
        f.when = start_get(s, 9000, TCP);
        drive_until_freed(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(closing_removes_them),
        scene_test(a_close_that_fails),
        scene_test(a_close_leaves_what_is_not_ours),
        scene_test(left_another_hosts),
        scene_test(left_another_port),
        scene_test(left_another_description),
        scene_test(gone_already),
        scene_test(left_where_looks_fail),
        scene_test(left_where_looks_make_no_sense),
        scene_test(removed_where_looks_fail),
        scene_test(removed_where_nothing_can_be_read),
        scene_test(closed_where_looks_deny),
        scene_test(closed_where_nothing_tells),
        scene_test(a_close_that_is_cancelled),
        scene_test(closed_twice_at_once),
        scene_test(closed_while_the_gateway_is_away),
        scene_test(closed_while_renewals_are_under_way),
        scene_test(removed_by_the_user_behind_it),
        scene_test(removed_by_the_user_before_it),
        scene_test(added_while_it_removes),
        scene_test(added_during_the_farewell),
        scene_test(added_during_the_farewell_of_a_watcher),
        scene_test(freed_in_a_callback),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
