/* SPDX-License-Identifier: MIT */
#include "check.h"

#include <natupnp/status.h>

static const struct {
    const char *name;
    int number;
    uint32_t hresult;
    const char *text;
} table[] = {
#define ROW(name, number, hresult, text) {#name, number, hresult, text},
    NATUPNP_STATUS_MAP(ROW)
#undef ROW
};

static void every_status_has_its_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        natupnp_status status = (natupnp_status)table[i].number;
        CHECK_TEXT(table[i].name, natupnp_status_name(status), table[i].name);
        CHECK_TEXT(table[i].name, natupnp_status_text(status), table[i].text);
        CHECK(table[i].name, natupnp_status_hresult(status) == (int32_t)table[i].hresult);
    }
}

static void numbers_and_names_are_unique_and_texts_not_empty(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CHECK(table[i].name, table[i].text[0] != '\0');
        CHECK(table[i].name, !strpbrk(table[i].text, "\r\n"));
        for (size_t j = 0; j < i; j++) {
            CHECK(table[i].name, table[i].number != table[j].number);
            CHECK(table[i].name, strcmp(table[i].name, table[j].name) != 0);
            CHECK(table[i].name, strcmp(table[i].text, table[j].text) != 0);
        }
    }
}

static void numbers_leave_no_gap_that_has_no_text(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        for (int number = 0; number <= table[i].number; number++) {
            CHECK(table[i].name, natupnp_status_name((natupnp_status)number) != NULL);
            CHECK(table[i].name, natupnp_status_text((natupnp_status)number) != NULL);
        }
}

static void only_success_has_an_hresult_that_is_not_negative(void **state)
{
    (void)state;
    assert_int_equal(natupnp_status_hresult(NATUPNP_OK), 0);
    for (size_t i = 1; i < COUNT_OF(table); i++)
        CHECK(table[i].name, natupnp_status_hresult((natupnp_status)table[i].number) < 0);
}

static void unknown_numbers_are_answered_too(void **state)
{
    static const int numbers[] = {-1, -1000, 1000, INT32_MAX, INT32_MIN};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        natupnp_status status = (natupnp_status)numbers[i];
        assert_string_equal(natupnp_status_name(status), "E_UNKNOWN");
        assert_string_not_equal(natupnp_status_text(status), "");
        assert_int_equal(natupnp_status_hresult(status), (int32_t)0x80004005);
    }
}

/* The numbers are part of the interface: a row that moves breaks programs. */
static void numbers_are_frozen(void **state)
{
    (void)state;
    assert_int_equal(NATUPNP_OK, 0);
    assert_int_equal(NATUPNP_E_INVAL, 1);
    assert_int_equal(NATUPNP_E_TIMEOUT, 10);
    assert_int_equal(NATUPNP_E_NO_GATEWAY, 11);
    assert_int_equal(NATUPNP_E_FAULT, 16);
    assert_int_equal(NATUPNP_E_NOT_FOUND, 17);
    assert_int_equal(NATUPNP_E_CONFLICT, 18);
    assert_int_equal(NATUPNP_E_LOST, 22);
    assert_int_equal(NATUPNP_E_NO_ADDRESS, 23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_status_has_its_row),
        cmocka_unit_test(numbers_and_names_are_unique_and_texts_not_empty),
        cmocka_unit_test(numbers_leave_no_gap_that_has_no_text),
        cmocka_unit_test(only_success_has_an_hresult_that_is_not_negative),
        cmocka_unit_test(unknown_numbers_are_answered_too),
        cmocka_unit_test(numbers_are_frozen),
    };
    return cmocka_run_group_tests_name("status", tests, NULL, NULL);
}
