/* SPDX-License-Identifier: MIT */
#include "utf8.h"

#include <string.h>

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

bool nat__utf8_is_hostile(uint32_t character)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0xAD, 0xAD},       {0x34F, 0x34F},   {0x61C, 0x61C},     {0x115F, 0x1160},
        {0x17B4, 0x17B5},   {0x180B, 0x180F}, {0x200B, 0x200F},   {0x2028, 0x202E},
        {0x2060, 0x206F},   {0x3164, 0x3164}, {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},
        {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
        {0xE0000, 0xE0FFF},
    };
    if (nat__utf8_is_control(character))
        return true;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

void nat__utf8_tame(char *text)
{
    char *to = text;
    nat__str rest = nat__str_of(text);
    while (rest.length > 0) {
        uint32_t character;
        size_t used = nat__utf8_decode(rest, &character);
        bool good = used > 0 && !nat__utf8_is_hostile(character);
        used = used > 0 ? used : 1;
        if (good)
            memmove(to, rest.at, used);
        else
            *to = '?';
        to += good ? used : 1;
        rest.at += used;
        rest.length -= used;
    }
    *to = '\0';
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
