/* SPDX-License-Identifier: MIT */
#include "keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *nat__doing(char text[NAT__DOING_TEXT], const char *what, const nat__mapping_values *key)
{
    snprintf(text, NAT__DOING_TEXT, "%s %u/%s", what, (unsigned)key->external_port,
             natupnp_protocol_name(key->protocol));
    return text;
}

char *nat__tell_holder(const nat__mapping_values *key, const nat__mapping_values *holder)
{
    char *text = NULL;
    bool named = holder->description[0] != '\0';
    int length = asprintf(&text, "%u/%s is mapped to %s:%u%s%s%s", (unsigned)key->external_port,
                          natupnp_protocol_name(key->protocol), holder->internal_client,
                          (unsigned)holder->internal_port, named ? " (\"" : "", holder->description,
                          named ? "\")" : "");
    return length < 0 ? NULL : text;
}

void nat__failure_keep(nat__failure *failure, const nat__result *result)
{
    failure->result = *result;
    failure->result.mapping = NULL;
    if (result->detail) {
        snprintf(failure->detail, sizeof failure->detail, "%s", result->detail);
        failure->result.detail = failure->detail;
    }
}

static void fail(natupnp_op *op, const nat__result *result)
{
    const nat__add_work *w = op->work;
    char doing[NAT__DOING_TEXT];
    nat__op_fail(op, result, nat__doing(doing, "adding", &w->wish));
}

/* Whether a mapping leads where the wish does. */
static bool is_ours(const nat__add_work *w, const nat__mapping_values *found)
{
    return strcmp(found->internal_client, w->wish.internal_client) == 0;
}

bool nat__add_was_ours(const nat__add_work *w, const nat__mapping_values *found)
{
    size_t shown = strlen(found->description); /* cut short by some */
    return w->again && found->internal_port == w->wish.internal_port &&
           (is_ours(w, found) || strcmp(found->internal_client, w->former) == 0) &&
           strncmp(found->description, w->wish.description, shown) == 0;
}

static bool leads_there(const nat__add_work *w, const nat__mapping_values *found)
{
    return is_ours(w, found) && found->internal_port == w->wish.internal_port &&
           (found->enabled || !w->wish.enabled);
}

/* Whether an entry can be what was just asked for: an older one of ours has less of its lease left.
 */
static bool has_the_lease(const nat__add_work *w, const nat__mapping_values *found)
{
    enum { SLACK_S = 30 }; /* between the two answers */
    return w->wish.lease_s == 0 || found->lease_s + SLACK_S >= w->wish.lease_s;
}

static void on_held_by(natupnp_op *op, const nat__mapping_values *holder)
{
    const nat__add_work *w = op->work;
    if (!nat__op_set_mapping(op, holder))
        return;
    char *text = nat__tell_holder(&w->wish, holder);
    nat__op_finish(op, NATUPNP_E_CONFLICT, w->failure.result.fault,
                   "%s already; remove that mapping first, or ask for another port",
                   text ? text : "the port is mapped");
    free(text);
}

/* ---- a mapping that should not be open ---- */

static void on_undone(natupnp_op *op, const nat__result *result)
{
    if (result->status == NATUPNP_OK || result->status == NATUPNP_E_NOT_FOUND)
        op->wrote = op->maybe_applied = false;
    nat__op_finish(op, NATUPNP_E_UNSUPPORTED, 0,
                   "this gateway opens the port of a mapping that is switched off%s; "
                   "add it when the port may be open",
                   op->wrote ? ", and could not undo it" : ", so it was left as it was before");
}

static void on_opened(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status != NATUPNP_OK) {
        fail(op, result);
    } else if (!is_ours(w, result->mapping) ||
               result->mapping->internal_port != w->wish.internal_port) {
        on_held_by(op, result->mapping); /* somebody was faster */
    } else if (!result->mapping->enabled) {
        if (nat__op_set_mapping(op, result->mapping))
            nat__op_succeed(op);
    } else if (w->before) {
        op->gateway->protocol->map(op, &w->before->values, on_undone);
    } else {
        nat__unmap(op, &w->wish, on_undone);
    }
}

void nat__add_confirmed(natupnp_op *op, const nat__mapping_values *made)
{
    nat__add_work *w = op->work;
    w->wish.external_port = made->external_port;
    if (!w->wish.enabled)
        op->gateway->protocol->lookup(op, &w->wish, on_opened);
    else if (nat__op_set_mapping(op, made))
        nat__op_succeed(op);
}

/* ---- one given port ---- */

static void on_put_back(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status != NATUPNP_OK) {
        nat__tell_lost(op, &w->before->values, result->fault);
        return;
    }
    op->wrote = op->maybe_applied = false;
    fail(op, &w->failure.result);
}

static void on_anew_read(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status == NATUPNP_OK && leads_there(w, result->mapping)) {
        op->wrote = true;
        nat__add_confirmed(op, result->mapping);
    } else if (result->status == NATUPNP_OK && !is_ours(w, result->mapping)) {
        on_held_by(op, result->mapping);
    } else {
        op->gateway->protocol->map(op, &w->before->values, on_put_back);
    }
}

static void on_added_anew(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status == NATUPNP_OK) {
        nat__add_confirmed(op, result->mapping);
        return;
    }
    nat__failure_keep(&w->failure, result);
    if (result->status == NATUPNP_E_CONFLICT) /* nobody holds it now */
        w->failure.result.status = NATUPNP_E_NOT_PERMITTED;
    if (nat__is_unclear(result))
        op->gateway->protocol->lookup(op, &w->wish, on_anew_read);
    else
        op->gateway->protocol->map(op, &w->before->values, on_put_back);
}

static void on_cleared(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status == NATUPNP_OK || result->status == NATUPNP_E_NOT_FOUND ||
        nat__is_unclear(result))
        op->gateway->protocol->map(op, &w->wish, on_added_anew);
    else
        fail(op, &w->failure.result);
}

/* One's own is in the way: Sagemcom F@st 5656 and TP-Link W8951ND do not overwrite it. */
static void replace(natupnp_op *op, const nat__mapping_values *own)
{
    nat__add_work *w = op->work;
    free(w->before);
    w->before = nat__mapping_new(own);
    if (w->before)
        nat__unmap(op, &w->wish, on_cleared);
    else
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
}

/* A refusal was looked into: the key says whether it is a conflict. */
static void on_conflict_read(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    bool conflict = w->failure.result.status == NATUPNP_E_CONFLICT;
    if (result->status == NATUPNP_OK && !is_ours(w, result->mapping)) {
        if (conflict && nat__add_was_ours(w, result->mapping))
            replace(op, result->mapping);
        else
            on_held_by(op, result->mapping);
    } else if (result->status == NATUPNP_OK && conflict && leads_there(w, result->mapping) &&
               w->wish.enabled && w->wish.lease_s == 0) {
        nat__add_confirmed(op, result->mapping);
    } else if (result->status == NATUPNP_OK && conflict) {
        /* Made again by ourselves, it is no reason to remove another program's. */
        if (w->again && !nat__add_was_ours(w, result->mapping))
            on_held_by(op, result->mapping);
        else
            replace(op, result->mapping);
    } else if (result->status == NATUPNP_E_NOT_FOUND && conflict) {
        nat__op_finish(
            op, NATUPNP_E_NOT_PERMITTED, w->failure.result.fault,
            "the gateway refuses %u/%s for %s although the port is not mapped: it may map "
            "only to the host that asks, or keep this port for itself; ask from that "
            "host, or ask for another port",
            (unsigned)w->wish.external_port, natupnp_protocol_name(w->wish.protocol),
            w->wish.internal_client);
    } else {
        fail(op, &w->failure.result);
    }
}

/* No clear answer came (Broadcom BRCM400 closes instead): what is there decides. */
static void on_unclear_read(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status == NATUPNP_OK && leads_there(w, result->mapping) &&
        has_the_lease(w, result->mapping)) {
        op->wrote = true;
        nat__add_confirmed(op, result->mapping);
        return;
    }
    if (result->status == NATUPNP_E_NOT_FOUND)
        op->maybe_applied = false; /* it had no effect */
    fail(op, &w->failure.result);
}

static void on_mapped(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status == NATUPNP_OK) {
        nat__add_confirmed(op, result->mapping);
        return;
    }
    nat__failure_keep(&w->failure, result);
    /* 501 is some devices' word for a conflict (Linksys WRT1900AC). */
    if (result->status == NATUPNP_E_CONFLICT || result->fault == 501)
        op->gateway->protocol->lookup(op, &w->wish, on_conflict_read);
    else if (nat__is_unclear(result))
        op->gateway->protocol->lookup(op, &w->wish, on_unclear_read);
    else
        fail(op, result);
}

static void on_before(natupnp_op *op, const nat__result *result)
{
    nat__add_work *w = op->work;
    if (result->status == NATUPNP_OK && !is_ours(w, result->mapping)) {
        on_held_by(op, result->mapping);
        return;
    }
    if (result->status != NATUPNP_OK && result->status != NATUPNP_E_NOT_FOUND) {
        fail(op, result);
        return;
    }
    if (result->status == NATUPNP_OK && !(w->before = nat__mapping_new(result->mapping))) {
        nat__op_finish(op, NATUPNP_E_NOMEM, 0, NULL);
        return;
    }
    op->gateway->protocol->map(op, &w->wish, on_mapped);
}

/* ---- the verb ---- */

/* Sets what does not come from the request, or is changed on the way. */
static bool prepare(natupnp_op *op)
{
    nat__add_work *w = op->work;
    nat__ip source;
    w->wish.external_port = w->port;
    w->wish.internal_client = w->client;
    w->wish.description = w->description;
    w->wish.remote_host = w->remote_host;
    w->wish.gateway = "";
    w->gateway_chose = w->internal_tried = false;
    w->tries = 0;
    free(w->before);
    w->before = NULL;
    if (w->client)
        return true;
    if (!nat__net_source_for(op->gateway->control.host, &source)) {
        nat__op_finish(op, NATUPNP_E_NETWORK, 0,
                       "no local address reaches the gateway; check this host's network");
        return false;
    }
    w->wish.internal_client = nat__ip_text(source, w->local);
    return true;
}

void nat__add_run(natupnp_op *op)
{
    nat__add_work *w = op->work;
    if (!prepare(op))
        return;
    if (w->any_port || w->port == 0)
        nat__add_any(op);
    else if (!w->wish.enabled)
        op->gateway->protocol->lookup(op, &w->wish, on_before);
    else
        op->gateway->protocol->map(op, &w->wish, on_mapped);
}

static void run(natupnp_op *op)
{
    nat__add_run(op);
    if (!op->done)
        nat__op_want_external_ip(op);
}

static bool ended(natupnp_op *op, natupnp_status status)
{
    const nat__add_work *w = op->work;
    if (status != NATUPNP_OK)
        return true;
    if (w->keep)
        return nat__keeper_hold(op);
    nat__keeper_changed(op->client, op->mapping, w->wish.lease_s);
    return true;
}

void nat__add_clean(void *work)
{
    nat__add_work *w = work;
    free(w->remote_host);
    free(w->client);
    free(w->description);
    free(w->before);
}

const nat__verb nat__verb_add = {.name = "add",
                                 .kind = NAT__VERB_ADD,
                                 .work_size = sizeof(nat__add_work),
                                 .run = run,
                                 .ended = ended,
                                 .clean = nat__add_clean};
