/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_CONVERT_PYTHON_H
#define NATUPNP_CONVERT_PYTHON_H

/*
 * Python values as arguments of the C interface. False, with an exception set,
 * for what is refused: TypeError for the wrong kind, ValueError for the wrong
 * value, ReferenceError for a handle that was freed. The name is that of the parameter.
 *
 * No code of the script runs for a value that is accepted: only the built-in types and their
 * subclasses are, and of these what they inherit. So no handle can be freed meanwhile.
 */
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "handle.h"
#include "script.h"

/*
 * The object of a handle, or NULL with an exception set. A handle is a capsule: no other object
 * passes for one, and none of the script's code is asked.
 */
void *natupnp_python_open(PyObject *value, const natupnp_script_kind *kind, const char *name);

/* The same, and leaves the handle empty: the object is the caller's. */
void *natupnp_python_take(PyObject *value, const natupnp_script_kind *kind, const char *name);

/* A handle, which owns the object from now on, also after a failure; None for NULL. */
PyObject *natupnp_python_handle(void *object, const natupnp_script_kind *kind);

/* An int, or a float without a fraction; neither a bool nor text. */
bool natupnp_python_whole(long long *out, PyObject *value, const char *name, long long least,
                          long long most);

/* True or False and nothing else. */
bool natupnp_python_bool(bool *out, PyObject *value, const char *name);

/* None is 0, the default. */
bool natupnp_python_seconds(uint32_t *out, PyObject *value, const char *name);

/* None is NATUPNP_SWITCH_KEEP. */
bool natupnp_python_switch(natupnp_switch *out, PyObject *value, const char *name);

/*
 * UTF-8 text, NULL for None. *keep is NULL or what must be kept as long as the
 * text. A lone surrogate becomes bytes that are no UTF-8: the core judges them.
 */
bool natupnp_python_text(const char **out, PyObject **keep, PyObject *value, const char *name);

/* "TCP" or "UDP"; other text is 0, which the core refuses. */
bool natupnp_python_protocol(natupnp_protocol *out, PyObject *value, const char *name);

/* str, or None for NULL. */
PyObject *natupnp_python_from_text(const char *text);

/* A status and what came with it, as a tuple; takes both references, NULL after a failure. */
PyObject *natupnp_python_pair(PyObject *status, PyObject *value);

#endif
