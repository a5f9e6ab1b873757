/* SPDX-License-Identifier: MIT */
/* Device descriptions to test with, put together from pieces. */
#ifndef NATUPNP_TESTS_DESCRIPTIONS_H
#define NATUPNP_TESTS_DESCRIPTIONS_H

#include "check.h"

#include "words/description.h"

#define IP1 "urn:schemas-upnp-org:service:WANIPConnection:1"
#define IP2 "urn:schemas-upnp-org:service:WANIPConnection:2"
#define PPP1 "urn:schemas-upnp-org:service:WANPPPConnection:1"

#define SERVICE(type, control, event)                                                              \
    "<service><serviceType>" type "</serviceType><serviceId>urn:x:1</serviceId><SCPDURL>/s.xml"    \
    "</SCPDURL><controlURL>" control "</controlURL><eventSubURL>" event "</eventSubURL></service>"

/* A root device with a WAN device and a WAN connection device in it, which has these services. */
#define ROOT_OPEN(base, name)                                                                      \
    "<?xml version=\"1.0\"?>\n<root xmlns=\"urn:schemas-upnp-org:device-1-0\"><specVersion>"       \
    "<major>1</major><minor>0</minor></specVersion>" base "<device><deviceType>"                   \
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName>" name          \
    "</friendlyName><manufacturer>Maker</manufacturer><modelName>Model</modelName>"                \
    "<modelNumber>7</modelNumber><UDN>uuid:root</UDN><deviceList><device><deviceType>"             \
    "urn:schemas-upnp-org:device:WANDevice:1</deviceType><friendlyName>inner</friendlyName>"       \
    "<UDN>uuid:wan</UDN><deviceList><device><friendlyName>innermost</friendlyName><serviceList>"
#define ROOT_CLOSE                                                                                 \
    "</serviceList></device></deviceList></device></deviceList>"                                   \
    "<presentationURL>http://192.168.1.1/</presentationURL></device></root>"
#define ROOT(services) ROOT_OPEN("", "Name") services ROOT_CLOSE

/* What must be read from a document. */
typedef struct description_row {
    const char *name;
    const char *document;
    const char *url_base;
    const char *services; /* "type control event|type control event", "-" for no event URL */
} description_row;

/* The services of a description in the form of the rows; in a static buffer. */
static inline const char *services_text(const nat__description *d)
{
    static char text[4096];
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < d->service_count; i++) {
        const char *parts[] = {i > 0 ? "|" : "",
                               d->services[i].type,
                               " ",
                               d->services[i].control_url,
                               " ",
                               d->services[i].event_url ? d->services[i].event_url : "-"};
        for (size_t j = 0; j < COUNT_OF(parts); j++) {
            size_t length = strlen(parts[j]);
            assert_true(used + length < sizeof text);
            memcpy(text + used, parts[j], length + 1);
            used += length;
        }
    }
    return text;
}

static inline void check_descriptions(const description_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        nat__description d;
        CHECK(rows[i].name,
              nat__description_parse(&d, nat__str_of(rows[i].document)) == NATUPNP_OK);
        CHECK_TEXT(rows[i].name, services_text(&d), rows[i].services);
        CHECK_TEXT(rows[i].name, d.url_base, rows[i].url_base);
        nat__description_free(&d);
    }
}

#endif
