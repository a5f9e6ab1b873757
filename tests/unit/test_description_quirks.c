/* SPDX-License-Identifier: MIT */
/* What devices do to their descriptions, each with a document of our own that shows it. */
#include "descriptions.h"

#define GOOD SERVICE(IP1, "/ctl", "/evt")
#define FOUND IP1 " /ctl /evt"

static void reads_on_where_the_document_is_not_well_formed(void **state)
{
    static const description_row rows[] = {
        {"markup in a name", ROOT_OPEN("", "get <info>") GOOD ROOT_CLOSE, NULL, FOUND},
        {"a bare ampersand", ROOT_OPEN("", "VEN_01&DEV_02") GOOD ROOT_CLOSE, NULL, FOUND},
        {"an entity of HTML", ROOT_OPEN("", "a&nbsp;b") GOOD ROOT_CLOSE, NULL, FOUND},
        {"an element that is not closed", ROOT_OPEN("<manufacturerURL>", "n") GOOD ROOT_CLOSE, NULL,
         FOUND},
        {"an element closed twice", ROOT_OPEN("</x>", "n") GOOD ROOT_CLOSE, NULL, FOUND},
        {"cut off after a whole service", ROOT_OPEN("", "n") GOOD "</serviceList></dev", NULL,
         FOUND},
        {"the base is kept",
         ROOT_OPEN("<URLBase>http://10.0.0.1:5000</URLBase>", "R&B") GOOD ROOT_CLOSE,
         "http://10.0.0.1:5000", FOUND},
        {"a declaration twice", "<?xml version='1.0'?>" ROOT(GOOD), NULL, FOUND},
        {"ISO-8859-1 and an ampersand", ROOT_OPEN("", "R\xE9mi & co") GOOD ROOT_CLOSE, NULL, FOUND},
    };
    (void)state;
    check_descriptions(rows, COUNT_OF(rows));
}

static void ignores_what_stands_around_the_document(void **state)
{
    static const description_row rows[] = {
        {"space in front", "\r\n \t" ROOT(GOOD), NULL, FOUND},
        {"a byte order mark", "\xEF\xBB\xBF" ROOT(GOOD), NULL, FOUND},
        {"a second document", ROOT(GOOD) ROOT(SERVICE(IP1, "/other", "/e")), NULL, FOUND},
        {"an HTML tail", ROOT(GOOD) "<br><p>bye", NULL, FOUND},
    };
    (void)state;
    check_descriptions(rows, COUNT_OF(rows));
    nat__description d;
    assert_int_equal(nat__description_parse(&d, STR(ROOT(GOOD) "\0\0\r\n\0")), NATUPNP_OK);
    assert_string_equal(services_text(&d), FOUND);
    nat__description_free(&d);
}

static void namespaces_do_not_matter(void **state)
{
    static const description_row rows[] = {
        {"none", "<root><device>" GOOD "</device></root>", NULL, FOUND},
        {"a wrong one", "<root xmlns='urn:nonsense'><device>" GOOD "</device></root>", NULL, FOUND},
        {"a prefix",
         "<d:root xmlns:d='urn:d'><d:device><d:service><d:serviceType>" IP1
         "</d:serviceType><d:controlURL>/ctl</d:controlURL><d:eventSubURL>/evt</d:eventSubURL>"
         "</d:service></d:device></d:root>",
         NULL, FOUND},
        {"foreign elements",
         "<root xmlns:p='urn:p'><device><p:X_hardwareId>a&amp;b</p:X_hardwareId><UPC>1</UPC>" GOOD
         "</device></root>",
         NULL, FOUND},
    };
    (void)state;
    check_descriptions(rows, COUNT_OF(rows));
}

static void any_domain_and_version_is_sent_as_advertised(void **state)
{
    static const description_row rows[] = {
        {"dslforum", ROOT(SERVICE("urn:dslforum-org:service:WANPPPConnection:1", "/c", "/e")), NULL,
         "urn:dslforum-org:service:WANPPPConnection:1 /c /e"},
        {"an impossible version",
         ROOT(SERVICE("urn:schemas-upnp-org:service:WANPPPConnection:2", "/WANIPConn1", "/e")),
         NULL, "urn:schemas-upnp-org:service:WANPPPConnection:2 /WANIPConn1 /e"},
        {"only PPP", ROOT(SERVICE(PPP1, "/ppp", "/e")), NULL, PPP1 " /ppp /e"},
    };
    (void)state;
    check_descriptions(rows, COUNT_OF(rows));
}

static void each_service_keeps_its_own_url_in_the_order_of_the_document(void **state)
{
    static const description_row rows[] = {
        {"IP then PPP", ROOT(SERVICE(IP1, "/ip", "/ie") SERVICE(PPP1, "/ppp", "/pe")), NULL,
         IP1 " /ip /ie|" PPP1 " /ppp /pe"},
        {"PPP first", ROOT(SERVICE(PPP1, "/ppp", "/pe") SERVICE(IP1, "/ip", "/ie")), NULL,
         PPP1 " /ppp /pe|" IP1 " /ip /ie"},
        {"several WAN devices",
         "<root><device><deviceList><device>" SERVICE(IP1, "/1", "/e") "</device><device>" SERVICE(
             IP1, "/2", "/e") "</device></deviceList></device></root>",
         NULL, IP1 " /1 /e|" IP1 " /2 /e"},
        {"vendors' services in between",
         ROOT(SERVICE("urn:schemas-any-com:service:Any:1", "/any", "/a") SERVICE(IP1, "/ip", "/ie")
                  SERVICE("urn:schemas-microsoft-com:service:OSInfo:1", "", "")
                      SERVICE(PPP1, "/ppp", "/pe")),
         NULL, IP1 " /ip /ie|" PPP1 " /ppp /pe"},
        {"elements in any order",
         ROOT("<service><eventSubURL>/evt</eventSubURL><controlURL>/ctl</"
              "controlURL><serviceType>" IP1 "</serviceType></service>"),
         NULL, FOUND},
    };
    (void)state;
    check_descriptions(rows, COUNT_OF(rows));
}

static void urls_are_kept_as_they_are_but_for_the_space_around_them(void **state)
{
    static const description_row rows[] = {
        {"absolute", ROOT(SERVICE(IP1, "http://192.168.20.1:5556/ctrl?1", "evt")), NULL,
         IP1 " http://192.168.20.1:5556/ctrl?1 evt"},
        {"no slash, only a query", ROOT(SERVICE(IP1, "ctl/IPConn", "?e=1")), NULL,
         IP1 " ctl/IPConn ?e=1"},
        {"a query", ROOT(SERVICE(IP1, "/soap.cgi?service=WANIPConn1", "/e")), NULL,
         IP1 " /soap.cgi?service=WANIPConn1 /e"},
        {"an escaped query", ROOT(SERVICE(IP1, "/c?a=1&amp;b=2", "/e")), NULL,
         IP1 " /c?a=1&b=2 /e"},
        {"a colon in it", ROOT(SERVICE(IP1, "/uuid:0012-1707/WANIPConnection:1", "/e")), NULL,
         IP1 " /uuid:0012-1707/WANIPConnection:1 /e"},
        {"space around",
         ROOT_OPEN("<URLBase> http://10.0.0.1/ </URLBase>", "n")
             SERVICE("\n  " IP1 "\n", "\t/ctl   ", "\r\n/evt\r\n") ROOT_CLOSE,
         "http://10.0.0.1/", FOUND},
    };
    (void)state;
    check_descriptions(rows, COUNT_OF(rows));
}

static void services_in_comments_are_not_there(void **state)
{
    static const description_row rows[] = {
        {"well-formed",
         ROOT("<!-- " SERVICE(IP1, "http://255.255.255.255:65535/", "/e") " -->" GOOD), NULL,
         FOUND},
        {"not well-formed",
         ROOT_OPEN("", "R&B") "<!-- " SERVICE(IP1, "http://255.255.255.255:65535/",
                                              "/e") " -->" GOOD ROOT_CLOSE,
         NULL, FOUND},
    };
    (void)state;
    check_descriptions(rows, COUNT_OF(rows));
}

static void names_in_any_of_the_encodings_come_as_utf8(void **state)
{
    static const struct {
        const char *document, *name;
    } rows[] = {
        {"<root><device><friendlyName>R\xC3\xA9mi</friendlyName></device></root>", "R\xC3\xA9mi"},
        {"<root><device><friendlyName>R\xE9mi</friendlyName></device></root>", "R\xC3\xA9mi"},
        {"<?xml version='1.0' encoding='iso-8859-1'?><root><device><friendlyName>R\xE9mi"
         "</friendlyName></device></root>",
         "R\xC3\xA9mi"},
        {"<root><device><friendlyName>(null)</friendlyName></device></root>", "(null)"},
        {"<root><device><friendlyName>%s%n</friendlyName></device></root>", "%s%n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__description d;
        CHECK(rows[i].document,
              nat__description_parse(&d, nat__str_of(rows[i].document)) == NATUPNP_OK);
        CHECK_TEXT(rows[i].document, d.name, rows[i].name);
        nat__description_free(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_on_where_the_document_is_not_well_formed),
        cmocka_unit_test(ignores_what_stands_around_the_document),
        cmocka_unit_test(namespaces_do_not_matter),
        cmocka_unit_test(any_domain_and_version_is_sent_as_advertised),
        cmocka_unit_test(each_service_keeps_its_own_url_in_the_order_of_the_document),
        cmocka_unit_test(urls_are_kept_as_they_are_but_for_the_space_around_them),
        cmocka_unit_test(services_in_comments_are_not_there),
        cmocka_unit_test(names_in_any_of_the_encodings_come_as_utf8),
    };
    return cmocka_run_group_tests_name("description_quirks", tests, NULL, NULL);
}
