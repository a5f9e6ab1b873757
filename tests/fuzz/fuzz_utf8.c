/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nat__str text = fuzz_text(data, size);
    nat__buf once = {0}, twice = {0};
    nat__utf8_repair(&once, text);
    FUZZ_CHECK(once.failed == NATUPNP_OK);
    nat__str repaired = {once.at, once.length};
    FUZZ_CHECK(fuzz_is_utf8(repaired));
    for (size_t i = 0; i < repaired.length; i++) {
        unsigned char byte = (unsigned char)repaired.at[i];
        FUZZ_CHECK(byte >= 0x20 || byte == '\t' || byte == '\r' || byte == '\n');
    }
    if (nat__str_is_clean(text))
        FUZZ_CHECK(once.length == size && (size == 0 || memcmp(once.at, data, size) == 0));

    /* What is repaired needs no repair. */
    nat__utf8_repair(&twice, repaired);
    FUZZ_CHECK(twice.length == once.length);
    FUZZ_CHECK(once.length == 0 || memcmp(twice.at, once.at, once.length) == 0);
    nat__buf_free(&once);
    nat__buf_free(&twice);
    return 0;
}
