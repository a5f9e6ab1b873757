/* SPDX-License-Identifier: MIT */
#include "soap.h"

#include "xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Only three: some devices do not know &quot; and &apos;. */
static void escape(nat__buf *out, const char *text, bool attribute)
{
    for (; *text; text++) {
        if (*text == '&')
            nat__buf_adds(out, "&amp;");
        else if (*text == '<')
            nat__buf_adds(out, "&lt;");
        else if (*text == '>')
            nat__buf_adds(out, "&gt;");
        else if (*text == '"' && attribute)
            nat__buf_adds(out, "&quot;");
        else
            nat__buf_add(out, text, 1);
    }
}

void nat__soap_build(nat__buf *out, const char *service_type, const char *action,
                     const nat__soap_arg *args, size_t count)
{
    nat__buf_addf(out,
                  "<?xml version=\"1.0\"?>"
                  "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "
                  "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"
                  "<s:Body><u:%s xmlns:u=\"",
                  action);
    escape(out, service_type, true);
    nat__buf_adds(out, "\">");
    for (size_t i = 0; i < count; i++) {
        nat__buf_addf(out, "<%s>", args[i].name);
        escape(out, args[i].value, false);
        nat__buf_addf(out, "</%s>", args[i].name);
    }
    nat__buf_addf(out, "</u:%s></s:Body></s:Envelope>", action);
}

typedef struct parser {
    nat__soap_reply *reply;
    bool in_envelope; /* the root is one: a login page has a body too */
    unsigned body;    /* depth of the Body element, 0 outside */
    unsigned bodies;  /* seen */
    unsigned answers; /* elements directly in them */
    unsigned fault;   /* depth of the outermost Fault or UPnPError, 0 outside */
    bool code_seen;
} parser;

static void note_fault(parser *p)
{
    if (!p->reply->is_fault)
        p->reply->fault = 501;
    p->reply->is_fault = true;
}

static void note_answer(parser *p, const char *name)
{
    char *own = p->reply->name;
    bool only = ++p->answers == 1 && strlen(name) < NAT__SOAP_NAME;
    strcpy(own, only ? name : "");
}

static bool on_start(void *arg, const char *name, unsigned depth)
{
    parser *p = arg;
    if (depth == 1)
        p->in_envelope = strcasecmp(name, "Envelope") == 0;
    if (p->in_envelope && depth == 2 && strcasecmp(name, "Body") == 0) {
        p->body = depth;
        p->bodies++;
    } else if (p->body > 0 && depth == p->body + 1) {
        note_answer(p, name);
    }
    if (p->fault == 0 && (strcasecmp(name, "Fault") == 0 || strcasecmp(name, "UPnPError") == 0)) {
        p->fault = depth;
        note_fault(p);
    }
    return true;
}

/* Longer error descriptions are cut: they go into one line. */
enum { FAULT_TEXT_MAX = 200 };

/* Takes the two texts of a fault; the first code counts. False without memory. */
static bool on_fault_text(parser *p, const char *name, nat__str text)
{
    int64_t code;
    if (strcasecmp(name, "errorCode") == 0 && !p->code_seen &&
        nat__str_integer(text, 1000000, &code) && code != 0) {
        note_fault(p);
        p->reply->fault = (int)code;
        p->code_seen = true;
    } else if (strcasecmp(name, "errorDescription") == 0 && text.length > 0 && p->fault > 0) {
        free(p->reply->fault_text);
        p->reply->fault_text = nat__str_dup_clean(text, FAULT_TEXT_MAX);
        return p->reply->fault_text != NULL;
    }
    return true;
}

static bool add_value(nat__soap_reply *r, const char *name, nat__str text)
{
    char *name_copy = strdup(name);
    char *value = nat__str_dup(text);
    if (!name_copy || !value) {
        free(name_copy);
        free(value);
        return false;
    }
    r->values[r->count].name = name_copy;
    r->values[r->count++].value = value;
    return true;
}

static bool on_end(void *arg, const char *name, unsigned depth, nat__str text)
{
    parser *p = arg;
    if (!on_fault_text(p, name, text))
        return false;
    /* An out argument stands in the response element, which stands in Body. */
    bool value = p->body > 0 && depth == p->body + 2 && p->fault == 0;
    if (depth == p->body)
        p->body = 0;
    if (depth == p->fault)
        p->fault = 0;
    return !value || p->reply->count == NAT__SOAP_VALUES_MAX || add_value(p->reply, name, text);
}

static void restart(void *arg)
{
    parser *p = arg;
    nat__soap_reply_free(p->reply);
    *p = (parser){.reply = p->reply};
}

natupnp_status nat__soap_parse(nat__soap_reply *out, nat__str document)
{
    *out = (nat__soap_reply){0};
    parser p = {.reply = out};
    nat__xml_handler handler = {&p, on_start, on_end};
    nat__xml_result result = nat__xml_read(document, &handler, restart);
    if (result == NAT__XML_OK && (out->is_fault || p.bodies == 1))
        return NATUPNP_OK;
    nat__soap_reply_free(out);
    return result == NAT__XML_NOMEM ? NATUPNP_E_NOMEM : NATUPNP_E_BAD_REPLY;
}

bool nat__soap_answers(const nat__soap_reply *reply, const char *action,
                       const char *const *arg_names, size_t count)
{
    size_t length = strlen(action);
    if (reply->is_fault || strncasecmp(reply->name, action, length) != 0)
        return false;
    if (reply->name[length] != '\0')
        return strcasecmp(reply->name + length, "Response") == 0;
    for (size_t i = 0; i < count; i++)
        if (nat__soap_value(reply, arg_names[i]))
            return false;
    return count > 0 || reply->count > 0;
}

void nat__soap_reply_free(nat__soap_reply *reply)
{
    free(reply->fault_text);
    for (size_t i = 0; i < reply->count; i++) {
        free(reply->values[i].name);
        free(reply->values[i].value);
    }
    *reply = (nat__soap_reply){0};
}

const char *nat__soap_value(const nat__soap_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->count; i++)
        if (strcasecmp(reply->values[i].name, name) == 0)
            return reply->values[i].value;
    return NULL;
}
