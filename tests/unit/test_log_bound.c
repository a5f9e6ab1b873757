/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "ground/log.h"

#include <stdlib.h>

enum { MOST = 400 * 1024, PIECE = 16 * 1024 };

typedef struct heard {
    size_t traces, bytes, gaps, left_out, lines;
    size_t before_gap; /* traces before the last gap */
} heard;

static void on_trace(void *arg, natupnp_trace_direction direction, const char *peer,
                     const char *data, size_t length)
{
    heard *h = arg;
    assert_non_null(data);
    assert_int_equal(direction, NATUPNP_TRACE_RECEIVED);
    if (length == 0) {
        h->gaps++;
        h->left_out += strtoul(peer + 1, NULL, 10);
        assert_non_null(strstr(peer, " bytes are left out"));
        h->before_gap = h->traces;
        return;
    }
    assert_string_equal(peer, "http 192.168.1.1:5000");
    h->traces++;
    h->bytes += length;
}

static void on_log(void *arg, natupnp_log_level level, const char *message)
{
    heard *h = arg;
    (void)level;
    assert_string_equal(message, "a line");
    h->lines++;
}

static void trace(nat__log *log, size_t times)
{
    static const char piece[PIECE];
    while (times-- > 0)
        nat__log_trace(log, NATUPNP_TRACE_RECEIVED, "http 192.168.1.1:5000", piece, PIECE);
}

static void open_log(nat__log *log, heard *h)
{
    nat__log_init(log);
    log->on_trace = on_trace;
    log->on_log = on_log;
    log->on_trace_arg = log->on_log_arg = h;
}

static void what_fits_is_told_whole(void **state)
{
    (void)state;
    heard h = {0};
    nat__log log;
    open_log(&log, &h);
    trace(&log, 3);
    nat__log_line(&log, NATUPNP_LOG_INFO, "a %s", "line");
    nat__log_flush(&log);
    assert_int_equal(h.traces, 3);
    assert_int_equal(h.lines, 1);
    assert_int_equal(h.gaps, 0);
    assert_int_equal(log.kept, 0);
    nat__log_free(&log);
}

/* One gap in its place, and all bytes are either told or counted in it. */
static void what_does_not_fit_is_left_out_and_that_is_told(void **state)
{
    (void)state;
    heard h = {0};
    nat__log log;
    open_log(&log, &h);
    for (int i = 0; i < 2; i++) {
        enum { PIECES = 1000 };
        h = (heard){0};
        trace(&log, PIECES);
        assert_true(log.kept <= MOST);
        nat__log_flush(&log);
        assert_int_equal(h.gaps, 1);
        assert_int_equal(h.before_gap, h.traces);
        assert_in_range(h.bytes, MOST - 2 * PIECE, MOST);
        assert_int_equal(h.bytes + h.left_out, PIECES * PIECE);
        assert_int_equal(log.kept, 0);
    }
    h = (heard){0};
    trace(&log, 1); /* there is room again */
    nat__log_flush(&log);
    assert_int_equal(h.traces, 1);
    assert_int_equal(h.gaps, 0);
    nat__log_free(&log);
}

static void lines_end_at_the_bound_too(void **state)
{
    (void)state;
    heard h = {0};
    nat__log log;
    open_log(&log, &h);
    for (int i = 0; i < 100000; i++)
        nat__log_line(&log, NATUPNP_LOG_INFO, "a line");
    assert_true(log.kept <= MOST);
    trace(&log, 1); /* nor is a gap refused */
    nat__log_flush(&log);
    assert_in_range(h.lines, 1000, 99999);
    assert_int_equal(h.gaps, 1);
    assert_int_equal(log.kept, 0);
    nat__log_free(&log);
}

static void what_is_not_flushed_is_freed(void **state)
{
    (void)state;
    heard h = {0};
    nat__log log;
    open_log(&log, &h);
    trace(&log, 100);
    nat__log_free(&log);
    assert_int_equal(h.traces + h.gaps, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_fits_is_told_whole),
        cmocka_unit_test(what_does_not_fit_is_left_out_and_that_is_told),
        cmocka_unit_test(lines_end_at_the_bound_too),
        cmocka_unit_test(what_is_not_flushed_is_freed),
    };
    return cmocka_run_group_tests_name("log_bound", tests, NULL, NULL);
}
