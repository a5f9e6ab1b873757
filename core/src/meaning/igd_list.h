/* SPDX-License-Identifier: MIT */
#ifndef NAT__IGD_LIST_H
#define NAT__IGD_LIST_H

#include "protocol.h"

/*
 * A listing under way; an operation has one at most. GetListOfPortMappings
 * gives a range of ports at a time, where it works (igd_list_range.c). Else
 * GetGenericPortMappingEntry gives one entry by its index (igd_list_index.c).
 */
typedef struct nat__listing {
    nat__next *next;
    char *gateway; /* the identity that goes into each mapping */
    unsigned pending;
    struct nat__range_reading {
        struct nat__range {
            unsigned first, last;
            natupnp_protocol protocol;
        } * left; /* still to be asked for */
        size_t count;
        unsigned halvings;
        bool refused; /* to be read by index, when nothing is pending */
    } range;
    struct nat__index_reading {
        unsigned passes;
        bool checking; /* all is read; the first and the last are read once more */
        bool changed;
        bool any_good;    /* some entry made sense */
        unsigned bad_run; /* replies without sense since one that made some */
        size_t asked;     /* the next index to ask for */
        size_t end;       /* the lowest index behind the table; SIZE_MAX while unknown */
    } index;
} nat__listing;

/* NULL is allowed. */
void nat__listing_free(nat__listing *listing);

/* Ends the listing and tells the result. */
void nat__listing_finish(struct natupnp_op *op, const nat__result *result);

/*
 * Leaves out entries that made no sense (external port 0) and later ones with
 * the same key, which two shifted readings give. *repeated says whether there
 * were such. False without memory.
 */
bool nat__listing_tidy(nat__mappings *mappings, bool *repeated);

/* Begin to read, by range or by index. */
void nat__listing_by_range(struct natupnp_op *op);
void nat__listing_by_index(struct natupnp_op *op);

#endif
