/* SPDX-License-Identifier: MIT */
/* How long a blocking add takes in C, in microseconds, one a line: bench_add LOCATION COUNT */
#include <natupnp/natupnp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static natupnp_status add(natupnp_client *client, int32_t port)
{
    natupnp_static_add_request request = NATUPNP_STATIC_ADD_REQUEST_INIT;
    natupnp_op *op = NULL;
    request.external_port = port;
    request.protocol = NATUPNP_PROTOCOL_TCP;
    natupnp_status status = natupnp_static_add(&op, client, &request);
    if (status == NATUPNP_OK)
        status = natupnp_op_wait(op);
    if (status != NATUPNP_OK)
        fprintf(stderr, "%s\n", op ? natupnp_op_detail(op) : natupnp_client_last_detail(client));
    natupnp_op_free(op);
    return status;
}

int main(int argc, char **argv)
{
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    natupnp_client *client = NULL;
    if (argc != 3)
        return 2;
    options.gateway = argv[1];
    int32_t count = (int32_t)strtol(argv[2], NULL, 10);
    /* The first one finds the gateway and connects. */
    natupnp_status status = natupnp_client_new(&client, &options);
    if (status == NATUPNP_OK)
        status = add(client, 20000);
    for (int32_t n = 0; n < count && status == NATUPNP_OK; n++) {
        double start = now_us();
        status = add(client, 20000 + n);
        printf("%.1f\n", now_us() - start);
    }
    natupnp_client_free(client);
    return status != NATUPNP_OK;
}
