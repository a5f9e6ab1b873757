/* SPDX-License-Identifier: MIT */
#include "verb_entries.h"

static natupnp_status add_start(natupnp_op **out, natupnp_client *client, size_t index,
                                const void *arg)
{
    const struct command *command = arg;
    const struct port_entry *port = &command->ports.items[index];
    natupnp_static_add_request request = NATUPNP_STATIC_ADD_REQUEST_INIT;
    request.external_port = port->external_port;
    request.protocol = port->protocol;
    request.internal_port = port->internal_port;
    request.description = command->options->description;
    request.any_port = command->options->any;
    if (command->destination.address[0] != '\0') {
        request.internal_client = command->destination.address;
    }
    return natupnp_static_add(out, client, &request);
}

int verb_add(struct run *run, const struct command *command)
{
    return verb_entries(run, command, add_start, command);
}
