/*
 * Which operations were served, to whom, how often: what docs/coverage.md is
 * compared with. An operation is its method, its path (a service other than
 * compute in front, `*` for what names one thing) and its words: the query's
 * keys ("?limit"), the keys of the body and of the objects in it, and what "type",
 * "action" and "ForceStop" are there. Refused requests do not count,
 * those whose reply was lost do.
 */
#ifndef SETPOINT_TESTS_CLOUD_CENSUS_H
#define SETPOINT_TESTS_CLOUD_CENSUS_H

#include "index.h"

#include <stddef.h>
#include <stdint.h>

enum { CENSUS_KINDS_MAX = 2048 }; /* a client that sends more different shapes is not counted further */

struct census_kind {
    char *line; /* own: "METHOD PATH WORD,WORD SENDER", "-" for what is not there */
    uint64_t count;
};

struct census {
    struct census_kind *kinds;
    size_t count;
    size_t capacity;
    struct index by_line;
};

struct call;

void census_take(struct census *census, const struct call *call);
void census_release(struct census *census);

#endif
