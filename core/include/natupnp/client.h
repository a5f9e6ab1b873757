/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_CLIENT_H
#define NATUPNP_CLIENT_H

#include <natupnp/export.h>
#include <natupnp/op.h>
#include <natupnp/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A control point: finds the gateway and carries out operations on it.
 *
 * Clients of one process never meet. A client serves one thread at a time, on
 * whichever it is called; a call while another thread is inside gives
 * NATUPNP_E_BUSY. It starts no thread, and calls back only from inside
 * natupnp_client_dispatch(), natupnp_client_wait() and the hooks of a call. In
 * a forked child every verb is NATUPNP_E_FORKED; there, free it and make another.
 * Its descriptors are close-on-exec, but for two that older releases of libcurl
 * make for themselves.
 *
 * To drive it, call natupnp_client_wait() or natupnp_op_wait(); or, from a
 * loop of your own, watch natupnp_client_fd() for reading and call
 * natupnp_client_dispatch() when it is readable.
 */
typedef struct natupnp_client natupnp_client;

/** How much a log line matters. */
typedef enum natupnp_log_level {
    NATUPNP_LOG_DEBUG = 0,
    NATUPNP_LOG_INFO = 1,
    NATUPNP_LOG_WARNING = 2
} natupnp_log_level;

/** Receives one line of text, without a newline. */
typedef void natupnp_log_fn(void *arg, natupnp_log_level level, const char *message);

/** Which way traced bytes went. */
typedef enum natupnp_trace_direction {
    NATUPNP_TRACE_SENT = 0,
    NATUPNP_TRACE_RECEIVED = 1
} natupnp_trace_direction;

/**
 * Receives the bytes of the wire, as they were sent and received. What a peer sends faster than it
 * can be handed over is left out beyond half a mebibyte: one call without bytes stands for it.
 *
 * @param peer  Such as "ssdp 239.255.255.250:1900" or "http 192.168.1.1:5000"; how many bytes are
 *              left out where length is 0.
 * @param data  Not terminated; borrowed during the call.
 */
typedef void natupnp_trace_fn(void *arg, natupnp_trace_direction direction, const char *peer,
                              const char *data, size_t length);

/** Receives an operation that has ended. It may be freed here, and so may the client. */
typedef void natupnp_done_fn(void *arg, natupnp_op *op);

/** How a client behaves. Zero in a field means its default. */
typedef struct natupnp_client_options {
    /** sizeof(natupnp_client_options) in the caller's build. */
    size_t size;
    /**
     * The URL of the gateway's description: "http", a numeric IPv4 host. NULL
     * to search. A host given here is trusted, a loopback address included. Copied.
     */
    const char *gateway;
    /** Search on this network interface only; NULL for every usable one. Copied. */
    const char *interface;
    /** What one operation may take in all, the search included, in milliseconds; 0 for 10000. */
    uint32_t timeout_ms;
    /** What a search may take, in milliseconds; 0 for 2950, just under 3 s. */
    uint32_t budget_ms;
    /**
     * A numeric IPv4 address that descriptions and control URLs may name although it is not
     * the one that answered; NULL for none. Copied.
     */
    const char *trust_host;
    /**
     * An existing directory where the control URL of the last gateway is kept
     * for the next process; NULL for none. Copied.
     */
    const char *cache_dir;
    /** Called from dispatch for each completion; NULL to take them from natupnp_client_next_done().
     */
    natupnp_done_fn *on_done;
    void *on_done_arg;
    /** Called with log lines; NULL for none. */
    natupnp_log_fn *on_log;
    void *on_log_arg;
    /** Called with everything sent and received; NULL for none. */
    natupnp_trace_fn *on_trace;
    void *on_trace_arg;
} natupnp_client_options;

/** The start value of options; set the fields that matter after it. */
#define NATUPNP_CLIENT_OPTIONS_INIT                                                                \
    {                                                                                              \
        sizeof(natupnp_client_options), NULL, NULL, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL,      \
            NULL, NULL                                                                             \
    }

/**
 * Make a client. Nothing is sent before the first verb.
 *
 * @param out      Receives the client, freed by natupnp_client_free(); NULL on failure.
 * @param options  NULL for the defaults; copied.
 * @return NATUPNP_OK, NATUPNP_E_INVAL (natupnp_client_options_problem() says
 *         what is wrong), NATUPNP_E_NOMEM or
 *         NATUPNP_E_SYSTEM (no file descriptor left).
 */
NATUPNP_API natupnp_status natupnp_client_new(natupnp_client **out,
                                              const natupnp_client_options *options);

/**
 * What natupnp_client_new() would refuse in these options.
 *
 * @param options  NULL for the defaults.
 * @return One static line that says what must be changed, or NULL when nothing is wrong.
 */
NATUPNP_API const char *natupnp_client_options_problem(const natupnp_client_options *options);

/**
 * Free a client. Operations that have not ended are dropped without a
 * completion; their handles stay to be freed. NULL is allowed. Inside on_done
 * it takes effect when the callback has returned. While another thread is
 * inside, nothing is freed: that is misuse.
 */
NATUPNP_API void natupnp_client_free(natupnp_client *client);

/**
 * The one descriptor to watch for reading, level-triggered: readable while
 * natupnp_client_dispatch() has work, a timer is due or a completion waits.
 * Never read, write or close it. It stays the same for the client's life.
 *
 * @return The descriptor, or -1 for NULL.
 */
NATUPNP_API int natupnp_client_fd(const natupnp_client *client);

/**
 * How long the descriptor may stay unreadable at most, in milliseconds; -1 for
 * no limit. Only advice: the descriptor alone is enough.
 */
NATUPNP_API int natupnp_client_timeout_ms(const natupnp_client *client);

/**
 * Do what is due and return at once; on_done is called from here. Inside
 * on_done it does nothing, so do not wait there for an operation to end.
 *
 * @return NATUPNP_OK, or NATUPNP_E_INVAL, _E_BUSY, _E_FORKED, _E_SYSTEM.
 */
NATUPNP_API natupnp_status natupnp_client_dispatch(natupnp_client *client);

/**
 * Wait until the descriptor is readable, then dispatch.
 *
 * @param timeout_ms  At most this long; -1 for no limit.
 * @return NATUPNP_OK after a dispatch, NATUPNP_E_TIMEOUT when there was
 *         nothing to do, NATUPNP_E_INTERRUPTED when a signal arrived, or as
 *         natupnp_client_dispatch().
 */
NATUPNP_API natupnp_status natupnp_client_wait(natupnp_client *client, int timeout_ms);

/**
 * Make a wait that is under way, or the next one, return. The one call that is
 * allowed on any thread and in a signal handler, as long as the client lives.
 */
NATUPNP_API void natupnp_client_wake(natupnp_client *client);

/**
 * Take the next operation that has ended from the queue.
 *
 * @return The operation, still to be freed by its owner; NULL when the queue
 *         is empty, on_done is set, or the client cannot be used now.
 */
NATUPNP_API natupnp_op *natupnp_client_next_done(natupnp_client *client);

/**
 * Change what operations started from now on may take in all.
 *
 * @param timeout_ms  At most a day; 0 for the default.
 * @return NATUPNP_OK, or NATUPNP_E_INVAL, _E_BUSY, _E_FORKED.
 */
NATUPNP_API natupnp_status natupnp_client_set_timeout_ms(natupnp_client *client,
                                                         uint32_t timeout_ms);

/**
 * The status of the last start or change of the timeout on this client: NATUPNP_OK, or why it was
 * refused.
 */
NATUPNP_API natupnp_status natupnp_client_last_status(const natupnp_client *client);

/** One line that explains natupnp_client_last_status(); "" after a success. Borrowed until the next
 * call. */
NATUPNP_API const char *natupnp_client_last_detail(const natupnp_client *client);

/** The HRESULT of natupnp_client_last_status(). */
NATUPNP_API int32_t natupnp_client_last_hresult(const natupnp_client *client);

#ifdef __cplusplus
}
#endif

#endif
