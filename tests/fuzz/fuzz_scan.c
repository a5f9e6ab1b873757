/* SPDX-License-Identifier: MIT */
#include "fuzz_services.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nat__description d = {0};
    natupnp_status status = nat__description_scan(&d, fuzz_text(data, size));
    FUZZ_CHECK(status == NATUPNP_OK || status == NATUPNP_E_BAD_REPLY);
    FUZZ_CHECK((status == NATUPNP_OK) == (d.service_count > 0));
    check_services(&d);
    nat__description_free(&d);
    return 0;
}
