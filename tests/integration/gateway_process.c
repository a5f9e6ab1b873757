/* SPDX-License-Identifier: MIT */
#include "gateway_process.h"

#include "check.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { READY_MS = 60000, CONTROL_S = 60, OPTIONS_MAX = 32 };

/* ---- the process ---- */

static void read_line(int fd, char *line, size_t size)
{
    size_t length = 0;
    while (length + 1 < size && !memchr(line, '\n', length)) {
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        if (poll(&ready, 1, READY_MS) <= 0)
            break;
        ssize_t got = read(fd, line + length, size - length - 1);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    line[length] = '\0';
}

static void copy_text(char *to, size_t size, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    assert_non_null(text);
    assert_true(strlen(text) < size);
    strcpy(to, text);
}

void gateway_start_with(gateway_process *g, const char *const *options)
{
    char *argv[OPTIONS_MAX + 4] = {(char *)NATUPNP_GATEWAY_BIN, (char *)"--quiet",
                                   (char *)"--exit-with-stdin"};
    for (size_t i = 0; options[i]; i++) {
        assert_true(i < OPTIONS_MAX);
        argv[i + 3] = (char *)options[i];
    }
    int in[2], out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    int failed = posix_spawn(&g->pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    g->stdin_fd = in[1];
    char line[2048];
    read_line(out[0], line, sizeof line);
    close(out[0]);
    if (failed)
        g->pid = 0;
    json_t *ready = json_loads(line, 0, NULL);
    if (!ready)
        fail_msg("%s did not become ready: \"%s\"", argv[0], line);
    copy_text(g->location, sizeof g->location, ready, "location");
    copy_text(g->control_url, sizeof g->control_url, ready, "control_url");
    copy_text(g->control, sizeof g->control, ready, "control");
    g->http_port = (int)json_integer_value(json_object_get(ready, "http_port"));
    json_decref(ready);
}

void gateway_stop(gateway_process *g)
{
    if (g->pid <= 0)
        return;
    close(g->stdin_fd);
    kill(g->pid, SIGTERM);
    waitpid(g->pid, NULL, 0);
    memset(g, 0, sizeof *g);
}

/* ---- the control interface ---- */

typedef struct received {
    char *at;
    size_t length;
} received;

static size_t collect(char *data, size_t size, size_t count, void *arg)
{
    received *t = arg;
    char *at = realloc(t->at, t->length + size * count + 1);
    if (!at)
        return 0;
    t->at = at;
    memcpy(at + t->length, data, size * count);
    t->length += size * count;
    at[t->length] = '\0';
    return size * count;
}

static json_t *ask(const gateway_process *g, const char *path, const char *body)
{
    char url[256];
    received reply = {0};
    long code = 0;
    snprintf(url, sizeof url, "%s%s", g->control, path);
    CURL *easy = curl_easy_init();
    assert_non_null(easy);
    curl_easy_setopt(easy, CURLOPT_URL, url);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, (long)CONTROL_S);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, &reply);
    if (body)
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body);
    CURLcode result = curl_easy_perform(easy);
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &code);
    curl_easy_cleanup(easy);
    json_t *json = reply.at ? json_loads(reply.at, 0, NULL) : NULL;
    if (result != CURLE_OK || code != 200 || !json)
        fail_msg("%s %s: %s, HTTP %ld, %s", url, body ? body : "", curl_easy_strerror(result), code,
                 reply.at ? reply.at : "");
    free(reply.at);
    return json;
}

json_t *gateway_get(const gateway_process *g, const char *path)
{
    return ask(g, path, NULL);
}

void gateway_post(const gateway_process *g, const char *path, const char *json)
{
    json_decref(ask(g, path, json));
}

void gateway_set(const gateway_process *g, const char *format, ...)
{
    char body[2048];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(body, sizeof body, format, args);
    va_end(args);
    assert_in_range(length, 1, sizeof body - 1);
    gateway_post(g, "/set", body);
}

/* ---- what it saw ---- */

static size_t number_at(const gateway_process *g, const char *group, const char *key)
{
    json_t *state = gateway_get(g, "/state");
    json_t *number = json_object_get(json_object_get(state, group), key);
    size_t value = (size_t)json_integer_value(number);
    json_decref(state);
    return value;
}

size_t gateway_asked(const gateway_process *g, const char *action)
{
    return number_at(g, "actions", action);
}

size_t gateway_connections(const gateway_process *g)
{
    return number_at(g, "connections", "accepted");
}

size_t gateway_requests(const gateway_process *g)
{
    json_t *log = gateway_get(g, "/log");
    size_t count = json_array_size(log);
    json_decref(log);
    return count;
}

size_t gateway_writes(const gateway_process *g)
{
    return gateway_asked(g, "AddPortMapping") + gateway_asked(g, "AddAnyPortMapping") +
           gateway_asked(g, "DeletePortMapping");
}

const char *gateway_argument(const gateway_process *g, const char *action, const char *name)
{
    static char value[512];
    json_t *log = gateway_get(g, "/log"), *entry;
    size_t i;
    value[0] = '\0';
    json_array_foreach(log, i, entry)
    {
        const char *asked = json_string_value(json_object_get(entry, "action"));
        json_t *arguments = json_object_get(entry, "arguments");
        const char *text = json_string_value(json_object_get(arguments, name));
        if (asked && text && strcmp(asked, action) == 0)
            snprintf(value, sizeof value, "%s", text);
    }
    json_decref(log);
    return value;
}

/* ---- its table ---- */

json_t *gateway_entry(const gateway_process *g, int external_port, const char *protocol)
{
    json_t *table = gateway_get(g, "/table"), *entry, *found = NULL;
    size_t i;
    json_array_foreach(table, i, entry)
    {
        if (json_integer_value(json_object_get(entry, "external_port")) == external_port &&
            strcmp(json_string_value(json_object_get(entry, "protocol")), protocol) == 0)
            found = json_incref(entry);
    }
    json_decref(table);
    return found;
}

size_t gateway_entries(const gateway_process *g)
{
    json_t *table = gateway_get(g, "/table");
    size_t count = json_array_size(table);
    json_decref(table);
    return count;
}

void gateway_expect(const gateway_process *g, int external_port, const char *protocol,
                    const char *internal_client, int internal_port)
{
    json_t *entry = gateway_entry(g, external_port, protocol);
    assert_non_null(entry);
    assert_string_equal(json_string_value(json_object_get(entry, "internal_client")),
                        internal_client);
    assert_int_equal(json_integer_value(json_object_get(entry, "internal_port")), internal_port);
    json_decref(entry);
}

void gateway_put(const gateway_process *g, int external_port, const char *protocol,
                 const char *internal_client, int internal_port)
{
    char body[256];
    snprintf(body, sizeof body,
             "{\"add\": {\"external_port\": %d, \"protocol\": \"%s\", \"internal_client\": \"%s\", "
             "\"internal_port\": %d, \"description\": \"put\"}}",
             external_port, protocol, internal_client, internal_port);
    gateway_post(g, "/table", body);
}
