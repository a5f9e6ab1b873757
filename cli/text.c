/* SPDX-License-Identifier: MIT */
#include "text.h"
#include "text_table.h"

/** So many marks over and under one letter stay on its line. */
enum { MARKS_MAX = 2 };

enum { KIND_BITS = 3, KIND_MASK = (1 << KIND_BITS) - 1 };

#define RUN_REFUSED(first) ((first) << KIND_BITS | TEXT_REFUSED),
#define RUN_MARK(first) ((first) << KIND_BITS | TEXT_MARK),
#define RUN_RIGHT_TO_LEFT(first) ((first) << KIND_BITS | TEXT_RIGHT_TO_LEFT),
#define RUN_WIDE(first) ((first) << KIND_BITS | TEXT_WIDE),
#define RUN_NARROW(first) ((first) << KIND_BITS | TEXT_NARROW),

/** The first character of each run, and its kind below that. */
static const uint32_t runs[] = {
    TEXT_RUNS(RUN_REFUSED, RUN_MARK, RUN_RIGHT_TO_LEFT, RUN_WIDE, RUN_NARROW)};

enum text_kind text_kind(uint32_t character)
{
    size_t low = 0;
    size_t high = sizeof(runs) / sizeof(runs[0]);
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (runs[middle] >> KIND_BITS <= character) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return character > 0x10ffff ? TEXT_REFUSED : (enum text_kind)(runs[low] & KIND_MASK);
}

size_t text_decode(uint32_t *character, const char *text)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *at = (const unsigned char *)text;
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
    if (at[0] == 0 || (at[0] >= 0x80 && at[0] < 0xc2) || at[0] > 0xf4) {
        return 0;
    }
    uint32_t value = length == 1 ? at[0] : at[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        value = value << 6 | (at[i] & 0x3fu);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
        return 0;
    }
    *character = value;
    return length;
}

bool text_is_utf8(const char *text)
{
    uint32_t character;
    size_t length;
    while (*text != '\0' && (length = text_decode(&character, text)) > 0) {
        text += length;
    }
    return *text == '\0';
}

bool text_next(struct text_reader *reader, struct text_part *part)
{
    if (*reader->at == '\0') {
        return false;
    }
    *part = (struct text_part){.at = reader->at, .length = 1, .width = 1};
    size_t length = text_decode(&part->character, reader->at);
    enum text_kind kind = length > 0 ? text_kind(part->character) : TEXT_REFUSED;
    part->length = length > 0 ? length : 1;
    part->shown = kind == TEXT_NARROW || kind == TEXT_WIDE ||
                  (kind == TEXT_RIGHT_TO_LEFT && reader->place == TEXT_AT_END) ||
                  (kind == TEXT_MARK && reader->marks > 0);
    if (kind == TEXT_MARK && part->shown) {
        part->width = 0;
        reader->marks--;
    } else {
        part->width = kind == TEXT_WIDE ? 2 : 1;
        /* A blank does not hold a mark: it would seem to belong to what stands before. */
        reader->marks = part->shown && part->character != ' ' ? MARKS_MAX : 0;
    }
    reader->at += part->length;
    return true;
}

void text_put_at(FILE *stream, enum text_place place, const char *text)
{
    struct text_reader reader = {.place = place, .at = text};
    struct text_part part;
    while (text_next(&reader, &part)) {
        fwrite(part.shown ? part.at : "?", 1, part.shown ? part.length : 1, stream);
    }
}

void text_put(FILE *stream, const char *text)
{
    text_put_at(stream, TEXT_AT_END, text);
}

size_t text_width(enum text_place place, const char *text)
{
    struct text_reader reader = {.place = place, .at = text};
    struct text_part part;
    size_t width = 0;
    while (text_next(&reader, &part)) {
        width += part.width;
    }
    return width;
}
