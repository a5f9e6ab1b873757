/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "out_line.h"
#include "out_table.h"
#include "out_words.h"
#include <string.h>

static void mapping_event(FILE *stream, const natupnp_event *event, const char *external_ip)
{
    const char *detail = natupnp_event_detail(event);
    mapping_put(stream, natupnp_event_mapping(event), external_ip);
    if (natupnp_event_status(event) == NATUPNP_OK) {
        mapping_notes_put(stream, natupnp_event_mapping(event));
    }
    if (detail[0] != '\0') {
        fputs(": ", stream);
        text_put(stream, detail);
    }
}

static void gateway_event(FILE *stream, const natupnp_gateway *gateway)
{
    text_put_at(stream, TEXT_INSIDE, or_unknown(natupnp_gateway_name(gateway)));
    fputs(" (", stream);
    text_put(stream, or_unknown(natupnp_gateway_location(gateway)));
    fputc(')', stream);
}

/**
 * Write when it happens. On a terminal, where room is short and the reader is here, that is the
 * local time of day below its date.
 */
static void time_put(FILE *text, FILE *stream)
{
    static char told_date[TIME_LENGTH];
    char date[TIME_LENGTH];
    char time[TIME_LENGTH];
    if (terminal_width(stream) == 0) {
        fprintf(text, "%s ", time_text(time));
        return;
    }
    local_time_text(date, time);
    if (strcmp(told_date, date) != 0) {
        fprintf(stream, "%s\n", date);
        memcpy(told_date, date, sizeof(date));
    }
    fprintf(text, "%s ", time);
}

void out_event_text(FILE *stream, const natupnp_event *event, const char *external_ip)
{
    enum { INDENT = 27 }; /* behind the time and the kind, on a terminal */
    struct line line;
    FILE *text = line_begin(&line, stream);
    time_put(text, stream);
    fprintf(text, "%-17s ", natupnp_event_kind_name(natupnp_event_what(event)));
    if (natupnp_event_mapping(event) != NULL) {
        mapping_event(text, event, external_ip);
    } else if (natupnp_event_gateway(event) != NULL) {
        gateway_event(text, natupnp_event_gateway(event));
    } else {
        text_put(text, natupnp_event_detail(event));
        fputs(address_note(natupnp_event_external_ip(event)), text);
    }
    line_end(&line, INDENT);
}
