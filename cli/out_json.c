/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "out_words.h"
#include "text.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A json_t that is NULL stands for memory that ran out; setting it fails, and so does all. */

/** Text as JSON: null for NULL. Bytes that are not UTF-8 become '?'. */
static json_t *text_json(const char *text)
{
    if (text == NULL) {
        return json_null();
    }
    if (text_is_utf8(text)) {
        return json_string(text);
    }
    char *ascii = strdup(text);
    if (ascii == NULL) {
        return NULL;
    }
    for (char *at = ascii; *at != '\0'; at++) {
        if ((unsigned char)*at > '~') {
            *at = '?';
        }
    }
    json_t *string = json_string(ascii);
    free(ascii);
    return string;
}

/** An object whose members are being set; freed and NULL once one could not be. */
static void set(json_t **object, const char *key, json_t *value)
{
    if (*object == NULL) {
        json_decref(value);
    } else if (json_object_set_new(*object, key, value) != 0) {
        json_decref(*object);
        *object = NULL;
    }
}

static void append(json_t **array, json_t *value)
{
    if (*array == NULL) {
        json_decref(value);
    } else if (json_array_append_new(*array, value) != 0) {
        json_decref(*array);
        *array = NULL;
    }
}

/** What asking for the external address came to; null before that. */
static json_t *external_json(natupnp_status status)
{
    return text_json(status == NATUPNP_E_PENDING ? NULL : natupnp_status_name(status));
}

static json_t *gateway_json(const natupnp_gateway *gateway)
{
    if (gateway == NULL) {
        return json_null();
    }
    int64_t uptime_s = natupnp_gateway_uptime_s(gateway);
    json_t *object = json_object();
    set(&object, "name", text_json(natupnp_gateway_name(gateway)));
    set(&object, "manufacturer", text_json(natupnp_gateway_manufacturer(gateway)));
    set(&object, "model_name", text_json(natupnp_gateway_model_name(gateway)));
    set(&object, "model_number", text_json(natupnp_gateway_model_number(gateway)));
    set(&object, "udn", text_json(natupnp_gateway_udn(gateway)));
    set(&object, "location", text_json(natupnp_gateway_location(gateway)));
    set(&object, "control_url", text_json(natupnp_gateway_control_url(gateway)));
    set(&object, "presentation_url", text_json(natupnp_gateway_presentation_url(gateway)));
    set(&object, "service_type", text_json(natupnp_gateway_service_type(gateway)));
    set(&object, "local_address", text_json(natupnp_gateway_local_address(gateway)));
    set(&object, "interface", text_json(natupnp_gateway_interface(gateway)));
    set(&object, "chosen", json_boolean(natupnp_gateway_chosen(gateway)));
    set(&object, "external_ip", text_json(natupnp_gateway_external_ip(gateway)));
    natupnp_status status = natupnp_gateway_external_status(gateway);
    set(&object, "external_status", external_json(status));
    set(&object, "external_fault", json_integer(natupnp_gateway_external_fault(gateway)));
    set(&object, "external_detail",
        text_json(status == NATUPNP_E_PENDING ? "" : natupnp_gateway_external_detail(gateway)));
    set(&object, "connection_status", text_json(natupnp_gateway_connection_status(gateway)));
    set(&object, "last_connection_error",
        text_json(natupnp_gateway_last_connection_error(gateway)));
    set(&object, "uptime_s", uptime_s < 0 ? json_null() : json_integer(uptime_s));
    return object;
}

/** The members of a mapping, into an object that may hold others. */
static void mapping_set(json_t **object, const natupnp_mapping *mapping, const char *external_ip)
{
    const char *address = external_ip != NULL ? external_ip : natupnp_mapping_external_ip(mapping);
    natupnp_status status = natupnp_mapping_external_status(mapping);
    set(object, "external_ip", text_json(address));
    set(object, "external_status", external_json(external_ip != NULL ? NATUPNP_OK : status));
    set(object, "external_port", json_integer(natupnp_mapping_external_port(mapping)));
    set(object, "internal_port", json_integer(natupnp_mapping_internal_port(mapping)));
    set(object, "protocol", text_json(natupnp_protocol_name(natupnp_mapping_protocol(mapping))));
    set(object, "internal_client", text_json(natupnp_mapping_internal_client(mapping)));
    set(object, "enabled", json_boolean(natupnp_mapping_enabled(mapping)));
    set(object, "description", text_json(natupnp_mapping_description(mapping)));
    set(object, "remote_host", text_json(natupnp_mapping_remote_host(mapping)));
    set(object, "lease_s", json_integer(natupnp_mapping_lease_s(mapping)));
}

static json_t *mapping_json(const natupnp_mapping *mapping, const char *external_ip)
{
    json_t *object = json_object();
    mapping_set(&object, mapping, external_ip);
    return object;
}

static json_t *failure_json(natupnp_status status, int fault, int32_t hresult, const char *detail)
{
    json_t *object = json_object();
    set(&object, "status", text_json(natupnp_status_name(status)));
    set(&object, "fault", json_integer(fault));
    set(&object, "hresult", json_integer(hresult));
    set(&object, "detail", text_json(detail));
    return object;
}

/** One entry of add or remove: its key, the mapping when there is one, and the result. */
static json_t *entry_json(const struct port_entry *port, const struct job *job,
                          const char *remote_host)
{
    const natupnp_mapping *mapping = natupnp_op_mapping(job->op);
    json_t *object = json_object();
    set(&object, "external_port", json_integer(port->external_port));
    set(&object, "protocol", text_json(natupnp_protocol_name(port->protocol)));
    set(&object, "remote_host", text_json(remote_host));
    if (mapping != NULL && job->status == NATUPNP_OK) {
        mapping_set(&object, mapping, NULL);
    } else if (mapping != NULL && job->status != NATUPNP_E_CANCELLED) {
        set(&object, "holder", mapping_json(mapping, NULL));
    }
    json_t *result = failure_json(job->status, job_fault(job), job_hresult(job), job_detail(job));
    set(&result, "maybe_applied", json_boolean(natupnp_op_maybe_applied(job->op)));
    set(&object, "result", result);
    return object;
}

static json_t *entries_json(const struct report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < report->ports->count; i++) {
        append(&array, entry_json(&report->ports->items[i], &report->jobs[i], report->remote_host));
    }
    return array;
}

/** Every gateway; of the chosen one, what is known best. */
static json_t *gateways_json(const struct report *report)
{
    json_t *array = json_array();
    for (size_t i = 0; i < natupnp_op_gateway_count(report->gateways); i++) {
        const natupnp_gateway *gateway = natupnp_op_gateway_at(report->gateways, i);
        bool chosen = natupnp_gateway_chosen(gateway) && report->gateway != NULL;
        append(&array, gateway_json(chosen ? report->gateway : gateway));
    }
    return array;
}

/** Write a part of JSON: what text may not show stands as an escape, which is the same data. */
static int part_write(const char *text, size_t length, void *arg)
{
    FILE *stream = arg;
    char *copy = strndup(text, length);
    if (copy == NULL) {
        return -1;
    }
    struct text_reader reader = {.place = TEXT_INSIDE, .at = copy};
    struct text_part part;
    while (text_next(&reader, &part)) {
        uint32_t rest = part.character - 0x10000;
        if (part.shown || *part.at == '\n') {
            fwrite(part.at, 1, part.length, stream);
        } else if (part.character > 0xffff) {
            fprintf(stream, "\\u%04x\\u%04x", (unsigned)(0xd800 + (rest >> 10)),
                    (unsigned)(0xdc00 + (rest & 0x3ff)));
        } else {
            fprintf(stream, "\\u%04x", (unsigned)part.character);
        }
    }
    free(copy);
    return 0;
}

/** Write an object, and free it. False when memory ran out. */
static bool object_write(json_t *object, size_t flags)
{
    if (object == NULL) {
        return false;
    }
    /* A failure to write is seen when standard output is flushed: here only memory can run out. */
    bool written = json_dump_callback(object, part_write, stdout, flags) == 0;
    fputc('\n', stdout);
    json_decref(object);
    return written;
}

/** What stands inside the list of mappings, which is two levels deep. */
static int indented_write(const char *text, size_t length, void *arg)
{
    while (length > 0) {
        const char *end = memchr(text, '\n', length);
        size_t run = end != NULL ? (size_t)(end - text) + 1 : length;
        if (part_write(text, run, arg) != 0) {
            return -1;
        }
        if (end != NULL) {
            fputs("    ", arg);
        }
        text += run;
        length -= run;
    }
    return 0;
}

/** Write one mapping after the other: a table as an object takes ten times its own memory. */
static bool list_write(json_t *object, const natupnp_op *list)
{
    static const char empty[] = "[]\n}";
    size_t count = natupnp_op_mapping_count(list);
    set(&object, "mappings", json_array());
    char *text = object != NULL ? json_dumps(object, JSON_INDENT(2)) : NULL;
    json_decref(object);
    bool written = text != NULL;
    if (written) {
        size_t length = strlen(text) - (count > 0 ? strlen(empty) : 0);
        written = part_write(text, length, stdout) == 0;
    }
    for (size_t i = 0; written && i < count; i++) {
        json_t *mapping = mapping_json(natupnp_op_mapping_at(list, i), NULL);
        fputs(i > 0 ? ",\n    " : "[\n    ", stdout);
        written = mapping != NULL &&
                  json_dump_callback(mapping, indented_write, stdout, JSON_INDENT(2)) == 0;
        json_decref(mapping);
    }
    fputs(written && count > 0 ? "\n  ]\n}\n" : "\n", stdout);
    free(text);
    return written;
}

bool out_json(const struct report *report, bool one_line)
{
    const struct fail *fail = &report->fail;
    json_t *object = json_object();
    if (fail->status != NATUPNP_OK) {
        set(&object, "error", failure_json(fail->status, fail->fault, fail->hresult, fail->detail));
    }
    if (report->verb != VERB_NONE && report->verb != VERB_WATCH) {
        set(&object, "gateway", gateway_json(report->gateway));
    }
    if (report->gateways != NULL) {
        set(&object, "gateways", gateways_json(report));
    }
    if (report->mappings != NULL) {
        return list_write(object, report->mappings);
    }
    if (report->ports != NULL) {
        set(&object, "mappings", entries_json(report));
    }
    return object_write(object, one_line ? 0 : JSON_INDENT(2));
}

bool out_event_json(const natupnp_event *event, const char *external_ip)
{
    char time[TIME_LENGTH];
    json_t *object = json_object();
    set(&object, "time", text_json(time_text(time)));
    set(&object, "event", text_json(natupnp_event_kind_name(natupnp_event_what(event))));
    switch (natupnp_event_what(event)) {
    case NATUPNP_EVENT_EXTERNAL_IP:
        set(&object, "external_ip", text_json(natupnp_event_external_ip(event)));
        break;
    case NATUPNP_EVENT_NUMBER_OF_ENTRIES:
        set(&object, "number_of_entries", json_integer(natupnp_event_number_of_entries(event)));
        break;
    case NATUPNP_EVENT_CONNECTION_STATUS:
        set(&object, "connection_status", text_json(natupnp_event_connection_status(event)));
        break;
    case NATUPNP_EVENT_GATEWAY_FOUND:
    case NATUPNP_EVENT_GATEWAY_LOST:
        set(&object, "gateway", gateway_json(natupnp_event_gateway(event)));
        break;
    default:
        set(&object, "mapping", mapping_json(natupnp_event_mapping(event), external_ip));
        set(&object, "status", text_json(natupnp_status_name(natupnp_event_status(event))));
        break;
    }
    set(&object, "detail", text_json(natupnp_event_detail(event)));
    return object_write(object, 0);
}
