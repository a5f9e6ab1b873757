/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_SETTINGS_H
#define GATEWAY_SETTINGS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum settings_service { SERVICE_IP_ONLY, SERVICE_PPP_ONLY, SERVICE_BOTH, SERVICE_PPP_FIRST };
enum settings_connected { CONNECTED_IP, CONNECTED_PPP };

struct settings_range {
    int low; /* 0: no range */
    int high;
};

/* No pointers in here: a change is tried on a copy and taken over as a whole. */
struct settings {
    char listen[64];
    int port;
    int ssdp_port;
    bool multicast;
    bool no_unicast;
    int ssdp_delay_ms;
    int ssdp_repeat;
    char location[1024];

    int igd;
    int service;   /* enum settings_service */
    int connected; /* enum settings_connected */
    char external_ip[64];
    char status[64];
    char name[256];
    char urlbase[1024];
    char control_url[1024];
    bool dslforum;

    bool secure;
    bool permanent_only;
    int max_lease_s;
    bool lease_zero_week;
    bool same_ports;
    bool ignore_description_change;
    bool ignore_enabled;
    bool confirm_absent_removal;
    bool any_overwrites;
    int max_mappings;
    struct settings_range deny;
    bool escaped_list;
    bool no_list;
    bool no_any;
    bool no_specific;

    int latency_ms;
    bool no_events;
    int subscription_timeout_s;
    int event_interval_ms;
    char event_source[64];
    bool event_zero_first;
    bool close;
    int mappings;
    bool exit_with_stdin;
    bool control_stdin;
    bool quiet;
};

enum setting_type { SETTING_FLAG, SETTING_NUMBER, SETTING_TEXT, SETTING_CHOICE, SETTING_RANGE };

/* One setting, as the command line, the control interface and --help know it. */
struct setting {
    const char *option; /* with its dashes */
    const char *key;
    const char *argument; /* NULL for a flag */
    const char *help;
    enum setting_type type;
    size_t offset;
    int low;
    int high;            /* of a number; the room of a text */
    const char *choices; /* separated by blanks */
    bool fixed;          /* cannot be changed while the simulator runs */
    int group;
};

extern const struct setting settings_table[];
extern const size_t settings_count;

#define SETTINGS_WHY 256

void settings_init(struct settings *settings);
/* From a command line argument. False with the reason in why. */
bool settings_from_text(struct settings *settings, const struct setting *setting, const char *text,
                        char why[SETTINGS_WHY]);
bool settings_from_json(struct settings *settings, const char *key, const json_t *value,
                        char why[SETTINGS_WHY]);
json_t *settings_to_json(const struct settings *settings);

#endif
