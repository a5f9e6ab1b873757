/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_SOAP_H
#define GATEWAY_SOAP_H

#include "text.h"

#include <stdbool.h>
#include <stddef.h>

#define SOAP_ARGUMENTS_MOST 32

struct soap_argument {
    char name[64];
    struct text value;
};

/* A request to carry out an action. */
struct soap_request {
    char urn[128]; /* the service type that the caller named */
    char action[64];
    struct soap_argument arguments[SOAP_ARGUMENTS_MOST];
    size_t count;
};

/*
 * Reads a request strictly: a real client's mistake should show.
 *
 * header is the value of SOAPAction and may be NULL. On failure why says what
 * was wrong. Freed by soap_request_free() in any case.
 */
bool soap_parse(struct soap_request *request, const char *header, const char *body, size_t length,
                const char **why);
void soap_request_free(struct soap_request *request);
/* NULL if it was not given. */
const char *soap_argument(const struct soap_request *request, const char *name);

/* inner is the arguments as XML; suffix is "Response". */
void soap_reply(struct text *out, const char *urn, const char *action, const char *suffix,
                const char *inner);
void soap_fault(struct text *out, int code);

#endif
