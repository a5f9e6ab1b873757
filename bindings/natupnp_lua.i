// SPDX-License-Identifier: MIT
// How the C interface looks in Lua: the module natupnp.coreNN, with the version of the language
// for NN. See TYPEMAPS.md.
%module natupnp_core

%{
#include "convert_lua.h"
#define SCRIPT_ANY(L, index) 1 /* the typemap itself judges the value */

/* SWIG would put two functions of its own among the globals: it gets another table. */
#undef lua_pushglobaltable
#define lua_pushglobaltable(L) lua_newtable(L)
%}

// ---- what goes in ----

// Handles come last: SWIG judges with "check" once every argument is converted. What is made has its
// place before that. So nothing is allocated, which could run a script's __gc, between the first handle
// that is opened and the last use of what the call gave.
%define SCRIPT_HANDLE(TYPE)
%typemap(in, checkfn="SCRIPT_ANY") TYPE * (int handle), const TYPE * (int handle), struct TYPE * (int handle) "handle = $input;"
%typemap(check) TYPE *, const TYPE *, struct TYPE * {
    $1 = ($1_ltype)natupnp_lua_open(L, handle$argnum, &TYPE##_handle, "$1_name");
    if (!$1)
        SWIG_fail;
}
%typemap(check) TYPE *freed {
    $1 = ($1_ltype)natupnp_lua_take(L, handle$argnum, &TYPE##_handle, "handle");
    if (!$1)
        SWIG_fail;
}
%typemap(in, numinputs=0) TYPE **out (TYPE *made = NULL, void **place), struct TYPE **out (TYPE *made = NULL, void **place) "$1 = &made;"
%typemap(check) TYPE **out, struct TYPE **out {
    place$argnum = natupnp_lua_new_handle(L, &TYPE##_handle);
}
%typemap(argout) TYPE **out, struct TYPE **out {
    *place$argnum = made$argnum;
    if (made$argnum)
        lua_pushvalue(L, -SWIG_arg - 1); /* the handle is below the results */
    else
        lua_pushnil(L);
    SWIG_arg++;
}
%enddef

%typemap(in, checkfn="SCRIPT_ANY") int32_t (long long number), int (long long number), natupnp_status (long long number) {
    if (!natupnp_lua_whole(&number, L, $input, "$1_name", INT32_MIN, INT32_MAX))
        SWIG_fail;
    $1 = ($1_type)number;
}

%typemap(in, checkfn="SCRIPT_ANY") size_t (long long number) {
    if (!natupnp_lua_whole(&number, L, $input, "$1_name", 0, PTRDIFF_MAX))
        SWIG_fail;
    $1 = ($1_type)number;
}

%typemap(in, checkfn="SCRIPT_ANY") int32_t new_internal_port (long long number = 0) {
    if (!lua_isnoneornil(L, $input) &&
        !natupnp_lua_whole(&number, L, $input, "internal_port", INT32_MIN, INT32_MAX))
        SWIG_fail;
    if (!lua_isnoneornil(L, $input) && number == 0) {
        natupnp_lua_refuse(L, "internal_port", SCRIPT_NOT_ZERO);
        SWIG_fail;
    }
    $1 = ($1_type)number;
}

%typemap(in, checkfn="SCRIPT_ANY") int32_t internal_port (long long number = 0) {
    if (!lua_isnoneornil(L, $input) &&
        !natupnp_lua_whole(&number, L, $input, "$1_name", INT32_MIN, INT32_MAX))
        SWIG_fail;
    $1 = ($1_type)number;
}

%typemap(in, checkfn="SCRIPT_ANY") bool {
    if (!natupnp_lua_bool(&$1, L, $input, "$1_name"))
        SWIG_fail;
}

%typemap(in, checkfn="SCRIPT_ANY") uint32_t timeout, uint32_t budget {
    if (!natupnp_lua_seconds(&$1, L, $input, "$1_name"))
        SWIG_fail;
}

%typemap(in, checkfn="SCRIPT_ANY") uint32_t lease (long long number = 0) {
    if (!lua_isnoneornil(L, $input) &&
        !natupnp_lua_whole(&number, L, $input, "$1_name", INT64_MIN, UINT32_MAX))
        SWIG_fail;
    if (!lua_isnoneornil(L, $input) && number <= 0) {
        natupnp_lua_refuse(L, "$1_name", SCRIPT_LEASE);
        SWIG_fail;
    }
    $1 = ($1_type)number;
}

%typemap(in, checkfn="SCRIPT_ANY") natupnp_switch {
    if (!natupnp_lua_switch(&$1, L, $input, "$1_name"))
        SWIG_fail;
}

%typemap(in, checkfn="SCRIPT_ANY") natupnp_protocol {
    if (!natupnp_lua_protocol(&$1, L, $input, "$1_name"))
        SWIG_fail;
}

// SWIG's variable for a text is not const.
%typemap(in, checkfn="SCRIPT_ANY") const char * (const char *text) {
    if (!natupnp_lua_text(&text, L, $input, "$1_name"))
        SWIG_fail;
    $1 = ($1_ltype)text;
}

// ---- what comes out ----

%typemap(out) natupnp_status, natupnp_kept_state, int, int32_t, uint16_t, uint32_t, size_t, int64_t, uint64_t {
    natupnp_lua_push_whole(L, (long long)$1);
    SWIG_arg++;
}
%typemap(out) bool {
    lua_pushboolean(L, $1);
    SWIG_arg++;
}
%typemap(out) const char * {
    natupnp_lua_push_text(L, $1);
    SWIG_arg++;
}
%typemap(out) natupnp_event_kind {
    lua_pushstring(L, natupnp_event_kind_name($1));
    SWIG_arg++;
}
%typemap(out) natupnp_protocol {
    lua_pushstring(L, natupnp_protocol_name($1));
    SWIG_arg++;
}

// resolve(host): the numeric IPv4 address of a host, or nil and why not. Python has its own.
%native(resolve) int natupnp_lua_resolve(lua_State *L);

// adopt_hook(): see convert_lua.h. Python looks for signals by itself.
%native(adopt_hook) int natupnp_lua_adopt_hook(lua_State *L);
%init %{
    natupnp_lua_prepare(L);
%}

%include "natupnp_common.i"
