/* SPDX-License-Identifier: MIT */
#include "gateway.h"

#include "../ground/buf.h"
#include "protocol.h"

#include <stdlib.h>
#include <string.h>

static bool is_allowed(const nat__trust *trust, nat__ip host)
{
    if (host.family == 0)
        return false;
    if (nat__ip_equal(host, trust->answered) || nat__ip_equal(host, trust->extra))
        return true;
    return !nat__ip_is_special(host) && trust->net && nat__net_is_default_gateway(trust->net, host);
}

void nat__trust_apply(const nat__trust *trust, nat__url *url)
{
    if (!is_allowed(trust, url->host))
        url->host = trust->answered;
}

/* The URL that relative ones start from: URLBase where it names the same host, else LOCATION. */
static natupnp_status get_base(const nat__gateway *gateway, nat__url *out)
{
    const char *text = gateway->description.url_base;
    nat__url base;
    if (text) {
        natupnp_status status = nat__url_parse(&base, nat__str_of(text));
        if (status == NATUPNP_OK && nat__ip_equal(base.host, gateway->location.host)) {
            *out = base;
            return NATUPNP_OK;
        }
        nat__url_free(&base);
        if (status == NATUPNP_E_NOMEM)
            return status;
    }
    return nat__url_copy(out, &gateway->location);
}

natupnp_status nat__gateway_control(const nat__gateway *gateway, size_t service,
                                    const nat__trust *trust, nat__url *control, nat__url *fallback)
{
    nat__str reference = nat__str_of(gateway->description.services[service].control_url);
    *control = *fallback = (nat__url){0};
    nat__url base;
    natupnp_status status = get_base(gateway, &base);
    if (status != NATUPNP_OK)
        return status;
    status = nat__url_resolve(control, &base, reference);
    if (status == NATUPNP_OK)
        nat__trust_apply(trust, control);
    if (status == NATUPNP_OK && !nat__url_equal(&base, &gateway->location)) {
        natupnp_status second = nat__url_resolve(fallback, &gateway->location, reference);
        if (second == NATUPNP_OK)
            nat__trust_apply(trust, fallback);
        if (second == NATUPNP_OK && nat__url_equal(control, fallback))
            nat__url_free(fallback);
    }
    nat__url_free(&base);
    return status == NATUPNP_E_INVAL ? NATUPNP_E_BAD_REPLY : status;
}

natupnp_status nat__gateway_event_url(const nat__gateway *gateway, nat__url *out)
{
    const char *text = gateway->description.services[gateway->service].event_url;
    *out = (nat__url){0};
    if (!text || text[0] == '\0')
        return NATUPNP_E_UNSUPPORTED;
    /* Relative to where actions go, which has been found to work, and at that host in any case. */
    natupnp_status status = nat__url_resolve(out, &gateway->control, nat__str_of(text));
    if (status == NATUPNP_OK)
        out->host = gateway->control.host;
    return status == NATUPNP_E_INVAL ? NATUPNP_E_BAD_REPLY : status;
}

natupnp_status nat__gateway_use(nat__gateway *gateway, size_t service, const nat__trust *trust)
{
    nat__url control, fallback;
    natupnp_status status = nat__gateway_control(gateway, service, trust, &control, &fallback);
    if (status != NATUPNP_OK)
        return status;
    nat__url_free(&gateway->control);
    nat__url_free(&gateway->control_fallback);
    gateway->control = control;
    gateway->control_fallback = fallback;
    gateway->service = service;
    return NATUPNP_OK;
}

natupnp_status nat__gateway_new(nat__gateway **out, nat__description *description,
                                const nat__url *location, const nat__trust *trust)
{
    *out = NULL;
    nat__gateway *gateway = calloc(1, sizeof *gateway);
    if (!gateway) {
        nat__description_free(description);
        return NATUPNP_E_NOMEM;
    }
    gateway->refs = 1;
    gateway->wan.uptime_s = -1;
    gateway->boot_id = -1;
    gateway->protocol = &nat__protocol_igd;
    gateway->description = *description;
    *description = (nat__description){0};
    natupnp_status status = nat__url_copy(&gateway->location, location);
    if (status == NATUPNP_OK)
        status = NATUPNP_E_BAD_REPLY;
    for (size_t i = 0; i < gateway->description.service_count && status == NATUPNP_E_BAD_REPLY; i++)
        status = nat__gateway_use(gateway, i, trust);
    if (status != NATUPNP_OK) {
        nat__gateway_unref(gateway);
        return status;
    }
    *out = gateway;
    return NATUPNP_OK;
}

void nat__wan_forget(nat__wan_state *wan)
{
    free(wan->external_detail);
    free(wan->status);
    free(wan->last_error);
    *wan = (nat__wan_state){.uptime_s = -1};
}

void nat__wan_learn_external(nat__wan_state *wan, const nat__external *external, char *detail)
{
    free(wan->external_detail);
    wan->external_detail = detail;
    wan->external = *external;
}

nat__gateway *nat__gateway_ref(nat__gateway *gateway)
{
    gateway->refs++;
    return gateway;
}

void nat__gateway_unref(nat__gateway *gateway)
{
    if (!gateway || --gateway->refs > 0)
        return;
    nat__url_free(&gateway->location);
    nat__url_free(&gateway->control);
    nat__url_free(&gateway->control_fallback);
    nat__description_free(&gateway->description);
    nat__wan_forget(&gateway->wan);
    free(gateway);
}

const char *nat__gateway_service_type(const nat__gateway *gateway)
{
    return gateway->description.services[gateway->service].type;
}

char *nat__gateway_identity(const nat__gateway *gateway)
{
    char host[NAT__IP_TEXT];
    nat__buf text = {0};
    const char *udn = gateway->description.udn;
    nat__buf_addf(&text, "%s %s", nat__ip_text(gateway->location.host, host), udn ? udn : "");
    return nat__buf_take(&text);
}

static char *copy(const char *text, bool *ok)
{
    if (!text || text[0] == '\0')
        return NULL;
    char *made = strdup(text);
    *ok = *ok && made;
    return made;
}

/* The page where people set the gateway up, NULL where it names none that may be given out. False
 * without memory. */
static bool page_of(char **out, const nat__gateway *gateway)
{
    nat__url base;
    *out = NULL;
    if (!gateway->description.presentation_url)
        return true;
    if (get_base(gateway, &base) != NATUPNP_OK)
        return false;
    natupnp_status status =
        nat__url_page(out, &base, nat__str_of(gateway->description.presentation_url));
    nat__url_free(&base);
    return status != NATUPNP_E_NOMEM;
}

natupnp_gateway *nat__gateway_snapshot(const nat__gateway *gateway, bool chosen)
{
    const nat__description *d = &gateway->description;
    natupnp_gateway *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    char *location = nat__url_text(&gateway->location);
    char *control = nat__url_text(&gateway->control), *page;
    bool paged = page_of(&page, gateway);
    char local[NAT__IP_TEXT] = "";
    nat__ip source;
    if (nat__net_source_for(gateway->control.host, &source))
        nat__ip_text(source, local);
    const char *texts[NAT__GATEWAY_TEXTS] = {
        [NAT__GATEWAY_NAME] = d->name,
        [NAT__GATEWAY_MANUFACTURER] = d->manufacturer,
        [NAT__GATEWAY_MODEL_NAME] = d->model_name,
        [NAT__GATEWAY_MODEL_NUMBER] = d->model_number,
        [NAT__GATEWAY_UDN] = d->udn,
        [NAT__GATEWAY_LOCATION] = location,
        [NAT__GATEWAY_CONTROL_URL] = control,
        [NAT__GATEWAY_PRESENTATION_URL] = page,
        [NAT__GATEWAY_SERVICE_TYPE] = nat__gateway_service_type(gateway),
        [NAT__GATEWAY_LOCAL_ADDRESS] = local,
        [NAT__GATEWAY_INTERFACE] = gateway->interface,
        [NAT__GATEWAY_EXTERNAL_DETAIL] = gateway->wan.external_detail,
        [NAT__GATEWAY_CONNECTION_STATUS] = gateway->wan.status,
        [NAT__GATEWAY_LAST_CONNECTION_ERROR] = gateway->wan.last_error,
    };
    bool ok = location && control && paged;
    for (size_t i = 0; i < NAT__GATEWAY_TEXTS; i++)
        s->texts[i] = copy(texts[i], &ok);
    s->uptime_s = gateway->wan.uptime_s;
    s->chosen = chosen;
    s->external = gateway->wan.external;
    free(location);
    free(control);
    free(page);
    if (!ok) {
        nat__gateway_snapshot_free(s);
        return NULL;
    }
    return s;
}

natupnp_gateway *nat__gateway_snapshot_copy(const natupnp_gateway *snapshot)
{
    bool ok = true;
    natupnp_gateway *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    *s = *snapshot;
    for (size_t i = 0; i < NAT__GATEWAY_TEXTS; i++)
        s->texts[i] = copy(snapshot->texts[i], &ok);
    if (!ok) {
        nat__gateway_snapshot_free(s);
        return NULL;
    }
    return s;
}

void nat__gateway_snapshot_free(natupnp_gateway *snapshot)
{
    if (!snapshot)
        return;
    for (size_t i = 0; i < NAT__GATEWAY_TEXTS; i++)
        free(snapshot->texts[i]);
    free(snapshot);
}
