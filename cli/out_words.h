/* SPDX-License-Identifier: MIT */
#ifndef CLI_OUT_WORDS_H
#define CLI_OUT_WORDS_H

#include <natupnp/natupnp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { DURATION_LENGTH = 48, TIME_LENGTH = 40 };

/** A duration in its two largest units, such as "6 d 23 h". Gives out. */
const char *duration_text(char out[DURATION_LENGTH], int64_t seconds);

/** Now, such as "2025-03-01T12:00:00.000Z". Gives out. */
const char *time_text(char out[TIME_LENGTH]);

/** Today and the time of day here, such as "2025-03-01" and "12:00:00". */
void local_time_text(char date[TIME_LENGTH], char time_of_day[TIME_LENGTH]);

/** The text, or "unknown" for NULL and "". */
const char *or_unknown(const char *text);

/** A note behind an external address that cannot be reached from the Internet (RFC 1918, RFC 6598);
 * "" behind another one. */
const char *address_note(const char *address);

/** Write a mapping as one line, without its end. External_ip is its address by now, NULL for the
 * one that it had when it was read. */
void mapping_put(FILE *stream, const natupnp_mapping *mapping, const char *external_ip);

/** Write what is special about it: its remote host, its lease. */
void mapping_notes_put(FILE *stream, const natupnp_mapping *mapping);

#endif
