/* SPDX-License-Identifier: MIT */
/*
 * A program with a loop of its own: one descriptor to watch, one call when it
 * is readable. Lists the mappings, and reads the gateway's state meanwhile:
 * own_loop [URL of the gateway's description]
 */
#include <natupnp/natupnp.h>
#include <poll.h>
#include <stdio.h>

static void show(natupnp_op *op)
{
    if (natupnp_op_status(op) != NATUPNP_OK) {
        fprintf(stderr, "%s\n", natupnp_op_detail(op));
        return;
    }
    const natupnp_gateway *gateway = natupnp_op_gateway(op);
    const char *status = natupnp_gateway_connection_status(gateway);
    if (status)
        printf("%s: %s\n", natupnp_gateway_name(gateway), status);
    for (size_t i = 0; i < natupnp_op_mapping_count(op); i++) {
        const natupnp_mapping *mapping = natupnp_op_mapping_at(op, i);
        printf("%u/%s -> %s:%u\n", (unsigned)natupnp_mapping_external_port(mapping),
               natupnp_protocol_name(natupnp_mapping_protocol(mapping)),
               natupnp_mapping_internal_client(mapping),
               (unsigned)natupnp_mapping_internal_port(mapping));
    }
}

int main(int argc, char **argv)
{
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    natupnp_client *client = NULL;
    natupnp_op *op = NULL;
    int pending = 0, failed = 0;
    options.gateway = argc > 1 ? argv[1] : NULL;
    if (natupnp_client_new(&client, &options) != NATUPNP_OK)
        return 1;
    pending += natupnp_static_list(&op, client) == NATUPNP_OK;
    pending += natupnp_gateway_query(&op, client) == NATUPNP_OK;

    while (pending > 0) {
        /* Your own descriptors stand beside this one. */
        struct pollfd ready = {.fd = natupnp_client_fd(client), .events = POLLIN};
        if (poll(&ready, 1, -1) < 0)
            continue;
        natupnp_client_dispatch(client);
        while ((op = natupnp_client_next_done(client))) {
            show(op);
            failed |= natupnp_op_status(op) != NATUPNP_OK;
            natupnp_op_free(op);
            pending--;
        }
    }
    natupnp_client_free(client);
    return failed;
}
