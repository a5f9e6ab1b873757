/* SPDX-License-Identifier: MIT */
#include "cache.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PRIVATE = 0700 };

static bool directory_make(const char *path)
{
    return mkdir(path, PRIVATE) == 0 || errno == EEXIST;
}

/** Under sudo, HOME may be another user's: leave nothing of root's in it. */
static bool directory_foreign(const char *path)
{
    struct stat info;
    return geteuid() == 0 && stat(path, &info) == 0 && info.st_uid != 0;
}

/** A directory that others may write to would let them choose our gateway. */
static bool directory_ours(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() &&
           (info.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

char *cache_directory(const char **reason)
{
    char *parent = NULL;
    char *path = NULL;
    const char *base = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    *reason = "out of memory";
    if (base != NULL && base[0] == '/') {
        if (asprintf(&parent, "%s", base) < 0) {
            return NULL;
        }
    } else if (home != NULL && home[0] == '/') {
        if (asprintf(&parent, "%s/.cache", home) < 0) {
            return NULL;
        }
    } else {
        *reason = "neither XDG_CACHE_HOME nor HOME is set";
        return NULL;
    }

    if (asprintf(&path, "%s/natupnp", parent) < 0) {
        free(parent);
        return NULL;
    }
    *reason = NULL;
    if (directory_foreign(parent)) {
        *reason = "the directory for it belongs to another user";
    } else if (!directory_make(parent) || !directory_make(path)) {
        *reason = "its directory cannot be made";
    } else if (!directory_ours(path)) {
        *reason = "its directory is not this user's alone";
    }
    free(parent);
    if (*reason != NULL) {
        free(path);
        return NULL;
    }
    return path;
}
