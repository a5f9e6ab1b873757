/* SPDX-License-Identifier: MIT */
#ifndef NAT__LIST_H
#define NAT__LIST_H

#include <stdbool.h>
#include <stddef.h>

/* A doubly linked list whose links live in its members. A link that is not in a list points at
 * itself. */
typedef struct nat__link {
    struct nat__link *next;
    struct nat__link *previous;
} nat__link;

/* The member whose link this is. */
#define NAT__MEMBER(link, type, field) ((type *)(void *)((char *)(link)-offsetof(type, field)))

/* Walks a list; the current member may be removed, no other. */
#define NAT__LIST_EACH(list, it)                                                                   \
    for (nat__link *it = (list)->next, *it##_next = it->next; it != (list);                        \
         it = it##_next, it##_next = it->next)

static inline void nat__list_init(nat__link *link)
{
    link->next = link;
    link->previous = link;
}

static inline bool nat__list_empty(const nat__link *list)
{
    return list->next == list;
}

static inline void nat__list_remove(nat__link *link)
{
    link->previous->next = link->next;
    link->next->previous = link->previous;
    nat__list_init(link);
}

static inline void nat__list_append(nat__link *list, nat__link *link)
{
    link->previous = list->previous;
    link->next = list;
    list->previous->next = link;
    list->previous = link;
}

/* Takes the first link out of the list; NULL when it is empty. */
static inline nat__link *nat__list_take(nat__link *list)
{
    nat__link *first = list->next;
    if (first == list)
        return NULL;
    nat__list_remove(first);
    return first;
}

/* Moves all links of one list to the end of another. */
static inline void nat__list_move(nat__link *to, nat__link *from)
{
    for (nat__link *link = nat__list_take(from); link; link = nat__list_take(from))
        nat__list_append(to, link);
}

#endif
