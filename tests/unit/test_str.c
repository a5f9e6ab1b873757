/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <stdlib.h>

static void trims_white_space_at_both_ends_only(void **state)
{
    static const struct {
        const char *text, *wanted;
    } rows[] = {
        {"", ""},         {" ", ""},        {" \t\r\n", ""},
        {"a", "a"},       {" a b ", "a b"}, {"\r\n\ta\r\n", "a"},
        {"a\vb", "a\vb"}, {"\v a", "\v a"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK_STR(rows[i].text, nat__str_trim(nat__str_of(rows[i].text)), rows[i].wanted);
    assert_int_equal(nat__str_trim(nat__str_of(NULL)).length, 0);
}

static void compares_whole_texts_and_beginnings(void **state)
{
    static const struct {
        const char *text, *other;
        bool equal, equal_nocase, starts, starts_nocase;
    } rows[] = {
        {"", "", true, true, true, true},           {"a", "", false, false, true, true},
        {"", "a", false, false, false, false},      {"TCP", "TCP", true, true, true, true},
        {"tcp", "TCP", false, true, false, true},   {"TCPx", "TCP", false, false, true, true},
        {"tcpx", "TCP", false, false, false, true},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__str text = nat__str_of(rows[i].text);
        CHECK(rows[i].text, nat__str_equal(text, rows[i].other) == rows[i].equal);
        CHECK(rows[i].text, nat__str_equal_nocase(text, rows[i].other) == rows[i].equal_nocase);
        CHECK(rows[i].text, nat__str_starts(text, rows[i].other) == rows[i].starts);
        CHECK(rows[i].text, nat__str_starts_nocase(text, rows[i].other) == rows[i].starts_nocase);
    }
}

static void finds_text_within_the_piece_only(void **state)
{
    (void)state;
    const char *text = "one two three";
    nat__str piece = {text, 7};
    assert_ptr_equal(nat__str_find(piece, "two"), text + 4);
    assert_null(nat__str_find(piece, "three"));
    assert_null(nat__str_find(nat__str_of(NULL), "a"));
}

static void cuts_at_a_character_and_skips_it(void **state)
{
    static const struct {
        const char *text, *part, *rest;
    } rows[] = {
        {"a:b", "a", "b"}, {"a:b:c", "a", "b:c"}, {":", "", ""}, {"a:", "a", ""},
        {":b", "", "b"},   {"ab", "ab", ""},      {"", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__str rest = nat__str_of(rows[i].text);
        CHECK_STR(rows[i].text, nat__str_cut(&rest, ':'), rows[i].part);
        CHECK_STR(rows[i].text, rest, rows[i].rest);
    }
}

static void copies_a_piece(void **state)
{
    (void)state;
    char *copy = nat__str_dup((nat__str){"abc", 2});
    assert_string_equal(copy, "ab");
    free(copy);
    copy = nat__str_dup(nat__str_of(NULL));
    assert_string_equal(copy, "");
    free(copy);
}

static void reads_a_number_only_where_all_of_the_text_is_one_in_range(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        bool ok;
        uint64_t value;
    } rows[] = {
        {"0", 65535, true, 0},
        {"65535", 65535, true, 65535},
        {"65536", 65535, false, 0},
        {"65616", 65535, false, 0},
        {" 80\t", 65535, true, 80},
        {"00080", 65535, true, 80},
        {"", 65535, false, 0},
        {"  ", 65535, false, 0},
        {"-1", 65535, false, 0},
        {"+1", 65535, false, 0},
        {"80 abc", 65535, false, 0},
        {"8 0", 65535, false, 0},
        {"0x50", 65535, false, 0},
        {"80.0", 65535, false, 0},
        {"5", 4, false, 0},
        {"4", 4, true, 4},
        {"18446744073709551615", UINT64_MAX, true, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, false, 0},
        {"99999999999999999999999", UINT64_MAX, false, 0},
        {"\xD9\xA1", 65535, false, 0}, /* a digit, but an Arabic one */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint64_t value = 12345;
        bool ok = nat__str_number(nat__str_of(rows[i].text), rows[i].max, &value);
        CHECK(rows[i].text, ok == rows[i].ok);
        CHECK(rows[i].text, value == (ok ? rows[i].value : 12345));
    }
    uint64_t value;
    assert_false(nat__str_number(STR("80\0"), 65535, &value));
}

static void reads_a_signed_number_within_its_limit(void **state)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } rows[] = {
        {"718", true, 718},   {"-911", true, -911},   {" -1 ", true, -1}, {"-0", true, 0},
        {"1000", true, 1000}, {"-1000", true, -1000}, {"1001", false, 0}, {"-1001", false, 0},
        {"--1", false, 0},    {"-", false, 0},        {"", false, 0},     {"7-1", false, 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int64_t value = 0;
        CHECK(rows[i].text,
              nat__str_integer(nat__str_of(rows[i].text), 1000, &value) == rows[i].ok);
        CHECK(rows[i].text, value == rows[i].value);
    }
}

static void a_sign_apart_from_its_number_is_no_number(void **state)
{
    (void)state;
    int64_t value;
    assert_false(nat__str_integer(nat__str_of("- 1"), 1000, &value));
}

static void clean_text_is_utf8_without_control_characters(void **state)
{
    static const struct {
        const char *text;
        bool clean;
    } rows[] = {
        {"", true},
        {"plain text", true},
        {"na\xC3\xAFve", true},
        {"\xF0\x9F\x98\x80", true},
        {"tab\t", false},
        {"line\n", false},
        {"\x1B[31m", false},
        {"\x7F", false},
        {"\xC2\x80", false}, /* U+0080 */
        {"\xC2\x9B", false}, /* U+009B begins a terminal's control sequence */
        {"\xC2\xA0", true},
        {"\xE9", false},
        {"\xC3", false},
        {"\xED\xA0\x80", false}, /* a surrogate */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(rows[i].text, nat__str_is_clean(nat__str_of(rows[i].text)) == rows[i].clean);
    assert_false(nat__str_is_clean(STR("a\0b")));
}

static void characters_that_xml_cannot_carry_are_not_clean(void **state)
{
    (void)state;
    assert_false(nat__str_is_clean(nat__str_of("x\xEF\xBF\xBE"))); /* U+FFFE */
    assert_false(nat__str_is_clean(nat__str_of("x\xEF\xBF\xBF"))); /* U+FFFF */
    assert_true(nat__str_is_clean(nat__str_of("x\xEF\xBF\xBD")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trims_white_space_at_both_ends_only),
        cmocka_unit_test(compares_whole_texts_and_beginnings),
        cmocka_unit_test(finds_text_within_the_piece_only),
        cmocka_unit_test(cuts_at_a_character_and_skips_it),
        cmocka_unit_test(copies_a_piece),
        cmocka_unit_test(reads_a_number_only_where_all_of_the_text_is_one_in_range),
        cmocka_unit_test(reads_a_signed_number_within_its_limit),
        cmocka_unit_test(a_sign_apart_from_its_number_is_no_number),
        cmocka_unit_test(clean_text_is_utf8_without_control_characters),
        cmocka_unit_test(characters_that_xml_cannot_carry_are_not_clean),
    };
    return cmocka_run_group_tests_name("str", tests, NULL, NULL);
}
