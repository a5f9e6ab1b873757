/* SPDX-License-Identifier: MIT */
/* HTTP with libmicrohttpd in one thread: replies that wait, hang, drip or break off. */
#include "server.h"
#include "gena.h"
#include "listen.h"
#include "route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BODY_MOST (256 * 1024)
/* Below FD_SETSIZE, so that the control interface can always be reached. */
#define CONNECTIONS_MOST 900u
#define DRIP_MS 100
#define EVENT_FIRST_MS 10000 /* more than an event takes */
#define FOR_EVER INT64_MAX

struct server {
    struct gateway *gateway;
    struct MHD_Daemon *daemon;
    struct exchange *waiting; /* suspended connections */
    size_t first_hanging;     /* where those that wait for ever stand in the watch */
};

/* One request and its reply. */
struct exchange {
    struct server *server;
    struct MHD_Connection *connection;
    char *uri;
    struct text body;
    struct reply reply;
    bool too_long;
    bool decided;
    bool waiting;
    int64_t due_ms; /* when waiting: until then, or FOR_EVER */
    int64_t next_byte_ms;
    struct exchange *next;
};

/* Takes a connection out of libmicrohttpd's hands for a while. */
static void exchange_wait(struct exchange *exchange, int64_t due_ms)
{
    exchange->waiting = true;
    exchange->due_ms = due_ms;
    exchange->next = exchange->server->waiting;
    exchange->server->waiting = exchange;
    MHD_suspend_connection(exchange->connection);
}

static void exchange_unlink(struct exchange *exchange)
{
    struct exchange **link = &exchange->server->waiting;

    while (*link && *link != exchange)
        link = &(*link)->next;
    if (*link)
        *link = exchange->next;
    exchange->waiting = false;
}

static void exchange_resume(struct exchange *exchange)
{
    exchange_unlink(exchange);
    MHD_resume_connection(exchange->connection);
}

/* Milliseconds until a waiting one goes on. */
static int64_t exchange_left_ms(const struct exchange *exchange)
{
    const struct reply *reply = &exchange->reply;

    if (reply->after_event && gena_told(exchange->server->gateway->gena, reply->subscription))
        return 0;
    return exchange->due_ms == FOR_EVER ? FOR_EVER : exchange->due_ms - clock_ms();
}

static ssize_t read_truncated(void *data, uint64_t position, char *out, size_t most)
{
    const struct exchange *exchange = data;
    size_t half = exchange->reply.body.length / 2;

    if (position >= half)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (most > half - position)
        most = half - (size_t)position;
    memcpy(out, exchange->reply.body.data + position, most);
    return (ssize_t)most;
}

static ssize_t read_endless(void *data, uint64_t position, char *out, size_t most)
{
    const struct text *body = &((const struct exchange *)data)->reply.body;

    if (position >= body->length) {
        memset(out, ' ', most);
        return (ssize_t)most;
    }
    if (most > body->length - position)
        most = body->length - (size_t)position;
    memcpy(out, body->data + position, most);
    return (ssize_t)most;
}

static ssize_t read_drip(void *data, uint64_t position, char *out, size_t most)
{
    struct exchange *exchange = data;
    int64_t now_ms = clock_ms();

    (void)most;
    if (now_ms < exchange->next_byte_ms) {
        exchange_wait(exchange, exchange->next_byte_ms);
        return 0;
    }
    exchange->next_byte_ms = now_ms + DRIP_MS;
    return read_endless(exchange, position, out, 1);
}

static struct MHD_Response *response_new(struct exchange *exchange)
{
    struct reply *reply = &exchange->reply;

    switch (reply->manner) {
    case MANNER_TRUNCATE:
        return MHD_create_response_from_callback(reply->body.length, 4096, read_truncated, exchange,
                                                 NULL);
    case MANNER_ENDLESS:
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 65536, read_endless, exchange,
                                                 NULL);
    case MANNER_DRIP:
        return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16, read_drip, exchange, NULL);
    default:
        /* The exchange outlives its response. */
        return MHD_create_response_from_buffer(reply->body.length, reply->body.data,
                                               MHD_RESPMEM_PERSISTENT);
    }
}

static void add_big_header(struct MHD_Response *response)
{
    char name[16];
    char value[1024];

    memset(value, 'x', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    for (int i = 0; i < 64; i++) {
        snprintf(name, sizeof name, "X-Padding-%d", i);
        MHD_add_response_header(response, name, value);
    }
}

static void add_subscription(struct MHD_Response *response, const struct reply *reply)
{
    char timeout[32];

    snprintf(timeout, sizeof timeout, "Second-%d", reply->timeout_s);
    MHD_add_response_header(response, "SID", reply->sid);
    MHD_add_response_header(response, "TIMEOUT", timeout);
}

static enum MHD_Result exchange_answer(struct exchange *exchange)
{
    const struct reply *reply = &exchange->reply;

    if (reply->manner == MANNER_HANG || reply->manner == MANNER_DROP)
        return MHD_NO;
    struct MHD_Response *response = response_new(exchange);
    if (!response)
        return MHD_NO;
    if (reply->type)
        MHD_add_response_header(response, "Content-Type", reply->type);
    MHD_add_response_header(response, "Server",
                            "Linux UPnP/1.1 natupnp-gateway/" NATUPNP_GATEWAY_VERSION);
    MHD_add_response_header(response, "Ext", "");
    if (reply->redirect)
        MHD_add_response_header(response, "Location", reply->redirect);
    if (reply->big_header)
        add_big_header(response);
    if (reply->sid[0])
        add_subscription(response, reply);
    if (exchange->server->gateway->settings.close)
        MHD_add_response_header(response, "Connection", "close");
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return result;
}

static const char *header(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

static void exchange_decide(struct exchange *exchange, const char *method, const char *path)
{
    struct request request = {
        .method = method,
        .uri = exchange->uri,
        .path = path,
        .soap_action = header(exchange, "SOAPAction"),
        .callback = header(exchange, "CALLBACK"),
        .nt = header(exchange, "NT"),
        .sid = header(exchange, "SID"),
        .body = exchange->body.data ? exchange->body.data : "",
        .length = exchange->body.length,
        .too_long = exchange->too_long,
    };
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr_in *peer = (const void *)info->client_addr;
    char address[INET_ADDRSTRLEN] = "";

    inet_ntop(AF_INET, &peer->sin_addr, address, sizeof address);
    request.peer = address;
    request.peer_port = ntohs(peer->sin_port);
    int delay_ms = route_request(exchange->server->gateway, &request, &exchange->reply);
    exchange->decided = true;
    if (exchange->reply.manner == MANNER_HANG)
        exchange_wait(exchange, FOR_EVER);
    else if (exchange->reply.after_event)
        exchange_wait(exchange, clock_ms() + EVENT_FIRST_MS);
    else if (delay_ms)
        exchange_wait(exchange, clock_ms() + delay_ms);
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *connection, const char *path,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    struct exchange *exchange = *context;

    (void)data, (void)version;
    if (!exchange->connection) { /* the headers have come */
        exchange->connection = connection;
        return MHD_YES;
    }
    if (*upload_size) {
        if (exchange->body.length + *upload_size > BODY_MOST)
            exchange->too_long = true;
        else
            text_bytes(&exchange->body, upload, *upload_size);
        *upload_size = 0;
        return MHD_YES;
    }
    if (!exchange->decided)
        exchange_decide(exchange, method, path);
    return exchange->waiting ? MHD_YES : exchange_answer(exchange);
}

static void *on_uri(void *data, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange = memory_new(1, sizeof *exchange);

    (void)connection;
    exchange->server = data;
    exchange->uri = strdup(uri);
    return exchange;
}

static void on_completed(void *data, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *context;

    (void)data, (void)connection, (void)code;
    if (!exchange)
        return;
    if (exchange->waiting)
        exchange_unlink(exchange);
    gena_answered(exchange->server->gateway->gena, exchange->reply.subscription);
    text_free(&exchange->body);
    text_free(&exchange->reply.body);
    free(exchange->uri);
    free(exchange);
    *context = NULL;
}

static void on_connection(void *data, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    struct gateway *gateway = data;

    (void)connection, (void)context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        gateway->connections_accepted++;
        gateway->connections_open++;
    } else {
        gateway->connections_open--;
    }
}

struct server *server_start(struct gateway *gateway)
{
    struct server *server = memory_new(1, sizeof *server);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)gateway->settings.port)};

    inet_pton(AF_INET, gateway->settings.listen, &address.sin_addr);
    server->gateway = gateway;
    /* The memory of a connection must hold the large headers of a fault. */
    int fd = listen_at(&address);
    if (fd >= 0) {
        gateway->http_port = listen_port(fd);
        server->daemon = MHD_start_daemon(
            MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, server, MHD_OPTION_LISTEN_SOCKET,
            fd, MHD_OPTION_URI_LOG_CALLBACK, on_uri, server, MHD_OPTION_NOTIFY_COMPLETED,
            on_completed, server, MHD_OPTION_NOTIFY_CONNECTION, on_connection, gateway,
            MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MOST, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
            (size_t)256 * 1024, MHD_OPTION_END);
    }
    if (!server->daemon) {
        free(server);
        return NULL;
    }
    return server;
}

void server_stop(struct server *server)
{
    /* libmicrohttpd must have all its connections back before it stops. */
    for (struct exchange *exchange = server->waiting; exchange; exchange = exchange->next)
        if (exchange->reply.manner != MANNER_DRIP)
            exchange->reply.manner = MANNER_DROP;
    while (server->waiting)
        exchange_resume(server->waiting);
    MHD_run(server->daemon);
    while (server->waiting)
        exchange_resume(server->waiting);
    MHD_stop_daemon(server->daemon);
    free(server);
}

void server_watch(struct server *server, struct watch *watch)
{
    watch_add_daemon(watch, server->daemon);
    server->first_hanging = watch->count;
    /* libmicrohttpd does not see that the other side of a suspended connection is gone. */
    for (const struct exchange *e = server->waiting; e; e = e->next)
        if (e->due_ms == FOR_EVER)
            watch_add(watch,
                      MHD_get_connection_info(e->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                          ->connect_fd,
                      POLLRDHUP);
}

int server_timeout_ms(const struct server *server)
{
    /* Release 1.0 does not always say that it could go on with a connection: it is run all the
     * same. */
    enum { OPEN_MS = 10 };
    int timeout = watch_daemon_timeout_ms(server->daemon);
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);

    if (info && info->num_connections > 0)
        timeout = watch_shorter(timeout, OPEN_MS);
    for (const struct exchange *e = server->waiting; e; e = e->next) {
        int64_t left = exchange_left_ms(e);
        if (left != FOR_EVER)
            timeout = watch_shorter(timeout, left < 0 ? 0 : (int)left);
    }
    return timeout;
}

void server_run(struct server *server, const struct watch *watch)
{
    const struct pollfd *hanging = watch->fds + server->first_hanging;
    struct exchange *next;

    /* The list has not changed since it was added to the watch. */
    for (struct exchange *e = server->waiting; e; e = next) {
        bool gone = e->due_ms == FOR_EVER && hanging++->revents;

        next = e->next;
        if (gone || exchange_left_ms(e) <= 0)
            exchange_resume(e);
    }
    MHD_run(server->daemon);
    MHD_run(server->daemon); /* release 1.0 answers in the run after the one that resumes */
}
