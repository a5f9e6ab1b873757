/* SPDX-License-Identifier: MIT */
#ifndef NAT__IGD_LIST_H
#define NAT__IGD_LIST_H

#include "../wires/loop.h"
#include "protocol.h"

/*
 * A listing under way; an operation has one at most. GetListOfPortMappings
 * gives a range of ports at a time, where it works (igd_list_range.c). Else
 * GetGenericPortMappingEntry gives one entry by its index (igd_list_index.c).
 */
typedef struct nat__listing {
    nat__loop *loop;
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
        bool any;     /* some reply told of a mapping, or was too large for none */
    } range;
    struct nat__index_reading {
        unsigned passes;
        bool checking; /* all is read; the first and the last are read once more */
        bool changed;
        bool any_good;    /* some entry made sense */
        bool seen;        /* the same, in any pass */
        unsigned bad_run; /* replies without sense since one that made some */
        size_t asked;     /* the next index to ask for */
        size_t end;       /* the lowest index behind the table; SIZE_MAX while unknown */
        bool end_is_odd;  /* it was told by another number than the standard's */
        size_t doubt;     /* the lowest index that failed, to be asked again; SIZE_MAX for none */
        natupnp_status doubted; /* what came there */
        unsigned stumbles;      /* how often something failed, other than in its wording */
    } index;
    nat__timer pause; /* before something is asked again */
} nat__listing;

/* NULL is allowed. */
void nat__listing_free(nat__listing *listing);

/* Ends the listing and tells the result; what was read so far stays with the operation. A success
 * was tidied. */
void nat__listing_finish(struct natupnp_op *op, const nat__result *result);

/* Ends one because the operation ends. */
void nat__listing_abandon(struct natupnp_op *op);

/* Ends it at the bound of what a table may take. */
void nat__listing_finish_full(struct natupnp_op *op);

/*
 * Leaves out entries that made no sense (external port 0) and later ones with
 * the same key, which two shifted readings give. *repeated says whether there
 * were such. False without memory.
 */
bool nat__listing_tidy(nat__mappings *mappings, bool *repeated);

/* TCP before UDP, each by external port and remote host. */
void nat__listing_sort(nat__mappings *mappings);

/* Asks again for what is doubted, after the pause; arg is the operation. */
void nat__listing_ask_again(void *arg);

/* Begin to read, by range or by index. */
void nat__listing_by_range(struct natupnp_op *op);
void nat__listing_by_index(struct natupnp_op *op);

#endif
