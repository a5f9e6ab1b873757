/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "words/soap.h"

/* A value that is sent comes back the same. */
static void check_round_trip(const char *value)
{
    nat__buf request = {0};
    nat__soap_build(&request, "urn:schemas-upnp-org:service:WANIPConnection:1", "Do",
                    &(nat__soap_arg){"NewX", value}, 1);
    FUZZ_CHECK(request.failed == NATUPNP_OK);
    nat__soap_reply reply;
    FUZZ_CHECK(nat__soap_parse(&reply, (nat__str){request.at, request.length}) == NATUPNP_OK);
    FUZZ_CHECK(!nat__soap_answers(&reply, "Do", (const char *const[]){"NewX"}, 1));
    const char *back = nat__soap_value(&reply, "newx");
    FUZZ_CHECK(back && strcmp(back, value) == 0);
    nat__soap_reply_free(&reply);
    nat__buf_free(&request);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nat__soap_reply reply;
    natupnp_status status = nat__soap_parse(&reply, fuzz_text(data, size));
    FUZZ_CHECK(status == NATUPNP_OK || status == NATUPNP_E_BAD_REPLY);
    if (status != NATUPNP_OK)
        FUZZ_CHECK(!reply.is_fault && reply.count == 0 && !reply.fault_text);
    FUZZ_CHECK(reply.is_fault || (reply.fault == 0 && !reply.fault_text));
    FUZZ_CHECK(!reply.is_fault || reply.fault != 0);
    FUZZ_CHECK(fuzz_is_clean(reply.fault_text));
    FUZZ_CHECK(reply.count <= NAT__SOAP_VALUES_MAX);
    FUZZ_CHECK(strlen(reply.name) < NAT__SOAP_NAME);
    if (reply.is_fault || reply.name[0] == '\0')
        FUZZ_CHECK(!nat__soap_answers(&reply, "Do", NULL, 0));
    for (size_t i = 0; i < reply.count; i++) {
        nat__str value = nat__str_of(reply.values[i].value);
        FUZZ_CHECK(fuzz_is_utf8(value) && fuzz_is_trimmed(value));
        FUZZ_CHECK(nat__soap_value(&reply, reply.values[i].name));
        if (nat__str_is_clean(value))
            check_round_trip(reply.values[i].value);
    }
    nat__soap_reply_free(&reply);
    return 0;
}
