/* SPDX-License-Identifier: MIT */
/* The input is read as an event's body, as header lines, and as a TIMEOUT field. */
#include "fuzz.h"

#include "words/gena.h"

enum { HEADERS_MAX = 32 };

static void check_body(nat__str body)
{
    nat__gena_event e;
    natupnp_status status = nat__gena_parse_event(&e, body);
    FUZZ_CHECK(status == NATUPNP_OK || status == NATUPNP_E_BAD_REPLY);
    FUZZ_CHECK(e.external_ip_told || e.external_ip.family == 0);
    FUZZ_CHECK(e.external_ip.family == 0 || !nat__ip_is_special(e.external_ip));
    FUZZ_CHECK(e.number_of_entries >= -1 && e.number_of_entries <= UINT16_MAX);
    FUZZ_CHECK(e.system_update_id >= -1 && e.system_update_id <= UINT32_MAX);
    FUZZ_CHECK(memchr(e.connection_status, '\0', sizeof e.connection_status));
    FUZZ_CHECK(nat__str_is_clean(nat__str_of(e.connection_status)));
    bool told = e.external_ip_told || e.number_of_entries >= 0 || e.system_update_id >= 0 ||
                e.connection_status[0] != '\0';
    FUZZ_CHECK((status == NATUPNP_OK) == (told || e.others > 0 || e.unusable > 0));
    FUZZ_CHECK(status == NATUPNP_OK || !e.broken);
}

static void check_sid(nat__str sid, nat__str input)
{
    if (sid.length == 0)
        return;
    FUZZ_CHECK(sid.at >= input.at && sid.at + sid.length <= input.at + input.length);
    FUZZ_CHECK(sid.length <= NAT__GENA_SID_MAX);
    FUZZ_CHECK(fuzz_is_trimmed(sid) && nat__str_is_clean(sid));
}

static void check_headers(nat__str input)
{
    nat__gena_header headers[HEADERS_MAX];
    size_t count = 0;
    nat__str rest = input;
    while (rest.length > 0 && count < HEADERS_MAX) {
        nat__str value = nat__str_cut(&rest, '\n');
        nat__str name = nat__str_cut(&value, ':');
        headers[count++] = (nat__gena_header){name, value};
    }
    nat__gena_notify n;
    unsigned code = nat__gena_parse_notify(&n, headers, count);
    FUZZ_CHECK(code == 200 || code == 400 || code == 412);
    FUZZ_CHECK((code == 200) == (n.sid.length > 0));
    FUZZ_CHECK(code == 200 || n.seq == 0);
    check_sid(n.sid, input);
    FUZZ_CHECK(nat__gena_seq_after(n.seq) != 0);
    FUZZ_CHECK(nat__gena_judge_seq(n.seq, nat__gena_seq_after(n.seq)) == NAT__GENA_NEXT);
    nat__gena_subscription s;
    FUZZ_CHECK(nat__gena_parse_subscription(&s, headers, count) == (s.sid.length > 0));
    FUZZ_CHECK(s.timeout_s >= NAT__GENA_TIMEOUT_MIN_S && s.timeout_s <= NAT__GENA_TIMEOUT_MAX_S);
    check_sid(s.sid, input);
}

static void check_timeout(nat__str input)
{
    uint32_t timeout_s = nat__gena_parse_timeout(input);
    FUZZ_CHECK(timeout_s >= NAT__GENA_TIMEOUT_MIN_S && timeout_s <= NAT__GENA_TIMEOUT_MAX_S);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nat__str input = fuzz_text(data, size);
    check_body(input);
    check_headers(input);
    check_timeout(input);
    return 0;
}
