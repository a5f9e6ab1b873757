/* SPDX-License-Identifier: MIT */
#ifndef NAT__XML_H
#define NAT__XML_H

#include "../ground/str.h"

/* What came of reading a document. */
typedef enum nat__xml_result {
    NAT__XML_OK,
    NAT__XML_MALFORMED, /* not well-formed */
    NAT__XML_REFUSED,   /* a DOCTYPE, another encoding, or a limit was passed */
    NAT__XML_NOMEM
} nat__xml_result;

/*
 * Receives the elements of a document. Names come without their prefix: real
 * devices use any namespace or none. depth is 1 for the root.
 */
typedef struct nat__xml_handler {
    void *arg;
    /* Either may be NULL; false means that memory ran out and ends the reading. */
    bool (*on_start)(void *arg, const char *name, unsigned depth);
    /* text: the characters directly in this element, trimmed; borrowed. */
    bool (*on_end)(void *arg, const char *name, unsigned depth, nat__str text);
} nat__xml_handler;

/*
 * Reads one document. White space before it and anything after its root
 * element are ignored. A document with bytes that are not UTF-8 is repaired
 * (see nat__utf8_repair()) and read a second time; restart is called before.
 */
nat__xml_result nat__xml_read(nat__str document, const nat__xml_handler *handler,
                              void (*restart)(void *arg));

#endif
