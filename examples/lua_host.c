/* SPDX-License-Identifier: MIT */
/*
 * A small game server that embeds Lua. The loop is the server's own; its script opens the server's
 * port to the world meanwhile, without ever making it wait: lua_host SCRIPT [ARGUMENT...]
 *
 * The script gets the server's UDP port and the arguments, and gives back a table of functions:
 * fd(), a descriptor to watch; dispatch(), called when it is readable; tick(), called often; and
 * close(), called at the end.
 */
#include <arpa/inet.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 20 };

static volatile sig_atomic_t stopped;

static void stop(int number)
{
    stopped = number;
}

static int open_socket(int *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) != 0)
        return -1;
    *port = ntohs(address.sin_port);
    return fd;
}

/* The game: every player who says something hears it. */
static void play(int fd)
{
    char said[512];
    struct sockaddr_in player;
    socklen_t length = sizeof player;
    ssize_t size =
        recvfrom(fd, said, sizeof said, MSG_DONTWAIT, (struct sockaddr *)&player, &length);
    if (size > 0)
        sendto(fd, said, (size_t)size, MSG_DONTWAIT, (struct sockaddr *)&player, length);
}

/* An error of the script is told; the game goes on. */
static bool told(lua_State *L, int failed)
{
    if (failed) {
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
        lua_pop(L, 1);
    }
    return !failed;
}

/* Calls one of the functions in the script's table, which lies at 1; its result as a number, or -1.
 */
static int call(lua_State *L, const char *name)
{
    int result = -1;
    lua_getfield(L, 1, name);
    if (told(L, lua_pcall(L, 0, 1, 0))) {
        if (lua_isnumber(L, -1))
            result = (int)lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    return result;
}

static bool load(lua_State *L, int argc, char **argv, int port)
{
    luaL_openlibs(L);
    if (!told(L, luaL_loadfile(L, argv[1])))
        return false;
    lua_pushinteger(L, port);
    for (int i = 2; i < argc; i++)
        lua_pushstring(L, argv[i]);
    return told(L, lua_pcall(L, argc - 1, 1, 0)) && lua_istable(L, 1);
}

static int until(const struct timespec *next)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long left =
        (next->tv_sec - now.tv_sec) * 1000 + (next->tv_nsec - now.tv_nsec + 999999) / 1000000;
    return left > 0 ? (int)left : 0;
}

static void run(lua_State *L, int game)
{
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    while (!stopped) {
        struct pollfd ready[] = {{.fd = game, .events = POLLIN},
                                 {.fd = call(L, "fd"), .events = POLLIN}};
        if (poll(ready, 2, until(&next)) > 0) {
            if (ready[0].revents)
                play(game);
            if (ready[1].revents)
                call(L, "dispatch");
        }
        if (until(&next) == 0) {
            call(L, "tick");
            clock_gettime(CLOCK_MONOTONIC, &next);
            next.tv_nsec += TICK_MS * 1000000;
        }
    }
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = stop};
    int port = 0;
    int game = open_socket(&port);
    lua_State *L = luaL_newstate();
    if (argc < 2 || game < 0 || !L) {
        fprintf(stderr, argc < 2 ? "usage: lua_host SCRIPT [ARGUMENT...]\n" : "cannot start\n");
        return 1;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    bool loaded = load(L, argc, argv, port);
    if (loaded) {
        run(L, game);
        call(L, "close");
    }
    lua_close(L);
    close(game);
    return !loaded;
}
