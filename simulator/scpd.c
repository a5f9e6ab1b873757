/* SPDX-License-Identifier: MIT */
/* Service descriptions, made from the table of actions. */
#include "description.h"
#include "variables.h"

#include <stdio.h>
#include <string.h>

/* Arguments whose state variable is not just the name without New, or not a string. */
static const struct {
    const char *argument;
    const char *variable;
    const char *type;
} variables[] = {
    {"NewConnectionType", "ConnectionType", "string"},
    {"NewEnabled", "PortMappingEnabled", "boolean"},
    {"NewEndPort", "A_ARG_TYPE_EndPort", "ui2"},
    {"NewExternalPort", "ExternalPort", "ui2"},
    {"NewInternalPort", "InternalPort", "ui2"},
    {"NewLayer1DownstreamMaxBitRate", "Layer1DownstreamMaxBitRate", "ui4"},
    {"NewLayer1UpstreamMaxBitRate", "Layer1UpstreamMaxBitRate", "ui4"},
    {"NewLeaseDuration", "PortMappingLeaseDuration", "ui4"},
    {"NewManage", "A_ARG_TYPE_Manage", "boolean"},
    {"NewNATEnabled", "NATEnabled", "boolean"},
    {"NewNumberOfPorts", "A_ARG_TYPE_NumberOfPorts", "ui2"},
    {"NewPortListing", "A_ARG_TYPE_PortListing", "string"},
    {"NewPortMappingIndex", "PortMappingNumberOfEntries", "ui2"},
    {"NewProtocol", "PortMappingProtocol", "string"},
    {"NewRSIPAvailable", "RSIPAvailable", "boolean"},
    {"NewReservedPort", "ExternalPort", "ui2"},
    {"NewStartPort", "A_ARG_TYPE_StartPort", "ui2"},
    {"NewUptime", "Uptime", "ui4"},
};

static const char *variable_of(const char *argument, const char **type)
{
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        if (!strcmp(variables[i].argument, argument)) {
            *type = variables[i].type;
            return variables[i].variable;
        }
    }
    *type = "string";
    return argument + strlen("New");
}

/* Other services have no variables of these names. */
static bool is_evented(const char *variable)
{
    for (int i = 0; i < VARIABLES; i++)
        if (!strcmp(variable, variable_name((enum variable)i)))
            return true;
    return false;
}

/* The next of several names; false at the end. */
static bool next_name(const char **names, char *name, size_t room)
{
    size_t length = strcspn(*names, " ");

    if (!length)
        return false;
    snprintf(name, room, "%.*s", (int)length, *names);
    *names += length;
    *names += strspn(*names, " ");
    return true;
}

static void write_arguments(struct text *out, struct text *state, const char *names,
                            const char *direction)
{
    char name[64];
    const char *type;

    while (next_name(&names, name, sizeof name)) {
        const char *variable = variable_of(name, &type);
        struct text tag = {0};

        text_format(out,
                    "<argument><name>%s</name><direction>%s</direction>"
                    "<relatedStateVariable>%s</relatedStateVariable></argument>",
                    name, direction, variable);
        text_format(&tag, "<name>%s</name>", variable);
        if (!state->data || !strstr(state->data, tag.data))
            text_format(state,
                        "<stateVariable sendEvents=\"%s\">%s<dataType>%s</dataType>"
                        "</stateVariable>",
                        is_evented(variable) ? "yes" : "no", tag.data, type);
        text_free(&tag);
    }
}

void description_scpd(struct text *out, const struct gateway *gateway, enum service service)
{
    int version = description_service_version(gateway, service);
    struct text state = {0};

    text_format(out,
                "<?xml version=\"1.0\"?>\n<scpd xmlns=\"urn:schemas-upnp-org:service-1-0\">"
                "<specVersion><major>1</major><minor>%d</minor></specVersion><actionList>",
                gateway->settings.igd - 1);
    for (size_t i = 0; i < actions_count; i++) {
        const struct action *action = &actions_table[i];
        struct text arguments = {0};

        if (!(action->services & 1u << service) || action->version > version)
            continue;
        write_arguments(&arguments, &state, action->in, "in");
        write_arguments(&arguments, &state, action->out, "out");
        text_format(out, "<action><name>%s</name>", action->name);
        if (arguments.length)
            text_format(out, "<argumentList>%s</argumentList>", arguments.data);
        text_add(out, "</action>");
        text_free(&arguments);
    }
    if (variable_offered(gateway, service, VARIABLE_UPDATE_ID)) /* no action's argument */
        text_format(&state,
                    "<stateVariable sendEvents=\"yes\"><name>%s</name><dataType>ui4</dataType>"
                    "</stateVariable>",
                    variable_name(VARIABLE_UPDATE_ID));
    text_format(out, "</actionList><serviceStateTable>%s</serviceStateTable></scpd>",
                state.data ? state.data : "");
    text_free(&state);
}
