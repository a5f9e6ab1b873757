/* SPDX-License-Identifier: MIT */
/* Files with the answers of real devices, which are not part of this repository. */
#ifndef NATUPNP_TESTS_CORPUS_H
#define NATUPNP_TESTS_CORPUS_H

#include "check.h"

#include "ground/buf.h"

/* The folder: NATUPNP_CORPUS in the environment, else the built-in default. */
const char *corpus_folder(void);

/* 77 when there is no corpus, which it says; 0 when there is one. */
int corpus_missing(void);

/* Reads a file of the corpus; fails the test when it is not there. */
void corpus_read(nat__buf *out, const char *name);

/* The body of a file: without the HTTP header that some have. */
nat__str corpus_body(const nat__buf *file);

enum { CORPUS_COLUMNS = 7 };

/* A row of a table; missing columns are empty. */
typedef struct corpus_row {
    char file[128]; /* the first column */
    nat__str columns[CORPUS_COLUMNS];
} corpus_row;

/* The next row of a table, which *rest walks over; the caller skips the heading. */
bool corpus_next(nat__str *rest, corpus_row *row);

/* Calls a function with every row of INDEX.tsv that has this kind; gives their number. */
size_t corpus_each(const char *kind, void (*function)(const corpus_row *row));

#endif
