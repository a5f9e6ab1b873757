/* SPDX-License-Identifier: MIT */
/* The only file that includes expat. */
#include "xml.h"

#include "../ground/buf.h"
#include "../ground/utf8.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

/*
 * Expat keeps what it reads until a tag has ended, and every name for as long as it lives. So it
 * gets a document in slices, and no more of one that breaks a limit. The largest real document, a
 * listing of a thousand mappings, has some 9,000 elements with nine names.
 */
enum {
    SLICE = 8 * 1024,
    TOKEN_MAX = 16 * 1024, /* a tag, comment or instruction; read in slices, it may be one more */
    DEPTH_MAX = 32,
    ELEMENTS_MAX = 65536,
    ATTRIBUTES_MAX = 64, /* of an element */
    ALL_ATTRIBUTES_MAX = 1024,
    NAMES_FREE = 512, /* as many elements may be called what they like */
    NAMES_MAX = 256,  /* the names of all others */
    TEXT_MAX = 512 * 1024
};

typedef struct reader {
    XML_Parser parser;
    const nat__xml_handler *handler;
    unsigned depth;
    unsigned elements;
    unsigned attributes;
    unsigned names;
    uint32_t hashes[2 * NAMES_MAX]; /* of the names; 0 for none */
    size_t fed, heard;           /* bytes; and of them, those before which expat told something */
    size_t marks[DEPTH_MAX + 1]; /* where each open element's text begins */
    nat__buf text;
    nat__xml_result result;
    bool complete;
} reader;

static void stop(reader *r, nat__xml_result result)
{
    if (r->result == NAT__XML_OK)
        r->result = result;
    XML_StopParser(r->parser, XML_FALSE);
}

static const char *local_name(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon ? colon + 1 : name;
}

/* Whether a name is one of few; two that have the same hash count as one. */
static bool is_familiar(reader *r, const char *name)
{
    uint64_t mixed = 0;
    for (size_t length = strlen(name); length > 0;) {
        uint64_t part = 0;
        size_t size = length < sizeof part ? length : sizeof part;
        memcpy(&part, name, size);
        mixed = (mixed ^ part) * 0x9E3779B97F4A7C15;
        name += size;
        length -= size;
    }
    uint32_t hash = (uint32_t)(mixed >> 32);
    hash |= 1;
    size_t slots = sizeof r->hashes / sizeof r->hashes[0], at = hash % slots;
    for (; r->hashes[at] != hash; at = (at + 1) % slots) {
        if (r->hashes[at] != 0)
            continue;
        r->hashes[at] = hash;
        return ++r->names <= NAMES_MAX;
    }
    return true;
}

static void on_start(void *arg, const char *name, const char **attributes)
{
    reader *r = arg;
    if (r->result != NAT__XML_OK || r->complete)
        return;
    r->heard = r->fed;
    unsigned count = 0;
    while (attributes[2 * count] && count <= ATTRIBUTES_MAX)
        count++;
    r->attributes += count;
    if (++r->depth > DEPTH_MAX || ++r->elements > ELEMENTS_MAX || count > ATTRIBUTES_MAX ||
        r->attributes > ALL_ATTRIBUTES_MAX || (r->elements > NAMES_FREE && !is_familiar(r, name))) {
        stop(r, NAT__XML_REFUSED);
        return;
    }
    r->marks[r->depth] = r->text.length;
    if (r->handler->on_start && !r->handler->on_start(r->handler->arg, local_name(name), r->depth))
        stop(r, NAT__XML_NOMEM);
}

static void on_end(void *arg, const char *name)
{
    reader *r = arg;
    if (r->result != NAT__XML_OK || r->complete)
        return;
    r->heard = r->fed;
    size_t mark = r->marks[r->depth];
    nat__str text = {r->text.at ? r->text.at + mark : "", r->text.length - mark};
    if (r->handler->on_end &&
        !r->handler->on_end(r->handler->arg, local_name(name), r->depth, nat__str_trim(text))) {
        stop(r, NAT__XML_NOMEM);
        return;
    }
    r->text.length = mark;
    if (--r->depth == 0) {
        /* What follows the root is junk on some devices: a NUL, an HTML tail. */
        r->complete = true;
        XML_StopParser(r->parser, XML_FALSE);
    }
}

static void on_text(void *arg, const char *data, int length)
{
    reader *r = arg;
    if (r->result != NAT__XML_OK || r->complete)
        return;
    r->heard = r->fed;
    nat__buf_add(&r->text, data, (size_t)length);
    if (r->text.failed != NATUPNP_OK)
        stop(r, r->text.failed == NATUPNP_E_NOMEM ? NAT__XML_NOMEM : NAT__XML_REFUSED);
}

/* Comments, instructions and white space around the root. */
static void on_other(void *arg, const char *data, int length)
{
    reader *r = arg;
    (void)data, (void)length;
    r->heard = r->fed;
}

static void on_doctype(void *arg, const char *name, const char *system, const char *public,
                       int internal)
{
    (void)name, (void)system, (void)public, (void)internal;
    stop(arg, NAT__XML_REFUSED);
}

static void on_declaration(void *arg, const char *version, const char *encoding, int standalone)
{
    (void)version, (void)standalone;
    static const char *const allowed[] = {"utf-8", "us-ascii", "iso-8859-1"};
    nat__str name = nat__str_of(encoding);
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        if (nat__str_equal_nocase(name, allowed[i]))
            return;
    if (encoding)
        stop(arg, NAT__XML_REFUSED);
}

/* How much of a document is a slice: no character of it is cut. */
static size_t slice_length(nat__str rest)
{
    if (rest.length <= SLICE)
        return rest.length;
    size_t length = SLICE;
    while (length > SLICE - 3 && ((unsigned char)rest.at[length] & 0xC0) == 0x80)
        length--;
    return length;
}

/* Feeds a document, repaired where *repaired is not NULL. False when expat found a fault. */
static bool feed(reader *r, nat__str rest, nat__buf *repaired)
{
    bool last = false;
    while (!last) {
        nat__str slice = {rest.at, slice_length(rest)};
        rest.at += slice.length;
        rest.length -= slice.length;
        last = rest.length == 0;
        if (repaired) {
            nat__buf_reset(repaired);
            nat__utf8_repair(repaired, slice);
            if (repaired->failed != NATUPNP_OK) {
                r->result = NAT__XML_NOMEM;
                return true;
            }
            slice = (nat__str){repaired->at, repaired->length};
        }
        r->fed += slice.length;
        if (XML_Parse(r->parser, slice.at, (int)slice.length, last) == XML_STATUS_ERROR)
            return false;
        if (r->fed - r->heard > TOKEN_MAX) {
            r->result = NAT__XML_REFUSED;
            return true;
        }
    }
    return true;
}

/* One reading; *bad_bytes says whether bytes that are no characters ended it. */
static nat__xml_result read_once(nat__str document, bool repair, const nat__xml_handler *handler,
                                 bool *bad_bytes)
{
    static const XML_Memory_Handling_Suite memory = {malloc, realloc, free};
    reader r = {.handler = handler, .text = {.limit = TEXT_MAX}};
    nat__buf repaired = {0};
    *bad_bytes = false;
    r.parser = XML_ParserCreate_MM(repair ? "UTF-8" : NULL, &memory, NULL);
    if (!r.parser)
        return NAT__XML_NOMEM;
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetDefaultHandler(r.parser, on_other);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    XML_SetXmlDeclHandler(r.parser, on_declaration);
    bool parsed = feed(&r, document, repair ? &repaired : NULL);
    nat__xml_result result = r.result;
    if (result == NAT__XML_OK && !r.complete) {
        enum XML_Error error = XML_GetErrorCode(r.parser);
        result = !parsed && error == XML_ERROR_NO_MEMORY ? NAT__XML_NOMEM : NAT__XML_MALFORMED;
        *bad_bytes = error == XML_ERROR_INVALID_TOKEN || error == XML_ERROR_PARTIAL_CHAR;
    }
    XML_ParserFree(r.parser);
    nat__buf_free(&r.text);
    nat__buf_free(&repaired);
    return result;
}

/* Tells UTF-16 and UTF-32 by their first bytes: a mark, or a NUL next to the first "<". */
static bool is_wide(nat__str document)
{
    if (document.length < 2)
        return false;
    const unsigned char *at = (const unsigned char *)document.at;
    return at[0] == 0 || at[1] == 0 || (at[0] == 0xFE && at[1] == 0xFF) ||
           (at[0] == 0xFF && at[1] == 0xFE);
}

nat__xml_result nat__xml_read(nat__str document, const nat__xml_handler *handler,
                              void (*restart)(void *arg))
{
    document = nat__str_trim(document);
    if (nat__str_starts(document, "\xEF\xBB\xBF")) { /* a byte order mark, before more space */
        document.at += 3;
        document.length -= 3;
        document = nat__str_trim(document);
    }
    if (document.length == 0)
        return NAT__XML_MALFORMED;
    if (is_wide(document))
        return NAT__XML_REFUSED;
    bool bad_bytes;
    nat__xml_result result = read_once(document, false, handler, &bad_bytes);
    if (!bad_bytes)
        return result;
    restart(handler->arg);
    return read_once(document, true, handler, &bad_bytes);
}
