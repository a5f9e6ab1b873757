/* SPDX-License-Identifier: MIT */
/* Maps external TCP port 8080 to this host: open_port [URL of the gateway's description] */
#include <natupnp/natupnp.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    natupnp_static_add_request request = NATUPNP_STATIC_ADD_REQUEST_INIT;
    natupnp_client *client = NULL;
    natupnp_op *op = NULL;
    options.gateway = argc > 1 ? argv[1] : NULL; /* NULL: search for it */
    request.external_port = 8080;
    request.protocol = NATUPNP_PROTOCOL_TCP;

    natupnp_status status = natupnp_client_new(&client, &options);
    if (status == NATUPNP_OK)
        status = natupnp_static_add(&op, client, &request);
    if (status == NATUPNP_OK)
        status = natupnp_op_wait(op);
    if (status == NATUPNP_OK) {
        const char *ip = natupnp_mapping_external_ip(natupnp_op_mapping(op));
        printf("port 8080 of %s leads here\n", ip ? ip : "the gateway");
    } else {
        fprintf(stderr, "%s\n", op ? natupnp_op_detail(op) : natupnp_client_last_detail(client));
    }
    natupnp_op_free(op);
    natupnp_client_free(client);
    return status != NATUPNP_OK;
}
