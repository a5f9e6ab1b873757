/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_CONSOLE_H
#define GATEWAY_CONSOLE_H

#include "gateway.h"
#include "ssdp.h"
#include "text.h"

#include <stdbool.h>

/*
 * The control interface on standard input and output, for those who have no
 * HTTP: a line "METHOD PATH [BODY]" is answered by a line of JSON.
 */
struct console {
    struct gateway *gateway;
    struct ssdp *ssdp;
    bool takes_lines; /* else standard input is only waited for to end */
    struct text input;
};

/* Reads what is there and answers it. False at the end, or after the line "quit". */
bool console_run(struct console *console);
void console_free(struct console *console);

#endif
