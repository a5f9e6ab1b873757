/* SPDX-License-Identifier: MIT */
#include "fuzz.h"

#include "words/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const nat__mapping_values first = {
        .remote_host = "", .internal_client = "c", .description = "", .gateway = ""};
    nat__mappings list = {.limit = 4096};
    size_t seen;
    FUZZ_CHECK(nat__mappings_add(&list, &first));
    natupnp_status status = nat__mapping_parse_list(&list, &seen, fuzz_text(data, size), "gw");
    FUZZ_CHECK(status == NATUPNP_OK || status == NATUPNP_E_BAD_REPLY);
    FUZZ_CHECK(list.count >= 1 && list.count - 1 <= seen);
    if (status != NATUPNP_OK)
        FUZZ_CHECK(list.count == 1 && seen == 0 && !list.full);
    FUZZ_CHECK(list.bytes <= list.limit);
    for (size_t i = 1; i < list.count; i++) {
        const nat__mapping_values *v = &list.at[i]->values;
        FUZZ_CHECK(v->external_port > 0 && v->internal_port > 0);
        FUZZ_CHECK(v->protocol == NATUPNP_PROTOCOL_TCP || v->protocol == NATUPNP_PROTOCOL_UDP);
        FUZZ_CHECK(v->internal_client[0] != '\0');
        FUZZ_CHECK(nat__str_is_clean(nat__str_of(v->internal_client)));
        FUZZ_CHECK(nat__str_is_clean(nat__str_of(v->remote_host)));
        FUZZ_CHECK(nat__str_is_clean(nat__str_of(v->description)));
        FUZZ_CHECK(strcmp(v->gateway, "gw") == 0);
        FUZZ_CHECK(nat__mapping_same_key(v, v));
    }
    nat__mappings_free(&list);
    return 0;
}
