/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "words/xml.h"

typedef struct reading {
    unsigned depth, starts, ends, restarts;
} reading;

static bool on_start(void *arg, const char *name, unsigned depth)
{
    reading *r = arg;
    FUZZ_CHECK(depth == ++r->depth);
    FUZZ_CHECK(fuzz_is_utf8(nat__str_of(name)));
    r->starts++;
    return true;
}

static bool on_end(void *arg, const char *name, unsigned depth, nat__str text)
{
    reading *r = arg;
    FUZZ_CHECK(depth == r->depth--);
    FUZZ_CHECK(fuzz_is_utf8(nat__str_of(name)));
    FUZZ_CHECK(fuzz_is_utf8(text));
    FUZZ_CHECK(fuzz_is_trimmed(text));
    r->ends++;
    return true;
}

static void restart(void *arg)
{
    reading *r = arg;
    *r = (reading){.restarts = r->restarts + 1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    reading r = {0};
    nat__xml_handler handler = {&r, on_start, on_end};
    nat__xml_result result = nat__xml_read(fuzz_text(data, size), &handler, restart);
    FUZZ_CHECK(result != NAT__XML_NOMEM);
    FUZZ_CHECK(r.restarts <= 1);
    if (result == NAT__XML_OK)
        FUZZ_CHECK(r.starts > 0 && r.starts == r.ends && r.depth == 0);
    return 0;
}
