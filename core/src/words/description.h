/* SPDX-License-Identifier: MIT */
#ifndef NAT__DESCRIPTION_H
#define NAT__DESCRIPTION_H

#include "../ground/str.h"

#include <natupnp/status.h>

/* More WAN connection services than any gateway offers. */
#define NAT__SERVICES_MAX 16

/* A WAN connection service, as the description has it. */
typedef struct nat__service {
    char *type;        /* such as "urn:schemas-upnp-org:service:WANIPConnection:1" */
    char *control_url; /* not resolved; never empty */
    char *event_url;   /* not resolved, or NULL */
} nat__service;

/* What a gateway's device description says. Texts are NULL where missing, and cleaned. */
typedef struct nat__description {
    char *url_base;
    char *device_type;
    char *name;
    char *manufacturer;
    char *model_name;
    char *model_number;
    char *udn;
    char *presentation_url;
    nat__service services[NAT__SERVICES_MAX];
    size_t service_count;
} nat__description;

/*
 * Reads a device description (UPnP Device Architecture 1.1, section 2.3). One
 * that is not well-formed is searched for whole service blocks. A document
 * without a WAN connection service is read all the same: service_count is 0.
 *
 * NATUPNP_E_BAD_REPLY or NATUPNP_E_NOMEM; *out is empty then.
 */
natupnp_status nat__description_parse(nat__description *out, nat__str document);
void nat__description_free(nat__description *description);

/* Whether a service type is WANIPConnection or WANPPPConnection, of any version and domain. */
bool nat__service_is_wan(const char *type);

/* The version at the end of a type; 1 when there is none. */
unsigned nat__service_version(const char *type);

/* Used by the reader of broken documents: takes the three texts over; drops a service of no use. */
void nat__description_add(nat__description *description, nat__service *service);

/* The reader of broken documents (scan.c): adds what services it finds. */
natupnp_status nat__description_scan(nat__description *out, nat__str document);

#endif
