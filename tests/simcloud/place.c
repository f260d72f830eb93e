#include "place.h"

#include "journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SLICE_MS = 50 };

static int64_t clock_ms(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t place_wall(void)
{
    return clock_ms(CLOCK_REALTIME);
}

void place_init(struct place *place, const struct cloud_options *options)
{
    pthread_mutex_init(&place->lock, NULL);
    place->options = *options;
    place->options.driver_reports_delivery = true;
    place->begun_ms = clock_ms(CLOCK_MONOTONIC) - (place_wall() - place->options.wall_base_ms);
    place->replay_ms = -1;
    place->cloud = cloud_new(&place->options);
}

/* "DIALECT METHOD PATH WORD,WORD SENDER COUNT" */
static void place_census(const struct place *place)
{
    FILE *file = place->census ? fopen(place->census, "ae") : NULL;
    const char *line;
    uint64_t count;

    if (place->census && !file)
        fprintf(stderr, "setpoint-simcloud: %s: %s\n", place->census, strerror(errno));
    for (size_t i = 0; file && cloud_census_at(place->cloud, i, &line, &count); i++)
        fprintf(file, "%s %s %" PRIu64 "\n", cloud_dialect_name(place->options.dialect), line, count);
    if (file) fclose(file);
}

void place_release(struct place *place)
{
    place_census(place);
    cloud_free(place->cloud);
    journal_free(place->journal);
    pthread_mutex_destroy(&place->lock);
    free(place->base_url);
}

void place_reset(struct place *place)
{
    place_census(place);
    cloud_free(place->cloud);
    place->cloud = cloud_new(&place->options);
    cloud_advance(place->cloud, place_now(place));
}

int64_t place_now(const struct place *place)
{
    if (place->replay_ms >= 0) return place->replay_ms;
    return clock_ms(CLOCK_MONOTONIC) - place->begun_ms + place->skipped_ms;
}

void place_sleep(struct place *place, int64_t ms)
{
    while (ms > 0 && !atomic_load(&place->stopping)) {
        int64_t slice = ms < SLICE_MS ? ms : SLICE_MS;
        struct timespec pause = {.tv_nsec = slice * 1000000};

        nanosleep(&pause, NULL);
        ms -= slice;
    }
}
