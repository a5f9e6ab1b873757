/* SPDX-License-Identifier: MIT */
/* Answering searches (UPnP Device Architecture 1.1, section 1.3). */
#include "ssdp.h"
#include "description.h"
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define SSDP_GROUP "239.255.255.250"
/* More waiting answers than this are dropped, as a full socket buffer would. */
#define ANSWERS_MOST 4096

struct answer {
    struct text datagram;
    struct sockaddr_in to;
    int64_t due_ms;
    struct answer *next;
};

struct ssdp {
    struct gateway *gateway;
    int unicast;   /* bound to the listening address; also sends the answers */
    int multicast; /* bound to the group, or -1 */
    struct answer *first;
    struct answer **last;
    size_t count;
};

static int open_socket(struct in_addr address, uint16_t port, bool shared)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr = address, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int one = 1;

    if (fd < 0)
        return -1;
    if (shared && (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) < 0 ||
                   setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) < 0))
        goto fail;
    if (bind(fd, (struct sockaddr *)&name, sizeof name) == 0)
        return fd;
fail:;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static int open_multicast(struct in_addr interface, uint16_t port)
{
    struct ip_mreqn group = {.imr_address = interface};
    int zero = 0;

    inet_pton(AF_INET, SSDP_GROUP, &group.imr_multiaddr);
    int fd = open_socket(group.imr_multiaddr, port, true);
    if (fd < 0)
        return -1;
    /* Without IP_MULTICAST_ALL off, other interfaces' searches would come in too. */
    if (setsockopt(fd, IPPROTO_IP, IP_MULTICAST_ALL, &zero, sizeof zero) == 0 &&
        setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0)
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

struct ssdp *ssdp_start(struct gateway *gateway)
{
    const struct settings *settings = &gateway->settings;
    struct ssdp *ssdp = memory_new(1, sizeof *ssdp);
    uint16_t port = (uint16_t)settings->ssdp_port;
    struct in_addr address;

    inet_pton(AF_INET, settings->listen, &address);
    ssdp->gateway = gateway;
    ssdp->last = &ssdp->first;
    ssdp->multicast = -1;
    /* Not answering unicast means to send from a port that nobody searches at, and shares with
     * nobody. */
    ssdp->unicast = settings->no_unicast ? open_socket(address, 0, false)
                                         : open_socket(address, port, settings->multicast);
    if (ssdp->unicast < 0)
        goto fail;
    if (!port && !(settings->multicast && settings->no_unicast))
        port = listen_port(ssdp->unicast);
    setsockopt(ssdp->unicast, IPPROTO_IP, IP_MULTICAST_IF, &address, sizeof address);
    if (settings->multicast) {
        ssdp->multicast = open_multicast(address, port);
        if (ssdp->multicast < 0)
            goto fail;
        port = listen_port(ssdp->multicast);
    }
    gateway->ssdp_port = port;
    return ssdp;
fail:;
    int reason = errno;
    ssdp_stop(ssdp);
    errno = reason;
    return NULL;
}

void ssdp_stop(struct ssdp *ssdp)
{
    while (ssdp->first) {
        struct answer *answer = ssdp->first;
        ssdp->first = answer->next;
        text_free(&answer->datagram);
        free(answer);
    }
    if (ssdp->unicast >= 0)
        close(ssdp->unicast);
    if (ssdp->multicast >= 0)
        close(ssdp->multicast);
    free(ssdp);
}

/* What the device can be searched for: 1 to 3 are its devices, then come its services. */
#define TARGETS (2 + DEVICES + SERVICES)

/* The search target with that number, and the UDN of its device; false if it is not offered. */
static bool target_at(const struct gateway *gateway, int index, struct text *target,
                      struct text *udn)
{
    static const enum device homes[SERVICES] = {DEVICE_ROOT, DEVICE_WAN, DEVICE_CONNECTION,
                                                DEVICE_CONNECTION};

    if (index == 0) {
        description_udn(udn, gateway, DEVICE_ROOT);
        text_add(target, "upnp:rootdevice");
    } else if (index == 1) {
        description_udn(udn, gateway, DEVICE_ROOT);
        text_add(target, udn->data);
    } else if (index < 2 + DEVICES) {
        description_udn(udn, gateway, (enum device)(index - 2));
        description_device_type(target, gateway, (enum device)(index - 2));
    } else {
        enum service service = (enum service)(index - 2 - DEVICES);
        description_udn(udn, gateway, homes[service]);
        description_service_type(target, gateway, service);
        return description_has_service(gateway, service);
    }
    return true;
}

/* Whether a target is meant by what was searched: an older version finds a newer device. */
static bool target_matches(const char *searched, const char *target)
{
    const char *colon = strrchr(target, ':');
    uint64_t wanted, ours;

    if (!strcmp(searched, target))
        return true;
    if (!colon || strncmp(target, "urn:", 4) != 0)
        return false;
    size_t prefix = (size_t)(colon + 1 - target);
    return !strncmp(searched, target, prefix) && text_number(searched + prefix, 99, &wanted) &&
           text_number(target + prefix, 99, &ours) && wanted && wanted <= ours;
}

static void add_common(const struct gateway *gateway, struct text *out)
{
    text_add(out, "LOCATION: ");
    if (gateway->settings.location[0])
        text_add(out, gateway->settings.location);
    else
        description_location(out, gateway);
    text_format(out,
                "\r\nSERVER: Linux UPnP/1.1 natupnp-gateway/" NATUPNP_GATEWAY_VERSION "\r\n"
                "CACHE-CONTROL: max-age=1800\r\nBOOTID.UPNP.ORG: %d\r\nCONFIGID.UPNP.ORG: 1\r\n",
                gateway->boot_id);
}

static void queue_answer(struct ssdp *ssdp, const struct sockaddr_in *to, const char *target,
                         const char *udn)
{
    const struct settings *settings = &ssdp->gateway->settings;

    for (int i = 0; i < settings->ssdp_repeat && ssdp->count < ANSWERS_MOST; i++) {
        struct answer *answer = memory_new(1, sizeof *answer);
        text_format(&answer->datagram, "HTTP/1.1 200 OK\r\nST: %s\r\nUSN: %s%s%s\r\nEXT:\r\n",
                    target, udn, strcmp(target, udn) ? "::" : "",
                    strcmp(target, udn) ? target : "");
        add_common(ssdp->gateway, &answer->datagram);
        text_add(&answer->datagram, "\r\n");
        answer->to = *to;
        answer->due_ms = clock_ms() + settings->ssdp_delay_ms;
        *ssdp->last = answer;
        ssdp->last = &answer->next;
        ssdp->count++;
    }
}

static void answer_search(struct ssdp *ssdp, const struct sockaddr_in *to, const char *searched)
{
    bool all = !strcmp(searched, "ssdp:all");

    for (int i = 0; i < TARGETS; i++) {
        struct text target = {0};
        struct text udn = {0};

        if (target_at(ssdp->gateway, i, &target, &udn) &&
            (all || target_matches(searched, target.data)))
            /* The answer names the version that was searched. */
            queue_answer(ssdp, to, all ? target.data : searched, udn.data);
        text_free(&target);
        text_free(&udn);
    }
}

/* Copies the value of a header, without the blanks around it. */
static bool find_header(const char *datagram, const char *name, char *out, size_t room)
{
    size_t length = strlen(name);

    for (const char *line = strstr(datagram, "\r\n"); line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) != 0 || line[length] != ':')
            continue;
        const char *value = line + length + 1;
        value += strspn(value, " \t");
        size_t extent = strcspn(value, "\r\n");
        while (extent && (value[extent - 1] == ' ' || value[extent - 1] == '\t'))
            extent--;
        if (extent >= room)
            return false;
        memcpy(out, value, extent);
        out[extent] = '\0';
        return true;
    }
    return false;
}

static void receive(struct ssdp *ssdp, int fd)
{
    char datagram[2048];
    struct sockaddr_in from;
    char man[32];
    char target[256];

    for (;;) {
        socklen_t length = sizeof from;
        ssize_t got =
            recvfrom(fd, datagram, sizeof datagram - 1, 0, (struct sockaddr *)&from, &length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return;
        datagram[got] = '\0';
        if (strncmp(datagram, "M-SEARCH * HTTP/1.1\r\n", 21) != 0 ||
            !find_header(datagram, "MAN", man, sizeof man) ||
            strcmp(man, "\"ssdp:discover\"") != 0 ||
            !find_header(datagram, "ST", target, sizeof target))
            continue;
        log_count_search(&ssdp->gateway->log, target);
        if (!ssdp->gateway->ssdp_muted)
            answer_search(ssdp, &from, target);
    }
}

void ssdp_watch(const struct ssdp *ssdp, struct watch *watch)
{
    if (!ssdp->gateway->settings.no_unicast)
        watch_add(watch, ssdp->unicast, POLLIN);
    if (ssdp->multicast >= 0)
        watch_add(watch, ssdp->multicast, POLLIN);
}

int ssdp_timeout_ms(const struct ssdp *ssdp)
{
    if (!ssdp->first)
        return -1;
    int64_t left = ssdp->first->due_ms - clock_ms();
    return left < 0 ? 0 : (int)left;
}

static void send_due(struct ssdp *ssdp)
{
    /* In the order of the searches: a shorter delay set later does not overtake. */
    while (ssdp->first && ssdp->first->due_ms <= clock_ms()) {
        struct answer *answer = ssdp->first;

        /* Like every datagram it may get lost; the searcher may be gone. */
        (void)!sendto(ssdp->unicast, answer->datagram.data, answer->datagram.length, 0,
                      (struct sockaddr *)&answer->to, sizeof answer->to);
        ssdp->first = answer->next;
        if (!ssdp->first)
            ssdp->last = &ssdp->first;
        ssdp->count--;
        text_free(&answer->datagram);
        free(answer);
    }
}

void ssdp_run(struct ssdp *ssdp)
{
    if (!ssdp->gateway->settings.no_unicast)
        receive(ssdp, ssdp->unicast);
    if (ssdp->multicast >= 0)
        receive(ssdp, ssdp->multicast);
    send_due(ssdp);
}

bool ssdp_notify(struct ssdp *ssdp, const char *nts, uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    bool done = true;

    inet_pton(AF_INET, SSDP_GROUP, &to.sin_addr);
    for (int i = 0; i < TARGETS; i++) {
        struct text target = {0};
        struct text udn = {0};
        struct text out = {0};

        if (target_at(ssdp->gateway, i, &target, &udn)) {
            bool same = !strcmp(target.data, udn.data);
            text_format(&out,
                        "NOTIFY * HTTP/1.1\r\nHOST: " SSDP_GROUP ":%u\r\nNT: %s\r\nNTS: %s\r\n"
                        "USN: %s%s%s\r\n",
                        port, target.data, nts, udn.data,
                        same ? "" : "::", same ? "" : target.data);
            add_common(ssdp->gateway, &out);
            text_add(&out, "\r\n");
            if (sendto(ssdp->unicast, out.data, out.length, 0, (struct sockaddr *)&to, sizeof to) <
                0)
                done = false;
        }
        text_free(&target);
        text_free(&udn);
        text_free(&out);
    }
    return done;
}
