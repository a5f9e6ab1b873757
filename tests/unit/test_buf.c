/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "ground/buf.h"

#include <stdlib.h>

static void appends_and_stays_terminated(void **state)
{
    (void)state;
    nat__buf buf = {0};
    nat__buf_add(&buf, "abc", 2);
    nat__buf_adds(&buf, "c");
    nat__buf_addf(&buf, "%d-%s", 7, "x");
    nat__buf_add(&buf, "\0z", 2);
    nat__buf_add(&buf, NULL, 0);
    assert_int_equal(buf.failed, NATUPNP_OK);
    assert_int_equal(buf.length, 8);
    assert_memory_equal(buf.at, "abc7-x\0z", 9);
    nat__buf_free(&buf);
}

static void grows_far_beyond_its_first_size(void **state)
{
    (void)state;
    nat__buf buf = {0};
    for (int i = 0; i < 10000; i++)
        nat__buf_addf(&buf, "%04d,", i);
    assert_int_equal(buf.length, 50000);
    assert_memory_equal(buf.at + 49995, "9999,", 6);
    nat__buf_free(&buf);
}

static void the_limit_is_the_largest_length(void **state)
{
    static const struct {
        const char *name;
        size_t limit, first, second;
        natupnp_status status;
    } rows[] = {
        {"at once, exactly", 4, 4, 0, NATUPNP_OK},
        {"at once, one more", 4, 5, 0, NATUPNP_E_BAD_REPLY},
        {"in two, exactly", 4, 3, 1, NATUPNP_OK},
        {"in two, one more", 4, 3, 2, NATUPNP_E_BAD_REPLY},
        {"nothing more when full", 4, 4, 0, NATUPNP_OK},
        {"no limit", 0, 60, 60, NATUPNP_OK},
    };
    static const char data[64];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__buf buf = {.limit = rows[i].limit};
        nat__buf_add(&buf, data, rows[i].first);
        nat__buf_add(&buf, data, rows[i].second);
        CHECK(rows[i].name, buf.failed == rows[i].status);
        CHECK(rows[i].name, rows[i].limit == 0 || buf.length <= rows[i].limit);
        nat__buf_free(&buf);
    }
}

static void a_formatted_text_obeys_the_limit(void **state)
{
    (void)state;
    nat__buf buf = {.limit = 3};
    nat__buf_addf(&buf, "%s", "abcd");
    assert_int_equal(buf.failed, NATUPNP_E_BAD_REPLY);
    assert_int_equal(buf.length, 0);
    nat__buf_free(&buf);
}

static void a_failure_is_kept_and_later_writes_do_nothing(void **state)
{
    (void)state;
    nat__buf buf = {.limit = 3};
    nat__buf_adds(&buf, "ab");
    nat__buf_adds(&buf, "cd");
    nat__buf_adds(&buf, "e");
    nat__buf_addf(&buf, "%d", 1);
    assert_int_equal(buf.failed, NATUPNP_E_BAD_REPLY);
    assert_string_equal(buf.at, "ab");
    assert_null(nat__buf_take(&buf));
    assert_null(buf.at);
}

static void a_length_that_overflows_is_out_of_memory(void **state)
{
    (void)state;
    nat__buf buf = {0};
    nat__buf_adds(&buf, "ab");
    nat__buf_add(&buf, "", SIZE_MAX);
    assert_int_equal(buf.failed, NATUPNP_E_NOMEM);
    assert_string_equal(buf.at, "ab");
    nat__buf_free(&buf);
}

static void reset_forgets_text_and_failure_but_not_the_limit(void **state)
{
    (void)state;
    nat__buf buf = {.limit = 2};
    nat__buf_reset(&buf);
    nat__buf_adds(&buf, "a");
    nat__buf_adds(&buf, "bcd");
    nat__buf_reset(&buf);
    assert_int_equal(buf.failed, NATUPNP_OK);
    assert_int_equal(buf.length, 0);
    assert_string_equal(buf.at, "");
    nat__buf_adds(&buf, "xy");
    assert_string_equal(buf.at, "xy");
    nat__buf_adds(&buf, "z");
    assert_int_equal(buf.failed, NATUPNP_E_BAD_REPLY);
    nat__buf_free(&buf);
    assert_int_equal(buf.limit, 2);
}

static void take_hands_over_text_also_when_it_is_empty(void **state)
{
    (void)state;
    nat__buf buf = {0};
    char *text = nat__buf_take(&buf);
    assert_string_equal(text, "");
    free(text);
    nat__buf_adds(&buf, "abc");
    text = nat__buf_take(&buf);
    assert_string_equal(text, "abc");
    assert_null(buf.at);
    assert_int_equal(buf.length, 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(appends_and_stays_terminated),
        cmocka_unit_test(grows_far_beyond_its_first_size),
        cmocka_unit_test(the_limit_is_the_largest_length),
        cmocka_unit_test(a_formatted_text_obeys_the_limit),
        cmocka_unit_test(a_failure_is_kept_and_later_writes_do_nothing),
        cmocka_unit_test(a_length_that_overflows_is_out_of_memory),
        cmocka_unit_test(reset_forgets_text_and_failure_but_not_the_limit),
        cmocka_unit_test(take_hands_over_text_also_when_it_is_empty),
    };
    return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
