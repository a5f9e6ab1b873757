/* SPDX-License-Identifier: MIT */
/* What must be so for the services of any description. */
#ifndef NATUPNP_TESTS_FUZZ_SERVICES_H
#define NATUPNP_TESTS_FUZZ_SERVICES_H

#include "fuzz.h"

#include "words/description.h"

static inline void check_services(const nat__description *d)
{
    FUZZ_CHECK(d->service_count <= NAT__SERVICES_MAX);
    FUZZ_CHECK(fuzz_is_clean(d->url_base));
    for (size_t i = 0; i < d->service_count; i++) {
        const nat__service *service = &d->services[i];
        FUZZ_CHECK(service->type && fuzz_is_clean(service->type));
        FUZZ_CHECK(nat__service_is_wan(service->type));
        FUZZ_CHECK(nat__service_version(service->type) > 0);
        FUZZ_CHECK(service->control_url && fuzz_is_clean(service->control_url));
        FUZZ_CHECK(fuzz_is_clean(service->event_url));
    }
}

#endif
