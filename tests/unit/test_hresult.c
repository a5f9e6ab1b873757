/* SPDX-License-Identifier: MIT */
/* What Windows gives in the same case, by verb, status and fault. */
#include "check.h"

#include "meaning/op.h"

typedef struct hresult_row {
    const char *name;
    nat__verb_kind kind;
    natupnp_status status;
    int fault;
    uint32_t hresult;
} hresult_row;

static void check_rows(const hresult_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t found = (uint32_t)nat__op_hresult(rows[i].kind, rows[i].status, rows[i].fault);
        if (found != rows[i].hresult)
            print_error("found 0x%08X, wanted 0x%08X\n", found, rows[i].hresult);
        CHECK(rows[i].name, found == rows[i].hresult);
    }
}

static void results_without_a_fault_have_those_of_their_status(void **state)
{
    static const hresult_row rows[] = {
        {"success", NAT__VERB_ADD, NATUPNP_OK, 0, 0},
        {"cancelled: E_ABORT", NAT__VERB_ADD, NATUPNP_E_CANCELLED, 0, 0x80004004},
        {"no memory: E_OUTOFMEMORY", NAT__VERB_KEYED, NATUPNP_E_NOMEM, 0, 0x8007000E},
        {"unsupported: E_FAIL", NAT__VERB_ADD, NATUPNP_E_UNSUPPORTED, 0, 0x80004005},
        {"unsupported, whatever fault", NAT__VERB_ADD, NATUPNP_E_UNSUPPORTED, 725, 0x80004005},
        {"busy: RPC_E_WRONG_THREAD", NAT__VERB_OTHER, NATUPNP_E_BUSY, 0, 0x8001010E},
        {"forked: RPC_E_WRONG_THREAD", NAT__VERB_OTHER, NATUPNP_E_FORKED, 0, 0x8001010E},
        {"a bad argument: E_INVALIDARG", NAT__VERB_ADD, NATUPNP_E_INVAL, 0, 0x80070057},
        {"absent: ERROR_FILE_NOT_FOUND", NAT__VERB_KEYED, NATUPNP_E_NOT_FOUND, 0, 0x80070002},
        {"a conflict: ERROR_BUSY", NAT__VERB_ADD, NATUPNP_E_CONFLICT, 0, 0x800700AA},
        {"HTTP: UPNP_E_TRANSPORT_ERROR", NAT__VERB_OTHER, NATUPNP_E_HTTP, 0, 0x80040211},
        {"unreachable: UPNP_E_TRANSPORT_ERROR", NAT__VERB_OTHER, NATUPNP_E_NETWORK, 0, 0x80040211},
        {"timeout: UPNP_E_DEVICE_TIMEOUT", NAT__VERB_OTHER, NATUPNP_E_TIMEOUT, 0, 0x80040217},
        {"bad XML: ERROR_PROCESSING_RESPONSE", NAT__VERB_OTHER, NATUPNP_E_BAD_REPLY, 0, 0x80040216},
        {"a fault of no number: DEVICE_ERROR", NAT__VERB_OTHER, NATUPNP_E_FAULT, 0, 0x80040214},
        {"not permitted, as 606", NAT__VERB_ADD, NATUPNP_E_NOT_PERMITTED, 0, 0x80040306},
        {"full, as 728", NAT__VERB_ADD, NATUPNP_E_FULL, 0, 0x80040380},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void no_gateway_is_success_for_the_search_alone(void **state)
{
    static const hresult_row rows[] = {
        {"discover", NAT__VERB_DISCOVER, NATUPNP_E_NO_GATEWAY, 0, 0},
        {"add", NAT__VERB_ADD, NATUPNP_E_NO_GATEWAY, 0, 0x80004005},
        {"get", NAT__VERB_KEYED, NATUPNP_E_NO_GATEWAY, 0, 0x80004005},
        {"list", NAT__VERB_OTHER, NATUPNP_E_NO_GATEWAY, 0, 0x80004005},
        {"discover, another failure", NAT__VERB_DISCOVER, NATUPNP_E_TIMEOUT, 0, 0x80040217},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void faults_below_600_have_their_own_codes(void **state)
{
    static const hresult_row rows[] = {
        {"401", NAT__VERB_ADD, NATUPNP_E_FAULT, 401, 0x80040207},
        {"402", NAT__VERB_ADD, NATUPNP_E_FAULT, 402, 0x80040208},
        {"403", NAT__VERB_ADD, NATUPNP_E_FAULT, 403, 0x80040209},
        {"403 as not permitted", NAT__VERB_ADD, NATUPNP_E_NOT_PERMITTED, 403, 0x80040209},
        {"404", NAT__VERB_OTHER, NATUPNP_E_FAULT, 404, 0x80040213},
        {"501", NAT__VERB_KEYED, NATUPNP_E_FAULT, 501, 0x80040210},
        {"400", NAT__VERB_ADD, NATUPNP_E_FAULT, 400, 0x80040214},
        {"599", NAT__VERB_ADD, NATUPNP_E_FAULT, 599, 0x80040214},
        {"-911", NAT__VERB_ADD, NATUPNP_E_FAULT, -911, 0x80040214},
        {"1", NAT__VERB_ADD, NATUPNP_E_FAULT, 1, 0x80040214},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void faults_from_600_to_899_are_numbered_through(void **state)
{
    static const hresult_row rows[] = {
        {"600", NAT__VERB_OTHER, NATUPNP_E_FAULT, 600, 0x80040300},
        {"606", NAT__VERB_ADD, NATUPNP_E_NOT_PERMITTED, 606, 0x80040306},
        {"713", NAT__VERB_OTHER, NATUPNP_E_FAULT, 713, 0x80040371},
        {"715", NAT__VERB_ADD, NATUPNP_E_FAULT, 715, 0x80040373},
        {"716", NAT__VERB_ADD, NATUPNP_E_FAULT, 716, 0x80040374},
        {"724", NAT__VERB_ADD, NATUPNP_E_FAULT, 724, 0x8004037C},
        {"725", NAT__VERB_ADD, NATUPNP_E_FAULT, 725, 0x8004037D},
        {"726", NAT__VERB_ADD, NATUPNP_E_FAULT, 726, 0x8004037E},
        {"727", NAT__VERB_ADD, NATUPNP_E_FAULT, 727, 0x8004037F},
        {"728", NAT__VERB_ADD, NATUPNP_E_FULL, 728, 0x80040380},
        {"899", NAT__VERB_OTHER, NATUPNP_E_FAULT, 899, 0x8004042B},
        {"900", NAT__VERB_OTHER, NATUPNP_E_FAULT, 900, 0x80040214},
        {"718, not on add", NAT__VERB_KEYED, NATUPNP_E_FAULT, 718, 0x80040376},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void the_verb_decides_on_714_and_718(void **state)
{
    static const hresult_row rows[] = {
        {"714 on get and remove", NAT__VERB_KEYED, NATUPNP_E_FAULT, 714, 0x80070002},
        {"714 told as absent", NAT__VERB_KEYED, NATUPNP_E_NOT_FOUND, 714, 0x80070002},
        {"718 on add", NAT__VERB_ADD, NATUPNP_E_FAULT, 718, 0x800700AA},
        {"718 told as a conflict", NAT__VERB_ADD, NATUPNP_E_CONFLICT, 718, 0x800700AA},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

static void fault_714_of_a_verb_without_a_key_is_numbered_through(void **state)
{
    static const hresult_row rows[] = {
        {"714 on list", NAT__VERB_OTHER, NATUPNP_E_FAULT, 714, 0x80040372},
        {"714 on add", NAT__VERB_ADD, NATUPNP_E_FAULT, 714, 0x80040372},
    };
    (void)state;
    check_rows(rows, COUNT_OF(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_without_a_fault_have_those_of_their_status),
        cmocka_unit_test(no_gateway_is_success_for_the_search_alone),
        cmocka_unit_test(faults_below_600_have_their_own_codes),
        cmocka_unit_test(faults_from_600_to_899_are_numbered_through),
        cmocka_unit_test(the_verb_decides_on_714_and_718),
        cmocka_unit_test(fault_714_of_a_verb_without_a_key_is_numbered_through),
    };
    return cmocka_run_group_tests_name("hresult", tests, NULL, NULL);
}
