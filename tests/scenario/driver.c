/* SPDX-License-Identifier: MIT */
/*
 * Does the steps of a scenario with the C interface: a line of standard input
 * each, answered by a line of standard output. README.md has the language.
 */
#include <inttypes.h>
#include <math.h>
#include <natupnp/natupnp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 12 };

static natupnp_client *client;
static natupnp_mapping *mapping; /* of the last step that gave one */

/* ---- a step ---- */

static struct {
    char *key, *value;
} fields[FIELDS_MAX];

static void decode(char *text)
{
    char *to = text;
    for (; *text; text++) {
        unsigned byte = 0;
        if (sscanf(text, "%%%2x", &byte) == 1)
            text += 2;
        *to++ = byte ? (char)byte : *text;
    }
    *to = '\0';
}

/* Cuts a line into its verb, which is returned, and its fields. */
static const char *parse(char *line)
{
    const char *verb = strtok(line, " \n");
    memset(fields, 0, sizeof fields);
    char *word = strtok(NULL, " \n");
    for (size_t i = 0; word && i < FIELDS_MAX; i++, word = strtok(NULL, " \n")) {
        char *equals = strchr(word, '=');
        if (!equals)
            continue;
        *equals = '\0';
        fields[i].key = word;
        fields[i].value = equals + 1;
        decode(equals + 1);
    }
    return verb;
}

static const char *text_of(const char *key)
{
    for (size_t i = 0; i < FIELDS_MAX && fields[i].key; i++)
        if (strcmp(fields[i].key, key) == 0)
            return fields[i].value;
    return NULL;
}

static int32_t number_of(const char *key)
{
    const char *text = text_of(key);
    return text ? (int32_t)strtol(text, NULL, 10) : 0;
}

static uint32_t milliseconds_of(const char *key)
{
    const char *text = text_of(key);
    return text ? (uint32_t)ceil(strtod(text, NULL) * 1000) : 0;
}

static bool is(const char *key, const char *value)
{
    const char *text = text_of(key);
    return text && strcmp(text, value) == 0;
}

static natupnp_protocol protocol_of(void)
{
    natupnp_protocol protocol = (natupnp_protocol)0;
    natupnp_protocol_parse(&protocol, text_of("protocol"));
    return protocol;
}

/* ---- a result ---- */

static void put_text(const char *key, const char *value)
{
    if (!value)
        return; /* unknown */
    printf(" %s=", key);
    for (; *value; value++) {
        unsigned char byte = (unsigned char)*value;
        if (byte <= ' ' || byte >= 0x7f || byte == '%')
            printf("%%%02X", byte);
        else
            putchar(byte);
    }
}

static void put_number(const char *key, int64_t value)
{
    printf(" %s=%" PRId64, key, value);
}

static void put_mapping(const natupnp_mapping *m)
{
    const char *remote_host = natupnp_mapping_remote_host(m);
    put_text("external_ip", natupnp_mapping_external_ip(m));
    put_number("external_port", natupnp_mapping_external_port(m));
    put_text("protocol", natupnp_protocol_name(natupnp_mapping_protocol(m)));
    put_text("internal_client", natupnp_mapping_internal_client(m));
    put_number("internal_port", natupnp_mapping_internal_port(m));
    put_text("enabled", natupnp_mapping_enabled(m) ? "true" : "false");
    put_text("description", natupnp_mapping_description(m));
    put_text("remote_host", *remote_host ? remote_host : NULL);
    put_number("lease_h", ((int64_t)natupnp_mapping_lease_s(m) + 3599) / 3600);
}

static void put_gateway(const natupnp_gateway *g)
{
    put_text("name", natupnp_gateway_name(g));
    put_text("location", natupnp_gateway_location(g));
    put_text("service_type", natupnp_gateway_service_type(g));
    put_text("local_address", natupnp_gateway_local_address(g));
    put_text("interface", natupnp_gateway_interface(g));
    put_text("chosen", natupnp_gateway_chosen(g) ? "true" : "false");
}

static void put_details(const natupnp_gateway *g)
{
    int64_t uptime_s = natupnp_gateway_uptime_s(g);
    put_text("manufacturer", natupnp_gateway_manufacturer(g));
    put_text("model_name", natupnp_gateway_model_name(g));
    put_text("model_number", natupnp_gateway_model_number(g));
    put_text("udn", natupnp_gateway_udn(g));
    put_text("control_url", natupnp_gateway_control_url(g));
    put_text("presentation_url", natupnp_gateway_presentation_url(g));
    put_text("external_ip", natupnp_gateway_external_ip(g));
    put_text("connection_status", natupnp_gateway_connection_status(g));
    put_text("last_connection_error", natupnp_gateway_last_connection_error(g));
    if (uptime_s >= 0)
        put_number("uptime_h", uptime_s / 3600);
}

static void put_error(natupnp_status status, int fault, int32_t hresult, bool maybe_applied,
                      const natupnp_mapping *holder, const char *detail)
{
    printf("%s fault=%d hresult=0x%08" PRIX32 " maybe_applied=%s", natupnp_status_name(status),
           fault, (uint32_t)hresult, maybe_applied ? "true" : "false");
    if (holder)
        put_mapping(holder);
    printf(" : %s\n", detail);
}

static void put_refusal(void)
{
    put_error(natupnp_client_last_status(client), 0, natupnp_client_last_hresult(client), false,
              NULL, natupnp_client_last_detail(client));
}

static void put_failure(const natupnp_op *op)
{
    put_error(natupnp_op_status(op), natupnp_op_fault(op), natupnp_op_hresult(op),
              natupnp_op_maybe_applied(op), natupnp_op_mapping(op), natupnp_op_detail(op));
}

/* ---- the verbs ---- */

static void do_client(void)
{
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    natupnp_client *made = NULL;
    options.gateway = text_of("gateway");
    options.interface = text_of("interface");
    options.timeout_ms = milliseconds_of("timeout");
    options.budget_ms = milliseconds_of("budget");
    options.trust_host = text_of("trust_host");
    options.cache_dir = text_of("cache");
    natupnp_status status = natupnp_client_new(&made, &options);
    if (status != NATUPNP_OK) {
        put_error(status, 0, natupnp_status_hresult(status), false, NULL,
                  natupnp_client_options_problem(&options));
        return;
    }
    natupnp_client_free(client);
    client = made;
    puts("OK");
}

static void do_set_timeout(void)
{
    if (natupnp_client_set_timeout_ms(client, milliseconds_of("timeout")) == NATUPNP_OK)
        puts("OK");
    else
        put_refusal();
}

static natupnp_status start_add(natupnp_op **op)
{
    natupnp_static_add_request request = NATUPNP_STATIC_ADD_REQUEST_INIT;
    request.external_port = number_of("external_port");
    request.protocol = protocol_of();
    request.internal_port = number_of("internal_port");
    request.internal_client = text_of("internal_client");
    request.description = text_of("description");
    request.disabled = is("enabled", "false");
    request.any_port = is("any_port", "true");
    return natupnp_static_add(op, client, &request);
}

static natupnp_status start_edit(natupnp_op **op, natupnp_switch enabled)
{
    natupnp_edit_request request = NATUPNP_EDIT_REQUEST_INIT;
    request.internal_client = text_of("internal_client");
    request.internal_port = number_of("internal_port");
    request.description = text_of("description");
    request.enabled = is("enabled", "true")    ? NATUPNP_SWITCH_ON
                      : is("enabled", "false") ? NATUPNP_SWITCH_OFF
                                               : enabled;
    return natupnp_static_edit(op, client, mapping, &request);
}

static natupnp_status start(natupnp_op **op, const char *verb)
{
    int32_t port = number_of("external_port");
    if (strcmp(verb, "discover") == 0)
        return natupnp_gateway_discover(op, client);
    if (strcmp(verb, "gateways") == 0)
        return natupnp_gateway_list(op, client);
    if (strcmp(verb, "gateway") == 0 || strcmp(verb, "external_ip") == 0)
        return natupnp_gateway_query(op, client);
    if (strcmp(verb, "list") == 0)
        return natupnp_static_list(op, client);
    if (strcmp(verb, "count") == 0)
        return natupnp_static_count(op, client);
    if (strcmp(verb, "get") == 0)
        return natupnp_static_get(op, client, port, protocol_of());
    if (strcmp(verb, "remove") == 0)
        return natupnp_static_remove(op, client, port, protocol_of());
    if (strcmp(verb, "take_back") == 0)
        return natupnp_static_remove(op, client, natupnp_mapping_external_port(mapping),
                                     natupnp_mapping_protocol(mapping));
    if (strcmp(verb, "add") == 0)
        return start_add(op);
    if (strcmp(verb, "edit") == 0)
        return start_edit(op, NATUPNP_SWITCH_KEEP);
    if (strcmp(verb, "enable") == 0)
        return start_edit(op, NATUPNP_SWITCH_ON);
    if (strcmp(verb, "disable") == 0)
        return start_edit(op, NATUPNP_SWITCH_OFF);
    fprintf(stderr, "%s: no such verb\n", verb);
    exit(1);
}

static void put_result(const char *verb, const natupnp_op *op)
{
    const natupnp_gateway *gateway = natupnp_op_gateway(op);
    fputs("OK", stdout);
    if (strcmp(verb, "discover") == 0 || strcmp(verb, "gateway") == 0)
        put_gateway(gateway);
    if (strcmp(verb, "gateway") == 0)
        put_details(gateway);
    if (strcmp(verb, "gateways") == 0)
        for (size_t i = 0; i < natupnp_op_gateway_count(op); i++)
            put_gateway(natupnp_op_gateway_at(op, i));
    if (strcmp(verb, "external_ip") == 0)
        put_text("external_ip", natupnp_gateway_external_ip(gateway));
    if (strcmp(verb, "list") == 0 || strcmp(verb, "count") == 0)
        put_number("count", (int64_t)natupnp_op_mapping_count(op));
    if (strcmp(verb, "list") == 0)
        for (size_t i = 0; i < natupnp_op_mapping_count(op); i++) {
            fputs(" |", stdout);
            put_mapping(natupnp_op_mapping_at(op, i));
        }
    if (natupnp_op_mapping(op)) {
        put_mapping(natupnp_op_mapping(op));
        natupnp_mapping_free(mapping);
        natupnp_mapping_dup(&mapping, natupnp_op_mapping(op));
    }
    putchar('\n');
}

int main(void)
{
    char line[4096];
    setvbuf(stdout, NULL, _IOLBF, 0);
    while (fgets(line, sizeof line, stdin)) {
        natupnp_op *op = NULL;
        const char *verb = parse(line);
        if (strcmp(verb, "client") == 0) {
            do_client();
        } else if (strcmp(verb, "set_timeout") == 0) {
            do_set_timeout();
        } else {
            if (start(&op, verb) != NATUPNP_OK)
                put_refusal();
            else if (natupnp_op_wait(op) == NATUPNP_OK)
                put_result(verb, op);
            else
                put_failure(op);
            natupnp_op_free(op);
        }
    }
    natupnp_mapping_free(mapping);
    natupnp_client_free(client);
    return 0;
}
