/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "ground/url.h"
#include "words/ssdp.h"

static void check_field(nat__str field, nat__str datagram)
{
    if (field.length == 0)
        return;
    FUZZ_CHECK(field.at >= datagram.at);
    FUZZ_CHECK(field.at + field.length <= datagram.at + datagram.length);
    FUZZ_CHECK(fuzz_is_trimmed(field));
    FUZZ_CHECK(!memchr(field.at, '\n', field.length));
}

static void check_number(int64_t number)
{
    FUZZ_CHECK(number >= -1 && number <= UINT32_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nat__str datagram = fuzz_text(data, size);
    nat__ssdp_message m;
    if (!nat__ssdp_parse(&m, datagram))
        return 0;
    check_field(m.location, datagram);
    check_field(m.target, datagram);
    check_field(m.usn, datagram);
    check_field(m.server, datagram);
    check_number(m.boot_id);
    check_number(m.next_boot_id);
    check_number(m.config_id);
    check_number(m.max_age_s);
    nat__ssdp_is_gateway_target(m.target);
    nat__url url;
    nat__url_parse(&url, m.location);
    nat__url_free(&url);
    return 0;
}
