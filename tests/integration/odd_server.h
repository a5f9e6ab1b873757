/* SPDX-License-Identifier: MIT */
/* A server that answers what no option of the simulated gateway does: a child process. */
#ifndef ODD_SERVER_H
#define ODD_SERVER_H

#include <sys/types.h>

typedef struct odd_server {
    pid_t pid;
    int port;
    char location[64];
} odd_server;

/* Answers one request; the connection is closed after it. Runs in the child. */
typedef void odd_answer(int fd, const char *request);

/* Starts one on 127.0.0.1; ended by odd_stop(), which allows one that was never started. */
void odd_start(odd_server *o, odd_answer *answer);
void odd_stop(odd_server *o);

/* What answers are made of. Errors are ignored: the client may be gone. */
void odd_write(int fd, const char *text);
void odd_reply(int fd, const char *body);

/* Answers with the description of a gateway of version 1; for any request but a POST. */
void odd_describe(int fd);

/* A listening socket that nobody serves: who connects to it was led astray. */
int trap_open(const char *address, int port);

#endif
