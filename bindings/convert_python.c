/* SPDX-License-Identifier: MIT */
#include "convert_python.h"

#include <math.h>
#include <string.h>

static bool refuse(PyObject *exception, const char *name, const char *reason)
{
    PyErr_Format(exception, "%s%s", name, reason);
    return false;
}

/* The name of a capsule that was emptied. */
static const char EMPTY[] = "natupnp: freed";

void *natupnp_python_open(PyObject *value, const natupnp_script_kind *kind, const char *name)
{
    if (PyCapsule_IsValid(value, kind->name))
        return PyCapsule_GetPointer(value, kind->name);
    bool empty = PyCapsule_IsValid(value, EMPTY);
    refuse(empty ? PyExc_ReferenceError : PyExc_TypeError, name, SCRIPT_FREED);
    return NULL;
}

void *natupnp_python_take(PyObject *value, const natupnp_script_kind *kind, const char *name)
{
    void *object = natupnp_python_open(value, kind, name);
    if (object) {
        PyCapsule_SetDestructor(value, NULL);
        PyCapsule_SetName(value, EMPTY);
    }
    return object;
}

static void collected(PyObject *capsule)
{
    const natupnp_script_kind *kind = PyCapsule_GetContext(capsule);
    kind->free(PyCapsule_GetPointer(capsule, kind->name));
}

PyObject *natupnp_python_handle(void *object, const natupnp_script_kind *kind)
{
    if (!object)
        Py_RETURN_NONE;
    PyObject *capsule = PyCapsule_New(object, kind->name, NULL);
    if (!capsule) {
        kind->free(object);
        return NULL;
    }
    PyCapsule_SetContext(capsule, (void *)kind);
    PyCapsule_SetDestructor(capsule, collected);
    return capsule;
}

bool natupnp_python_whole(long long *out, PyObject *value, const char *name, long long least,
                          long long most)
{
    int overflow = 0;
    if (PyFloat_Check(value)) {
        double number = PyFloat_AS_DOUBLE(value);
        if (number != floor(number) || isinf(number))
            return refuse(PyExc_TypeError, name, SCRIPT_WHOLE);
        overflow = number < -0x1p63 || number >= 0x1p63;
        *out = overflow ? 0 : (long long)number;
    } else {
        if (!PyLong_Check(value) || PyBool_Check(value))
            return refuse(PyExc_TypeError, name, SCRIPT_WHOLE);
        *out = PyLong_AsLongLongAndOverflow(value, &overflow);
    }
    if (overflow != 0 || *out < least || *out > most)
        return refuse(PyExc_ValueError, name, SCRIPT_RANGE);
    return true;
}

bool natupnp_python_bool(bool *out, PyObject *value, const char *name)
{
    *out = value == Py_True;
    return PyBool_Check(value) || refuse(PyExc_TypeError, name, SCRIPT_BOOL);
}

bool natupnp_python_seconds(uint32_t *out, PyObject *value, const char *name)
{
    *out = 0;
    if (value == Py_None)
        return true;
    if (PyBool_Check(value) || !(PyFloat_Check(value) || PyLong_Check(value)))
        return refuse(PyExc_TypeError, name, SCRIPT_SECONDS);
    double seconds = PyFloat_Check(value) ? PyFloat_AS_DOUBLE(value) : PyLong_AsDouble(value);
    if (PyErr_Occurred()) { /* an int too large for a double */
        PyErr_Clear();
        return refuse(PyExc_ValueError, name, SCRIPT_SECONDS);
    }
    return natupnp_script_seconds(out, seconds) || refuse(PyExc_ValueError, name, SCRIPT_SECONDS);
}

bool natupnp_python_switch(natupnp_switch *out, PyObject *value, const char *name)
{
    bool on = false;
    *out = NATUPNP_SWITCH_KEEP;
    if (value == Py_None)
        return true;
    if (!natupnp_python_bool(&on, value, name))
        return false;
    *out = on ? NATUPNP_SWITCH_ON : NATUPNP_SWITCH_OFF;
    return true;
}

bool natupnp_python_text(const char **out, PyObject **keep, PyObject *value, const char *name)
{
    Py_ssize_t length = 0;
    *out = NULL;
    *keep = NULL;
    if (value == Py_None)
        return true;
    if (!PyUnicode_Check(value))
        return refuse(PyExc_TypeError, name, SCRIPT_TEXT);
    *out = PyUnicode_AsUTF8AndSize(value, &length);
    if (!*out) {
        PyErr_Clear();
        *keep = PyUnicode_AsEncodedString(value, "utf-8", "surrogatepass");
        if (!*keep)
            return false;
        *out = PyBytes_AS_STRING(*keep);
        length = PyBytes_GET_SIZE(*keep);
    }
    if (strlen(*out) != (size_t)length)
        return refuse(PyExc_ValueError, name, SCRIPT_ZERO_BYTE);
    return true;
}

bool natupnp_python_protocol(natupnp_protocol *out, PyObject *value, const char *name)
{
    const char *text;
    PyObject *keep;
    *out = (natupnp_protocol)0;
    if (value == Py_None)
        return refuse(PyExc_TypeError, name, SCRIPT_TEXT);
    bool ok = natupnp_python_text(&text, &keep, value, name);
    if (ok)
        natupnp_protocol_parse(out, text);
    Py_XDECREF(keep);
    return ok;
}

PyObject *natupnp_python_from_text(const char *text)
{
    if (text)
        return PyUnicode_DecodeUTF8(text, (Py_ssize_t)strlen(text), "replace");
    Py_RETURN_NONE;
}

PyObject *natupnp_python_pair(PyObject *status, PyObject *value)
{
    PyObject *pair = status && value ? PyTuple_Pack(2, status, value) : NULL;
    Py_XDECREF(status);
    Py_XDECREF(value);
    return pair;
}
