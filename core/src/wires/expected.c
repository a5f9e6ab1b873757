/* SPDX-License-Identifier: MIT */
#include "expected.h"

#include <stdio.h>
#include <sys/random.h>

natupnp_status nat__expected_add(nat__link *list, nat__expected *expected, nat__ip local,
                                 uint16_t port)
{
    uint8_t secret[(NAT__EXPECTED_PATH - 1) / 2];
    char host[NAT__IP_TEXT];
    nat__expected_remove(expected);
    if (getrandom(secret, sizeof secret, GRND_NONBLOCK) != (ssize_t)sizeof secret)
        return NATUPNP_E_SYSTEM;
    expected->path[0] = '/';
    for (size_t i = 0; i < sizeof secret; i++)
        snprintf(expected->path + 1 + 2 * i, 3, "%02x", secret[i]);
    snprintf(expected->url, sizeof expected->url, "http://%s:%u%s", nat__ip_text(local, host),
             (unsigned)port, expected->path);
    nat__list_init(&expected->link);
    nat__list_append(list, &expected->link);
    return NATUPNP_OK;
}

void nat__expected_remove(nat__expected *expected)
{
    if (!expected->link.next)
        return;
    nat__list_remove(&expected->link);
    expected->link = (nat__link){0};
}

bool nat__expected_from(const nat__link *list, nat__ip from)
{
    for (const nat__link *it = list->next; it != list; it = it->next)
        if (nat__ip_equal(NAT__MEMBER(it, nat__expected, link)->from, from))
            return true;
    return false;
}

nat__expected *nat__expected_find(const nat__link *list, nat__ip from, nat__str path)
{
    for (const nat__link *it = list->next; it != list; it = it->next) {
        nat__expected *e = NAT__MEMBER(it, nat__expected, link);
        if (nat__ip_equal(e->from, from) && nat__str_equal(path, e->path))
            return e;
    }
    return NULL;
}
