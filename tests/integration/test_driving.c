/* SPDX-License-Identifier: MIT */
/* Driving a client: its descriptor, waits, wakes and signals, the order of writes, deadlines. */
#include "keeper_scene.h"

#include <curl/curl.h>
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

/* ---- the descriptor ---- */

static void readable_if_and_only_if_there_is_something(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=hang");
    natupnp_client *client = s->client;
    int fd = natupnp_client_fd(client);
    assert_true(fd >= 0);
    assert_false(is_readable(fd)); /* new */
    assert_int_equal(natupnp_client_timeout_ms(client), -1);

    natupnp_op *op = start_add(s, add_request(.external_port = 8080));
    assert_true(is_readable(fd)); /* work to begin */
    assert_int_equal(natupnp_client_timeout_ms(client), 0);

    drive_until_asked(s, client, "AddPortMapping", 1);
    drive_until_asked(s, client, "GetExternalIPAddress", 1);
    natupnp_op *beside = start_query(s); /* its end shows that all replies but one were read */
    wait_for(beside);
    settle(client);
    assert_false(is_readable(fd)); /* waiting for the gateway */
    assert_int_equal(natupnp_client_dispatch(client), NATUPNP_OK);
    assert_false(is_readable(fd));
    assert_true(natupnp_client_timeout_ms(client) > 0);

    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_true(is_readable(fd)); /* a completion waits */
    assert_int_equal(natupnp_client_timeout_ms(client), 0);
    assert_int_equal(natupnp_client_dispatch(client), NATUPNP_OK);
    assert_true(is_readable(fd)); /* level-triggered */
    assert_ptr_equal(natupnp_client_next_done(client), op);
    assert_false(is_readable(fd));

    natupnp_client_wake(client);
    natupnp_client_wake(client);
    assert_true(is_readable(fd));
    assert_int_equal(natupnp_client_dispatch(client), NATUPNP_OK);
    assert_false(is_readable(fd));
    assert_int_equal(natupnp_client_wait(client, 0), NATUPNP_E_TIMEOUT);
    assert_int_equal(natupnp_client_fd(client), fd); /* the same all its life */
}

static void freeing_a_queued_completion_quiets_the_descriptor(void **state)
{
    scene *s = scene_begin(state, NULL);
    natupnp_op *op;
    assert_int_equal(natupnp_static_count(&op, s->client), NATUPNP_OK);
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_true(is_readable(natupnp_client_fd(s->client)));
    natupnp_op_free(op);
    assert_false(is_readable(natupnp_client_fd(s->client)));
    assert_null(natupnp_client_next_done(s->client));
}

/* A loop that knows nothing but the descriptor. */
static void the_descriptor_alone_is_enough(void **state)
{
    scene *s = scene_begin(state, "--fault=GetSpecificPortMappingEntry=hang", "--latency=5");
    natupnp_op *ops[2];
    natupnp_client_set_timeout_ms(s->client, 200);
    ops[0] = start_get(s, 8080, TCP);
    natupnp_client_set_timeout_ms(s->client, 0);
    ops[1] = start_list(s);
    struct pollfd ready = {.fd = natupnp_client_fd(s->client), .events = POLLIN};
    for (size_t taken = 0; taken < 2;) {
        assert_int_equal(poll(&ready, 1, 60000), 1);
        assert_int_equal(natupnp_client_dispatch(s->client), NATUPNP_OK);
        taken += natupnp_client_next_done(s->client) != NULL;
    }
    assert_status(ops[0], NATUPNP_E_TIMEOUT); /* its timer woke us */
    assert_status(ops[1], NATUPNP_OK);
}

enum { FDS_MAX = 1024 };

static void list_open(bool open[FDS_MAX])
{
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    memset(open, 0, FDS_MAX * sizeof *open);
    for (struct dirent *entry = readdir(folder); entry; entry = readdir(folder)) {
        int fd = atoi(entry->d_name);
        if (entry->d_name[0] != '.' && fd < FDS_MAX && fd != dirfd(folder))
            open[fd] = true;
    }
    closedir(folder);
}

/* How many descriptors are open that were not before, and would be inherited. */
static int count_inherited(const bool before[FDS_MAX])
{
    bool now[FDS_MAX];
    int count = 0;
    list_open(now);
    for (int fd = 0; fd < FDS_MAX; fd++)
        count += now[fd] && !before[fd] && !(fcntl(fd, F_GETFD) & FD_CLOEXEC);
    return count;
}

/* Those that libcurl makes for itself, with no way to tell it: a pair to wake up by in 7.88, none
 * later. */
static int count_libcurls_own(void)
{
    bool before[FDS_MAX];
    list_open(before);
    CURLM *multi = curl_multi_init();
    assert_non_null(multi);
    int count = count_inherited(before);
    curl_multi_cleanup(multi);
    return count;
}

static void every_descriptor_is_close_on_exec(void **state)
{
    scene *s = *state;
    bool before[FDS_MAX], after[FDS_MAX];
    int libcurls = count_libcurls_own();
    gateway_start(&s->gateway, "--fault=AddPortMapping=hang");
    list_open(before);
    scene_client(s, (natupnp_client_options){0});
    assert_int_equal(count_inherited(before), 0);
    natupnp_op *op = start_add(s, add_request(.external_port = 8080));
    drive_until_asked(s, s->client, "AddPortMapping", 1);
    assert_int_equal(count_inherited(before), libcurls); /* connections are open now */
    natupnp_op_cancel(op);
    assert_status(run_query(s), NATUPNP_OK);
    assert_int_equal(count_inherited(before), libcurls);
    natupnp_client_free(s->client);
    s->client = NULL;
    list_open(after);
    assert_memory_equal(before, after, sizeof before); /* and none is left */
}

/* ---- waits, wakes and signals ---- */

static natupnp_client *woken; /* for the thread and the signal handler */

static void *wake_it(void *arg)
{
    natupnp_client_wake(arg);
    return NULL;
}

static void wake_from_a_thread(void **state)
{
    scene *s = scene_begin(state, NULL);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, wake_it, s->client), 0);
    assert_int_equal(natupnp_client_wait(s->client, -1), NATUPNP_OK);
    pthread_join(thread, NULL);
    assert_int_equal(natupnp_client_wait(s->client, 0), NATUPNP_E_TIMEOUT);
}

static void on_signal(int number)
{
    (void)number;
    if (woken)
        natupnp_client_wake(woken);
}

static void set_handler(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
}

static void set_interval(long us)
{
    struct itimerval often = {.it_interval.tv_usec = us, .it_value.tv_usec = us};
    assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
}

static void wake_from_a_signal_handler(void **state)
{
    scene *s = scene_begin(state, NULL);
    woken = s->client;
    set_handler();
    raise(SIGALRM);
    assert_int_equal(natupnp_client_wait(s->client, -1), NATUPNP_OK);
    set_interval(2000);
    natupnp_status status = natupnp_client_wait(s->client, -1);
    set_interval(0);
    assert_true(status == NATUPNP_OK || status == NATUPNP_E_INTERRUPTED);
    woken = NULL;
}

static void a_signal_interrupts_the_waits(void **state)
{
    scene *s = scene_begin(state, "--fault=GetSpecificPortMappingEntry=hang");
    natupnp_op *op = start_get(s, 8080, TCP);
    drive_until_asked(s, s->client, "GetSpecificPortMappingEntry", 1);
    set_handler();
    set_interval(2000);
    natupnp_status waited;
    do /* what is due may come first */
        waited = natupnp_client_wait(s->client, -1);
    while (waited == NATUPNP_OK);
    natupnp_status op_waited = natupnp_op_wait(op);
    set_interval(0);
    assert_int_equal(waited, NATUPNP_E_INTERRUPTED);
    assert_int_equal(op_waited, NATUPNP_E_INTERRUPTED);
    assert_false(natupnp_op_done(op));
    natupnp_client_wake(s->client);
    assert_int_equal(natupnp_op_wait(op), NATUPNP_E_INTERRUPTED);
    assert_int_equal(natupnp_op_cancel(op), NATUPNP_OK);
    assert_int_equal(natupnp_op_wait(op), NATUPNP_E_CANCELLED);
}

static void wait_gives_up_in_time(void **state)
{
    scene *s = scene_begin(state, NULL);
    int64_t began = now_ms();
    assert_int_equal(natupnp_client_wait(s->client, 0), NATUPNP_E_TIMEOUT);
    assert_int_equal(natupnp_client_wait(s->client, 30), NATUPNP_E_TIMEOUT);
    assert_true(now_ms() - began >= 29);
}

/* ---- the order of writes ---- */

static void writes_with_one_key_run_in_order(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=latency=150:1");
    natupnp_op *ops[] = {
        start_add(s, add_request(.external_port = 8080, .internal_port = 80)),
        start_add(s, add_request(.external_port = 8080, .internal_port = 81)),
        start_remove(s, 8080, TCP),
        start_add(s, add_request(.external_port = 8080, .internal_port = 82)),
        start_add(s, add_request(.external_port = 9090)), /* another key overtakes */
        start_add(s, udp_request(.external_port = 8080, .internal_port = 83)),
    };
    for (size_t i = 0; i < sizeof ops / sizeof ops[0]; i++)
        assert_status(wait_for(ops[i]), NATUPNP_OK);
    char order[128] = "";
    json_t *log = gateway_get(&s->gateway, "/log"), *entry;
    size_t i;
    json_array_foreach(log, i, entry)
    {
        json_t *arguments = json_object_get(entry, "arguments");
        const char *action = json_string_value(json_object_get(entry, "action"));
        const char *port = json_string_value(json_object_get(arguments, "NewInternalPort"));
        if (port && strlen(port) == 2 && port[1] != '3')
            strcat(strcat(order, port), " ");
        else if (action && strcmp(action, "DeletePortMapping") == 0)
            strcat(order, "removed ");
    }
    json_decref(log);
    assert_string_equal(order, "80 81 removed 82 ");
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 82);
    gateway_expect(&s->gateway, 8080, "UDP", "127.0.0.1", 83);
}

static void a_cancelled_write_lets_the_next_one_go(void **state)
{
    scene *s = scene_begin(state, "--fault=AddPortMapping=hang:1");
    natupnp_op *first = start_add(s, add_request(.external_port = 8080));
    natupnp_op *never = start_remove(s, 8080, TCP);
    natupnp_op *last = start_add(s, add_request(.external_port = 8080, .internal_port = 81));
    drive_until_asked(s, s->client, "AddPortMapping", 1);
    natupnp_op_cancel(never);
    natupnp_op_cancel(first);
    assert_status(wait_for(last), NATUPNP_OK);
    gateway_expect(&s->gateway, 8080, "TCP", "127.0.0.1", 81);
}

/* ---- deadlines ---- */

#define LOOK "GetSpecificPortMappingEntry"

enum { DEADLINE_MS = 300 };

/* What the gateway lets hang, once it was asked so often, ends by its deadline: so much later. */
static void ends_in(scene *s, natupnp_op *op, const char *action, size_t count, uint64_t left_ms,
                    bool maybe_applied)
{
    drive_until(s, action, count);
    leap(s, left_ms - 1);
    assert_false(natupnp_op_done(op));
    leap(s, 1);
    assert_true(natupnp_op_done(op));
    assert_failure(wait_for(op), NATUPNP_E_TIMEOUT, 0);
    assert_int_equal(natupnp_op_maybe_applied(op), maybe_applied);
}

static void one_deadline_for_the_whole_operation(void **state)
{
    scene *s = scene_begin(state, "--fault=description=hang:1", "--fault=AddPortMapping=hang",
                           "--fault=GetSpecificPortMappingEntry=hang");
    on_clock(s, (natupnp_client_options){.timeout_ms = DEADLINE_MS});
    ends_in(s, start_add(s, add_request(.external_port = 8080)), "description", 1, DEADLINE_MS,
            false);
    on_clock(s, (natupnp_client_options){.timeout_ms = DEADLINE_MS});
    ends_in(s, start_add(s, add_request(.external_port = 8080)), "AddPortMapping", 1, DEADLINE_MS,
            true);
    ends_in(s, start_get(s, 8080, TCP), LOOK, 1, DEADLINE_MS, false);
    ends_in(s, start_remove(s, 8080, TCP), LOOK, 2, DEADLINE_MS, false); /* it had only looked */
    gateway_set(&s->gateway, "{\"faults\": {\"" LOOK "\": \"latency=100\", "
                             "\"DeletePortMapping\": \"hang\"}}");
    gateway_put(&s->gateway, 9090, "TCP", "192.168.1.9", 9090);
    /* Each reply comes in time, all together do not: look, then remove. */
    natupnp_op *op = start_remove(s, 9090, TCP);
    leap(s, DEADLINE_MS - 100);
    assert_false(natupnp_op_done(op));
    ends_in(s, op, "DeletePortMapping", 1, 100, true);
}

/* What hung once is not waited for again. */
static void a_retry_is_a_new_try(void **state)
{
    scene *s = scene_begin(state, "--fault=description=hang:1");
    on_clock(s, (natupnp_client_options){.timeout_ms = DEADLINE_MS});
    ends_in(s, start_add(s, add_request(.external_port = 8080)), "description", 1, DEADLINE_MS,
            false);
    assert_status(finish(s, start_add(s, add_request(.external_port = 8080))), NATUPNP_OK);
}

static void a_new_deadline_is_for_later_starts(void **state)
{
    scene *s = scene_begin(state, "--fault=" LOOK "=hang");
    on_clock(s, (natupnp_client_options){.timeout_ms = DEADLINE_MS});
    natupnp_op *short_one = start_get(s, 8080, TCP);
    assert_int_equal(natupnp_client_set_timeout_ms(s->client, 0), NATUPNP_OK);
    natupnp_op *long_one = start_get(s, 8081, TCP);
    ends_in(s, short_one, LOOK, 2, DEADLINE_MS, false);
    assert_false(natupnp_op_done(long_one));
    assert_int_equal(natupnp_client_set_timeout_ms(s->client, UINT32_MAX), NATUPNP_E_INVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(readable_if_and_only_if_there_is_something),
        scene_test(freeing_a_queued_completion_quiets_the_descriptor),
        scene_test(the_descriptor_alone_is_enough),
        scene_test(every_descriptor_is_close_on_exec),
        scene_test(wake_from_a_thread),
        scene_test(wake_from_a_signal_handler),
        scene_test(a_signal_interrupts_the_waits),
        scene_test(wait_gives_up_in_time),
        scene_test(writes_with_one_key_run_in_order),
        scene_test(a_cancelled_write_lets_the_next_one_go),
        scene_test(one_deadline_for_the_whole_operation),
        scene_test(a_retry_is_a_new_try),
        scene_test(a_new_deadline_is_for_later_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
