/* SPDX-License-Identifier: MIT */
#include "options_help.h"

const struct argp_option help_global_options[] = {
    {NULL, 0, NULL, 0, "Options of every verb:", 10},
    {"json", OPTION_JSON, NULL, 0,
     "Write one JSON object to standard output; with --keep and 'watch', one a line", 0},
    {"gateway", OPTION_GATEWAY, "URL", 0,
     "Use the gateway whose description is at this http URL, instead of searching "
     "(default: $NATUPNP_GATEWAY)",
     0},
    {"interface", OPTION_INTERFACE, "NAME", 0,
     "Search on this network interface only (default: $NATUPNP_INTERFACE, else all)", 0},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0,
     "What each operation may take, the search included (default 10; 0.5 is allowed)", 0},
    {"trace", OPTION_TRACE, "FILE", 0,
     "Write everything sent and received to FILE; - for standard error", 0},
    {"no-cache", OPTION_NO_CACHE, NULL, 0, "Neither read nor keep the last gateway's URL", 0},
    {"verbose", 'v', NULL, 0, "Say on standard error what happens; -vv says more", 0},
    {"help", 'h', NULL, 0, "Show this help", -1},
    {"version", 'V', NULL, 0, "Show the version", -1},
    {0},
};

static const struct argp_option info_options[] = {
    {"all", OPTION_ALL, NULL, 0,
     "Search for the whole 3 seconds, to see every gateway that answers", 0},
    {0},
};

static const struct argp_option add_options[] = {
    {"to", OPTION_TO, "HOST[:PORT]", 0,
     "Where the mapping leads (default: this host, and the same port); :PORT for another port "
     "of this host",
     0},
    {"description", OPTION_DESCRIPTION, "TEXT", 0,
     "What the gateway's pages show for it: at most 63 bytes (default: natupnp)", 0},
    {"any", OPTION_ANY, NULL, 0,
     "The external port is only a wish: take any free one when it is in use", 0},
    {"lease", OPTION_LEASE, "DURATION", 0,
     "The gateway removes the mapping after that time, unless it is added again: seconds, or such "
     "as 15m, 2h or 7d (default: it stays until it is removed)",
     0},
    {"remote-host", OPTION_REMOTE_HOST, "HOST", 0,
     "Only this host may use the mapping (default: any); the lease is 1h then, if not said", 0},
    {"keep", OPTION_KEEP, NULL, 0,
     "Stay, and see to it that the mapping stays: renew it, make it again when the gateway loses "
     "it, follow this host's address; remove it on Ctrl-C. The lease is 1h, if not said",
     0},
    {0},
};

static const struct argp_option remove_options[] = {
    {"remote-host", OPTION_REMOTE_HOST, "HOST", 0,
     "The mapping that only this host may use (default: the one for any)", 0},
    {0},
};

static const struct argp_option watch_options[] = {
    {"count", OPTION_COUNT, "N", 0, "End after N events (default: at Ctrl-C)", 0},
    {0},
};

const struct verb_help help_verbs[VERBS] = {
    [VERB_NONE] =
        {
            .name = NULL,
            .full_name = "natupnp",
            .hint = "natupnp --help",
            .options = NULL,
            .arguments = "VERB [ARGUMENT...]",
            .text =
                "Open ports on the router, by UPnP."
                "\v"
                "Verbs:\n"
                "  info     show the gateway, its external address and its state\n"
                "  list     show every port mapping it has\n"
                "  add      map a port, or a range of ports, to this host or another\n"
                "  remove   remove mappings\n"
                "  watch    tell what changes: the external address, the number of mappings\n"
                "\n"
                "Examples:\n"
                "  natupnp add 8080/tcp         let the Internet reach port 8080 of this host\n"
                "  natupnp list                 see what is mapped\n"
                "  natupnp remove 8080/tcp      close it again\n"
                "  natupnp add 8080/tcp --keep  keep it open until Ctrl-C\n"
                "\n"
                "'natupnp VERB --help' shows the options of a verb and more examples.\n"
                "\n"
                "Exit codes: 0 done; 1 the gateway refused, or there is no such mapping; "
                "2 wrong usage; 3 no gateway; 4 network, timeout or unreadable reply; 5 internal.",
        },
    [VERB_INFO] =
        {
            .name = "info",
            .full_name = "natupnp info",
            .hint = "natupnp info --help",
            .options = info_options,
            .arguments = "",
            .text = "Show the gateway in use: its name and model, its URLs, the external address, "
                    "the state of its connection; and the other gateways that answered."
                    "\v"
                    "Examples:\n"
                    "  natupnp info                    the gateway that would be used\n"
                    "  natupnp info --all              wait for every gateway to answer\n"
                    "  natupnp info --interface eth0   only those on one network\n"
                    "  natupnp info --json | jq -r .gateway.external_ip\n",
        },
    [VERB_LIST] =
        {
            .name = "list",
            .full_name = "natupnp list",
            .hint = "natupnp list --help",
            .options = NULL,
            .arguments = "",
            .text =
                "Show every port mapping of the gateway, also those that others made, those with "
                "a lease and those for one remote host."
                "\v"
                "Examples:\n"
                "  natupnp list\n"
                "  natupnp list --json | jq '.mappings[] | select(.protocol == \"UDP\")'\n"
                "  natupnp list --json | jq '.mappings[] | select(.lease_s > 0)'\n",
        },
    [VERB_ADD] =
        {
            .name = "add",
            .full_name = "natupnp add",
            .hint = "natupnp add --help",
            .options = add_options,
            .arguments = "PORT/PROTO...",
            .text =
                "Map external ports of the gateway to this host or another. A mapping that leads "
                "there already is renewed; one that leads to another host is never replaced."
                "\v"
                "PORT/PROTO is such as 8080/tcp, or a range such as 8000-8010/tcp. Several may be "
                "given; the internal ports of a range run along from the one in --to.\n"
                "\n"
                "Examples:\n"
                "  natupnp add 8080/tcp\n"
                "  natupnp add 80/tcp 443/tcp --description 'web server'\n"
                "  natupnp add 2222/tcp --to 192.168.1.20:22\n"
                "  natupnp add 8000-8010/udp --to nas:9000     8000 to 9000, ..., 8010 to 9010\n"
                "  natupnp add 8080/tcp --any                  8080, or a free one\n"
                "  natupnp add 0/tcp --any --to :8080          any free port to port 8080\n"
                "  natupnp add 22/tcp --lease 2h               for two hours\n"
                "  natupnp add 22/tcp --remote-host 198.51.100.7   for one host of the Internet\n"
                "  natupnp add 80/tcp 443/tcp --keep           until Ctrl-C, whatever happens\n"
                "\n"
                "With --keep, what happens to the mappings is told on standard error, or with "
                "--json on standard output, one line each. SIGINT, SIGTERM and SIGHUP remove them "
                "and end it; a second signal ends it at once.\n",
            .takes_ports = true,
        },
    [VERB_REMOVE] =
        {
            .name = "remove",
            .full_name = "natupnp remove",
            .hint = "natupnp remove --help",
            .options = remove_options,
            .arguments = "PORT/PROTO...",
            .text = "Remove mappings by their external port and protocol."
                    "\v"
                    "Examples:\n"
                    "  natupnp remove 8080/tcp\n"
                    "  natupnp remove 80/tcp 443/tcp 8000-8010/udp\n"
                    "  natupnp remove 22/tcp --remote-host 198.51.100.7\n"
                    "\n"
                    "A port that is not mapped is said so, and the exit code is 1.\n",
            .takes_ports = true,
        },
    [VERB_WATCH] =
        {
            .name = "watch",
            .full_name = "natupnp watch",
            .hint = "natupnp watch --help",
            .options = watch_options,
            .arguments = "",
            .text =
                "Tell what happens to the gateway, one line each: what is so now, and then what "
                "changes. Ends on Ctrl-C, or when nobody reads any more."
                "\v"
                "Examples:\n"
                "  natupnp watch\n"
                "  natupnp watch --count 1         wait until there is a gateway\n"
                "  natupnp watch --json | jq --unbuffered -r '.external_ip // empty'\n"
                "\n"
                "Events: gateway-found, gateway-lost, external-ip, connection-status, "
                "number-of-entries. A gateway that sends no events is asked once a minute; "
                "it does not tell the number of its entries then.\n",
        },
};

void help_short(FILE *stream)
{
    fputs("Usage: natupnp VERB [ARGUMENT...] [OPTION...]\n"
          "\n"
          "  natupnp info                 show the gateway and the external address\n"
          "  natupnp list                 show the port mappings\n"
          "  natupnp add 8080/tcp         map a port to this host\n"
          "  natupnp remove 8080/tcp      remove a mapping\n"
          "  natupnp watch                tell what changes\n"
          "\n"
          "'natupnp --help' and 'natupnp VERB --help' say more.\n",
          stream);
}
