/* SPDX-License-Identifier: MIT */
/* Changes of the network by rtnetlink; ground/net_linux.c reads what is so. */
#include "net_watch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

/* Messages read in one go. What they say does not matter, only that they came. */
enum { BURST_MAX = 64 };

/* Takes one message out; false when there is none. */
static bool take(nat__net_watch *w, bool *changed)
{
    char first;
    if (recv(w->fd, &first, sizeof first, MSG_DONTWAIT | MSG_TRUNC) >= 0 || errno == ENOBUFS) {
        *changed = true; /* or more came than the kernel kept */
        return true;
    }
    if (errno == EINTR)
        return true;
    if (errno != EAGAIN)
        nat__watch_clear(w->loop, &w->watch); /* it would be readable for ever */
    return false;
}

static void on_ready(void *arg, bool readable, bool writable)
{
    nat__net_watch *w = arg;
    (void)readable, (void)writable;
    bool changed = false;
    for (int i = 0; i < BURST_MAX && take(w, &changed); i++)
        ;
    if (!changed)
        return;
    uint64_t now = nat__loop_now(w->loop);
    if (w->timer.slot == 0)
        w->latest_ms = now + NAT__NET_WATCH_LONGEST_MS;
    uint64_t at = now + NAT__NET_WATCH_QUIET_MS;
    nat__timer_set(w->loop, &w->timer, at < w->latest_ms ? at : w->latest_ms);
}

static void on_due(void *arg)
{
    nat__net_watch *w = arg;
    w->on_change(w->arg);
}

/*
 * Link messages that tell no change of ours wake nobody: a bridge's of its
 * ports, and those with wireless events, which come with each scan. Without
 * the filter they do no harm either, so it may fail.
 */
static void set_filter(int fd)
{
    static const unsigned header = NLMSG_HDRLEN;
    struct sock_filter code[] = {
        {BPF_LD | BPF_H | BPF_ABS, 0, 0, offsetof(struct nlmsghdr, nlmsg_type)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 6, htons(RTM_NEWLINK)},
        {BPF_LD | BPF_B | BPF_ABS, 0, 0, header + offsetof(struct ifinfomsg, ifi_family)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 5, AF_UNSPEC},
        {BPF_LDX | BPF_IMM, 0, 0, IFLA_WIRELESS},
        {BPF_LD | BPF_IMM, 0, 0, header + NLMSG_ALIGN(sizeof(struct ifinfomsg))},
        {BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)(SKF_AD_OFF + SKF_AD_NLATTR)},
        {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0}, /* no such attribute */
        {BPF_RET | BPF_K, 0, 0, 0x7FFFFFFF},
        {BPF_RET | BPF_K, 0, 0, 0},
    };
    struct sock_fprog filter = {.len = sizeof code / sizeof code[0], .filter = code};
    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

static natupnp_status listen_to_kernel(nat__net_watch *w)
{
    struct sockaddr_nl local = {.nl_family = AF_NETLINK,
                                .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE};
    w->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
    if (w->fd < 0)
        return NATUPNP_E_SYSTEM;
    set_filter(w->fd);
    if (bind(w->fd, (struct sockaddr *)&local, sizeof local) != 0)
        return NATUPNP_E_SYSTEM;
    return nat__watch_set(w->loop, &w->watch, w->fd, true, false);
}

natupnp_status nat__net_watch_open(nat__net_watch *w, nat__loop *loop, void (*on_change)(void *arg),
                                   void *arg)
{
    *w = (nat__net_watch){.loop = loop, .fd = -1, .on_change = on_change, .arg = arg};
    w->watch.on_ready = on_ready;
    w->watch.arg = w;
    natupnp_status status = nat__timer_open(loop, &w->timer, NAT__AWAKE, on_due, w);
    if (status == NATUPNP_OK)
        status = listen_to_kernel(w);
    if (status != NATUPNP_OK)
        nat__net_watch_close(w);
    return status;
}

void nat__net_watch_close(nat__net_watch *w)
{
    nat__timer_close(w->loop, &w->timer);
    if (w->fd < 0)
        return;
    nat__watch_clear(w->loop, &w->watch);
    close(w->fd);
    w->fd = -1;
}
