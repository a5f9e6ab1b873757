/* SPDX-License-Identifier: MIT */
/* A line with a base, then a reference. */
#include "fuzz.h"

#include "ground/url.h"

/* A URL with a numeric host, as text, is read as the same URL again. */
static void check_url(const nat__url *url)
{
    FUZZ_CHECK(url->target && url->target[0] == '/');
    FUZZ_CHECK(url->port > 0);
    for (const char *c = url->target; *c; c++)
        FUZZ_CHECK((unsigned char)*c > ' ' && *c != 0x7F && *c != '#');
    char *text = nat__url_text(url);
    FUZZ_CHECK(text);
    if (url->host.family != 0 && strlen(text) <= NAT__URL_MAX) {
        nat__url again;
        FUZZ_CHECK(nat__url_parse(&again, nat__str_of(text)) == NATUPNP_OK);
        FUZZ_CHECK(nat__url_equal(url, &again));
        nat__url_free(&again);
        FUZZ_CHECK(nat__url_resolve(&again, url, nat__str_of(text)) == NATUPNP_OK);
        FUZZ_CHECK(nat__url_equal(url, &again));
        nat__url_free(&again);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    nat__str reference = fuzz_text(data, size);
    nat__str first = nat__str_cut(&reference, '\n');
    nat__url base, url;
    if (nat__url_parse(&base, first) != NATUPNP_OK) {
        FUZZ_CHECK(base.target == NULL);
        FUZZ_CHECK(nat__url_parse(&base, nat__str_of("http://192.168.1.1:5000/a/b;c?d")) ==
                   NATUPNP_OK);
    }
    check_url(&base);
    if (nat__url_resolve(&url, &base, reference) == NATUPNP_OK)
        check_url(&url);
    else
        FUZZ_CHECK(url.target == NULL);
    nat__url_free(&url);
    nat__url_free(&base);
    return 0;
}
