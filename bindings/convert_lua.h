/* SPDX-License-Identifier: MIT */
#ifndef NATUPNP_CONVERT_LUA_H
#define NATUPNP_CONVERT_LUA_H

/*
 * Lua values as arguments of the C interface. False, with a message pushed, for
 * what is refused. The name is that of the parameter. Nothing is allocated, and no metamethod
 * called, for a value that is accepted.
 */
#include <lua.h>

#include "handle.h"
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

/*
 * The object of a handle, or NULL with a message pushed. A handle is a userdata with a metatable
 * that scripts cannot reach.
 */
void *natupnp_lua_open(lua_State *L, int index, const natupnp_script_kind *kind, const char *name);

/* The same, and leaves the handle empty: the object is the caller's. */
void *natupnp_lua_take(lua_State *L, int index, const natupnp_script_kind *kind, const char *name);

/* Pushes an empty handle, and gives the place for its object, which it owns then. */
void **natupnp_lua_new_handle(lua_State *L, const natupnp_script_kind *kind);

/*
 * Text that may be gone once a script runs, as the collector, which calls it, may come with each
 * push: it is copied before. nil for NULL.
 */
void natupnp_lua_push_text(lua_State *L, const char *text);

/* A whole number as Lua's integer, where it has one. */
void natupnp_lua_push_whole(lua_State *L, long long number);

/* The Lua function resolve(host): an IPv4 address as text, or nil and why there is none. */
int natupnp_lua_resolve(lua_State *L);

/*
 * The Lua function adopt_hook(): Ctrl-C in the program lua sets a hook, on the main thread only. A
 * coroutine that waits takes it over here, so that it ends as well.
 */
int natupnp_lua_adopt_hook(lua_State *L);

/* Called when the module is loaded: prepares the handles, and more that is needed later. */
void natupnp_lua_prepare(lua_State *L);

#endif
