/* SPDX-License-Identifier: MIT */
/*
 * The one table of settings: options, --help, GET /state and POST /set are
 * made from it.
 */
#include "settings.h"
#include "log.h"
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define AT(member) offsetof(struct settings, member)
#define ROOM(member) ((int)sizeof(((struct settings *)0)->member))
#define FLAG(option, member, group, fixed, help)                                                   \
    {                                                                                              \
        "--" option, #member, NULL, help, SETTING_FLAG, AT(member), 0, 1, NULL, fixed, group       \
    }
#define NUMBER(option, member, argument, low, high, group, fixed, help)                            \
    {                                                                                              \
        "--" option, #member, argument, help, SETTING_NUMBER, AT(member), low, high, NULL, fixed,  \
            group                                                                                  \
    }
#define TEXT(option, member, argument, group, fixed, help)                                         \
    {                                                                                              \
        "--" option, #member, argument, help, SETTING_TEXT, AT(member), 0, ROOM(member), NULL,     \
            fixed, group                                                                           \
    }
#define CHOICE(option, member, argument, choices, group, help)                                     \
    {                                                                                              \
        "--" option, #member, argument, help, SETTING_CHOICE, AT(member), 0, 0, choices, false,    \
            group                                                                                  \
    }

const struct setting settings_table[] = {
    TEXT("listen", listen, "ADDR", 1, true, "IPv4 address to serve on (127.0.0.1)"),
    NUMBER("port", port, "N", 0, 65535, 1, true, "TCP port of the device; 0 is any free one (0)"),
    NUMBER("ssdp-port", ssdp_port, "N", 0, 65535, 1, true,
           "UDP port that searches are answered on; 0 is any free one (0)"),
    FLAG("multicast", multicast, 1, true,
         "Also answer searches sent to 239.255.255.250 at the interface of ADDR"),
    FLAG("no-unicast", no_unicast, 1, true, "Do not answer searches sent to ADDR itself"),
    NUMBER("ssdp-delay", ssdp_delay_ms, "MS", 0, 600000, 1, false,
           "Wait before each search answer"),
    NUMBER("ssdp-repeat", ssdp_repeat, "N", 0, 100, 1, false,
           "How many times each search answer is sent (1)"),
    TEXT("location", location, "URL", 1, false, "Advertise this LOCATION instead of the real one"),

    NUMBER("igd", igd, "1|2", 1, 2, 2, false, "InternetGatewayDevice version (2)"),
    CHOICE("service", service, "WHICH", "ip ppp both ppp-first", 2,
           "Connection services: ip, ppp, both or ppp-first (ip)"),
    CHOICE("connected", connected, "WHICH", "ip ppp", 2,
           "Which of both services is connected: ip or ppp (ip)"),
    TEXT("external-ip", external_ip, "TEXT", 2, false, "The external address (203.0.113.7)"),
    TEXT("status", status, "TEXT", 2, false, "The connection status (Connected)"),
    TEXT("name", name, "TEXT", 2, false, "The friendly name"),
    TEXT("urlbase", urlbase, "URL", 2, false, "Put a URLBase into the description"),
    TEXT("control-url", control_url, "URL", 2, false,
         "Text of the controlURL of the connection services"),
    FLAG("dslforum", dslforum, 2, false, "Use urn:dslforum-org types"),

    FLAG("secure", secure, 3, false, "Map only to, and remove only from, the asking host"),
    FLAG("permanent-only", permanent_only, 3, false, "Refuse a finite lease with 725"),
    NUMBER("max-lease", max_lease_s, "S", 0, INT32_MAX, 3, false, "Cut longer leases to this"),
    FLAG("lease-zero-week", lease_zero_week, 3, false,
         "Turn a lease of 0 into 604800 s also with --igd 1"),
    FLAG("same-ports", same_ports, 3, false, "Refuse different ports with 724"),
    FLAG("ignore-description-change", ignore_description_change, 3, false,
         "An overwrite keeps the old description"),
    FLAG("ignore-enabled", ignore_enabled, 3, false, "Every mapping is enabled"),
    FLAG("confirm-absent-removal", confirm_absent_removal, 3, false,
         "Say done to the removal of what is not there"),
    FLAG("any-overwrites", any_overwrites, 3, false,
         "AddAnyPortMapping overwrites a mapping to the same client"),
    NUMBER("max-mappings", max_mappings, "N", 0, 1000000, 3, false,
           "Refuse more with 728 (IGD:2) or 501 (IGD:1); 0 is no limit"),
    {"--deny", "deny", "LO-HI", "Refuse these external ports", SETTING_RANGE, AT(deny), 0, 0, NULL,
     false, 3},
    FLAG("escaped-list", escaped_list, 3, false,
         "Write the port listing with entities, not as CDATA"),
    FLAG("no-list", no_list, 3, false, "No GetListOfPortMappings: 401"),
    FLAG("no-any", no_any, 3, false, "No AddAnyPortMapping: 401"),
    FLAG("no-specific", no_specific, 3, false, "No GetSpecificPortMappingEntry: 401"),
    NUMBER("mappings", mappings, "N", 0, 50000, 3, true, "Mappings to start with"),

    NUMBER("latency", latency_ms, "MS", 0, 600000, 4, false, "Wait before each HTTP reply"),
    FLAG("no-events", no_events, 4, false, "Refuse to send events, with 501"),
    NUMBER("subscription-timeout", subscription_timeout_s, "S", 1, INT32_MAX, 4, false,
           "How long a subscription to events lasts (1800)"),
    NUMBER("event-interval", event_interval_ms, "MS", 0, 600000, 4, false,
           "No more than one event to each subscriber in this time"),
    TEXT("event-source", event_source, "ADDR", 4, false,
         "Local IPv4 address that events come from instead of the listening one"),
    FLAG("event-zero-first", event_zero_first, 4, false,
         "Tell 0.0.0.0 before each other external address"),
    FLAG("close", close, 4, false, "Close the connection after each reply"),

    FLAG("exit-with-stdin", exit_with_stdin, 5, true, "End when standard input ends"),
    FLAG("control-stdin", control_stdin, 5, true,
         "Take lines of the control interface on standard input; end with it"),
    FLAG("quiet", quiet, 5, false, "Do not report requests on standard error"),
};

const size_t settings_count = sizeof settings_table / sizeof settings_table[0];

void settings_init(struct settings *settings)
{
    *settings = (struct settings){
        .listen = "127.0.0.1",
        .ssdp_repeat = 1,
        .subscription_timeout_s = 1800,
        .igd = 2,
        .external_ip = "203.0.113.7",
        .status = "Connected",
        .name = "Simulated Internet gateway",
    };
}

static void *setting_place(struct settings *settings, const struct setting *setting)
{
    return (char *)settings + setting->offset;
}

static const void *setting_const_place(const struct settings *settings,
                                       const struct setting *setting)
{
    return (const char *)settings + setting->offset;
}

static bool set_number(struct settings *settings, const struct setting *setting, int64_t number,
                       char why[SETTINGS_WHY])
{
    if (number < setting->low || number > setting->high) {
        snprintf(why, SETTINGS_WHY, "%s: must be from %d to %d", setting->key, setting->low,
                 setting->high);
        return false;
    }
    int value = (int)number;
    memcpy(setting_place(settings, setting), &value, sizeof value);
    return true;
}

static bool set_choice(struct settings *settings, const struct setting *setting, const char *text,
                       char why[SETTINGS_WHY])
{
    size_t length = strlen(text);
    int index = 0;

    for (const char *choice = setting->choices; *choice; index++) {
        size_t extent = strcspn(choice, " ");
        if (extent == length && !memcmp(choice, text, length)) {
            memcpy(setting_place(settings, setting), &index, sizeof index);
            return true;
        }
        choice += extent;
        choice += strspn(choice, " ");
    }
    snprintf(why, SETTINGS_WHY, "%s: must be one of: %s", setting->key, setting->choices);
    return false;
}

static bool set_range(struct settings *settings, const struct setting *setting, const char *text,
                      char why[SETTINGS_WHY])
{
    struct settings_range range = {0};
    char end;

    if (*text && (sscanf(text, "%5d-%5d%c", &range.low, &range.high, &end) != 2 || range.low < 1 ||
                  range.high > 65535 || range.low > range.high)) {
        snprintf(why, SETTINGS_WHY, "%s: must be LO-HI, two ports, or empty", setting->key);
        return false;
    }
    memcpy(setting_place(settings, setting), &range, sizeof range);
    return true;
}

static bool set_text(struct settings *settings, const struct setting *setting, const char *text,
                     char why[SETTINGS_WHY])
{
    switch (setting->type) {
    case SETTING_CHOICE:
        return set_choice(settings, setting, text, why);
    case SETTING_RANGE:
        return set_range(settings, setting, text, why);
    case SETTING_TEXT:
        /* A line break would let a setting add headers to a search answer. */
        if (!text[strcspn(text, "\r\n")] &&
            text_copy(setting_place(settings, setting), (size_t)setting->high, text))
            return true;
        snprintf(why, SETTINGS_WHY, "%s: must be one line of less than %d bytes", setting->key,
                 setting->high);
        return false;
    default:
        snprintf(why, SETTINGS_WHY, "%s: must not be a text", setting->key);
        return false;
    }
}

bool settings_from_text(struct settings *settings, const struct setting *setting, const char *text,
                        char why[SETTINGS_WHY])
{
    uint64_t number = 0;

    switch (setting->type) {
    case SETTING_FLAG:
        *(bool *)setting_place(settings, setting) = true;
        return true;
    case SETTING_NUMBER:
        if (text_number(text, INT32_MAX, &number))
            return set_number(settings, setting, (int64_t)number, why);
        snprintf(why, SETTINGS_WHY, "%s: must be a number", setting->key);
        return false;
    default:
        return set_text(settings, setting, text, why);
    }
}

bool settings_from_json(struct settings *settings, const char *key, const json_t *value,
                        char why[SETTINGS_WHY])
{
    const struct setting *setting = NULL;

    for (size_t i = 0; i < settings_count && !setting; i++)
        if (!strcmp(settings_table[i].key, key))
            setting = &settings_table[i];
    if (!setting) {
        snprintf(why, SETTINGS_WHY, "%.64s: there is no such setting", key);
        return false;
    }
    if (setting->fixed) {
        snprintf(why, SETTINGS_WHY, "%s: cannot be changed while the gateway runs", key);
        return false;
    }
    switch (setting->type) {
    case SETTING_FLAG:
        if (!json_is_boolean(value)) {
            snprintf(why, SETTINGS_WHY, "%s: must be true or false", key);
            return false;
        }
        *(bool *)setting_place(settings, setting) = json_is_true(value);
        return true;
    case SETTING_NUMBER:
        if (!json_is_integer(value)) {
            snprintf(why, SETTINGS_WHY, "%s: must be an integer", key);
            return false;
        }
        return set_number(settings, setting, json_integer_value(value), why);
    default:
        if (!json_is_string(value)) {
            snprintf(why, SETTINGS_WHY, "%s: must be a string", key);
            return false;
        }
        return set_text(settings, setting, json_string_value(value), why);
    }
}

static json_t *choice_to_json(const struct setting *setting, int index)
{
    const char *choice = setting->choices;

    for (; index > 0; index--)
        choice += strcspn(choice, " ") + 1;
    return json_stringn(choice, strcspn(choice, " "));
}

static json_t *range_to_json(const struct settings_range *range)
{
    return range->low ? json_sprintf("%d-%d", range->low, range->high) : json_string("");
}

json_t *settings_to_json(const struct settings *settings)
{
    json_t *object = json_object();

    for (size_t i = 0; i < settings_count; i++) {
        const struct setting *setting = &settings_table[i];
        const void *place = setting_const_place(settings, setting);
        json_t *value = NULL;

        switch (setting->type) {
        case SETTING_FLAG:
            value = json_boolean(*(const bool *)place);
            break;
        case SETTING_NUMBER:
            value = json_integer(*(const int *)place);
            break;
        case SETTING_TEXT:
            value = log_string(place);
            break;
        case SETTING_CHOICE:
            value = choice_to_json(setting, *(const int *)place);
            break;
        case SETTING_RANGE:
            value = range_to_json(place);
            break;
        }
        json_object_set_new(object, setting->key, value);
    }
    return object;
}
