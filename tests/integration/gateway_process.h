/* SPDX-License-Identifier: MIT */
/* A simulated gateway of the test's own: a child process, and its control interface. */
#ifndef GATEWAY_PROCESS_H
#define GATEWAY_PROCESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct gateway_process {
    pid_t pid;
    int stdin_fd; /* it ends when this is closed, also by a crash of the test */
    int http_port;
    char location[256];
    char control_url[256];
    char control[64];
} gateway_process;

/* Starts natupnp-gateway with these options, NULL after the last one. */
void gateway_start_with(gateway_process *g, const char *const *options);
#define gateway_start(g, ...) gateway_start_with((g), (const char *const[]){__VA_ARGS__, NULL})

/* Ends it; one that was never started is allowed. */
void gateway_stop(gateway_process *g);

/* GET and POST of the control interface. A failure fails the test. The result is decref'ed by the
 * caller. */
json_t *gateway_get(const gateway_process *g, const char *path);
void gateway_post(const gateway_process *g, const char *path, const char *json);

/* POST /set with a formatted object. */
void gateway_set(const gateway_process *g, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* How often an action, or "description", was asked for. */
size_t gateway_asked(const gateway_process *g, const char *action);

/* How many requests of any kind it had, and how many connections. */
size_t gateway_requests(const gateway_process *g);
size_t gateway_connections(const gateway_process *g);

/* How many requests reached it for actions that change something. */
size_t gateway_writes(const gateway_process *g);

/* An argument of the last request for an action; "" when there is none. In a static buffer. */
const char *gateway_argument(const gateway_process *g, const char *action, const char *name);

/* What the table has at a key, to be decref'ed; NULL when nothing. */
json_t *gateway_entry(const gateway_process *g, int external_port, const char *protocol);
size_t gateway_entries(const gateway_process *g);

/* Fails the test unless the entry is there with these values. */
void gateway_expect(const gateway_process *g, int external_port, const char *protocol,
                    const char *internal_client, int internal_port);

/* Puts a permanent mapping into the table. */
void gateway_put(const gateway_process *g, int external_port, const char *protocol,
                 const char *internal_client, int internal_port);

#endif
