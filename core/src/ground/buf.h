/* SPDX-License-Identifier: MIT */
#ifndef NAT__BUF_H
#define NAT__BUF_H

#include <natupnp/status.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A growing buffer. Writers append without looking; what went wrong is kept
 * and asked for once, at the end. Zero-initialised it is empty and unlimited.
 */
typedef struct nat__buf {
    char *at; /* NULL while nothing was appended; else terminated by a NUL that is not counted */
    size_t length;
    size_t size;
    size_t limit; /* largest length, 0 for none */
    natupnp_status failed;
} nat__buf;

void nat__buf_free(nat__buf *buf);

/* Empties the buffer and forgets its failure; the memory is kept. */
void nat__buf_reset(nat__buf *buf);

/* Fails with NATUPNP_E_NOMEM, or NATUPNP_E_BAD_REPLY past the limit. */
void nat__buf_add(nat__buf *buf, const void *data, size_t length);
void nat__buf_adds(nat__buf *buf, const char *text);
void nat__buf_addf(nat__buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Hands the text over to the caller, who frees it; NULL when anything failed. */
char *nat__buf_take(nat__buf *buf);

#endif
