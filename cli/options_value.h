/* SPDX-License-Identifier: MIT */
#ifndef CLI_OPTIONS_VALUE_H
#define CLI_OPTIONS_VALUE_H

#include "fail.h"
#include <stdbool.h>
#include <stdint.h>

/* The values of options. Each gives false with the failure filled in. */

/** Read the seconds of --timeout, decimals allowed, into milliseconds. */
bool timeout_parse(uint32_t *timeout_ms, const char *text, struct fail *fail);

/** Read the duration of --lease, such as 90, 90s, 15m, 2h or 7d, into seconds. */
bool lease_parse(uint32_t *lease_s, const char *text, struct fail *fail);

/** Read the number of --count. */
bool count_parse(uint32_t *count, const char *text, struct fail *fail);

/** See that an option's text is not empty. */
bool text_given(const char *option, const char *text, struct fail *fail);

#endif
