/* SPDX-License-Identifier: MIT */
/* natupnp-gateway: a simulated Internet Gateway Device. The loop that drives all parts. */
#include "console.h"
#include "control.h"
#include "description.h"
#include "gateway.h"
#include "gena.h"
#include "options.h"
#include "server.h"
#include "ssdp.h"
#include "watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

struct parts {
    struct gateway *gateway;
    struct server *server;
    struct ssdp *ssdp;
    struct control *control;
    int signals;
};

int64_t clock_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t gateway_now_ms(const struct gateway *gateway)
{
    return clock_ms() + gateway->advanced_ms;
}

int64_t gateway_uptime_s(const struct gateway *gateway)
{
    return (gateway_now_ms(gateway) - gateway->started_ms) / 1000;
}

static int catch_signals(void)
{
    struct sigaction interrupt;
    sigset_t set;

    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    if (sigaction(SIGINT, NULL, &interrupt) == 0 && interrupt.sa_handler != SIG_IGN)
        sigaddset(&set, SIGINT);
    if (sigprocmask(SIG_BLOCK, &set, NULL) < 0)
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void gateway_init(struct gateway *gateway)
{
    settings_init(&gateway->settings);
    log_init(&gateway->log);
    gateway->started_ms = clock_ms();
    gateway->boot_id = (int)(time(NULL) & INT32_MAX);
}

/* Two simulators at a time have two names; one at the same place always has the same. */
static void gateway_name(struct gateway *gateway)
{
    struct in_addr address;

    inet_pton(AF_INET, gateway->settings.listen, &address);
    snprintf(gateway->uuid, sizeof gateway->uuid, "6e617475-706e-4700-8000-%08x%03x",
             (unsigned)ntohl(address.s_addr), gateway->http_port & 0xfffu);
}

static bool parts_start(struct parts *parts)
{
    struct gateway *gateway = parts->gateway;

    gateway->gena = gena_start(gateway);
    parts->signals = catch_signals();
    parts->server = server_start(gateway);
    if (!parts->server) {
        fprintf(stderr, "natupnp-gateway: %s port %d: %s\n", gateway->settings.listen,
                gateway->settings.port, strerror(errno));
        return false;
    }
    gateway_name(gateway);
    parts->ssdp = ssdp_start(gateway);
    if (!parts->ssdp) {
        fprintf(stderr, "natupnp-gateway: searches at %s port %d: %s\n", gateway->settings.listen,
                gateway->settings.ssdp_port, strerror(errno));
        return false;
    }
    parts->control = control_start(gateway, parts->ssdp);
    if (!parts->control)
        fprintf(stderr, "natupnp-gateway: control interface: %s\n", strerror(errno));
    return parts->control && parts->signals >= 0;
}

static void parts_stop(struct parts *parts)
{
    if (parts->control)
        control_stop(parts->control);
    if (parts->ssdp)
        ssdp_stop(parts->ssdp);
    if (parts->server)
        server_stop(parts->server);
    gena_stop(parts->gateway->gena); /* the server's connections knew it */
    if (parts->signals >= 0)
        close(parts->signals);
}

static void announce(const struct gateway *gateway)
{
    enum service offered[2];
    size_t count = description_connections(gateway, offered);
    enum service service =
        count < 2 || service_active(gateway, offered[0]) ? offered[0] : offered[1];
    struct text location = {0};

    description_location(&location, gateway);
    json_t *line =
        json_pack("{s:s, s:o, s:i, s:i, s:o, s:i, s:i}", "location", location.data, "control_url",
                  json_sprintf("http://%s:%u%s", gateway->settings.listen, gateway->http_port,
                               description_control_path(service)),
                  "http_port", gateway->http_port, "ssdp_port", gateway->ssdp_port, "control",
                  json_sprintf("http://127.0.0.1:%u", gateway->control_port), "control_port",
                  gateway->control_port, "pid", (int)getpid());
    char *out = log_json(line, JSON_COMPACT);
    json_decref(line);
    puts(out);
    free(out);
    fflush(stdout);
    text_free(&location);
}

static void serve(struct parts *parts)
{
    const struct settings *settings = &parts->gateway->settings;
    struct console console = {parts->gateway, parts->ssdp, settings->control_stdin, {0}};
    int input_fd = settings->exit_with_stdin || settings->control_stdin ? STDIN_FILENO : -1;
    struct watch watch = {0};

    for (;;) {
        gena_run(parts->gateway->gena);
        watch.count = 0;
        size_t signals = watch_add(&watch, parts->signals, POLLIN);
        size_t input = watch_add(&watch, input_fd, POLLIN);
        control_watch(parts->control, &watch);
        ssdp_watch(parts->ssdp, &watch);
        server_watch(parts->server, &watch);
        gena_watch(parts->gateway->gena, &watch);
        int timeout = watch_shorter(server_timeout_ms(parts->server), ssdp_timeout_ms(parts->ssdp));
        timeout = watch_shorter(timeout, control_timeout_ms(parts->control));
        timeout = watch_shorter(timeout, gena_timeout_ms(parts->gateway->gena));
        if (poll(watch.fds, watch.count, timeout) < 0 && errno != EINTR)
            break;
        if (watch.fds[signals].revents || (watch.fds[input].revents && !console_run(&console)))
            break;
        server_run(parts->server, &watch);
        ssdp_run(parts->ssdp);
        control_run(parts->control);
    }
    console_free(&console);
    watch_free(&watch);
}

int main(int argc, char **argv)
{
    static struct gateway gateway;
    struct parts parts = {.gateway = &gateway, .signals = -1};

    gateway_init(&gateway);
    options_parse(&gateway, argc, argv);
    table_fill(&gateway.table, gateway.settings.mappings,
               gateway.settings.igd >= 2 ? LEASE_WEEK_S : 0, gateway_now_ms(&gateway));
    bool started = parts_start(&parts);
    if (started) {
        announce(&gateway);
        serve(&parts);
    }
    parts_stop(&parts);
    table_clear(&gateway.table);
    log_free(&gateway.log);
    return started ? 0 : 1;
}
