/*
 * One simulated cloud behind one listener, with the lock that its connections'
 * threads share and the real clock that drives it.
 */
#ifndef SETPOINT_TESTS_SIMCLOUD_PLACE_H
#define SETPOINT_TESTS_SIMCLOUD_PLACE_H

#include "tests/cloud/cloud.h"

#include <pthread.h>
#include <stdatomic.h>

struct journal;

struct place {
    pthread_mutex_t lock;
    struct cloud *cloud;
    struct cloud_options options; /* base_url is own */
    const char *scheme;           /* "http", "https" */
    char *base_url;
    int64_t begun_ms;
    int64_t skipped_ms;      /* by /admin/advance */
    int64_t replay_ms;       /* the time of what is replayed; -1 the clock's */
    struct journal *journal; /* own, or NULL */
    const char *census;      /* path to which the cloud's census is added when it ends, or NULL */
    int64_t client_pid;      /* whom a kill without a number means; 0 nobody, also from the kill on */
    atomic_bool stopping;
};

/* options->wall_base_ms: when the cloud began. */
void place_init(struct place *place, const struct cloud_options *options);
void place_release(struct place *place);
/* A new cloud with the same options; the old one is forgotten. Call with the lock held. */
void place_reset(struct place *place);
int64_t place_wall(void); /* Unix time in ms */
int64_t place_now(const struct place *place);
/* Sleeps in slices; returns early when the place is stopping. */
void place_sleep(struct place *place, int64_t ms);

#endif
