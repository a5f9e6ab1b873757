/* SPDX-License-Identifier: MIT */
/* What nearly every test needs: a gateway, a client of it, and operations that are freed at the
 * end. */
#ifndef SCENE_H
#define SCENE_H

#include "check.h"
#include "gateway_process.h"

#include <natupnp/natupnp.h>

#define TCP NATUPNP_PROTOCOL_TCP
#define UDP NATUPNP_PROTOCOL_UDP

enum { SCENE_OPS = 64, SCENE_CLIENTS = 4 };

typedef struct scene {
    gateway_process gateway;
    natupnp_client *client;
    natupnp_client *others[SCENE_CLIENTS];
    natupnp_op *ops[SCENE_OPS];
    size_t op_count;
} scene;

/* For cmocka; the gateway and the client come with scene_begin(). */
int scene_setup(void **state);
int scene_teardown(void **state);
#define scene_test(function) cmocka_unit_test_setup_teardown(function, scene_setup, scene_teardown)

/* Starts a gateway with these options and makes a client of it. */
scene *scene_begin_with(void **state, const char *const *options);
#define scene_begin(state, ...) scene_begin_with((state), (const char *const[]){__VA_ARGS__, NULL})

/* Replaces the scene's client by one with these options; gateway is set to the scene's if NULL,
 * the timeout to one for a busy machine if 0. */
void scene_client(scene *s, natupnp_client_options options);

/* Another client of the same gateway, freed at the end. */
natupnp_client *scene_other_client(scene *s);

/* Makes the scene free an operation; gives it back. */
natupnp_op *scene_keep(scene *s, natupnp_op *op);

/* Waits for its end and takes it out of the queue. */
natupnp_op *wait_for(natupnp_op *op);

/* Verbs started on the scene's client, which must not fail, and kept. */
natupnp_op *start_add(scene *s, const natupnp_static_add_request *request);
natupnp_op *start_get(scene *s, int32_t port, natupnp_protocol protocol);
natupnp_op *start_remove(scene *s, int32_t port, natupnp_protocol protocol);
natupnp_op *start_edit(scene *s, const natupnp_mapping *m, const natupnp_edit_request *request);
natupnp_op *start_list(scene *s);
natupnp_op *start_count(scene *s);
natupnp_op *start_query(scene *s);
natupnp_op *start_discover(scene *s);

/* The same, and waited for. */
#define run_add(s, request) wait_for(start_add((s), (request)))
#define run_get(s, port, protocol) wait_for(start_get((s), (port), (protocol)))
#define run_remove(s, port, protocol) wait_for(start_remove((s), (port), (protocol)))
#define run_edit(s, mapping, request) wait_for(start_edit((s), (mapping), (request)))
#define run_list(s) wait_for(start_list(s))
#define run_count(s) wait_for(start_count(s))
#define run_query(s) wait_for(start_query(s))
#define run_discover(s) wait_for(start_discover(s))

/* A request by its fields: add_request(.external_port = 8080). TCP unless said. */
#define add_request(...)                                                                           \
    (&(const natupnp_static_add_request){                                                          \
        .size = sizeof(natupnp_static_add_request), .protocol = TCP, __VA_ARGS__})
#define udp_request(...)                                                                           \
    (&(const natupnp_static_add_request){                                                          \
        .size = sizeof(natupnp_static_add_request), .protocol = UDP, __VA_ARGS__})
#define edit_request(...)                                                                          \
    (&(const natupnp_edit_request){.size = sizeof(natupnp_edit_request), __VA_ARGS__})

/* Fails with the operation's detail. */
void check_status(const natupnp_op *op, natupnp_status expected, const char *file, int line);
#define assert_status(op, expected) check_status((op), (expected), __FILE__, __LINE__)

/* The same, and the fault that the gateway gave; the detail must say something. */
void check_failure(const natupnp_op *op, natupnp_status expected, int fault, const char *file,
                   int line);
#define assert_failure(op, expected, fault)                                                        \
    check_failure((op), (expected), (fault), __FILE__, __LINE__)

/* The result's mapping has these values; it is returned. */
const natupnp_mapping *expect_mapping(const natupnp_op *op, int external_port,
                                      natupnp_protocol protocol, const char *internal_client,
                                      int internal_port);

/* Drives a client until the gateway has had this many requests for an action, and settles it. */
void drive_until_asked(scene *s, natupnp_client *client, const char *action, size_t count);

/* Dispatches what is due now. No completion may be waiting: it keeps the descriptor readable. */
void settle(natupnp_client *client);

/* Milliseconds on a clock that only goes forward. */
int64_t now_ms(void);

/* Whether a descriptor is readable at this moment. */
bool is_readable(int fd);

#endif
