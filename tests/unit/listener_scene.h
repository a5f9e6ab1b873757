/* SPDX-License-Identifier: MIT */
/* A listener on the loopback interface, and hosts that send to it: one thread drives both. */
#ifndef NATUPNP_TESTS_LISTENER_SCENE_H
#define NATUPNP_TESTS_LISTENER_SCENE_H

#include "check.h"

#include "wires/listener.h"

typedef struct scene scene;
struct scene {
    nat__loop loop;
    nat__log log;
    uint64_t now_ms; /* stands still unless a test moves it */
    nat__listener *listener;
    nat__expected expected; /* from 127.0.0.1 */
    nat__expected other;    /* from 127.0.0.2 */
    unsigned code;          /* to answer */
    int calls;
    void (*extra)(scene *s); /* done in the handler */
    char headers[256];       /* of the last event, as "NT=upnp:event " and so on */
    char body[NAT__GENA_BODY_MAX + 1];
    size_t body_length;
    size_t descriptors; /* open before it began */
};

/* For cmocka. The teardown checks that no descriptor was left open. */
int scene_setup(void **state);
int scene_teardown(void **state);
#define scene_test(function) cmocka_unit_test_setup_teardown(function, scene_setup, scene_teardown)

/* How many descriptors this process has. */
size_t descriptors_open(void);

/* Whether the loop has something to do at this moment. */
bool scene_readable(const scene *s);

/* Runs the loop until it has nothing to do; how many turns that took. */
int scene_settle(scene *s);

/* Connects from an address. The listener does not know of it before the loop is run. */
int peer_open(const scene *s, const char *from);

/* Sends all of it, and runs the loop where that is needed to get it through. */
void peer_send(scene *s, int fd, const char *data, size_t length);
void peer_write(scene *s, int fd, const char *text);

/* Waits for the end of the connection and closes it: the HTTP status, or 0 when there was no
 * answer, which is kept in *reply when that is not NULL. */
unsigned peer_await(scene *s, int fd, char reply[512]);

/* Whether the other side has ended the connection. */
bool peer_ended(int fd);

/* All of it: what a request on a connection of its own is answered. */
unsigned ask(scene *s, const char *from, const char *request);

/* Runs the loop; after that the other side must have ended the connection. */
void settle_until_ended(scene *s, int fd);

/* Sets how many descriptors this process may have. */
void allow_descriptors(size_t count);

/* A request with a body, freed by the caller. more: header lines with CRLF, or "". */
char *notify_text(const char *method, const char *path, const char *more, const char *body);

#define GENA "NT: upnp:event\r\nNTS: upnp:propchange\r\nSID: uuid:1\r\nSEQ: 7\r\n"
#define BODY "<e:propertyset/>"

/* An event that is expected, freed by the caller. */
char *good_text(const scene *s);

#endif
