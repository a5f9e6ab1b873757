/* SPDX-License-Identifier: MIT */
#include "options_value.h"
#include <stdlib.h>
#include <string.h>

enum { TIMEOUT_MAX_S = 3600 };

bool timeout_parse(uint32_t *timeout_ms, const char *text, struct fail *fail)
{
    char *end = NULL;
    double seconds = 0;
    if (strspn(text, "0123456789.") == strlen(text) && strpbrk(text, "0123456789") != NULL) {
        seconds = strtod(text, &end);
    }
    if (end == NULL || *end != '\0' || seconds <= 0 || seconds > TIMEOUT_MAX_S) {
        return fail_usage(fail,
                          "--timeout '%s': write seconds, more than 0 and at most %d, such as 5 "
                          "or 0.5",
                          text, TIMEOUT_MAX_S);
    }
    uint32_t milliseconds = (uint32_t)(seconds * 1000);
    *timeout_ms = milliseconds > 0 ? milliseconds : 1;
    return true;
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

bool lease_parse(uint32_t *lease_s, const char *text, struct fail *fail)
{
    const char *unit = "";
    uint64_t number = 0;
    bool valid = number_parse(&number, &unit, text);
    uint32_t seconds = valid ? unit_seconds(unit) : 0;
    if (!valid || seconds == 0) {
        return fail_usage(fail,
                          "--lease '%s': write a whole number of seconds, or of minutes, hours or "
                          "days with m, h or d behind it, such as 3600, 15m, 2h or 7d",
                          text);
    }
    if (number == 0) {
        return fail_usage(fail,
                          "--lease '%s': a lease is at least one second; leave --lease out "
                          "for a mapping that stays until it is removed",
                          text);
    }
    if (number > UINT32_MAX / seconds) {
        return fail_usage(fail, "--lease '%s' is more than gateways can count; most allow 7d",
                          text);
    }
    *lease_s = (uint32_t)number * seconds;
    return true;
}

bool count_parse(uint32_t *count, const char *text, struct fail *fail)
{
    const char *end = "";
    uint64_t number = 0;
    if (!number_parse(&number, &end, text) || *end != '\0' || number == 0 || number > UINT32_MAX) {
        return fail_usage(fail, "--count '%s': write how many events to wait for, 1 or more", text);
    }
    *count = (uint32_t)number;
    return true;
}

bool text_given(const char *option, const char *text, struct fail *fail)
{
    return text[0] != '\0' || fail_usage(fail, "%s needs a value that is not empty", option);
}
