/* SPDX-License-Identifier: MIT */
/*
 * Kept mappings on gateways that answer as they like: each way to answer an add with each way to
 * answer a look, while events give reason to doubt. None of it may make us noisy: what goes out by
 * itself is counted on the wire, on a clock that only the test moves.
 */
#include "keeper_scene.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    FIRST_PORT = 8080,
    MINUTE_MS = 60 * 1000,
    HOUR_MS = 60 * MINUTE_MS,
    DAY_MS = 24 * HOUR_MS,
    MOST_IN_A_MINUTE = 30,
    MOST_IN_A_DAY = 1000,
    MOST_MADE_IN_AN_HOUR = 26, /* once in 150 s, and what is left of a moment */
    TIMES_MAX = 16384,
    ENTRIES_MAX = 16,
    PATIENCE_MS = 60000
};

/* ---- a gateway ---- */

enum adding {
    ADD_STORES,
    ADD_STORES_NOTHING,
    ADD_STORES_ANOTHER_HOST,
    ADD_STORES_ANOTHER_PORT,
    ADD_STORES_SECONDS,  /* a lease of one */
    ADD_STORES_A_MINUTE, /* a lease of one */
    ADD_SHOWS_ONCE,      /* what is there goes after it was looked at */
    ADD_718,             /* but for the first ones */
    ADD_718_IN_TURN,     /* each second time */
    ADD_501_IN_TURN,
    ADD_HTTP_500_IN_TURN,
    ADD_NOTHING_IN_TURN, /* an empty reply */
    ADDINGS
};
static const char *const adding_names[ADDINGS] = {
    "stores",         "stores nothing",  "stores another host's", "stores another port",
    "a lease of 1 s", "a lease of 60 s", "shows it once",         "718",
    "718 in turn",    "501 in turn",     "HTTP 500 in turn",      "no reply in turn"};

enum looking {
    LOOK_SHOWS,
    LOOK_714,
    LOOK_402,
    LOOK_501,
    LOOK_HTTP_500,
    LOOK_NOTHING, /* an empty reply */
    LOOK_ANOTHER_HOST,
    LOOK_ANOTHER_PORT,
    LOOK_DISABLED,
    LOOK_714_IN_TURN,
    LOOK_ANOTHER_HOST_IN_TURN,
    LOOKINGS
};
static const char *const looking_names[LOOKINGS] = {"shows",
                                                    "714",
                                                    "402",
                                                    "501",
                                                    "HTTP 500",
                                                    "no reply",
                                                    "another host's",
                                                    "another port",
                                                    "switched off",
                                                    "714 in turn",
                                                    "another host's in turn"};

enum telling { TELL_NOTHING, TELL_COUNTS, TELL_GAPS, TELLINGS };
static const char *const telling_names[TELLINGS] = {"no events", "counts that fall", "gaps"};

typedef struct entry {
    int port, internal_port, lease_s;
    char client[64], description[80];
} entry;

static struct gateway {
    pthread_mutex_t lock;
    pthread_t thread;
    int listener, http_port;
    enum adding adding;
    enum looking looking;
    bool lists;
    uint64_t now_ms; /* the client's */
    entry entries[ENTRIES_MAX];
    size_t count;
    unsigned adds, looks, first_adds, subscriptions;
    char callback[160];
    size_t asked;                /* all but what is only read each minute */
    uint64_t made_ms[TIMES_MAX]; /* when the first port was added */
    size_t made;
} gw = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The text of an element, into a buffer. */
static const char *argument(const char *request, const char *name, char *out, size_t size)
{
    char open[64];
    snprintf(open, sizeof open, "<%s>", name);
    const char *at = strstr(request, open), *end = at ? strchr(at + 1, '<') : NULL;
    out[0] = '\0';
    if (end)
        snprintf(out, size, "%.*s", (int)(end - at - (int)strlen(open)), at + strlen(open));
    return out;
}

static int number(const char *request, const char *name)
{
    char text[32];
    return atoi(argument(request, name, text, sizeof text));
}

static void send_text(int fd, const char *text)
{
    for (size_t left = strlen(text); left > 0;) {
        ssize_t sent = send(fd, text, left, MSG_NOSIGNAL);
        if (sent <= 0)
            return;
        text += sent;
        left -= (size_t)sent;
    }
}

static void respond(int fd, int code, const char *headers, const char *body)
{
    char text[4096];
    snprintf(text, sizeof text,
             "HTTP/1.1 %d x\r\n%sContent-Length: %zu\r\nConnection: close\r\n\r\n%s", code, headers,
             strlen(body), body);
    send_text(fd, text);
}

static void envelope(int fd, int code, const char *body)
{
    char text[3000];
    snprintf(text, sizeof text,
             "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>%s</s:Body>"
             "</s:Envelope>",
             body);
    respond(fd, code, "Content-Type: text/xml\r\n", text);
}

static void fault(int fd, int code)
{
    char text[500];
    snprintf(text, sizeof text,
             "<s:Fault><faultcode>s:Client</faultcode><faultstring>UPnPError</faultstring><detail>"
             "<UPnPError xmlns=\"urn:schemas-upnp-org:control-1-0\"><errorCode>%d</errorCode>"
             "</UPnPError></detail></s:Fault>",
             code);
    envelope(fd, 500, text);
}

static void success(int fd, const char *action, const char *values)
{
    char text[2000];
    snprintf(text, sizeof text,
             "<u:%sResponse xmlns:u=\"urn:schemas-upnp-org:service:WANIPConnection:1\">%s"
             "</u:%sResponse>",
             action, values, action);
    envelope(fd, 200, text);
}

static entry *entry_at(int port)
{
    for (size_t i = 0; i < gw.count; i++)
        if (gw.entries[i].port == port)
            return &gw.entries[i];
    return NULL;
}

static void entry_remove(int port)
{
    entry *e = entry_at(port);
    if (e)
        *e = gw.entries[--gw.count];
}

static void store(const char *request)
{
    int port = number(request, "NewExternalPort");
    entry *e = entry_at(port);
    if (!e && gw.count < ENTRIES_MAX)
        e = &gw.entries[gw.count++];
    if (!e)
        return;
    e->port = port;
    e->internal_port = number(request, "NewInternalPort");
    e->lease_s = number(request, "NewLeaseDuration");
    argument(request, "NewInternalClient", e->client, sizeof e->client);
    argument(request, "NewPortMappingDescription", e->description, sizeof e->description);
    if (gw.adding == ADD_STORES_ANOTHER_HOST)
        strcpy(e->client, "10.0.0.9");
    if (gw.adding == ADD_STORES_ANOTHER_PORT)
        e->internal_port = 9;
    if (gw.adding == ADD_STORES_SECONDS)
        e->lease_s = 1;
    if (gw.adding == ADD_STORES_A_MINUTE)
        e->lease_s = 60;
}

static void answer_add(int fd, const char *request)
{
    bool turn = ++gw.adds % 2 == 0;
    if (number(request, "NewExternalPort") == FIRST_PORT && gw.made < TIMES_MAX)
        gw.made_ms[gw.made++] = gw.now_ms;
    if ((gw.adding == ADD_718 && gw.adds > gw.first_adds) ||
        (gw.adding == ADD_718_IN_TURN && turn)) {
        fault(fd, 718);
        return;
    }
    if (gw.adding == ADD_501_IN_TURN && turn) {
        fault(fd, 501);
        return;
    }
    if (gw.adding == ADD_HTTP_500_IN_TURN && turn) {
        respond(fd, 500, "", "");
        return;
    }
    if (gw.adding == ADD_NOTHING_IN_TURN && turn)
        return;
    if (gw.adding != ADD_STORES_NOTHING)
        store(request);
    success(fd, "AddPortMapping", "");
}

static void show_entry(int fd, const char *action, const entry *e, bool enabled)
{
    char text[1000];
    snprintf(text, sizeof text,
             "<NewRemoteHost></NewRemoteHost><NewExternalPort>%d</NewExternalPort>"
             "<NewProtocol>TCP</NewProtocol><NewInternalPort>%d</NewInternalPort>"
             "<NewInternalClient>%s</NewInternalClient><NewEnabled>%d</NewEnabled>"
             "<NewPortMappingDescription>%s</NewPortMappingDescription>"
             "<NewLeaseDuration>%d</NewLeaseDuration>",
             e->port, e->internal_port, e->client, enabled, e->description, e->lease_s);
    success(fd, action, text);
}

static void answer_look(int fd, const char *request)
{
    bool turn = ++gw.looks % 2 == 0;
    entry *e = entry_at(number(request, "NewExternalPort"));
    entry shown = e ? *e : (entry){.port = number(request, "NewExternalPort"), .internal_port = 80};
    if (gw.looking == LOOK_714 || (gw.looking == LOOK_714_IN_TURN && turn))
        fault(fd, 714);
    else if (gw.looking == LOOK_402 || gw.looking == LOOK_501)
        fault(fd, gw.looking == LOOK_402 ? 402 : 501);
    else if (gw.looking == LOOK_HTTP_500)
        respond(fd, 500, "", "");
    else if (gw.looking == LOOK_NOTHING)
        return;
    else if (gw.looking == LOOK_ANOTHER_HOST || (gw.looking == LOOK_ANOTHER_HOST_IN_TURN && turn)) {
        strcpy(shown.client, "10.0.0.9");
        show_entry(fd, "GetSpecificPortMappingEntry", &shown, true);
    } else if (!e) {
        fault(fd, 714);
    } else {
        shown.internal_port = gw.looking == LOOK_ANOTHER_PORT ? 9 : e->internal_port;
        show_entry(fd, "GetSpecificPortMappingEntry", &shown, gw.looking != LOOK_DISABLED);
        if (gw.adding == ADD_SHOWS_ONCE)
            entry_remove(e->port);
    }
}

static void answer_index(int fd, const char *request)
{
    size_t index = (size_t)number(request, "NewPortMappingIndex");
    if (!gw.lists)
        fault(fd, 501);
    else if (index >= gw.count)
        fault(fd, 713);
    else
        show_entry(fd, "GetGenericPortMappingEntry", &gw.entries[index], true);
}

static void answer_subscribe(int fd, const char *request)
{
    char headers[120];
    const char *callback = strcasestr(request, "\ncallback:");
    if (callback && sscanf(callback, "%*[^<]<%159[^>]", gw.callback) == 1)
        gw.subscriptions++;
    snprintf(headers, sizeof headers, "SID: uuid:%u\r\nTIMEOUT: Second-1800\r\n", gw.subscriptions);
    respond(fd, 200, headers, "");
}

static void describe(int fd)
{
    respond(fd, 200, "",
            "<root><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1"
            "</deviceType><friendlyName>Odd</friendlyName><UDN>uuid:odd</UDN><serviceList><service>"
            "<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>"
            "<controlURL>/ctl</controlURL><eventSubURL>/evt</eventSubURL></service></serviceList>"
            "</device></root>");
}

static void answer(int fd, const char *request)
{
    gw.asked++;
    if (strstr(request, "#AddPortMapping\"")) {
        answer_add(fd, request);
    } else if (strstr(request, "#GetSpecificPortMappingEntry\"")) {
        answer_look(fd, request);
    } else if (strstr(request, "#GetGenericPortMappingEntry\"")) {
        answer_index(fd, request);
    } else if (strstr(request, "#DeletePortMapping\"")) {
        entry_remove(number(request, "NewExternalPort"));
        success(fd, "DeletePortMapping", "");
    } else if (strncmp(request, "SUBSCRIBE", 9) == 0) {
        answer_subscribe(fd, request);
    } else if (strncmp(request, "UNSUBSCRIBE", 11) == 0) {
        respond(fd, 200, "", "");
    } else if (strncmp(request, "GET", 3) == 0) {
        describe(fd);
    } else if (strstr(request, "#GetExternalIPAddress\"")) {
        gw.asked--;
        success(fd, "GetExternalIPAddress", "<NewExternalIPAddress>8.8.4.4</NewExternalIPAddress>");
    } else {
        gw.asked--;
        fault(fd, 401);
    }
}

static void *serve(void *arg)
{
    static char request[16384];
    (void)arg;
    for (int fd; (fd = accept(gw.listener, NULL, NULL)) >= 0; close(fd)) {
        size_t length = 0, whole = sizeof request - 1;
        while (length < whole) {
            ssize_t got = recv(fd, request + length, whole - length, 0);
            if (got <= 0)
                break;
            length += (size_t)got;
            request[length] = '\0';
            char *end = strstr(request, "\r\n\r\n"), *size = strstr(request, "Content-Length: ");
            if (end)
                whole = (size_t)(end + 4 - request) + (size ? (size_t)atoi(size + 16) : 0);
        }
        request[length] = '\0';
        pthread_mutex_lock(&gw.lock);
        if (length > 0)
            answer(fd, request);
        pthread_mutex_unlock(&gw.lock);
        shutdown(fd, SHUT_WR);
    }
    return NULL;
}

static int gateway_open(void **state)
{
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof own;
    (void)state;
    gw.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (gw.listener < 0 || bind(gw.listener, (struct sockaddr *)&own, sizeof own) != 0 ||
        listen(gw.listener, 64) != 0 ||
        getsockname(gw.listener, (struct sockaddr *)&own, &size) != 0)
        return -1;
    gw.http_port = ntohs(own.sin_port);
    return pthread_create(&gw.thread, NULL, serve, NULL);
}

static int gateway_close(void **state)
{
    (void)state;
    shutdown(gw.listener, SHUT_RDWR);
    pthread_join(gw.thread, NULL);
    return close(gw.listener);
}

/* ---- what it tells by itself ---- */

/* Sends an event, and drives the client until that has answered. */
static void notify(scene *s, unsigned seq, int entries)
{
    char text[1200], body[400], callback[160], host[64], path[120];
    int port;
    struct sockaddr_in to = {.sin_family = AF_INET};
    pthread_mutex_lock(&gw.lock);
    strcpy(callback, gw.callback);
    unsigned sid = gw.subscriptions;
    pthread_mutex_unlock(&gw.lock);
    assert_int_equal(sscanf(callback, "http://%63[^:]:%d%119s", host, &port, path), 3);
    snprintf(body, sizeof body,
             "<e:propertyset xmlns:e=\"urn:schemas-upnp-org:event-1-0\"><e:property>"
             "<PortMappingNumberOfEntries>%d</PortMappingNumberOfEntries></e:property>"
             "</e:propertyset>",
             entries);
    snprintf(text, sizeof text,
             "NOTIFY %s HTTP/1.1\r\nHOST: %s:%d\r\nContent-Type: text/xml\r\nNT: upnp:event\r\n"
             "NTS: upnp:propchange\r\nSID: uuid:%u\r\nSEQ: %u\r\nContent-Length: %zu\r\n\r\n%s",
             path, host, port, sid, seq, strlen(body), body);
    to.sin_port = htons((uint16_t)port);
    assert_int_equal(inet_pton(AF_INET, host, &to.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    send_text(fd, text);
    int64_t until = now_ms() + PATIENCE_MS;
    while (recv(fd, body, sizeof body, MSG_DONTWAIT) < 0) {
        natupnp_client_wait(s->client, 5);
        assert_true(now_ms() < until);
    }
    close(fd);
}

/* ---- time ---- */

typedef struct storm {
    scene *s;
    enum telling telling;
    uint64_t tells_ms; /* next */
    unsigned told, seq;
    unsigned greeted; /* the subscription whose first event was sent */
} storm;

static size_t asked(void)
{
    pthread_mutex_lock(&gw.lock);
    size_t count = gw.asked;
    pthread_mutex_unlock(&gw.lock);
    return count;
}

static unsigned subscriptions(void)
{
    pthread_mutex_lock(&gw.lock);
    unsigned count = gw.subscriptions;
    pthread_mutex_unlock(&gw.lock);
    return count;
}

/* The clocks of both go on. */
static void go_on_to(storm *t, uint64_t ms)
{
    pthread_mutex_lock(&gw.lock);
    gw.now_ms = ms;
    pthread_mutex_unlock(&gw.lock);
    leap(t->s, ms - (awake_ms + slept_ms));
}

/* Works until nothing is under way; what waits to ask again need not wait. */
static void work_on(storm *t)
{
    natupnp_client *client = t->s->client;
    int64_t until = now_ms() + PATIENCE_MS;
    do {
        natupnp_client_wait(client, is_busy(client) && !pauses(client) ? 100 : 0);
        int due_ms = natupnp_client_timeout_ms(client);
        if (pauses(client) && due_ms > 0)
            go_on_to(t, awake_ms + slept_ms + (uint64_t)due_ms);
        for (natupnp_event *event; (event = natupnp_client_next_event(client));)
            natupnp_event_free(event);
        assert_true(now_ms() < until);
    } while (is_busy(client) || is_readable(natupnp_client_fd(client)));
}

/* The same; and a new subscription gets its first event. */
static void settle_down(storm *t)
{
    work_on(t);
    for (unsigned now; (now = subscriptions()) != t->greeted; work_on(t)) {
        t->greeted = now;
        t->seq = 0;
        notify(t->s, 0, 9);
    }
}

static void tell(storm *t)
{
    t->seq += t->telling == TELL_GAPS ? 7 : 1;
    notify(t->s, t->seq, t->telling == TELL_COUNTS && t->told++ % 2 == 0 ? 3 : 9);
}

/* Time goes on from one thing that is due to the next, with an event every so often. */
static void live(storm *t, uint64_t ms, uint64_t every_ms)
{
    uint64_t now = awake_ms + slept_ms, end = now + ms;
    t->tells_ms = now;
    for (;;) {
        settle_down(t);
        now = awake_ms + slept_ms;
        if (t->telling != TELL_NOTHING && now >= t->tells_ms) {
            t->tells_ms = now + every_ms;
            tell(t);
            continue;
        }
        if (now >= end)
            return;
        uint64_t next = t->telling != TELL_NOTHING && t->tells_ms < end ? t->tells_ms : end;
        int due_ms = natupnp_client_timeout_ms(t->s->client);
        if (due_ms >= 0 && now + (uint64_t)due_ms < next)
            next = now + (uint64_t)due_ms;
        go_on_to(t, next > now ? next : now + 1);
    }
}

/* ---- the table ---- */

typedef struct record {
    size_t minute, day;
    char at_minute[160], at_day[160];
} record;

static storm begin(void **state, enum adding adding, enum looking looking, enum telling telling,
                   bool lists, int count)
{
    storm t = {.s = *state, .telling = telling};
    natupnp_client_options options = NATUPNP_CLIENT_OPTIONS_INIT;
    pthread_mutex_lock(&gw.lock);
    gw.adding = adding;
    gw.looking = looking;
    gw.lists = lists;
    gw.count = gw.made = 0;
    gw.adds = gw.looks = 0;
    gw.first_adds = (unsigned)count;
    t.greeted = gw.subscriptions;
    pthread_mutex_unlock(&gw.lock);
    char location[64];
    snprintf(location, sizeof location, "http://127.0.0.1:%d/odd.xml", gw.http_port);
    options.gateway = location;
    on_clock(t.s, options);
    assert_int_equal(natupnp_client_watch(t.s->client), NATUPNP_OK);
    settle_down(&t);
    for (int i = 0; i < count; i++) {
        natupnp_dynamic_add_request request = NATUPNP_DYNAMIC_ADD_REQUEST_INIT;
        natupnp_op *op;
        request.external_port = FIRST_PORT + i;
        request.keep = true;
        request.any_port = false;
        assert_int_equal(natupnp_dynamic_add(&op, t.s->client, &request), NATUPNP_OK);
        finish(t.s, op);
        natupnp_op_free(op);
    }
    return t;
}

/* How often the first mapping was made from some time on; what is sent in one moment is one making.
 */
static size_t makings(uint64_t since_ms)
{
    size_t count = 0;
    pthread_mutex_lock(&gw.lock);
    for (size_t i = 1; i < gw.made; i++)
        count += gw.made_ms[i] >= since_ms && gw.made_ms[i] != gw.made_ms[i - 1];
    pthread_mutex_unlock(&gw.lock);
    return count;
}

/* One member: how often the gateway was asked in the first minute, and in a day. */
static void member(void **state, record *worst, bool whole_day, enum adding adding,
                   enum looking looking, enum telling telling, bool lists, int count)
{
    char name[160];
    snprintf(name, sizeof name, "add: %s; look: %s; %s; %s; %d kept", adding_names[adding],
             looking_names[looking], lists ? "lists" : "lists nothing", telling_names[telling],
             count);
    storm t = begin(state, adding, looking, telling, lists, count);
    size_t before = asked();
    live(&t, MINUTE_MS, 1000);
    size_t minute = asked() - before, day = 0;
    if (minute > worst->minute) {
        worst->minute = minute;
        strcpy(worst->at_minute, name);
    }
    if (minute > MOST_IN_A_MINUTE)
        fail_msg("%s: %zu requests in the first minute", name, minute);
    if (whole_day) {
        live(&t, DAY_MS - MINUTE_MS, 3 * MINUTE_MS);
        day = asked() - before;
        size_t made = makings(awake_ms + slept_ms - HOUR_MS);
        if (day > worst->day) {
            worst->day = day;
            strcpy(worst->at_day, name);
        }
        if (day > MOST_IN_A_DAY)
            fail_msg("%s: %zu requests in a day", name, day);
        if (made > MOST_MADE_IN_AN_HOUR)
            fail_msg("%s: made %zu times in the last hour of a day", name, made);
    }
    natupnp_client_free(t.s->client);
    t.s->client = NULL;
}

static void print(const record *worst)
{
    print_message("at most %zu in the first minute (%s)\n", worst->minute, worst->at_minute);
    if (worst->day > 0)
        print_message("at most %zu in a day (%s)\n", worst->day, worst->at_day);
}

/* Whether a listing may tell more than looks do. */
static bool denies(enum looking looking)
{
    return looking == LOOK_714 || looking == LOOK_402 || looking == LOOK_714_IN_TURN;
}

static void first_minutes(void **state)
{
    record worst = {0};
    for (int a = 0; a < ADDINGS; a++)
        for (int l = 0; l < LOOKINGS; l++)
            for (int t = 0; t < TELLINGS; t++)
                for (int lists = denies((enum looking)l) ? 0 : 1; lists < 2; lists++)
                    member(state, &worst, false, (enum adding)a, (enum looking)l, (enum telling)t,
                           lists, 1);
    print(&worst);
}

static void days(void **state)
{
    record worst = {0};
    for (int a = 0; a < ADDINGS; a++)
        for (int l = 0; l < LOOKINGS; l++)
            member(state, &worst, true, (enum adding)a, (enum looking)l,
                   (enum telling)((a + l) % TELLINGS), (a + l / 2) % 2, 1);
    print(&worst);
}

static void days_of_three(void **state)
{
    record worst = {0};
    for (int a = 0; a < ADDINGS; a++)
        member(state, &worst, true, (enum adding)a, (enum looking)(a % LOOKINGS), TELL_COUNTS,
               a % 2, 3);
    print(&worst);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        scene_test(first_minutes),
        scene_test(days),
        scene_test(days_of_three),
    };
    return cmocka_run_group_tests(tests, gateway_open, gateway_close);
}
