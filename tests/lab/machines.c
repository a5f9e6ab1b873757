/* SPDX-License-Identifier: MIT */
#include "machines.h"

#include "../unit/check.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { SKIPPED = 77 };

static int skipped(const char *reason)
{
    fprintf(stderr, "skipped: %s\n", reason);
    return SKIPPED;
}

static bool run_ip(const char *words)
{
    char command[512];
    int length = snprintf(command, sizeof command, "PATH=\"$PATH:/usr/sbin:/sbin\" ip %s", words);
    return length < (int)sizeof command && system(command) == 0;
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return good;
}

/* As an unprivileged user: root of a user namespace may make network namespaces. */
static bool enter_as_user(void)
{
    char uids[64], gids[64];
    snprintf(uids, sizeof uids, "0 %u 1", (unsigned)getuid());
    snprintf(gids, sizeof gids, "0 %u 1", (unsigned)getgid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0 &&
           write_file("/proc/self/setgroups", "deny") && write_file("/proc/self/uid_map", uids) &&
           write_file("/proc/self/gid_map", gids);
}

int machines_enter(void)
{
    if (unshare(CLONE_NEWNET) != 0 && !enter_as_user())
        return skipped(
            "no network namespaces: neither root's nor an unprivileged user's are allowed");
    if (!run_ip("link set lo up"))
        return skipped("the program ip does not work here; scripts/install-deps.sh installs it");
    if (!run_ip("link add probe type veth peer name probe2") || !run_ip("link delete probe"))
        return skipped("this kernel or container has no virtual cables (veth)");
    return 0;
}

static int current(void)
{
    int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

int machines_new(void)
{
    int home = current();
    assert_int_equal(unshare(CLONE_NEWNET), 0);
    machines_ip("link set lo up");
    int machine = current();
    machines_return(home);
    return machine;
}

int machines_move(int machine)
{
    int home = current();
    assert_int_equal(setns(machine, CLONE_NEWNET), 0);
    return home;
}

void machines_return(int from)
{
    assert_int_equal(setns(from, CLONE_NEWNET), 0);
    close(from);
}

void machines_ip(const char *format, ...)
{
    char words[400];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(words, sizeof words, format, args);
    va_end(args);
    assert_true(length > 0 && length < (int)sizeof words);
    if (!run_ip(words))
        fail_msg("ip %s", words);
}

void machines_await_running(const char *interface)
{
    enum { TRIES = 5000, PAUSE_NS = 2000000 };
    struct ifreq request = {.ifr_flags = 0};
    strncpy(request.ifr_name, interface, sizeof request.ifr_name - 1);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    for (int i = 0; i < TRIES; i++) {
        assert_int_equal(ioctl(fd, SIOCGIFFLAGS, &request), 0);
        if (request.ifr_flags & IFF_RUNNING)
            break;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
    close(fd);
    assert_true(request.ifr_flags & IFF_RUNNING);
}

void machines_plug(const char *here, const char *here_address, int machine, const char *there,
                   const char *there_address)
{
    machines_ip("link add %s type veth peer name %s netns /proc/%d/fd/%d", here, there,
                (int)getpid(), machine);
    machines_ip("address add %s dev %s", here_address, here);
    machines_ip("link set %s up", here);
    int home = machines_move(machine);
    machines_ip("address add %s dev %s", there_address, there);
    machines_ip("link set %s up", there);
    machines_await_running(there);
    machines_return(home);
    machines_await_running(here);
}
