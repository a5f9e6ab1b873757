/* SPDX-License-Identifier: MIT */
/* The listener that is closed while it works, and without memory and descriptors. */
#include "listener_scene.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- what fails: the linker sends the library's calls here ---- */

static struct {
    bool armed;
    long fail_at, seen;
    bool no_descriptors;
} plan;

void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
    return plan.armed && ++plan.seen == plan.fail_at ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *old, size_t size)
{
    return plan.armed && ++plan.seen == plan.fail_at ? NULL : __real_realloc(old, size);
}

int __real_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags);
int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags);

int __wrap_accept4(int fd, struct sockaddr *from, socklen_t *size, int flags)
{
    if (!plan.no_descriptors)
        return __real_accept4(fd, from, size, flags);
    errno = EMFILE;
    return -1;
}

/* ---- closing ---- */

static void close_listener(scene *s)
{
    nat__listener_close(s->listener);
    s->listener = NULL;
}

static void closed_in_the_handler(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    int idle = peer_open(s, "127.0.0.1"), two[2];
    s->extra = close_listener;
    scene_settle(s);
    for (int i = 0; i < 2; i++) {
        two[i] = peer_open(s, "127.0.0.1");
        peer_write(s, two[i], text);
    }
    assert_int_equal(peer_await(s, two[0], NULL), 200);
    assert_int_equal(peer_await(s, two[1], NULL), 0);
    settle_until_ended(s, idle);
    assert_int_equal(s->calls, 1);
    assert_null(s->listener);
    close(idle);
    assert_int_equal(ask(s, "127.0.0.1", text), 0);
    free(text);
}

static void closed_with_requests_under_way(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    int fds[3];
    for (int i = 0; i < 3; i++) {
        fds[i] = peer_open(s, "127.0.0.1");
        peer_send(s, fds[i], text, strlen(text) / 3 * (size_t)(i + 1));
        if (i < 2)
            scene_settle(s); /* the last one was not even accepted */
    }
    close_listener(s);
    assert_false(scene_readable(s));
    for (int i = 0; i < 3; i++) {
        assert_true(peer_ended(fds[i]));
        close(fds[i]);
    }
    nat__listener_close(NULL);
    free(text);
}

static void forget_expected(scene *s)
{
    nat__listener_forget(&s->expected);
}

static void forgotten_meanwhile(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    int fd = peer_open(s, "127.0.0.1");
    peer_send(s, fd, text, strlen(text) - 1);
    scene_settle(s);
    s->extra = forget_expected;
    assert_int_equal(ask(s, "127.0.0.1", text), 200);
    peer_send(s, fd, text + strlen(text) - 1, 1);
    assert_int_equal(peer_await(s, fd, NULL), 404);
    assert_int_equal(s->calls, 1);
    free(text);
}

/* A forked child frees what it has; the parent goes on. */
static void closed_in_a_child(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    for (int under_way = 0; under_way <= 1; under_way++) {
        scene_settle(s);
        size_t without = descriptors_open();
        int fd = peer_open(s, "127.0.0.1");
        peer_send(s, fd, text, strlen(text) - 1);
        if (under_way)
            scene_settle(s);
        size_t accepted = descriptors_open() - without - 1; /* perhaps by then */
        assert_in_range(accepted, under_way, 1);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            size_t before = descriptors_open();
            s->loop.detached = true;
            nat__listener_close(s->listener);
            nat__loop_close(&s->loop);
            free(text); /* a checker of memory looks at the child too */
            /* 4 of the loop, 1 of the listener, and the connection. */
            _exit(before - descriptors_open() == 5 + accepted ? 0 : 1);
        }
        int result;
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_int_equal(result, 0);
        peer_send(s, fd, text + strlen(text) - 1, 1);
        assert_int_equal(peer_await(s, fd, NULL), 200);
    }
    free(text);
}

static void descriptors_stay_here(void **state)
{
    scene *s = *state;
    bool before[256];
    close_listener(s);
    for (int fd = 0; fd < 256; fd++)
        before[fd] = fcntl(fd, F_GETFD) >= 0;
    assert_int_equal(nat__listener_open(&s->listener, &s->loop, &s->log, s->expected.from),
                     NATUPNP_OK);
    assert_int_equal(
        nat__listener_expect(s->listener, &s->expected, s->expected.from, s->expected.on_notify, s),
        NATUPNP_OK);
    int peer = peer_open(s, "127.0.0.1"), made = 0;
    scene_settle(s);
    for (int fd = 0; fd < 256; fd++) {
        int flags = fcntl(fd, F_GETFD);
        assert_true(flags < 0 || before[fd] || (flags & FD_CLOEXEC));
        made += flags >= 0 && !before[fd];
    }
    assert_int_equal(made, 3); /* the listener's, a connection and the peer's end of it */
    close(peer);
}

/* ---- out of memory, out of descriptors ---- */

static void an_allocation_fails(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    unsigned code;
    plan.fail_at = 0;
    do {
        int fd = peer_open(s, "127.0.0.1");
        peer_write(s, fd, text);
        plan.fail_at++;
        plan.seen = 0;
        plan.armed = true;
        scene_settle(s);
        plan.armed = false;
        code = peer_await(s, fd, NULL);
        assert_true(code == 0 || code == 200 || code == 503);
    } while (plan.seen >= plan.fail_at);
    assert_int_equal(code, 200);
    assert_true(plan.fail_at > 2);
    free(text);
}

static void one_is_not_opened_without_memory(void **state)
{
    scene *s = *state;
    natupnp_status status;
    plan.fail_at = 0;
    do {
        nat__listener *other = s->listener;
        plan.fail_at++;
        plan.seen = 0;
        plan.armed = true;
        status = nat__listener_open(&other, &s->loop, &s->log, s->expected.from);
        plan.armed = false;
        assert_int_equal(status, other ? NATUPNP_OK : NATUPNP_E_NOMEM);
        nat__listener_close(other);
    } while (status != NATUPNP_OK);
    nat__ip far = {.family = 4, .bytes = {192, 0, 2, 1}};
    nat__listener *other = s->listener;
    assert_int_equal(nat__listener_open(&other, &s->loop, &s->log, far), NATUPNP_E_SYSTEM);
    assert_null(other);
}

/* Leaves this many descriptors to be had. */
static void leave_descriptors(rlim_t count)
{
    int next = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_true(next >= 0);
    close(next);
    allow_descriptors((rlim_t)next + count);
}

static void one_is_not_opened_without_descriptors(void **state)
{
    scene *s = *state;
    struct rlimit before;
    natupnp_status status = NATUPNP_E_SYSTEM;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    for (rlim_t left = 0; status != NATUPNP_OK; left++) {
        nat__listener *other = s->listener;
        size_t open = descriptors_open();
        leave_descriptors(left);
        status = nat__listener_open(&other, &s->loop, &s->log, s->expected.from);
        setrlimit(RLIMIT_NOFILE, &before);
        assert_int_equal(status, other ? NATUPNP_OK : NATUPNP_E_SYSTEM);
        assert_true(other || descriptors_open() == open);
        nat__listener_close(other);
        assert_true(left < 10);
    }
}

static void no_descriptor_left(void **state)
{
    scene *s = *state;
    char *text = good_text(s);
    int fd = peer_open(s, "127.0.0.1");
    peer_write(s, fd, text);
    plan.no_descriptors = true;
    for (int i = 0; i < 3; i++) {
        /* It does not spin: it looks again after a while. */
        assert_true(scene_settle(s) <= 2);
        int left = nat__loop_timeout_ms(&s->loop);
        assert_true(left > 0 && left <= 1000);
        s->now_ms += (uint64_t)left;
        assert_int_equal(nat__loop_run(&s->loop), NATUPNP_OK);
    }
    plan.no_descriptors = false;
    assert_int_equal(s->calls, 0);
    s->now_ms += 1000;
    assert_int_equal(nat__loop_run(&s->loop), NATUPNP_OK);
    assert_int_equal(peer_await(s, fd, NULL), 200);
    scene_settle(s);
    assert_int_equal(nat__loop_timeout_ms(&s->loop), -1);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(closed_in_the_handler),
        scene_test(closed_with_requests_under_way),
        scene_test(forgotten_meanwhile),
        scene_test(closed_in_a_child),
        scene_test(descriptors_stay_here),
        scene_test(an_allocation_fails),
        scene_test(one_is_not_opened_without_memory),
        scene_test(one_is_not_opened_without_descriptors),
        scene_test(no_descriptor_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
