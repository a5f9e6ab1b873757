/* SPDX-License-Identifier: MIT */
/* What the control interface can do: JSON in, JSON out. */
#include "verbs.h"
#include "gena.h"
#include "text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A reply, or NULL with the reason in why; nothing has changed then. */
typedef json_t *verb_handler(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                             char why[VERB_WHY]);

struct verb {
    const char *method;
    const char *path;
    verb_handler *run;
};

static json_t *done(void)
{
    return json_pack("{s:b}", "ok", 1);
}

static json_t *get_state(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                         char why[VERB_WHY])
{
    json_t *settings = settings_to_json(&gateway->settings);

    (void)ssdp, (void)body, (void)why;
    table_expire(&gateway->table, gateway_now_ms(gateway));
    json_object_set_new(settings, "faults", faults_to_json(&gateway->faults));
    return json_pack(
        "{s:s, s:o, s:O, s:O, s:{s:I, s:I}, s:{s:i, s:i, s:i}, s:I, s:I, s:i, s:b}", "version",
        NATUPNP_GATEWAY_VERSION, "settings", settings, "actions", gateway->log.actions, "searches",
        gateway->log.searches, "connections", "accepted", (json_int_t)gateway->connections_accepted,
        "open", (json_int_t)gateway->connections_open, "ports", "http", gateway->http_port, "ssdp",
        gateway->ssdp_port, "control", gateway->control_port, "mappings",
        (json_int_t)gateway->table.count, "uptime_s", (json_int_t)gateway_uptime_s(gateway),
        "boot_id", gateway->boot_id, "ssdp_muted", gateway->ssdp_muted);
}

static json_t *get_table(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                         char why[VERB_WHY])
{
    int64_t now_ms = gateway_now_ms(gateway);
    json_t *list = json_array();

    (void)ssdp, (void)body, (void)why;
    table_expire(&gateway->table, now_ms);
    for (size_t i = 0; i < gateway->table.count; i++) {
        const struct mapping *mapping = &gateway->table.list[i];
        json_array_append_new(
            list, json_pack("{s:s, s:i, s:s, s:s, s:i, s:b, s:s, s:I}", "remote_host",
                            mapping->remote_host, "external_port", mapping->external_port,
                            "protocol", protocol_name(mapping->protocol), "internal_client",
                            mapping->internal_client, "internal_port", mapping->internal_port,
                            "enabled", mapping->enabled, "description", mapping->description,
                            "lease_s", (json_int_t)mapping_lease_s(mapping, now_ms)));
    }
    return list;
}

/* Only external_port and protocol are required; an internal client may be any text. */
static bool mapping_from_json(struct mapping *mapping, const json_t *object, int64_t now_ms,
                              char why[VERB_WHY])
{
    const char *remote_host = "", *protocol, *client = "192.168.1.2", *description = "";
    int external_port, internal_port = 0, enabled = 1;
    json_int_t lease_s = 0;
    json_error_t error;

    memset(mapping, 0, sizeof *mapping);
    if (json_unpack_ex((json_t *)object, &error, 0, "{s:i, s:s, s?s, s?s, s?i, s?b, s?s, s?I !}",
                       "external_port", &external_port, "protocol", &protocol, "remote_host",
                       &remote_host, "internal_client", &client, "internal_port", &internal_port,
                       "enabled", &enabled, "description", &description, "lease_s", &lease_s) < 0) {
        snprintf(why, VERB_WHY, "mapping: %s", error.text);
        return false;
    }
    if (!protocol_parse(&mapping->protocol, protocol) || external_port < 0 ||
        external_port > 65535 || internal_port < 0 || internal_port > 65535 || lease_s < 0 ||
        lease_s > UINT32_MAX ||
        !text_copy(mapping->remote_host, sizeof mapping->remote_host, remote_host) ||
        !text_copy(mapping->internal_client, sizeof mapping->internal_client, client) ||
        !text_copy(mapping->description, sizeof mapping->description, description)) {
        snprintf(why, VERB_WHY, "mapping: a value is out of range or too long");
        return false;
    }
    mapping->external_port = (uint16_t)external_port;
    mapping->internal_port = (uint16_t)(internal_port ? internal_port : external_port);
    mapping->enabled = enabled;
    mapping_set_lease(mapping, (uint32_t)lease_s, now_ms);
    return true;
}

static json_t *replace_table(struct gateway *gateway, const json_t *list, char why[VERB_WHY])
{
    struct table table = {0};

    for (size_t i = 0; i < json_array_size(list); i++) {
        struct mapping mapping;
        if (!mapping_from_json(&mapping, json_array_get(list, i), gateway_now_ms(gateway), why)) {
            table_clear(&table);
            return NULL;
        }
        table_put(&table, &mapping);
    }
    table_clear(&gateway->table);
    gateway->table = table;
    return done();
}

static json_t *post_table(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                          char why[VERB_WHY])
{
    const json_t *add = json_object_get(body, "add");
    const json_t *remove = json_object_get(body, "remove");
    struct mapping mapping;

    (void)ssdp;
    table_expire(&gateway->table, gateway_now_ms(gateway));
    if (json_is_array(body))
        return replace_table(gateway, body, why);
    if (json_object_size(body) != 1 || (!add && !remove)) {
        snprintf(why, VERB_WHY, "table: must be an array, {\"add\": {}} or {\"remove\": {}}");
        return NULL;
    }
    if (!mapping_from_json(&mapping, add ? add : remove, gateway_now_ms(gateway), why))
        return NULL;
    if (add) {
        table_put(&gateway->table, &mapping);
        return done();
    }
    const struct mapping *old =
        table_find(&gateway->table, mapping.remote_host, mapping.external_port, mapping.protocol);
    if (!old) {
        snprintf(why, VERB_WHY, "table: there is no such mapping");
        return NULL;
    }
    table_remove(&gateway->table, (size_t)(old - gateway->table.list));
    return done();
}

static json_t *post_set(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                        char why[VERB_WHY])
{
    struct settings settings = gateway->settings;
    struct faults faults = gateway->faults;
    const char *key;
    json_t *value;

    (void)ssdp;
    if (!json_is_object(body)) {
        snprintf(why, VERB_WHY, "set: must be an object of settings");
        return NULL;
    }
    json_object_foreach((json_t *)body, key, value)
    {
        bool good = !strcmp(key, "faults") ? faults_from_json(&faults, value, why)
                                           : settings_from_json(&settings, key, value, why);
        if (!good)
            return NULL;
    }
    gateway->settings = settings;
    gateway->faults = faults;
    return done();
}

static json_t *post_clear(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                          char why[VERB_WHY])
{
    (void)ssdp, (void)body, (void)why;
    log_clear(&gateway->log);
    gateway->connections_accepted = 0;
    return done();
}

static json_t *get_log(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                       char why[VERB_WHY])
{
    (void)ssdp, (void)body, (void)why;
    return log_to_json(&gateway->log);
}

static json_t *post_advance(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                            char why[VERB_WHY])
{
    const json_t *seconds = json_object_get(body, "seconds");
    double value = json_number_value(seconds);

    (void)ssdp;
    if (!json_is_number(seconds) || !(value >= 0 && value <= 1e9) || json_object_size(body) != 1) {
        snprintf(why, VERB_WHY, "advance: must be {\"seconds\": N}, N from 0 to 1000000000");
        return NULL;
    }
    gateway->advanced_ms += (int64_t)(value * 1000);
    table_expire(&gateway->table, gateway_now_ms(gateway));
    return done();
}

static json_t *post_mute(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                         char why[VERB_WHY])
{
    const json_t *value = json_object_get(body, "ssdp");

    (void)ssdp;
    if (!json_is_boolean(value) || json_object_size(body) != 1) {
        snprintf(why, VERB_WHY, "mute: must be {\"ssdp\": true} or {\"ssdp\": false}");
        return NULL;
    }
    gateway->ssdp_muted = json_is_true(value);
    return done();
}

static json_t *get_subscriptions(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                                 char why[VERB_WHY])
{
    (void)ssdp, (void)body, (void)why;
    return gena_to_json(gateway->gena);
}

static json_t *post_forget(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                           char why[VERB_WHY])
{
    (void)ssdp, (void)body, (void)why;
    gena_forget(gateway->gena);
    return done();
}

static json_t *post_notify(struct gateway *gateway, struct ssdp *ssdp, const json_t *body,
                           char why[VERB_WHY])
{
    int boot_id = gateway->boot_id;
    int port = gateway->ssdp_port;
    const char *nts, *location = gateway->settings.location, *uuid = gateway->uuid;
    struct settings settings = gateway->settings;
    char name[sizeof gateway->uuid] = "";
    json_error_t error;

    if (json_unpack_ex((json_t *)body, &error, 0, "{s:s, s?i, s?i, s?s, s?s !}", "nts", &nts,
                       "boot_id", &boot_id, "port", &port, "location", &location, "uuid",
                       &uuid) < 0) {
        snprintf(why, VERB_WHY, "notify: %s", error.text);
        return NULL;
    }
    if (nts[strcspn(nts, "\r\n")] || port < 1 || port > 65535 || uuid[strcspn(uuid, "\r\n")] ||
        location[strcspn(location, "\r\n")] || !text_copy(name, sizeof name, uuid) ||
        !text_copy(settings.location, sizeof settings.location, location)) {
        snprintf(why, VERB_WHY, "notify: a value is out of range");
        return NULL;
    }
    gateway->settings = settings;
    memcpy(gateway->uuid, name, sizeof name);
    gateway->boot_id = boot_id;
    if (!ssdp_notify(ssdp, nts, (uint16_t)port)) {
        snprintf(why, VERB_WHY, "notify: %s", strerror(errno));
        return NULL;
    }
    return done();
}

static const struct verb verbs[] = {
    {"GET", "/state", get_state},       {"GET", "/table", get_table},
    {"GET", "/log", get_log},           {"POST", "/set", post_set},
    {"POST", "/table", post_table},     {"POST", "/clear-counters", post_clear},
    {"POST", "/advance", post_advance}, {"POST", "/mute", post_mute},
    {"POST", "/notify", post_notify},   {"GET", "/subscriptions", get_subscriptions},
    {"POST", "/forget", post_forget},
};

static json_t *parse_body(const char *body, size_t length, char why[VERB_WHY])
{
    json_error_t error;

    if (!length)
        return json_object();
    json_t *json = json_loadb(body, length, JSON_REJECT_DUPLICATES, &error);
    if (!json)
        snprintf(why, VERB_WHY, "line %d: %s", error.line, error.text);
    return json;
}

json_t *verb_run(struct gateway *gateway, struct ssdp *ssdp, const char *method, const char *path,
                 const char *body, size_t length, unsigned *status, char why[VERB_WHY])
{
    *status = 404;
    snprintf(why, VERB_WHY, "no such path");
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(verbs[i].path, path) != 0)
            continue;
        if (strcmp(verbs[i].method, method) != 0) {
            *status = 405;
            snprintf(why, VERB_WHY, "wrong method");
            continue;
        }
        json_t *json = parse_body(body, length, why);
        json_t *reply = json ? verbs[i].run(gateway, ssdp, json, why) : NULL;
        json_decref(json);
        *status = reply ? 200 : 400;
        return reply;
    }
    return NULL;
}
