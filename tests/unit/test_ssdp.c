/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "words/ssdp.h"

#define IGD "urn:schemas-upnp-org:device:InternetGatewayDevice:"
#define OK "HTTP/1.1 200 OK\r\n"
#define URL "http://192.168.1.1:5000/rootDesc.xml"

typedef struct ssdp_row {
    const char *name;
    const char *datagram;
    nat__ssdp_kind kind;
    const char *location, *target, *usn, *server;
} ssdp_row;

static void check_rows(const ssdp_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        nat__ssdp_message m;
        CHECK(rows[i].name, nat__ssdp_parse(&m, nat__str_of(rows[i].datagram)));
        CHECK(rows[i].name, m.kind == rows[i].kind);
        CHECK_STR(rows[i].name, m.location, rows[i].location);
        CHECK_STR(rows[i].name, m.target, rows[i].target);
        CHECK_STR(rows[i].name, m.usn, rows[i].usn);
        CHECK_STR(rows[i].name, m.server, rows[i].server);
    }
}

static void reads_answers_however_their_headers_are_spelled(void **state)
{
    static const ssdp_row rows[] = {
        {"by the book",
         OK "CACHE-CONTROL: max-age=120\r\nEXT:\r\nLOCATION: " URL
            "\r\nSERVER: OS/1 UPnP/1.1 x/1\r\n"
            "ST: " IGD "1\r\nUSN: uuid:1::" IGD "1\r\n\r\n",
         NAT__SSDP_ANSWER, URL, IGD "1", "uuid:1::" IGD "1", "OS/1 UPnP/1.1 x/1"},
        {"lower case", OK "location: " URL "\r\nst: a\r\nusn: b\r\nserver: c\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "a", "b", "c"},
        {"mixed case, HTTP too", "http/1.1 200 ok\r\nLoCaTiOn: " URL "\r\nSt: a\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "a", "", ""},
        {"no space after the colon", OK "ST:upnp:rootdevice\r\nUSN:b\r\nLocation:" URL "\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "upnp:rootdevice", "b", ""},
        {"spaces and tabs around", OK "LOCATION \t:\t " URL " \t\r\n  ST:  a  \r\nEXT: \r\n\r\n",
         NAT__SSDP_ANSWER, URL, "a", "", ""},
        {"empty ones", OK "SERVER: \r\nUSN:\r\nEXT\r\nST:\r\nLOCATION: " URL "\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "", "", ""},
        {"quotes elsewhere", OK "Cache-Control: \"max-age=100\"\r\nLOCATION: " URL "\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "", "", ""},
        {"HTTP/1.0", "HTTP/1.0 200 OK\r\nLOCATION: " URL "\r\n\r\n", NAT__SSDP_ANSWER, URL, "", "",
         ""},
        {"no reason phrase", "HTTP/1.1 200\r\nLOCATION: " URL "\r\n\r\n", NAT__SSDP_ANSWER, URL, "",
         "", ""},
        {"a space behind the start line", "HTTP/1.1 200 OK \r\nLOCATION: " URL "\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "", "", ""},
        {"bare line feeds", "HTTP/1.1 200 OK\nLOCATION: " URL "\nST: a\n\n", NAT__SSDP_ANSWER, URL,
         "a", "", ""},
        {"NT of an answer is not its target", OK "NT: a\r\nLOCATION: " URL "\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "", "", ""},
        {"NTS does not turn an answer into a notification", OK "NTS: ssdp:byebye\r\nST: a\r\n\r\n",
         NAT__SSDP_ANSWER, "", "a", "", ""},
        {"a name that begins alike", OK "LOCATION2: http://10.0.0.1/\r\nXST: b\r\nST: a\r\n\r\n",
         NAT__SSDP_ANSWER, "", "a", "", ""},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void the_end_of_the_datagram_is_the_end_of_the_headers(void **state)
{
    static const ssdp_row rows[] = {
        {"no empty line", OK "ST: a\r\nLOCATION: " URL "\r\n", NAT__SSDP_ANSWER, URL, "a", "", ""},
        {"no line end", OK "ST: a\r\nLOCATION: " URL, NAT__SSDP_ANSWER, URL, "a", "", ""},
        {"half a line end", OK "ST: a\r\nLOCATION: " URL "\r", NAT__SSDP_ANSWER, URL, "a", "", ""},
        {"nothing but a start line", "HTTP/1.1 200 OK", NAT__SSDP_ANSWER, "", "", "", ""},
        {"a body is not read", OK "ST: a\r\n\r\nLOCATION: " URL "\r\n", NAT__SSDP_ANSWER, "", "a",
         "", ""},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
    /* The piece ends before the datagram's memory does. */
    nat__ssdp_message m;
    nat__str whole = nat__str_of(OK "LOCATION: " URL "\r\nST: a\r\n");
    whole.length -= strlen("/rootDesc.xml\r\nST: a\r\n");
    assert_true(nat__ssdp_parse(&m, whole));
    assert_true(nat__str_equal(m.location, "http://192.168.1.1:5000"));
    assert_int_equal(m.target.length, 0);
}

static void of_duplicate_headers_the_first_that_says_something_counts(void **state)
{
    static const ssdp_row rows[] = {
        {"twice", OK "LOCATION: " URL "\r\nLOCATION: http://10.0.0.1/\r\nST: a\r\nST: b\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "a", "", ""},
        {"empty first", OK "LOCATION:\r\nLOCATION: " URL "\r\nUSN: \r\nUSN: u\r\n\r\n",
         NAT__SSDP_ANSWER, URL, "", "u", ""},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void notifications_are_told_from_answers(void **state)
{
    static const ssdp_row rows[] = {
        {"alive", "NOTIFY * HTTP/1.1\r\nNT: a\r\nNTS: ssdp:alive\r\nLOCATION: " URL "\r\n\r\n",
         NAT__SSDP_ALIVE, URL, "a", "", ""},
        {"a space behind the start line",
         "NOTIFY * HTTP/1.1 \r\nLOCATION: " URL "\r\nNT: " IGD "1\r\nNTS: ssdp:alive\r\n\r\n",
         NAT__SSDP_ALIVE, URL, IGD "1", "", ""},
        {"byebye", "NOTIFY * HTTP/1.1\r\nNTS:ssdp:byebye\r\nNT: a\r\nUSN: b\r\n\r\n",
         NAT__SSDP_BYEBYE, "", "a", "b", ""},
        {"capitals", "notify * http/1.1\r\nnts: SSDP:ALIVE\r\nnt: a\r\n\r\n", NAT__SSDP_ALIVE, "",
         "a", "", ""},
        {"an update", "NOTIFY * HTTP/1.1\r\nNTS: ssdp:update\r\nNT: a\r\n\r\n", NAT__SSDP_UPDATE,
         "", "a", "", ""},
        {"nothing known", "NOTIFY * HTTP/1.1\r\nNTS: ssdp:updated\r\nNT: a\r\n\r\n",
         NAT__SSDP_OTHER, "", "a", "", ""},
        {"without NTS", "NOTIFY * HTTP/1.1\r\nNT: a\r\n\r\n", NAT__SSDP_OTHER, "", "a", "", ""},
        {"ST is not its target", "NOTIFY * HTTP/1.1\r\nST: b\r\nNTS: ssdp:alive\r\n\r\n",
         NAT__SSDP_ALIVE, "", "", "", ""},
        {"somebody's search", "M-SEARCH * HTTP/1.1\r\nMAN: \"ssdp:discover\"\r\nST: a\r\n\r\n",
         NAT__SSDP_OTHER, "", "a", "", ""},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

#define ALIVE "NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n"

static void numbers_are_read_and_unknown_where_missing(void **state)
{
    static const struct {
        const char *name, *datagram;
        int64_t boot_id, next_boot_id, config_id, max_age_s;
    } rows[] = {
        {"none, as of UPnP 1.0", ALIVE "NT: a\r\n\r\n", -1, -1, -1, -1},
        {"all",
         "NOTIFY * HTTP/1.1\r\nNTS: ssdp:update\r\nBOOTID.UPNP.ORG: 7\r\nNEXTBOOTID.UPNP.ORG: 8\r\n"
         "CONFIGID.UPNP.ORG: 1337\r\nCACHE-CONTROL: max-age=1800\r\n\r\n",
         7, 8, 1337, 1800},
        {"in an answer", OK "BootID.UPnP.org:1627958564\r\nCache-Control:max-age=120\r\n\r\n",
         1627958564, -1, -1, 120},
        {"zero is a number", ALIVE "BOOTID.UPNP.ORG: 0\r\nCONFIGID.UPNP.ORG:0\r\n", 0, -1, 0, -1},
        {"the largest", ALIVE "BOOTID.UPNP.ORG: 4294967295\r\n\r\n", 4294967295, -1, -1, -1},
        {"no numbers",
         ALIVE "BOOTID.UPNP.ORG: 4294967296\r\nCONFIGID.UPNP.ORG: -1\r\nNEXTBOOTID.UPNP.ORG: 1 2"
               "\r\nCACHE-CONTROL: max-age=x\r\n",
         -1, -1, -1, -1},
        {"twice: the first that is one",
         ALIVE "BOOTID.UPNP.ORG: x\r\nBOOTID.UPNP.ORG: 2\r\nBOOTID.UPNP.ORG: 3\r\n", 2, -1, -1, -1},
        {"names that are alike", ALIVE "BOOTID: 1\r\nCONFIGID: 2\r\nXBOOTID.UPNP.ORG: 3\r\n", -1,
         -1, -1, -1},
        {"spaces in Cache-Control", ALIVE "CACHE-CONTROL: max-age = 1800 \r\n", -1, -1, -1, 1800},
        {"quotes in Cache-Control", ALIVE "CACHE-CONTROL: \"max-age=100\"\r\n", -1, -1, -1, 100},
        {"quotes around the number", ALIVE "CACHE-CONTROL: Max-Age=\"100\"\r\n", -1, -1, -1, 100},
        {"other directives",
         ALIVE "CACHE-CONTROL: no-cache=\"Ext, max-age\", s-max-age=3, max-age=5000, x\r\n", -1, -1,
         -1, 5000},
        {"no directive", ALIVE "CACHE-CONTROL: max-age\r\nCACHE-CONTROL: ,=,\"\r\n", -1, -1, -1,
         -1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__ssdp_message m;
        CHECK(rows[i].name, nat__ssdp_parse(&m, nat__str_of(rows[i].datagram)));
        CHECK(rows[i].name, m.boot_id == rows[i].boot_id);
        CHECK(rows[i].name, m.next_boot_id == rows[i].next_boot_id);
        CHECK(rows[i].name, m.config_id == rows[i].config_id);
        CHECK(rows[i].name, m.max_age_s == rows[i].max_age_s);
    }
}

static void rubbish_names_are_opaque(void **state)
{
    static const ssdp_row rows[] = {
        {"a format", OK "USN: uuid:1-%04x-%s%n::" IGD "1\r\nST: a\r\n\r\n", NAT__SSDP_ANSWER, "",
         "a", "uuid:1-%04x-%s%n::" IGD "1", ""},
        {"no version", OK "ST: " IGD "\r\nUSN: uuid:1::" IGD "\r\n\r\n", NAT__SSDP_ANSWER, "", IGD,
         "uuid:1::" IGD, ""},
        {"no UUID", OK "USN: uuid:UUID-GATEWAY-::" IGD "1\r\n\r\n", NAT__SSDP_ANSWER, "", "",
         "uuid:UUID-GATEWAY-::" IGD "1", ""},
        {"colons", OK "USN: uuid:upnp-IGD-00:11:22:33\r\n\r\n", NAT__SSDP_ANSWER, "", "",
         "uuid:upnp-IGD-00:11:22:33", ""},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void what_is_not_ssdp_is_refused(void **state)
{
    static const char *const rows[] = {
        "",
        "\r\n",
        "\r\n" OK,
        "HTTP/1.1",
        "HTTP/1.1 404 Not Found\r\nLOCATION: " URL "\r\n\r\n",
        "HTTP/1.1 500 200\r\n\r\n",
        "HTTP/2 200\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        "NOTIFYX * HTTP/1.1\r\n\r\n",
        "NOTIFY",
        "M-SEARCHING\r\n",
        "{\"json\": 1}",
        "200 OK\r\n",
        " ",
        ":",
        "\xFF\xFE\x00",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__ssdp_message m;
        CHECK(rows[i], !nat__ssdp_parse(&m, nat__str_of(rows[i])));
    }
}

static void a_status_that_only_begins_with_200_is_no_success(void **state)
{
    (void)state;
    nat__ssdp_message m;
    assert_false(nat__ssdp_parse(&m, nat__str_of("HTTP/1.1 2000 OK\r\nLOCATION: " URL "\r\n\r\n")));
}

static void any_target_of_a_gateway_is_taken(void **state)
{
    static const struct {
        const char *target;
        bool gateway;
    } rows[] = {
        {IGD "1", true},
        {IGD "2", true},
        {IGD, true}, /* ASKEY RTV9015VW leaves the version out */
        {"urn:dslforum-org:device:InternetGatewayDevice:1", true},
        {"urn:schemas-upnp-org:device:WANDevice:1", true},
        {"urn:schemas-upnp-org:device:WANConnectionDevice:1", true},
        {"urn:schemas-upnp-org:service:WANIPConnection:1", true},
        {"urn:schemas-upnp-org:service:WANIPConnection:2", true},
        {"urn:schemas-upnp-org:service:WANPPPConnection:1", true},
        {"urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1", true},
        {"upnp:rootdevice", true},
        {"UPNP:RootDevice", true},
        {"", false},
        {"urn:schemas-upnp-org:device:MediaServer:1", false},
        {"urn:schemas-wifialliance-org:device:WFADevice:1", false},
        {"uuid:1", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(rows[i].target,
              nat__ssdp_is_gateway_target(nat__str_of(rows[i].target)) == rows[i].gateway);
}

static void every_target_searched_for_is_taken_as_an_answer(void **state)
{
    (void)state;
    size_t count = 0;
    for (; nat__ssdp_targets[count]; count++)
        CHECK(nat__ssdp_targets[count],
              nat__ssdp_is_gateway_target(nat__str_of(nat__ssdp_targets[count])));
    assert_true(count >= 5);
}

static void a_search_is_written_by_the_book(void **state)
{
    (void)state;
    nat__buf out = {0};
    nat__ssdp_build_search(&out, "239.255.255.250", IGD "1", 1, "OS/1 UPnP/1.1 natupnp/0.1");
    assert_string_equal(out.at, "M-SEARCH * HTTP/1.1\r\n"
                                "HOST: 239.255.255.250:1900\r\n"
                                "MAN: \"ssdp:discover\"\r\n"
                                "MX: 1\r\n"
                                "ST: " IGD "1\r\n"
                                "USER-AGENT: OS/1 UPnP/1.1 natupnp/0.1\r\n"
                                "\r\n");
    nat__ssdp_message m;
    assert_true(nat__ssdp_parse(&m, (nat__str){out.at, out.length}));
    assert_int_equal(m.kind, NAT__SSDP_OTHER);
    nat__buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_answers_however_their_headers_are_spelled),
        cmocka_unit_test(the_end_of_the_datagram_is_the_end_of_the_headers),
        cmocka_unit_test(of_duplicate_headers_the_first_that_says_something_counts),
        cmocka_unit_test(notifications_are_told_from_answers),
        cmocka_unit_test(numbers_are_read_and_unknown_where_missing),
        cmocka_unit_test(rubbish_names_are_opaque),
        cmocka_unit_test(what_is_not_ssdp_is_refused),
        cmocka_unit_test(a_status_that_only_begins_with_200_is_no_success),
        cmocka_unit_test(any_target_of_a_gateway_is_taken),
        cmocka_unit_test(every_target_searched_for_is_taken_as_an_answer),
        cmocka_unit_test(a_search_is_written_by_the_book),
    };
    return cmocka_run_group_tests_name("ssdp", tests, NULL, NULL);
}
