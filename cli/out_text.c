/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "out_table.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { DURATION_LENGTH = 48 };

/** A duration in its two largest units, such as "6 d 23 h". */
static const char *duration_text(char *out, int64_t seconds)
{
    static const struct {
        int64_t length_s;
        const char *unit;
    } units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
    enum { LAST = 3 };

    size_t largest = 0;
    while (largest < LAST && seconds < units[largest].length_s) {
        largest++;
    }
    int64_t many = seconds / units[largest].length_s;
    int64_t rest = seconds % units[largest].length_s;
    int64_t fewer = largest < LAST ? rest / units[largest + 1].length_s : 0;
    if (fewer > 0) {
        snprintf(out, DURATION_LENGTH, "%lld %s %lld %s", (long long)many, units[largest].unit,
                 (long long)fewer, units[largest + 1].unit);
    } else {
        snprintf(out, DURATION_LENGTH, "%lld %s", (long long)many, units[largest].unit);
    }
    return out;
}

/** Whether an external address cannot be reached from the Internet (RFC 1918, RFC 6598). */
static bool is_private(const char *text)
{
    struct in_addr address;
    if (inet_pton(AF_INET, text, &address) != 1) {
        return false;
    }
    uint32_t number = ntohl(address.s_addr);
    return (number >> 24) == 10 || (number >> 20) == 0xac1 || (number >> 16) == 0xc0a8 ||
           (number >> 22) == (0x64400000 >> 22);
}

static const char *or_unknown(const char *text)
{
    return text != NULL && text[0] != '\0' ? text : "unknown";
}

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
    char uptime[DURATION_LENGTH] = "";

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
    table_cell(&table, "%s%s", or_unknown(address),
               address != NULL && is_private(address)
                   ? " (private: this gateway is behind another NAT)"
                   : "");
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

static bool list_text(const struct report *report)
{
    const natupnp_op *op = report->mappings;
    size_t count = natupnp_op_mapping_count(op);
    if (count == 0) {
        const char *name = natupnp_gateway_name(report->gateway);
        fputs("There are no port mappings on ", stdout);
        text_put(stdout, name != NULL ? name : "the gateway");
        fputs(".\n", stdout);
        return true;
    }

    bool remote_hosts = false;
    for (size_t i = 0; i < count; i++) {
        const char *remote = natupnp_mapping_remote_host(natupnp_op_mapping_at(op, i));
        remote_hosts = remote_hosts || (remote != NULL && remote[0] != '\0');
    }
    struct table table = {.columns = remote_hosts ? 6 : 5};
    static const char *const heads[] = {"EXTERNAL", "INTERNAL", "ENABLED", "LEASE"};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        table_cell(&table, "%s", heads[i]);
    }
    if (remote_hosts) {
        table_cell(&table, "REMOTE HOST");
    }
    table_cell(&table, "DESCRIPTION");

    for (size_t i = 0; i < count; i++) {
        const natupnp_mapping *mapping = natupnp_op_mapping_at(op, i);
        const char *remote = natupnp_mapping_remote_host(mapping);
        const char *description = natupnp_mapping_description(mapping);
        uint32_t lease_s = natupnp_mapping_lease_s(mapping);
        char lease[DURATION_LENGTH];
        table_cell(&table, "%u/%s", (unsigned)natupnp_mapping_external_port(mapping),
                   natupnp_protocol_name(natupnp_mapping_protocol(mapping)));
        table_cell(&table, "%s:%u", or_unknown(natupnp_mapping_internal_client(mapping)),
                   (unsigned)natupnp_mapping_internal_port(mapping));
        table_cell(&table, "%s", natupnp_mapping_enabled(mapping) ? "yes" : "no");
        table_cell(&table, "%s", lease_s == 0 ? "permanent" : duration_text(lease, lease_s));
        if (remote_hosts) {
            table_cell(&table, "%s", remote != NULL && remote[0] != '\0' ? remote : "any");
        }
        table_cell(&table, "%s", description != NULL ? description : "");
    }
    return table_finish(&table, stdout, TABLE_HEAD_ROW);
}

/** One line for each mapping that was added or removed. */
static void entry_text(const struct port_entry *port, const struct job *job, enum verb verb)
{
    const natupnp_mapping *mapping = natupnp_op_mapping(job->op);
    if (verb == VERB_REMOVE || mapping == NULL) {
        printf("%d/%s %s\n", (int)port->external_port, natupnp_protocol_name(port->protocol),
               verb == VERB_REMOVE ? "removed" : "added");
        return;
    }
    const char *address = natupnp_mapping_external_ip(mapping);
    unsigned external_port = natupnp_mapping_external_port(mapping);
    uint32_t lease_s = natupnp_mapping_lease_s(mapping);
    printf("%s ", natupnp_protocol_name(natupnp_mapping_protocol(mapping)));
    text_put(stdout, address != NULL ? address : "(address unknown)");
    printf(":%u -> ", external_port);
    text_put(stdout, or_unknown(natupnp_mapping_internal_client(mapping)));
    printf(":%u", (unsigned)natupnp_mapping_internal_port(mapping));
    if (port->external_port != 0 && (unsigned)port->external_port != external_port) {
        printf(" (instead of %d)", (int)port->external_port);
    }
    if (lease_s > 0) {
        char lease[DURATION_LENGTH];
        printf(" (lease %s)", duration_text(lease, lease_s));
    }
    putchar('\n');
}

bool out_text(const struct report *report)
{
    bool printed = true;
    if (report->verb == VERB_INFO && report->gateway != NULL) {
        printed = info_gateway(report->gateway);
    }
    if (report->gateways != NULL) {
        printed = info_others(report->gateways) && printed;
    }
    if (report->mappings != NULL) {
        printed = list_text(report);
    }
    for (size_t i = 0; report->ports != NULL && i < report->ports->count; i++) {
        if (report->jobs[i].status == NATUPNP_OK) {
            entry_text(&report->ports->items[i], &report->jobs[i], report->verb);
        }
    }
    return printed;
}

static void failure_begin(void)
{
    text_put_styled(stderr, STYLE_ERROR, "natupnp:");
    fputc(' ', stderr);
}

/** How many jobs from here on were not begun for one reason: they share a line. */
static size_t same_reason(const struct report *report, size_t from)
{
    size_t end = from + 1;
    while (report->jobs[from].op == NULL && end < report->ports->count &&
           report->jobs[end].op == NULL &&
           report->ports->items[end].protocol == report->ports->items[from].protocol &&
           strcmp(job_detail(&report->jobs[end]), job_detail(&report->jobs[from])) == 0) {
        end++;
    }
    return end - from;
}

static void entry_failure(const struct report *report, size_t index, size_t many)
{
    const struct port_entry *port = &report->ports->items[index];
    const struct job *job = &report->jobs[index];
    const char *detail = job_detail(job);
    char key[16];
    snprintf(key, sizeof(key), "%u/%s", (unsigned)port->external_port & 0xffff,
             natupnp_protocol_name(port->protocol));
    if (report->fail.status == NATUPNP_OK) {
        failure_begin();
        /* Most details name the port already. */
        if (strstr(detail, key) == NULL) {
            fputs(key, stderr);
            if (many > 1) {
                fprintf(stderr, " and %zu more", many - 1);
            }
            fputs(": ", stderr);
        }
        text_put(stderr, detail);
        fputc('\n', stderr);
    }
    if (natupnp_op_maybe_applied(job->op)) {
        failure_begin();
        fprintf(stderr, "%s may have been %s all the same: 'natupnp list' shows it\n", key,
                report->verb == VERB_ADD ? "added" : "removed");
    }
}

void out_text_failures(const struct report *report)
{
    if (report->fail.status != NATUPNP_OK) {
        failure_begin();
        text_put(stderr, report->fail.detail);
        fputc('\n', stderr);
    }
    size_t many = 1;
    for (size_t i = 0; report->ports != NULL && i < report->ports->count; i += many) {
        many = same_reason(report, i);
        if (report->jobs[i].status != NATUPNP_OK) {
            entry_failure(report, i, many);
        }
    }
}
