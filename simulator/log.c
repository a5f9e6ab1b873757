/* SPDX-License-Identifier: MIT */
/* What the device was asked, for tests to look at. */
#include "log.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Callers choose the names that are counted: there is a limit to how many. */
#define NAMES_MOST 256

void log_init(struct log *log)
{
    memset(log, 0, sizeof *log);
    log->actions = json_object();
    log->searches = json_object();
}

void log_free(struct log *log)
{
    for (size_t i = 0; i < LOG_MOST; i++)
        json_decref(log->ring[i]);
    json_decref(log->actions);
    json_decref(log->searches);
    memset(log, 0, sizeof *log);
}

void log_clear(struct log *log)
{
    log_free(log);
    log_init(log);
}

void log_add(struct log *log, json_t *entry)
{
    json_decref(log->ring[log->next]);
    log->ring[log->next] = entry;
    log->next = (log->next + 1) % LOG_MOST;
    if (log->count < LOG_MOST)
        log->count++;
}

json_t *log_to_json(const struct log *log)
{
    json_t *list = json_array();
    size_t first = (log->next + LOG_MOST - log->count) % LOG_MOST;

    for (size_t i = 0; i < log->count; i++)
        json_array_append(list, log->ring[(first + i) % LOG_MOST]);
    return list;
}

static void count(json_t *counters, const char *name)
{
    json_t *key = log_string(name);
    json_t *value = json_object_get(counters, json_string_value(key));

    if (value)
        json_integer_set(value, json_integer_value(value) + 1);
    else if (json_object_size(counters) < NAMES_MOST)
        json_object_set_new(counters, json_string_value(key), json_integer(1));
    json_decref(key);
}

void log_count_action(struct log *log, const char *action)
{
    count(log->actions, action);
}

void log_count_search(struct log *log, const char *target)
{
    count(log->searches, target);
}

json_t *log_string(const char *string)
{
    json_t *value = json_string(string);

    if (value)
        return value;
    struct text copy = {0};
    text_add(&copy, string);
    for (size_t i = 0; i < copy.length; i++)
        if ((unsigned char)copy.data[i] >= 0x80)
            copy.data[i] = '?';
    value = json_string(copy.data);
    text_free(&copy);
    return value;
}

char *log_json(const json_t *json, size_t flags)
{
    char *ascii = json_dumps(json, flags | JSON_ENSURE_ASCII);
    struct text out = {0};

    if (!ascii)
        return NULL;
    const char *at = ascii;
    for (const char *next = strchr(at, '\x7f'); next; at = next + 1, next = strchr(at, '\x7f')) {
        text_bytes(&out, at, (size_t)(next - at));
        text_add(&out, "\\u007f");
    }
    text_add(&out, at);
    free(ascii);
    return out.data;
}

json_t *log_time(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return json_real((double)now.tv_sec + (double)now.tv_nsec / 1e9);
}
