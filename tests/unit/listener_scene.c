/* SPDX-License-Identifier: MIT */
#include "listener_scene.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PATIENCE_MS = 60000, TURNS_MAX = 100000 };

static uint64_t system_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static uint64_t now_ms(void *arg, nat__time time)
{
    (void)time;
    return ((scene *)arg)->now_ms;
}

size_t descriptors_open(void)
{
    size_t count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static unsigned on_notify(void *arg, const nat__notify *notify)
{
    scene *s = arg;
    nat__buf headers = {0};
    s->calls++;
    for (size_t i = 0; i < notify->header_count; i++) {
        nat__buf_add(&headers, notify->headers[i].name.at, notify->headers[i].name.length);
        nat__buf_adds(&headers, "=");
        nat__buf_add(&headers, notify->headers[i].value.at, notify->headers[i].value.length);
        nat__buf_adds(&headers, " ");
    }
    snprintf(s->headers, sizeof s->headers, "%s", headers.at ? headers.at : "");
    nat__buf_free(&headers);
    assert_true(notify->body.length < sizeof s->body);
    memcpy(s->body, notify->body.at, notify->body.length);
    s->body_length = notify->body.length;
    s->body[s->body_length] = '\0';
    if (s->extra)
        s->extra(s);
    return s->code;
}

static nat__ip ip_of(const char *text)
{
    nat__ip ip;
    assert_true(nat__ip_parse(&ip, nat__str_of(text)));
    return ip;
}

int scene_setup(void **state)
{
    scene *s = *state = calloc(1, sizeof *s);
    assert_non_null(s);
    s->descriptors = descriptors_open();
    s->code = 200;
    s->now_ms = 1000;
    nat__log_init(&s->log);
    assert_int_equal(nat__loop_open(&s->loop, (nat__clock){now_ms, s}), NATUPNP_OK);
    nat__ip local = ip_of("127.0.0.1");
    assert_int_equal(nat__listener_open(&s->listener, &s->loop, &s->log, local), NATUPNP_OK);
    assert_true(nat__ip_equal(nat__listener_local(s->listener), local));
    assert_int_equal(nat__listener_expect(s->listener, &s->expected, local, on_notify, s),
                     NATUPNP_OK);
    assert_int_equal(nat__listener_expect(s->listener, &s->other, ip_of("127.0.0.2"), on_notify, s),
                     NATUPNP_OK);
    return 0;
}

int scene_teardown(void **state)
{
    scene *s = *state;
    nat__listener_close(s->listener);
    nat__listener_forget(&s->expected);
    nat__listener_forget(&s->other);
    for (int i = 0; i < NAT__TIMES; i++)
        assert_int_equal(s->loop.timers[i].opened, 0);
    nat__loop_close(&s->loop);
    nat__log_free(&s->log);
    assert_int_equal(descriptors_open(), s->descriptors);
    free(s);
    return 0;
}

bool scene_readable(const scene *s)
{
    struct pollfd ready = {.fd = s->loop.fd, .events = POLLIN};
    return poll(&ready, 1, 0) == 1;
}

int scene_settle(scene *s)
{
    int turns = 0;
    while (scene_readable(s)) {
        assert_true(turns++ < TURNS_MAX);
        assert_int_equal(nat__loop_run(&s->loop), NATUPNP_OK);
    }
    return turns;
}

/* Waits for a descriptor, and runs the loop meanwhile. */
static void await(scene *s, int fd, short events)
{
    uint64_t end = system_ms() + PATIENCE_MS;
    struct pollfd ready[] = {{.fd = fd, .events = events}, {.fd = s->loop.fd, .events = POLLIN}};
    do {
        assert_true(system_ms() < end);
        assert_true(poll(ready, 2, PATIENCE_MS) > 0);
        if (ready[1].revents)
            assert_int_equal(nat__loop_run(&s->loop), NATUPNP_OK);
    } while (!ready[0].revents);
}

int peer_open(const scene *s, const char *from)
{
    struct sockaddr_in own = nat__ip_to_v4(ip_of(from), 0);
    unsigned port;
    assert_int_equal(sscanf(s->expected.url, "http://127.0.0.1:%u/", &port), 1);
    struct sockaddr_in to = nat__ip_to_v4(ip_of("127.0.0.1"), (uint16_t)port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
    assert_true(connect(fd, (struct sockaddr *)&to, sizeof to) == 0 || errno == EINPROGRESS);
    return fd;
}

void peer_send(scene *s, int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t done = send(fd, data, length, MSG_NOSIGNAL);
        if (done < 0 && errno == EAGAIN) {
            await(s, fd, POLLOUT);
            continue;
        }
        if (done < 0)
            return; /* the other side has ended it: that shows when the answer is read */
        data += done;
        length -= (size_t)done;
    }
}

void peer_write(scene *s, int fd, const char *text)
{
    peer_send(s, fd, text, strlen(text));
}

unsigned peer_await(scene *s, int fd, char reply[512])
{
    char text[512] = "";
    size_t length = 0;
    for (;;) {
        ssize_t got = recv(fd, text + length, sizeof text - 1 - length, 0);
        if (got < 0 && errno == EAGAIN) {
            await(s, fd, POLLIN);
            continue;
        }
        if (got <= 0)
            break;
        length += (size_t)got;
        assert_true(length < sizeof text - 1);
    }
    close(fd);
    text[length] = '\0';
    if (reply)
        memcpy(reply, text, sizeof text);
    unsigned code = 0;
    sscanf(text, "HTTP/1.1 %u ", &code);
    return code;
}

bool peer_ended(int fd)
{
    char byte;
    return recv(fd, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
}

unsigned ask(scene *s, const char *from, const char *request)
{
    int fd = peer_open(s, from);
    peer_write(s, fd, request);
    return peer_await(s, fd, NULL);
}

void settle_until_ended(scene *s, int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    scene_settle(s);
    assert_int_equal(poll(&ready, 1, 0), 1);
    assert_true(peer_ended(fd));
}

void allow_descriptors(size_t count)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_true(limit.rlim_max >= count);
    limit.rlim_cur = count;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

char *good_text(const scene *s)
{
    return notify_text("NOTIFY", s->expected.path, GENA, BODY);
}

char *notify_text(const char *method, const char *path, const char *more, const char *body)
{
    char *text = NULL;
    assert_true(asprintf(&text,
                         "%s %s HTTP/1.1\r\nHOST: 127.0.0.1\r\nCONTENT-TYPE: text/xml\r\n%s"
                         "CONTENT-LENGTH: %zu\r\n\r\n%s",
                         method, path, more, strlen(body), body) > 0);
    return text;
}
