/* SPDX-License-Identifier: MIT */
/*
 * Reading the table entry by entry, several requests under way. The table may
 * change meanwhile: when all is read the first and the last entry are read
 * again, and a repeated key or an early end shows it too. Then it is read anew.
 *
 * Only 713 says that the table ends. Any other failure is doubted: from then on
 * there is one request at a time, and that index is asked for again after a
 * pause. What is said then is believed if it is an entry, or what the gateway
 * says of the highest index there can be (DD-WRT ends its table with 402,
 * Linksys WRT1900AC with 501); else the reading ends with that failure.
 */
#include "igd.h"
#include "igd_list.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    WINDOW = 8,         /* requests under way; the HTTP floor keeps them in bounds */
    WINDOW_UNASKED = 2, /* of a reading that no user waits for */
    INDEX_MAX = 0xFFFF, /* nearer than that the table ends, or it is cut */
    PASSES_MAX = 4,     /* a table that still changes then is given as it was last read */
    BAD_RUN_MAX = 32,   /* a few bad entries are left out; so many are no table */
    STUMBLES_MAX = 16,  /* a gateway that fails more often does not get to the end */
    PAUSE_MS = 300
};

/* The error codes of WANIPConnection, section 2.4.10, and what devices give instead. */
enum { INVALID_ARGS = 402, ACTION_FAILED = 501, NO_SUCH_INDEX = 713, NO_SUCH_ENTRY = 714 };

static void begin_pass(natupnp_op *op);
static void go_on(natupnp_op *op);

/* Puts an entry at its index; NULL for one that makes no sense. False without memory. */
static bool put(natupnp_op *op, size_t index, const nat__mapping_values *values)
{
    static const nat__mapping_values blank = {"", "", "", "", 0, 0, NATUPNP_PROTOCOL_TCP, false, 0};
    while (op->mappings.count <= index && !op->mappings.full)
        if (!nat__mappings_add(&op->mappings, &blank))
            return false;
    return !values || op->mappings.full || nat__mappings_replace(&op->mappings, index, values);
}

/* The entry read at an index, or NULL when none was, or it made no sense. */
static const nat__mapping_values *at(const natupnp_op *op, size_t index)
{
    const nat__mappings *all = &op->mappings;
    return index < all->count && all->at[index]->values.external_port > 0 ? &all->at[index]->values
                                                                          : NULL;
}

static void set_end(struct nat__index_reading *r, size_t index, bool odd)
{
    r->end = index;
    r->end_is_odd = odd;
    if (r->doubt >= index)
        r->doubt = SIZE_MAX;
}

/* Three times the same: a gateway that repeats its last entry for ever. */
static void stop_repetition(natupnp_op *op, size_t index)
{
    for (size_t last = index < 2 ? 2 : index; last <= index + 2; last++) {
        const nat__mapping_values *a = at(op, last - 2), *b = at(op, last - 1), *c = at(op, last);
        if (a && b && c && nat__mapping_same_key(a, b) && nat__mapping_same_key(b, c) &&
            last - 1 < op->listing->index.end)
            set_end(&op->listing->index, last - 1, false);
    }
}

static void finish_bad(natupnp_op *op)
{
    nat__listing_finish(
        op, &(nat__result){.status = NATUPNP_E_BAD_REPLY, .detail = "its entries make no sense"});
}

static void end_pass(natupnp_op *op)
{
    nat__listing *l = op->listing;
    bool repeated;
    bool last = l->index.passes >= PASSES_MAX;
    if ((l->index.end > 0 && !l->index.any_good) ||
        (l->index.end == 0 && l->index.any_good && last)) {
        finish_bad(op);
        return;
    }
    if (l->index.end == 0 && l->range.any) {
        nat__listing_finish(
            op, &(nat__result){.status = NATUPNP_E_BAD_REPLY,
                               .detail = "it tells of mappings by port, and of none by number"});
        return;
    }
    nat__mappings_cut(&op->mappings, l->index.end);
    if (!nat__listing_tidy(&op->mappings, &repeated)) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return;
    }
    bool changed = l->index.changed || repeated;
    if (changed && !last) {
        begin_pass(op);
        return;
    }
    if (changed)
        nat__log_line(&op->client->log, NATUPNP_LOG_WARNING,
                      "the gateway's table changed each time that it was read");
    nat__listing_finish(op, &(nat__result){.status = NATUPNP_OK});
}

static bool ask(natupnp_op *op, size_t index, nat__action_done *done)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", index);
    const nat__soap_arg args[] = {{"NewPortMappingIndex", text}};
    op->listing->pending++;
    return nat__igd_send(op, "GetGenericPortMappingEntry", args, 1, NAT__ACTION_READS, done, NULL,
                         NULL, index);
}

static void on_entry(nat__action *action, const nat__answer *answer);

/* All is read: the ends of the table once more, and what is behind one that was told oddly. */
static void check(natupnp_op *op)
{
    struct nat__index_reading *r = &op->listing->index;
    size_t end = r->end;
    bool odd = r->end_is_odd;
    r->checking = true;
    if (ask(op, 0, on_entry) && end > 1 && !ask(op, end - 1, on_entry))
        return;
    if (!op->done && odd)
        ask(op, end, on_entry);
}

/* Keeps the window full, or goes on to what follows. */
static void go_on(natupnp_op *op)
{
    nat__listing *l = op->listing;
    struct nat__index_reading *r = &l->index;
    unsigned window = r->stumbles > 0 ? 1 : op->owner ? WINDOW_UNASKED : WINDOW;
    bool reading = !r->checking && r->doubt == SIZE_MAX && !op->mappings.full;
    while (reading && l->pending < window && r->asked < r->end && r->asked < INDEX_MAX)
        if (!ask(op, r->asked++, on_entry))
            return;
    if (l->pending > 0)
        return;
    if (op->mappings.full || (r->end == SIZE_MAX && r->asked == INDEX_MAX))
        nat__listing_finish_full(op);
    else if (r->doubt != SIZE_MAX)
        nat__timer_set(l->loop, &l->pause,
                       nat__loop_now(l->loop) + (r->doubted == NATUPNP_E_BAD_REPLY ? 0 : PAUSE_MS));
    else if (r->checking || r->changed || r->end == 0)
        end_pass(op);
    else
        check(op);
}

/* ---- what came back ---- */

/* What a failure says, as a number that gateways may use for the end of the table. */
static int number_of(const nat__answer *answer)
{
    enum { HTTP = 1000000 }; /* above every code of a fault */
    return answer->status == NATUPNP_E_FAULT  ? answer->fault
           : answer->status == NATUPNP_E_HTTP ? HTTP + (int)answer->http_code
                                              : 0;
}

static bool is_told(natupnp_status status)
{
    return status == NATUPNP_E_FAULT || status == NATUPNP_E_HTTP;
}

/*
 * Whether a gateway's own number says that the table ends here. It may mean other things too: it is
 * not believed where something was read, and for an empty table only some are.
 */
static bool is_odd_end(const natupnp_op *op, const nat__answer *answer, size_t index)
{
    int number = number_of(answer);
    bool known = index < op->mappings.count || (index == 0 && op->listing->index.seen);
    return number != 0 && number == op->gateway->end_of_table && !known &&
           (index > 0 || number == NO_SUCH_ENTRY || number == INVALID_ARGS ||
            number == ACTION_FAILED);
}

static void on_end(natupnp_op *op, size_t index, bool odd)
{
    struct nat__index_reading *r = &op->listing->index;
    if ((r->checking && index < r->end) || index < op->mappings.count)
        r->changed = true; /* it was there before, or one behind it is */
    if (!r->checking && index < r->end)
        set_end(r, index, odd);
}

/* Takes an entry in; values is NULL where it makes no sense. False without memory. */
static bool on_values(natupnp_op *op, size_t index, const nat__mapping_values *values)
{
    struct nat__index_reading *r = &op->listing->index;
    if (r->checking) {
        const nat__mapping_values *before = at(op, index);
        if (!before != !values || (before && !nat__mapping_same_key(before, values)))
            r->changed = true;
        return true;
    }
    if (!put(op, index, values))
        return false;
    if (index > r->end && !at(op, r->end))
        r->changed = true;
    stop_repetition(op, index);
    return true;
}

/* Reads an entry, or what is none. False when the operation has ended. */
static bool read_entry(natupnp_op *op, size_t index, const nat__answer *answer)
{
    nat__listing *l = op->listing;
    nat__mapping_values values;
    bool good = answer->values && nat__mapping_read(&values, answer->values, false);
    values.gateway = l->gateway;
    l->index.any_good = l->index.any_good || good;
    l->index.seen = l->index.seen || good;
    l->index.bad_run = good ? 0 : l->index.bad_run + 1;
    if (l->index.bad_run > BAD_RUN_MAX) {
        finish_bad(op);
        return false;
    }
    if (!on_values(op, index, good ? &values : NULL)) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return false;
    }
    return true;
}

/* An entry or the end of the table. False for what is neither; *ended when the operation is. */
static bool settle(natupnp_op *op, size_t index, const nat__answer *answer, bool *ended)
{
    bool end = answer->status == NATUPNP_E_FAULT && answer->fault == NO_SUCH_INDEX;
    bool odd = !end && is_odd_end(op, answer, index);
    *ended = false;
    if (end && op->gateway->end_of_table != 0)
        op->gateway->end_of_table = NO_SUCH_INDEX;
    if (end || odd)
        on_end(op, index, odd);
    else if (answer->status == NATUPNP_OK)
        *ended = !read_entry(op, index, answer);
    else
        return false;
    return true;
}

static void fail(natupnp_op *op, const nat__answer *answer)
{
    nat__result result = nat__igd_result(answer);
    nat__listing_finish(op, &result);
}

/* Notes what failed and may have passed when it is asked for again. */
static bool doubt(natupnp_op *op, size_t index, const nat__answer *answer)
{
    struct nat__index_reading *r = &op->listing->index;
    bool passing = answer->status == NATUPNP_E_FAULT || answer->status == NATUPNP_E_HTTP ||
                   answer->status == NATUPNP_E_NETWORK || answer->status == NATUPNP_E_BAD_REPLY;
    if (!passing || r->stumbles >= STUMBLES_MAX)
        return false;
    if (index >= r->end && !r->checking)
        return true; /* behind the table */
    if (index < r->doubt) {
        r->doubt = index;
        r->doubted = answer->status;
    }
    return true;
}

static void on_entry(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    size_t index = (size_t)action->number;
    bool ended;
    if (nat__igd_lost(action, answer))
        return;
    op->listing->pending--;
    if (settle(op, index, answer, &ended)) {
        if (!ended)
            go_on(op);
    } else if (doubt(op, index, answer)) {
        go_on(op);
    } else {
        fail(op, answer);
    }
}

/* ---- a doubt ---- */

static void on_again(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    size_t index = (size_t)action->number;
    struct nat__index_reading *r = &op->listing->index;
    bool ended;
    if (nat__igd_lost(action, answer))
        return;
    op->listing->pending--;
    r->doubt = SIZE_MAX;
    if (!r->checking)
        r->asked = index + 1;
    if (settle(op, index, answer, &ended)) {
        if (!ended)
            go_on(op);
    } else if (answer->status == NATUPNP_E_BAD_REPLY && r->any_good) {
        /* Such as a description with a bare "&": this entry is never told well. */
        if (read_entry(op, index, answer))
            go_on(op);
    } else if (!is_told(r->doubted) && is_told(answer->status) && doubt(op, index, answer)) {
        go_on(op); /* it may be the number for the end */
    } else {
        fail(op, answer);
    }
}

static void on_probe(nat__action *action, const nat__answer *answer)
{
    natupnp_op *op = action->owner;
    if (nat__igd_lost(action, answer))
        return;
    op->listing->pending--;
    op->gateway->end_of_table = number_of(answer);
    ask(op, op->listing->index.doubt, on_again);
}

/* The pause is over. */
void nat__listing_ask_again(void *arg)
{
    natupnp_op *op = arg;
    struct nat__index_reading *r = &op->listing->index;
    bool told = is_told(r->doubted);
    r->stumbles += r->doubted != NATUPNP_E_BAD_REPLY;
    if (told)
        ask(op, INDEX_MAX, on_probe);
    else
        ask(op, r->doubt, on_again);
}

static void begin_pass(natupnp_op *op)
{
    struct nat__index_reading *r = &op->listing->index;
    nat__mappings_cut(&op->mappings, 0);
    *r = (struct nat__index_reading){.passes = r->passes + 1,
                                     .seen = r->seen,
                                     .end = SIZE_MAX,
                                     .doubt = SIZE_MAX,
                                     .stumbles = r->stumbles};
    go_on(op);
}

void nat__listing_by_index(natupnp_op *op)
{
    begin_pass(op);
}
