/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_FAULTS_H
#define GATEWAY_FAULTS_H

#include "text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * X(name, text, done): done says whether the action is carried out although
 * its reply is spoilt.
 */
#define FAULT_MAP(X)                                                                               \
    X(NONE, "", true)                                                                              \
    X(NUMBER, "number", false)                                                                     \
    X(LATENCY, "latency", true)                                                                    \
    X(HANG, "hang", false)                                                                         \
    X(HANG_AFTER, "hang-after", true)                                                              \
    X(DROP, "drop", false)                                                                         \
    X(DROP_AFTER, "drop-after", true)                                                              \
    X(EMPTY, "empty", true)                                                                        \
    X(HTTP404, "http404", false)                                                                   \
    X(HTTP500, "http500", false)                                                                   \
    X(HTML200, "html200", false)                                                                   \
    X(REDIRECT, "redirect", false)                                                                 \
    X(OVERSIZE, "oversize", true)                                                                  \
    X(ENDLESS, "endless", true)                                                                    \
    X(DRIP, "drip", true)                                                                          \
    X(TRUNCATE, "truncate", true)                                                                  \
    X(DOCTYPE, "doctype", true)                                                                    \
    X(BADXML, "badxml", true)                                                                      \
    X(LATIN1, "latin1", true)                                                                      \
    X(DEEP, "deep", true)                                                                          \
    X(BIGHEADER, "bigheader", true)                                                                \
    X(FAULT200, "fault200", false)                                                                 \
    X(NO_RESPONSE_SUFFIX, "no-response-suffix", true)                                              \
    X(EVENT_FIRST, "event-first", true)                                                            \
    X(WRONG_SID, "wrong-sid", true)                                                                \
    X(SKIP_SEQ, "skip-seq", true)                                                                  \
    X(GOOD, "good", true)

enum fault_kind {
#define FAULT_ENUM(name, text, done) FAULT_##name,
    FAULT_MAP(FAULT_ENUM)
#undef FAULT_ENUM
        FAULT_KINDS
};

struct fault {
    char action[64];
    enum fault_kind kind;
    int number; /* the error code, or milliseconds */
    int left;   /* how many times more; -1 for ever */
};

#define FAULTS_MOST 64
#define FAULTS_WHY 256

/* No pointers in here, as in struct settings. */
struct faults {
    struct fault list[FAULTS_MOST];
    size_t count;
};

/* How a reply goes out. */
enum manner {
    MANNER_PLAIN,
    MANNER_HANG,     /* never */
    MANNER_DROP,     /* closed instead */
    MANNER_TRUNCATE, /* half of it, then closed */
    MANNER_ENDLESS,  /* never ends */
    MANNER_DRIP,     /* one byte each 100 ms, never ends */
};

struct reply {
    int status;
    struct text body;
    const char *type;     /* of the content; NULL if there is none */
    const char *redirect; /* a Location header, or NULL */
    bool big_header;
    enum manner manner;
    char sid[64]; /* of a subscription, with its timeout; or empty */
    int timeout_s;
    unsigned subscription; /* whose first event waits for this reply; 0 for none */
    bool after_event;      /* the reply waits for that event instead */
};

/* what is WHAT[:COUNT]. False with the reason in why, and no change. */
bool faults_add(struct faults *faults, const char *action, const char *what, char why[FAULTS_WHY]);
/* {"action": "what", "other": ["what", "what"]}; on failure faults is half filled. */
bool faults_from_json(struct faults *faults, const json_t *object, char why[FAULTS_WHY]);
json_t *faults_to_json(const struct faults *faults);

/*
 * The fault for a request, counted as used: one that names the action, or else
 * one for any_action (may be NULL). Latencies are added up in latency_ms.
 */
struct fault faults_take(struct faults *faults, const char *action, const char *any_action,
                         int *latency_ms);
bool fault_done(const struct fault *fault);
const char *fault_name(enum fault_kind kind);

/* Spoils a good reply; NUMBER, FAULT200 and NO_RESPONSE_SUFFIX are the SOAP part's work. */
void fault_apply(enum fault_kind kind, struct reply *reply);

#endif
