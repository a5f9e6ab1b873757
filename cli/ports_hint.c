/* SPDX-License-Identifier: MIT */
#include "ports_hint.h"
#include "near.h"
#include "ports.h"
#include <stdio.h>
#include <string.h>

enum { NUMBERS_MAX = 2 };

/** What was found in a text. */
struct pieces {
    int32_t numbers[NUMBERS_MAX];
    size_t count;
    /** What stands between two numbers, or 0: '-' in a range, ':' before an internal port, ',' in a
     * list. */
    char joint;
    bool tcp;
    bool udp;
    /** A service that was named: its protocol, unless another one is said. */
    bool service_tcp;
    bool service_udp;
};

/** What people call ports. */
static const struct {
    const char *names;
    int32_t port;
    bool udp;
} services[] = {
    {"ftp", 21, false},     {"ssh sftp scp", 22, false}, {"telnet", 23, false},
    {"smtp", 25, false},    {"dns domain", 53, true},    {"http www web", 80, false},
    {"ntp", 123, true},     {"imap", 143, false},        {"https", 443, false},
    {"imaps", 993, false},  {"openvpn", 1194, true},     {"mysql", 3306, false},
    {"rdp", 3389, false},   {"sip", 5060, true},         {"postgresql postgres", 5432, false},
    {"vnc", 5900, false},   {"bittorrent", 6881, false}, {"minecraft", 25565, false},
    {"plex", 32400, false}, {"wireguard", 51820, true},  {"mosh", 60001, true},
};

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool number_take(struct pieces *pieces, const char *text, size_t length)
{
    int32_t port = port_parse(text, length);
    if (pieces->count == NUMBERS_MAX || port < 1) {
        return false;
    }
    pieces->numbers[pieces->count++] = port;
    return true;
}

/** Take a word for a protocol or a service. */
static bool word_take(struct pieces *pieces, const char *text, size_t length)
{
    char word[16];
    if (length >= sizeof(word)) {
        return false;
    }
    memcpy(word, text, length);
    word[length] = '\0';

    if (near_listed("port ports and or", word)) {
        return true;
    }
    /* A protocol of its own is no mistyped one. */
    if (near_listed("sctp dccp icmp igmp", word)) {
        return false;
    }
    for (size_t i = 0; i < sizeof(services) / sizeof(services[0]); i++) {
        if (near_listed(services[i].names, word)) {
            pieces->service_tcp = !services[i].udp;
            pieces->service_udp = services[i].udp;
            pieces->numbers[pieces->count++] = services[i].port;
            return pieces->count == 1;
        }
    }
    bool both = near_listed("both all any tcpudp udptcp", word);
    unsigned tcp = near_listed("t", word) ? 0 : near_distance(word, length, "tcp");
    unsigned udp = near_listed("u", word) ? 0 : near_distance(word, length, "udp");
    pieces->tcp = pieces->tcp || both || tcp < udp;
    pieces->udp = pieces->udp || both || udp < tcp;
    return both || tcp != udp;
}

/** Take what stands between two numbers. */
static bool joint_take(struct pieces *pieces, const char *text, size_t length)
{
    bool dots = length == 2 && strncmp(text, "..", length) == 0;
    pieces->joint = dots ? '-' : text[0];
    return dots || (length == 1 && strchr("-:,", text[0]) != NULL);
}

/** The end of a word; the digit of tcp4 and the like belongs to it. */
static const char *word_end(const char *text)
{
    enum { PROTOCOL = 3 };
    const char *end = text;
    while (is_letter(*end)) {
        end++;
    }
    bool family = end - text == PROTOCOL && (*end == '4' || *end == '6') && !is_digit(end[1]);
    return family ? end + 1 : end;
}

/** Find numbers and words. False when there is anything that is neither, nor a mark between them.
 */
static bool pieces_find(struct pieces *pieces, const char *text)
{
    bool number = false; /* the last piece is one */
    bool joined = true;  /* a number may follow */
    *pieces = (struct pieces){.count = 0};
    while (*text != '\0') {
        const char *begin = text;
        bool taken = false;
        if (is_digit(*text)) {
            text += strspn(text, "0123456789");
            taken = joined && number_take(pieces, begin, (size_t)(text - begin));
            number = true;
            joined = false;
        } else if (is_letter(*text)) {
            text = word_end(text);
            taken = word_take(pieces, begin, (size_t)(text - begin));
            number = false;
            joined = pieces->count == 0;
        } else {
            text += strspn(text, " /:;,.-_+|@=()[]\t");
            taken = text > begin;
            if (number && is_digit(*text)) {
                joined = joint_take(pieces, begin, (size_t)(text - begin));
            }
        }
        if (!taken) {
            return false;
        }
    }
    return pieces->count > 0;
}

/** Add one way to write it. */
static void hint_add(char hint[PORTS_HINT], const char *between, const struct pieces *pieces,
                     const char *protocol)
{
    const int32_t *numbers = pieces->numbers;
    char text[48];
    if (pieces->joint == '-') {
        bool up = numbers[0] < numbers[1];
        snprintf(text, sizeof(text), "%d-%d/%s", (int)numbers[up ? 0 : 1], (int)numbers[up ? 1 : 0],
                 protocol);
    } else if (pieces->joint == ',') {
        snprintf(text, sizeof(text), "%d/%s %d/%s", (int)numbers[0], protocol, (int)numbers[1],
                 protocol);
    } else {
        snprintf(text, sizeof(text), "%d/%s", (int)numbers[0], protocol);
    }
    size_t used = strlen(hint);
    snprintf(hint + used, PORTS_HINT - used, "%s%s", used > 0 ? between : "", text);
}

bool ports_hint(char hint[PORTS_HINT], const char *text, bool leads)
{
    struct pieces pieces;
    if (!pieces_find(&pieces, text)) {
        return false;
    }
    if (!pieces.tcp && !pieces.udp) {
        pieces.tcp = pieces.service_tcp;
        pieces.udp = pieces.service_udp;
    }
    bool said = pieces.tcp || pieces.udp;
    hint[0] = '\0';
    if (pieces.tcp || !said) {
        hint_add(hint, "", &pieces, "tcp");
    }
    if (pieces.udp || !said) {
        hint_add(hint, said ? " " : " or ", &pieces, "udp");
    }
    if (leads && pieces.joint == ':') {
        size_t used = strlen(hint);
        snprintf(hint + used, PORTS_HINT - used, " --to :%d", (int)pieces.numbers[1]);
    }
    return true;
}
