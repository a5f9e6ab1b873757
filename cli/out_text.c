/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "out_line.h"
#include "out_table.h"
#include "out_words.h"
#include <stdio.h>
#include <string.h>

static void list_head(struct table *table, bool remote_hosts)
{
    static const char *const heads[] = {"EXTERNAL", "INTERNAL", "ENABLED", "LEASE"};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        table_cell(table, "%s", heads[i]);
    }
    if (remote_hosts) {
        table_cell(table, "REMOTE HOST");
    }
    table_cell(table, "DESCRIPTION");
}

static void list_row(struct table *table, const natupnp_mapping *mapping, bool remote_hosts)
{
    const char *remote = natupnp_mapping_remote_host(mapping);
    const char *description = natupnp_mapping_description(mapping);
    uint32_t lease_s = natupnp_mapping_lease_s(mapping);
    char lease[DURATION_LENGTH];
    table_cell(table, "%u/%s", (unsigned)natupnp_mapping_external_port(mapping),
               natupnp_protocol_name(natupnp_mapping_protocol(mapping)));
    table_cell(table, "%s:%u", or_unknown(natupnp_mapping_internal_client(mapping)),
               (unsigned)natupnp_mapping_internal_port(mapping));
    table_cell(table, "%s", natupnp_mapping_enabled(mapping) ? "yes" : "no");
    table_cell(table, "%s", lease_s == 0 ? "permanent" : duration_text(lease, lease_s));
    if (remote_hosts) {
        table_cell(table, "%s", remote != NULL && remote[0] != '\0' ? remote : "any");
    }
    table_cell(table, "%s", description != NULL ? description : "");
}

static bool list_text(const struct report *report)
{
    const natupnp_op *list = report->mappings;
    size_t count = natupnp_op_mapping_count(list);
    if (count == 0) {
        const char *name = natupnp_gateway_name(report->gateway);
        fputs("There are no port mappings on ", stdout);
        text_put(stdout, name != NULL ? name : "the gateway");
        fputs(".\n", stdout);
        return true;
    }

    bool remote_hosts = false;
    for (size_t i = 0; i < count; i++) {
        const char *remote = natupnp_mapping_remote_host(natupnp_op_mapping_at(list, i));
        remote_hosts = remote_hosts || (remote != NULL && remote[0] != '\0');
    }
    /* Row by row, twice: the cells of a whole table would take more memory than the table. */
    struct table table = {.columns = remote_hosts ? 6 : 5};
    list_head(&table, remote_hosts);
    table_measure(&table);
    for (size_t i = 0; i < count; i++) {
        list_row(&table, natupnp_op_mapping_at(list, i), remote_hosts);
        table_measure(&table);
    }
    list_head(&table, remote_hosts);
    table_write(&table, stdout, TABLE_HEAD_ROW);
    for (size_t i = 0; i < count && !table.failed; i++) {
        list_row(&table, natupnp_op_mapping_at(list, i), remote_hosts);
        table_write(&table, stdout, TABLE_HEAD_NONE);
    }
    return table_drop(&table);
}

static void removed_text(const struct report *report, const struct port_entry *port)
{
    bool one_host = report->remote_host[0] != '\0';
    printf("%d/%s%s%s removed\n", (int)port->external_port, natupnp_protocol_name(port->protocol),
           one_host ? " from " : "", report->remote_host);
}

static void added_text(const struct report *report, const struct port_entry *port,
                       const natupnp_mapping *mapping)
{
    enum { INDENT = 4 };
    if (mapping == NULL) {
        printf("%d/%s added\n", (int)port->external_port, natupnp_protocol_name(port->protocol));
        return;
    }
    struct line line;
    FILE *text = line_begin(&line, stdout);
    mapping_put(text, mapping, NULL);
    if (port->external_port != 0 && port->external_port != natupnp_mapping_external_port(mapping)) {
        fprintf(text, " (instead of %d)", (int)port->external_port);
    }
    mapping_notes_put(text, mapping);
    if (report->leased && natupnp_mapping_lease_s(mapping) == 0) {
        fputs(" (without the lease: the gateway refuses any)", text);
    }
    line_end(&line, INDENT);
}

bool out_text(const struct report *report)
{
    bool printed = true;
    if (report->verb == VERB_INFO) {
        printed = out_info(report);
    } else if (report->mappings != NULL) {
        printed = list_text(report);
    }
    for (size_t i = 0; report->ports != NULL && i < report->ports->count; i++) {
        const struct port_entry *port = &report->ports->items[i];
        if (report->jobs[i].status == NATUPNP_OK && report->verb == VERB_REMOVE) {
            removed_text(report, port);
        } else if (report->jobs[i].status == NATUPNP_OK) {
            added_text(report, port, natupnp_op_mapping(report->jobs[i].op));
        }
    }
    return printed;
}

static void failure_begin(void)
{
    text_put_styled(stderr, STYLE_ERROR, "natupnp:");
    fputc(' ', stderr);
}

void out_failure(const char *text)
{
    failure_begin();
    text_put(stderr, text);
    fputc('\n', stderr);
}

/** How many jobs from here on have one reason of the command's own: they share a line. */
static size_t same_reason(const struct report *report, size_t from)
{
    size_t end = from + 1;
    while (report->jobs[from].detail != NULL && end < report->ports->count &&
           report->jobs[end].detail != NULL &&
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

/** Why what was added has no external address; of many, once. */
static void address_missing(const struct report *report)
{
    for (size_t i = 0; report->ports != NULL && i < report->ports->count; i++) {
        const struct job *job = &report->jobs[i];
        const natupnp_mapping *mapping = natupnp_op_mapping(job->op);
        natupnp_status status = natupnp_mapping_external_status(mapping);
        if (job->status != NATUPNP_OK || mapping == NULL || status == NATUPNP_OK ||
            status == NATUPNP_E_PENDING) {
            continue;
        }
        const natupnp_gateway *gateway = natupnp_op_gateway(job->op);
        fputs("natupnp: ", stderr);
        text_put(stderr, natupnp_gateway_external_status(gateway) == status
                             ? natupnp_gateway_external_detail(gateway)
                             : natupnp_mapping_external_detail(mapping));
        fputc('\n', stderr);
        return;
    }
}

void out_text_failures(const struct report *report)
{
    address_missing(report);
    if (report->fail.status != NATUPNP_OK) {
        out_failure(report->fail.detail);
    }
    size_t many = 1;
    for (size_t i = 0; report->ports != NULL && i < report->ports->count; i += many) {
        many = same_reason(report, i);
        if (report->jobs[i].status != NATUPNP_OK) {
            entry_failure(report, i, many);
        }
    }
}
