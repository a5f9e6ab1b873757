/* SPDX-License-Identifier: MIT */
#include "cache.h"

#include "../ground/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* One line a value, after this one. */
static const char header[] = "natupnp gateway cache 1";
enum { CACHE_MAX = 16 * 1024, KEEP_AFTER_MS = 1 };

static char *file_name(const natupnp_client *client, const char *end)
{
    nat__buf name = {0};
    nat__buf_addf(&name, "%s/gateway%s", client->cache_dir, end);
    return nat__buf_take(&name);
}

/* Reads the file if it is ours alone: another user could send us to a host of their choice. */
static bool read_file(nat__buf *out, const char *name)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return false;
    struct stat about;
    char data[CACHE_MAX];
    ssize_t length = -1;
    if (fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() &&
        (about.st_mode & (S_IWGRP | S_IWOTH)) == 0)
        length = read(fd, data, sizeof data);
    close(fd);
    if (length > 0)
        nat__buf_add(out, data, (size_t)length);
    return length > 0 && out->failed == NATUPNP_OK;
}

/* The value of the next line; false when it does not begin with this name. */
static bool next_value(nat__str *rest, const char *name, char **out)
{
    nat__str line = nat__str_cut(rest, '\n');
    nat__str key = nat__str_cut(&line, ' ');
    if (!nat__str_equal(key, name))
        return false;
    *out = line.length > 0 && nat__str_is_clean(line) ? nat__str_dup(line) : NULL;
    return true;
}

bool nat__cache_parse(nat__str text, nat__url *location, nat__description *d,
                      char interface[IF_NAMESIZE])
{
    char *url = NULL, *name = NULL;
    nat__service *service = &d->services[0];
    if (!nat__str_equal(nat__str_cut(&text, '\n'), header))
        return false;
    bool ok = next_value(&text, "location", &url) && next_value(&text, "interface", &name) &&
              next_value(&text, "service", &service->type) &&
              next_value(&text, "control", &service->control_url) &&
              next_value(&text, "name", &d->name) && next_value(&text, "maker", &d->manufacturer) &&
              next_value(&text, "model", &d->model_name) &&
              next_value(&text, "number", &d->model_number) && next_value(&text, "udn", &d->udn) &&
              next_value(&text, "page", &d->presentation_url);
    d->service_count = 1; /* owned from here on, whatever is in it */
    ok = ok && url && service->type && nat__service_is_wan(service->type) && service->control_url &&
         nat__url_parse(location, nat__str_of(url)) == NATUPNP_OK;
    snprintf(interface, IF_NAMESIZE, "%s", name ? name : "");
    free(url);
    free(name);
    return ok;
}

nat__gateway *nat__cache_read(natupnp_client *client, const nat__net *net)
{
    char *name = client->cache_dir ? file_name(client, "") : NULL;
    nat__buf text = {0};
    nat__description description = {0};
    nat__url location = {0};
    nat__gateway *gateway = NULL;
    char interface[IF_NAMESIZE] = "";
    bool usable =
        name && read_file(&text, name) &&
        nat__cache_parse((nat__str){text.at, text.length}, &location, &description, interface) &&
        nat__net_is_default_gateway(net, location.host) &&
        (!client->interface || strcmp(client->interface, interface) == 0);
    if (usable) {
        nat__trust trust = {.answered = location.host, .extra = client->trust_host, .net = net};
        if (nat__gateway_new(&gateway, &description, &location, &trust) == NATUPNP_OK) {
            gateway->tentative = true;
            memcpy(gateway->interface, interface, sizeof gateway->interface);
        }
    }
    nat__description_free(&description);
    nat__url_free(&location);
    nat__buf_free(&text);
    free(name);
    return gateway;
}

static void add_line(nat__buf *out, const char *name, const char *value)
{
    nat__buf_addf(out, "%s %s\n", name, value ? value : "");
}

static void describe(nat__buf *out, const nat__gateway *gateway)
{
    const nat__description *d = &gateway->description;
    char *location = nat__url_text(&gateway->location);
    char *control = nat__url_text(&gateway->control);
    nat__buf_addf(out, "%s\n", header);
    add_line(out, "location", location);
    add_line(out, "interface", gateway->interface);
    add_line(out, "service", nat__gateway_service_type(gateway));
    add_line(out, "control", control);
    add_line(out, "name", d->name);
    add_line(out, "maker", d->manufacturer);
    add_line(out, "model", d->model_name);
    add_line(out, "number", d->model_number);
    add_line(out, "udn", d->udn);
    add_line(out, "page", d->presentation_url);
    if (!location || !control)
        out->failed = NATUPNP_E_NOMEM;
    free(location);
    free(control);
}

/* Writes another file and renames it, so that a reader sees a whole one. */
static bool write_file(const char *name, char *temporary, const nat__buf *text)
{
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = write(fd, text->at, text->length) == (ssize_t)text->length;
    ok = close(fd) == 0 && ok && rename(temporary, name) == 0;
    if (!ok)
        unlink(temporary);
    return ok;
}

static void write_now(void *arg)
{
    natupnp_client *client = arg;
    if (!client->gateway)
        return;
    char *name = file_name(client, ""), *temporary = file_name(client, ".XXXXXX");
    nat__buf text = {0};
    describe(&text, client->gateway);
    if (!name || !temporary || text.failed != NATUPNP_OK || !write_file(name, temporary, &text))
        nat__log_line(&client->log, NATUPNP_LOG_INFO, "the gateway could not be kept in %s",
                      client->cache_dir);
    nat__buf_free(&text);
    free(name);
    free(temporary);
}

natupnp_status nat__cache_open(natupnp_client *client)
{
    return nat__timer_open(&client->loop, &client->keep, NAT__AWAKE, write_now, client);
}

void nat__cache_keep(natupnp_client *client)
{
    if (client->cache_dir && !client->gateway_url.target)
        nat__timer_set(&client->loop, &client->keep, nat__loop_now(&client->loop) + KEEP_AFTER_MS);
}

void nat__cache_close(natupnp_client *client)
{
    if (client->keep.slot > 0 && !client->loop.detached)
        write_now(client);
    nat__timer_close(&client->loop, &client->keep);
}
