/* SPDX-License-Identifier: MIT */
#include "utf8.h"

size_t utf8_read(uint32_t *character, const char *text)
{
    static const struct {
        uint8_t mask;
        uint8_t mark;
        uint8_t bits;
        uint32_t least;
    } forms[] = {
        {0x80, 0x00, 0x7f, 0x1},
        {0xe0, 0xc0, 0x1f, 0x80},
        {0xf0, 0xe0, 0x0f, 0x800},
        {0xf8, 0xf0, 0x07, 0x10000},
    };
    enum { FORMS = sizeof(forms) / sizeof(forms[0]), LAST = 0x10ffff };
    uint8_t first = (uint8_t)text[0];
    size_t more = 0;
    while (more < FORMS && (first & forms[more].mask) != forms[more].mark) {
        more++;
    }
    if (more == FORMS) {
        return 0;
    }
    uint32_t value = first & forms[more].bits;
    for (size_t i = 1; i <= more; i++) {
        uint8_t byte = (uint8_t)text[i];
        if ((byte & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (byte & 0x3f);
    }
    /* Neither longer than needed, nor half of a pair of UTF-16, nor beyond Unicode. */
    bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < forms[more].least || surrogate || value > LAST) {
        return 0;
    }
    *character = value;
    return more + 1;
}

bool utf8_valid(const char *text)
{
    uint32_t character = 0;
    size_t length = 0;
    while ((length = utf8_read(&character, text)) > 0) {
        text += length;
    }
    return *text == '\0';
}
