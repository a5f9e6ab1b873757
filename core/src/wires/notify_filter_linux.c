/* SPDX-License-Identifier: MIT */
/* The filter as a classic BPF program. */
#include "notify_filter.h"

#include <errno.h>
#include <linux/filter.h>
#include <string.h>
#include <sys/socket.h>

/*
 * Classic BPF has no loops, so the search is unrolled. It looks at one word of
 * four bytes in seven: where the mark stands, one of these falls inside it,
 * and is one of the seven words that the mark contains.
 */
static const char mark[] = "GatewayDev";

enum {
    TEXT = 8,            /* the program sees the UDP header first */
    SOURCE_ADDRESS = 12, /* in the IP header */
    SEARCHED = 512,
    WORDS = sizeof mark - 1 - 3,
    BLOCKS = SEARCHED / WORDS,
    PROGRAM_MAX = 16 + 2 * NAT__NOTIFY_SOURCES_MAX + BLOCKS * (WORDS + 2)
};
enum { PASS = 0x7FFFFFFF, DROP = 0 };

typedef struct program {
    struct sock_filter code[PROGRAM_MAX];
    unsigned short length;
} program;

static void emit(program *p, unsigned code, uint32_t k, unsigned on_true, unsigned on_false)
{
    p->code[p->length++] =
        (struct sock_filter){(uint16_t)code, (uint8_t)on_true, (uint8_t)on_false, k};
}

/* Loads four bytes; a datagram that ends before them is dropped. */
static void load(program *p, uint32_t offset)
{
    emit(p, BPF_LD | BPF_W | BPF_ABS, offset, 0, 0);
}

static void end(program *p, uint32_t verdict)
{
    emit(p, BPF_RET | BPF_K, verdict, 0, 0);
}

/* Goes on behind so many instructions where the loaded value is this one, else with the next. */
static void skip_if(program *p, uint32_t value, unsigned skipped)
{
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, value, skipped, 0);
}

/* Goes on where the loaded value is this one, else behind so many instructions. */
static void skip_unless(program *p, uint32_t value, unsigned skipped)
{
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, value, 0, skipped);
}

static uint32_t word_at(const void *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return ntohl(value);
}

static void require(program *p, uint32_t value)
{
    skip_if(p, value, 1);
    end(p, DROP);
}

static void pass_notifications(program *p)
{
    static const char begin[] = "NOTIFY * ";
    load(p, TEXT);
    require(p, word_at(begin));
    load(p, TEXT + 4);
    require(p, word_at(begin + 4));
    emit(p, BPF_LD | BPF_B | BPF_ABS, TEXT + 8, 0, 0);
    require(p, (unsigned char)begin[8]);
}

static void pass_sources(program *p, const nat__ip *sources, size_t count)
{
    load(p, (uint32_t)(SKF_NET_OFF + SOURCE_ADDRESS));
    for (size_t i = 0; i < count; i++) {
        skip_unless(p, word_at(sources[i].bytes), 1);
        end(p, PASS);
    }
}

static void pass_gateways(program *p)
{
    for (uint32_t i = 0; i < BLOCKS; i++) {
        load(p, TEXT + i * WORDS);
        for (unsigned j = 0; j < WORDS - 1; j++)
            skip_if(p, word_at(mark + j), WORDS - 1 - j);
        skip_unless(p, word_at(mark + WORDS - 1), 1);
        end(p, PASS);
    }
}

static natupnp_status attach(int fd, program *p)
{
    end(p, DROP);
    struct sock_fprog filter = {.len = p->length, .filter = p->code};
    if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter) == 0)
        return NATUPNP_OK;
    return errno == ENOMEM ? NATUPNP_E_NOMEM : NATUPNP_E_SYSTEM;
}

natupnp_status nat__notify_filter_set(int fd, const nat__ip *sources, size_t count)
{
    program p = {.length = 0};
    if (count > NAT__NOTIFY_SOURCES_MAX)
        return NATUPNP_E_INVAL;
    for (size_t i = 0; i < count; i++)
        if (sources[i].family != 4)
            return NATUPNP_E_INVAL;
    pass_notifications(&p);
    unsigned short begin = p.length;
    if (count > 0)
        pass_sources(&p, sources, count);
    else
        pass_gateways(&p);
    natupnp_status status = attach(fd, &p);
    if (status == NATUPNP_E_NOMEM && count == 0) {
        p.length = begin;
        end(&p, PASS);
        status = attach(fd, &p);
    }
    return status;
}
