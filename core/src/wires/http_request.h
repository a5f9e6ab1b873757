/* SPDX-License-Identifier: MIT */
#ifndef NAT__HTTP_REQUEST_H
#define NAT__HTTP_REQUEST_H

/* For http.c and http_request.c, the only files that include curl headers. */
#include "../ground/buf.h"
#include "http.h"
#include "http_peer.h"
#include "sockets.h"

#include <curl/curl.h>

struct nat__http {
    nat__loop *loop;
    nat__log *log;
    CURLM *multi;
    nat__timer timer; /* libcurl's */
    nat__timer later; /* to settle what ended without libcurl */
    nat__link active;
    nat__link peers;
    nat__link ended; /* requests whose done is still to be called */
    nat__sockets sockets;
    char user_agent[128];
};

struct nat__http_request {
    nat__link link; /* in its peer's queue, in http->active or in http->ended */
    nat__http *http;
    nat__http_peer *peer;
    nat__http_done *done;
    void *arg;
    CURL *easy;
    struct curl_slist *headers;
    bool active;
    nat__buf reply;
    size_t header_bytes;
    size_t told;       /* bytes of headers and body when libcurl last said that it goes on */
    unsigned empty;    /* how often it has said so since there were more */
    unsigned attempts; /* libcurl repeats a request when a kept connection has died */
    bool no_memory;    /* for its socket */
    bool coded;        /* the reply has a transfer encoding that nobody asked for */
    CURLcode code;
    char error[CURL_ERROR_SIZE];
    char trace_peer[NAT__IP_TEXT + 16];
};

/* Sets every option of a request's handle. False without memory. */
bool nat__http_set_up(nat__http_request *r, const nat__http_params *params,
                      curl_opensocket_callback on_open, curl_closesocket_callback on_close);

#endif
