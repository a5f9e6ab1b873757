/* SPDX-License-Identifier: MIT */
#include "description.h"

#include "../ground/utf8.h"
#include "xml.h"

#include <stdlib.h>
#include <string.h>

/* As long as names are shown, as a URL may be, and as the texts of a service and of all of them
 * may be together. */
enum {
    NAME_LENGTH_MAX = 256,
    URL_LENGTH_MAX = 2048,
    SERVICE_LENGTH_MAX = 2304,
    SERVICES_LENGTH_MAX = 16 * 1024
};

bool nat__service_is_wan(const char *type)
{
    return strstr(type, ":service:WANIPConnection:") || strstr(type, ":service:WANPPPConnection:");
}

unsigned nat__service_version(const char *type)
{
    uint64_t version;
    const char *colon = strrchr(type, ':');
    if (!colon || !nat__str_number(nat__str_of(colon + 1), 99, &version) || version == 0)
        return 1;
    return (unsigned)version;
}

static void service_free(nat__service *service)
{
    free(service->type);
    free(service->control_url);
    free(service->event_url);
    *service = (nat__service){0};
}

static size_t length_of(const nat__service *service)
{
    return strlen(service->type) + strlen(service->control_url) +
           (service->event_url ? strlen(service->event_url) : 0);
}

static bool has_room(const nat__description *description, const nat__service *service)
{
    size_t length = length_of(service);
    if (length > SERVICE_LENGTH_MAX)
        return false;
    for (size_t i = 0; i < description->service_count; i++)
        length += length_of(&description->services[i]);
    return description->service_count < NAT__SERVICES_MAX && length <= SERVICES_LENGTH_MAX;
}

void nat__description_add(nat__description *description, nat__service *service)
{
    /* Windows' connection sharing lists services with empty control URLs. */
    if (service->type && nat__service_is_wan(service->type) && service->control_url &&
        has_room(description, service)) {
        description->services[description->service_count++] = *service;
        *service = (nat__service){0};
    }
    service_free(service);
}

void nat__description_free(nat__description *description)
{
    free(description->url_base);
    free(description->device_type);
    free(description->name);
    free(description->manufacturer);
    free(description->model_name);
    free(description->model_number);
    free(description->udn);
    free(description->presentation_url);
    for (size_t i = 0; i < description->service_count; i++)
        service_free(&description->services[i]);
    *description = (nat__description){0};
}

typedef struct parser {
    nat__description *description;
    unsigned devices; /* open device elements */
    unsigned services;
    nat__service service;
} parser;

static bool on_start(void *arg, const char *name, unsigned depth)
{
    parser *p = arg;
    (void)depth;
    if (strcmp(name, "device") == 0)
        p->devices++;
    else if (strcmp(name, "service") == 0 && p->services++ == 0)
        service_free(&p->service);
    return true;
}

/* Sets a text once; the first one counts. */
static bool set(char **field, nat__str text, size_t most)
{
    if (*field || text.length == 0)
        return true;
    *field = nat__str_dup_clean(text, most);
    return *field != NULL;
}

static bool on_end(void *arg, const char *name, unsigned depth, nat__str text)
{
    parser *p = arg;
    nat__description *d = p->description;
    const struct {
        const char *name;
        char **field;
        size_t most;
        bool here;
    } fields[] = {
        {"serviceType", &p->service.type, URL_LENGTH_MAX, p->services > 0},
        {"controlURL", &p->service.control_url, URL_LENGTH_MAX, p->services > 0},
        {"eventSubURL", &p->service.event_url, URL_LENGTH_MAX, p->services > 0},
        {"URLBase", &d->url_base, URL_LENGTH_MAX, depth == 2},
        {"deviceType", &d->device_type, NAME_LENGTH_MAX, p->devices == 1},
        {"friendlyName", &d->name, NAME_LENGTH_MAX, p->devices == 1},
        {"manufacturer", &d->manufacturer, NAME_LENGTH_MAX, p->devices == 1},
        {"modelName", &d->model_name, NAME_LENGTH_MAX, p->devices == 1},
        {"modelNumber", &d->model_number, NAME_LENGTH_MAX, p->devices == 1},
        {"UDN", &d->udn, NAME_LENGTH_MAX, p->devices == 1},
        {"presentationURL", &d->presentation_url, URL_LENGTH_MAX, p->devices == 1},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].here && strcmp(name, fields[i].name) == 0)
            return set(fields[i].field, text, fields[i].most);
    if (strcmp(name, "device") == 0 && p->devices > 0)
        p->devices--;
    else if (strcmp(name, "service") == 0 && p->services > 0 && --p->services == 0)
        nat__description_add(d, &p->service);
    return true;
}

static void restart(void *arg)
{
    parser *p = arg;
    nat__description_free(p->description);
    service_free(&p->service);
    p->devices = 0;
    p->services = 0;
}

natupnp_status nat__description_parse(nat__description *out, nat__str document)
{
    *out = (nat__description){0};
    parser p = {.description = out};
    nat__xml_handler handler = {&p, on_start, on_end};
    nat__xml_result result = nat__xml_read(document, &handler, restart);
    service_free(&p.service);
    natupnp_status status = result == NAT__XML_OK      ? NATUPNP_OK
                            : result == NAT__XML_NOMEM ? NATUPNP_E_NOMEM
                                                       : NATUPNP_E_BAD_REPLY;
    if (result == NAT__XML_MALFORMED) {
        restart(&p);
        status = nat__description_scan(out, document);
    }
    if (status != NATUPNP_OK)
        nat__description_free(out);
    return status;
}
