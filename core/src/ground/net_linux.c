/* SPDX-License-Identifier: MIT */
/* The network by netlink, as it is now; wires/net_watch_linux.c tells that it has changed. */
#include "net.h"

#include <errno.h>
#include <ifaddrs.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Makes room for one more element in a doubling array; NULL without memory. */
static void *grow(void *array, size_t count, size_t size)
{
    if (count & (count - 1))
        return array;
    return realloc(array, (count > 0 ? count * 2 : 1) * size);
}

static unsigned prefix_of(const struct sockaddr *mask)
{
    struct in_addr bits = ((const struct sockaddr_in *)(const void *)mask)->sin_addr;
    return (unsigned)__builtin_popcount(bits.s_addr);
}

static natupnp_status read_interfaces(nat__net *net)
{
    struct ifaddrs *all;
    if (getifaddrs(&all) != 0)
        return errno == ENOMEM ? NATUPNP_E_NOMEM : NATUPNP_E_SYSTEM;
    natupnp_status status = NATUPNP_OK;
    for (struct ifaddrs *it = all; it; it = it->ifa_next) {
        if (!it->ifa_addr || it->ifa_addr->sa_family != AF_INET || !it->ifa_netmask ||
            (it->ifa_flags & (IFF_UP | IFF_RUNNING)) != (IFF_UP | IFF_RUNNING))
            continue;
        nat__netif *array = grow(net->interfaces, net->interface_count, sizeof *array);
        if (!array) {
            status = NATUPNP_E_NOMEM;
            break;
        }
        net->interfaces = array;
        nat__netif *netif = &array[net->interface_count++];
        *netif = (nat__netif){
            .index = if_nametoindex(it->ifa_name),
            .address = nat__ip_from_v4(((struct sockaddr_in *)(void *)it->ifa_addr)->sin_addr),
            .prefix = prefix_of(it->ifa_netmask),
            .multicast = it->ifa_flags & IFF_MULTICAST,
            .point_to_point = it->ifa_flags & IFF_POINTOPOINT,
            .loopback = it->ifa_flags & IFF_LOOPBACK,
        };
        strncpy(netif->name, it->ifa_name, sizeof netif->name - 1);
    }
    freeifaddrs(all);
    return status;
}

static natupnp_status add_route(nat__net *net, const void *gateway, unsigned index)
{
    nat__route route = {.index = index};
    struct in_addr address;
    memcpy(&address, gateway, sizeof address);
    route.gateway = nat__ip_from_v4(address);
    nat__route *array = grow(net->routes, net->route_count, sizeof *array);
    if (!array)
        return NATUPNP_E_NOMEM;
    net->routes = array;
    net->routes[net->route_count++] = route;
    return NATUPNP_OK;
}

/* A route with several next hops (ECMP). */
static natupnp_status add_nexthops(nat__net *net, const struct rtattr *multipath)
{
    const struct rtnexthop *hop = RTA_DATA(multipath);
    int64_t left = (int64_t)RTA_PAYLOAD(multipath);
    for (; RTNH_OK(hop, left); left -= RTNH_ALIGN(hop->rtnh_len), hop = RTNH_NEXT(hop)) {
        const struct rtattr *attr = (const void *)(hop + 1);
        int64_t rest = hop->rtnh_len - (int64_t)sizeof *hop;
        for (; RTA_OK(attr, rest); attr = RTA_NEXT(attr, rest))
            if (attr->rta_type == RTA_GATEWAY && RTA_PAYLOAD(attr) == 4) {
                natupnp_status status = add_route(net, RTA_DATA(attr), (unsigned)hop->rtnh_ifindex);
                if (status != NATUPNP_OK)
                    return status;
            }
    }
    return NATUPNP_OK;
}

static natupnp_status add_route_message(nat__net *net, const struct nlmsghdr *message)
{
    const struct rtmsg *route = NLMSG_DATA(message);
    if (message->nlmsg_type != RTM_NEWROUTE || route->rtm_family != AF_INET ||
        route->rtm_dst_len != 0 || route->rtm_type != RTN_UNICAST)
        return NATUPNP_OK;
    const void *gateway = NULL;
    unsigned index = 0;
    const struct rtattr *attr = RTM_RTA(route);
    int64_t left = (int64_t)RTM_PAYLOAD(message);
    for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left)) {
        if (attr->rta_type == RTA_GATEWAY && RTA_PAYLOAD(attr) == 4)
            gateway = RTA_DATA(attr);
        else if (attr->rta_type == RTA_OIF && RTA_PAYLOAD(attr) == sizeof index)
            memcpy(&index, RTA_DATA(attr), sizeof index);
        else if (attr->rta_type == RTA_MULTIPATH) {
            natupnp_status status = add_nexthops(net, attr);
            if (status != NATUPNP_OK)
                return status;
        }
    }
    return gateway && index > 0 ? add_route(net, gateway, index) : NATUPNP_OK;
}

/* Reads the answer to a route dump, which the kernel gives at once and in several parts. */
static natupnp_status read_route_dump(nat__net *net, int fd)
{
    union {
        struct nlmsghdr header;
        char bytes[32768];
    } buffer;
    for (;;) {
        ssize_t length = recv(fd, &buffer, sizeof buffer, 0);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return NATUPNP_E_SYSTEM;
        unsigned left = (unsigned)length;
        for (struct nlmsghdr *it = &buffer.header; NLMSG_OK(it, left); it = NLMSG_NEXT(it, left)) {
            if (it->nlmsg_type == NLMSG_DONE)
                return NATUPNP_OK;
            if (it->nlmsg_type == NLMSG_ERROR)
                return NATUPNP_E_SYSTEM;
            natupnp_status status = add_route_message(net, it);
            if (status != NATUPNP_OK)
                return status;
        }
    }
}

static natupnp_status read_routes(nat__net *net)
{
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return NATUPNP_E_SYSTEM;
    struct {
        struct nlmsghdr header;
        struct rtmsg route;
    } request = {
        .header = {.nlmsg_len = sizeof request,
                   .nlmsg_type = RTM_GETROUTE,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .route = {.rtm_family = AF_INET},
    };
    natupnp_status status = NATUPNP_E_SYSTEM;
    if (send(fd, &request, sizeof request, 0) == (ssize_t)sizeof request)
        status = read_route_dump(net, fd);
    close(fd);
    return status;
}

natupnp_status nat__net_read(nat__net *out)
{
    *out = (nat__net){0};
    natupnp_status status = read_interfaces(out);
    if (status == NATUPNP_OK)
        status = read_routes(out);
    if (status != NATUPNP_OK)
        nat__net_free(out);
    return status;
}

void nat__net_free(nat__net *net)
{
    free(net->interfaces);
    free(net->routes);
    *net = (nat__net){0};
}

const nat__netif *nat__net_on_link(const nat__net *net, unsigned index, nat__ip address)
{
    for (size_t i = 0; i < net->interface_count; i++) {
        const nat__netif *netif = &net->interfaces[i];
        if (netif->index == index && nat__ip_in_prefix(address, netif->address, netif->prefix))
            return netif;
    }
    return NULL;
}

bool nat__net_is_default_gateway(const nat__net *net, nat__ip address)
{
    for (size_t i = 0; i < net->route_count; i++)
        if (nat__ip_equal(net->routes[i].gateway, address))
            return true;
    return false;
}

bool nat__net_source_for(nat__ip to, nat__ip *out)
{
    if (to.family != 4)
        return false;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    struct sockaddr_in address = nat__ip_to_v4(to, 9);
    socklen_t length = sizeof address;
    bool found = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 &&
                 getsockname(fd, (struct sockaddr *)&address, &length) == 0;
    close(fd);
    if (found)
        *out = nat__ip_from_v4(address.sin_addr);
    return found;
}
