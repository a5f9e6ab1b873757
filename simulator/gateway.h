/* SPDX-License-Identifier: MIT */
#ifndef GATEWAY_H
#define GATEWAY_H

#include "faults.h"
#include "log.h"
#include "settings.h"
#include "table.h"

#include <stdbool.h>
#include <stdint.h>

/* A lease of 0 becomes this on IGD:2, which has no permanent mappings. */
#define LEASE_WEEK_S 604800

/*
 * The whole state of the simulated device. One thread does everything, so
 * there is no lock.
 */
struct gateway {
    struct settings settings;
    struct faults faults;
    struct table table;
    struct log log;
    struct gena *gena;
    bool ssdp_muted;
    int64_t advanced_ms; /* by how much the clock was put forward */
    int64_t started_ms;
    int boot_id;
    char uuid[48];
    uint16_t http_port;
    uint16_t ssdp_port;
    uint16_t control_port;
    unsigned connections_accepted;
    unsigned connections_open;
};

/* Real time, for delays. */
int64_t clock_ms(void);
/* The device's own clock, for leases and its uptime. */
int64_t gateway_now_ms(const struct gateway *gateway);
int64_t gateway_uptime_s(const struct gateway *gateway);

#endif
