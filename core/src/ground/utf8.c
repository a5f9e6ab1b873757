/* SPDX-License-Identifier: MIT */
#include "utf8.h"

size_t nat__utf8_decode(nat__str text, uint32_t *character)
{
    if (text.length == 0)
        return 0;
    const unsigned char *at = (const unsigned char *)text.at;
    if (at[0] < 0x80) {
        *character = at[0];
        return 1;
    }
    size_t length = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    if (at[0] < 0xC2 || at[0] > 0xF4 || text.length < length)
        return 0;
    uint32_t value = at[0] & (0xFFU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (at[i] & 0x3FU);
    }
    if ((length == 3 && (value < 0x800 || (value >= 0xD800 && value <= 0xDFFF))) ||
        (length == 4 && (value < 0x10000 || value > 0x10FFFF)))
        return 0;
    *character = value;
    return length;
}

bool nat__utf8_is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character < 0xA0) ||
           (character & ~1U) == 0xFFFE;
}

void nat__utf8_repair(nat__buf *out, nat__str text)
{
    while (text.length > 0) {
        uint32_t character;
        size_t used = nat__utf8_decode(text, &character);
        unsigned char byte = (unsigned char)text.at[0];
        bool space = byte == '\t' || byte == '\r' || byte == '\n';
        if (used > 0 && nat__utf8_is_control(character) && !space)
            nat__buf_add(out, "\xEF\xBF\xBD", 3);
        else if (used > 0)
            nat__buf_add(out, text.at, used);
        else if (byte >= 0xA0)
            nat__buf_add(out, (char[]){(char)(0xC0 | byte >> 6), (char)(0x80 | (byte & 0x3F))}, 2);
        else
            nat__buf_add(out, "\xEF\xBF\xBD", 3);
        used = used > 0 ? used : 1;
        text.at += used;
        text.length -= used;
    }
}
