/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_OPTIONS_H
#define GATEWAY_OPTIONS_H

#include "gateway.h"

/* Reads the command line into settings and faults; ends the process on a mistake. */
void options_parse(struct gateway *gateway, int argc, char **argv);

#endif
