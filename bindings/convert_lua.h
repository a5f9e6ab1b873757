/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_CONVERT_LUA_H
#define NATUPNP_CONVERT_LUA_H

/*
 * Lua values as arguments of the C interface. False, with a message pushed, for
 * what is refused. The name is that of the parameter.
 */
#include <lua.h>

#include "script.h"

/* A number without a fraction; no text that looks like one. */
bool natupnp_lua_whole(long long *out, lua_State *L, int index, const char *name, long long least,
                       long long most);

/* true or false and nothing else. */
bool natupnp_lua_bool(bool *out, lua_State *L, int index, const char *name);

/* nil is 0, the default. */
bool natupnp_lua_seconds(uint32_t *out, lua_State *L, int index, const char *name);

/* nil is NATUPNP_SWITCH_KEEP. */
bool natupnp_lua_switch(natupnp_switch *out, lua_State *L, int index, const char *name);

/* A string that stays on the stack as long as the text is used, NULL for nil. */
bool natupnp_lua_text(const char **out, lua_State *L, int index, const char *name);

/* "TCP" or "UDP"; other text is 0, which the core refuses. */
bool natupnp_lua_protocol(natupnp_protocol *out, lua_State *L, int index, const char *name);

/* Pushes false, with the message "name reason" on the stack. */
bool natupnp_lua_refuse(lua_State *L, const char *name, const char *reason);

/* nil, or an object that SWIG made, of whatever type. */
bool natupnp_lua_is_handle(lua_State *L, int index);

/* A whole number as Lua's integer, where it has one. */
void natupnp_lua_push_whole(lua_State *L, long long number);

/* The Lua function resolve(host): an IPv4 address as text, or nil and why there is none. */
int natupnp_lua_resolve(lua_State *L);

/*
 * The Lua function adopt_hook(): Ctrl-C in the program lua sets a hook, on the main thread only. A
 * coroutine that waits takes it over here, so that it ends as well.
 */
int natupnp_lua_adopt_hook(lua_State *L);

/* Called when the module is loaded: Lua 5.1 does not tell its main thread later. */
void natupnp_lua_remember_main(lua_State *L);

#endif
