/* SPDX-License-Identifier: MIT */
/* Ten thousand kept mappings: what one costs, how renewals spread, how closing goes. */
#include "scene.h"

#include "face/face.h"
#include "meaning/keeper_work.h"
#include "meaning/monitor_parts.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

enum { COUNT = 10000, AT_ONCE = 50, FIRST_PORT = 20000, LEASE_S = 3600 };

static uint64_t clock_ms = 1000000;

static uint64_t read_clock(void *arg, nat__time time)
{
    (void)arg;
    (void)time;
    return clock_ms;
}

static size_t in_use(void)
{
    return mallinfo2().uordblks;
}

static void add_all(natupnp_client *client)
{
    natupnp_op *ops[AT_ONCE];
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    request.keep = true;
    request.lease_s = LEASE_S;
    for (int i = 0; i < COUNT; i += AT_ONCE) {
        for (int j = 0; j < AT_ONCE; j++) {
            request.external_port = FIRST_PORT + i + j;
            assert_int_equal(natupnp_dynamic_add(&ops[j], client, &request), NATUPNP_OK);
        }
        for (int j = 0; j < AT_ONCE; j++) {
            assert_int_equal(natupnp_op_wait(ops[j]), NATUPNP_OK);
            natupnp_op_free(ops[j]);
        }
    }
}

static void work(natupnp_client *client)
{
    const nat__monitor *m = client->monitor;
    int64_t until = now_ms() + 60000;
    bool busy;
    natupnp_client_dispatch(client); /* the kernel knows nothing of this clock */
    do {
        busy = client->keeper->running > 0 || m->op || m->subscription.request;
        natupnp_client_wait(client, busy ? 1000 : 0);
        assert_true(now_ms() < until);
    } while (busy || is_readable(natupnp_client_fd(client)));
}

static void ten_thousand(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    options.gateway = s->gateway.location;
    natupnp_client_free(s->client);
    assert_int_equal(nat__client_new(&s->client, &options, (nat__clock){read_clock, NULL}),
                     NATUPNP_OK);
    natupnp_op *op;
    assert_int_equal(natupnp_gateway_discover(&op, s->client), NATUPNP_OK);
    assert_status(wait_for(scene_keep(s, op)), NATUPNP_OK);

    size_t before = in_use();
    add_all(s->client);
    assert_int_equal(natupnp_client_kept_count(s->client), COUNT);
    size_t each = (in_use() - before) / COUNT;
    print_message("%zu bytes for each\n", each);
    assert_true(each < 1024);
    assert_int_equal(gateway_entries(&s->gateway), COUNT);

    /* Due between 50 and 60 % of the lease, and as many in each part of that. */
    size_t seen = gateway_asked(&s->gateway, "AddPortMapping");
    clock_ms += LEASE_S * 500ULL - 1;
    work(s->client);
    assert_int_equal(gateway_asked(&s->gateway, "AddPortMapping"), seen);
    clock_ms += 1;
    for (int slice = 0; slice < 10; slice++) {
        clock_ms += LEASE_S * 10ULL;
        work(s->client);
        size_t now = gateway_asked(&s->gateway, "AddPortMapping");
        print_message("slice %d: %zu\n", slice, now - seen);
        assert_in_range(now - seen, COUNT / 10 * 8 / 10, COUNT / 10 * 12 / 10);
        seen = now;
    }
    assert_int_equal(seen, 2 * COUNT);

    int64_t start = now_ms();
    assert_int_equal(natupnp_client_close(&op, s->client), NATUPNP_OK);
    assert_status(wait_for(scene_keep(s, op)), NATUPNP_OK);
    print_message("closed in %d ms\n", (int)(now_ms() - start));
    assert_int_equal(gateway_entries(&s->gateway), 0);
    assert_int_equal(natupnp_client_kept_count(s->client), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {scene_test(ten_thousand)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
