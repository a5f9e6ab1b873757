/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_LOG_H
#define GATEWAY_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define LOG_MOST 1000

/* The last requests, and how many there were of each kind. */
struct log {
    json_t *ring[LOG_MOST];
    size_t next;
    size_t count;
    json_t *actions;  /* name: how many */
    json_t *searches; /* search target: how many */
};

void log_init(struct log *log);
void log_free(struct log *log);
/* Forgets everything. */
void log_clear(struct log *log);

/* Takes over the reference. */
void log_add(struct log *log, json_t *entry);
/* A new array, the oldest first. */
json_t *log_to_json(const struct log *log);
void log_count_action(struct log *log, const char *action);
void log_count_search(struct log *log, const char *target);

/* A string that may come from anywhere: what is no UTF-8 becomes question marks. */
json_t *log_string(const char *string);
/* JSON of plain ASCII, whatever is in it: a terminal may be reading. Freed by the caller. */
char *log_json(const json_t *json, size_t flags);
/* Seconds since 1970. */
json_t *log_time(void);

#endif
