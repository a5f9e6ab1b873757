/* SPDX-License-Identifier: MIT */
/* What a hostile document may ask of the XML reader. */
#include "xml_events.h"

static nat__xml_result read_result(nat__buf *document)
{
    assert_int_equal(document->failed, NATUPNP_OK);
    xml_events events = {0};
    nat__xml_result result = events_read(&events, (nat__str){document->at, document->length});
    nat__buf_free(&events.text);
    nat__buf_free(document);
    return result;
}

static void repeat(nat__buf *out, const char *text, size_t times)
{
    while (times-- > 0)
        nat__buf_adds(out, text);
}

static void a_doctype_is_refused_whatever_is_in_it(void **state)
{
    static const char *const rows[] = {
        "<!DOCTYPE a><a/>",
        "<!DOCTYPE a SYSTEM 'http://192.168.1.1/x.dtd'><a/>",
        "<!DOCTYPE a [<!ENTITY b 'bb'>]><a>&b;</a>",
        "<?xml version='1.0'?><!-- x --><!DOCTYPE a [<!ENTITY b SYSTEM "
        "'file:///etc/passwd'>]><a>&b;</a>",
        "<!DOCTYPE a [<!ENTITY b 'bbbbbbbb'><!ENTITY c '&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;'>]>"
        "<a>&d;&d;&d;&d;</a>",
        "<!DOCTYPE html><html></html>",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        xml_events events = {0};
        CHECK(rows[i], events_read(&events, nat__str_of(rows[i])) == NAT__XML_REFUSED);
        CHECK(rows[i], events.ends == 0);
        nat__buf_free(&events.text);
    }
}

static nat__xml_result read_depth(size_t depth)
{
    nat__buf document = {0};
    repeat(&document, "<a>", depth);
    repeat(&document, "</a>", depth);
    return read_result(&document);
}

static void depth_ends_at_32(void **state)
{
    (void)state;
    assert_int_equal(read_depth(32), NAT__XML_OK);
    assert_int_equal(read_depth(33), NAT__XML_REFUSED);
    assert_int_equal(read_depth(100000), NAT__XML_REFUSED);
    nat__buf document = {0};
    repeat(&document, "<a>", 32);
    repeat(&document, "<a/>", 1);
    repeat(&document, "</a>", 32);
    assert_int_equal(read_result(&document), NAT__XML_REFUSED);
}

static nat__xml_result read_attributes(unsigned count)
{
    nat__buf document = {0};
    nat__buf_adds(&document, "<a");
    for (unsigned i = 0; i < count; i++)
        nat__buf_addf(&document, " b%u=''", i);
    nat__buf_adds(&document, "/>");
    return read_result(&document);
}

static void attributes_end_at_64(void **state)
{
    (void)state;
    assert_int_equal(read_attributes(64), NAT__XML_OK);
    assert_int_equal(read_attributes(65), NAT__XML_REFUSED);
    assert_int_equal(read_attributes(2000), NAT__XML_REFUSED);
}

static void attributes_of_a_document_end_at_1024(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        nat__buf document = {0};
        nat__buf_adds(&document, "<a>");
        repeat(&document, "<b c='' d=''/>", 512);
        repeat(&document, "<b c=''/>", i);
        nat__buf_adds(&document, "</a>");
        assert_int_equal(read_result(&document), i == 0 ? NAT__XML_OK : NAT__XML_REFUSED);
    }
}

/* The first 512 elements are called what they like. */
static nat__xml_result read_names(unsigned count)
{
    nat__buf document = {0};
    nat__buf_adds(&document, "<a>");
    repeat(&document, "<b/>", 511);
    for (unsigned i = 0; i < count; i++)
        nat__buf_addf(&document, "<c%u/><p:c%u/><c%u/>", i, i, i);
    nat__buf_adds(&document, "</a>");
    return read_result(&document);
}

static void names_end_at_256(void **state)
{
    (void)state;
    assert_int_equal(read_names(128), NAT__XML_OK);
    assert_int_equal(read_names(129), NAT__XML_REFUSED);
    assert_int_equal(read_names(5000), NAT__XML_REFUSED);
}

/* A piece of markup of this length; it is told apart from text, which may be as long as it likes.
 */
static nat__xml_result read_markup(const char *begin, size_t length, const char *end)
{
    nat__buf document = {0};
    nat__buf_adds(&document, "<a>");
    nat__buf_adds(&document, begin);
    repeat(&document, "x", length);
    nat__buf_adds(&document, end);
    nat__buf_adds(&document, "<b/></a>");
    return read_result(&document);
}

static void a_piece_of_markup_ends_at_16_kib_or_a_slice_later(void **state)
{
    static const struct {
        const char *begin, *end;
    } rows[] = {{"<", "/>"},     {"<c d='", "'/>"}, {"<c ", "=''/>"},
                {"<!--", "-->"}, {"<?c ", "?>"},    {"<?", " d?>"},
                {"<c></c", ">"}, {"<d:", "/>"},     {"<c d='\xC3\xA9", "'/>"}};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        static const size_t lengths[] = {8000, 8192, 15000, 40000, 1000000};
        for (size_t j = 0; j < COUNT_OF(lengths); j++) {
            nat__xml_result result = read_markup(rows[i].begin, lengths[j], rows[i].end);
            bool closes_another = strstr(rows[i].begin, "</");
            nat__xml_result good = closes_another ? NAT__XML_MALFORMED : NAT__XML_OK;
            CHECK(rows[i].begin, result == (lengths[j] < 16000 ? good : NAT__XML_REFUSED));
        }
    }
    /* None of these is that kind of markup. */
    assert_int_equal(read_markup("<c><![CDATA[", 500000, "]]></c>"), NAT__XML_OK);
    assert_int_equal(read_markup("<c>&amp;", 500000, "</c>"), NAT__XML_OK);
    assert_int_equal(read_markup("<c>&", 500000, ";</c>"), NAT__XML_REFUSED);
}

/* Where a slice ends nothing is lost: characters of several bytes, and bytes that are none. */
static void slices_are_not_seen(void **state)
{
    static const struct {
        const char *unit, *read;
    } rows[] = {
        {"x", "x"},
        {"\xC3\xA9", "\xC3\xA9"},
        {"\xE2\x82\xAC", "\xE2\x82\xAC"},
        {"\xF0\x9F\x98\x80", "\xF0\x9F\x98\x80"},
        {"\xE9", "\xC3\xA9"},
        {"\x80", "\xEF\xBF\xBD"},
        {"\xE2\x82\xAC\xE9", "\xE2\x82\xAC\xC3\xA9"},
        {"&amp;", "&"},
        {"\xE9<![CDATA[<>]]>&lt;", "\xC3\xA9<><"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (size_t shift = 0; shift < 8; shift++) {
            enum { TIMES = 5000 };
            nat__buf document = {0}, wanted = {0};
            nat__buf_adds(&document, "<a>");
            nat__buf_adds(&wanted, "a@1(");
            repeat(&document, "-", shift);
            repeat(&wanted, "-", shift);
            repeat(&document, rows[i].unit, TIMES);
            repeat(&wanted, rows[i].read, TIMES);
            nat__buf_adds(&document, "</a>");
            nat__buf_adds(&wanted, ")");
            xml_events events = {0};
            CHECK(rows[i].unit,
                  events_read(&events, (nat__str){document.at, document.length}) == NAT__XML_OK);
            CHECK_TEXT(rows[i].unit, events.text.at, wanted.at);
            nat__buf_free(&events.text);
            nat__buf_free(&document);
            nat__buf_free(&wanted);
        }
}

static nat__xml_result read_elements(size_t count)
{
    nat__buf document = {0};
    nat__buf_adds(&document, "<a>");
    repeat(&document, "<b/>", count - 1);
    nat__buf_adds(&document, "</a>");
    return read_result(&document);
}

static void elements_end_at_65536(void **state)
{
    (void)state;
    assert_int_equal(read_elements(65536), NAT__XML_OK);
    assert_int_equal(read_elements(65537), NAT__XML_REFUSED);
}

static nat__xml_result read_text(size_t length)
{
    nat__buf document = {0};
    nat__buf_adds(&document, "<a>");
    repeat(&document, "xxxxxxxxxxxxxxxx", length / 16);
    repeat(&document, "x", length % 16);
    nat__buf_adds(&document, "</a>");
    return read_result(&document);
}

static void open_text_ends_at_half_a_mebibyte(void **state)
{
    (void)state;
    assert_int_equal(read_text(512 * 1024), NAT__XML_OK);
    assert_int_equal(read_text(512 * 1024 + 1), NAT__XML_REFUSED);
}

static void text_of_elements_that_have_ended_does_not_count(void **state)
{
    (void)state;
    nat__buf document = {0};
    nat__buf_adds(&document, "<a>");
    for (int i = 0; i < 3; i++) {
        nat__buf_adds(&document, "<b>");
        repeat(&document, "xxxxxxxxxxxxxxxx", 32 * 1024);
        nat__buf_adds(&document, "</b>");
    }
    nat__buf_adds(&document, "</a>");
    assert_int_equal(read_result(&document), NAT__XML_OK);
}

static void a_handler_without_memory_ends_the_reading(void **state)
{
    (void)state;
    xml_events events = {.fail_after = 2};
    assert_int_equal(events_read(&events, STR("<a><b/><c/><d/></a>")), NAT__XML_NOMEM);
    assert_string_equal(events.text.at, "b@2()");
    nat__buf_free(&events.text);

    /* Empty elements end right after they start: no call comes after the failure. */
    events = (xml_events){.fail_after = 1};
    assert_int_equal(events_read(&events, STR("<a/>")), NAT__XML_NOMEM);
    assert_int_equal(events.ends, 1);
    nat__buf_free(&events.text);
}

static void both_handlers_may_be_missing(void **state)
{
    (void)state;
    nat__xml_handler handler = {0};
    assert_int_equal(nat__xml_read(STR("<a><b>x</b></a>"), &handler, events_restart), NAT__XML_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_doctype_is_refused_whatever_is_in_it),
        cmocka_unit_test(depth_ends_at_32),
        cmocka_unit_test(attributes_end_at_64),
        cmocka_unit_test(attributes_of_a_document_end_at_1024),
        cmocka_unit_test(names_end_at_256),
        cmocka_unit_test(a_piece_of_markup_ends_at_16_kib_or_a_slice_later),
        cmocka_unit_test(slices_are_not_seen),
        cmocka_unit_test(elements_end_at_65536),
        cmocka_unit_test(open_text_ends_at_half_a_mebibyte),
        cmocka_unit_test(text_of_elements_that_have_ended_does_not_count),
        cmocka_unit_test(a_handler_without_memory_ends_the_reading),
        cmocka_unit_test(both_handlers_may_be_missing),
    };
    return cmocka_run_group_tests_name("xml_limits", tests, NULL, NULL);
}
