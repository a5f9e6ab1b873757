/* SPDX-License-Identifier: MIT */
#ifndef NAT__UTF8_H
#define NAT__UTF8_H

#include "buf.h"
#include "str.h"

/* The first character of a text and how many bytes it takes; 0 when not UTF-8 (RFC 3629). */
size_t nat__utf8_decode(nat__str text, uint32_t *character);

/* Whether a character is a control character, or one that XML cannot carry (U+FFFE, U+FFFF). */
bool nat__utf8_is_control(uint32_t character);

/*
 * Whether a character is none that a line for people may hold: a control character, one that turns
 * the order of others about, ends a line, or cannot be seen (Unicode's Default_Ignorable_Code_Point
 * and Bidi_Control).
 */
bool nat__utf8_is_hostile(uint32_t character);

/* Puts '?' for each hostile character, and for each byte that is not UTF-8. */
void nat__utf8_tame(char *text);

/*
 * Appends the text as UTF-8: an invalid byte is read as ISO-8859-1 where that
 * gives a printable character, and becomes U+FFFD where it does not; so do
 * control characters other than tab, CR and LF.
 */
void nat__utf8_repair(nat__buf *out, nat__str text);

#endif
