/* SPDX-License-Identifier: MIT */
#include "request.h"

#include "gena.h"

#include <string.h>

/* ---- the head: these give the status to refuse it with, or 0 ---- */

static nat__str value_of(nat__str line, nat__str *name)
{
    *name = nat__str_trim(nat__str_cut(&line, ':'));
    return nat__str_trim(line);
}

static unsigned take_length(nat__request *r, nat__str value)
{
    uint64_t length;
    if (!nat__str_number(value, UINT64_MAX, &length) || r->chunked ||
        (r->sized && length != r->left))
        return 400;
    if (length > NAT__GENA_BODY_MAX)
        return 413;
    r->sized = true;
    r->left = (size_t)length;
    return 0;
}

static unsigned take_coding(nat__request *r, nat__str value)
{
    if (r->chunked || r->sized)
        return 400;
    r->chunked = nat__str_equal_nocase(value, "chunked");
    return r->chunked ? 0 : 501;
}

static unsigned take_field(nat__request *r, nat__str line)
{
    if (nat__str_starts(line, " ") || nat__str_starts(line, "\t"))
        return 400; /* folded (section 5.2) */
    nat__str name, value = value_of(line, &name);
    if (nat__str_equal_nocase(name, "CONTENT-LENGTH"))
        return take_length(r, value);
    if (nat__str_equal_nocase(name, "TRANSFER-ENCODING"))
        return take_coding(r, value);
    if (nat__str_equal_nocase(name, "EXPECT"))
        r->expects = nat__str_equal_nocase(value, "100-continue");
    return 0;
}

static nat__str path_of(nat__str target)
{
    if (!nat__str_starts_nocase(target, "http://")) /* section 3.2.2 */
        return target;
    const char *slash = memchr(target.at + 7, '/', target.length - 7);
    return slash ? (nat__str){slash, (size_t)(target.at + target.length - slash)} : (nat__str){0};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static unsigned take_head(nat__request *r)
{
    r->fields = (nat__str){r->head.at, r->head.length};
    nat__str line = nat__str_cut(&r->fields, '\n'), method = nat__str_cut(&line, ' ');
    line = nat__str_trim(line);
    nat__str target = nat__str_cut(&line, ' '), version = nat__str_trim(line);
    if (method.length == 0 || !nat__str_starts(version, "HTTP/"))
        return 400;
    if (version.length != 8 || !nat__str_starts(version, "HTTP/1.") || !is_digit(version.at[7]))
        return 505;
    for (nat__str rest = r->fields; rest.length > 0;) {
        unsigned refusal = take_field(r, nat__str_cut(&rest, '\n'));
        if (refusal != 0)
            return refusal;
    }
    r->expects = r->expects && version.at[7] != '0'; /* RFC 9110, section 10.1.1 */
    r->method = method;
    r->path = path_of(target);
    r->stage = r->chunked    ? NAT__REQUEST_SIZE
               : r->left > 0 ? NAT__REQUEST_DATA
                             : NAT__REQUEST_WHOLE;
    return 0;
}

/* ---- lines, as above ---- */

static unsigned take_head_line(nat__request *r, nat__str line)
{
    if (line.length == 0 && r->line > 0)
        return take_head(r);
    if (line.length == 0)
        r->head.length = 0; /* empty lines may come before (section 2.2) */
    r->line = r->head.length;
    return 0;
}

/* Extensions say nothing. */
static unsigned take_size(nat__request *r, nat__str line)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    nat__str text = nat__str_trim(nat__str_cut(&line, ';'));
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = memchr(digits, text.at[i], sizeof digits - 1);
        if (!digit)
            return 400;
        r->left = r->left * 16 + (size_t)(digit - digits) % 16;
        if (r->left > NAT__GENA_BODY_MAX - r->body.length)
            return 413;
    }
    r->stage = r->left > 0 ? NAT__REQUEST_DATA : NAT__REQUEST_TRAILERS;
    return text.length > 0 ? 0 : 400;
}

static unsigned take_line(nat__request *r, nat__str line)
{
    switch (r->stage) {
    case NAT__REQUEST_HEAD:
        return take_head_line(r, line);
    case NAT__REQUEST_SIZE:
        return take_size(r, line);
    case NAT__REQUEST_DATA_END:
        r->stage = NAT__REQUEST_SIZE;
        return line.length > 0 ? 400 : 0;
    default: /* trailers say nothing */
        r->stage = line.length > 0 ? NAT__REQUEST_TRAILERS : NAT__REQUEST_WHOLE;
        return 0;
    }
}

/* ---- bytes: these give how many they took ---- */

static bool keep(nat__request *r, nat__buf *buf, nat__str data)
{
    nat__buf_add(buf, data.at, data.length);
    if (buf->failed != NATUPNP_OK)
        r->refusal = 503;
    return r->refusal == 0;
}

static size_t feed_line(nat__request *r, nat__str data)
{
    bool in_head = r->stage == NAT__REQUEST_HEAD;
    nat__buf *buf = in_head ? &r->head : &r->framing;
    const char *end = memchr(data.at, '\n', data.length);
    if (end)
        data.length = (size_t)(end - data.at) + 1;
    r->lines += data.length;
    if (r->lines > (in_head ? NAT__REQUEST_HEAD_MAX : NAT__REQUEST_LINES_MAX))
        r->refusal = in_head ? 431 : 413;
    else if (keep(r, buf, data) && end) {
        size_t begin = in_head ? r->line : 0;
        nat__str line = {buf->at + begin, buf->length - begin - 1};
        line.length -= line.length > 0 && line.at[line.length - 1] == '\r';
        /* Others may see other lines where there is a NUL or a CR alone. */
        bool odd = memchr(line.at, '\0', line.length) || memchr(line.at, '\r', line.length);
        r->refusal = odd ? 400 : take_line(r, line);
        r->framing.length = 0;
    }
    return data.length;
}

static size_t feed_data(nat__request *r, nat__str data)
{
    if (data.length > r->left)
        data.length = r->left;
    r->left -= data.length;
    if (keep(r, &r->body, data) && r->left == 0)
        r->stage = r->chunked ? NAT__REQUEST_DATA_END : NAT__REQUEST_WHOLE;
    return data.length;
}

void nat__request_feed(nat__request *r, nat__str data)
{
    while (data.length > 0 && r->stage < NAT__REQUEST_WHOLE) {
        size_t used = r->stage == NAT__REQUEST_DATA ? feed_data(r, data) : feed_line(r, data);
        data.at += used;
        data.length -= used;
        if (r->refusal != 0)
            r->stage = NAT__REQUEST_REFUSED;
    }
}

/* ---- from outside ---- */

nat__str nat__request_field(const nat__request *r, const char *name)
{
    for (nat__str found, rest = r->fields; rest.length > 0;) {
        nat__str value = value_of(nat__str_cut(&rest, '\n'), &found);
        if (value.length > 0 && nat__str_equal_nocase(found, name))
            return value;
    }
    return (nat__str){0};
}

void nat__request_free(nat__request *r)
{
    nat__buf_free(&r->head);
    nat__buf_free(&r->framing);
    nat__buf_free(&r->body);
}
