/* SPDX-License-Identifier: MIT */
#include "verb_entries.h"

static natupnp_status remove_start(natupnp_op **out, natupnp_client *client, size_t index,
                                   const void *arg)
{
    const struct command *command = arg;
    const struct port_entry *port = &command->ports.items[index];
    return natupnp_static_remove(out, client, port->external_port, port->protocol);
}

int verb_remove(struct run *run, const struct command *command)
{
    return verb_entries(run, command, remove_start, command);
}
