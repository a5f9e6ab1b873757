/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_VARIABLES_H
#define GATEWAY_VARIABLES_H

#include "actions.h"
#include "gateway.h"
#include "text.h"

/* The evented state variables of the connection services. */
enum variable {
    VARIABLE_EXTERNAL_IP,
    VARIABLE_STATUS,
    VARIABLE_ENTRIES,
    VARIABLE_TYPES,
    VARIABLE_UPDATE_ID,
    VARIABLES
};

#define VARIABLE_ROOM 64

const char *variable_name(enum variable variable);
/* Whether a service has it. */
bool variable_offered(const struct gateway *gateway, enum service service, enum variable variable);
/* Its value now; update_id is counted by the caller. */
void variable_read(char out[VARIABLE_ROOM], const struct gateway *gateway, enum service service,
                   enum variable variable, unsigned update_id);

#endif
