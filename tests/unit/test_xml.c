/* SPDX-License-Identifier: MIT */
/* What the XML reader makes of good and slightly broken documents. */
#include "xml_events.h"

typedef struct xml_row {
    const char *name;
    nat__str document;
    nat__xml_result result;
    const char *events; /* NULL when they do not matter */
} xml_row;

#define ROW(name, literal, result, events)                                                         \
    {                                                                                              \
        name, {literal, sizeof(literal) - 1}, result, events                                       \
    }

static void check_rows(const xml_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        xml_events events = {0};
        CHECK(rows[i].name, events_read(&events, rows[i].document) == rows[i].result);
        if (rows[i].events)
            CHECK_TEXT(rows[i].name, events.text.at ? events.text.at : "", rows[i].events);
        if (rows[i].result == NAT__XML_OK)
            CHECK(rows[i].name, events.starts == events.ends);
        nat__buf_free(&events.text);
    }
}

static void tells_local_names_depths_and_trimmed_texts(void **state)
{
    static const xml_row rows[] = {
        ROW("one", "<a/>", NAT__XML_OK, "a@1()"),
        ROW("nested", "<a><b>x</b><c> y z\n</c></a>", NAT__XML_OK, "b@2(x)c@2(y z)a@1()"),
        ROW("no namespace, prefixes, any namespace",
            "<p:a xmlns:p='urn:x'><q:b xmlns:q='urn:y' xmlns='urn:z'>1</q:b></p:a>", NAT__XML_OK,
            "b@2(1)a@1()"),
        ROW("an undeclared prefix", "<p:a><q:b>1</q:b></p:a>", NAT__XML_OK, "b@2(1)a@1()"),
        ROW("text around children is the parent's", "<a>x<b>y</b>z</a>", NAT__XML_OK,
            "b@2(y)a@1(xz)"),
        ROW("entities and references", "<a>&lt;&amp;&#65;&#x42;&quot;&apos;&gt;</a>", NAT__XML_OK,
            "a@1(<&AB\"'>)"),
        ROW("CDATA", "<a><![CDATA[<b>&amp;]]></a>", NAT__XML_OK, "a@1(<b>&amp;)"),
        ROW("comments and instructions",
            "<?xml version='1.0'?><!-- c --><?pi x?><a>1<!-- 2 -->3</a>", NAT__XML_OK, "a@1(13)"),
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void ignores_space_and_a_mark_before_the_document(void **state)
{
    static const xml_row rows[] = {
        ROW("space before the declaration", " \r\n\t<?xml version='1.0'?><a/>", NAT__XML_OK,
            "a@1()"),
        ROW("a mark", "\xEF\xBB\xBF<?xml version='1.0'?><a/>", NAT__XML_OK, "a@1()"),
        ROW("space, a mark, space", "\n\xEF\xBB\xBF \n<?xml version='1.0'?><a/>", NAT__XML_OK,
            "a@1()"),
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void ignores_what_follows_the_root(void **state)
{
    static const xml_row rows[] = {
        ROW("a NUL", "<a>1</a>\0", NAT__XML_OK, "a@1(1)"),
        ROW("NULs and lines", "<a>1</a>\r\n\0\0\0\r\n", NAT__XML_OK, "a@1(1)"),
        ROW("a second document", "<a>1</a><?xml version='1.0'?><b>2</b>", NAT__XML_OK, "a@1(1)"),
        ROW("an HTML tail", "<a>1</a><p>bye & <br></html>", NAT__XML_OK, "a@1(1)"),
        ROW("text", "<a>1</a>junk", NAT__XML_OK, "a@1(1)"),
        ROW("invalid bytes", "<a>1</a>\xFF\xFE", NAT__XML_OK, "a@1(1)"),
        ROW("a DOCTYPE", "<a>1</a><!DOCTYPE x>", NAT__XML_OK, "a@1(1)"),
        ROW("after an empty root", "<a/>\0<b/>", NAT__XML_OK, "a@1()"),
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void reads_three_encodings(void **state)
{
    static const xml_row rows[] = {
        ROW("UTF-8", "<?xml version='1.0' encoding='UTF-8'?><a>R\xC3\xA9mi</a>", NAT__XML_OK,
            "a@1(R\xC3\xA9mi)"),
        ROW("utf-8 by default", "<a>R\xC3\xA9mi</a>", NAT__XML_OK, "a@1(R\xC3\xA9mi)"),
        ROW("in lower case", "<?xml version='1.0' encoding='utf-8'?><a>1</a>", NAT__XML_OK,
            "a@1(1)"),
        ROW("US-ASCII", "<?xml version='1.0' encoding='us-ascii'?><a>1</a>", NAT__XML_OK, "a@1(1)"),
        ROW("ISO-8859-1", "<?xml version='1.0' encoding='ISO-8859-1'?><a>R\xE9mi</a>", NAT__XML_OK,
            "a@1(R\xC3\xA9mi)"),
        ROW("ISO-8859-1 that looks like UTF-8",
            "<?xml version='1.0' encoding='iso-8859-1'?><a>\xC3\xA9</a>", NAT__XML_OK,
            "a@1(\xC3\x83\xC2\xA9)"),
        ROW("no encoding said", "<?xml version='1.0' standalone='yes'?><a>1</a>", NAT__XML_OK,
            "a@1(1)"),
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void refuses_other_encodings(void **state)
{
    static const xml_row rows[] = {
        ROW("UTF-16 said", "<?xml version='1.0' encoding='UTF-16'?><a/>", NAT__XML_REFUSED, ""),
        ROW("UTF-16LE said", "<?xml version='1.0' encoding='UTF-16LE'?><a/>", NAT__XML_REFUSED, ""),
        ROW("windows-1252", "<?xml version='1.0' encoding='windows-1252'?><a/>", NAT__XML_REFUSED,
            ""),
        ROW("UTF-7", "<?xml version='1.0' encoding='UTF-7'?><a/>", NAT__XML_REFUSED, ""),
        ROW("EUC-JP", "<?xml version='1.0' encoding='EUC-JP'?><a/>", NAT__XML_REFUSED, ""),
        ROW("UTF-16LE with a mark", "\xFF\xFE<\0a\0/\0>\0", NAT__XML_REFUSED, ""),
        ROW("UTF-16BE with a mark", "\xFE\xFF\0<\0a\0/\0>", NAT__XML_REFUSED, ""),
        ROW("UTF-16LE without", "<\0a\0/\0>\0", NAT__XML_REFUSED, ""),
        ROW("UTF-16BE without", "\0<\0a\0/\0>", NAT__XML_REFUSED, ""),
        ROW("UTF-32BE", "\0\0\0<\0\0\0a\0\0\0/\0\0\0>", NAT__XML_REFUSED, ""),
        ROW("UTF-32LE", "<\0\0\0a\0\0\0/\0\0\0>\0\0\0", NAT__XML_REFUSED, ""),
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void repairs_bytes_that_are_no_characters(void **state)
{
    static const xml_row rows[] = {
        ROW("ISO-8859-1 as UTF-8", "<a><b>1</b>R\xE9mi</a>", NAT__XML_OK, "b@2(1)a@1(R\xC3\xA9mi)"),
        ROW("said to be UTF-8", "<?xml version='1.0' encoding='utf-8'?><a>\xE9</a>", NAT__XML_OK,
            "a@1(\xC3\xA9)"),
        ROW("said to be US-ASCII", "<?xml version='1.0' encoding='us-ascii'?><a>\xE9</a>",
            NAT__XML_OK, "a@1(\xC3\xA9)"),
        ROW("no character at all", "<a>\x80\x9F</a>", NAT__XML_OK, "a@1(\xEF\xBF\xBD\xEF\xBF\xBD)"),
        ROW("a control character", "<a>x\x01y</a>", NAT__XML_OK, "a@1(x\xEF\xBF\xBDy)"),
        ROW("a NUL", "<a>x\0y</a>", NAT__XML_OK, "a@1(x\xEF\xBF\xBDy)"),
        ROW("ISO-8859-1 with a control character",
            "<?xml version='1.0' encoding='iso-8859-1'?><a>\xE9\x01</a>", NAT__XML_OK,
            "a@1(\xC3\xA9\xEF\xBF\xBD)"),
        ROW("a surrogate", "<a>\xED\xA0\x80</a>", NAT__XML_OK, "a@1(\xC3\xAD\xC2\xA0\xEF\xBF\xBD)"),
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
    xml_events events = {0};
    events_read(&events, STR("<a><b/>\xE9</a>"));
    assert_int_equal(events.restarts, 1);
    nat__buf_free(&events.text);
}

static void repairs_characters_that_xml_does_not_know(void **state)
{
    static const xml_row rows[] = {
        ROW("U+FFFF", "<a>x\xEF\xBF\xBFy</a>", NAT__XML_OK, "a@1(x\xEF\xBF\xBDy)"),
        ROW("U+FFFE", "<a>x\xEF\xBF\xBEy</a>", NAT__XML_OK, "a@1(x\xEF\xBF\xBDy)"),
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void what_is_not_well_formed_is_malformed(void **state)
{
    static const xml_row rows[] = {
        ROW("nothing", "", NAT__XML_MALFORMED, ""),
        ROW("space", " \r\n", NAT__XML_MALFORMED, ""),
        ROW("only a mark", "\xEF\xBB\xBF", NAT__XML_MALFORMED, ""),
        ROW("text", "status=ok", NAT__XML_MALFORMED, ""),
        ROW("cut off", "<a><b>1</b>", NAT__XML_MALFORMED, NULL),
        ROW("cut off in a tag", "<a><b", NAT__XML_MALFORMED, NULL),
        ROW("cut off in a character", "<a>\xC3", NAT__XML_MALFORMED, NULL),
        ROW("a bare ampersand", "<a>R&B</a>", NAT__XML_MALFORMED, NULL),
        ROW("an entity of HTML", "<a>&nbsp;</a>", NAT__XML_MALFORMED, NULL),
        ROW("markup in text", "<a>get <info></a>", NAT__XML_MALFORMED, NULL),
        ROW("two declarations", "<?xml version='1.0'?><?xml version='1.0'?><a/>",
            NAT__XML_MALFORMED, NULL),
        ROW("HTML", "<html><head><meta name=x></head><br></html>", NAT__XML_MALFORMED, NULL),
        ROW("a reference to a NUL", "<a>&#0;</a>", NAT__XML_MALFORMED, NULL),
        ROW("no root", "<?xml version='1.0'?><!-- c -->", NAT__XML_MALFORMED, ""),
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_local_names_depths_and_trimmed_texts),
        cmocka_unit_test(ignores_space_and_a_mark_before_the_document),
        cmocka_unit_test(ignores_what_follows_the_root),
        cmocka_unit_test(reads_three_encodings),
        cmocka_unit_test(refuses_other_encodings),
        cmocka_unit_test(repairs_bytes_that_are_no_characters),
        cmocka_unit_test(repairs_characters_that_xml_does_not_know),
        cmocka_unit_test(what_is_not_well_formed_is_malformed),
    };
    return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
