/* SPDX-License-Identifier: MIT */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "run.h"
#include <natupnp/natupnp.h>
#include <stdbool.h>

/** Tells an event. False when that was enough. */
typedef bool follow_fn(void *arg, const natupnp_event *event);

/**
 * Watch, and tell each event as it comes: until that was enough, a signal came, or, when what is
 * told goes to standard output, nobody reads that any more. Nothing wakes the process in between.
 *
 * @return false with the failure filled in when it could not go on.
 */
bool follow(struct run *run, bool to_stdout, follow_fn *tell, void *arg, struct fail *fail);

/**
 * End it: remove every kept mapping, and let the gateway know that nobody watches any more. A
 * signal that came before does not hinder that; a later one ends the process.
 *
 * @param limit_ms  How long that may take.
 * @param fail      Filled in when a mapping could not be removed; else its detail is what else
 * there is to say, or "".
 */
void follow_end(struct run *run, uint32_t limit_ms, struct fail *fail);

#endif
