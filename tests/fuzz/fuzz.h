/* SPDX-License-Identifier: MIT */
/* What the fuzz targets share. */
#ifndef NATUPNP_TESTS_FUZZ_H
#define NATUPNP_TESTS_FUZZ_H

#include "ground/str.h"
#include "ground/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must be so for every input: ends the program when it is not. */
#define FUZZ_CHECK(condition)                                                                      \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline nat__str fuzz_text(const uint8_t *data, size_t size)
{
    return (nat__str){(const char *)data, size};
}

/* NULL, or a text without control characters that is not empty. */
static inline bool fuzz_is_clean(const char *text)
{
    return !text || (text[0] != '\0' && nat__str_is_clean(nat__str_of(text)));
}

static inline bool fuzz_is_trimmed(nat__str text)
{
    return nat__str_trim(text).length == text.length;
}

static inline bool fuzz_is_utf8(nat__str text)
{
    while (text.length > 0) {
        uint32_t character;
        size_t used = nat__utf8_decode(text, &character);
        if (used == 0 || used > text.length)
            return false;
        text.at += used;
        text.length -= used;
    }
    return true;
}

#endif
