/* SPDX-License-Identifier: MIT */
#include "json_line.h"

#include <stdio.h>
#include <time.h>

void json_begin(const char *what, const char *name)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    printf("{\"at\": %lld.%03ld, \"%s\": \"%s\"",
           (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000, now.tv_nsec / 1000 % 1000, what,
           name);
}

void json_text(const char *name, const char *text)
{
    if (!text)
        return;
    printf(", \"%s\": \"", name);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            printf("\\%c", *text);
        else if ((unsigned char)*text < ' ')
            printf("\\u%04x", (unsigned)*text);
        else
            putchar(*text);
    }
    putchar('"');
}

void json_number(const char *name, int64_t number)
{
    printf(", \"%s\": %lld", name, (long long)number);
}

void json_end(void)
{
    puts("}");
    fflush(stdout);
}
