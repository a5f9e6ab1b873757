/* SPDX-License-Identifier: MIT */
#include "ip.h"

#include <arpa/inet.h>
#include <string.h>

static bool is_numeric(nat__str text, int family, uint8_t bytes[16])
{
    char buffer[NAT__IP_TEXT];
    if (text.length == 0 || text.length >= sizeof buffer ||
        memchr(text.at, '\0', text.length) != NULL)
        return false;
    memcpy(buffer, text.at, text.length);
    buffer[text.length] = '\0';
    return inet_pton(family, buffer, bytes) == 1;
}

bool nat__ip_parse(nat__ip *out, nat__str text)
{
    nat__ip ip = {0};
    nat__str unscoped = text;
    unscoped = nat__str_cut(&unscoped, '%');
    if (is_numeric(text, AF_INET, ip.bytes))
        ip.family = 4;
    else if (is_numeric(unscoped, AF_INET6, ip.bytes))
        ip.family = 6;
    else
        return false;
    *out = ip;
    return true;
}

const char *nat__ip_text(nat__ip ip, char text[NAT__IP_TEXT])
{
    text[0] = '\0';
    if (ip.family != 0)
        inet_ntop(ip.family == 4 ? AF_INET : AF_INET6, ip.bytes, text, NAT__IP_TEXT);
    return text;
}

nat__ip nat__ip_from_v4(struct in_addr address)
{
    nat__ip ip = {.family = 4};
    memcpy(ip.bytes, &address, 4);
    return ip;
}

struct sockaddr_in nat__ip_to_v4(nat__ip ip, uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    memcpy(&address.sin_addr, ip.bytes, 4);
    return address;
}

bool nat__ip_equal(nat__ip a, nat__ip b)
{
    return a.family == b.family && memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

bool nat__ip_in_prefix(nat__ip ip, nat__ip network, unsigned prefix)
{
    unsigned bits = ip.family == 4 ? 32 : 128;
    if (ip.family == 0 || ip.family != network.family || prefix > bits)
        return false;
    unsigned whole = prefix / 8;
    if (memcmp(ip.bytes, network.bytes, whole) != 0)
        return false;
    unsigned rest = prefix % 8;
    return rest == 0 || (ip.bytes[whole] ^ network.bytes[whole]) >> (8 - rest) == 0;
}

static bool in_v4(nat__ip ip, const uint8_t network[4], unsigned prefix)
{
    nat__ip other = {.family = 4};
    memcpy(other.bytes, network, 4);
    return nat__ip_in_prefix(ip, other, prefix);
}

bool nat__ip_is_special(nat__ip ip)
{
    if (ip.family == 4)
        return ip.bytes[0] == 0 || ip.bytes[0] == 127 || in_v4(ip, (uint8_t[4]){224}, 4) ||
               in_v4(ip, (uint8_t[4]){255, 255, 255, 255}, 32);
    if (ip.family == 6) {
        static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};
        nat__ip low = {.family = 6};
        if (memcmp(ip.bytes, mapped, sizeof mapped) == 0) {
            nat__ip inner = {.family = 4};
            memcpy(inner.bytes, ip.bytes + 12, 4);
            return nat__ip_is_special(inner);
        }
        memcpy(low.bytes + 15, ip.bytes + 15, 1);
        bool loopback_or_none = nat__ip_equal(ip, low) && ip.bytes[15] <= 1;
        return loopback_or_none || ip.bytes[0] == 0xFF;
    }
    return true;
}

bool nat__ip_is_public(nat__ip ip)
{
    static const struct {
        uint8_t network[4];
        uint8_t prefix;
    } not_public[] = {
        {{10}, 8},           {{172, 16}, 12},  {{192, 168}, 16},
        {{100, 64}, 10},     {{169, 254}, 16}, {{192, 0, 0}, 24},
        {{192, 0, 2}, 24},   {{198, 18}, 15},  {{198, 51, 100}, 24},
        {{203, 0, 113}, 24}, {{240}, 4},
    };
    if (nat__ip_is_special(ip))
        return false;
    if (ip.family == 6)
        return (ip.bytes[0] & 0xE0) == 0x20 && /* global unicast, RFC 4291 */
               memcmp(ip.bytes, (uint8_t[4]){0x20, 0x01, 0x0D, 0xB8}, 4) != 0;
    for (size_t i = 0; i < sizeof not_public / sizeof not_public[0]; i++)
        if (in_v4(ip, not_public[i].network, not_public[i].prefix))
            return false;
    return true;
}
