/* SPDX-License-Identifier: MIT */
#include "scene.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DRIVE_MS = 60000, TIMEOUT_MS = 60000 };

int scene_setup(void **state)
{
    *state = calloc(1, sizeof(scene));
    return *state ? 0 : -1;
}

int scene_teardown(void **state)
{
    scene *s = *state;
    for (size_t i = 0; i < s->op_count; i++)
        natupnp_op_free(s->ops[i]);
    natupnp_client_free(s->client);
    for (size_t i = 0; i < SCENE_CLIENTS; i++)
        natupnp_client_free(s->others[i]);
    gateway_stop(&s->gateway);
    free(s);
    return 0;
}

scene *scene_begin_with(void **state, const char *const *options)
{
    scene *s = *state;
    gateway_start_with(&s->gateway, options);
    scene_client(s, (natupnp_client_options){.size = sizeof(natupnp_client_options)});
    return s;
}

void scene_client(scene *s, natupnp_client_options options)
{
    natupnp_client_free(s->client);
    s->client = NULL;
    options.size = sizeof options;
    if (!options.gateway)
        options.gateway = s->gateway.location;
    if (!options.timeout_ms)
        options.timeout_ms = TIMEOUT_MS;
    assert_int_equal(natupnp_client_new(&s->client, &options), NATUPNP_OK);
    assert_non_null(s->client);
}

natupnp_client *scene_other_client(scene *s)
{
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    options.gateway = s->gateway.location;
    options.timeout_ms = TIMEOUT_MS;
    for (size_t i = 0; i < SCENE_CLIENTS; i++) {
        if (s->others[i])
            continue;
        assert_int_equal(natupnp_client_new(&s->others[i], &options), NATUPNP_OK);
        return s->others[i];
    }
    fail_msg("too many clients");
    return NULL;
}

natupnp_op *scene_keep(scene *s, natupnp_op *op)
{
    assert_non_null(op);
    assert_true(s->op_count < SCENE_OPS);
    s->ops[s->op_count++] = op;
    return op;
}

natupnp_op *wait_for(natupnp_op *op)
{
    natupnp_status status = natupnp_op_wait(op);
    assert_true(natupnp_op_done(op));
    assert_int_equal(status, natupnp_op_status(op));
    return op;
}

/* Checks a start and keeps its operation. */
static natupnp_op *started(scene *s, natupnp_status status, natupnp_op *const *op)
{
    if (status != NATUPNP_OK)
        fail_msg("the start failed: %s: %s", natupnp_status_name(status),
                 natupnp_client_last_detail(s->client));
    return scene_keep(s, *op);
}

natupnp_op *start_add(scene *s, const natupnp_static_add_request *request)
{
    natupnp_op *op;
    return started(s, natupnp_static_add(&op, s->client, request), &op);
}

natupnp_op *start_get(scene *s, int32_t port, natupnp_protocol protocol)
{
    natupnp_op *op;
    return started(s, natupnp_static_get(&op, s->client, port, protocol), &op);
}

natupnp_op *start_remove(scene *s, int32_t port, natupnp_protocol protocol)
{
    natupnp_op *op;
    return started(s, natupnp_static_remove(&op, s->client, port, protocol), &op);
}

natupnp_op *start_edit(scene *s, const natupnp_mapping *m, const natupnp_edit_request *request)
{
    natupnp_op *op;
    return started(s, natupnp_static_edit(&op, s->client, m, request), &op);
}

natupnp_op *start_list(scene *s)
{
    natupnp_op *op;
    return started(s, natupnp_static_list(&op, s->client), &op);
}

natupnp_op *start_count(scene *s)
{
    natupnp_op *op;
    return started(s, natupnp_static_count(&op, s->client), &op);
}

natupnp_op *start_query(scene *s)
{
    natupnp_op *op;
    return started(s, natupnp_gateway_query(&op, s->client), &op);
}

natupnp_op *start_discover(scene *s)
{
    natupnp_op *op;
    return started(s, natupnp_gateway_discover(&op, s->client), &op);
}

void check_status(const natupnp_op *op, natupnp_status expected, const char *file, int line)
{
    natupnp_status status = natupnp_op_status(op);
    if (status == expected)
        return;
    print_error("%s, not %s: %s (fault %d)\n", natupnp_status_name(status),
                natupnp_status_name(expected), natupnp_op_detail(op), natupnp_op_fault(op));
    _fail(file, line);
}

void check_failure(const natupnp_op *op, natupnp_status expected, int fault, const char *file,
                   int line)
{
    check_status(op, expected, file, line);
    _assert_int_equal((LargestIntegralType)natupnp_op_fault(op), (LargestIntegralType)fault, file,
                      line);
    _assert_true(natupnp_op_detail(op)[0] != '\0', "natupnp_op_detail(op)", file, line);
}

const natupnp_mapping *expect_mapping(const natupnp_op *op, int external_port,
                                      natupnp_protocol protocol, const char *internal_client,
                                      int internal_port)
{
    const natupnp_mapping *m = natupnp_op_mapping(op);
    assert_non_null(m);
    assert_int_equal(natupnp_mapping_external_port(m), external_port);
    assert_int_equal(natupnp_mapping_protocol(m), protocol);
    assert_string_equal(natupnp_mapping_internal_client(m), internal_client);
    assert_int_equal(natupnp_mapping_internal_port(m), internal_port);
    return m;
}

void drive_until_asked(scene *s, natupnp_client *client, const char *action, size_t count)
{
    int64_t end = now_ms() + DRIVE_MS;
    while (gateway_asked(&s->gateway, action) < count) {
        natupnp_status status = natupnp_client_wait(client, 10);
        assert_true(status == NATUPNP_OK || status == NATUPNP_E_TIMEOUT);
        assert_true(now_ms() < end);
    }
    settle(client);
}

void settle(natupnp_client *client)
{
    for (int turns = 0; is_readable(natupnp_client_fd(client)); turns++) {
        assert_true(turns < 10000);
        assert_int_equal(natupnp_client_dispatch(client), NATUPNP_OK);
    }
}

int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

bool is_readable(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    return poll(&ready, 1, 0) == 1;
}
