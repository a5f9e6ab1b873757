/* SPDX-License-Identifier: MIT */
/* The search answers and SOAP replies of the corpus. */
#include "corpus.h"

#include "words/mapping.h"
#include "words/soap.h"
#include "words/ssdp.h"

enum { ANSWER = 5 }; /* the column of INDEX.tsv that says what is right */

static bool ends(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

/* What stands behind "LOCATION=" in an answer. */
static nat__str told_location(nat__str answer)
{
    const char *at = nat__str_find(answer, "LOCATION=");
    if (!at)
        return (nat__str){0};
    at += strlen("LOCATION=");
    nat__str rest = {at, (size_t)(answer.at + answer.length - at)};
    nat__str word = nat__str_cut(&rest, ' ');
    return nat__str_cut(&word, ';');
}

static void check_ssdp(const corpus_row *row)
{
    if (!ends(row->file, ".txt"))
        return; /* no datagram */
    nat__buf file = {0};
    corpus_read(&file, row->file);
    nat__ssdp_message m;
    CHECK(row->file, nat__ssdp_parse(&m, (nat__str){file.at, file.length}));
    bool notify = nat__str_starts(row->columns[ANSWER], "NOTIFY");
    CHECK(row->file, m.kind == (notify ? NAT__SSDP_ALIVE : NAT__SSDP_ANSWER));
    CHECK(row->file, nat__ssdp_is_gateway_target(m.target));
    CHECK(row->file, m.usn.length > 0 && m.server.length > 0);
    nat__str wanted = told_location(row->columns[ANSWER]);
    if (wanted.length > 0)
        CHECK(row->file, m.location.length == wanted.length &&
                             memcmp(m.location.at, wanted.at, wanted.length) == 0);
    else
        CHECK(row->file, nat__str_starts(m.location, "http://"));
    nat__buf_free(&file);
}

static void datagrams_give_their_location_and_kind(void **state)
{
    (void)state;
    assert_true(corpus_each("ssdp", check_ssdp) > 0);
}

/* What the index says in words. */
static const struct {
    const char *file, *name, *value;
} values[] = {
    {"soap/async_upnp_client-action_wancic_gettotalbytesreceived-1.xml", "NewTotalBytesReceived",
     "1337"},
    {"soap/async_upnp_client-action_wancic_gettotalbytesreceived_i4-1.xml", "NewTotalBytesReceived",
     "-531985522"},
    {"soap/ddwrt-getnatrsipstatus-1.xml", "NewRSIPAvailable", "0"},
    {"soap/ddwrt-getnatrsipstatus-1.xml", "NewNATEnabled", "1"},
    {"soap/ddwrt-newmedia-x86-GetExternalIPAddress-18.http", "NewExternalIPAddress",
     "11.222.33.111"},
    {"soap/miniupnpc-DeletePortMapping-1.xml", "NewRemoteHost", ""},
    {"soap/miniupnpc-DeletePortMapping-1.xml", "NewExternalPort", "123"},
    {"soap/miniupnpc-DeletePortMapping-1.xml", "NewProtocol", "TCP"},
    {"soap/miniupnpc-GetSpecificPortMappingEntryReq-1.xml", "NewProtocol", "UDP"},
    {"soap/miniupnpc-GetSpecificPortMappingEntryReq-1.xml", "NewExternalPort", "12345"},
    {"soap/miniupnpc-GetSpecificPortMappingEntryReq-1.xml", "NewRemoteHost", ""},
    {"soap/miniupnpc-SetDefaultConnectionService-1.xml", "NewDefaultConnectionService",
     "uuid:c6c05a33-f704-48df-9910-e099b3471d81:WANConnectionDevice:1,INVALID_SERVICE_ID"},
    {"soap/syncthing-getexternalip-1.xml", "NewExternalIPAddress", "1.2.3.4"},
    {"soap/tailscale-addportmapping-1.xml", "NewExternalIPAddress", NULL},
};

static void check_listing(const corpus_row *row, nat__str document)
{
    nat__mappings list = {0};
    size_t seen;
    CHECK(row->file, nat__mapping_parse_list(&list, &seen, document, "") == NATUPNP_OK);
    CHECK(row->file, seen == 3 && list.count == 3);
    static const struct {
        uint16_t external, internal;
        const char *client, *host;
        uint32_t lease_s;
    } wanted[] = {{5002, 4001, "192.168.1.123", "", 0},
                  {2345, 2349, "192.168.1.137", "202.233.2.1", 346},
                  {12345, 12345, "192.168.1.137", "134.231.2.11", 347}};
    for (size_t i = 0; i < COUNT_OF(wanted); i++) {
        const nat__mapping_values *v = &list.at[i]->values;
        CHECK(row->file, v->external_port == wanted[i].external);
        CHECK(row->file, v->internal_port == wanted[i].internal);
        CHECK(row->file, v->lease_s == wanted[i].lease_s && v->enabled);
        CHECK_TEXT(row->file, v->internal_client, wanted[i].client);
        CHECK_TEXT(row->file, v->remote_host, wanted[i].host);
    }
    nat__mappings_free(&list);
}

static void check_soap(const corpus_row *row)
{
    nat__buf file = {0};
    corpus_read(&file, row->file);
    if (strstr(row->file, "portlisting")) {
        check_listing(row, corpus_body(&file));
    } else {
        nat__soap_reply reply;
        CHECK(row->file, nat__soap_parse(&reply, corpus_body(&file)) == NATUPNP_OK);
        CHECK(row->file, !reply.is_fault);
        CHECK(row->file, reply.name[0] != '\0');
        for (size_t i = 0; i < COUNT_OF(values); i++)
            if (strcmp(values[i].file, row->file) == 0)
                CHECK_TEXT(row->file, nat__soap_value(&reply, values[i].name), values[i].value);
        nat__soap_reply_free(&reply);
    }
    nat__buf_free(&file);
}

static void replies_give_their_values(void **state)
{
    (void)state;
    assert_true(corpus_each("soap", check_soap) > 0);
}

/* The first number of three digits in an answer, 0 for none. */
static int told_fault(nat__str answer)
{
    for (size_t i = 0; i + 3 <= answer.length; i++) {
        uint64_t number;
        if (nat__str_number((nat__str){answer.at + i, 3}, 999, &number) && number >= 100)
            return (int)number;
    }
    return 0;
}

static void check_fault(const corpus_row *row)
{
    nat__buf file = {0};
    corpus_read(&file, row->file);
    nat__soap_reply reply;
    natupnp_status status = nat__soap_parse(&reply, corpus_body(&file));
    int wanted = told_fault(row->columns[ANSWER]);
    if (wanted == 0) { /* the page of a web server */
        CHECK(row->file, status == NATUPNP_E_BAD_REPLY);
    } else {
        CHECK(row->file, status == NATUPNP_OK);
        CHECK(row->file, reply.is_fault);
        CHECK(row->file, reply.fault == wanted);
        CHECK(row->file, reply.fault_text != NULL);
    }
    nat__soap_reply_free(&reply);
    nat__buf_free(&file);
}

static void faults_give_their_codes(void **state)
{
    (void)state;
    assert_true(corpus_each("fault", check_fault) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_give_their_location_and_kind),
        cmocka_unit_test(replies_give_their_values),
        cmocka_unit_test(faults_give_their_codes),
    };
    int missing = corpus_missing();
    return missing ? missing : cmocka_run_group_tests_name("corpus_replies", tests, NULL, NULL);
}
