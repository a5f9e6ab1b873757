/* SPDX-License-Identifier: MIT */
#include "convert_python.h"

#include <math.h>
#include <string.h>

static bool refuse(PyObject *exception, const char *name, const char *reason)
{
    PyErr_Format(exception, "%s%s", name, reason);
    return false;
}

/* An int that stands for the value, a new reference; NULL for what is no whole number. */
static PyObject *as_int(PyObject *value)
{
    if (PyBool_Check(value))
        return NULL;
    if (PyFloat_Check(value)) {
        double number = PyFloat_AS_DOUBLE(value);
        return number == floor(number) ? PyLong_FromDouble(number) : NULL;
    }
    return PyIndex_Check(value) ? PyNumber_Index(value) : NULL;
}

bool natupnp_python_whole(long long *out, PyObject *value, const char *name, long long least,
                          long long most)
{
    int overflow = 0;
    PyObject *number = as_int(value);
    if (!number) {
        PyErr_Clear();
        return refuse(PyExc_TypeError, name, SCRIPT_WHOLE);
    }
    *out = PyLong_AsLongLongAndOverflow(number, &overflow);
    Py_DECREF(number);
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
    if (PyBool_Check(value) || !(PyFloat_Check(value) || PyIndex_Check(value)))
        return refuse(PyExc_TypeError, name, SCRIPT_SECONDS);
    double seconds = PyFloat_AsDouble(value);
    if (PyErr_Occurred()) { /* an int too large for a double, or one that will not be a number */
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
