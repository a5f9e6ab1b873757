/* SPDX-License-Identifier: MIT */
#include "entries.h"
#include "verb_keep.h"

/** What is kept has a lease, too: so it does not outlive a process that was killed. */
static bool is_dynamic(const struct command *command)
{
    return command->options->lease_s > 0 || command->options->keep ||
           command->remote_host[0] != '\0';
}

static natupnp_status dynamic_start(natupnp_op **out, natupnp_client *client,
                                    const struct command *command, const struct port_entry *port,
                                    const char *internal_client)
{
    natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    request.remote_host = command->remote_host;
    request.external_port = port->external_port;
    request.protocol = port->protocol;
    request.internal_port = port->internal_port;
    request.internal_client = internal_client;
    request.description = command->options->description;
    request.any_port = command->options->any;
    request.lease_s = command->options->lease_s;
    request.keep = command->options->keep;
    return natupnp_dynamic_add(out, client, &request);
}

static natupnp_status static_start(natupnp_op **out, natupnp_client *client,
                                   const struct command *command, const struct port_entry *port,
                                   const char *internal_client)
{
    natupnp_static_add_request request = NATUPNP_STATIC_ADD_REQUEST_INIT;
    request.external_port = port->external_port;
    request.protocol = port->protocol;
    request.internal_port = port->internal_port;
    request.internal_client = internal_client;
    request.description = command->options->description;
    request.any_port = command->options->any;
    return natupnp_static_add(out, client, &request);
}

static natupnp_status add_start(natupnp_op **out, natupnp_client *client, size_t index,
                                const void *arg)
{
    const struct command *command = arg;
    const struct port_entry *port = &command->ports.items[index];
    const char *address = command->destination.address;
    return (is_dynamic(command) ? dynamic_start : static_start)(
        out, client, command, port, address[0] != '\0' ? address : NULL);
}

int verb_add(struct run *run, const struct command *command)
{
    struct entries entries;
    entries_run(&entries, run, command, add_start);
    entries.report.leased = is_dynamic(command);
    int code = command->options->keep ? entries_keep(&entries, run, command->options)
                                      : out_report(&entries.report, command->options);
    entries_clear(&entries);
    return code;
}
