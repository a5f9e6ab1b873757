/* SPDX-License-Identifier: MIT */
/* The first byte says in pieces of what size the rest comes in. */
#include "fuzz.h"

#include "words/gena.h"
#include "words/request.h"

static nat__str text_of(const nat__buf *buf)
{
    return (nat__str){buf->at, buf->length};
}

static bool same(nat__str a, nat__str b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static void check_piece(nat__str field, const nat__request *r)
{
    FUZZ_CHECK(!memchr(field.at ? field.at : "", '\n', field.length));
    if (field.length > 0)
        FUZZ_CHECK(field.at >= r->head.at &&
                   field.at + field.length <= r->head.at + r->head.length);
}

static void check(const nat__request *r)
{
    static const char *const names[] = {"NT", "NTS", "SID", "SEQ", "CONTENT-LENGTH", ""};
    FUZZ_CHECK((r->stage == NAT__REQUEST_REFUSED) == (r->refusal != 0));
    FUZZ_CHECK(r->refusal == 0 || r->refusal == 400 || r->refusal == 413 || r->refusal == 431 ||
               r->refusal == 501 || r->refusal == 505);
    FUZZ_CHECK(r->stage != NAT__REQUEST_WHOLE || r->method.length > 0);
    FUZZ_CHECK(r->head.length <= NAT__REQUEST_HEAD_MAX);
    FUZZ_CHECK(r->framing.length <= NAT__REQUEST_LINES_MAX);
    FUZZ_CHECK(r->body.length <= NAT__GENA_BODY_MAX);
    FUZZ_CHECK(r->left <= 16 * NAT__GENA_BODY_MAX + 15);
    FUZZ_CHECK(r->body.length == 0 || r->method.length > 0);
    check_piece(r->method, r);
    check_piece(r->path, r);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        nat__str field = nat__request_field(r, names[i]);
        FUZZ_CHECK(fuzz_is_trimmed(field));
        check_piece(field, r);
    }
}

static void feed(nat__request *r, nat__str text, size_t piece)
{
    while (text.length > 0) {
        size_t used = text.length < piece ? text.length : piece;
        nat__request_feed(r, (nat__str){text.at, used});
        check(r);
        text.at += used;
        text.length -= used;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    nat__str input = fuzz_text(data + 1, size - 1);
    nat__request whole = {0}, cut = {0};
    feed(&whole, input, SIZE_MAX);
    feed(&cut, input, data[0] > 0 ? data[0] : 1);
    FUZZ_CHECK(whole.stage == cut.stage && whole.refusal == cut.refusal);
    FUZZ_CHECK(whole.expects == cut.expects && whole.left == cut.left);
    FUZZ_CHECK(same(whole.method, cut.method) && same(whole.path, cut.path));
    FUZZ_CHECK(same(text_of(&whole.body), text_of(&cut.body)));
    nat__request_free(&whole);
    nat__request_free(&cut);
    return 0;
}
