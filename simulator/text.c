/* SPDX-License-Identifier: MIT */
/* Strings that grow, and the few checks that every part needs. */
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void memory_check(const void *memory)
{
    if (!memory) {
        fputs("natupnp-gateway: out of memory\n", stderr);
        exit(1);
    }
}

void *memory_new(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    memory_check(memory);
    return memory;
}

static void text_reserve(struct text *text, size_t more)
{
    size_t need = text->length + more + 1;

    if (need <= text->room)
        return;
    size_t room = text->room ? text->room : 256;
    while (room < need)
        room *= 2;
    text->data = realloc(text->data, room);
    memory_check(text->data);
    text->room = room;
}

void text_bytes(struct text *text, const char *bytes, size_t length)
{
    text_reserve(text, length);
    if (length)
        memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_bytes(text, string, strlen(string));
}

void text_fill(struct text *text, char byte, size_t count)
{
    text_reserve(text, count);
    memset(text->data + text->length, byte, count);
    text->length += count;
    text->data[text->length] = '\0';
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int need = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (need < 0)
        return;
    text_reserve(text, (size_t)need);
    va_start(arguments, format);
    vsnprintf(text->data + text->length, (size_t)need + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)need;
}

void text_xml(struct text *text, const char *string)
{
    for (; *string; string++) {
        switch (*string) {
        case '&':
            text_add(text, "&amp;");
            break;
        case '<':
            text_add(text, "&lt;");
            break;
        case '>':
            text_add(text, "&gt;");
            break;
        case '"':
            text_add(text, "&quot;");
            break;
        case '\'':
            text_add(text, "&apos;");
            break;
        default:
            text_bytes(text, string, 1);
        }
    }
}

void text_insert(struct text *text, size_t at, const char *bytes, size_t length)
{
    if (at > text->length)
        at = text->length;
    text_reserve(text, length);
    memmove(text->data + at + length, text->data + at, text->length - at);
    memcpy(text->data + at, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_tame(struct text *text)
{
    for (size_t i = 0; i < text->length; i++)
        if (text->data[i] < ' ' || text->data[i] > '~')
            text->data[i] = '?';
}

void text_free(struct text *text)
{
    free(text->data);
    *text = (struct text){0};
}

bool text_copy(char *out, size_t room, const char *string)
{
    size_t length = strlen(string);

    if (length >= room)
        return false;
    memcpy(out, string, length + 1);
    return true;
}

bool text_number(const char *string, uint64_t high, uint64_t *out)
{
    uint64_t number = 0;

    if (!*string)
        return false;
    for (; *string; string++) {
        if (*string < '0' || *string > '9')
            return false;
        number = number * 10 + (uint64_t)(*string - '0');
        if (number > high)
            return false;
    }
    *out = number;
    return true;
}
