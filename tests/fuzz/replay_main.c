/* SPDX-License-Identifier: MIT */
/* Calls a fuzz target with each file that is given, and with the files in each folder. */
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static bool replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat about;
    if (!file || fstat(fileno(file), &about) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        if (file)
            fclose(file);
        return false;
    }
    /* Exactly as long as the input, so that a sanitizer sees a byte read too many. */
    size_t size = (size_t)about.st_size;
    uint8_t *data = malloc(size > 0 ? size : 1);
    bool ok = data && fread(data, 1, size, file) == size;
    fclose(file);
    if (ok)
        LLVMFuzzerTestOneInput(data, size);
    else
        fprintf(stderr, "%s: cannot be read\n", path);
    free(data);
    return ok;
}

/* Adds the number of files replayed to *count. */
static bool replay(const char *path, size_t *count)
{
    DIR *folder = opendir(path);
    if (!folder) {
        ++*count;
        return replay_file(path);
    }
    bool ok = true;
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (entry->d_name[0] == '.')
            continue;
        char inner[4096];
        snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        ok = replay(inner, count) && ok;
    }
    closedir(folder);
    return ok;
}

int main(int argc, char **argv)
{
    size_t count = 0;
    bool ok = true;
    for (int i = 1; i < argc; i++)
        ok = replay(argv[i], &count) && ok;
    printf("%zu inputs\n", count);
    if (count == 0)
        fprintf(stderr, "usage: %s file|folder...\n", argv[0]);
    return ok && count > 0 ? 0 : 1;
}
