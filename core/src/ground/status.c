/* SPDX-License-Identifier: MIT */
#include <natupnp/protocol.h>
#include <natupnp/status.h>
#include <natupnp/version.h>

#include <stddef.h>
#include <string.h>

#define TEXT_OF(token) #token
#define TEXT(token) TEXT_OF(token)

const char *natupnp_version(void)
{
    return TEXT(NATUPNP_VERSION_MAJOR) "." TEXT(NATUPNP_VERSION_MINOR) "." TEXT(
        NATUPNP_VERSION_PATCH);
}

typedef struct row {
    const char *name;
    const char *text;
    uint32_t hresult;
} row;

static const row rows[] = {
#define ROW(name, number, hresult, text) [number] = {#name, text, hresult},
    NATUPNP_STATUS_MAP(ROW)
#undef ROW
};

static const row *find(natupnp_status status)
{
    static const row unknown = {"E_UNKNOWN", "a status that this version does not know",
                                0x80004005};
    size_t index = (size_t)status;
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : &unknown;
}

const char *natupnp_status_name(natupnp_status status)
{
    return find(status)->name;
}

const char *natupnp_status_text(natupnp_status status)
{
    return find(status)->text;
}

int32_t natupnp_status_hresult(natupnp_status status)
{
    return (int32_t)find(status)->hresult;
}

natupnp_status natupnp_protocol_parse(natupnp_protocol *out, const char *text)
{
    if (!out || !text)
        return NATUPNP_E_INVAL;
    if (strcmp(text, "TCP") == 0)
        *out = NATUPNP_PROTOCOL_TCP;
    else if (strcmp(text, "UDP") == 0)
        *out = NATUPNP_PROTOCOL_UDP;
    else
        return NATUPNP_E_INVAL;
    return NATUPNP_OK;
}

const char *natupnp_protocol_name(natupnp_protocol protocol)
{
    switch (protocol) {
    case NATUPNP_PROTOCOL_TCP:
        return "TCP";
    case NATUPNP_PROTOCOL_UDP:
        return "UDP";
    }
    return NULL;
}
