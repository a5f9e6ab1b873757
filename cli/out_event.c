/* SPDX-License-Identifier: MIT */
#include "out.h"
#include "out_table.h"
#include "out_words.h"

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

void out_event_text(FILE *stream, const natupnp_event *event, const char *external_ip)
{
    char time[TIME_LENGTH];
    fprintf(stream, "%s %-17s ", time_text(time),
            natupnp_event_kind_name(natupnp_event_what(event)));
    if (natupnp_event_mapping(event) != NULL) {
        mapping_event(stream, event, external_ip);
    } else if (natupnp_event_gateway(event) != NULL) {
        gateway_event(stream, natupnp_event_gateway(event));
    } else {
        text_put(stream, natupnp_event_detail(event));
        fputs(address_note(natupnp_event_external_ip(event)), stream);
    }
    fputc('\n', stream);
}
