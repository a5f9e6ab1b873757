/* SPDX-License-Identifier: MIT */
/*
 * What a reply may cost: at most 4 MiB over idle, whatever it is. Each case has
 * a process of its own, and what it is answered comes from another. The figure
 * is the kernel's: sanitizers and valgrind keep memory of their own, so that
 * it says nothing with them.
 */
#include "odd_server.h"
#include "scene.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_KIB = 4096, SKIPPED = 77, TIMEOUT_MS = 60000 };

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||                         \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* ---- what the server says ---- */

static const char envelope[] =
    "<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\">"
    "<s:Body>";
static const char envelope_end[] = "</s:Body></s:Envelope>";

static void write_bytes(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, bytes, length);
        if (done <= 0)
            return;
        bytes += done;
        length -= (size_t)done;
    }
}

/* Whether the client is still there. */
static bool write_again(int fd, const char *bytes, size_t length)
{
    return write(fd, bytes, length) == (ssize_t)length;
}

static void send_body(int fd, const char *body, size_t length)
{
    char head[128];
    int size =
        snprintf(head, sizeof head,
                 "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", length);
    write_bytes(fd, head, (size_t)size);
    write_bytes(fd, body, length);
}

/* A body that is written like a file, and sent. */
typedef struct body {
    char *at;
    size_t length;
    FILE *file;
} body;

static FILE *open_body(body *b)
{
    b->file = open_memstream(&b->at, &b->length);
    if (!b->file)
        _exit(1);
    return b->file;
}

static void close_body(body *b, int fd)
{
    fclose(b->file);
    send_body(fd, b->at, b->length);
    free(b->at);
}

static void repeat(FILE *out, const char *text, size_t times)
{
    while (times-- > 0)
        fputs(text, out);
}

/* The action that a request names, as far as a quote. */
static void action_of(const char *request, char action[64])
{
    const char *header = strstr(request, "SOAPAction:"),
               *hash = header ? strchr(header, '#') : NULL;
    action[0] = '\0';
    if (hash)
        snprintf(action, 64, "%.*s", (int)strcspn(hash + 1, "\""), hash + 1);
}

static int number_of(const char *request, const char *argument)
{
    const char *at = strstr(request, argument);
    return at ? atoi(at + strlen(argument) + 1) : 0;
}

static void say(int fd, const char *action, const char *arguments)
{
    body b;
    FILE *out = open_body(&b);
    fprintf(out, "%s<u:%sResponse xmlns:u=\"u\">%s</u:%sResponse>%s", envelope, action, arguments,
            action, envelope_end);
    close_body(&b, fd);
}

static void say_fault(int fd, int code)
{
    body b;
    FILE *out = open_body(&b);
    fprintf(out,
            "%s<s:Fault><detail><UPnPError><errorCode>%d</errorCode></UPnPError></detail></s:Fault>"
            "%s",
            envelope, code, envelope_end);
    close_body(&b, fd);
}

static void say_description(int fd, int version)
{
    body b;
    FILE *out = open_body(&b);
    fprintf(out,
            "<root><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:%d"
            "</deviceType><friendlyName>Odd</friendlyName><serviceList><service><serviceType>"
            "urn:schemas-upnp-org:service:WANIPConnection:%d</serviceType><controlURL>/ctl"
            "</controlURL></service></serviceList></device></root>",
            version, version);
    close_body(&b, fd);
}

/* ---- hostile content, of a mebibyte where nothing else is said ---- */

enum { MUCH = 1000 * 1000 };

static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";

/* The nth of so many names of four letters. */
static const char *name_of(unsigned n, char name[5])
{
    size_t base = sizeof letters - 1;
    for (int i = 0; i < 4; i++, n /= (unsigned)base)
        name[i] = letters[n % base];
    name[4] = '\0';
    return name;
}

static void attributes(FILE *out)
{
    char name[5];
    fputs("<a", out);
    for (unsigned i = 0; i < MUCH / 8; i++)
        fprintf(out, " %s=\"\"", name_of(i, name));
    fputs("/>", out);
}

static void prefixed_attributes(FILE *out)
{
    char name[5];
    for (unsigned i = 0; i < MUCH / 14; i++)
        fprintf(out, "<a %s:b=\"\"/>", name_of(i, name));
}

static void names(FILE *out)
{
    char name[5];
    for (unsigned i = 0; i < MUCH / 7; i++)
        fprintf(out, "<%s/>", name_of(i, name));
}

static void prefixes(FILE *out)
{
    char name[5];
    for (unsigned i = 0; i < MUCH / 9; i++)
        fprintf(out, "<%s:b/>", name_of(i, name));
}

static void long_name(FILE *out)
{
    fputs("<", out);
    repeat(out, "abcdefghij", MUCH / 10);
    fputs("/>", out);
}

static void long_names(FILE *out)
{
    for (unsigned i = 0; i < MUCH / 4000; i++) {
        fprintf(out, "<x%u", i);
        repeat(out, "abcdefghij", 400);
        fputs("/>", out);
    }
}

static void bad_attribute(FILE *out)
{
    fputs("<a b=\"", out);
    repeat(out, "\x80", MUCH);
    fputs("\"/>", out);
}

static void bad_text(FILE *out)
{
    fputs("<NewInternalClient>", out);
    repeat(out, "\x80", MUCH);
    fputs("</NewInternalClient>", out);
}

static void bad_texts(FILE *out)
{
    for (int i = 0; i < 30; i++) {
        fprintf(out, "<New%d>", i);
        repeat(out, "\x80", MUCH / 30);
        fprintf(out, "</New%d>", i);
    }
}

static void text(FILE *out)
{
    fputs("<NewInternalClient>", out);
    repeat(out, "abcdefghij", MUCH / 10);
    fputs("</NewInternalClient>", out);
}

static void below_the_cap(FILE *out)
{
    for (int i = 0; i < 30; i++) {
        fprintf(out, "<New%d>\x80", i);
        repeat(out, "abcdefghij", 200);
        fprintf(out, "</New%d>", i);
    }
}

static void entity(FILE *out)
{
    fputs("<a>&", out);
    repeat(out, "abcdefghij", MUCH / 10);
    fputs(";</a>", out);
}

static void comment(FILE *out)
{
    fputs("<!--", out);
    repeat(out, "abcdefghij", MUCH / 10);
    fputs("-->", out);
}

static void comments(FILE *out)
{
    repeat(out, "<!-- a -->", MUCH / 10);
}

static void instruction(FILE *out)
{
    fputs("<?a ", out);
    repeat(out, "abcdefghij", MUCH / 10);
    fputs("?>", out);
}

static void cdata(FILE *out)
{
    fputs("<a><![CDATA[", out);
    repeat(out, "]]]]]]]]]]", MUCH / 10);
    fputs("]]></a>", out);
}

static void deep(FILE *out)
{
    repeat(out, "<a>", MUCH / 7);
    repeat(out, "</a>", MUCH / 7);
}

static void deep_names(FILE *out)
{
    for (int i = 0; i < 28; i++) {
        fputs("<a", out);
        repeat(out, "abcdefghij", 1400);
        fputs(">", out);
    }
}

static void error_description(FILE *out)
{
    fputs("<s:Fault><detail><UPnPError><errorCode>501</errorCode><errorDescription>", out);
    repeat(out, "abcdefghij", MUCH / 10);
    fputs("</errorDescription></UPnPError></detail></s:Fault>", out);
}

static void small_error_descriptions(FILE *out)
{
    fputs("<s:Fault>", out);
    repeat(out, "<errorDescription>a</errorDescription>", MUCH / 38);
    fputs("</s:Fault>", out);
}

static const struct content {
    const char *name;
    void (*write)(FILE *out);
} contents[] = {
    {"attributes of an element", attributes},
    {"prefixed attributes", prefixed_attributes},
    {"names", names},
    {"prefixed names", prefixes},
    {"one long name", long_name},
    {"long names", long_names},
    {"bad bytes in an attribute", bad_attribute},
    {"bad bytes in a text", bad_text},
    {"bad bytes in texts", bad_texts},
    {"a long text", text},
    {"texts below the cap", below_the_cap},
    {"an entity without end", entity},
    {"a long comment", comment},
    {"comments", comments},
    {"a long instruction", instruction},
    {"a long CDATA section", cdata},
    {"deep nesting", deep},
    {"deep nesting, long names", deep_names},
    {"a long error description", error_description},
    {"error descriptions", small_error_descriptions},
};

enum { CONTENTS = sizeof contents / sizeof contents[0] };

/* ---- hostile documents ---- */

static const struct content *content;
static size_t most; /* of what a document may have, 0 for all: what is cut ends the document */

static void send_some(body *b, int fd)
{
    fclose(b->file);
    send_body(fd, b->at, most > 0 && b->length > most ? most : b->length);
    free(b->at);
}

static void say_content(int fd, const char *request)
{
    char action[64];
    body b;
    FILE *out = open_body(&b);
    action_of(request, action);
    fprintf(out, "%s<u:%sResponse xmlns:u=\"u\">", envelope, action);
    content->write(out);
    fprintf(out, "</u:%sResponse>%s", action, envelope_end);
    send_some(&b, fd);
}

/* In a listing that is a text, which is a document of its own. */
static void say_content_in_list(int fd, const char *request)
{
    body b;
    FILE *out = open_body(&b);
    (void)request;
    fprintf(out,
            "%s<u:GetListOfPortMappingsResponse xmlns:u=\"u\"><NewPortListing><![CDATA["
            "<PortMappingList><PortMappingEntry>",
            envelope);
    content->write(out);
    fprintf(out,
            "</PortMappingEntry></PortMappingList>]]></NewPortListing>"
            "</u:GetListOfPortMappingsResponse>%s",
            envelope_end);
    send_some(&b, fd);
}

static void say_content_in_description(int fd, const char *request)
{
    body b;
    FILE *out = open_body(&b);
    (void)request;
    fputs("<root><device><friendlyName>", out);
    content->write(out);
    fputs("</friendlyName></device></root>", out);
    send_some(&b, fd);
}

static void say_bomb(int fd, const char *request)
{
    (void)request;
    odd_reply(fd,
              "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbbbbbbbbbbbbbbbbbbbbbbbbbb\">"
              "<!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">"
              "<!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">"
              "<!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\">]>"
              "<Envelope><Body><a>&e;&e;&e;&e;&e;&e;&e;&e;</a></Body></Envelope>");
}

static void say_wide(int fd, const char *request)
{
    body b;
    FILE *out = open_body(&b);
    (void)request;
    fputs("\xFF\xFE", out);
    for (int i = 0; i < MUCH / 2; i++)
        fwrite("<", 1, 2, out);
    send_some(&b, fd);
}

/* ---- hostile HTTP ---- */

static void without_end(int fd, const char *begin, const char *unit)
{
    enum { UNITS = 64 };
    size_t length = strlen(unit);
    char *units = malloc(length * UNITS);
    if (!units)
        _exit(1);
    for (size_t i = 0; i < UNITS; i++)
        memcpy(units + i * length, unit, length);
    odd_write(fd, begin);
    while (write_again(fd, units, length * UNITS))
        ;
    free(units);
}

#define A64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define A512 A64 A64 A64 A64 A64 A64 A64 A64
#define OK_CHUNKED "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

static void body_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, "HTTP/1.1 200 OK\r\n\r\n", A512);
}

static void headers_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, "HTTP/1.1 200 OK\r\n", "a: b\r\n");
}

static void header_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, "HTTP/1.1 200 OK\r\na: ", A512);
}

static void interim_replies_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, "", "HTTP/1.1 103 Early Hints\r\na: b\r\n\r\n");
}

static void status_line_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, "HTTP/1.1 200 ", A512);
}

static void chunk_extension_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, OK_CHUNKED "1;", A512);
}

static void chunk_extensions_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, OK_CHUNKED, "1;" A512 "\r\n \r\n");
}

static void chunk_size_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, OK_CHUNKED, "00000000");
}

static void trailers_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, OK_CHUNKED "0\r\n", "a: b\r\n");
}

static void trailer_without_end(int fd, const char *request)
{
    (void)request;
    without_end(fd, OK_CHUNKED "0\r\na: ", A512);
}

/* A mebibyte of zeros in some bytes, by an encoding that nobody asked for. */
static void compressed(int fd, const char *request)
{
    static const char begin[] =
        "\x1f\x8b\x08\0\0\0\0\0\2\3\xed\xc1\1\1\0\0\0\x80\x90\xfe\xaf\xee\x08\n";
    char head[128];
    (void)request;
    int length = snprintf(head, sizeof head,
                          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n%zx\r\n",
                          sizeof begin - 1);
    write_bytes(fd, head, (size_t)length);
    write_bytes(fd, begin, sizeof begin - 1);
    without_end(fd, "\r\n", "1\r\na\r\n");
}

/* ---- hostile tables ---- */

static void entry(FILE *out, int port, const char *protocol, size_t texts, int number)
{
    static const char lots[] = A64 A64 A64 A64;
    fprintf(out,
            "<PortMappingEntry><NewRemoteHost>%.*s%d</NewRemoteHost><NewExternalPort>%d"
            "</NewExternalPort><NewProtocol>%s</NewProtocol><NewInternalPort>80</NewInternalPort>"
            "<NewInternalClient>c%.*s</NewInternalClient><NewEnabled>1</NewEnabled>"
            "<NewDescription>%.*s</NewDescription><NewLeaseTime>0</NewLeaseTime>"
            "</PortMappingEntry>",
            (int)texts, lots, number, port, protocol, (int)texts, lots, (int)texts, lots);
}

typedef struct table {
    int entries; /* in a reply */
    size_t texts;
    bool foreign; /* ports that were not asked for */
    bool bare;    /* nothing but what must be there */
    bool real;    /* a port has one entry */
} table;

static const table *the_table;

static void say_range(int fd, const char *request)
{
    int first = number_of(request, "<NewStartPort"), last = number_of(request, "<NewEndPort");
    const char *protocol = strstr(request, "<NewProtocol>UDP") ? "UDP" : "TCP";
    body b;
    FILE *out = open_body(&b);
    fprintf(out,
            "%s<u:GetListOfPortMappingsResponse xmlns:u=\"u\"><NewPortListing><![CDATA["
            "<PortMappingList>",
            envelope);
    int count = last - first + 1;
    count = the_table->real && count < the_table->entries ? count : the_table->entries;
    for (int i = 0; i < count; i++) {
        int port = the_table->foreign ? (first > 1 ? 1 : 2) : first + i % (last - first + 1);
        if (the_table->bare)
            fprintf(out,
                    "<PortMappingEntry><NewExternalPort>%d</NewExternalPort><NewProtocol>%s"
                    "</NewProtocol><NewInternalPort>1</NewInternalPort><NewInternalClient>a"
                    "</NewInternalClient></PortMappingEntry>",
                    port, protocol);
        else
            entry(out, port, protocol, the_table->texts, i);
    }
    fprintf(out, "</PortMappingList>]]></NewPortListing></u:GetListOfPortMappingsResponse>%s",
            envelope_end);
    close_body(&b, fd);
}

static void say_index(int fd, const char *request)
{
    int index = number_of(request, "<NewPortMappingIndex");
    body b;
    FILE *out = open_body(&b);
    fprintf(out,
            "%s<u:GetGenericPortMappingEntryResponse xmlns:u=\"u\"><NewRemoteHost>%d%s"
            "</NewRemoteHost><NewExternalPort>%d</NewExternalPort><NewProtocol>TCP</NewProtocol>"
            "<NewInternalPort>80</NewInternalPort><NewInternalClient>%s</NewInternalClient>"
            "<NewPortMappingDescription>%s</NewPortMappingDescription>"
            "</u:GetGenericPortMappingEntryResponse>%s",
            envelope, index, the_table->texts > 0 ? A64 A64 A64 : "", index % 65535 + 1,
            the_table->texts > 0 ? A64 A64 A64 : "c", the_table->texts > 0 ? A64 A64 A64 : "",
            envelope_end);
    close_body(&b, fd);
}

/* ---- the cases ---- */

typedef enum verb { GET, ADD, LIST, QUERY } verb;

typedef struct hostile {
    const char *name;
    const char *action; /* NULL for the description */
    odd_answer *answer;
    verb verb;
    const struct content *content;
    const table *table;
    size_t most;
    bool traced;
} hostile;

static const hostile *current;

static void answer(int fd, const char *request)
{
    char action[64];
    action_of(request, action);
    bool evil = current->action ? strcmp(action, current->action) == 0
                                : strncmp(request, "GET /evil", 9) == 0;
    if (evil)
        current->answer(fd, request);
    else if (strncmp(request, "GET", 3) == 0)
        say_description(fd, current->table || current->verb == LIST ? 2 : 1);
    else if (strcmp(action, "GetExternalIPAddress") == 0)
        say(fd, action, "<NewExternalIPAddress>203.0.113.7</NewExternalIPAddress>");
    else if (strcmp(action, "GetStatusInfo") == 0)
        say(fd, action, "<NewConnectionStatus>Connected</NewConnectionStatus>");
    else if (strcmp(action, "GetSpecificPortMappingEntry") == 0)
        say_fault(fd, 714);
    else if (strcmp(action, "GetGenericPortMappingEntry") == 0)
        say_fault(fd, 713);
    else
        say_fault(fd, 401);
}

/* A line of /proc/self/status, in KiB. */
static long memory(const char *field)
{
    char line[256];
    long found = -1;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status))
        if (strncmp(line, field, strlen(field)) == 0)
            found = atol(line + strlen(field) + 1);
    if (status)
        fclose(status);
    return found;
}

static bool forget_peak(void)
{
    FILE *refs = fopen("/proc/self/clear_refs", "we");
    bool done = refs && fputs("5", refs) >= 0;
    return refs && fclose(refs) == 0 && done;
}

static void on_trace(void *arg, natupnp_trace_direction direction, const char *peer,
                     const char *data, size_t length)
{
    size_t *traced = arg;
    (void)direction, (void)peer, (void)data;
    *traced += length;
}

static natupnp_op *start(natupnp_client *client, verb what)
{
    natupnp_op *op = NULL;
    natupnp_static_add_request request = NATUPNP_STATIC_ADD_REQUEST_INIT;
    request.external_port = 8080;
    if (what == GET)
        natupnp_static_get(&op, client, 8080, TCP);
    else if (what == ADD)
        natupnp_static_add(&op, client, &request);
    else if (what == LIST)
        natupnp_mapping_list(&op, client);
    else
        natupnp_gateway_query(&op, client);
    return op;
}

typedef struct outcome {
    natupnp_status status;
    size_t count;
    long idle_kib, peak_kib;
} outcome;

static natupnp_client *make_client(const char *gateway, bool traced, size_t *bytes)
{
    natupnp_client *client;
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    options.gateway = gateway;
    options.timeout_ms = TIMEOUT_MS;
    if (traced) {
        options.on_trace = on_trace;
        options.on_trace_arg = bytes;
    }
    if (natupnp_client_new(&client, &options) != NATUPNP_OK)
        _exit(2);
    return client;
}

/* In a child: one ordinary operation, then the hostile one. */
static void run_child(const hostile *h, const odd_server *odd, int out)
{
    outcome o = {0};
    char evil[80];
    size_t traced = 0;
    natupnp_client *client = make_client(odd->location, false, NULL);
    natupnp_op *op =
        start(client, strcmp(h->action ? h->action : "", "GetStatusInfo") == 0 ? GET : QUERY);
    natupnp_op_wait(op);
    natupnp_op_free(op);
    natupnp_client_free(client);
    snprintf(evil, sizeof evil, "http://127.0.0.1:%d/%s.xml", odd->port,
             h->action ? "odd" : "evil");
    client = make_client(evil, h->traced, &traced);
    malloc_trim(0);
    if (!forget_peak())
        _exit(4);
    o.idle_kib = memory("VmRSS");
    op = start(client, h->verb);
    natupnp_op_wait(op);
    o.peak_kib = memory("VmHWM");
    o.status = natupnp_op_status(op);
    o.count = natupnp_op_mapping_count(op);
    natupnp_op_free(op);
    natupnp_client_free(client);
    if (write(out, &o, sizeof o) != (ssize_t)sizeof o)
        _exit(3);
    _exit(0);
}

static outcome run_case(const hostile *h)
{
    int ends[2], status;
    outcome o = {0};
    odd_server odd = {0};
    current = h;
    content = h->content;
    the_table = h->table;
    most = h->most;
    odd_start(&odd, answer);
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_child(h, &odd, ends[1]);
    close(ends[1]);
    ssize_t got = read(ends[0], &o, sizeof o);
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    odd_stop(&odd);
    if (status != 0 || got != (ssize_t)sizeof o)
        fail_msg("%s: the process ended with %d", h->name, status);
    return o;
}

/* Prints a row of the table. */
static bool judge(const hostile *h, const char *place, bool may_succeed)
{
    outcome o = run_case(h);
    long over = o.peak_kib - o.idle_kib;
    bool good = over <= MOST_KIB && o.idle_kib > 0 && (may_succeed || o.status != NATUPNP_OK) &&
                o.status != NATUPNP_E_TIMEOUT && o.status != NATUPNP_E_NOMEM;
    printf("%6ld KiB  %-30s %-22s %s, %zu mappings%s\n", over, h->name, place,
           natupnp_status_name(o.status), o.count, good ? "" : "  <- WRONG");
    return good;
}

/* The whole document, which is too large, and as much of it as is taken in. */
static void documents(void **state)
{
    static const struct {
        const char *name, *action;
        odd_answer *answer;
        verb verb;
        size_t most;
        bool may_succeed;
    } places[] = {
        {"reply", "GetSpecificPortMappingEntry", say_content, GET, 0, false},
        {"reply, cut", "GetSpecificPortMappingEntry", say_content, GET, 60000, false},
        {"listing, cut", "GetListOfPortMappings", say_content_in_list, LIST, 380000, true},
        {"description, cut", NULL, say_content_in_description, GET, 120000, false},
    };
    bool good = true;
    (void)state;
    for (size_t i = 0; i < CONTENTS; i++)
        for (size_t j = 0; j < sizeof places / sizeof places[0]; j++) {
            hostile h = {.name = contents[i].name,
                         .action = places[j].action,
                         .answer = places[j].answer,
                         .verb = places[j].verb,
                         .most = places[j].most,
                         .content = &contents[i]};
            good = judge(&h, places[j].name, places[j].may_succeed) && good;
        }
    assert_true(good);
}

static void http(void **state)
{
    static const struct {
        const char *name;
        odd_answer *answer;
    } rows[] = {
        {"a DOCTYPE", say_bomb},
        {"UTF-16", say_wide},
        {"a body without end", body_without_end},
        {"headers without end", headers_without_end},
        {"a header without end", header_without_end},
        {"interim replies without end", interim_replies_without_end},
        {"a status line without end", status_line_without_end},
        {"a chunk extension without end", chunk_extension_without_end},
        {"chunk extensions without end", chunk_extensions_without_end},
        {"a chunk size without end", chunk_size_without_end},
        {"trailers without end", trailers_without_end},
        {"a trailer without end", trailer_without_end},
        {"a compressed body", compressed},
    };
    bool good = true;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hostile h = {.name = rows[i].name,
                     .action = "GetSpecificPortMappingEntry",
                     .answer = rows[i].answer,
                     .verb = GET};
        good = judge(&h, "reply", false) && good;
        h.traced = true;
        good = judge(&h, "reply, traced", false) && good;
        h.action = NULL;
        good = judge(&h, "description, traced", false) && good;
    }
    assert_true(good);
}

static void tables(void **state)
{
    static const struct {
        const char *name;
        table table;
        bool by_index, is_whole;
    } rows[] = {
        {"a table of ports of its own", {500, 0, false, false, true}, false, false},
        {"long texts", {500, 90, false, false, true}, false, false},
        {"too long texts", {499, 250, false, false, false}, false, false},
        {"the same port 500 times", {500, 0, false, true, false}, false, false},
        {"2000 small entries", {2000, 0, false, true, false}, false, false},
        {"other ports", {500, 10, true, false, false}, false, false},
        {"other ports, long texts", {499, 250, true, false, false}, false, false},
        {"499 entries", {499, 40, false, false, false}, false, true},
        {"a table without end", {0, 0, false, false, false}, true, false},
        {"one with long texts", {0, 250, false, false, false}, true, false},
    };
    bool good = true;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hostile h = {.name = rows[i].name,
                     .action =
                         rows[i].by_index ? "GetGenericPortMappingEntry" : "GetListOfPortMappings",
                     .answer = rows[i].by_index ? say_index : say_range,
                     .table = &rows[i].table,
                     .verb = LIST};
        const char *way = rows[i].by_index ? "by index" : "by range";
        good = judge(&h, way, rows[i].is_whole) && good;
        h.traced = true;
        good = judge(&h, way, rows[i].is_whole) && good;
    }
    assert_true(good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents),
        cmocka_unit_test(http),
        cmocka_unit_test(tables),
    };
    const char *preload = getenv("LD_PRELOAD");
    if (SANITIZED || (preload && strstr(preload, "vgpreload"))) {
        printf("SKIPPED: with a sanitizer or valgrind the kernel's figure is not the library's\n");
        return SKIPPED;
    }
    if (!forget_peak()) {
        printf("SKIPPED: the kernel does not let a process forget its peak of memory\n");
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
