/* SPDX-License-Identifier: MIT */
#include "convert_lua.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <netdb.h>
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

bool natupnp_lua_is_handle(lua_State *L, int index)
{
    if (lua_isnil(L, index))
        return true;
    if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index))
        return false;
    lua_pushliteral(L, ".type"); /* SWIG's name for what only its classes have */
    lua_rawget(L, -2);
    bool made = lua_type(L, -1) == LUA_TSTRING;
    lua_pop(L, 2);
    return made;
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

#if LUA_VERSION_NUM >= 502
void natupnp_lua_remember_main(lua_State *L)
{
    (void)L;
}

static void push_main(lua_State *L)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
}
#else
#define MAIN_THREAD "natupnp.main"

void natupnp_lua_remember_main(lua_State *L)
{
    if (lua_pushthread(L))
        lua_setfield(L, LUA_REGISTRYINDEX, MAIN_THREAD);
    else
        lua_pop(L, 1);
}

static void push_main(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, MAIN_THREAD);
}
#endif

int natupnp_lua_adopt_hook(lua_State *L)
{
    push_main(L);
    lua_State *main = lua_tothread(L, -1);
    if (main && !lua_gethook(L) && lua_gethookcount(main) == 1)
        lua_sethook(L, lua_gethook(main), lua_gethookmask(main), 1);
    return 0;
}
