// SPDX-License-Identifier: MIT
// How the C interface looks in Lua: the module natupnp.coreNN, with the version of the language
// for NN. See TYPEMAPS.md.
%module natupnp_core

%{
#include "convert_lua.h"
#define SCRIPT_ANY(L, index) 1 /* the typemap itself judges the value */

/* SWIG would take the userdata of any other module for a handle. */
#undef SWIG_isptrtype
#define SWIG_isptrtype(L, index) natupnp_lua_is_handle(L, index)
#define SWIG_Lua_typename(L, index) luaL_typename(L, index)

/* SWIG would put two functions of its own among the globals: it gets another table. */
#undef lua_pushglobaltable
#define lua_pushglobaltable(L) lua_newtable(L)
%}

// ---- what goes in ----

%typemap(in, checkfn="SWIG_isptrtype") natupnp_client *freed, natupnp_op *freed {
    if (!SWIG_IsOK(SWIG_ConvertPtr(L, $input, (void **)&$1, $descriptor, SWIG_POINTER_RELEASE))) {
        natupnp_lua_refuse(L, "$1_name", SCRIPT_FREED);
        SWIG_fail;
    }
}

%typemap(check) natupnp_client *, const natupnp_client *, natupnp_op *, const natupnp_op *,
                natupnp_mapping *, const natupnp_mapping *, natupnp_gateway *,
                const natupnp_gateway *, const natupnp_event *, const natupnp_kept * {
    if (!$1) {
        natupnp_lua_refuse(L, "$1_name", SCRIPT_FREED);
        SWIG_fail;
    }
}

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

%typemap(in, numinputs=0) natupnp_client **out ($*1_type made = NULL), natupnp_op **out ($*1_type made = NULL),
                          natupnp_mapping **out ($*1_type made = NULL),
                          natupnp_gateway **out ($*1_type made = NULL), natupnp_event **out ($*1_type made = NULL),
                          natupnp_kept **out ($*1_type made = NULL) "$1 = &made;"

// ---- what comes out ----

%typemap(argout) natupnp_client **out, natupnp_op **out, natupnp_mapping **out, natupnp_gateway **out,
                 natupnp_event **out, natupnp_kept **out {
    if (made$argnum)
        SWIG_NewPointerObj(L, made$argnum, $*1_descriptor, 1);
    else
        lua_pushnil(L);
    SWIG_arg++;
}

%typemap(out) natupnp_status, natupnp_kept_state, int, int32_t, uint16_t, uint32_t, size_t, int64_t, uint64_t {
    natupnp_lua_push_whole(L, (long long)$1);
    SWIG_arg++;
}
%typemap(out) bool {
    lua_pushboolean(L, $1);
    SWIG_arg++;
}
%typemap(out) const char * {
    lua_pushstring(L, $1); /* nil for NULL */
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
    natupnp_lua_remember_main(L);
%}

%include "natupnp_common.i"
