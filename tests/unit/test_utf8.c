/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "ground/utf8.h"

#define REPLACED "\xEF\xBF\xBD"

static void decodes_the_first_character(void **state)
{
    static const struct {
        const char *text;
        size_t used;
        uint32_t character;
    } rows[] = {
        {"", 0, 0},
        {"a", 1, 'a'},
        {"\x7F", 1, 0x7F},
        {"\xC2\x80", 2, 0x80},
        {"\xC3\xA9x", 2, 0xE9},
        {"\xDF\xBF", 2, 0x7FF},
        {"\xE0\xA0\x80", 3, 0x800},
        {"\xED\x9F\xBF", 3, 0xD7FF},
        {"\xEE\x80\x80", 3, 0xE000},
        {"\xEF\xBF\xBF", 3, 0xFFFF},
        {"\xF0\x90\x80\x80", 4, 0x10000},
        {"\xF4\x8F\xBF\xBF", 4, 0x10FFFF},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t character = 0;
        CHECK(rows[i].text,
              nat__utf8_decode(nat__str_of(rows[i].text), &character) == rows[i].used);
        CHECK(rows[i].text, character == rows[i].character);
    }
    uint32_t character = 1;
    assert_int_equal(nat__utf8_decode(STR("\0"), &character), 1);
    assert_int_equal(character, 0);
}

static void refuses_what_rfc_3629_forbids(void **state)
{
    static const char *const rows[] = {
        "\x80",             /* a continuation byte alone */
        "\xBF",             /* */
        "\xC0\x80",         /* an overlong NUL */
        "\xC1\xBF",         /* overlong */
        "\xC3",             /* cut off */
        "\xC3(",            /* no continuation */
        "\xE0\x9F\xBF",     /* overlong */
        "\xE2\x82",         /* cut off */
        "\xE2(\xA1",        /* no continuation */
        "\xED\xA0\x80",     /* the first surrogate */
        "\xED\xBF\xBF",     /* the last one */
        "\xF0\x8F\xBF\xBF", /* overlong */
        "\xF0\x9F\x98",     /* cut off */
        "\xF4\x90\x80\x80", /* past U+10FFFF */
        "\xF5\x80\x80\x80",
        "\xFE",
        "\xFF",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint32_t character;
        CHECK(rows[i], nat__utf8_decode(nat__str_of(rows[i]), &character) == 0);
    }
}

static void does_not_read_past_the_piece(void **state)
{
    (void)state;
    uint32_t character;
    assert_int_equal(nat__utf8_decode((nat__str){"\xC3\xA9", 1}, &character), 0);
    assert_int_equal(nat__utf8_decode((nat__str){"\xF0\x9F\x98\x80", 3}, &character), 0);
}

static void repairs(const char *row, nat__str text, const char *wanted)
{
    nat__buf out = {0};
    nat__utf8_repair(&out, text);
    CHECK(row, out.failed == NATUPNP_OK);
    CHECK_TEXT(row, out.at ? out.at : "", wanted);
    nat__buf_free(&out);
}

static void repairs_invalid_bytes_and_keeps_the_rest(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"tab\tand\r\nline", "tab\tand\r\nline"},
        {"R\xC3\xA9mi \xF0\x9F\x98\x80", "R\xC3\xA9mi \xF0\x9F\x98\x80"},
        {"R\xE9mi", "R\xC3\xA9mi"}, /* ISO-8859-1 */
        {"\xA0\xFF", "\xC2\xA0\xC3\xBF"},
        {"\x80", REPLACED},
        {"\x9F", REPLACED},
        {"\xE2\x82", "\xC3\xA2" REPLACED},
        {"\xED\xA0\x80", "\xC3\xAD\xC2\xA0" REPLACED},
        {"\x01"
         "a\x1F",
         REPLACED "a" REPLACED},
        {"\x1B[31m", REPLACED "[31m"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        repairs(rows[i].text, nat__str_of(rows[i].text), rows[i].wanted);
    repairs("NUL", STR("a\0b"), "a" REPLACED "b");
}

static void replaces_every_control_character(void **state)
{
    (void)state;
    repairs("DEL", STR("\x7F"), REPLACED);
    repairs("U+0080", STR("\xC2\x80"), REPLACED);
    repairs("U+009B", STR("\xC2\x9B"), REPLACED);
    repairs("U+00A0", STR("\xC2\xA0"), "\xC2\xA0");
}

static void repairing_passes_on_a_full_buffer(void **state)
{
    (void)state;
    nat__buf out = {.limit = 4};
    nat__utf8_repair(&out, nat__str_of("\x80\x80"));
    assert_int_equal(out.failed, NATUPNP_E_BAD_REPLY);
    nat__buf_free(&out);
}

/* Those that can turn, hide or end a line, one each; and some that are as harmless as they look. */
static void tells_what_a_line_for_people_may_hold(void **state)
{
    static const uint32_t hostile[] = {
        0x00,   0x07,   0x1B,   0x7F,   0x80,   0x9B,    0xAD,    0x61C,   0x180E,  0x200B,
        0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029,  0x202A,  0x202B,  0x202C,  0x202D,
        0x202E, 0x2060, 0x2066, 0x2067, 0x2068, 0x2069,  0x206A,  0xFE0F,  0xFEFF,  0xFFF9,
        0xFFFB, 0xFFFE, 0xFFFF, 0x3164, 0x034F, 0xE000F, 0xE0001, 0xE0041, 0xE007F, 0xE0100};
    static const uint32_t harmless[] = {' ',    '~',    0xA0,   0xE9,   0x5D0,  0x627,  0x2010,
                                        0x2027, 0x202F, 0x2070, 0x20AC, 0x4E2D, 0xFFFD, 0x1F600};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(hostile); i++)
        if (!nat__utf8_is_hostile(hostile[i]))
            fail_msg("U+%04X passes", (unsigned)hostile[i]);
    for (size_t i = 0; i < COUNT_OF(harmless); i++)
        if (nat__utf8_is_hostile(harmless[i]))
            fail_msg("U+%04X does not pass", (unsigned)harmless[i]);
}

static void tames(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"", ""},
        {"plain", "plain"},
        {"\xE2\x80\xAE", "?"},
        {"a\xE2\x80\xAE"
         "b\xF3\xA0\x80\x81"
         "c",
         "a?b?c"},
        {"caf\xC3\xA9 \xF0\x9F\x98\x80", "caf\xC3\xA9 \xF0\x9F\x98\x80"},
        {"\x1B[2J\r\n\t", "?[2J???"},
        {"\xE2\x80", "??"},
        {"\xC0\xAF\xED\xA0\x80", "?????"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[64];
        strcpy(text, rows[i].text);
        nat__utf8_tame(text);
        CHECK_TEXT(rows[i].wanted, text, rows[i].wanted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_the_first_character),
        cmocka_unit_test(refuses_what_rfc_3629_forbids),
        cmocka_unit_test(does_not_read_past_the_piece),
        cmocka_unit_test(repairs_invalid_bytes_and_keeps_the_rest),
        cmocka_unit_test(replaces_every_control_character),
        cmocka_unit_test(repairing_passes_on_a_full_buffer),
        cmocka_unit_test(tells_what_a_line_for_people_may_hold),
        cmocka_unit_test(tames),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
