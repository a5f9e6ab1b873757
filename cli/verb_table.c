/* SPDX-License-Identifier: MIT */
#include "verb_table.h"
#include "near.h"
#include <string.h>

#define PARAGRAPHS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PAIRS(...) ((const struct table_pair[]){__VA_ARGS__, {NULL, NULL}})

const char *const verb_names[VERBS] = {
    [VERB_INFO] = "info",     [VERB_LIST] = "list",   [VERB_ADD] = "add",
    [VERB_REMOVE] = "remove", [VERB_WATCH] = "watch", [VERB_HELP] = "help",
};

const struct verb_row verb_table[VERBS] = {
    [VERB_NONE] =
        {
            .words = "VERB [WORD...]",
            .text = PARAGRAPHS("Open ports on the router, by UPnP."),
            .examples =
                PAIRS({"natupnp add 8080/tcp", "let the Internet reach port 8080 of this host"},
                      {"natupnp list", "see what is mapped"},
                      {"natupnp remove 8080/tcp", "close it again"},
                      {"natupnp add 8080/tcp --keep", "keep it open until Ctrl-C"}),
            .notes = PARAGRAPHS("'natupnp help VERB' shows the options of a verb and more "
                                "examples."),
        },
    [VERB_INFO] =
        {
            .words = "",
            .summary = "show the gateway, its external address and its state",
            .text = PARAGRAPHS(
                "Show the gateway in use: its name and model, its URLs, the external address, the "
                "state of its connection; and the other gateways that answered."),
            .examples = PAIRS({"natupnp info", "the gateway that would be used"},
                              {"natupnp info --all", "wait for every gateway to answer"},
                              {"natupnp info --interface eth0", "only those on one network"},
                              {"natupnp info --json | jq -r .gateway.external_ip", ""}),
            .aliases = "status stat state gateway gateways router discover search find scan query "
                       "ip address external-ip show-ip whoami",
        },
    [VERB_LIST] =
        {
            .words = "",
            .summary = "show every port mapping it has",
            .text = PARAGRAPHS(
                "Show every port mapping of the gateway, also those that others made, those with a "
                "lease and those for one remote host. The lease is what is left of it; one that "
                "the gateway shows as permanent has no end."),
            .examples =
                PAIRS({"natupnp list", ""},
                      {"natupnp list --json | jq '.mappings[] | select(.protocol == \"UDP\")'", ""},
                      {"natupnp list --json | jq '.mappings[] | select(.lease_s > 0)'", ""}),
            .aliases = "ls ll dir l show get mappings mapping ports table dump print",
        },
    [VERB_ADD] =
        {
            .words = "PORT/PROTO...",
            .summary = "map a port, or a range of ports, to this host or another",
            .text = PARAGRAPHS(
                "Map external ports of the gateway to this host or another. A mapping that leads "
                "there already is renewed; one that leads to another host is never replaced.",
                "PORT/PROTO is such as 8080/tcp, or a range such as 8000-8010/tcp. Several may be "
                "given; the internal ports of a range run along from the one in --to."),
            .examples = PAIRS(
                {"natupnp add 8080/tcp", "as long as the gateway allows"},
                {"natupnp add 80/tcp 443/tcp --description 'web server'", ""},
                {"natupnp add 2222/tcp --to 192.168.1.20:22", "to another host and port"},
                {"natupnp add 8000-8010/udp --to nas:9000", "8000 to 9000, and so on"},
                {"natupnp add 8080/tcp --any", "8080, or a free one"},
                {"natupnp add 0/tcp --any --to :8080", "any free port to port 8080"},
                {"natupnp add 22/tcp --lease 2h", "for two hours"},
                {"natupnp add 22/tcp --remote-host 198.51.100.7", "for one host of the Internet"},
                {"natupnp add 80/tcp 443/tcp --keep", "until Ctrl-C, come what may"}),
            .notes = PARAGRAPHS(
                "Without --lease no end is asked for, but many gateways end the mapping after a "
                "week, and most when they restart: 'natupnp list' shows what is left, and --keep "
                "sees to it that it stays.",
                "With --keep, what happens to the mappings is told on standard error, or with "
                "--json on standard output, one line each. SIGINT (Ctrl-C), SIGTERM and SIGHUP "
                "remove them and end it; a second signal ends it at once."),
            .aliases = "map open forward fwd create new make set put insert expose allow enable "
                       "redirect portmap a",
            .takes_ports = true,
        },
    [VERB_REMOVE] =
        {
            .words = "PORT/PROTO...",
            .summary = "remove mappings",
            .text = PARAGRAPHS("Remove mappings by their external port and protocol."),
            .examples = PAIRS({"natupnp remove 8080/tcp", ""},
                              {"natupnp remove 80/tcp 443/tcp 8000-8010/udp", ""},
                              {"natupnp remove 22/tcp --remote-host 198.51.100.7", ""}),
            .notes = PARAGRAPHS("A port that is not mapped is said so, and the exit code is 1."),
            .aliases = "rm del delete unmap close drop clear unset disable erase deny block d",
            .takes_ports = true,
        },
    [VERB_WATCH] =
        {
            .words = "",
            .summary = "tell what changes: the external address, the number of mappings",
            .text = PARAGRAPHS(
                "Tell what happens to the gateway, one line each: what is so now, and then what "
                "changes. Ends on Ctrl-C, or when nobody reads any more."),
            .examples = PAIRS(
                {"natupnp watch", ""}, {"natupnp watch --count 1", "wait until there is a gateway"},
                {"natupnp watch --json | jq --unbuffered -r '.external_ip // empty'", ""}),
            .notes = PARAGRAPHS(
                "Events: gateway-found, gateway-lost, external-ip, connection-status, "
                "number-of-entries. A gateway that sends no events is asked once a minute; it does "
                "not tell the number of its entries then."),
            .aliases = "monitor follow events event listen tail log wait subscribe",
        },
    [VERB_HELP] =
        {
            .words = "[VERB]",
            .summary = "show how a verb is used",
            .text = PARAGRAPHS("Show how the command is used, or one of its verbs."),
            .examples = PAIRS({"natupnp help", ""}, {"natupnp help add", ""}),
            .aliases = "man usage ?",
        },
};

const struct table_pair exit_code_table[] = {
    {"0", "done"},
    {"1", "the gateway refused, or there is no such mapping"},
    {"2", "wrong usage: nothing was sent"},
    {"3", "no gateway"},
    {"4", "network, timeout or unreadable reply"},
    {"5", "internal: memory, the system, or the output could not be written"},
    {"130, 143, 129", "interrupted by SIGINT (Ctrl-C), SIGTERM or SIGHUP"},
    {NULL, NULL},
};

const struct table_pair environment_table[] = {
    {"NATUPNP_GATEWAY", "default of --gateway"},
    {"NATUPNP_INTERFACE", "default of --interface"},
    {"NO_COLOR", "no colour on a terminal, when it is not empty"},
    {"TERM", "when it is 'dumb': no colour, and no line that shows what is waited for"},
    {"XDG_CACHE_HOME", "where the last gateway's URL is kept, in natupnp/ (default: ~/.cache)"},
    {NULL, NULL},
};

enum verb verb_find(const char *name)
{
    for (enum verb verb = VERB_INFO; verb < VERBS; verb++) {
        if (strcmp(verb_names[verb], name) == 0) {
            return verb;
        }
    }
    return VERB_NONE;
}

/** The verb that begins so, when only one does; else VERB_NONE. */
static enum verb verb_beginning(const char *word)
{
    enum verb found = VERB_NONE;
    for (enum verb verb = VERB_INFO; verb < VERBS; verb++) {
        if (word[0] != '\0' && strncmp(verb_names[verb], word, strlen(word)) == 0) {
            found = found == VERB_NONE ? verb : VERBS;
        }
    }
    return found == VERBS ? VERB_NONE : found;
}

static enum verb verb_near(const char *word)
{
    enum verb best = VERB_NONE;
    unsigned least = NEAR_FAR;
    for (enum verb verb = VERB_INFO; verb < VERBS; verb++) {
        unsigned far = near_distance(word, strlen(word), verb_names[verb]);
        if (far < least) {
            least = far;
            best = verb;
        }
    }
    return best;
}

const char *verb_meant(const char *word)
{
    static const char *const commands[VERBS] = {
        [VERB_INFO] = "natupnp info",   [VERB_LIST] = "natupnp list",
        [VERB_ADD] = "natupnp add",     [VERB_REMOVE] = "natupnp remove",
        [VERB_WATCH] = "natupnp watch", [VERB_HELP] = "natupnp help",
    };
    if (near_listed("keep hold renew stay", word)) {
        return "natupnp add PORT/PROTO --keep";
    }
    if (near_listed("version ver", word)) {
        return "natupnp --version";
    }
    for (enum verb verb = VERB_INFO; verb < VERBS; verb++) {
        if (near_listed(verb_table[verb].aliases, word)) {
            return commands[verb];
        }
    }
    enum verb begun = verb_beginning(word);
    return commands[begun != VERB_NONE ? begun : verb_near(word)];
}
