// SPDX-License-Identifier: MIT
// How the C interface looks in Python: natupnp._swig.core. See TYPEMAPS.md.
%module(package="natupnp._swig") core

// SWIG 4.3 gives its own types names without a module. Python warns of each, and where warnings are
// errors (-W error) there is no type: the import would crash.
%begin %{
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <string.h>

static inline PyObject *natupnp_type_from_spec(const PyType_Spec *spec)
{
    static const char *const names[] = {"natupnp._swig._core.swigvarlink",
                                        "natupnp._swig._core.SwigPyObject",
                                        "natupnp._swig._core.SwigPyPacked"};
    PyType_Spec named = *spec;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(strrchr(names[i], '.') + 1, spec->name) == 0)
            named.name = names[i];
    return PyType_FromSpec(&named);
}
#define PyType_FromSpec natupnp_type_from_spec
%}

%{
#include "convert_python.h"
%}

// ---- what goes in ----

// Handles come last: SWIG judges with "check" once every argument is converted, and nothing of a script
// runs between the first handle that is opened and the call.
%define SCRIPT_HANDLE(TYPE)
%typemap(in) TYPE * (PyObject *handle), const TYPE * (PyObject *handle), struct TYPE * (PyObject *handle) "handle = $input;"
%typemap(check) TYPE *, const TYPE *, struct TYPE * {
    $1 = ($1_ltype)natupnp_python_open(handle$argnum, &TYPE##_handle, "$1_name");
    if (!$1)
        SWIG_fail;
}
%typemap(check) TYPE *freed {
    $1 = ($1_ltype)natupnp_python_take(handle$argnum, &TYPE##_handle, "handle");
    if (!$1)
        SWIG_fail;
}
%typemap(in, numinputs=0) TYPE **out (TYPE *made = NULL), struct TYPE **out (TYPE *made = NULL) "$1 = &made;"
%typemap(argout) TYPE **out, struct TYPE **out {
    $result = natupnp_python_pair($result, natupnp_python_handle(made$argnum, &TYPE##_handle));
}
%enddef

%typemap(in) int32_t (long long number), int (long long number), natupnp_status (long long number) {
    if (!natupnp_python_whole(&number, $input, "$1_name", INT32_MIN, INT32_MAX))
        SWIG_fail;
    $1 = ($1_type)number;
}

%typemap(in) size_t (long long number) {
    if (!natupnp_python_whole(&number, $input, "$1_name", 0, PTRDIFF_MAX))
        SWIG_fail;
    $1 = ($1_type)number;
}

%typemap(in) int32_t new_internal_port (long long number = 0) {
    if ($input != Py_None && !natupnp_python_whole(&number, $input, "internal_port", INT32_MIN, INT32_MAX))
        SWIG_fail;
    if ($input != Py_None && number == 0)
        SWIG_exception_fail(SWIG_ValueError, "internal_port" SCRIPT_NOT_ZERO);
    $1 = ($1_type)number;
}

%typemap(in) int32_t internal_port (long long number = 0) {
    if ($input != Py_None && !natupnp_python_whole(&number, $input, "$1_name", INT32_MIN, INT32_MAX))
        SWIG_fail;
    $1 = ($1_type)number;
}

%typemap(in) bool {
    if (!natupnp_python_bool(&$1, $input, "$1_name"))
        SWIG_fail;
}

%typemap(in) uint32_t timeout, uint32_t budget {
    if (!natupnp_python_seconds(&$1, $input, "$1_name"))
        SWIG_fail;
}

%typemap(in) uint32_t lease (long long number = 0) {
    if ($input != Py_None && !natupnp_python_whole(&number, $input, "$1_name", INT64_MIN, UINT32_MAX))
        SWIG_fail;
    if ($input != Py_None && number <= 0)
        SWIG_exception_fail(SWIG_ValueError, "$1_name" SCRIPT_LEASE);
    $1 = ($1_type)number;
}

%typemap(in) natupnp_switch {
    if (!natupnp_python_switch(&$1, $input, "$1_name"))
        SWIG_fail;
}

%typemap(in) natupnp_protocol {
    if (!natupnp_python_protocol(&$1, $input, "$1_name"))
        SWIG_fail;
}

// SWIG's variable for a text is not const.
%typemap(in) const char * (const char *text, PyObject *keep = NULL) {
    if (!natupnp_python_text(&text, &keep, $input, "$1_name"))
        SWIG_fail;
    $1 = ($1_ltype)text;
}
%typemap(freearg) const char * "Py_XDECREF(keep$argnum);"

// ---- what comes out ----

%typemap(out) natupnp_status, natupnp_kept_state, int, int32_t, uint16_t "$result = PyLong_FromLong($1);"
%typemap(out) uint32_t "$result = PyLong_FromUnsignedLong($1);"
%typemap(out) size_t "$result = PyLong_FromSize_t($1);"
%typemap(out) int64_t "$result = PyLong_FromLongLong($1);"
%typemap(out) uint64_t "$result = PyLong_FromUnsignedLongLong($1);"
%typemap(out) bool "$result = PyBool_FromLong($1);"
%typemap(out) const char * "$result = natupnp_python_from_text($1);"
%typemap(out) natupnp_event_kind "$result = natupnp_python_from_text(natupnp_event_kind_name($1));"
%typemap(out) natupnp_protocol "$result = natupnp_python_from_text(natupnp_protocol_name($1));"

%include "natupnp_common.i"

// SWIG drops these when the interpreter ends; made only then, as it would, they can be too late.
%init %{
    SWIG_This();
    SWIG_globals();
    SWIG_Python_TypeCache();
%}
