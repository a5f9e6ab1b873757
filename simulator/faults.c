/* SPDX-License-Identifier: MIT */
/* The faults that can be ordered, and how they spoil a good reply. */
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *text;
    bool done;
} fault_table[] = {
#define FAULT_ROW(name, text, done) {text, done},
    FAULT_MAP(FAULT_ROW)
#undef FAULT_ROW
};

const char *fault_name(enum fault_kind kind)
{
    return fault_table[kind].text;
}

bool fault_done(const struct fault *fault)
{
    return fault_table[fault->kind].done;
}

static bool parse_kind(struct fault *fault, const char *text)
{
    uint64_t number = 0;

    if (!strncmp(text, "latency=", 8)) {
        fault->kind = FAULT_LATENCY;
        if (!text_number(text + 8, 600000, &number))
            return false;
        fault->number = (int)number;
        return true;
    }
    bool negative = *text == '-'; /* some devices have negative codes */
    if (text_number(text + negative, 99999, &number)) {
        fault->kind = FAULT_NUMBER;
        fault->number = negative ? -(int)number : (int)number;
        return true;
    }
    for (size_t i = FAULT_HANG; i < FAULT_KINDS; i++) {
        if (!strcmp(fault_table[i].text, text)) {
            fault->kind = (enum fault_kind)i;
            return true;
        }
    }
    return false;
}

bool faults_add(struct faults *faults, const char *action, const char *what, char why[FAULTS_WHY])
{
    struct fault fault = {.left = -1};
    const char *colon = strrchr(what, ':');
    size_t length = colon ? (size_t)(colon - what) : strlen(what);
    char kind[32];
    uint64_t count = 0;

    if (faults->count == FAULTS_MOST) {
        snprintf(why, FAULTS_WHY, "more than %d faults", FAULTS_MOST);
        return false;
    }
    if (!*action || !text_copy(fault.action, sizeof fault.action, action)) {
        snprintf(why, FAULTS_WHY, "a fault needs the name of an action, description or *");
        return false;
    }
    if (colon && !text_number(colon + 1, 1000000, &count)) {
        snprintf(why, FAULTS_WHY, "%.64s: the count of a fault must be a number", what);
        return false;
    }
    if (colon)
        fault.left = (int)count;
    snprintf(kind, sizeof kind, "%.*s", (int)(length < 32 ? length : 31), what);
    if (!parse_kind(&fault, kind)) {
        snprintf(why, FAULTS_WHY, "%.64s: no fault is called so", what);
        return false;
    }
    faults->list[faults->count++] = fault;
    return true;
}

static bool add_json(struct faults *faults, const char *action, const json_t *what,
                     char why[FAULTS_WHY])
{
    if (!json_is_string(what)) {
        snprintf(why, FAULTS_WHY, "faults: %.64s must be a string or an array of strings", action);
        return false;
    }
    return faults_add(faults, action, json_string_value(what), why);
}

bool faults_from_json(struct faults *faults, const json_t *object, char why[FAULTS_WHY])
{
    const char *action;
    json_t *value;

    faults->count = 0;
    if (!json_is_object(object)) {
        snprintf(why, FAULTS_WHY, "faults: must be an object");
        return false;
    }
    json_object_foreach((json_t *)object, action, value)
    {
        if (!json_is_array(value)) {
            if (!add_json(faults, action, value, why))
                return false;
            continue;
        }
        for (size_t i = 0; i < json_array_size(value); i++)
            if (!add_json(faults, action, json_array_get(value, i), why))
                return false;
    }
    return true;
}

json_t *faults_to_json(const struct faults *faults)
{
    json_t *object = json_object();

    for (size_t i = 0; i < faults->count; i++) {
        const struct fault *fault = &faults->list[i];
        char what[64];
        int length;

        if (fault->kind == FAULT_NUMBER)
            length = snprintf(what, sizeof what, "%d", fault->number);
        else if (fault->kind == FAULT_LATENCY)
            length = snprintf(what, sizeof what, "latency=%d", fault->number);
        else
            length = snprintf(what, sizeof what, "%s", fault_name(fault->kind));
        if (fault->left >= 0)
            snprintf(what + length, sizeof what - (size_t)length, ":%d", fault->left);
        json_t *list = json_object_get(object, fault->action);
        if (!list) {
            list = json_array();
            json_object_set_new(object, fault->action, list);
        }
        json_array_append_new(list, json_string(what));
    }
    return object;
}

static bool take_by(struct faults *faults, const char *action, struct fault *out, int *latency_ms)
{
    for (size_t i = 0; i < faults->count; i++) {
        struct fault *fault = &faults->list[i];

        if (!fault->left || strcmp(fault->action, action) != 0)
            continue;
        if (fault->left > 0)
            fault->left--;
        if (fault->kind == FAULT_LATENCY) {
            *latency_ms += fault->number;
            continue;
        }
        *out = *fault;
        return true;
    }
    return false;
}

struct fault faults_take(struct faults *faults, const char *action, const char *any_action,
                         int *latency_ms)
{
    struct fault fault = {.kind = FAULT_NONE};

    if (!take_by(faults, action, &fault, latency_ms) && any_action)
        take_by(faults, any_action, &fault, latency_ms);
    return fault;
}

/* Where the last element ends: what is put here is still inside the document. */
static size_t last_end(const struct text *body)
{
    for (size_t i = body->length; i > 0; i--)
        if (body->data[i - 1] == '<')
            return i - 1;
    return body->length;
}

static void insert(struct text *body, size_t at, const char *string)
{
    text_insert(body, at, string, strlen(string));
}

static void make_html(struct reply *reply, int status, const char *title)
{
    text_free(&reply->body);
    text_format(&reply->body, "<html><head><title>%s</title></head><body><h1>%s</h1></body></html>",
                title, title);
    reply->status = status;
    reply->type = "text/html";
}

static void make_deep(struct text *body)
{
    struct text nest = {0};

    for (int i = 0; i < 10000; i++)
        text_add(&nest, "<d>");
    for (int i = 0; i < 10000; i++)
        text_add(&nest, "</d>");
    text_insert(body, last_end(body), nest.data, nest.length);
    text_free(&nest);
}

static void make_doctype(struct text *body)
{
    static const char bomb[] = "<!DOCTYPE bomb [<!ENTITY a \"aaaaaaaaaaaaaaaa\">"
                               "<!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">"
                               "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
                               "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
                               "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">"
                               "<!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">]>";
    const char *declaration = strstr(body->data, "?>");

    insert(body, last_end(body), "<bomb>&f;</bomb>");
    insert(body, declaration ? (size_t)(declaration - body->data) + 2 : 0, bomb);
}

/* Into a description or a name if the reply has one, else into an element of its own. */
static void make_latin1(struct text *body)
{
    static const char *const places[] = {"</NewPortMappingDescription>", "</p:NewDescription>",
                                         "&lt;/p:NewDescription&gt;", "</friendlyName>"};

    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        const char *place = strstr(body->data, places[i]);
        if (place) {
            insert(body, (size_t)(place - body->data), "caf\xE9");
            return;
        }
    }
    const char *place = strstr(body->data, "</u:");
    insert(body, place ? (size_t)(place - body->data) : last_end(body), "<X_Note>caf\xE9</X_Note>");
}

/* Cuts off the end, so that what follows seems to belong to the document. */
static void make_open(struct text *body)
{
    body->length = last_end(body);
    body->data[body->length] = '\0';
}

void fault_apply(enum fault_kind kind, struct reply *reply)
{
    struct text *body = &reply->body;
    struct text padding = {0};

    if (!body->data)
        text_add(body, "");
    switch (kind) {
    case FAULT_HANG:
    case FAULT_HANG_AFTER:
        reply->manner = MANNER_HANG;
        break;
    case FAULT_DROP:
    case FAULT_DROP_AFTER:
        reply->manner = MANNER_DROP;
        break;
    case FAULT_EMPTY:
        text_free(body);
        break;
    case FAULT_HTTP404:
        make_html(reply, 404, "Not Found");
        break;
    case FAULT_HTTP500:
        make_html(reply, 500, "Internal Server Error");
        break;
    case FAULT_HTML200:
        make_html(reply, 200, "Please log in");
        break;
    case FAULT_REDIRECT:
        text_free(body);
        reply->status = 302;
        reply->redirect = "http://127.0.0.1:9/";
        break;
    case FAULT_OVERSIZE:
        text_fill(&padding, ' ', 2 * 1024 * 1024);
        text_insert(body, last_end(body), padding.data, padding.length);
        text_free(&padding);
        break;
    case FAULT_ENDLESS:
        make_open(body);
        reply->manner = MANNER_ENDLESS;
        break;
    case FAULT_DRIP:
        make_open(body);
        reply->manner = MANNER_DRIP;
        break;
    case FAULT_TRUNCATE:
        reply->manner = MANNER_TRUNCATE;
        break;
    case FAULT_DOCTYPE:
        make_doctype(body);
        break;
    case FAULT_BADXML:
        insert(body, last_end(body), "<unbalanced>");
        break;
    case FAULT_LATIN1:
        make_latin1(body);
        break;
    case FAULT_DEEP:
        make_deep(body);
        break;
    case FAULT_BIGHEADER:
        reply->big_header = true;
        break;
    default:
        break;
    }
}
