/* SPDX-License-Identifier: MIT */
/* The only file that includes expat. */
#include "xml.h"

#include "../ground/buf.h"
#include "../ground/utf8.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

/* The largest real document, a listing of a thousand mappings, has some 9,000 elements. */
enum { DEPTH_MAX = 32, ELEMENTS_MAX = 65536, ATTRIBUTES_MAX = 64, TEXT_MAX = 1024 * 1024 };

typedef struct reader {
    XML_Parser parser;
    const nat__xml_handler *handler;
    unsigned depth;
    unsigned elements;
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

static void on_start(void *arg, const char *name, const char **attributes)
{
    reader *r = arg;
    if (r->result != NAT__XML_OK || r->complete)
        return;
    unsigned count = 0;
    while (attributes[count] && count <= 2 * ATTRIBUTES_MAX)
        count += 2;
    if (++r->depth > DEPTH_MAX || ++r->elements > ELEMENTS_MAX || count > 2 * ATTRIBUTES_MAX) {
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
    nat__buf_add(&r->text, data, (size_t)length);
    if (r->text.failed != NATUPNP_OK)
        stop(r, r->text.failed == NATUPNP_E_NOMEM ? NAT__XML_NOMEM : NAT__XML_REFUSED);
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

/* One reading; *bad_bytes says whether bytes that are no characters ended it. */
static nat__xml_result read_once(nat__str document, const char *encoding,
                                 const nat__xml_handler *handler, bool *bad_bytes)
{
    static const XML_Memory_Handling_Suite memory = {malloc, realloc, free};
    reader r = {.handler = handler, .text = {.limit = TEXT_MAX}};
    *bad_bytes = false;
    r.parser = XML_ParserCreate_MM(encoding, &memory, NULL);
    if (!r.parser)
        return NAT__XML_NOMEM;
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    XML_SetXmlDeclHandler(r.parser, on_declaration);
    enum XML_Status status = XML_Parse(r.parser, document.at, (int)document.length, 1);
    nat__xml_result result = r.result;
    if (result == NAT__XML_OK && !r.complete) {
        enum XML_Error error = XML_GetErrorCode(r.parser);
        result = status == XML_STATUS_ERROR && error == XML_ERROR_NO_MEMORY ? NAT__XML_NOMEM
                                                                            : NAT__XML_MALFORMED;
        *bad_bytes = error == XML_ERROR_INVALID_TOKEN || error == XML_ERROR_PARTIAL_CHAR;
    }
    XML_ParserFree(r.parser);
    nat__buf_free(&r.text);
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
    if (is_wide(document) || document.length > 16 * TEXT_MAX)
        return NAT__XML_REFUSED;
    bool bad_bytes;
    nat__xml_result result = read_once(document, NULL, handler, &bad_bytes);
    if (!bad_bytes)
        return result;
    nat__buf repaired = {0};
    nat__utf8_repair(&repaired, document);
    if (repaired.failed != NATUPNP_OK) {
        nat__buf_free(&repaired);
        return NAT__XML_NOMEM;
    }
    restart(handler->arg);
    result = read_once((nat__str){repaired.at, repaired.length}, "UTF-8", handler, &bad_bytes);
    nat__buf_free(&repaired);
    return result;
}
