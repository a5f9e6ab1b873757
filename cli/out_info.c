/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "out_table.h"
#include "out_words.h"
#include <stdio.h>
#include <string.h>

/** "WANIPConnection:1" of "urn:schemas-upnp-org:service:WANIPConnection:1". */
static const char *service_short(const char *type)
{
    const char *mark = type != NULL ? strstr(type, ":service:") : NULL;
    return mark != NULL ? mark + strlen(":service:") : or_unknown(type);
}

/** A line of `info`, left out when nothing is known. */
static void info_line(struct table *table, const char *label, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        table_cell(table, "%s", label);
        table_cell(table, "%s", text);
    }
}

static bool info_gateway(const natupnp_gateway *gateway)
{
    struct table table = {.columns = 2};
    const char *number = natupnp_gateway_model_number(gateway);
    const char *model = natupnp_gateway_model_name(gateway);
    const char *address = natupnp_gateway_external_ip(gateway);
    const char *error = natupnp_gateway_last_connection_error(gateway);
    int64_t uptime_s = natupnp_gateway_uptime_s(gateway);
    char uptime[DURATION_LENGTH];

    info_line(&table, "Gateway", or_unknown(natupnp_gateway_name(gateway)));
    info_line(&table, "Manufacturer", natupnp_gateway_manufacturer(gateway));
    if (model != NULL) {
        table_cell(&table, "Model");
        table_cell(&table, "%s%s%s", model, number != NULL ? " " : "",
                   number != NULL ? number : "");
    }
    info_line(&table, "Description", natupnp_gateway_location(gateway));
    info_line(&table, "Control URL", natupnp_gateway_control_url(gateway));
    info_line(&table, "Set-up page", natupnp_gateway_presentation_url(gateway));
    info_line(&table, "Service", service_short(natupnp_gateway_service_type(gateway)));
    info_line(&table, "Interface", natupnp_gateway_interface(gateway));
    info_line(&table, "Local address", or_unknown(natupnp_gateway_local_address(gateway)));
    table_cell(&table, "External address");
    natupnp_status status = natupnp_gateway_external_status(gateway);
    if (address != NULL || status == NATUPNP_E_PENDING) {
        table_cell(&table, "%s%s", or_unknown(address), address_note(address));
    } else {
        table_cell(&table, "%s: %s", status == NATUPNP_E_NO_ADDRESS ? "none" : "unknown",
                   natupnp_gateway_external_detail(gateway));
    }
    info_line(&table, "Connection", or_unknown(natupnp_gateway_connection_status(gateway)));
    if (error != NULL && strcmp(error, "ERROR_NONE") != 0) {
        info_line(&table, "Last error", error);
    }
    info_line(&table, "Uptime", uptime_s < 0 ? "unknown" : duration_text(uptime, uptime_s));
    return table_finish(&table, stdout, TABLE_HEAD_COLUMN);
}

static bool info_others(const natupnp_op *op)
{
    struct table table = {.columns = 4};
    table_cell(&table, "OTHER GATEWAY");
    table_cell(&table, "INTERFACE");
    table_cell(&table, "SERVICE");
    table_cell(&table, "DESCRIPTION");
    for (size_t i = 0; i < natupnp_op_gateway_count(op); i++) {
        const natupnp_gateway *gateway = natupnp_op_gateway_at(op, i);
        if (!natupnp_gateway_chosen(gateway)) {
            table_cell(&table, "%s", or_unknown(natupnp_gateway_name(gateway)));
            table_cell(&table, "%s", or_unknown(natupnp_gateway_interface(gateway)));
            table_cell(&table, "%s", service_short(natupnp_gateway_service_type(gateway)));
            table_cell(&table, "%s", or_unknown(natupnp_gateway_location(gateway)));
        }
    }
    if (table.count <= table.columns) {
        return table_drop(&table);
    }
    fputc('\n', stdout);
    return table_finish(&table, stdout, TABLE_HEAD_ROW);
}

bool out_info(const struct report *report)
{
    bool printed = report->gateway == NULL || info_gateway(report->gateway);
    return (report->gateways == NULL || info_others(report->gateways)) && printed;
}
