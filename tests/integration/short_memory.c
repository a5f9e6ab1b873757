/* SPDX-License-Identifier: MIT */
#include "short_memory.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

short_memory memory;

void memory_arm(long fail_at, bool lasting)
{
    memory = (short_memory){.armed = true, .lasting = lasting, .fail_at = fail_at};
}

bool memory_disarm(void)
{
    memory.armed = false;
    return memory.seen >= memory.fail_at;
}

static bool fails(void)
{
    if (!memory.armed)
        return false;
    memory.seen++;
    return memory.lasting ? memory.seen >= memory.fail_at : memory.seen == memory.fail_at;
}

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
char *__real_strdup(const char *text);
int __real_vasprintf(char **out, const char *format, va_list args);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
char *__wrap_strdup(const char *text);
int __wrap_vasprintf(char **out, const char *format, va_list args);

#define FAIL_OR(call) (fails() ? (errno = ENOMEM, NULL) : (call))

void *__wrap_malloc(size_t size)
{
    return FAIL_OR(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return FAIL_OR(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    return FAIL_OR(__real_realloc(old, size));
}

char *__wrap_strdup(const char *text)
{
    return FAIL_OR(__real_strdup(text));
}

int __wrap_vasprintf(char **out, const char *format, va_list args)
{
    return fails() ? -1 : __real_vasprintf(out, format, args);
}
