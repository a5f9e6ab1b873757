/* SPDX-License-Identifier: MIT */
/* The evented state variables of the connection services. */
#include "variables.h"
#include "description.h"

#include <stdio.h>

static const char *const names[VARIABLES] = {
    [VARIABLE_EXTERNAL_IP] = "ExternalIPAddress",      [VARIABLE_STATUS] = "ConnectionStatus",
    [VARIABLE_ENTRIES] = "PortMappingNumberOfEntries", [VARIABLE_TYPES] = "PossibleConnectionTypes",
    [VARIABLE_UPDATE_ID] = "SystemUpdateID",
};

const char *variable_name(enum variable variable)
{
    return names[variable];
}

bool variable_offered(const struct gateway *gateway, enum service service, enum variable variable)
{
    if (service < SERVICE_IP)
        return false;
    return variable != VARIABLE_UPDATE_ID || description_service_version(gateway, service) >= 2;
}

void variable_read(char out[VARIABLE_ROOM], const struct gateway *gateway, enum service service,
                   enum variable variable, unsigned update_id)
{
    const struct settings *settings = &gateway->settings;
    bool active = service_active(gateway, service);

    switch (variable) {
    case VARIABLE_EXTERNAL_IP:
        snprintf(out, VARIABLE_ROOM, "%s", active ? settings->external_ip : "0.0.0.0");
        break;
    case VARIABLE_STATUS:
        snprintf(out, VARIABLE_ROOM, "%s", active ? settings->status : "Disconnected");
        break;
    case VARIABLE_ENTRIES:
        snprintf(out, VARIABLE_ROOM, "%zu", active ? gateway->table.count : (size_t)0);
        break;
    case VARIABLE_UPDATE_ID:
        snprintf(out, VARIABLE_ROOM, "%u", active ? update_id : 0);
        break;
    default:
        snprintf(out, VARIABLE_ROOM, "IP_Routed");
        break;
    }
}
