/* SPDX-License-Identifier: MIT */
#include "verb_keep.h"
#include "follow.h"
#include "out_line.h"
#include "out_table.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LIMIT_MS = 10000, LIMIT_EACH_MS = 100, ADDRESS_LENGTH = 48 };

/** What has been told so far. */
struct keep {
    bool json;
    bool gateway_lost;
    char external_ip[ADDRESS_LENGTH];
    bool enough_memory;
};

/** Whether an event tells more than is known: the first ones repeat what the report said. */
static bool is_news(struct keep *keep, const natupnp_event *event)
{
    bool lost = keep->gateway_lost;
    const char *address = natupnp_event_external_ip(event);
    switch (natupnp_event_what(event)) {
    case NATUPNP_EVENT_NUMBER_OF_ENTRIES:
    case NATUPNP_EVENT_CONNECTION_STATUS:
        return false;
    case NATUPNP_EVENT_GATEWAY_FOUND:
    case NATUPNP_EVENT_GATEWAY_LOST:
        keep->gateway_lost = natupnp_event_what(event) == NATUPNP_EVENT_GATEWAY_LOST;
        return keep->gateway_lost || lost;
    case NATUPNP_EVENT_EXTERNAL_IP:
        address = address != NULL ? address : "";
        if (strcmp(keep->external_ip, address) == 0) {
            return false;
        }
        snprintf(keep->external_ip, sizeof(keep->external_ip), "%s", address);
        return true;
    default:
        return true;
    }
}

static bool keep_tell(void *arg, const natupnp_event *event)
{
    struct keep *keep = arg;
    if (!is_news(keep, event)) {
        return true;
    }
    const char *address = keep->external_ip[0] != '\0' ? keep->external_ip : NULL;
    if (keep->json) {
        keep->enough_memory = out_event_json(event, address);
    } else {
        out_event_text(stderr, event, address);
    }
    return keep->enough_memory;
}

/** Name what is kept, such as "80/TCP, 81/TCP and 3 more"; the first of many are enough. */
static void kept_put(FILE *stream, struct run *run)
{
    enum { NAMED_MAX = 8 };
    size_t count = natupnp_client_kept_count(run->client);
    size_t named = count > NAMED_MAX + 1 ? NAMED_MAX : count;
    for (size_t i = 0; i < named; i++) {
        natupnp_kept *kept = NULL;
        const char *joint = i == 0 ? "" : i + 1 == count ? " and " : ", ";
        if (natupnp_client_kept_at(&kept, run->client, i) == NATUPNP_OK) {
            const natupnp_mapping *mapping = natupnp_kept_mapping(kept);
            fprintf(stream, "%s%u/%s", joint, (unsigned)natupnp_mapping_external_port(mapping),
                    natupnp_protocol_name(natupnp_mapping_protocol(mapping)));
        }
        natupnp_kept_free(kept);
    }
    if (named < count) {
        fprintf(stream, " and %zu more", count - named);
    }
}

/** Tell what is done at the end, or what came of it. */
static void end_tell(struct run *run, const char *came_to)
{
    enum { INDENT = 4 };
    struct line line;
    FILE *text = line_begin(&line, stderr);
    if (came_to != NULL) {
        text_put(text, came_to);
    } else {
        fputs("Removing ", text);
        kept_put(text, run);
    }
    line_end(&line, INDENT);
}

/** Remove what is kept; many take longer. */
static void mappings_remove(struct run *run, const struct options *options, struct fail *fail)
{
    uint32_t limit_ms = options->timeout_ms > 0 ? options->timeout_ms : LIMIT_MS;
    uint32_t count = (uint32_t)natupnp_client_kept_count(run->client);
    /* A program that reads JSON is told only what is out of the ordinary. */
    bool all = count > 0 && !options->json;
    if (all) {
        end_tell(run, NULL);
    }
    follow_end(run, limit_ms + count * LIMIT_EACH_MS, fail);
    bool special = fail->detail[0] != '\0';
    if (fail->status == NATUPNP_OK && (all || special)) {
        end_tell(run, special ? fail->detail : "Done: nothing that was kept is left");
    }
}

/** Not all could be added: whoever asked for them together does not want some. */
static int entries_undo(struct entries *entries, struct run *run, const struct options *options)
{
    struct fail fail = {.status = NATUPNP_OK};
    if (natupnp_client_kept_count(run->client) > 0) {
        mappings_remove(run, options, &fail);
    }
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->jobs[i].status == NATUPNP_OK) {
            job_undo(&entries->jobs[i], fail.status == NATUPNP_OK
                                            ? "added and removed again, as not all could be kept"
                                            : "added and given up, as not all could be kept");
        }
    }
    int code = out_report(&entries->report, options);
    if (fail.status != NATUPNP_OK) {
        out_failure(fail.detail);
    }
    return code;
}

static bool is_complete(const struct entries *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->jobs[i].status != NATUPNP_OK) {
            return false;
        }
    }
    return entries->count > 0;
}

/** Report a failure on its own. Gives its exit code. */
static int fail_report(const struct fail *fail, const struct options *options)
{
    struct report report = {.verb = VERB_NONE, .fail = *fail};
    return out_report(&report, options);
}

/** Stay, telling what happens. Gives the exit code. */
static int mappings_follow(struct run *run, const struct options *options, const char *external_ip)
{
    struct fail fail = {.status = NATUPNP_OK};
    struct keep keep = {.json = options->json, .enough_memory = true};
    snprintf(keep.external_ip, sizeof(keep.external_ip), "%s",
             external_ip != NULL ? external_ip : "");
    if (!options->json && !run->quiet && isatty(STDERR_FILENO) == 1) {
        fputs("Kept until Ctrl-C, which removes it.\n", stderr);
    }
    out_reader_may_leave();
    if (follow(run, options->json, keep_tell, &keep, &fail) && !keep.enough_memory) {
        fail_set(&fail, NATUPNP_E_NOMEM, "out of memory");
    }
    return fail.status == NATUPNP_OK ? EXIT_CODE_DONE : fail_report(&fail, options);
}

int entries_keep(struct entries *entries, struct run *run, const struct options *options)
{
    if (!is_complete(entries)) {
        return entries_undo(entries, run, options);
    }

    const natupnp_mapping *first = natupnp_op_mapping(entries->jobs[0].op);
    int code = out_report(&entries->report, options);
    /* Mappings that nobody was told of are of no use. */
    if (code == EXIT_CODE_DONE && out_works()) {
        code = mappings_follow(run, options, natupnp_mapping_external_ip(first));
    }

    struct fail fail = {.status = NATUPNP_OK};
    mappings_remove(run, options, &fail);
    return fail.status == NATUPNP_OK ? code : fail_report(&fail, options);
}
