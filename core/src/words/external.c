/* SPDX-License-Identifier: MIT */
#include "external.h"

natupnp_status nat__external_read(nat__ip *out, nat__str text)
{
    nat__ip ip;
    *out = (nat__ip){0};
    text = nat__str_trim(text);
    if (text.length == 0 || nat__str_equal(text, "0.0.0.0"))
        return NATUPNP_E_NO_ADDRESS;
    if (!nat__ip_parse(&ip, text) || ip.family != 4 || nat__ip_is_special(ip))
        return NATUPNP_E_BAD_REPLY;
    *out = ip;
    return NATUPNP_OK;
}

natupnp_status nat__external_status(const nat__external *external)
{
    if (external->ip[0] != '\0')
        return NATUPNP_OK;
    return external->status == NATUPNP_OK ? NATUPNP_E_PENDING : external->status;
}

const char *nat__external_reason(const nat__external *external)
{
    static const struct {
        natupnp_status status;
        const char *text;
    } reasons[] = {
#define REASON(name, number, hresult, text)                                                        \
    {NATUPNP_##name, "the external address is not known: " text},
        NATUPNP_STATUS_MAP(REASON)
#undef REASON
    };
    natupnp_status status = nat__external_status(external);
    if (status == NATUPNP_E_NO_ADDRESS)
        return natupnp_status_text(status);
    if (status == NATUPNP_E_PENDING)
        return "the external address was not asked for";
    for (size_t i = 0; status != NATUPNP_OK && i < sizeof reasons / sizeof reasons[0]; i++)
        if (reasons[i].status == status)
            return reasons[i].text;
    return "";
}
