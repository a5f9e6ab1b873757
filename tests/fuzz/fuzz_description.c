/* SPDX-License-Identifier: MIT */
/* From the document to the URL that is used: parser, scanner, URLBase, resolution and trust. */
#include "fuzz_services.h"

#include "meaning/gateway.h"

static nat__ip ip(const char *text)
{
    nat__ip out = {0};
    FUZZ_CHECK(nat__ip_parse(&out, nat__str_of(text)));
    return out;
}

static void check_url(const nat__url *url, const nat__trust *trust)
{
    FUZZ_CHECK(nat__ip_equal(url->host, trust->answered) ||
               nat__ip_equal(url->host, trust->net->routes[0].gateway));
    FUZZ_CHECK(!nat__ip_is_special(url->host));
    FUZZ_CHECK(url->port > 0);
    FUZZ_CHECK(url->target && url->target[0] == '/');
    for (const char *c = url->target; *c; c++)
        FUZZ_CHECK((unsigned char)*c > ' ' && *c != 0x7F);
}

/* Takes the description over. */
static void check_gateway(nat__description *d)
{
    nat__route route = {.gateway = ip("192.168.1.254")};
    nat__net net = {.routes = &route, .route_count = 1};
    nat__trust trust = {.answered = ip("192.168.1.1"), .net = &net};
    nat__url location;
    FUZZ_CHECK(nat__url_parse(&location, nat__str_of("http://192.168.1.1:5000/d/r.xml")) ==
               NATUPNP_OK);
    size_t services = d->service_count;
    nat__gateway *gateway;
    natupnp_status status = nat__gateway_new(&gateway, d, &location, &trust);
    FUZZ_CHECK(status == NATUPNP_OK || status == NATUPNP_E_BAD_REPLY);
    FUZZ_CHECK((status == NATUPNP_OK) == (gateway != NULL));
    if (gateway) {
        FUZZ_CHECK(gateway->service < services);
        check_url(&gateway->control, &trust);
        if (gateway->control_fallback.target)
            check_url(&gateway->control_fallback, &trust);
        for (size_t i = 0; i < services; i++)
            if (nat__gateway_use(gateway, i, &trust) == NATUPNP_OK)
                check_url(&gateway->control, &trust);
        char *identity = nat__gateway_identity(gateway);
        FUZZ_CHECK(identity);
        free(identity);
    }
    nat__gateway_unref(gateway);
    nat__url_free(&location);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nat__description d;
    natupnp_status status = nat__description_parse(&d, fuzz_text(data, size));
    FUZZ_CHECK(status == NATUPNP_OK || status == NATUPNP_E_BAD_REPLY);
    const char *texts[] = {d.device_type,  d.name, d.manufacturer,    d.model_name,
                           d.model_number, d.udn,  d.presentation_url};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        FUZZ_CHECK(fuzz_is_clean(texts[i]) && (status == NATUPNP_OK || !texts[i]));
    check_services(&d);
    FUZZ_CHECK(status == NATUPNP_OK || d.service_count == 0);
    check_gateway(&d);
    nat__description_free(&d);
    return 0;
}
