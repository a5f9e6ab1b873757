/* SPDX-License-Identifier: MIT */
/*
 * The order of writes: an operation that writes a key waits for earlier ones
 * with the same key. One that takes any free port may come to write any key of
 * its protocol, so it waits for all of those, and they for it.
 */
#include "op.h"

/* Those of any port have a list of their own behind the buckets. */
static size_t slot_of(const natupnp_op *op)
{
    if (op->key_port == 0)
        return NAT__KEY_BUCKETS;
    unsigned hash = op->key_port * 2U + (op->key_protocol == NATUPNP_PROTOCOL_UDP);
    return hash % NAT__KEY_BUCKETS;
}

static bool may_meet(const natupnp_op *a, const natupnp_op *b)
{
    return a->key_protocol == b->key_protocol &&
           (a->key_port == b->key_port || a->key_port == 0 || b->key_port == 0);
}

/* The slots where those stand that an operation may meet: a first and a last one, and that of any
 * port. */
static void slots_to_look_at(const natupnp_op *op, size_t *first, size_t *last)
{
    *first = op->key_port == 0 ? 0 : slot_of(op);
    *last = op->key_port == 0 ? NAT__KEY_BUCKETS - 1 : *first;
}

static bool is_behind_in(const natupnp_op *op, const nat__link *slot)
{
    NAT__LIST_EACH (slot, it) {
        const natupnp_op *other = NAT__MEMBER(it, natupnp_op, key_link);
        if (other->id < op->id && may_meet(op, other))
            return true;
    }
    return false;
}

static bool is_behind(const natupnp_op *op)
{
    const nat__link *slots = op->client->keys;
    size_t first, last;
    slots_to_look_at(op, &first, &last);
    for (size_t i = first; i <= last; i++)
        if (is_behind_in(op, &slots[i]))
            return true;
    return is_behind_in(op, &slots[NAT__KEY_BUCKETS]);
}

bool nat__turn_take(natupnp_op *op)
{
    nat__list_append(&op->client->keys[slot_of(op)], &op->key_link);
    op->waits_turn = is_behind(op);
    return !op->waits_turn;
}

static void let_go(natupnp_op *gone, nat__link *slot)
{
    NAT__LIST_EACH (slot, it) {
        natupnp_op *other = NAT__MEMBER(it, natupnp_op, key_link);
        if (!other->waits_turn || !may_meet(gone, other) || is_behind(other))
            continue;
        other->waits_turn = false;
        nat__list_append(&other->client->runnable, &other->turn);
    }
}

void nat__turn_leave(natupnp_op *op)
{
    if (!op->keyed)
        return;
    nat__link *slots = op->client->keys;
    size_t first, last;
    nat__list_remove(&op->key_link);
    op->keyed = false;
    slots_to_look_at(op, &first, &last);
    for (size_t i = first; i <= last; i++)
        let_go(op, &slots[i]);
    let_go(op, &slots[NAT__KEY_BUCKETS]);
}
