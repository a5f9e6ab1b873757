/* SPDX-License-Identifier: MIT */
#include "convert_lua.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

bool natupnp_lua_refuse(lua_State *L, const char *name, const char *reason)
{
    lua_pushfstring(L, "%s%s", name, reason);
    return false;
}

bool natupnp_lua_whole(long long *out, lua_State *L, int index, const char *name, long long least,
                       long long most)
{
    if (lua_type(L, index) != LUA_TNUMBER)
        return natupnp_lua_refuse(L, name, SCRIPT_WHOLE);
    /* A double holds every number of interest exactly; larger integers of 5.3 stay too large. */
    double number = (double)lua_tonumber(L, index);
    if (number != floor(number) || isinf(number))
        return natupnp_lua_refuse(L, name, SCRIPT_WHOLE);
    if (number < (double)least || number > (double)most)
        return natupnp_lua_refuse(L, name, SCRIPT_RANGE);
    *out = (long long)number;
    return true;
}

bool natupnp_lua_bool(bool *out, lua_State *L, int index, const char *name)
{
    *out = lua_toboolean(L, index) != 0;
    return lua_type(L, index) == LUA_TBOOLEAN || natupnp_lua_refuse(L, name, SCRIPT_BOOL);
}

bool natupnp_lua_seconds(uint32_t *out, lua_State *L, int index, const char *name)
{
    *out = 0;
    if (lua_isnoneornil(L, index))
        return true;
    return (lua_type(L, index) == LUA_TNUMBER &&
            natupnp_script_seconds(out, (double)lua_tonumber(L, index))) ||
           natupnp_lua_refuse(L, name, SCRIPT_SECONDS);
}

bool natupnp_lua_switch(natupnp_switch *out, lua_State *L, int index, const char *name)
{
    bool on = false;
    *out = NATUPNP_SWITCH_KEEP;
    if (lua_isnoneornil(L, index))
        return true;
    if (!natupnp_lua_bool(&on, L, index, name))
        return false;
    *out = on ? NATUPNP_SWITCH_ON : NATUPNP_SWITCH_OFF;
    return true;
}

bool natupnp_lua_text(const char **out, lua_State *L, int index, const char *name)
{
    size_t length = 0;
    *out = NULL;
    if (lua_isnoneornil(L, index))
        return true;
    if (lua_type(L, index) != LUA_TSTRING) /* not a number, which Lua would turn into text */
        return natupnp_lua_refuse(L, name, SCRIPT_TEXT);
    *out = lua_tolstring(L, index, &length);
    return strlen(*out) == length || natupnp_lua_refuse(L, name, SCRIPT_ZERO_BYTE);
}

bool natupnp_lua_protocol(natupnp_protocol *out, lua_State *L, int index, const char *name)
{
    const char *text;
    *out = (natupnp_protocol)0;
    if (lua_isnoneornil(L, index))
        return natupnp_lua_refuse(L, name, SCRIPT_TEXT);
    if (!natupnp_lua_text(&text, L, index, name))
        return false;
    natupnp_protocol_parse(out, text);
    return true;
}

/* The address of something of ours is its key in the registry: no string is made to look it up. */
static void push_registered(lua_State *L, const void *key)
{
    lua_pushlightuserdata(L, (void *)key);
    lua_rawget(L, LUA_REGISTRYINDEX);
}

/* Takes the value on the stack. */
static void registered(lua_State *L, const void *key)
{
    lua_pushlightuserdata(L, (void *)key);
    lua_insert(L, -2);
    lua_rawset(L, LUA_REGISTRYINDEX);
}

/* Where a handle has its object; NULL for what is no handle of that kind. */
static void **place_of(lua_State *L, int index, const natupnp_script_kind *kind)
{
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
        return NULL;
    push_registered(L, kind);
    bool ours = lua_rawequal(L, -1, -2) != 0;
    lua_pop(L, 2);
    return ours ? lua_touserdata(L, index) : NULL;
}

void *natupnp_lua_open(lua_State *L, int index, const natupnp_script_kind *kind, const char *name)
{
    void **place = place_of(L, index, kind);
    if (!place || !*place)
        natupnp_lua_refuse(L, name, SCRIPT_FREED);
    return place ? *place : NULL;
}

void *natupnp_lua_take(lua_State *L, int index, const natupnp_script_kind *kind, const char *name)
{
    void *object = natupnp_lua_open(L, index, kind, name);
    if (object)
        *place_of(L, index, kind) = NULL;
    return object;
}

void **natupnp_lua_new_handle(lua_State *L, const natupnp_script_kind *kind)
{
    void **place = lua_newuserdata(L, sizeof *place);
    *place = NULL;
    push_registered(L, kind);
    lua_setmetatable(L, -2);
    return place;
}

static int collected(lua_State *L)
{
    const natupnp_script_kind *kind = lua_touserdata(L, lua_upvalueindex(1));
    void **place = place_of(L, 1, kind);
    if (place && *place) {
        void *object = *place;
        *place = NULL;
        kind->free(object);
    }
    return 0;
}

static void prepare_kind(lua_State *L, const natupnp_script_kind *kind)
{
    push_registered(L, kind);
    bool there = lua_istable(L, -1); /* the module was loaded before */
    lua_pop(L, 1);
    if (there)
        return;
    lua_createtable(L, 0, 3);
    lua_pushstring(L, kind->name);
    lua_setfield(L, -2, "__name");
    lua_pushstring(L, kind->name);
    lua_setfield(L, -2, "__metatable"); /* all that scripts see of it */
    lua_pushlightuserdata(L, (void *)kind);
    lua_pushcclosure(L, collected, 1);
    lua_setfield(L, -2, "__gc");
    registered(L, kind);
}

static int push_string(lua_State *L)
{
    lua_pushstring(L, lua_touserdata(L, 1));
    return 1;
}

static const char PUSH_STRING; /* the key of that function: in Lua 5.1 a push of it allocates */

void natupnp_lua_push_text(lua_State *L, const char *text)
{
    if (!text) {
        lua_pushnil(L);
        return;
    }
    char *copy = strdup(text);
    push_registered(L, &PUSH_STRING);
    lua_pushlightuserdata(L, copy);
    bool failed = copy == NULL || lua_pcall(L, 1, 1, 0) != 0;
    free(copy);
    if (!copy)
        lua_pushliteral(L, "not enough memory");
    if (failed)
        lua_error(L);
}

void natupnp_lua_push_whole(lua_State *L, long long number)
{
    lua_pushinteger(L, (lua_Integer)number);
}

/* The address of one that was found; another machine cannot use 127.0.1.1, a host's own name. */
static bool usable(const struct addrinfo *found, struct in_addr *out)
{
    struct sockaddr_in address;
    memcpy(&address, found->ai_addr, sizeof address);
    *out = address.sin_addr;
    return ntohl(address.sin_addr.s_addr) >> 24 != IN_LOOPBACKNET;
}

int natupnp_lua_resolve(lua_State *L)
{
    const char *host;
    char text[INET_ADDRSTRLEN] = "";
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    if (!natupnp_lua_text(&host, L, 1, "host"))
        return lua_error(L);
    int error = getaddrinfo(host, NULL, &hints, &found);
    if (error == 0) {
        struct in_addr address;
        const struct addrinfo *one = found;
        while (one && !usable(one, &address))
            one = one->ai_next;
        if (!one)
            usable(found, &address);
        inet_ntop(AF_INET, &address, text, sizeof text);
        freeaddrinfo(found);
        lua_pushstring(L, text);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
    return 2;
}

static const char MAIN_THREAD; /* the key of that one: Lua 5.1 does not tell it later */

static void push_main(lua_State *L)
{
#if LUA_VERSION_NUM >= 502
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
#else
    push_registered(L, &MAIN_THREAD);
#endif
}

void natupnp_lua_prepare(lua_State *L)
{
    const natupnp_script_kind *kinds[] = {
        &natupnp_client_handle,  &natupnp_op_handle,    &natupnp_mapping_handle,
        &natupnp_gateway_handle, &natupnp_event_handle, &natupnp_kept_handle,
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        prepare_kind(L, kinds[i]);
    lua_pushcfunction(L, push_string);
    registered(L, &PUSH_STRING);
    if (lua_pushthread(L))
        registered(L, &MAIN_THREAD);
    else
        lua_pop(L, 1);
}

int natupnp_lua_adopt_hook(lua_State *L)
{
    push_main(L);
    lua_State *main = lua_tothread(L, -1);
    if (main && !lua_gethook(L) && lua_gethookcount(main) == 1)
        lua_sethook(L, lua_gethook(main), lua_gethookmask(main), 1);
    return 0;
}
