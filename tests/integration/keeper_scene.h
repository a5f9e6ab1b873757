/* SPDX-License-Identifier: MIT */
/* A scene whose client lives on a clock that only the test moves, and that keeps mappings. */
#ifndef KEEPER_SCENE_H
#define KEEPER_SCENE_H

#include "scene.h"

#include "face/face.h"
#include "meaning/igd_list.h"
#include "meaning/keeper_work.h"
#include "meaning/monitor_parts.h"

/* What the client's clock shows: how long this machine was awake, and how long it slept. */
extern uint64_t awake_ms, slept_ms;

/* Starts a gateway with these options, and a client that watches it and has told its first events.
 */
scene *keeper_begin_with(void **state, const char *const *options);
#define keeper_begin(state, ...)                                                                   \
    keeper_begin_with((state), (const char *const[]){__VA_ARGS__, NULL})

/* Replaces the scene's client by one on the clock, which begins anew; gateway is set to the scene's
 * if NULL, and if there is one. SHOW in the environment shows its log. */
void on_clock(scene *s, natupnp_client_options options);

/* ---- time ---- */

/* The gateway's clock goes on. */
void gateway_advance(scene *s, int seconds);

/* Both clocks go on, once nothing is under way: requests must not see the clock leap. */
void pass(scene *s, int seconds);

/* The client's clock goes on in the middle of everything. */
void leap(scene *s, uint64_t ms);

/* ---- what the client does by itself ---- */

/* Whether a request of its own is under way. */
bool is_busy(const natupnp_client *client);

/* Whether an operation waits a while before it asks again. What is below lets that time pass at
 * once. */
bool pauses(const natupnp_client *client);

/* Works until nothing is under way; says how many events of a kind came. Drops them. */
size_t work(scene *s, natupnp_event_kind kind);
void drain_events(scene *s);

/* The same, counting the events of each kind. */
enum { EVENT_KINDS = NATUPNP_EVENT_MAPPING_REFUSED + 1 };
typedef size_t tally[EVENT_KINDS];
void work_counting(scene *s, tally counts);

/* Minutes pass, one after the other, with the work that each brings. */
void pass_minutes(scene *s, int minutes, tally counts);

/* Drives the client until the gateway has had this many requests; what came in the end waits. */
void drive_until(scene *s, const char *action, size_t count);

/* Drives it until an operation ends, in real time; wait_for() would never do that when it hangs. */
natupnp_op *finish(scene *s, natupnp_op *op);

/* The next event about a mapping, which must be of this kind; freed by the caller. */
natupnp_event *next_event(scene *s, natupnp_event_kind kind);
void expect_event(scene *s, natupnp_event_kind kind);

/* Drives it until an event of this kind has come, dropping others; freed by the caller. */
natupnp_event *await_event(scene *s, natupnp_event_kind kind);

/* The same until the gateway has told that it has so many entries. */
void await_entries(scene *s, int64_t count);

/* Nothing is due: no mapping is asked for, and no event about one comes. */
void expect_quiet(scene *s);

/* ---- kept mappings ---- */

/* Adds one with a lease, and keeps it: the operation, which must succeed. */
natupnp_op *keep_leased(scene *s, int port, uint32_t lease_s);

/* The same for some ports from a first one on; the operations are freed. */
void keep_many(scene *s, int first_port, int count, uint32_t lease_s);

/* How one fares. */
void expect_kept(scene *s, size_t index, natupnp_kept_state state, natupnp_status status);

natupnp_op *start_close(scene *s);

#endif
