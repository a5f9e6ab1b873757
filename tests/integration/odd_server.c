/* SPDX-License-Identifier: MIT */
#include "odd_server.h"

#include "check.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

int trap_open(const char *address, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&to, sizeof to), 0);
    assert_int_equal(listen(fd, 16), 0);
    return fd;
}

/* Reads the headers and what they announce to follow. */
static void read_request(int fd, char *request, size_t size)
{
    size_t length = 0, whole = size - 1;
    while (length < whole) {
        ssize_t got = read(fd, request + length, whole - length);
        if (got <= 0)
            break;
        length += (size_t)got;
        request[length] = '\0';
        char *end = strstr(request, "\r\n\r\n");
        char *body = strstr(request, "Content-Length: ");
        if (end && whole == size - 1)
            whole = (size_t)(end + 4 - request) + (body ? (size_t)atoi(body + 16) : 0);
    }
    request[length] = '\0';
}

static void serve(int listener, odd_answer *answer)
{
    static char request[16384];
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(1);
        read_request(fd, request, sizeof request);
        answer(fd, request);
        shutdown(fd, SHUT_WR);
        close(fd);
    }
}

void odd_start(odd_server *o, odd_answer *answer)
{
    struct sockaddr_in own = {0};
    socklen_t size = sizeof own;
    int listener = trap_open("127.0.0.1", 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&own, &size), 0);
    o->port = ntohs(own.sin_port);
    snprintf(o->location, sizeof o->location, "http://127.0.0.1:%d/odd.xml", o->port);
    o->pid = fork();
    assert_true(o->pid >= 0);
    if (o->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        serve(listener, answer);
    }
    close(listener);
}

void odd_stop(odd_server *o)
{
    if (o->pid <= 0)
        return;
    kill(o->pid, SIGKILL);
    waitpid(o->pid, NULL, 0);
    o->pid = 0;
}

void odd_write(int fd, const char *text)
{
    size_t length = strlen(text);
    while (length > 0) {
        ssize_t done = write(fd, text, length);
        if (done <= 0)
            return;
        text += done;
        length -= (size_t)done;
    }
}

void odd_reply(int fd, const char *body)
{
    char head[128];
    snprintf(head, sizeof head,
             "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", strlen(body));
    odd_write(fd, head);
    odd_write(fd, body);
}

void odd_describe(int fd)
{
    odd_reply(fd, "<root><device><deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1"
                  "</deviceType><friendlyName>Odd</friendlyName><serviceList><service>"
                  "<serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>"
                  "<controlURL>/ctl</controlURL></service></serviceList></device></root>");
}
