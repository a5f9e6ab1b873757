/* SPDX-License-Identifier: MIT */
#ifndef CLI_PORTS_H
#define CLI_PORTS_H

#include "fail.h"
#include <natupnp/natupnp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One mapping that the command line names. */
struct port_entry {
    int32_t external_port;
    int32_t internal_port;
    natupnp_protocol protocol;
};

/** Every mapping that the command line names, in its order, ranges spelt out. */
struct port_list {
    struct port_entry *items;
    size_t count;
};

/** How the ports of a verb are to be read. */
struct port_rules {
    /** 0 is allowed: any free port. */
    bool any;
    /** The first internal port of each argument; 0 for the external one. */
    int32_t internal_port;
    /** The verb has --to. */
    bool leads;
};

/**
 * Read PORT/PROTO and LO-HI/PROTO arguments.
 *
 * @return false with the failure filled in. The list is freed by
 *         port_list_free() in either case.
 */
bool port_list_parse(struct port_list *list, char *const *arguments, size_t count,
                     const struct port_rules *rules, struct fail *fail);

void port_list_free(struct port_list *list);

/**
 * Read a port, digits only.
 *
 * @param length  How many characters of text belong to it.
 * @return 0 to 65535, or -1.
 */
int32_t port_parse(const char *text, size_t length);

#endif
