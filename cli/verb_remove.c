/* SPDX-License-Identifier: MIT */
#include "entries.h"

static natupnp_status remove_start(natupnp_op **out, natupnp_client *client, size_t index,
                                   const void *arg)
{
    const struct command *command = arg;
    const struct port_entry *port = &command->ports.items[index];
    if (command->remote_host[0] != '\0') {
        return natupnp_dynamic_remove(out, client, command->remote_host, port->external_port,
                                      port->protocol);
    }
    /* Any host may use it: such a mapping is in the static collection, whatever its lease. */
    return natupnp_static_remove(out, client, port->external_port, port->protocol);
}

int verb_remove(struct run *run, const struct command *command)
{
    struct entries entries;
    entries_run(&entries, run, command, remove_start);
    int code = out_report(&entries.report, command->options);
    entries_clear(&entries);
    return code;
}
