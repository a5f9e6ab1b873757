/* SPDX-License-Identifier: MIT */
/* What a client and its operations promise: completions, freeing, order, deadlines. */
#include "scene.h"

#include <stdlib.h>
#include <string.h>

/* ---- completions ---- */

static void exactly_one_completion(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = start_add(s, add_request(.external_port = 8080));
    assert_false(natupnp_op_done(op));
    assert_int_equal(natupnp_op_status(op), NATUPNP_E_PENDING);
    assert_null(natupnp_op_mapping(op));
    natupnp_op *done = NULL;
    while (!done) {
        assert_int_equal(natupnp_client_wait(s->client, 20000), NATUPNP_OK);
        done = natupnp_client_next_done(s->client);
    }
    assert_ptr_equal(done, op);
    assert_status(op, NATUPNP_OK);
    settle(s->client);
    assert_null(natupnp_client_next_done(s->client));
    assert_int_equal(natupnp_op_wait(op), NATUPNP_OK); /* still says how it ended */
    assert_null(natupnp_client_next_done(s->client));
}

static void one_completion_after_cancel(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=hang");
    natupnp_op *op = start_add(s, add_request(.external_port = 8080));
    drive_until_asked(s, s->client, "AddPortMapping", 1);
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_failure(op, NATUPNP_E_CANCELLED, 0);
    assert_true(natupnp_op_maybe_applied(op)); /* it was on its way */
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_ptr_equal(natupnp_client_next_done(s->client), op);
    assert_null(natupnp_client_next_done(s->client));
    settle(s->client);
    assert_null(natupnp_client_next_done(s->client));
    assert_failure(op, NATUPNP_E_CANCELLED, 0);
}

static void cancel_before_it_began(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = start_add(s, add_request(.external_port = 8080));
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_false(natupnp_op_maybe_applied(op));
    assert_ptr_equal(natupnp_client_next_done(s->client), op);
    settle(s->client);
    assert_int_equal(gateway_requests(&s->gateway), 0);
}

static void cancel_keeps_the_result_of_an_ended_one(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op = run_add(s, add_request(.external_port = 8080));
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_status(op, NATUPNP_OK);
    assert_null(natupnp_client_next_done(s->client));
}

static void cancelling_one_does_not_end_a_shared_search(void **state)
{
    scene *s = scene_begin(state, "--fault=description=latency=100");
    natupnp_op *first = start_add(s, add_request(.external_port = 8080));
    natupnp_op *second = start_add(s, add_request(.external_port = 8081));
    drive_until_asked(s, s->client, "description", 1);
    assert_int_equal(natupnp_op_cancel(first), NATUPNP_OK);
    assert_status(wait_for(second), NATUPNP_OK);
    assert_status(first, NATUPNP_E_CANCELLED);
    assert_int_equal(gateway_asked(&s->gateway, "description"), 1);
}

static void wait_leaves_the_others_completions(void **state)
{
    scene *s = scene_begin(state, "--fault=GetSpecificPortMappingEntry=latency=200:1");
    natupnp_op *slow = start_get(s, 8080, TCP);
    natupnp_op *quick = start_count(s);
    wait_for(slow);
    assert_true(natupnp_op_done(quick));
    assert_true(is_readable(natupnp_client_fd(s->client)));
    assert_ptr_equal(natupnp_client_next_done(s->client), quick);
    assert_null(natupnp_client_next_done(s->client));
    assert_false(is_readable(natupnp_client_fd(s->client)));
}

/* ---- freeing ---- */

static void free_an_unfinished_operation(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=hang");
    natupnp_op *op, *never;
    assert_int_equal(natupnp_static_add(&op, s->client, add_request(.external_port = 8080)),
                     NATUPNP_OK);
    assert_int_equal(natupnp_static_count(&never, s->client), NATUPNP_OK);
    natupnp_op_free(never);
    drive_until_asked(s, s->client, "AddPortMapping", 1);
    natupnp_op_free(op);
    settle(s->client);
    assert_null(natupnp_client_next_done(s->client));
    assert_status(run_count(s), NATUPNP_OK); /* the client goes on */
}

static void free_a_client_with_work_pending(void **state)
{
    scene *s = scene_begin(state, "--fault=*=hang");
    natupnp_op *running = start_add(s, add_request(.external_port = 8080));
    natupnp_op *queued = start_remove(s, 8080, TCP), *reading = start_list(s);
    drive_until_asked(s, s->client, "AddPortMapping", 1);
    natupnp_op *fresh = start_query(s);
    natupnp_client_free(s->client);
    s->client = NULL;
    natupnp_op *all[] = {running, queued, reading, fresh};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        assert_false(natupnp_op_done(all[i]));
        assert_int_equal(natupnp_op_wait(all[i]), NATUPNP_E_CLOSED);
        assert_int_equal(natupnp_op_cancel(all[i]), NATUPNP_E_CLOSED);
        assert_int_equal(natupnp_op_status(all[i]), NATUPNP_E_PENDING);
    }
}

static void free_a_client_during_its_search(void **state)
{
    scene *s = scene_begin(state, "--fault=description=hang");
    natupnp_op *op = start_discover(s);
    drive_until_asked(s, s->client, "description", 1);
    natupnp_client_free(s->client);
    s->client = NULL;
    assert_int_equal(natupnp_op_wait(op), NATUPNP_E_CLOSED);
}

static void results_outlive_the_client(void **state)
{
    scene *s = scene_begin(state, "--mappings=4");
    natupnp_op *list = run_list(s), *get = run_get(s, 10000, TCP);
    natupnp_op *failed = run_get(s, 1, TCP);
    natupnp_mapping *copy;
    assert_int_equal(natupnp_mapping_dup(&copy, natupnp_op_mapping(get)), NATUPNP_OK);
    natupnp_client_free(s->client);
    s->client = NULL;
    assert_int_equal(natupnp_op_mapping_count(list), 4);
    for (size_t i = 0; i < 4; i++)
        assert_non_null(natupnp_mapping_description(natupnp_op_mapping_at(list, i)));
    assert_null(natupnp_op_mapping_at(list, 4));
    expect_mapping(get, 10000, TCP, "192.168.1.10", 10000);
    assert_failure(failed, NATUPNP_E_NOT_FOUND, 714);
    assert_string_equal(natupnp_gateway_location(natupnp_op_gateway(get)), s->gateway.location);
    assert_int_equal(natupnp_op_wait(get), NATUPNP_OK);
    natupnp_op_free(s->ops[--s->op_count]); /* the last one, by hand */
    assert_string_equal(natupnp_mapping_external_ip(copy), "203.0.113.7");
    natupnp_mapping_free(copy);
}

static void two_clients_do_not_meet(void **state)
{
    scene *s = scene_begin(state, "--fault=GetSpecificPortMappingEntry=latency=100:1");
    natupnp_client *other = scene_other_client(s);
    natupnp_op *here = start_get(s, 8080, TCP), *there;
    drive_until_asked(s, s->client, "GetSpecificPortMappingEntry", 1);
    assert_int_equal(natupnp_static_add(&there, other, add_request(.external_port = 8080)),
                     NATUPNP_OK);
    scene_keep(s, there);
    assert_int_not_equal(natupnp_client_fd(other), natupnp_client_fd(s->client));
    assert_status(wait_for(there), NATUPNP_OK);
    assert_null(natupnp_client_next_done(other));
    assert_null(natupnp_client_next_done(s->client));
    natupnp_client_free(other);
    s->others[0] = NULL;
    assert_status(wait_for(here), NATUPNP_E_NOT_FOUND);
    assert_status(run_get(s, 8080, TCP), NATUPNP_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(exactly_one_completion),
        scene_test(one_completion_after_cancel),
        scene_test(cancel_before_it_began),
        scene_test(cancel_keeps_the_result_of_an_ended_one),
        scene_test(cancelling_one_does_not_end_a_shared_search),
        scene_test(wait_leaves_the_others_completions),
        scene_test(free_an_unfinished_operation),
        scene_test(free_a_client_with_work_pending),
        scene_test(free_a_client_during_its_search),
        scene_test(results_outlive_the_client),
        scene_test(two_clients_do_not_meet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
