/* SPDX-License-Identifier: MIT */
/* What the unit tests share: cmocka, and checks that name the row of a table that failed. */
#ifndef NATUPNP_TESTS_CHECK_H
#define NATUPNP_TESTS_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ground/str.h"

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])

/* A string literal as a piece of text that may hold NULs. */
#define STR(literal) ((nat__str){literal, sizeof(literal) - 1})

static inline void check_at(bool ok, const char *condition, const char *row, const char *file,
                            int line)
{
    if (ok)
        return;
    print_error("row \"%s\": not so: %s\n", row, condition);
    _fail(file, line);
}

static inline void check_text_at(const char *found, const char *wanted, const char *row,
                                 const char *file, int line)
{
    if (found == wanted || (found && wanted && strcmp(found, wanted) == 0))
        return;
    print_error("row \"%s\":\n  found  \"%s\"\n  wanted \"%s\"\n", row, found ? found : "(null)",
                wanted ? wanted : "(null)");
    _fail(file, line);
}

/* Checks a condition, and says in which row of the table it failed. */
#define CHECK(row, condition) check_at((condition), #condition, (row), __FILE__, __LINE__)

/* Checks that two texts are the same; NULL is only like NULL. */
#define CHECK_TEXT(row, found, wanted) check_text_at((found), (wanted), (row), __FILE__, __LINE__)

/* Checks a piece of text, which is not terminated. */
#define CHECK_STR(row, found, wanted)                                                              \
    check_at(nat__str_equal((found), (wanted)), #found " is " #wanted, (row), __FILE__, __LINE__)

#endif
