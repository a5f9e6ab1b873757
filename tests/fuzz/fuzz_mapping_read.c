/* SPDX-License-Identifier: MIT */
/* A byte that says whether the key is known ("k"), then out arguments as lines "name=value". */
#include "fuzz.h"

#include "words/mapping.h"

static char *copy_text(nat__str text)
{
    char *copy = nat__str_dup(text);
    FUZZ_CHECK(copy);
    return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nat__str rest = fuzz_text(data, size);
    bool known = nat__str_starts(nat__str_cut(&rest, '\n'), "k");
    nat__soap_reply reply = {0};
    while (rest.length > 0 && reply.count < NAT__SOAP_VALUES_MAX) {
        nat__str value = nat__str_cut(&rest, '\n');
        reply.values[reply.count].name = copy_text(nat__str_cut(&value, '='));
        reply.values[reply.count++].value = copy_text(value);
    }
    nat__mapping_values v = {
        .remote_host = "asked", .external_port = 9, .protocol = NATUPNP_PROTOCOL_UDP};
    bool ok = nat__mapping_read(&v, &reply, known);
    FUZZ_CHECK(!known || (strcmp(v.remote_host, "asked") == 0 && v.external_port == 9 &&
                          v.protocol == NATUPNP_PROTOCOL_UDP));
    if (ok) {
        FUZZ_CHECK(v.external_port > 0 && v.internal_port > 0);
        FUZZ_CHECK(v.protocol == NATUPNP_PROTOCOL_TCP || v.protocol == NATUPNP_PROTOCOL_UDP);
        FUZZ_CHECK(v.internal_client[0] != '\0');
        FUZZ_CHECK(nat__str_is_clean(nat__str_of(v.internal_client)));
        FUZZ_CHECK(nat__str_is_clean(nat__str_of(v.remote_host)));
        FUZZ_CHECK(nat__str_is_clean(nat__str_of(v.description)));
        natupnp_mapping *mapping = nat__mapping_new(&v);
        FUZZ_CHECK(mapping && nat__mapping_same_key(&mapping->values, &v));
        free(mapping);
    }
    nat__soap_reply_free(&reply);
    return 0;
}
