/* SPDX-License-Identifier: MIT */
/* The headers of events, of subscriptions and of what is asked for. */
#include "check.h"

#include "words/gena.h"

enum { HEADERS_MAX = 8 };

typedef struct headers {
    nat__gena_header at[HEADERS_MAX];
    size_t count;
} headers;

/* "NAME: value" lines as name/value pairs, values not trimmed. */
static headers headers_of(const char *lines)
{
    headers h = {.count = 0};
    nat__str rest = nat__str_of(lines);
    while (rest.length > 0 && h.count < HEADERS_MAX) {
        nat__str value = nat__str_cut(&rest, '\n');
        nat__str name = nat__str_cut(&value, ':');
        h.at[h.count++] = (nat__gena_header){name, value};
    }
    return h;
}

#define NT "NT: upnp:event\n"
#define NTS "NTS: upnp:propchange\n"
#define SID "SID: uuid:1-2\n"

static void the_headers_of_an_event_are_checked(void **state)
{
    static const struct {
        const char *name, *lines;
        unsigned code;
        const char *sid;
        uint32_t seq;
    } rows[] = {
        {"by the book", NT NTS SID "SEQ: 0\n", 200, "uuid:1-2", 0},
        {"another order and case", "seq:7\nsid:uuid:1-2\nnts:UPNP:PropChange\nnt:UPnP:Event\n", 200,
         "uuid:1-2", 7},
        {"white space", "NT : upnp:event \nNTS:\tupnp:propchange\r\nSID:  uuid:1-2 \nSEQ:  8 \n",
         200, "uuid:1-2", 8},
        {"the largest number", NT NTS SID "SEQ: 4294967295\n", 200, "uuid:1-2", 4294967295},
        {"others between", "HOST: a\n" NT "X-SID: b\n" NTS SID "SEQ: 1\n", 200, "uuid:1-2", 1},
        {"twice: the first", NT NTS "SID:\n" SID "SID: uuid:3\nSEQ: 1\nSEQ: 2\n", 200, "uuid:1-2",
         1},
        {"an SID is opaque", NT NTS "SID: %s 1/2\nSEQ: 1\n", 200, "%s 1/2", 1},

        {"nothing", "", 400, "", 0},
        {"no NT", NTS SID "SEQ: 0\n", 400, "", 0},
        {"an empty NT", "NT:\n" NTS SID "SEQ: 0\n", 400, "", 0},
        {"no NTS", NT SID "SEQ: 0\n", 400, "", 0},
        {"another NT", "NT: upnp:rootdevice\n" NTS SID "SEQ: 0\n", 412, "", 0},
        {"another NTS", NT "NTS: ssdp:alive\n" SID "SEQ: 0\n", 412, "", 0},
        {"no SID", NT NTS "SEQ: 0\n", 412, "", 0},
        {"an SID with a control character", NT NTS "SID: a\x01\nSEQ: 0\n", 412, "", 0},
        {"an SID with a line end inside", NT NTS "SID: a\rX: b\nSEQ: 0\n", 412, "", 0},
        {"an SID that is not ASCII", NT NTS "SID: \xC3\xA9\nSEQ: 0\n", 412, "", 0},
        {"no SEQ", NT NTS SID, 400, "", 0},
        {"an empty SEQ", NT NTS SID "SEQ:\n", 400, "", 0},
        {"a negative SEQ", NT NTS SID "SEQ: -1\n", 400, "", 0},
        {"a SEQ beyond 32 bits", NT NTS SID "SEQ: 4294967296\n", 400, "", 0},
        {"a SEQ with more behind", NT NTS SID "SEQ: 1 2\n", 400, "", 0},
        {"a hexadecimal SEQ", NT NTS SID "SEQ: 0x1\n", 400, "", 0},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        headers h = headers_of(rows[i].lines);
        nat__gena_notify n;
        CHECK(rows[i].name, nat__gena_parse_notify(&n, h.at, h.count) == rows[i].code);
        CHECK_STR(rows[i].name, n.sid, rows[i].sid);
        CHECK(rows[i].name, n.seq == rows[i].seq);
    }
}

static void an_sid_has_a_largest_length(void **state)
{
    (void)state;
    char text[NAT__GENA_SID_MAX + 1];
    memset(text, 'a', sizeof text);
    nat__gena_header h = {nat__str_of("SID"), {text, NAT__GENA_SID_MAX}};
    nat__gena_subscription s;
    assert_true(nat__gena_parse_subscription(&s, &h, 1));
    assert_int_equal(s.sid.length, NAT__GENA_SID_MAX);
    h.value.length++;
    assert_false(nat__gena_parse_subscription(&s, &h, 1));
    assert_int_equal(s.sid.length, 0);
}

static void numbers_of_events_are_compared(void **state)
{
    static const struct {
        const char *name;
        uint32_t before, seq;
        nat__gena_order order;
    } rows[] = {
        {"the second", 0, 1, NAT__GENA_NEXT},
        {"in the middle", 41, 42, NAT__GENA_NEXT},
        {"the last number", 4294967294, 4294967295, NAT__GENA_NEXT},
        {"after the last number comes 1", 4294967295, 1, NAT__GENA_NEXT},
        {"0 is only the first event's", 4294967295, 0, NAT__GENA_GAP},
        {"2 after the last number", 4294967295, 2, NAT__GENA_GAP},
        {"sent again", 42, 42, NAT__GENA_AGAIN},
        {"always 0", 0, 0, NAT__GENA_AGAIN},
        {"one lost", 42, 44, NAT__GENA_GAP},
        {"back by one", 42, 41, NAT__GENA_GAP},
        {"begun anew", 42, 0, NAT__GENA_GAP},
        {"far away", 0, 4294967295, NAT__GENA_GAP},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(rows[i].name, nat__gena_judge_seq(rows[i].before, rows[i].seq) == rows[i].order);
    assert_int_equal(nat__gena_seq_after(0), 1);
    assert_int_equal(nat__gena_seq_after(4294967294), 4294967295);
    assert_int_equal(nat__gena_seq_after(4294967295), 1);
}

static void durations_are_read_and_bounded(void **state)
{
    static const struct {
        const char *text;
        uint32_t seconds;
    } rows[] = {
        {"Second-1800", 1800},
        {"second-1800", 1800},
        {"SECOND-1801", 1801},
        {" Second-300 ", 300},
        {"Second- 300", 300},
        {"300", 300},
        {"Second-infinite", NAT__GENA_TIMEOUT_MAX_S},
        {"second-INFINITE", NAT__GENA_TIMEOUT_MAX_S},
        {"infinite", NAT__GENA_TIMEOUT_MAX_S},
        {"Second-604800", NAT__GENA_TIMEOUT_MAX_S},
        {"Second-4294967296", NAT__GENA_TIMEOUT_MAX_S},
        {"Second-7200", 7200},
        {"Second-7201", 7200},
        {"Second-10", 10},
        {"Second-9", 10},
        {"Second-0", 10},
        {"", 1800},
        {"Second-", 1800},
        {"Second--1", 1800},
        {"Second-0:30:00", 1800},
        {"Second-1800.0", 1800},
        {"Second1800", 1800},
        {"Minute-1", 1800},
        {"Second-99999999999999999999999999", 1800},
        {"infinite-1", 1800},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(rows[i].text, nat__gena_parse_timeout(nat__str_of(rows[i].text)) == rows[i].seconds);
}

static void the_answer_to_a_subscription_is_read(void **state)
{
    static const struct {
        const char *name, *lines;
        bool good;
        const char *sid;
        uint32_t timeout_s;
    } rows[] = {
        {"by the book", "SERVER: a\nSID: uuid:1\nTIMEOUT: Second-300\n", true, "uuid:1", 300},
        {"another case", "sid:uuid:1\ntimeout:second-300\n", true, "uuid:1", 300},
        {"no TIMEOUT", "SID: uuid:1\n", true, "uuid:1", 1800},
        {"an empty TIMEOUT", "SID: uuid:1\nTIMEOUT:\n", true, "uuid:1", 1800},
        {"twice: the first", "SID: a\nSID: b\nTIMEOUT: Second-300\nTIMEOUT: Second-400\n", true,
         "a", 300},
        {"no SID, as of some renewals", "TIMEOUT: Second-300\n", false, "", 300},
        {"an SID that cannot be sent back", "SID: a\x7F\nTIMEOUT: Second-300\n", false, "", 300},
        {"nothing", "", false, "", 1800},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        headers h = headers_of(rows[i].lines);
        nat__gena_subscription s;
        CHECK(rows[i].name, nat__gena_parse_subscription(&s, h.at, h.count) == rows[i].good);
        CHECK_STR(rows[i].name, s.sid, rows[i].sid);
        CHECK(rows[i].name, s.timeout_s == rows[i].timeout_s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_headers_of_an_event_are_checked),
        cmocka_unit_test(an_sid_has_a_largest_length),
        cmocka_unit_test(numbers_of_events_are_compared),
        cmocka_unit_test(durations_are_read_and_bounded),
        cmocka_unit_test(the_answer_to_a_subscription_is_read),
    };
    return cmocka_run_group_tests_name("gena_headers", tests, NULL, NULL);
}
