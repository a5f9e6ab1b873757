/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_OP_H
#define NATUPNP_OP_H

#include <natupnp/export.h>
#include <natupnp/gateway.h>
#include <natupnp/mapping.h>
#include <natupnp/status.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * An operation under way, or ended.
 *
 * Every verb starts one. An error from the start means that no operation
 * exists. After a successful start exactly one completion comes, also after a
 * cancel or a timeout: from natupnp_client_next_done(), from the client's
 * on_done callback, or by natupnp_op_wait(). The results stay readable until
 * natupnp_op_free(), also after the client has been freed.
 *
 * An operation belongs to its client and follows the client's threading rule.
 */
typedef struct natupnp_op natupnp_op;

/**
 * Wait until this operation has ended, working for all others meanwhile;
 * their completions stay in the queue.
 *
 * @return The operation's status once it has ended. While it has not:
 *         NATUPNP_E_INTERRUPTED (a signal arrived, call again to go on),
 *         NATUPNP_E_BUSY, NATUPNP_E_FORKED, NATUPNP_E_CLOSED or
 *         NATUPNP_E_INVAL (NULL).
 */
NATUPNP_API natupnp_status natupnp_op_wait(natupnp_op *op);

/**
 * End an operation early. Its completion, NATUPNP_E_CANCELLED, is ready at
 * once. An operation that has ended keeps its result.
 *
 * @return NATUPNP_OK, or NATUPNP_E_INVAL, _E_BUSY, _E_FORKED, _E_CLOSED.
 */
NATUPNP_API natupnp_status natupnp_op_cancel(natupnp_op *op);

/**
 * Free an operation. One that has not ended is cancelled without a completion.
 * NULL is allowed. While another thread is inside its client, nothing is
 * freed: that is misuse.
 */
NATUPNP_API void natupnp_op_free(natupnp_op *op);

/** Whether the operation has ended. */
NATUPNP_API bool natupnp_op_done(const natupnp_op *op);

/** The result, NATUPNP_E_PENDING until it has ended, NATUPNP_E_INVAL for NULL. */
NATUPNP_API natupnp_status natupnp_op_status(const natupnp_op *op);

/** The UPnP error code that the gateway gave (UDA 1.1, section 3.2.2), or 0. */
NATUPNP_API int natupnp_op_fault(const natupnp_op *op);

/** The HRESULT that Windows would have given for this verb and result; 0 on success. */
NATUPNP_API int32_t natupnp_op_hresult(const natupnp_op *op);

/**
 * One line that says what happened and what to do next.
 *
 * @return Borrowed from the operation; never NULL, and "" on success, but for a close that has left
 * something.
 */
NATUPNP_API const char *natupnp_op_detail(const natupnp_op *op);

/**
 * Whether a failed operation may have changed the gateway all the same: a
 * request that changes something was on its way when the operation was
 * cancelled, timed out or lost its connection.
 */
NATUPNP_API bool natupnp_op_maybe_applied(const natupnp_op *op);

/** A number that no other operation of this client has; 0 for NULL. */
NATUPNP_API uint64_t natupnp_op_id(const natupnp_op *op);

/** Keep a pointer of the caller's with the operation; the library never follows it. */
NATUPNP_API void natupnp_op_set_user(natupnp_op *op, void *user);

/** The pointer set by natupnp_op_set_user(), or NULL. */
NATUPNP_API void *natupnp_op_user(const natupnp_op *op);

/**
 * The mapping that an add, get or edit gave. After NATUPNP_E_CONFLICT it is
 * the one that holds the port; after a failed edit the mapping as it was
 * before, once the edit had begun to replace it.
 *
 * @return Borrowed from the operation, or NULL.
 */
NATUPNP_API const natupnp_mapping *natupnp_op_mapping(const natupnp_op *op);

/**
 * How many mappings the result holds; after a count, how many there are. A
 * listing that failed holds those that were read, of which some may be missing.
 */
NATUPNP_API size_t natupnp_op_mapping_count(const natupnp_op *op);

/** The mapping at an index, borrowed; NULL past the end. */
NATUPNP_API const natupnp_mapping *natupnp_op_mapping_at(const natupnp_op *op, size_t index);

/**
 * The gateway that the operation used, as it was known when the operation
 * ended. Also set after a failure, when a gateway had been found.
 *
 * @return Borrowed from the operation, or NULL.
 */
NATUPNP_API const natupnp_gateway *natupnp_op_gateway(const natupnp_op *op);

/** How many gateways the result of natupnp_gateway_list() or _discover() holds. */
NATUPNP_API size_t natupnp_op_gateway_count(const natupnp_op *op);

/** The gateway at an index, borrowed; the chosen one is first. NULL past the end. */
NATUPNP_API const natupnp_gateway *natupnp_op_gateway_at(const natupnp_op *op, size_t index);

#ifdef __cplusplus
}
#endif

#endif
