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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decodes_the_first_character),
        cmocka_unit_test(refuses_what_rfc_3629_forbids),
        cmocka_unit_test(does_not_read_past_the_piece),
        cmocka_unit_test(repairs_invalid_bytes_and_keeps_the_rest),
        cmocka_unit_test(replaces_every_control_character),
        cmocka_unit_test(repairing_passes_on_a_full_buffer),
    };
    return cmocka_run_group_tests_name("utf8", tests, NULL, NULL);
}
