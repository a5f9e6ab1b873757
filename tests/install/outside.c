/* SPDX-License-Identifier: MIT */
/* A program of somebody else's: asks the gateway at the given URL for its name. */
#include <natupnp/natupnp.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    natupnp_client *client = NULL;
    natupnp_op *op = NULL;
    options.gateway = argc > 1 ? argv[1] : NULL;
    natupnp_status status = natupnp_client_new(&client, &options);
    if (status == NATUPNP_OK)
        status = natupnp_gateway_discover(&op, client);
    if (status == NATUPNP_OK)
        status = natupnp_op_wait(op);
    if (status == NATUPNP_OK)
        printf("%s\n", natupnp_gateway_name(natupnp_op_gateway(op)));
    else
        fprintf(stderr, "%s\n", op ? natupnp_op_detail(op) : natupnp_status_text(status));
    natupnp_op_free(op);
    natupnp_client_free(client);
    return status != NATUPNP_OK;
}
