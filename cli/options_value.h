/* SPDX-License-Identifier: MIT */
#ifndef CLI_OPTIONS_VALUE_H
#define CLI_OPTIONS_VALUE_H

#include "fail.h"
#include "option_rows.h"

/* How the values of options are read into their places. */

/** Into a bool. */
option_read_fn flag_read;

/** How often it was given, into an int. */
option_read_fn more_read;

/** Into a const char *; it must not be empty. */
option_read_fn text_read;

/** Into a const char *. */
option_read_fn any_text_read;

/** Seconds, decimals allowed, into milliseconds: a uint32_t. */
option_read_fn timeout_read;

/** A duration such as 90, 90s, 15m, 2h or 7d, into seconds: a uint32_t. */
option_read_fn lease_read;

/** A number from 1 up, into a uint32_t. */
option_read_fn count_read;

#endif
