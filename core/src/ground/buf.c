/* SPDX-License-Identifier: MIT */
#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void nat__buf_free(nat__buf *buf)
{
    free(buf->at);
    *buf = (nat__buf){.limit = buf->limit};
}

void nat__buf_reset(nat__buf *buf)
{
    buf->length = 0;
    buf->failed = NATUPNP_OK;
    if (buf->at)
        buf->at[0] = '\0';
}

/* Makes room for so many more bytes and a NUL. */
static bool reserve(nat__buf *buf, size_t more)
{
    if (buf->failed != NATUPNP_OK)
        return false;
    if (buf->limit > 0 && more > buf->limit - buf->length) {
        buf->failed = NATUPNP_E_BAD_REPLY;
        return false;
    }
    if (more > SIZE_MAX / 2 - buf->length) {
        buf->failed = NATUPNP_E_NOMEM;
        return false;
    }
    size_t needed = buf->length + more + 1;
    if (needed <= buf->size)
        return true;
    size_t size = buf->size * 2 > needed ? buf->size * 2 : needed + 64;
    char *at = realloc(buf->at, size);
    if (!at) {
        buf->failed = NATUPNP_E_NOMEM;
        return false;
    }
    buf->at = at;
    buf->size = size;
    return true;
}

void nat__buf_add(nat__buf *buf, const void *data, size_t length)
{
    if (!reserve(buf, length))
        return;
    if (length > 0)
        memcpy(buf->at + buf->length, data, length);
    buf->length += length;
    buf->at[buf->length] = '\0';
}

void nat__buf_adds(nat__buf *buf, const char *text)
{
    nat__buf_add(buf, text, strlen(text));
}

void nat__buf_addf(nat__buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length < 0 || !reserve(buf, (size_t)length))
        return;
    va_start(args, format);
    vsnprintf(buf->at + buf->length, (size_t)length + 1, format, args);
    va_end(args);
    buf->length += (size_t)length;
}

char *nat__buf_take(nat__buf *buf)
{
    if (buf->failed == NATUPNP_OK && !buf->at)
        nat__buf_adds(buf, "");
    if (buf->failed != NATUPNP_OK) {
        nat__buf_free(buf);
        return NULL;
    }
    char *text = buf->at;
    *buf = (nat__buf){.limit = buf->limit};
    return text;
}
