/* SPDX-License-Identifier: MIT */
#include "ssdp.h"

/*
 * IGD:1 comes first because IGD:2 devices must answer to it as well (UPnP
 * Device Architecture 1.1, section 1.3.2). Some devices answer only to the
 * service (EE Smart Hub), some only to upnp:rootdevice.
 */
const char *const nat__ssdp_targets[] = {
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
    "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
    "upnp:rootdevice",
    NULL,
};

static nat__str next_line(nat__str *rest)
{
    return nat__str_trim(nat__str_cut(rest, '\n'));
}

/* The start line tells what it is; devices put spaces behind it (ASKEY RTV9015VW). */
static bool parse_start(nat__ssdp_kind *kind, nat__str line)
{
    if (nat__str_starts_nocase(line, "HTTP/1.")) {
        nat__str_cut(&line, ' ');
        line = nat__str_trim(line);
        if (!nat__str_equal(nat__str_cut(&line, ' '), "200"))
            return false;
        *kind = NAT__SSDP_ANSWER;
        return true;
    }
    *kind = NAT__SSDP_OTHER;
    return nat__str_starts_nocase(line, "NOTIFY ") || nat__str_starts_nocase(line, "M-SEARCH ");
}

static void keep_first(nat__str *field, nat__str value)
{
    if (field->length == 0)
        *field = value;
}

/* As keep_first(); what is no number says nothing. */
static void keep_first_number(int64_t *field, nat__str value)
{
    uint64_t number;
    if (*field < 0 && nat__str_number(value, UINT32_MAX, &number))
        *field = (int64_t)number;
}

/* Without quotes and white space at both ends. */
static nat__str unquoted(nat__str text)
{
    text = nat__str_trim(text);
    if (nat__str_starts(text, "\"")) {
        text.at++;
        text.length--;
    }
    return nat__str_trim(nat__str_cut(&text, '"'));
}

/* The max-age of a Cache-Control field; some devices have quotes around it. */
static void keep_first_max_age(int64_t *field, nat__str value)
{
    while (value.length > 0) {
        nat__str directive = nat__str_cut(&value, ',');
        if (nat__str_equal_nocase(unquoted(nat__str_cut(&directive, '=')), "max-age"))
            keep_first_number(field, unquoted(directive));
    }
}

static nat__ssdp_kind kind_of_notification(nat__str nts)
{
    return nat__str_equal_nocase(nts, "ssdp:alive")    ? NAT__SSDP_ALIVE
           : nat__str_equal_nocase(nts, "ssdp:byebye") ? NAT__SSDP_BYEBYE
           : nat__str_equal_nocase(nts, "ssdp:update") ? NAT__SSDP_UPDATE
                                                       : NAT__SSDP_OTHER;
}

bool nat__ssdp_parse(nat__ssdp_message *out, nat__str datagram)
{
    *out = (nat__ssdp_message){.boot_id = -1, .next_boot_id = -1, .config_id = -1, .max_age_s = -1};
    nat__str line = next_line(&datagram);
    bool notify = nat__str_starts_nocase(line, "NOTIFY ");
    if (!parse_start(&out->kind, line))
        return false;
    while (datagram.length > 0) {
        nat__str value = next_line(&datagram);
        if (value.length == 0)
            break; /* the end of the headers; some devices send no empty line */
        nat__str name = nat__str_trim(nat__str_cut(&value, ':'));
        value = nat__str_trim(value);
        if (nat__str_equal_nocase(name, "LOCATION"))
            keep_first(&out->location, value);
        else if (nat__str_equal_nocase(name, notify ? "NT" : "ST"))
            keep_first(&out->target, value);
        else if (nat__str_equal_nocase(name, "USN"))
            keep_first(&out->usn, value);
        else if (nat__str_equal_nocase(name, "SERVER"))
            keep_first(&out->server, value);
        else if (nat__str_equal_nocase(name, "BOOTID.UPNP.ORG"))
            keep_first_number(&out->boot_id, value);
        else if (nat__str_equal_nocase(name, "NEXTBOOTID.UPNP.ORG"))
            keep_first_number(&out->next_boot_id, value);
        else if (nat__str_equal_nocase(name, "CONFIGID.UPNP.ORG"))
            keep_first_number(&out->config_id, value);
        else if (nat__str_equal_nocase(name, "CACHE-CONTROL"))
            keep_first_max_age(&out->max_age_s, value);
        else if (notify && nat__str_equal_nocase(name, "NTS"))
            out->kind = kind_of_notification(value);
    }
    return true;
}

bool nat__ssdp_is_gateway_target(nat__str target)
{
    /* Versions, and vendors' own prefixes, do not matter: the description decides. */
    static const char *const words[] = {
        ":InternetGatewayDevice:", ":WANDevice:",        ":WANConnectionDevice:",
        ":WANIPConnection:",       ":WANPPPConnection:", ":WANCommonInterfaceConfig:",
    };
    if (nat__str_equal_nocase(target, "upnp:rootdevice"))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (nat__str_find(target, words[i]))
            return true;
    return false;
}

void nat__ssdp_build_search(nat__buf *out, const char *host, const char *target, unsigned mx_s,
                            const char *user_agent)
{
    nat__buf_addf(out,
                  "M-SEARCH * HTTP/1.1\r\n"
                  "HOST: %s:1900\r\n"
                  "MAN: \"ssdp:discover\"\r\n"
                  "MX: %u\r\n"
                  "ST: %s\r\n"
                  "USER-AGENT: %s\r\n"
                  "\r\n",
                  host, mx_s, target, user_agent);
}
