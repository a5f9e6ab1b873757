/* SPDX-License-Identifier: MIT */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "options.h"
#include <stdio.h>

/** Write all that there is to know of a verb, or with VERB_NONE of the command. */
void help_page(FILE *stream, enum verb verb);

/** Write the few lines that are shown when nothing was asked for. */
void help_short(FILE *stream);

#endif
