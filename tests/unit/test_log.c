/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "ground/log.h"

#include <stdio.h>

typedef struct heard {
    nat__log log;
    uint64_t now_ms;
    size_t count;
    char lines[64][96];
    natupnp_log_level levels[64];
} heard;

static uint64_t read_clock(void *arg, nat__time time)
{
    (void)time;
    return ((heard *)arg)->now_ms;
}

static void on_log(void *arg, natupnp_log_level level, const char *message)
{
    heard *h = arg;
    assert_true(h->count < COUNT_OF(h->lines));
    h->levels[h->count] = level;
    snprintf(h->lines[h->count++], sizeof h->lines[0], "%s", message);
}

static int begin(void **state)
{
    static heard h;
    h = (heard){.now_ms = 5};
    nat__log_init(&h.log);
    h.log.clock = (nat__clock){read_clock, &h};
    h.log.on_log = on_log;
    h.log.on_log_arg = &h;
    *state = &h;
    return 0;
}

static int end(void **state)
{
    nat__log_free(&((heard *)*state)->log);
    return 0;
}

static void warn(heard *h, unsigned number)
{
    nat__log_line(&h->log, NATUPNP_LOG_WARNING, "an answer from 10.0.0.%u", number);
}

/* What was heard by now is this, and nothing else. */
static void expect(heard *h, size_t count, const char *const *lines)
{
    nat__log_flush(&h->log);
    for (size_t i = 0; i < h->count || i < count; i++)
        CHECK_TEXT("a line", i < h->count ? h->lines[i] : NULL, i < count ? lines[i] : NULL);
    h->count = 0;
}

#define EXPECT(h, ...)                                                                             \
    expect((h), COUNT_OF(((const char *const[]){__VA_ARGS__})), (const char *const[]){__VA_ARGS__})
#define EXPECT_NOTHING(h) expect((h), 0, NULL)

static void a_flood_is_one_line_a_second(void **state)
{
    heard *h = *state;
    size_t told = 0;
    for (unsigned i = 0; i < 100000; i++) { /* a hundred each millisecond */
        h->now_ms = 5 + i / 100;
        warn(h, i % 256);
        nat__log_flush(&h->log);
        told += h->count;
        h->count = 0;
    }
    assert_int_equal(told, 1);
    h->now_ms = 5 + 1000;
    EXPECT(h, "an answer from 10.0.0.159 (and 99998 more)");
    h->now_ms += 999;
    warn(h, 1);
    warn(h, 2);
    EXPECT_NOTHING(h);
    h->now_ms += 1;
    warn(h, 3); /* the next one tells of those before it */
    EXPECT(h, "an answer from 10.0.0.3 (and 2 more)");
    h->now_ms += 5000;
    EXPECT_NOTHING(h);
    warn(h, 4);
    EXPECT(h, "an answer from 10.0.0.4");
    warn(h, 5);
    EXPECT_NOTHING(h);
    h->now_ms += 1000;
    EXPECT(h, "an answer from 10.0.0.5"); /* the only one that was withheld is told whole */
    assert_false(h->log.withholds);
}

static void kinds_do_not_hide_each_other(void **state)
{
    heard *h = *state;
    for (unsigned i = 0; i < 10; i++) {
        warn(h, i);
        nat__log_line(&h->log, NATUPNP_LOG_WARNING, "no memory for %s", "it");
        nat__log_line(&h->log, NATUPNP_LOG_INFO, "event %u", i % 2);
        nat__log_line(&h->log, NATUPNP_LOG_DEBUG, "query");
    }
    nat__log_flush(&h->log);
    assert_int_equal(h->count, 2 + 20);
    CHECK_TEXT("first", h->lines[0], "an answer from 10.0.0.0");
    CHECK_TEXT("second", h->lines[1], "no memory for it");
    assert_int_equal(h->levels[0], NATUPNP_LOG_WARNING);
    assert_int_equal(h->levels[2], NATUPNP_LOG_INFO);
    h->count = 0;
    h->now_ms += 1000;
    EXPECT(h, "an answer from 10.0.0.9 (and 8 more)", "no memory for it (and 8 more)");
}

/* More kinds than are told apart: the last ones share their second. */
static void many_kinds(void **state)
{
    heard *h = *state;
    char formats[NAT__LOG_KINDS + 4][16];
    for (size_t i = 0; i < COUNT_OF(formats); i++)
        snprintf(formats[i], sizeof formats[i], "kind %zu", i);
    for (size_t round = 0; round < 3; round++)
        for (size_t i = 0; i < COUNT_OF(formats); i++)
            nat__log_line(&h->log, NATUPNP_LOG_WARNING, formats[i], 0);
    nat__log_flush(&h->log);
    assert_int_equal(h->count, NAT__LOG_KINDS);
}

static void without_a_hook_nothing_is_kept(void **state)
{
    heard *h = *state;
    h->log.on_log = NULL;
    warn(h, 1);
    warn(h, 2);
    assert_false(h->log.withholds);
    h->log.on_log = on_log;
    warn(h, 3);
    warn(h, 4);
    EXPECT(h, "an answer from 10.0.0.3");
    h->log.on_log = NULL; /* taken away meanwhile */
    h->now_ms += 1000;
    EXPECT_NOTHING(h);
}

static void lines_are_tamed(void **state)
{
    heard *h = *state;
    nat__log_line(&h->log, NATUPNP_LOG_INFO, "%s",
                  "a\xE2\x80\xAE\x1B[31mb\nc\xC2\x9B\xE2\x80\xA8\xFF caf\xC3\xA9");
    EXPECT(h, "a??[31mb?c??? caf\xC3\xA9");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_flood_is_one_line_a_second, begin, end),
        cmocka_unit_test_setup_teardown(kinds_do_not_hide_each_other, begin, end),
        cmocka_unit_test_setup_teardown(many_kinds, begin, end),
        cmocka_unit_test_setup_teardown(without_a_hook_nothing_is_kept, begin, end),
        cmocka_unit_test_setup_teardown(lines_are_tamed, begin, end),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
