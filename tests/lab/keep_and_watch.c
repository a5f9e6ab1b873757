/* SPDX-License-Identifier: MIT */
/*
 * Keeps mappings and watches the gateway, for the tests of the laboratory:
 *
 *     keep_and_watch [--gateway URL] [--no-watch] [--log] [COMMAND...]
 *
 * Commands are given as arguments and, one a line, on standard input:
 *
 *     add PORT/PROTOCOL [count=N] [to=PORT] [lease=SECONDS] [any] [keep]
 *     remove PORT/PROTOCOL
 *     kept                    what is kept now, one line each
 *     close                   removes what is kept
 *     leap                    from now on, the clock leaps over the time in which nothing happens
 *     quit
 *
 * Everything that happens is one line of JSON with the monotonic time in milliseconds. The end of
 * the input is a quit.
 */
#include "json_line.h"

#include "face/face.h"

#include <natupnp/natupnp.h>

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct program {
    natupnp_client *client;
    bool quits;
    bool leaps;
    uint64_t leapt_ms; /* over so much time in all */
    int64_t turns;     /* how often it had something to do */
    char line[256];    /* of standard input, as far as it has come */
    size_t length;
} program;

/* What was asked for, kept with its operation. */
typedef struct asked {
    const char *verb;
    natupnp_protocol protocol;
    int port;
} asked;

/* ---- what is said ---- */

static void put_mapping(const natupnp_mapping *mapping)
{
    if (!mapping)
        return;
    json_text("protocol", natupnp_protocol_name(natupnp_mapping_protocol(mapping)));
    json_number("port", natupnp_mapping_external_port(mapping));
    json_text("client", natupnp_mapping_internal_client(mapping));
    json_number("to", natupnp_mapping_internal_port(mapping));
    json_number("lease", natupnp_mapping_lease_s(mapping));
}

static void say(const char *what, const char *name, const char *detail)
{
    json_begin(what, name);
    json_text("detail", detail);
    json_end();
}

static void on_log(void *arg, natupnp_log_level level, const char *message)
{
    (void)arg;
    (void)level;
    say("log", "", message);
}

/* ---- what happens ---- */

static void show_event(const natupnp_event *event)
{
    const natupnp_gateway *gateway = natupnp_event_gateway(event);
    json_begin("event", natupnp_event_kind_name(natupnp_event_what(event)));
    json_text("status", natupnp_status_name(natupnp_event_status(event)));
    json_text("ip", natupnp_event_external_ip(event));
    if (natupnp_event_number_of_entries(event) >= 0)
        json_number("entries", natupnp_event_number_of_entries(event));
    json_text("connection", natupnp_event_connection_status(event));
    json_text("location", natupnp_gateway_location(gateway));
    json_text("udn", natupnp_gateway_udn(gateway));
    put_mapping(natupnp_event_mapping(event));
    json_text("detail", natupnp_event_detail(event));
    json_end();
}

static void show_done(natupnp_op *op)
{
    const asked *what = natupnp_op_user(op);
    bool made = natupnp_op_status(op) == NATUPNP_OK && natupnp_op_mapping(op);
    json_begin("done", what->verb);
    json_text("status", natupnp_status_name(natupnp_op_status(op)));
    if (made) {
        put_mapping(natupnp_op_mapping(op));
    } else if (what->port > 0) {
        json_text("protocol", natupnp_protocol_name(what->protocol));
        json_number("port", what->port);
    }
    json_text("detail", natupnp_op_detail(op));
    json_end();
}

static void drain(program *p)
{
    for (natupnp_event *event; (event = natupnp_client_next_event(p->client));) {
        show_event(event);
        natupnp_event_free(event);
    }
    for (natupnp_op *op; (op = natupnp_client_next_done(p->client));) {
        show_done(op);
        free(natupnp_op_user(op));
        natupnp_op_free(op);
    }
}

/* ---- commands ---- */

static void started(program *p, natupnp_status status, natupnp_op *op, asked what)
{
    asked *kept = status == NATUPNP_OK ? malloc(sizeof *kept) : NULL;
    if (kept) {
        *kept = what;
        natupnp_op_set_user(op, kept);
        return;
    }
    natupnp_op_free(op);
    json_begin("failed", what.verb);
    json_text("status", natupnp_status_name(status));
    json_text("detail", natupnp_client_last_detail(p->client));
    json_end();
}

/* The value of a word such as "lease=10"; NULL when it is another one. */
static const char *value_of(const char *word, const char *name)
{
    size_t length = strlen(name);
    return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

static bool parse_key(const char *word, asked *out)
{
    char *end;
    if (!word)
        return false;
    out->port = (int)strtol(word, &end, 10);
    return *end == '/' && natupnp_protocol_parse(&out->protocol, end + 1) == NATUPNP_OK;
}

/* A wish without a lease is one for the static collection. */
static void add_one(program *p, const natupnp_dynamic_add_request *wish, bool leased, asked what)
{
    natupnp_static_add_request fixed = NATUPNP_STATIC_ADD_REQUEST_INIT;
    natupnp_op *op = NULL;
    fixed.external_port = wish->external_port;
    fixed.protocol = wish->protocol;
    fixed.internal_port = wish->internal_port;
    fixed.any_port = wish->any_port;
    fixed.keep = wish->keep;
    natupnp_status status = leased ? natupnp_dynamic_add(&op, p->client, wish)
                                   : natupnp_static_add(&op, p->client, &fixed);
    started(p, status, op, what);
}

static bool add(program *p, asked what)
{
    natupnp_dynamic_add_request wish = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
    int count = 1;
    for (const char *word, *value; (word = strtok(NULL, " "));) {
        if ((value = value_of(word, "count")))
            count = atoi(value);
        else if ((value = value_of(word, "to")))
            wish.internal_port = atoi(value);
        else if ((value = value_of(word, "lease")))
            wish.lease_s = (uint32_t)atoi(value);
        else if (strcmp(word, "any") == 0)
            wish.any_port = true;
        else if (strcmp(word, "keep") == 0)
            wish.keep = true;
        else
            return false;
    }
    wish.protocol = what.protocol;
    for (; count > 0; count--, what.port++) {
        wish.external_port = what.port;
        add_one(p, &wish, wish.lease_s > 0, what);
    }
    return true;
}

static void show_kept(program *p)
{
    static const char *const states[] = {"", "held", "missing", "refused"};
    natupnp_kept *kept;
    size_t count = natupnp_client_kept_count(p->client);
    for (size_t i = 0; i < count && natupnp_client_kept_at(&kept, p->client, i) == NATUPNP_OK;
         i++) {
        json_begin("kept", states[natupnp_kept_now(kept)]);
        put_mapping(natupnp_kept_mapping(kept));
        json_text("status", natupnp_status_name(natupnp_kept_status(kept)));
        json_number("next", natupnp_kept_next_s(kept));
        json_end();
        natupnp_kept_free(kept);
    }
    json_begin("listed", "kept");
    json_number("count", (int64_t)count);
    json_end();
}

static bool run(program *p, const char *verb)
{
    asked what = {.verb = "close"};
    natupnp_op *op = NULL;
    if (strcmp(verb, "quit") == 0) {
        p->quits = true;
    } else if (strcmp(verb, "kept") == 0) {
        show_kept(p);
    } else if (strcmp(verb, "leap") == 0) {
        p->leaps = true;
    } else if (strcmp(verb, "close") == 0) {
        natupnp_status status = natupnp_client_close(&op, p->client);
        started(p, status, op, what);
    } else if (strcmp(verb, "remove") == 0 && parse_key(strtok(NULL, " "), &what)) {
        what.verb = "remove";
        natupnp_status status = natupnp_static_remove(&op, p->client, what.port, what.protocol);
        started(p, status, op, what);
    } else if (strcmp(verb, "add") == 0 && parse_key(strtok(NULL, " "), &what)) {
        what.verb = "add";
        return add(p, what);
    } else {
        return false;
    }
    return true;
}

static void command(program *p, char *line)
{
    const char *verb = strtok(line, " ");
    if (verb && !run(p, verb))
        say("failed", "command", "it makes no sense");
}

/* Takes what has come on standard input. */
static void read_commands(program *p)
{
    ssize_t got = read(STDIN_FILENO, p->line + p->length, sizeof p->line - 1 - p->length);
    if (got <= 0) {
        p->quits = got == 0 || (errno != EAGAIN && errno != EINTR);
        return;
    }
    p->length += (size_t)got;
    for (char *end; !p->quits && (end = memchr(p->line, '\n', p->length));) {
        size_t taken = (size_t)(end + 1 - p->line);
        *end = '\0';
        command(p, p->line);
        p->length -= taken;
        memmove(p->line, p->line + taken, p->length);
    }
    if (p->length == sizeof p->line - 1)
        p->quits = true; /* such a line is no command */
}

/* ---- the time ---- */

static uint64_t read_clock(void *arg, nat__time time)
{
    nat__clock clock = nat__clock_system();
    return nat__clock_now(&clock, time) + ((const program *)arg)->leapt_ms;
}

/* To the moment when the client has something to do. */
static void leap(program *p)
{
    int left_ms = natupnp_client_timeout_ms(p->client);
    if (left_ms < 0)
        return;
    p->leapt_ms += (uint64_t)left_ms;
    json_begin("clock", "leapt");
    json_number("ms", (int64_t)p->leapt_ms);
    json_number("turns", p->turns);
    json_end();
}

/* ---- the start ---- */

static int fail(const char *problem)
{
    say("failed", "start", problem);
    return 1;
}

int main(int argc, char **argv)
{
    enum { STILL_MS = 20 }; /* what was sent on these virtual wires is answered by then, or never */
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    program p = {.client = NULL};
    bool watches = true;
    int at = 1;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        if (strcmp(argv[at], "--gateway") == 0 && at + 1 < argc)
            options.gateway = argv[++at];
        else if (strcmp(argv[at], "--no-watch") == 0)
            watches = false;
        else if (strcmp(argv[at], "--log") == 0)
            options.on_log = on_log;
        else
            return fail("an unknown option");
    }
    if (nat__client_new(&p.client, &options, (nat__clock){read_clock, &p}) != NATUPNP_OK)
        return fail(natupnp_client_options_problem(&options));
    if (watches && natupnp_client_watch(p.client) != NATUPNP_OK)
        return fail("cannot watch");
    for (; at < argc; at++)
        command(&p, argv[at]);
    while (!p.quits) {
        struct pollfd ready[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                 {.fd = natupnp_client_fd(p.client), .events = POLLIN}};
        int count = poll(ready, 2, p.leaps ? STILL_MS : -1);
        if (count < 0)
            continue;
        if (count == 0)
            leap(&p);
        p.turns++;
        if (ready[1].revents || count == 0)
            natupnp_client_dispatch(p.client);
        if (ready[0].revents)
            read_commands(&p);
        drain(&p);
    }
    natupnp_client_free(p.client);
    return 0;
}
