/* SPDX-License-Identifier: MIT */
#ifndef CLI_RESOLVE_H
#define CLI_RESOLVE_H

#include "fail.h"
#include "options.h"
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The library takes numbers only and never asks a name server. Here the names
 * that people write become what it takes, before it is started.
 */

/** Where the gateway is, when it was said. */
struct gateway_place {
    /** A URL with a numeric host, freed by the caller; NULL to search. */
    char *url;
    /** It is on this host, as a simulated gateway is. */
    bool loopback;
};

/** Where mappings lead. */
struct destination {
    /** A numeric IPv4 address, or "" for this host. */
    char address[INET_ADDRSTRLEN];
    /** 0 for the external port. */
    int32_t port;
};

/** Read --gateway. False with the failure filled in. */
bool resolve_gateway(struct gateway_place *place, const struct options *options, struct fail *fail);

/** Read HOST[:PORT] or :PORT of --to. False with the failure filled in. */
bool resolve_destination(struct destination *destination, const char *to, bool loopback_gateway,
                         struct fail *fail);

/**
 * Read --remote-host.
 *
 * @param address  Receives a numeric IPv4 address, or "" for any host.
 * @param host     NULL for any.
 * @return false with the failure filled in.
 */
bool resolve_remote_host(char address[INET_ADDRSTRLEN], const char *host, struct fail *fail);

/** See that an interface exists. False with the failure, which names those that do. */
bool resolve_interface(const struct options *options, struct fail *fail);

#endif
