/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "words/soap.h"

#define TYPE "urn:schemas-upnp-org:service:WANIPConnection:1"
#define HEAD(action)                                                                               \
    "<?xml version=\"1.0\"?>"                                                                      \
    "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" "                           \
    "s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\">"                               \
    "<s:Body><u:" action " xmlns:u=\"" TYPE "\">"
#define TAIL(action) "</u:" action "></s:Body></s:Envelope>"

static void builds(const char *action, const nat__soap_arg *args, size_t count, const char *wanted)
{
    nat__buf out = {0};
    nat__soap_build(&out, TYPE, action, args, count);
    CHECK(action, out.failed == NATUPNP_OK);
    CHECK_TEXT(action, out.at, wanted);
    nat__buf_free(&out);
}

static void a_request_is_these_very_bytes(void **state)
{
    static const nat__soap_arg args[] = {
        {"NewRemoteHost", ""},
        {"NewExternalPort", "8080"},
        {"NewProtocol", "TCP"},
        {"NewInternalPort", "80"},
        {"NewInternalClient", "192.168.1.7"},
        {"NewEnabled", "1"},
        {"NewPortMappingDescription", "natupnp"},
        {"NewLeaseDuration", "0"},
    };
    (void)state;
    builds("GetExternalIPAddress", NULL, 0,
           HEAD("GetExternalIPAddress") TAIL("GetExternalIPAddress"));
    builds("AddPortMapping", args, COUNT_OF(args),
           HEAD("AddPortMapping") "<NewRemoteHost></NewRemoteHost>"
                                  "<NewExternalPort>8080</NewExternalPort>"
                                  "<NewProtocol>TCP</NewProtocol>"
                                  "<NewInternalPort>80</NewInternalPort>"
                                  "<NewInternalClient>192.168.1.7</NewInternalClient>"
                                  "<NewEnabled>1</NewEnabled>"
                                  "<NewPortMappingDescription>natupnp</NewPortMappingDescription>"
                                  "<NewLeaseDuration>0</NewLeaseDuration>" TAIL("AddPortMapping"));
}

static void a_request_is_one_line(void **state)
{
    static const nat__soap_arg args[] = {{"A", "1"}, {"B", "2"}};
    (void)state;
    nat__buf out = {0};
    nat__soap_build(&out, TYPE, "Do", args, 2);
    assert_null(strpbrk(out.at, "\r\n\t"));
    nat__buf_free(&out);
}

static void three_characters_are_escaped_and_no_others(void **state)
{
    static const struct {
        const char *value, *escaped;
    } rows[] = {
        {"a & b", "a &amp; b"},
        {"<x>", "&lt;x&gt;"},
        {"&amp;", "&amp;amp;"},
        {"]]>", "]]&gt;"},
        {"</NewX><NewY>1</NewY>", "&lt;/NewX&gt;&lt;NewY&gt;1&lt;/NewY&gt;"},
        {"\"'", "\"'"}, /* some devices do not know &quot; and &apos; */
        {"%s%n", "%s%n"},
        {"na\xC3\xAFve", "na\xC3\xAFve"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__buf wanted = {0};
        nat__buf_addf(&wanted, "%s<NewX>%s</NewX>%s", HEAD("Do"), rows[i].escaped, TAIL("Do"));
        builds("Do", &(nat__soap_arg){"NewX", rows[i].value}, 1, wanted.at);
        nat__buf_free(&wanted);
    }
}

static void what_is_built_is_read_back(void **state)
{
    static const char *const values[] = {"", "plain", "<&>\"'", "]]>", "na\xC3\xAFve", "&#65;"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        nat__buf out = {0};
        nat__soap_build(&out, "urn:a&b<c>", "Do", &(nat__soap_arg){"NewX", values[i]}, 1);
        nat__soap_reply reply;
        CHECK(values[i], nat__soap_parse(&reply, (nat__str){out.at, out.length}) == NATUPNP_OK);
        CHECK_TEXT(values[i], nat__soap_value(&reply, "NewX"), values[i]);
        nat__soap_reply_free(&reply);
        nat__buf_free(&out);
    }
}

static void a_service_type_cannot_break_out_of_its_attribute(void **state)
{
    (void)state;
    nat__buf out = {0};
    nat__soap_build(&out, "urn:a\" evil=\"1", "Do", NULL, 0);
    nat__soap_reply reply;
    assert_int_equal(nat__soap_parse(&reply, (nat__str){out.at, out.length}), NATUPNP_OK);
    assert_null(strstr(out.at, "evil=\""));
    nat__soap_reply_free(&reply);
    nat__buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_these_very_bytes),
        cmocka_unit_test(a_request_is_one_line),
        cmocka_unit_test(three_characters_are_escaped_and_no_others),
        cmocka_unit_test(what_is_built_is_read_back),
        cmocka_unit_test(a_service_type_cannot_break_out_of_its_attribute),
    };
    return cmocka_run_group_tests_name("soap_build", tests, NULL, NULL);
}
