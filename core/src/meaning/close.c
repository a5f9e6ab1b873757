/* SPDX-License-Identifier: MIT */
/* The close: kept mappings are removed, and the gateway is told to send no more events. */
#include "keeper_work.h"
#include "monitor.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct close_work {
    nat__http_request *farewell; /* under way, or NULL */
    size_t failed, left;
    natupnp_status status; /* of the first that failed */
    char detail[512];
    char *why; /* the first that was left was; NULL without memory too */
} close_work;

static void finish_when_done(natupnp_op *op)
{
    const close_work *w = op->work;
    const nat__keeper *keeper = op->client->keeper;
    if (w->farewell || (keeper && keeper->closing == op))
        return;
    if (w->failed == 0 && w->left == 0)
        nat__op_finish(op, NATUPNP_OK, 0, NULL);
    else if (w->failed == 0)
        nat__op_finish(op, NATUPNP_OK, 0, "%zu kept mapping%s left as %s: %s", w->left,
                       w->left == 1 ? " was" : "s were", w->left == 1 ? "it is" : "they are",
                       w->why ? w->why : "another has the port by now");
    else
        nat__op_finish(op, w->status, 0, "%zu kept mapping%s could not be removed: %s", w->failed,
                       w->failed == 1 ? "" : "s", w->detail);
}

void nat__close_failed(natupnp_op *closing, const natupnp_op *removal)
{
    close_work *w = closing->work;
    if (w->failed++ > 0)
        return;
    w->status = removal->status;
    snprintf(w->detail, sizeof w->detail, "%s", natupnp_op_detail(removal));
}

void nat__close_left(natupnp_op *closing, char *why)
{
    close_work *w = closing->work;
    if (w->left++ == 0)
        w->why = why;
    else
        free(why);
}

void nat__close_kept_gone(natupnp_op *closing)
{
    nat__keeper_closed(closing->client->keeper);
    finish_when_done(closing);
}

void nat__keeper_remove_all(nat__keeper *keeper, natupnp_op *closing)
{
    keeper->closing = closing;
    for (size_t i = 0; i < NAT__KEEPER_BUCKETS; i++) {
        NAT__LIST_EACH (&keeper->buckets[i], it) {
            nat__kept *kept = NAT__MEMBER(it, nat__kept, link);
            /* Which port one of any port takes is known only when it has ended. */
            if (kept->op && !(kept->work == NAT__KEPT_MAKE && kept->any_port))
                nat__kept_abandon(kept);
            nat__timer_clear(&keeper->client->loop, &kept->timer);
            nat__kept_line_up(kept, NAT__KEPT_REMOVE);
        }
    }
    nat__keeper_next(keeper);
}

void nat__keeper_closed(nat__keeper *keeper)
{
    keeper->closing = NULL;
    keeper->listed = NATUPNP_E_PENDING;
    nat__mappings_free(&keeper->table);
}

static void on_farewell(void *arg, const nat__http_reply *reply)
{
    natupnp_op *op = arg;
    close_work *w = op->work;
    (void)reply; /* a gateway that has gone cannot send events either */
    w->farewell = NULL;
    finish_when_done(op);
}

static void run(natupnp_op *op)
{
    close_work *w = op->work;
    nat__keeper *keeper = op->client->keeper;
    if (keeper && keeper->closing) {
        nat__op_finish(op, NATUPNP_E_BUSY, 0, "the client is being closed already");
        return;
    }
    w->farewell = nat__monitor_farewell(op->client, on_farewell, op);
    if (keeper && keeper->count > 0)
        nat__keeper_remove_all(keeper, op);
    else
        finish_when_done(op);
}

/* Cancelled, or out of time: what is left is left to its lease. */
static bool ended(natupnp_op *op, natupnp_status status)
{
    close_work *w = op->work;
    nat__keeper *keeper = op->client->keeper;
    (void)status;
    if (w->farewell)
        nat__http_cancel(w->farewell);
    w->farewell = NULL;
    if (keeper && keeper->closing == op) {
        nat__keeper_closed(keeper);
        for (size_t i = 0; i < NAT__KEEPER_BUCKETS; i++)
            NAT__LIST_EACH (&keeper->buckets[i], it)
                nat__kept_free(NAT__MEMBER(it, nat__kept, link));
    }
    return true;
}

static void clean(void *work)
{
    close_work *w = work;
    free(w->why);
}

const nat__verb nat__verb_close = {
    .name = "close",
    .kind = NAT__VERB_OTHER,
    .work_size = sizeof(close_work),
    .searches = true,
    .late = "the time allowed ended before every kept mapping was removed; what is left goes with "
            "its lease",
    .run = run,
    .ended = ended,
    .clean = clean};
