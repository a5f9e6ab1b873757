/* SPDX-License-Identifier: MIT */
/* The table of actions, and those that are not about mappings. */
#include "actions.h"
#include "description.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

bool service_active(const struct gateway *gateway, enum service service)
{
    switch (gateway->settings.service) {
    case SERVICE_IP_ONLY:
    case SERVICE_PPP_ONLY:
        return true;
    default:
        return service == (gateway->settings.connected == CONNECTED_PPP ? SERVICE_PPP : SERVICE_IP);
    }
}

const char *call_in(const struct call *call, const char *name)
{
    const char *value = soap_argument(call->request, name);

    return value ? value : "";
}

void call_out(struct call *call, const char *name, const char *value)
{
    text_format(&call->out, "<%s>", name);
    text_xml(&call->out, value);
    text_format(&call->out, "</%s>", name);
}

void call_out_number(struct call *call, const char *name, unsigned long value)
{
    text_format(&call->out, "<%s>%lu</%s>", name, value, name);
}

static const char *connection_status(const struct call *call)
{
    if (!service_active(call->gateway, call->service))
        return "Disconnected";
    return call->gateway->settings.status;
}

static int get_external_ip(struct call *call)
{
    bool active = service_active(call->gateway, call->service);

    call_out(call, "NewExternalIPAddress",
             active ? call->gateway->settings.external_ip : "0.0.0.0");
    return 0;
}

static int get_status(struct call *call)
{
    bool active = service_active(call->gateway, call->service);

    call_out(call, "NewConnectionStatus", connection_status(call));
    call_out(call, "NewLastConnectionError", "ERROR_NONE");
    call_out_number(call, "NewUptime", active ? (unsigned long)gateway_uptime_s(call->gateway) : 0);
    return 0;
}

static int get_connection_type(struct call *call)
{
    bool active = service_active(call->gateway, call->service);

    call_out(call, "NewConnectionType", active ? "IP_Routed" : "Unconfigured");
    call_out(call, "NewPossibleConnectionTypes", "IP_Routed");
    return 0;
}

static int set_connection_type(struct call *call)
{
    if (strcmp(call_in(call, "NewConnectionType"), "IP_Routed") != 0)
        return 402;
    return 0;
}

static int get_nat_rsip(struct call *call)
{
    call_out(call, "NewRSIPAvailable", "0");
    call_out(call, "NewNATEnabled", "1");
    return 0;
}

static int request_connection(struct call *call)
{
    struct settings *settings = &call->gateway->settings;

    if (!service_active(call->gateway, call->service))
        return 501;
    text_copy(settings->status, sizeof settings->status, "Connected");
    return 0;
}

static int force_termination(struct call *call)
{
    struct settings *settings = &call->gateway->settings;

    if (!strcasecmp(connection_status(call), "Disconnected"))
        return 711;
    text_copy(settings->status, sizeof settings->status, "Disconnected");
    return 0;
}

static int get_link_properties(struct call *call)
{
    call_out(call, "NewWANAccessType", "Ethernet");
    call_out_number(call, "NewLayer1UpstreamMaxBitRate", 100000000);
    call_out_number(call, "NewLayer1DownstreamMaxBitRate", 1000000000);
    call_out(call, "NewPhysicalLinkStatus", "Up");
    return 0;
}

static int get_default_service(struct call *call)
{
    struct text value = {0};
    enum service service = service_active(call->gateway, SERVICE_IP) ? SERVICE_IP : SERVICE_PPP;

    if (call->gateway->settings.service == SERVICE_PPP_ONLY)
        service = SERVICE_PPP;
    description_udn(&value, call->gateway, DEVICE_CONNECTION);
    text_add(&value, ":");
    description_device_type(&value, call->gateway, DEVICE_CONNECTION);
    text_format(&value, ",%s", description_service_id(service));
    call_out(call, "NewDefaultConnectionService", value.data);
    text_free(&value);
    return 0;
}

#define CONNECTION (1u << SERVICE_IP | 1u << SERVICE_PPP)
#define KEY "NewRemoteHost NewExternalPort NewProtocol"
#define VALUE                                                                                      \
    "NewInternalPort NewInternalClient NewEnabled NewPortMappingDescription NewLeaseDuration"
#define RANGE "NewStartPort NewEndPort NewProtocol NewManage"

const struct action actions_table[] = {
    {"GetDefaultConnectionService", 1u << SERVICE_LAYER3, 1, "", "NewDefaultConnectionService",
     get_default_service},
    {"GetCommonLinkProperties", 1u << SERVICE_COMMON, 1, "",
     "NewWANAccessType NewLayer1UpstreamMaxBitRate NewLayer1DownstreamMaxBitRate "
     "NewPhysicalLinkStatus",
     get_link_properties},
    {"SetConnectionType", CONNECTION, 1, "NewConnectionType", "", set_connection_type},
    {"GetConnectionTypeInfo", CONNECTION, 1, "", "NewConnectionType NewPossibleConnectionTypes",
     get_connection_type},
    {"RequestConnection", CONNECTION, 1, "", "", request_connection},
    {"ForceTermination", CONNECTION, 1, "", "", force_termination},
    {"GetStatusInfo", CONNECTION, 1, "", "NewConnectionStatus NewLastConnectionError NewUptime",
     get_status},
    {"GetNATRSIPStatus", CONNECTION, 1, "", "NewRSIPAvailable NewNATEnabled", get_nat_rsip},
    {"GetExternalIPAddress", CONNECTION, 1, "", "NewExternalIPAddress", get_external_ip},
    {"AddPortMapping", CONNECTION, 1, KEY " " VALUE, "", mapping_add},
    {"AddAnyPortMapping", CONNECTION, 2, KEY " " VALUE, "NewReservedPort", mapping_add_any},
    {"DeletePortMapping", CONNECTION, 1, KEY, "", mapping_delete},
    {"DeletePortMappingRange", CONNECTION, 2, RANGE, "", mapping_delete_range},
    {"GetSpecificPortMappingEntry", CONNECTION, 1, KEY, VALUE, mapping_specific},
    {"GetGenericPortMappingEntry", CONNECTION, 1, "NewPortMappingIndex", KEY " " VALUE,
     mapping_generic},
    {"GetListOfPortMappings", CONNECTION, 2, RANGE " NewNumberOfPorts", "NewPortListing",
     mapping_list},
};

const size_t actions_count = sizeof actions_table / sizeof actions_table[0];

static bool action_disabled(const struct settings *settings, const char *name)
{
    return (settings->no_list && !strcmp(name, "GetListOfPortMappings")) ||
           (settings->no_any && !strcmp(name, "AddAnyPortMapping")) ||
           (settings->no_specific && !strcmp(name, "GetSpecificPortMappingEntry"));
}

static bool arguments_given(const struct soap_request *request, const char *names)
{
    char name[64];

    while (*names) {
        size_t length = strcspn(names, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, names);
        if (!soap_argument(request, name))
            return false;
        names += length;
        names += strspn(names, " ");
    }
    return true;
}

int action_run(struct call *call, int version)
{
    for (size_t i = 0; i < actions_count; i++) {
        const struct action *action = &actions_table[i];

        if (strcmp(action->name, call->request->action) != 0)
            continue;
        if (!(action->services & 1u << call->service) || action->version > version ||
            action_disabled(&call->gateway->settings, action->name))
            return 401;
        if (!arguments_given(call->request, action->in))
            return 402;
        table_expire(&call->gateway->table, gateway_now_ms(call->gateway));
        return action->run(call);
    }
    return 401;
}
