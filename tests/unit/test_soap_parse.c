/* SPDX-License-Identifier: MIT */
#include "check.h"

#include "ground/buf.h"
#include "words/soap.h"

#define ENVELOPE(body)                                                                             \
    "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"    \
    "<s:Body>" body "</s:Body></s:Envelope>"
#define FAULT(detail)                                                                              \
    ENVELOPE("<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring>"        \
             "<detail><UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\">" detail               \
             "</UPnPError></detail></s:Fault>")

static void reads_a_value_whatever_is_around_it(void **state)
{
    static const struct {
        const char *name, *document, *value;
    } rows[] = {
        {"by the book",
         ENVELOPE("<u:GetResponse xmlns:u=\"urn:x\"><NewX>1.2.3.4</NewX></u:GetResponse>"),
         "1.2.3.4"},
        {"another prefix of the response",
         ENVELOPE("<m:GetResponse><NewX>1</NewX></m:GetResponse>"), "1"},
        {"an argument with a prefix", ENVELOPE("<GetResponse><m:NewX>1</m:NewX></GetResponse>"),
         "1"},
        {"the action's own name", ENVELOPE("<u:Get><NewX>1</NewX></u:Get>"), "1"},
        {"another name in capitals", ENVELOPE("<R><NEWX>1</NEWX></R>"), "1"},
        {"another name in lower case", ENVELOPE("<R><newx>1</newx></R>"), "1"},
        {"no namespaces", "<Envelope><Body><R><NewX>1</NewX></R></Body></Envelope>", "1"},
        {"the envelope in lower case", "<envelope><body><R><NewX>1</NewX></R></body></envelope>",
         "1"},
        {"a header before",
         "<s:Envelope><s:Header><NewX>no</NewX><a><NewX>no</NewX></a></s:Header><s:Body><R><NewX>1"
         "</NewX></R></s:Body></s:Envelope>",
         "1"},
        {"space around", ENVELOPE("\n <R>\r\n <NewX>\t1 \n</NewX></R>"), "1"},
        {"space before the document", "\n\t " ENVELOPE("<R><NewX>1</NewX></R>"), "1"},
        {"empty", ENVELOPE("<R><NewX></NewX></R>"), ""},
        {"an empty element", ENVELOPE("<R><NewX/></R>"), ""},
        {"not there", ENVELOPE("<R><NewXY>1</NewXY><New>2</New></R>"), NULL},
        {"no arguments", ENVELOPE("<R/>"), NULL},
        {"an empty body", ENVELOPE(""), NULL},
        {"twice: the first", ENVELOPE("<R><NewX>1</NewX><NewX>2</NewX></R>"), "1"},
        {"escaped", ENVELOPE("<R><NewX>&lt;a&gt;&amp;</NewX></R>"), "<a>&"},
        {"negative", ENVELOPE("<R><NewX>-531985522</NewX></R>"), "-531985522"},
        {"ISO-8859-1", ENVELOPE("<R><NewX>R\xE9mi</NewX></R>"), "R\xC3\xA9mi"},
        {"no character", ENVELOPE("<R><NewX>a\x80z</NewX></R>"), "a\xEF\xBF\xBDz"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__soap_reply reply;
        CHECK(rows[i].name, nat__soap_parse(&reply, nat__str_of(rows[i].document)) == NATUPNP_OK);
        CHECK_TEXT(rows[i].name, nat__soap_value(&reply, "NewX"), rows[i].value);
        if (rows[i].value)
            CHECK(rows[i].name, !reply.is_fault);
        nat__soap_reply_free(&reply);
        CHECK(rows[i].name, reply.count == 0);
    }
}

static void reads_every_argument(void **state)
{
    (void)state;
    nat__soap_reply reply;
    assert_int_equal(
        nat__soap_parse(&reply, STR(ENVELOPE("<R><NewA>1</NewA><NewB>2</NewB><NewC/></R>"))),
        NATUPNP_OK);
    assert_int_equal(reply.count, 3);
    assert_string_equal(nat__soap_value(&reply, "newa"), "1");
    assert_string_equal(nat__soap_value(&reply, "NEWB"), "2");
    assert_string_equal(nat__soap_value(&reply, "NewC"), "");
    nat__soap_reply_free(&reply);
}

static void reads_faults_however_they_are_written(void **state)
{
    static const struct {
        const char *name, *document;
        int fault;
        const char *text;
    } rows[] = {
        {"by the book",
         FAULT("<errorCode>718</errorCode><errorDescription>Conflict</errorDescription>"), 718,
         "Conflict"},
        {"another prefix",
         "<SOAP-ENV:Envelope><SOAP-ENV:Body><SOAP-ENV:Fault><detail><UPnPError><errorCode>402"
         "</errorCode></UPnPError></detail></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>",
         402, NULL},
        {"prefixes everywhere",
         "<SOAP:Envelope><SOAP:Body><SOAP:Fault><SOAP:detail><e:UPnPError><e:errorCode>714"
         "</e:errorCode><e:errorDescription>x</e:errorDescription></e:UPnPError></SOAP:detail>"
         "</SOAP:Fault></SOAP:Body></SOAP:Envelope>",
         714, "x"},
        {"other capitals",
         "<Envelope><Body><fault><faultCode>s:Client</faultCode><Detail><upnpError><ErrorCode>725"
         "</ErrorCode><ErrorDescription>y</ErrorDescription></upnpError></Detail></fault></Body>"
         "</Envelope>",
         725, "y"},
        {"a negative code", FAULT("<errorCode>-911</errorCode>"), -911, NULL},
        {"space around the code", FAULT("<errorCode>\n 713 \n</errorCode>"), 713, NULL},
        {"no description", FAULT("<errorCode>606</errorCode>"), 606, NULL},
        {"an empty description", FAULT("<errorCode>606</errorCode><errorDescription/>"), 606, NULL},
        {"no code", FAULT("<errorDescription>z</errorDescription>"), 501, "z"},
        {"an empty code", FAULT("<errorCode></errorCode>"), 501, NULL},
        {"a code that is no number", FAULT("<errorCode>718x</errorCode>"), 501, NULL},
        {"a code that is far too large", FAULT("<errorCode>4294968014</errorCode>"), 501, NULL},
        {"no detail", ENVELOPE("<s:Fault><faultcode>s:Client</faultcode></s:Fault>"), 501, NULL},
        {"an empty fault", ENVELOPE("<s:Fault/>"), 501, NULL},
        {"the first code counts", FAULT("<errorCode>714</errorCode><errorCode>501</errorCode>"),
         714, NULL},
        {"outside the body",
         "<Envelope><Fault><errorCode>718</errorCode></Fault><Body/></Envelope>", 718, NULL},
        {"beside a response", ENVELOPE("<R/><s:Fault><errorCode>718</errorCode></s:Fault>"), 718,
         NULL},
        {"in the header",
         "<Envelope><Header><Fault><errorCode>718</errorCode></Fault></Header><Body><R/></Body>"
         "</Envelope>",
         718, NULL},
        {"without an envelope", "<Fault><errorCode>718</errorCode></Fault>", 718, NULL},
        {"an error without a fault",
         ENVELOPE("<UPnPError><errorCode>718</errorCode><errorDescription>x</errorDescription>"
                  "</UPnPError>"),
         718, "x"},
        {"an error in a response",
         ENVELOPE("<R><e:UPnPError><errorCode>718</errorCode></e:UPnPError></R>"), 718, NULL},
        {"an error that is the document", "<UPnPError><errorCode>718</errorCode></UPnPError>", 718,
         NULL},
        {"an error without a code", ENVELOPE("<UPnPError/>"), 501, NULL},
        {"a code alone", ENVELOPE("<errorCode>718</errorCode>"), 718, NULL},
        {"a code for an argument", ENVELOPE("<R><errorCode>718</errorCode></R>"), 718, NULL},
        {"a fault below the response",
         ENVELOPE("<u:R><s:Fault><errorCode>718</errorCode></s:Fault></u:R>"), 718, NULL},
        {"a description of several lines",
         FAULT("<errorCode>501</errorCode><errorDescription>Action\r\n\tFailed&#10;x</"
               "errorDescription>"),
         501, "Action  Failed x"},
        {"ISO-8859-1", FAULT("<errorCode>501</errorCode><errorDescription>\xE9</errorDescription>"),
         501, "\xC3\xA9"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__soap_reply reply;
        CHECK(rows[i].name, nat__soap_parse(&reply, nat__str_of(rows[i].document)) == NATUPNP_OK);
        CHECK(rows[i].name, reply.is_fault);
        CHECK(rows[i].name, reply.fault == rows[i].fault);
        CHECK_TEXT(rows[i].name, reply.fault_text, rows[i].text);
        nat__soap_reply_free(&reply);
    }
}

/* Which replies answer an action, here GetX with the arguments NewIn and NewAlso. */
static void only_the_actions_own_response_is_its_answer(void **state)
{
    static const struct {
        const char *document;
        bool answers, without_arguments;
    } rows[] = {
        {ENVELOPE("<u:GetXResponse xmlns:u=\"urn:x\"><NewX>1</NewX></u:GetXResponse>"), true, true},
        {ENVELOPE("<u:GetXResponse/>"), true, true},
        {ENVELOPE("<GetXResponse xmlns=\"urn:another:9\"/>"), true, true},
        {ENVELOPE("<m:getxresponse/>"), true, true},
        {ENVELOPE("<!-- x --><u:GetXResponse>text</u:GetXResponse>\n"), true, true},
        {"<Envelope><Header><A/></Header><Body><GetXResponse/></Body></Envelope>", true, true},
        /* Without "Response", as some devices write it: no request that came back. */
        {ENVELOPE("<u:GetX/>"), true, false},
        {ENVELOPE("<u:GetX><NewX>1</NewX></u:GetX>"), true, true},
        {ENVELOPE("<u:GetX><NewIn>1</NewIn><NewAlso>2</NewAlso></u:GetX>"), false, true},
        {ENVELOPE("<u:getx><newin/></u:getx>"), false, true},
        {ENVELOPE("<u:GetX><NewX>1</NewX><NewAlso>2</NewAlso></u:GetX>"), false, true},
        /* No answers at all. */
        {ENVELOPE(""), false, false},
        {ENVELOPE("text"), false, false},
        {ENVELOPE("<u:GetYResponse/>"), false, false},
        {ENVELOPE("<u:GetXYResponse/>"), false, false},
        {ENVELOPE("<u:GetXResponses/>"), false, false},
        {ENVELOPE("<u:GetXRespons/>"), false, false},
        {ENVELOPE("<u:Get/>"), false, false},
        {ENVELOPE("<Response/>"), false, false},
        {ENVELOPE("<u:GetXResponse/><u:GetXResponse/>"), false, false},
        {ENVELOPE("<u:GetXResponse/><u:Other/>"), false, false},
        {ENVELOPE("<u:Other/><u:GetXResponse/>"), false, false},
        {ENVELOPE("<a><u:GetXResponse/></a>"), false, false},
        {ENVELOPE("<u:GetXResponse/><u:aVeryLongNameOfAnElementThatNoActionHasWhichIsNotKept/>"),
         false, false},
        {"<Envelope><body>please log in</body></Envelope>", false, false},
        {ENVELOPE("<s:Fault/>"), false, false},
        {ENVELOPE("<GetXResponse><s:Fault/></GetXResponse>"), false, false},
    };
    static const char *const names[] = {"NewIn", "NewAlso"};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        const char *document = rows[i].document;
        nat__soap_reply reply;
        CHECK(document, nat__soap_parse(&reply, nat__str_of(document)) == NATUPNP_OK);
        CHECK(document, nat__soap_answers(&reply, "GetX", names, 2) == rows[i].answers);
        CHECK(document, nat__soap_answers(&reply, "GetX", names, 0) == rows[i].without_arguments);
        nat__soap_reply_free(&reply);
    }
}

static void a_fault_of_zero_names_no_code(void **state)
{
    (void)state;
    nat__soap_reply reply;
    assert_int_equal(nat__soap_parse(&reply, STR(FAULT("<errorCode>0</errorCode>"))), NATUPNP_OK);
    assert_true(reply.is_fault);
    assert_int_equal(reply.fault, 501);
    nat__soap_reply_free(&reply);
}

static void a_fault_text_comes_without_any_control_character(void **state)
{
    (void)state;
    nat__soap_reply reply;
    assert_int_equal(
        nat__soap_parse(&reply,
                        STR(FAULT("<errorDescription>a&#x7F;&#x9B;31m</errorDescription>"))),
        NATUPNP_OK);
    assert_true(nat__str_is_clean(nat__str_of(reply.fault_text)));
    nat__soap_reply_free(&reply);
}

static void what_is_no_reply_is_an_error_and_leaves_nothing(void **state)
{
    static const char *const rows[] = {
        "",
        "status=ok",
        "<HEAD><TITLE>501 Not Implemented</TITLE></HEAD>\n<BODY><H1>501</H1>\nno POST<P>",
        "<html></html>",
        "<s:Envelope xmlns:s='x'/>",
        "<s:Envelope xmlns:s='x'><s:Header/></s:Envelope>",
        "<!DOCTYPE x><Envelope><Body><R><NewX>1</NewX></R></Body></Envelope>",
        "<Envelope><Body><R><NewX>1</NewX></R>",
        "<Envelope><Body><R/></Body><Body/></Envelope>",
        "<?xml version='1.0' encoding='UTF-16'?><Envelope><Body/></Envelope>",
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        nat__soap_reply reply;
        CHECK(rows[i], nat__soap_parse(&reply, nat__str_of(rows[i])) == NATUPNP_E_BAD_REPLY);
        CHECK(rows[i], !reply.is_fault && reply.count == 0 && !reply.fault_text);
    }
}

static void more_arguments_than_any_action_has_are_dropped(void **state)
{
    (void)state;
    nat__buf document = {0};
    nat__buf_adds(&document, "<Envelope><Body><R>");
    for (int i = 0; i < 100; i++)
        nat__buf_addf(&document, "<New%d>%d</New%d>", i, i, i);
    nat__buf_adds(&document, "</R></Body></Envelope>");
    nat__soap_reply reply;
    assert_int_equal(nat__soap_parse(&reply, (nat__str){document.at, document.length}), NATUPNP_OK);
    assert_int_equal(reply.count, NAT__SOAP_VALUES_MAX);
    assert_string_equal(nat__soap_value(&reply, "New31"), "31");
    assert_null(nat__soap_value(&reply, "New32"));
    nat__soap_reply_free(&reply);
    nat__buf_free(&document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_value_whatever_is_around_it),
        cmocka_unit_test(reads_every_argument),
        cmocka_unit_test(reads_faults_however_they_are_written),
        cmocka_unit_test(only_the_actions_own_response_is_its_answer),
        cmocka_unit_test(a_fault_of_zero_names_no_code),
        cmocka_unit_test(a_fault_text_comes_without_any_control_character),
        cmocka_unit_test(what_is_no_reply_is_an_error_and_leaves_nothing),
        cmocka_unit_test(more_arguments_than_any_action_has_are_dropped),
    };
    return cmocka_run_group_tests_name("soap_parse", tests, NULL, NULL);
}
