/* The journal of arrived requests and the counters drawn from it. */
#ifndef SETPOINT_TESTS_CLOUD_RECORDS_H
#define SETPOINT_TESTS_CLOUD_RECORDS_H

#include "cloud.h"
#include "index.h"

struct records_operation {
    const char *name; /* static */
    uint64_t arrived;
    uint64_t effects;
};

struct records_flight {
    uint64_t seq;
    int64_t until_ms;
};

struct records {
    struct cloud_record *records;
    size_t count;
    size_t capacity;
    char **texts; /* own: what the records point at */
    size_t text_count;
    size_t text_capacity;
    uint64_t seq;
    struct cloud_counters counters;
    struct records_operation operations[96];
    size_t operation_count;
    int64_t *arrivals; /* of the last 1000 ms: a ring of arrival_capacity */
    size_t arrival_first;
    size_t arrival_count;
    size_t arrival_capacity;
    struct records_flight *flights;
    size_t flight_count;
    size_t flight_capacity;
    char **repeat_keys; /* own: "operation server" */
    size_t repeat_count;
    size_t repeat_capacity;
    struct index repeats;
};

void records_release(struct records *records);
/* Notes an arrival: its number, the per-second maximum. */
uint64_t records_arrive(struct records *records, int64_t now_ms);
/* How many arrived in (now - 1000, now], this one included. */
unsigned records_rate(const struct records *records);
void records_fly(struct records *records, uint64_t seq, int64_t now_ms, int64_t until_ms);
void records_land(struct records *records, uint64_t seq);
void records_land_all(struct records *records);
void records_kill(struct records *records, uint64_t seq);
/* Copies the texts; `forget` counts only. */
void records_add(struct records *records, const struct cloud_record *record, bool forget);
/* How often this was seen before; counts this one. */
unsigned records_repeat(struct records *records, const char *operation, const char *server);
void records_trim(struct records *records);

#endif
