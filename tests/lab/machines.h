/* SPDX-License-Identifier: MIT */
/* Network namespaces for tests in C; namespace.py is the same for those in Python. */
#ifndef NATUPNP_TESTS_MACHINES_H
#define NATUPNP_TESTS_MACHINES_H

#include <stdbool.h>

/*
 * Puts this process into a network namespace of its own, where it is root, with
 * a loopback interface that is up. 0, or 77 where that is not allowed, which
 * it says.
 */
int machines_enter(void);

/* Another machine, with nothing but a loopback interface; this process stays where it is. Closing
 * the descriptor is its end. */
int machines_new(void);

/* Moves this process into a machine; gives the one that it was in. */
int machines_move(int machine);
/* Moves back, and closes what machines_move() gave. */
void machines_return(int from);

/* Runs the program ip with these words; fails the test when it fails. */
void machines_ip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Waits until the kernel says that packets can pass an interface of this machine. */
void machines_await_running(const char *interface);

/* A cable between two machines: an interface here, another one there, both running, each with
 * an address, such as "10.77.0.2/24". */
void machines_plug(const char *here, const char *here_address, int machine, const char *there,
                   const char *there_address);

#endif
