/* SPDX-License-Identifier: MIT */
#include "str.h"

#include "utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

nat__str nat__str_of(const char *text)
{
    return (nat__str){text, text ? strlen(text) : 0};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

nat__str nat__str_trim(nat__str text)
{
    while (text.length > 0 && is_space(text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length > 0 && is_space(text.at[text.length - 1]))
        text.length--;
    return text;
}

bool nat__str_equal(nat__str text, const char *other)
{
    return text.length == strlen(other) && nat__str_starts(text, other);
}

bool nat__str_equal_nocase(nat__str text, const char *other)
{
    return text.length == strlen(other) && nat__str_starts_nocase(text, other);
}

bool nat__str_starts(nat__str text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.length >= length && (length == 0 || memcmp(text.at, prefix, length) == 0);
}

bool nat__str_starts_nocase(nat__str text, const char *prefix)
{
    size_t length = strlen(prefix);
    return text.length >= length && (length == 0 || strncasecmp(text.at, prefix, length) == 0);
}

const char *nat__str_find(nat__str text, const char *wanted)
{
    if (text.length == 0)
        return NULL;
    return memmem(text.at, text.length, wanted, strlen(wanted));
}

nat__str nat__str_cut(nat__str *rest, char at)
{
    nat__str part = *rest;
    const char *end = rest->length > 0 ? memchr(rest->at, at, rest->length) : NULL;
    if (!end) {
        rest->at += rest->length;
        rest->length = 0;
        return part;
    }
    part.length = (size_t)(end - part.at);
    rest->at = end + 1;
    rest->length -= part.length + 1;
    return part;
}

char *nat__str_dup(nat__str text)
{
    char *copy = malloc(text.length + 1);
    if (!copy)
        return NULL;
    if (text.length > 0)
        memcpy(copy, text.at, text.length);
    copy[text.length] = '\0';
    return copy;
}

char *nat__str_dup_clean(nat__str text, size_t most)
{
    nat__buf out = {0};
    uint32_t character;
    size_t used;
    for (; (used = nat__utf8_decode(text, &character)) > 0 && out.length + used <= most;
         text.at += used, text.length -= used) {
        bool control = nat__utf8_is_control(character);
        nat__buf_add(&out, control ? " " : text.at, control ? 1 : used);
    }
    return nat__buf_take(&out);
}

bool nat__str_number(nat__str text, uint64_t max, uint64_t *out)
{
    text = nat__str_trim(text);
    if (text.length == 0)
        return false;
    uint64_t value = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        uint64_t digit = (uint64_t)(text.at[i] - '0');
        if (value > (max - digit) / 10 || max < digit)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool nat__str_integer(nat__str text, int64_t limit, int64_t *out)
{
    text = nat__str_trim(text);
    bool negative = text.length > 0 && text.at[0] == '-';
    if (negative) {
        text.at++;
        text.length--;
        if (text.length > 0 && is_space(text.at[0]))
            return false;
    }
    uint64_t value;
    if (!nat__str_number(text, (uint64_t)limit, &value))
        return false;
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

bool nat__str_is_clean(nat__str text)
{
    while (text.length > 0) {
        uint32_t character;
        size_t used = nat__utf8_decode(text, &character);
        if (used == 0 || nat__utf8_is_control(character))
            return false;
        text.at += used;
        text.length -= used;
    }
    return true;
}
