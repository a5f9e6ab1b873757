/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_TEXT_H
#define GATEWAY_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A growing string. All zero is an empty one; data is then NULL. */
struct text {
    char *data;
    size_t length;
    size_t room;
};

/* Running out of memory ends the simulator: nobody depends on it staying up. */
void *memory_new(size_t count, size_t size);

void text_bytes(struct text *text, const char *bytes, size_t length);
void text_add(struct text *text, const char *string);
void text_fill(struct text *text, char byte, size_t count);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds with the five XML entities put in. */
void text_xml(struct text *text, const char *string);
void text_insert(struct text *text, size_t at, const char *bytes, size_t length);
/* Puts '?' for what is not plain ASCII: callers write what they like, and a terminal acts on it. */
void text_tame(struct text *text);
void text_free(struct text *text);

/* Copies a string that fits with its end; false and no change otherwise. */
bool text_copy(char *out, size_t room, const char *string);
/* A decimal number of digits only, from 0 to high. */
bool text_number(const char *string, uint64_t high, uint64_t *out);

#endif
