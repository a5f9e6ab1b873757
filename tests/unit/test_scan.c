/* SPDX-License-Identifier: MIT */
/* The reader of broken documents by itself. */
#include "descriptions.h"

#include "ground/buf.h"

#include <time.h>

static void check_scans(const description_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        nat__description d = {0};
        natupnp_status status = nat__description_scan(&d, nat__str_of(rows[i].document));
        CHECK(rows[i].name, status == (rows[i].services ? NATUPNP_OK : NATUPNP_E_BAD_REPLY));
        if (rows[i].services)
            CHECK_TEXT(rows[i].name, services_text(&d), rows[i].services);
        CHECK_TEXT(rows[i].name, d.url_base, rows[i].url_base);
        nat__description_free(&d);
    }
}

static void finds_whole_service_blocks(void **state)
{
    static const description_row rows[] = {
        {"one", SERVICE(IP1, "/c", "/e"), NULL, IP1 " /c /e"},
        {"two", SERVICE(IP1, "/c", "/e") "<<>>&&" SERVICE(PPP1, "/p", ""), NULL,
         IP1 " /c /e|" PPP1 " /p -"},
        {"prefixes",
         "<u:service><u:serviceType>" IP1
         "</u:serviceType><u:controlURL>/c</u:controlURL></u:service>",
         NULL, IP1 " /c -"},
        {"attributes and space in tags",
         "<service id='1'><serviceType \n x='y'>" IP1 "</serviceType ><controlURL\t>/c</controlURL>"
         "</service\n>",
         NULL, IP1 " /c -"},
        {"a service list is no service", "<serviceList>" SERVICE(IP1, "/c", "/e") "</serviceList>",
         NULL, IP1 " /c /e"},
        {"the base", "<URLBase> http://10.0.0.1 </URLBase>" SERVICE(IP1, "/c", "/e"),
         "http://10.0.0.1", IP1 " /c /e"},
        {"entities", SERVICE(IP1, "/c?a&amp;b&lt;&gt;&quot;&apos;&nbsp;&", "/e"), NULL,
         IP1 " /c?a&b<>\"'&nbsp;& /e"},
        {"an entity is resolved once", SERVICE(IP1, "/c?&amp;lt;", "/e"), NULL, IP1 " /c?&lt; /e"},
        {"ISO-8859-1", SERVICE(IP1, "/R\xE9mi", "/e"), NULL, IP1 " /R\xC3\xA9mi /e"},
    };
    (void)state;
    check_scans(rows, COUNT_OF(rows));
}

static void leaves_out_what_is_not_whole(void **state)
{
    static const description_row rows[] = {
        {"nothing", "", NULL, NULL},
        {"no service", "<root>&</root>", NULL, NULL},
        {"cut off in the block", "<service><serviceType>" IP1 "</serviceType><controlURL>/c", NULL,
         NULL},
        {"cut off before its end",
         "<service><serviceType>" IP1 "</serviceType><controlURL>/c</controlURL>", NULL, NULL},
        {"cut off in the last tag",
         "<service><serviceType>" IP1 "</serviceType><controlURL>/c</controlURL></service", NULL,
         NULL},
        {"no control URL", "<service><serviceType>" IP1 "</serviceType></service>", NULL, NULL},
        {"an empty one", SERVICE(IP1, " ", "/e"), NULL, NULL},
        {"an empty element", "<service><serviceType>" IP1 "</serviceType><controlURL/></service>",
         NULL, NULL},
        {"markup in the URL", SERVICE(IP1, "/a<b>c", "/e"), NULL, NULL},
        {"a control character in the URL", SERVICE(IP1, "/a\nb", "/e"), NULL, NULL},
        {"another service", SERVICE("urn:schemas-upnp-org:service:Layer3Forwarding:1", "/c", "/e"),
         NULL, NULL},
        {"a DOCTYPE", "<!DOCTYPE a>" SERVICE(IP1, "/c", "/e"), NULL, NULL},
        {"an empty tag", "<><service/></><", NULL, NULL},
    };
    (void)state;
    check_scans(rows, COUNT_OF(rows));
}

static void skips_comments(void **state)
{
    static const description_row rows[] = {
        {"in a comment", "<!--" SERVICE(IP1, "/no", "/no") "-->" SERVICE(IP1, "/c", "/e"), NULL,
         IP1 " /c /e"},
        {"only in a comment", "<!--" SERVICE(IP1, "/no", "/no") "-->", NULL, NULL},
        {"a comment that is not closed", SERVICE(IP1, "/c", "/e") "<!--" SERVICE(IP1, "/no", "/no"),
         NULL, IP1 " /c /e"},
        {"a comment within a block",
         "<service><!-- <controlURL>/no</controlURL> --><serviceType>" IP1
         "</serviceType><controlURL>/c</controlURL></service>",
         NULL, IP1 " /c -"},
        {"many", "<!----><!-- - -- > -->" SERVICE(IP1, "/c", "/e") "<!-- <service> -->", NULL,
         IP1 " /c /e"},
    };
    (void)state;
    check_scans(rows, COUNT_OF(rows));
}

static void a_block_that_is_never_closed_takes_nothing_from_the_next(void **state)
{
    static const description_row rows[] = {
        {"the type of one, the URL of another",
         "<service><serviceType>" PPP1 "</serviceType>" SERVICE(IP1, "/ip", "/e"), NULL,
         IP1 " /ip /e"},
        {"the URL of one, the type of another",
         "<service><controlURL>/l3f</controlURL>" SERVICE(IP1, "/ip", "/e"), NULL, IP1 " /ip /e"},
    };
    (void)state;
    check_scans(rows, COUNT_OF(rows));
}

/* The processor time that a scan of so many bytes takes, in seconds. */
static double scan_time(const char *before, const char *pattern, const char *after)
{
    enum { SIZE = 48 * 1024 };
    nat__buf document = {0};
    nat__buf_adds(&document, before);
    while (document.length < SIZE)
        nat__buf_adds(&document, pattern);
    nat__buf_adds(&document, after);
    nat__description d = {0};
    clock_t begin = clock();
    nat__description_scan(&d, (nat__str){document.at, document.length});
    clock_t end = clock();
    nat__description_free(&d);
    nat__buf_free(&document);
    return (double)(end - begin) / CLOCKS_PER_SEC;
}

static void takes_time_in_proportion_to_the_document(void **state)
{
    static const struct {
        const char *before, *pattern, *after;
    } rows[] = {
        {"", "x", ""},
        {"", "<", ""},
        {"", "<a>", ""},
        {"", "</", ">"},
        {"", "<service>", ""},
        {"", "<service>", "</service>"},
        {"", "<service></service>", ""},
        {"", "<!--", ""},
        {"", "<!---->", ""},
        {"<service>", "<controlURL>", "</service>"},
        {"<service>", "&amp;", "</service>"},
        {"", "<", ">"},
        {"", "<a:", ">"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        CHECK(rows[i].pattern, scan_time(rows[i].before, rows[i].pattern, rows[i].after) < 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_whole_service_blocks),
        cmocka_unit_test(leaves_out_what_is_not_whole),
        cmocka_unit_test(skips_comments),
        cmocka_unit_test(a_block_that_is_never_closed_takes_nothing_from_the_next),
        cmocka_unit_test(takes_time_in_proportion_to_the_document),
    };
    return cmocka_run_group_tests_name("scan", tests, NULL, NULL);
}
