/* SPDX-License-Identifier: MIT */
#include "options_value.h"
#include <string.h>

enum { TIMEOUT_MAX_S = 3600, MS = 1000 };

bool flag_read(void *place, const struct option_row *row, const char *text, struct fail *fail)
{
    (void)row;
    (void)text;
    (void)fail;
    *(bool *)place = true;
    return true;
}

bool more_read(void *place, const struct option_row *row, const char *text, struct fail *fail)
{
    (void)row;
    (void)text;
    (void)fail;
    ++*(int *)place;
    return true;
}

bool any_text_read(void *place, const struct option_row *row, const char *text, struct fail *fail)
{
    (void)row;
    (void)fail;
    *(const char **)place = text;
    return true;
}

bool text_read(void *place, const struct option_row *row, const char *text, struct fail *fail)
{
    *(const char **)place = text;
    return text[0] != '\0' || fail_usage(fail, "%s needs a value that is not empty", row->name);
}

/** Read digits; what is too large becomes UINT64_MAX. *end is where they end. False for none. */
static bool number_parse(uint64_t *number, const char **end, const char *text)
{
    const char *at = text;
    for (*number = 0; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : *number * 10 + digit;
    }
    *end = at;
    return at != text;
}

/** Read seconds with decimals, at most TIMEOUT_MAX_S. False for anything else, and for nothing. */
static bool seconds_parse(uint32_t *milliseconds, const char *text)
{
    uint64_t whole = 0;
    uint32_t part = 0;
    bool digits = number_parse(&whole, &text, text);
    bool more = false;
    if (*text == '.') {
        text++;
        for (uint32_t unit = MS / 10; *text >= '0' && *text <= '9'; text++) {
            uint32_t digit = (uint32_t)(*text - '0');
            part += digit * unit;
            unit /= 10;
            more = more || digit > 0;
            digits = true;
        }
    }
    if (!digits || *text != '\0' || whole > TIMEOUT_MAX_S || (whole == TIMEOUT_MAX_S && more)) {
        return false;
    }
    *milliseconds = (uint32_t)whole * MS + part;
    if (*milliseconds == 0 && more) {
        *milliseconds = 1;
    }
    return *milliseconds > 0;
}

bool timeout_read(void *place, const struct option_row *row, const char *text, struct fail *fail)
{
    return seconds_parse(place, text) ||
           fail_usage(fail, "%s '%s': write seconds, more than 0 and at most %d, such as 5 or 0.5",
                      row->name, text, TIMEOUT_MAX_S);
}

/** How many seconds a unit has; 0 for one that there is not. */
static uint32_t unit_seconds(const char *unit)
{
    static const struct {
        const char *name;
        uint32_t seconds;
    } units[] = {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (strcmp(units[i].name, unit) == 0) {
            return units[i].seconds;
        }
    }
    return 0;
}

bool lease_read(void *place, const struct option_row *row, const char *text, struct fail *fail)
{
    const char *unit = "";
    uint64_t number = 0;
    bool valid = number_parse(&number, &unit, text);
    uint32_t seconds = valid ? unit_seconds(unit) : 0;
    if (!valid || seconds == 0) {
        return fail_usage(fail,
                          "%s '%s': write a whole number of seconds, or of minutes, hours or "
                          "days with m, h or d behind it, such as 3600, 15m, 2h or 7d",
                          row->name, text);
    }
    if (number == 0) {
        return fail_usage(fail,
                          "%s '%s': a lease is at least one second; leave %s out to ask for a "
                          "mapping without an end",
                          row->name, text, row->name);
    }
    if (number > UINT32_MAX / seconds) {
        return fail_usage(fail, "%s '%s' is more than gateways can count; most allow 7d", row->name,
                          text);
    }
    *(uint32_t *)place = (uint32_t)number * seconds;
    return true;
}

bool count_read(void *place, const struct option_row *row, const char *text, struct fail *fail)
{
    const char *end = "";
    uint64_t number = 0;
    if (!number_parse(&number, &end, text) || *end != '\0' || number == 0 || number > UINT32_MAX) {
        return fail_usage(fail, "%s '%s': write how many events to wait for, 1 or more", row->name,
                          text);
    }
    *(uint32_t *)place = (uint32_t)number;
    return true;
}
