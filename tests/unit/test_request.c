/* SPDX-License-Identifier: MIT */
/* Requests that come in: each as a whole, byte by byte, and cut in two at every place. */
#include "check.h"

#include "words/gena.h"
#include "words/request.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- memory that ends: the linker sends the library's calls here ---- */

static long allocations_left = -1; /* -1 for no end */

void *__real_realloc(void *old, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_realloc(void *old, size_t size)
{
    if (allocations_left == 0)
        return NULL;
    allocations_left -= allocations_left > 0;
    return __real_realloc(old, size);
}

/* ---- the table ---- */

enum { MORE = 0, WHOLE = 200 }; /* else the status that it is refused with */

typedef struct row {
    const char *name;
    nat__str text;
    unsigned code;
    const char *body;
    const char *path; /* "/p" when it is NULL */
} row;

#define TEXT(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define START "NOTIFY /p HTTP/1.1\r\n"
#define LENGTH(n) "Content-Length: " n "\r\n"
#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define CHUNKS START CHUNKED "\r\n"

static const row rows[] = {
    /* What devices send, by the book and beside it. */
    {"by the book", TEXT(START "HOST: a\r\nNT: b\r\n" LENGTH("3") "\r\nabc"), WHOLE, "abc", NULL},
    {"no body told of: none", TEXT(START "\r\n"), WHOLE, "", NULL},
    {"an empty one", TEXT(START LENGTH("0") "\r\n"), WHOLE, "", NULL},
    {"not all yet", TEXT(START LENGTH("4") "\r\nabc"), MORE, "abc", NULL},
    {"no end of the head", TEXT(START LENGTH("3")), MORE, NULL, NULL},
    {"nothing", TEXT(""), MORE, NULL, NULL},
    {"HTTP/1.0", TEXT("NOTIFY /p HTTP/1.0\r\n" LENGTH("3") "\r\nabc"), WHOLE, "abc", NULL},
    {"a minor version to come", TEXT("NOTIFY /p HTTP/1.7\r\n\r\n"), WHOLE, "", NULL},
    {"bare LF", TEXT("NOTIFY /p HTTP/1.1\nContent-Length: 3\n\nabc"), WHOLE, "abc", NULL},
    {"both ends of lines", TEXT("NOTIFY /p HTTP/1.1\nContent-Length: 3\r\n\nabc"), WHOLE, "abc",
     NULL},
    {"empty lines before", TEXT("\r\n\n\r\n" START LENGTH("3") "\r\nabc"), WHOLE, "abc", NULL},
    {"blanks in the first line", TEXT("NOTIFY   /p\t HTTP/1.1 \r\n\r\n"), WHOLE, "", "/p\t"},
    {"names in any case", TEXT(START "content-LENGTH:3\r\n\r\nabc"), WHOLE, "abc", NULL},
    {"blanks round a length", TEXT(START "Content-Length :\t 3 \t\r\n\r\nabc"), WHOLE, "abc", NULL},
    {"zeros before a length", TEXT(START LENGTH("0003") "\r\nabc"), WHOLE, "abc", NULL},
    {"a line that is no field", TEXT(START "what\r\n:\r\n" LENGTH("3") "\r\nabc"), WHOLE, "abc",
     NULL},
    {"bytes that are not ASCII", TEXT(START "Server: R\xe9mi \x01\r\n\r\n"), WHOLE, "", NULL},
    {"a body of any bytes", TEXT(START LENGTH("4") "\r\n\r\n\n\xff"), WHOLE, "\r\n\n\xff", NULL},
    {"more behind it", TEXT(START LENGTH("3") "\r\nabc\r\n\r\n" START "\r\n"), WHOLE, "abc", NULL},
    {"the same length twice", TEXT(START LENGTH("3") LENGTH("03") "\r\nabc"), WHOLE, "abc", NULL},
    {"another method", TEXT("GET / HTTP/1.1\r\n\r\n"), WHOLE, "", "/"},

    /* Targets. */
    {"a whole URL", TEXT("NOTIFY http://h:1/p/q?r HTTP/1.1\r\n\r\n"), WHOLE, "", "/p/q?r"},
    {"its scheme in capitals", TEXT("NOTIFY HTTP://h/p HTTP/1.1\r\n\r\n"), WHOLE, "", NULL},
    {"a URL without a path", TEXT("NOTIFY http://h HTTP/1.1\r\n\r\n"), WHOLE, "", ""},
    {"a URL without anything", TEXT("NOTIFY http:// HTTP/1.1\r\n\r\n"), WHOLE, "", ""},
    {"another scheme is no path of ours", TEXT("NOTIFY ftp://h/p HTTP/1.1\r\n\r\n"), WHOLE, "",
     "ftp://h/p"},
    {"an asterisk", TEXT("NOTIFY * HTTP/1.1\r\n\r\n"), WHOLE, "", "*"},

    /* Chunks. */
    {"a chunk", TEXT(CHUNKS "3\r\nabc\r\n0\r\n\r\n"), WHOLE, "abc", NULL},
    {"chunks", TEXT(CHUNKS "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"), WHOLE, "abc", NULL},
    {"none", TEXT(CHUNKS "0\r\n\r\n"), WHOLE, "", NULL},
    {"hexadecimal", TEXT(CHUNKS "a\r\n0123456789\r\nB\r\n0123456789a\r\n0\r\n\r\n"), WHOLE,
     "01234567890123456789a", NULL},
    {"zeros before a size", TEXT(CHUNKS "00000000000000000003\r\nabc\r\n000\r\n\r\n"), WHOLE, "abc",
     NULL},
    {"blanks behind a size", TEXT(CHUNKS "3  \t\r\nabc\r\n0 \r\n\r\n"), WHOLE, "abc", NULL},
    {"bare LF in chunks", TEXT(CHUNKS "3\nabc\n0\n\n"), WHOLE, "abc", NULL},
    {"extensions", TEXT(CHUNKS "3;a;b=\"c;\"\r\nabc\r\n0 ; d\r\n\r\n"), WHOLE, "abc", NULL},
    {"trailers", TEXT(CHUNKS "3\r\nabc\r\n0\r\nContent-Length: 9\r\nX: y\r\n\r\n"), WHOLE, "abc",
     NULL},
    {"line ends in a chunk", TEXT(CHUNKS "4\r\n\r\n\r\n\r\n0\r\n\r\n"), WHOLE, "\r\n\r\n", NULL},
    {"no last chunk yet", TEXT(CHUNKS "3\r\nabc\r\n"), MORE, "abc", NULL},
    {"trailers without end", TEXT(CHUNKS "3\r\nabc\r\n0\r\nX: y\r\n"), MORE, "abc", NULL},
    {"coding in capitals", TEXT(START "TRANSFER-ENCODING:CHUNKED\r\n\r\n0\r\n\r\n"), WHOLE, "",
     NULL},
    {"chunks in HTTP/1.0", TEXT("NOTIFY /p HTTP/1.0\r\n" CHUNKED "\r\n1\r\na\r\n0\r\n\r\n"), WHOLE,
     "a", NULL},
    {"a size of another base", TEXT(CHUNKS "0x3\r\nabc\r\n"), 400, NULL, NULL},
    {"a signed size", TEXT(CHUNKS "+3\r\nabc\r\n"), 400, NULL, NULL},
    {"a negative size", TEXT(CHUNKS "-1\r\n"), 400, NULL, NULL},
    {"no size", TEXT(CHUNKS "\r\n"), 400, NULL, NULL},
    {"only an extension", TEXT(CHUNKS ";a\r\n"), 400, NULL, NULL},
    {"two sizes", TEXT(CHUNKS "3 3\r\nabc\r\n"), 400, NULL, NULL},
    {"a chunk that is longer than told", TEXT(CHUNKS "2\r\nabc\r\n0\r\n\r\n"), 400, NULL, NULL},
    {"a chunk that is shorter than told", TEXT(CHUNKS "5\r\nabc\r\n0\r\n\r\n"), 400, NULL, NULL},
    {"a CR may be body, a bare LF its end", TEXT(CHUNKS "4\r\nabc\r\n0\r\n\r\n"), WHOLE, "abc\r",
     NULL},
    {"a CR alone behind a size", TEXT(CHUNKS "3\r \nabc"), 400, NULL, NULL},
    {"a CR alone in an extension", TEXT(CHUNKS "3;\ra\r\nabc"), 400, NULL, NULL},
    {"a NUL in an extension", TEXT(CHUNKS "3;\0\r\nabc"), 400, NULL, NULL},
    {"a NUL in a trailer", TEXT(CHUNKS "0\r\na\0\r\n\r\n"), 400, NULL, NULL},
    {"a size beyond the largest", TEXT(CHUNKS "10001\r\n"), 413, NULL, NULL},
    {"together beyond the largest", TEXT(CHUNKS "1\r\na\r\n10000\r\n"), 413, NULL, NULL},
    {"a size beyond 64 bits", TEXT(CHUNKS "10000000000000001\r\na"), 413, NULL, NULL},

    /* How long it is must be beyond doubt. */
    {"a length and chunks", TEXT(START LENGTH("3") CHUNKED "\r\n0\r\n\r\n"), 400, NULL, NULL},
    {"chunks and a length", TEXT(START CHUNKED LENGTH("3") "\r\n0\r\n\r\n"), 400, NULL, NULL},
    {"chunks twice", TEXT(START CHUNKED CHUNKED "\r\n0\r\n\r\n"), 400, NULL, NULL},
    {"chunks within chunks", TEXT(START "Transfer-Encoding: chunked, chunked\r\n\r\n"), 501, NULL,
     NULL},
    {"another coding", TEXT(START "Transfer-Encoding: gzip, chunked\r\n\r\n"), 501, NULL, NULL},
    {"identity", TEXT(START "Transfer-Encoding: identity\r\n\r\n"), 501, NULL, NULL},
    {"no coding", TEXT(START "Transfer-Encoding:\r\n\r\n"), 501, NULL, NULL},
    {"two lengths", TEXT(START LENGTH("3") LENGTH("4") "\r\nabc"), 400, NULL, NULL},
    {"a list of lengths", TEXT(START LENGTH("3, 3") "\r\nabc"), 400, NULL, NULL},
    {"no length", TEXT(START LENGTH("") "\r\n"), 400, NULL, NULL},
    {"a negative length", TEXT(START LENGTH("-1") "\r\n"), 400, NULL, NULL},
    {"a signed length", TEXT(START LENGTH("+3") "\r\nabc"), 400, NULL, NULL},
    {"a hexadecimal length", TEXT(START LENGTH("0x3") "\r\nabc"), 400, NULL, NULL},
    {"a length with a fraction", TEXT(START LENGTH("3.0") "\r\nabc"), 400, NULL, NULL},
    {"a length beyond the largest", TEXT(START LENGTH("65537") "\r\n"), 413, NULL, NULL},
    {"the largest of 64 bits", TEXT(START LENGTH("18446744073709551615") "\r\n"), 413, NULL, NULL},
    {"a length beyond 64 bits", TEXT(START LENGTH("18446744073709551619") "\r\nabc"), 400, NULL,
     NULL},
    {"a folded field", TEXT(START "Content-Length:\r\n 3\r\n\r\nabc"), 400, NULL, NULL},
    {"a field that hides behind a fold", TEXT(START "X: y\r\n\t" CHUNKED "\r\n"), 400, NULL, NULL},
    {"a folded first field", TEXT(START " X: y\r\n\r\n"), 400, NULL, NULL},
    {"a line of blanks is no end", TEXT(START " \r\n\r\n"), 400, NULL, NULL},
    {"a NUL in a field", TEXT(START "X: \0\r\n\r\n"), 400, NULL, NULL},
    {"a NUL in the first line", TEXT("NOTIFY /p\0 HTTP/1.1\r\n\r\n"), 400, NULL, NULL},
    {"a CR alone", TEXT(START "X: y\rContent-Length: 3\r\n\r\nabc"), 400, NULL, NULL},
    {"two CR", TEXT(START "X: y\r\r\n\r\n"), 400, NULL, NULL},

    /* What is no request. */
    {"a word", TEXT("NOTIFY\r\n\r\n"), 400, NULL, NULL},
    {"no version", TEXT("NOTIFY /p\r\n\r\n"), 400, NULL, NULL},
    {"no method", TEXT(" /p HTTP/1.1\r\n\r\n"), 400, NULL, NULL},
    {"two targets", TEXT("NOTIFY /p /q HTTP/1.1\r\n\r\n"), 400, NULL, NULL},
    {"an answer", TEXT("HTTP/1.1 200 OK\r\n\r\n"), 400, NULL, NULL},
    {"another protocol", TEXT("NOTIFY /p RTSP/1.0\r\n\r\n"), 400, NULL, NULL},
    {"HTTP/2", TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505, NULL, NULL},
    {"no minor version", TEXT("NOTIFY /p HTTP/1\r\n\r\n"), 505, NULL, NULL},
    {"a minor version that is no digit", TEXT("NOTIFY /p HTTP/1.x\r\n\r\n"), 505, NULL, NULL},
    {"a long minor version", TEXT("NOTIFY /p HTTP/1.10\r\n\r\n"), 505, NULL, NULL},
    {"TLS", TEXT("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n"), 400, NULL, NULL},
};

/* ---- feeding ---- */

/* In two parts, each in pieces of this size, from memory that ends where the piece does. */
static void feed(nat__request *r, nat__str text, size_t first, size_t piece)
{
    for (size_t i = 0, end; i < text.length; i = end) {
        size_t most = i < first ? first : text.length;
        end = most - i < piece ? most : i + piece;
        char *data = malloc(end - i);
        assert_non_null(data);
        memcpy(data, text.at + i, end - i);
        nat__request_feed(r, (nat__str){data, end - i});
        free(data);
    }
}

static void check(const row *c, size_t first, size_t piece)
{
    nat__request r = {0};
    feed(&r, c->text, first, piece);
    unsigned code = r.stage == NAT__REQUEST_WHOLE ? WHOLE : r.refusal;
    CHECK(c->name, code == c->code);
    CHECK(c->name, (r.stage == NAT__REQUEST_REFUSED) == (r.refusal != 0));
    CHECK(c->name, (r.method.length > 0) == (c->body != NULL) || r.refusal != 0);
    if (c->body) {
        CHECK_STR(c->name, r.path, c->path ? c->path : "/p");
        CHECK_STR(c->name, ((nat__str){r.body.at, r.body.length}), c->body);
    }
    nat__request_feed(&r, STR("")); /* nothing more is no harm */
    nat__request_free(&r);
}

static void requests_are_read_however_they_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        check(&rows[i], 0, 1);
        for (size_t first = 0; first < rows[i].text.length; first++)
            check(&rows[i], first, SIZE_MAX);
    }
}

static void fields_are_found(void **state)
{
    static const char text[] =
        START "NT:\r\nnt : a b \r\nNT: c\r\nNTS:\td\r\nno field\r\nNTS\r\n\r\n";
    nat__request r = {0};
    (void)state;
    CHECK_STR("none yet", nat__request_field(&r, "NT"), "");
    feed(&r, nat__str_of(text), 0, SIZE_MAX);
    CHECK_STR("the first that says something", nat__request_field(&r, "NT"), "a b");
    CHECK_STR("a tab", nat__request_field(&r, "nts"), "d");
    CHECK_STR("none", nat__request_field(&r, "SID"), "");
    CHECK_STR("the first line is none", nat__request_field(&r, "NOTIFY /p HTTP/1.1"), "");
    CHECK_STR("method", r.method, "NOTIFY");
    nat__request_free(&r);
}

static void who_waits_to_be_asked(void **state)
{
    static const struct {
        const char *text;
        bool expects;
    } cases[] = {
        {START "Expect: 100-continue\r\n" LENGTH("3") "\r\n", true},
        {START "EXPECT:100-Continue\r\n" CHUNKED "\r\n", true},
        {START "Expect: 200-ok\r\n" LENGTH("3") "\r\n", false},
        {START LENGTH("3") "\r\n", false},
        {"NOTIFY /p HTTP/1.0\r\nExpect: 100-continue\r\n" LENGTH("3") "\r\n", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        nat__request r = {0};
        feed(&r, nat__str_of(cases[i].text), 0, SIZE_MAX);
        CHECK(cases[i].text, r.method.length > 0 && r.refusal == 0);
        CHECK(cases[i].text, r.expects == cases[i].expects);
        nat__request_free(&r);
    }
}

/* ---- limits ---- */

/* A beginning, so many times a part, and an end. */
static unsigned code_of(const char *begin, const char *part, size_t times, const char *end,
                        size_t piece)
{
    nat__buf text = {0};
    nat__request r = {0};
    nat__buf_adds(&text, begin);
    for (size_t i = 0; i < times; i++)
        nat__buf_adds(&text, part);
    nat__buf_adds(&text, end);
    assert_int_equal(text.failed, NATUPNP_OK);
    feed(&r, (nat__str){text.at, text.length}, 0, piece);
    assert_true(r.head.size + r.framing.size <= 3 * NAT__REQUEST_LINES_MAX);
    assert_true(r.body.size <= 2 * NAT__GENA_BODY_MAX);
    unsigned code = r.stage == NAT__REQUEST_WHOLE ? WHOLE : r.refusal;
    nat__request_free(&r);
    nat__buf_free(&text);
    return code;
}

static void all_of_it_has_an_end(void **state)
{
    enum {
        HEAD = NAT__REQUEST_HEAD_MAX - sizeof START + 1,
        LINES = NAT__REQUEST_LINES_MAX - sizeof CHUNKS + 1
    };
    static const struct {
        const char *name, *begin, *part;
        size_t most; /* of the part, for it to be taken */
        const char *end;
        unsigned code; /* with one more */
    } cases[] = {
        {"empty lines", "", "\n", HEAD - 2, START "\r\n", 431},
        {"a field", START, "x", HEAD - 4, "\r\n\r\n", 431},
        {"fields", START, "x\n", (HEAD - 2) / 2, "\r\n", 431},
        {"a target", "NOTIFY ", "x", HEAD - 2 + 2, " HTTP/1.1\r\n\r\n", 431},
        {"a length", START "Content-Length: ", "0", HEAD - 16 - 4, "\r\n\r\n", 431},
        {"a body", START LENGTH("65536") "\r\n", "x", NAT__GENA_BODY_MAX, "", 200},
        {"a chunk", CHUNKS "10000\r\n", "x", NAT__GENA_BODY_MAX, "\r\n0\r\n\r\n", 400},
        {"chunks", CHUNKS, "20\r\n0123456789abcdef0123456789abcdef\r\n", NAT__GENA_BODY_MAX / 32,
         "0\r\n\r\n", 413},
        {"small chunks", CHUNKS, "1\r\nx\r\n", (LINES - 5) / 5, "0\r\n\r\n", 413},
        {"an extension", CHUNKS "0;", "x", LINES - 6, "\r\n\r\n", 413},
        {"extensions", CHUNKS, "1;xxxxxxxxxx\nx\n", (LINES - 5) / 14, "0\r\n\r\n", 413},
        {"zeros of a size", CHUNKS, "0", LINES - 4, "\r\n\r\n", 413},
        {"a trailer", CHUNKS "0\r\n", "x", LINES - 7, "\r\n\r\n", 413},
        {"trailers", CHUNKS "0\r\n", "x\n", (LINES - 5) / 2, "\r\n", 413},
    };
    static const size_t pieces[] = {61, 8192, SIZE_MAX};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (size_t j = 0; j < COUNT_OF(pieces); j++) {
            CHECK(cases[i].name, code_of(cases[i].begin, cases[i].part, cases[i].most, cases[i].end,
                                         pieces[j]) == WHOLE);
            CHECK(cases[i].name, code_of(cases[i].begin, cases[i].part, cases[i].most + 1,
                                         cases[i].end, pieces[j]) == cases[i].code);
            /* And without an end it is not read for ever. */
            unsigned endless =
                code_of(cases[i].begin, cases[i].part, 2 * NAT__GENA_BODY_MAX, "", pieces[j]);
            CHECK(cases[i].name, endless != MORE);
        }
}

static void a_connection_costs_what_it_has_sent(void **state)
{
    nat__request r = {0};
    (void)state;
    feed(&r, STR(START LENGTH("65536") "\r\nabc"), 0, SIZE_MAX);
    assert_int_equal(r.stage, NAT__REQUEST_DATA);
    assert_true(r.head.size + r.framing.size + r.body.size < 1024);
    nat__request_free(&r);
    assert_null(r.head.at);
    assert_null(r.body.at);
}

static void every_allocation_may_fail(void **state)
{
    static const char *const texts[] = {START LENGTH("3") "\r\nabc",
                                        CHUNKS "3\r\nabc\r\n0\r\nX: y\r\n\r\n"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        unsigned code = 503;
        for (long n = 0; code != WHOLE; n++) {
            nat__request r = {0};
            allocations_left = n;
            nat__request_feed(&r, nat__str_of(texts[i]));
            bool all = allocations_left >= 0 && r.refusal == 0;
            allocations_left = -1;
            code = r.stage == NAT__REQUEST_WHOLE ? WHOLE : r.refusal;
            CHECK(texts[i], code == (all ? WHOLE : 503) && n < 100);
            CHECK(texts[i], n > 0 || code == 503);
            nat__request_free(&r);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_are_read_however_they_are_cut),
        cmocka_unit_test(fields_are_found),
        cmocka_unit_test(who_waits_to_be_asked),
        cmocka_unit_test(all_of_it_has_an_end),
        cmocka_unit_test(a_connection_costs_what_it_has_sent),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
