/* SPDX-License-Identifier: MIT */
#ifndef CLI_OPTION_TABLE_H
#define CLI_OPTION_TABLE_H

#include "option_rows.h"

/** Under which title an option is shown. */
enum option_group { GROUP_VERB, GROUP_EVERY_VERB };

/** Every option of the command: the parser and the help are made from it. */
extern const struct option_row option_table[];
extern const size_t option_table_count;

#endif
