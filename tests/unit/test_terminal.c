/* SPDX-License-Identifier: MIT */
/* What the command lets through to a terminal, of every character there is. */
#include "check.h"

#include "text.h"

#include <stdio.h>
#include <stdlib.h>

/* What is written of a text, freed by the caller. */
static char *written(enum text_place place, const char *text)
{
    char *out = NULL;
    size_t length;
    FILE *stream = open_memstream(&out, &length);
    assert_non_null(stream);
    text_put_at(stream, place, text);
    fclose(stream);
    return out;
}

static size_t encode(char out[5], uint32_t c)
{
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char first[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(first[length] | c);
    out[length] = '\0';
    return length;
}

/* The kinds of which nothing may reach a terminal, however a terminal treats them. */
static bool must_be_refused(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xAD || c == 0x34F || c == 0x61C ||
           (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
           (c >= 0x2060 && c <= 0x206F) || (c >= 0xD800 && c <= 0xF8FF) ||
           (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || (c >= 0xFFF0 && c <= 0xFFFB) ||
           (c >= 0xFDD0 && c <= 0xFDEF) || (c & 0xFFFE) == 0xFFFE || c >= 0xE0000;
}

static void every_character(void **state)
{
    size_t shown[TEXT_NARROW + 1] = {0};
    (void)state;
    for (uint32_t c = 1; c <= 0x10FFFF; c++) {
        char text[5], framed[16], expected[16];
        uint32_t decoded = 0;
        bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        enum text_kind kind = text_kind(c);
        size_t length = encode(text, c), used = text_decode(&decoded, text);
        if (used != (surrogate ? 0 : length) || (!surrogate && decoded != c))
            fail_msg("U+%04X is not decoded", (unsigned)c);
        if (must_be_refused(c) && kind != TEXT_REFUSED)
            fail_msg("U+%04X is shown", (unsigned)c);
        shown[kind]++;
        /* Behind a letter, with another after it: that one is where it was, whatever stands here.
         */
        snprintf(framed, sizeof framed, "x%sy", text);
        bool whole = kind != TEXT_REFUSED && kind != TEXT_RIGHT_TO_LEFT;
        snprintf(expected, sizeof expected, "x%sy", whole ? text : surrogate ? "???" : "?");
        char *out = written(TEXT_INSIDE, framed);
        if (strcmp(out, expected) != 0)
            fail_msg("U+%04X is written as %s", (unsigned)c, out);
        free(out);
        size_t width = kind == TEXT_MARK ? 2 : kind == TEXT_WIDE ? 4 : surrogate ? 5 : 3;
        if (text_width(TEXT_INSIDE, framed) != width)
            fail_msg("U+%04X has the width %zu", (unsigned)c, text_width(TEXT_INSIDE, framed) - 2);
    }
    assert_int_equal(text_kind(0x110000), TEXT_REFUSED);
    assert_int_equal(text_kind(UINT32_MAX), TEXT_REFUSED);
    /* It is not everything that is refused, either. */
    assert_true(shown[TEXT_NARROW] > 20000 && shown[TEXT_WIDE] > 90000);
    assert_true(shown[TEXT_RIGHT_TO_LEFT] > 1000 && shown[TEXT_MARK] > 1500);
}

static void texts(void **state)
{
    static const struct {
        const char *text, *inside, *at_end;
        size_t width;
    } rows[] = {
        {"", "", "", 0},
        {"caf\xC3\xA9", "caf\xC3\xA9", "caf\xC3\xA9", 4},
        {"\xE4\xB8\xAD\xE6\x96\x87", "\xE4\xB8\xAD\xE6\x96\x87", "\xE4\xB8\xAD\xE6\x96\x87", 4},
        {"\xE2\x80\xAE"
         "1.0.0.01",
         "?1.0.0.01", "?1.0.0.01", 9},
        {"\xE2\x81\xA6x\xE2\x81\xA9", "?x?", "?x?", 3},
        {"\x1B[31mred\a\r\n", "?[31mred???", "?[31mred???", 11},
        {"\xC2\x9B"
         "2J",
         "?2J", "?2J", 3},
        /* Hebrew ends a line as it is, and turns nothing about inside of one. */
        {"\xD7\x90\xD7\x91 1", "?? 1", "\xD7\x90\xD7\x91 1", 4},
        {"\xD9\xA1", "?", "\xD9\xA1", 1},
        /* Marks: on a letter two, on nothing or a blank none. */
        {"e\xCC\x81", "e\xCC\x81", "e\xCC\x81", 1},
        {"\xCC\x81"
         "e",
         "?e", "?e", 2},
        {" \xCC\x81", " ?", " ?", 2},
        {"e\xCC\x81\xCC\x82\xCC\x83\xCC\x84", "e\xCC\x81\xCC\x82??", "e\xCC\x81\xCC\x82??", 3},
        {"\xE2\x80\xAE\xCC\x81", "??", "??", 2},
        /* Not UTF-8: a byte at a time. */
        {"\xFF\xFE", "??", "??", 2},
        {"\xC3", "?", "?", 1},
        {"\xE2\x80", "??", "??", 2},
        {"a\xE2\x80"
         "b",
         "a??b", "a??b", 4},
        {"\xC0\xAF", "??", "??", 2},
        {"\xED\xA0\x80", "???", "???", 3},
        {"\xF4\x90\x80\x80", "????", "????", 4},
        {"R\xE9mi", "R?mi", "R?mi", 4},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char *inside = written(TEXT_INSIDE, rows[i].text);
        char *at_end = written(TEXT_AT_END, rows[i].text);
        CHECK_TEXT(rows[i].inside, inside, rows[i].inside);
        CHECK_TEXT(rows[i].at_end, at_end, rows[i].at_end);
        CHECK(rows[i].inside, text_width(TEXT_INSIDE, rows[i].text) == rows[i].width);
        CHECK(rows[i].at_end, text_width(TEXT_AT_END, rows[i].text) == rows[i].width);
        free(inside);
        free(at_end);
    }
}

static void what_is_utf8(void **state)
{
    static const char *const not_utf8[] = {"\xFF",
                                           "\xC3",
                                           "\xC0\xAF",
                                           "\xE0\x80\x80",
                                           "\xED\xBF\xBF",
                                           "a\xE2\x80",
                                           "\xF0\x80\x80\x80",
                                           "\xF4\x90\x80\x80",
                                           "\xF8\x88\x80\x80\x80"};
    (void)state;
    assert_true(text_is_utf8("") && text_is_utf8("a\x1B\xE2\x80\xAE\xF4\x8F\xBF\xBF"));
    for (size_t i = 0; i < COUNT_OF(not_utf8); i++)
        CHECK(not_utf8[i], !text_is_utf8(not_utf8[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_character),
        cmocka_unit_test(texts),
        cmocka_unit_test(what_is_utf8),
    };
    return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
