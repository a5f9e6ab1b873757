/* SPDX-License-Identifier: MIT */
#include "corpus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *corpus_folder(void)
{
    const char *folder = getenv("NATUPNP_CORPUS");
    return folder && folder[0] != '\0' ? folder : NATUPNP_CORPUS_DEFAULT;
}

int corpus_missing(void)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/INDEX.tsv", corpus_folder());
    if (access(path, R_OK) == 0)
        return 0;
    printf("SKIPPED: no corpus of device answers: %s: %s (set NATUPNP_CORPUS to its folder)\n",
           path, strerror(errno));
    return 77;
}

void corpus_read(nat__buf *out, const char *name)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", corpus_folder(), name);
    FILE *file = fopen(path, "rb");
    if (!file)
        fail_msg("%s: %s", path, strerror(errno));
    char data[4096];
    size_t length;
    while ((length = fread(data, 1, sizeof data, file)) > 0)
        nat__buf_add(out, data, length);
    fclose(file);
    assert_int_equal(out->failed, NATUPNP_OK);
}

nat__str corpus_body(const nat__buf *file)
{
    nat__str text = {file->at, file->length};
    if (!nat__str_starts(text, "HTTP/"))
        return text;
    for (nat__str rest = text; rest.length > 0;)
        if (nat__str_trim(nat__str_cut(&rest, '\n')).length == 0)
            return rest;
    return (nat__str){0};
}

bool corpus_next(nat__str *rest, corpus_row *row)
{
    if (rest->length == 0)
        return false;
    nat__str line = nat__str_cut(rest, '\n');
    *row = (corpus_row){0};
    for (size_t i = 0; i < CORPUS_COLUMNS; i++)
        row->columns[i] = nat__str_trim(nat__str_cut(&line, '\t'));
    nat__str file = row->columns[0];
    assert_true(file.length < sizeof row->file);
    if (file.length > 0)
        memcpy(row->file, file.at, file.length);
    return true;
}

size_t corpus_each(const char *kind, void (*function)(const corpus_row *row))
{
    nat__buf index = {0};
    corpus_read(&index, "INDEX.tsv");
    nat__str rest = {index.at, index.length};
    nat__str_cut(&rest, '\n');
    size_t count = 0;
    for (corpus_row row; corpus_next(&rest, &row);)
        if (nat__str_equal(row.columns[1], kind)) {
            function(&row);
            count++;
        }
    nat__buf_free(&index);
    print_message("%zu files of kind %s\n", count, kind);
    return count;
}
