/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_DESCRIPTION_H
#define GATEWAY_DESCRIPTION_H

#include "actions.h"
#include "gateway.h"
#include "text.h"

#define DESCRIPTION_PATH "/rootDesc.xml"

enum device { DEVICE_ROOT, DEVICE_WAN, DEVICE_CONNECTION, DEVICES };

/* The connection services that are offered, in their order; returns how many. */
size_t description_connections(const struct gateway *gateway, enum service out[2]);
bool description_has_service(const struct gateway *gateway, enum service service);
int description_service_version(const struct gateway *gateway, enum service service);

void description_udn(struct text *out, const struct gateway *gateway, enum device device);
void description_device_type(struct text *out, const struct gateway *gateway, enum device device);
void description_service_type(struct text *out, const struct gateway *gateway,
                              enum service service);
const char *description_service_id(enum service service);
const char *description_control_path(enum service service);
const char *description_event_path(enum service service);
const char *description_scpd_path(enum service service);

/* The URL of the description, as it is. */
void description_location(struct text *out, const struct gateway *gateway);
/* The device description. */
void description_write(struct text *out, const struct gateway *gateway);
/* A service description, made from the table of actions. */
void description_scpd(struct text *out, const struct gateway *gateway, enum service service);

#endif
