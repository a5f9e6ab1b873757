/* SPDX-License-Identifier: MIT */
#include "url.h"

#include "buf.h"

#include <stdlib.h>
#include <string.h>

static bool is_printable(nat__str text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7F)
            return false;
    return true;
}

/* "host", "host:port" or "[v6]:port", as far as the first of "/", "?", "#". */
static natupnp_status parse_authority(nat__url *url, nat__str text)
{
    nat__str host = text;
    nat__str port = {0};
    bool literal = text.length > 0 && text.at[0] == '[';
    if (memchr(text.at, '@', text.length))
        return NATUPNP_E_INVAL;
    if (literal) {
        const char *end = memchr(text.at, ']', text.length);
        if (!end)
            return NATUPNP_E_INVAL;
        host = (nat__str){text.at + 1, (size_t)(end - text.at - 1)};
        port = (nat__str){end + 1, (size_t)(text.at + text.length - end - 1)};
        if (port.length > 0 && port.at[0] != ':')
            return NATUPNP_E_INVAL;
        if (port.length > 0)
            nat__str_cut(&port, ':');
    } else {
        port = text;
        host = nat__str_cut(&port, ':');
    }
    if (host.length == 0)
        return NATUPNP_E_INVAL;
    uint64_t number = 80;
    if (port.length > 0 && (!nat__str_number(port, 65535, &number) || number == 0))
        return NATUPNP_E_INVAL;
    url->port = (uint16_t)number;
    if (!nat__ip_parse(&url->host, host))
        url->host = (nat__ip){0};
    return literal && url->host.family != 6 ? NATUPNP_E_INVAL : NATUPNP_OK;
}

/* Appends a part of a path or query; what is not ASCII is encoded (RFC 3986, section 2.1). */
static void add_encoded(nat__buf *out, nat__str text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        if (byte < 0x80)
            nat__buf_add(out, &text.at[i], 1);
        else
            nat__buf_addf(out, "%%%02X", byte);
    }
}

/* Copies a path and query, resolving "." and ".." in the path (RFC 3986, section 5.2.4). */
static natupnp_status set_target(nat__url *url, nat__str path, nat__str query)
{
    nat__buf out = {0};
    nat__str rest = path;
    while (rest.length > 0) {
        nat__str segment = nat__str_cut(&rest, '/');
        bool last = rest.length == 0 && segment.at + segment.length == path.at + path.length;
        if (nat__str_equal(segment, "..")) {
            while (out.length > 0 && out.at[--out.length] != '/')
                ;
            if (last)
                nat__buf_adds(&out, "/");
        } else if (nat__str_equal(segment, ".")) {
            if (last)
                nat__buf_adds(&out, "/");
        } else if (segment.at != path.at || segment.length > 0) {
            nat__buf_adds(&out, "/");
            add_encoded(&out, segment);
        }
        if (rest.length == 0 && !last)
            nat__buf_adds(&out, "/"); /* the path ended with a slash */
    }
    if (out.length == 0)
        nat__buf_adds(&out, "/");
    add_encoded(&out, query);
    url->target = nat__buf_take(&out);
    return url->target ? NATUPNP_OK : NATUPNP_E_NOMEM;
}

/* Splits what follows the authority into path and query; a fragment is dropped. */
static void split(nat__str text, nat__str *path, nat__str *query)
{
    text = nat__str_cut(&text, '#');
    const char *mark = text.length > 0 ? memchr(text.at, '?', text.length) : NULL;
    *path = text;
    *query = (nat__str){text.at, 0};
    if (mark) {
        path->length = (size_t)(mark - text.at);
        *query = (nat__str){mark, text.length - path->length};
    }
}

/* Reads from the authority on: what stands behind "//". */
static natupnp_status parse_rest(nat__url *out, nat__str text)
{
    nat__url url = {0};
    size_t end = 0;
    while (end < text.length && !strchr("/?#", text.at[end]))
        end++;
    natupnp_status status = parse_authority(&url, (nat__str){text.at, end});
    if (status != NATUPNP_OK)
        return status;
    nat__str path, query;
    split((nat__str){text.at + end, text.length - end}, &path, &query);
    status = set_target(&url, path, query);
    if (status == NATUPNP_OK)
        *out = url;
    return status;
}

natupnp_status nat__url_parse(nat__url *out, nat__str text)
{
    *out = (nat__url){0};
    text = nat__str_trim(text);
    if (text.length > NAT__URL_MAX || !is_printable(text) ||
        !nat__str_starts_nocase(text, "http://"))
        return NATUPNP_E_INVAL;
    return parse_rest(out, (nat__str){text.at + 7, text.length - 7});
}

/* Whether a reference begins with a scheme: a colon before any "/", "?" or "#". */
static bool has_scheme(nat__str text)
{
    for (size_t i = 0; i < text.length && !strchr("/?#", text.at[i]); i++)
        if (text.at[i] == ':')
            return i > 0;
    return false;
}

natupnp_status nat__url_resolve(nat__url *out, const nat__url *base, nat__str reference)
{
    *out = (nat__url){0};
    reference = nat__str_trim(reference);
    if (reference.length > NAT__URL_MAX || !is_printable(reference))
        return NATUPNP_E_INVAL;
    if (has_scheme(reference))
        return nat__url_parse(out, reference);
    if (nat__str_starts(reference, "//"))
        return parse_rest(out, (nat__str){reference.at + 2, reference.length - 2});

    nat__str base_path, base_query, path, query;
    split(nat__str_of(base->target), &base_path, &base_query);
    split(reference, &path, &query);
    nat__buf merged = {0};
    if (path.length == 0) {
        nat__buf_add(&merged, base_path.at, base_path.length);
        if (query.length == 0)
            query = base_query;
    } else {
        size_t folder = path.at[0] == '/' ? 0 : base_path.length;
        while (folder > 0 && base_path.at[folder - 1] != '/')
            folder--;
        nat__buf_add(&merged, base_path.at, folder);
        nat__buf_add(&merged, path.at, path.length);
    }
    natupnp_status status = merged.failed;
    if (status == NATUPNP_OK)
        status = set_target(out, (nat__str){merged.at, merged.length}, query);
    nat__buf_free(&merged);
    if (status == NATUPNP_OK) {
        out->host = base->host;
        out->port = base->port;
    }
    return status;
}

/* ---- links for people ---- */

/* What may stand in a URL behind its authority (RFC 3986, appendix A). */
static bool is_url_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("-._~:/?#[]@!$&'()*+,;=%", c));
}

/* A numeric address or a name of plain letters, and a port. */
static bool is_plain_authority(nat__str text)
{
    nat__url url = {0};
    if (parse_authority(&url, text) != NATUPNP_OK)
        return false;
    for (size_t i = 0; i < text.length; i++)
        if (!is_url_byte(text.at[i]) ||
            strchr(url.host.family == 6 ? "~!$&'()*+,;=%" : "~[]!$&'()*+,;=%", text.at[i]))
            return false;
    return true;
}

/* Appends an absolute http or https URL; false for anything else. */
static bool add_page(nat__buf *out, nat__str text)
{
    bool secure = nat__str_starts_nocase(text, "https://");
    if (!secure && !nat__str_starts_nocase(text, "http://"))
        return false;
    size_t begin = secure ? 8 : 7, end = begin;
    while (end < text.length && !strchr("/?#", text.at[end]))
        end++;
    nat__str authority = {text.at + begin, end - begin};
    if (!is_printable(text) || !is_plain_authority(authority))
        return false;
    nat__buf_adds(out, secure ? "https://" : "http://");
    nat__buf_add(out, authority.at, authority.length);
    for (size_t i = end; i < text.length; i++)
        if (is_url_byte(text.at[i]))
            nat__buf_add(out, &text.at[i], 1);
        else
            nat__buf_addf(out, "%%%02X", (unsigned char)text.at[i]);
    return true;
}

/* Appends what a reference without a scheme leads to. */
static natupnp_status add_resolved(nat__buf *out, const nat__url *base, nat__str reference)
{
    nat__url url;
    natupnp_status status = nat__url_resolve(&url, base, reference);
    if (status != NATUPNP_OK)
        return status;
    char *text = nat__url_text(&url);
    nat__url_free(&url);
    nat__buf_adds(out, text ? text : "");
    free(text);
    return text ? NATUPNP_OK : NATUPNP_E_NOMEM;
}

natupnp_status nat__url_page(char **out, const nat__url *base, nat__str reference)
{
    nat__buf whole = {0}, page = {0};
    natupnp_status status = NATUPNP_OK;
    *out = NULL;
    reference = nat__str_trim(reference);
    if (reference.length == 0 || reference.length > NAT__URL_MAX)
        return NATUPNP_E_INVAL;
    if (nat__str_starts(reference, "//"))
        nat__buf_adds(&whole, "http:");
    if (nat__str_starts(reference, "//") || has_scheme(reference))
        nat__buf_add(&whole, reference.at, reference.length);
    else
        status = add_resolved(&whole, base, reference);
    if (status == NATUPNP_OK)
        status = whole.failed;
    if (status == NATUPNP_OK && !add_page(&page, (nat__str){whole.at, whole.length}))
        status = NATUPNP_E_INVAL;
    nat__buf_free(&whole);
    if (status == NATUPNP_OK && !(*out = nat__buf_take(&page)))
        status = NATUPNP_E_NOMEM;
    nat__buf_free(&page);
    return status;
}

natupnp_status nat__url_copy(nat__url *out, const nat__url *url)
{
    *out = *url;
    out->target = strdup(url->target);
    if (out->target)
        return NATUPNP_OK;
    *out = (nat__url){0};
    return NATUPNP_E_NOMEM;
}

void nat__url_free(nat__url *url)
{
    free(url->target);
    *url = (nat__url){0};
}

bool nat__url_equal(const nat__url *a, const nat__url *b)
{
    return a->port == b->port && nat__ip_equal(a->host, b->host) && a->target && b->target &&
           strcmp(a->target, b->target) == 0;
}

char *nat__url_text(const nat__url *url)
{
    nat__buf out = {0};
    char host[NAT__IP_TEXT];
    nat__buf_addf(&out, url->host.family == 6 ? "http://[%s]:%u%s" : "http://%s:%u%s",
                  nat__ip_text(url->host, host), (unsigned)url->port, url->target);
    return nat__buf_take(&out);
}
