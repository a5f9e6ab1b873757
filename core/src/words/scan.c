/* SPDX-License-Identifier: MIT */
/*
 * The reader of descriptions that are not well-formed: TP-Link Archer C9 has
 * markup in its name, Technicolor TG789 an element that is never closed. It
 * finds whole <service> blocks outside comments and reads three texts of each.
 */
#include "../ground/buf.h"
#include "../ground/utf8.h"
#include "description.h"

#include <string.h>

/* The local name at the beginning of a tag's inside; empty when longer than any we look for. */
static nat__str tag_name(nat__str inside)
{
    enum { NAME_MAX_LENGTH = 64 };
    nat__str name = {inside.at, 0};
    for (size_t i = 0; i < inside.length && i < NAME_MAX_LENGTH; i++) {
        if (strchr(" \t\r\n/><", inside.at[i]))
            return name;
        name.length++;
        if (inside.at[i] == ':')
            name = (nat__str){inside.at + i + 1, 0};
    }
    return (nat__str){inside.at, 0};
}

/*
 * Where a tag with this local name begins and its content starts; false when
 * there is none. Each "<" costs a bounded look, whatever stands behind it.
 */
static bool find_tag(nat__str text, bool closing, const char *name, size_t *begin, size_t *after)
{
    if (text.length == 0)
        return false;
    const char *end = text.at + text.length;
    for (const char *at = text.at; (at = memchr(at, '<', (size_t)(end - at))); at++) {
        nat__str inside = {at + 1, (size_t)(end - at - 1)};
        if (closing != nat__str_starts(inside, "/"))
            continue;
        if (closing)
            inside = (nat__str){inside.at + 1, inside.length - 1};
        if (!nat__str_equal(tag_name(inside), name))
            continue;
        const char *close = memchr(inside.at, '>', inside.length);
        if (!close)
            return false;
        *begin = (size_t)(at - text.at);
        *after = (size_t)(close + 1 - text.at);
        return true;
    }
    return false;
}

/* Appends a text with the five entities of XML resolved; all others are left as they are. */
static void unescape(nat__buf *out, nat__str text)
{
    static const struct {
        const char *entity;
        char character;
    } entities[] = {
        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''},
    };
    while (text.length > 0) {
        char character = text.at[0];
        size_t used = 1;
        for (size_t i = 0; i < sizeof entities / sizeof entities[0]; i++)
            if (nat__str_starts(text, entities[i].entity)) {
                character = entities[i].character;
                used = strlen(entities[i].entity);
            }
        nat__buf_add(out, &character, 1);
        text.at += used;
        text.length -= used;
    }
}

/* As long as a URL may be. */
enum { TEXT_MAX = 2048 };

/* The text of an element in a block; *out stays NULL when it is not there, or holds markup. */
static natupnp_status read_text(char **out, nat__str block, const char *name)
{
    size_t begin, after, end, behind;
    if (!find_tag(block, false, name, &begin, &after))
        return NATUPNP_OK;
    nat__str content = {block.at + after, block.length - after};
    if (!find_tag(content, true, name, &end, &behind))
        return NATUPNP_OK;
    content.length = end;
    content = nat__str_trim(content);
    if (content.length == 0 || content.length > TEXT_MAX || memchr(content.at, '<', content.length))
        return NATUPNP_OK;
    nat__buf text = {0};
    unescape(&text, content);
    natupnp_status status = text.failed;
    if (status == NATUPNP_OK && nat__str_is_clean((nat__str){text.at, text.length})) {
        *out = nat__buf_take(&text);
        return NATUPNP_OK;
    }
    nat__buf_free(&text);
    return status;
}

/* Copies a document without its comments, as UTF-8. An unclosed comment takes the rest with it. */
static void without_comments(nat__buf *out, nat__str document)
{
    const char *open;
    while ((open = nat__str_find(document, "<!--"))) {
        nat__utf8_repair(out, (nat__str){document.at, (size_t)(open - document.at)});
        nat__str rest = {open + 4, document.length - (size_t)(open + 4 - document.at)};
        const char *close = nat__str_find(rest, "-->");
        if (!close)
            return;
        document = (nat__str){close + 3, (size_t)(rest.at + rest.length - close - 3)};
    }
    nat__utf8_repair(out, document);
}

static natupnp_status scan_services(nat__description *out, nat__str text)
{
    size_t begin, after, end, behind;
    natupnp_status status = read_text(&out->url_base, text, "URLBase");
    while (status == NATUPNP_OK && out->service_count < NAT__SERVICES_MAX &&
           find_tag(text, false, "service", &begin, &after)) {
        text = (nat__str){text.at + after, text.length - after};
        if (!find_tag(text, true, "service", &end, &behind))
            break; /* cut off: half a block may hold half a URL */
        nat__str block = {text.at, end};
        /* One that was never closed lends nothing to the next. */
        while (find_tag(block, false, "service", &begin, &after))
            block = (nat__str){block.at + after, block.length - after};
        nat__service service = {0};
        status = read_text(&service.type, block, "serviceType");
        if (status == NATUPNP_OK)
            status = read_text(&service.control_url, block, "controlURL");
        if (status == NATUPNP_OK)
            status = read_text(&service.event_url, block, "eventSubURL");
        nat__description_add(out, &service);
        text = (nat__str){text.at + behind, text.length - behind};
    }
    return status;
}

natupnp_status nat__description_scan(nat__description *out, nat__str document)
{
    if (nat__str_find(document, "<!DOCTYPE"))
        return NATUPNP_E_BAD_REPLY;
    nat__buf text = {0};
    without_comments(&text, document);
    natupnp_status status = text.failed;
    if (status == NATUPNP_OK)
        status = scan_services(out, (nat__str){text.at, text.length});
    nat__buf_free(&text);
    if (status == NATUPNP_OK && out->service_count == 0)
        status = NATUPNP_E_BAD_REPLY;
    return status;
}
