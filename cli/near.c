/* SPDX-License-Identifier: MIT */
#include "near.h"
#include <string.h>

/** Words that are longer than this are not worth guessing at. */
enum { LENGTH_MAX = 32 };

static char small(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/** The optimal string alignment distance, a row of its table at a time. */
static unsigned distance(const char *word, size_t length, const char *name, size_t name_length)
{
    unsigned rows[3][LENGTH_MAX + 1] = {{0}};
    for (unsigned at = 0; at <= name_length; at++) {
        rows[0][at] = at;
    }
    for (unsigned i = 1; i <= length; i++) {
        unsigned *row = rows[i % 3];
        const unsigned *before = rows[(i + 2) % 3];
        const unsigned *two_before = rows[(i + 1) % 3];
        row[0] = i;
        for (unsigned j = 1; j <= name_length; j++) {
            bool same = small(word[i - 1]) == small(name[j - 1]);
            row[j] = least(before[j - 1] + (same ? 0 : 1), least(before[j], row[j - 1]) + 1);
            bool turned = i > 1 && j > 1 && small(word[i - 1]) == small(name[j - 2]) &&
                          small(word[i - 2]) == small(name[j - 1]);
            if (turned) {
                row[j] = least(row[j], two_before[j - 2] + 1);
            }
        }
    }
    return rows[length % 3][name_length];
}

unsigned near_distance(const char *word, size_t length, const char *name)
{
    size_t name_length = strlen(name);
    size_t longer = length > name_length ? length : name_length;
    if (longer > LENGTH_MAX) {
        return NEAR_FAR;
    }
    unsigned found = distance(word, length, name, name_length);
    return found <= (longer + 2) / 4 ? found : NEAR_FAR;
}

bool near_listed(const char *list, const char *word)
{
    size_t length = strlen(word);
    while (*list != '\0') {
        size_t extent = strcspn(list, " ");
        size_t at = 0;
        while (at < extent && at < length && small(list[at]) == small(word[at])) {
            at++;
        }
        if (at == extent && at == length) {
            return true;
        }
        list += extent;
        list += strspn(list, " ");
    }
    return false;
}
