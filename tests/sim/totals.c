#include "tests/sim/totals.h"

#include <stdio.h>
#include <string.h>

void totals_add(struct totals *totals, uint64_t seed, const struct world_result *result)
{
    totals->seeds++;
    totals->turns += result->turns;
    totals->requests += result->requests;
    totals->mutations += result->mutations;
    totals->crashes += result->crashes;
    totals->restarts += result->restarts;
    totals->restart_calls += result->restart_calls;
    totals->lasted_ms += (uint64_t)result->lasted_ms;
    for (unsigned i = 0; i < TROUBLE_COUNT; i++) {
        totals->changed[i] += result->notes[i].changed;
        totals->mutating[i] += result->notes[i].mutating;
    }
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        totals->dialect_seeds[i] += result->dialects[i].clouds > 0;
        totals->dialect_clouds[i] += result->dialects[i].clouds;
        totals->dialect_mutating[i] += result->dialects[i].mutating;
        totals->dialect_crashes[i] += result->dialects[i].crashes;
    }
    switches_add(&totals->switches, &result->switches);
    for (unsigned i = 0; i < PROMISE_COUNT; i++)
        totals->tests[i] += result->tests[i];
    why_merge(totals->whys, result->whys);
    post_merge(&totals->post, &result->post);
    totals->objects[result->objects < 255 ? result->objects : 255]++;
    totals->clouds[result->clouds]++;
    totals->kinds[result->kinds]++;
    unsigned rank = 0;
    while (rank < 23 && result->turns >> (rank + 1))
        rank++;
    totals->turn_rank[rank]++;
    if (result->bound_ms > 0 && result->settled_ms > 0) {
        unsigned permille = (unsigned)(result->settled_ms * 1000 / result->bound_ms);
        totals->settled++;
        totals->settle_rank[permille > 1000 ? 1000 : permille]++;
        if (permille > totals->bound_permille_most) {
            totals->bound_permille_most = permille;
            totals->bound_seed = seed;
        }
    }
    if (!result->failed) return;
    if (totals->failures[result->promise]++ > 0) return;
    totals->failed_seed[result->promise] = seed;
    snprintf(totals->sentence[result->promise], sizeof totals->sentence[0], "%s", result->sentence);
}

void totals_merge(struct totals *to, const struct totals *from)
{
    uint64_t *sums[] = {&to->seeds,     &to->turns,   &to->requests, &to->mutations,    &to->crashes,
                        &to->lasted_ms, &to->settled, &to->restarts, &to->restart_calls};
    const uint64_t parts[] = {from->seeds,     from->turns,    from->requests,
                              from->mutations, from->crashes,  from->lasted_ms,
                              from->settled,   from->restarts, from->restart_calls};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        *sums[i] += parts[i];
    for (unsigned i = 0; i < TROUBLE_COUNT; i++) {
        to->changed[i] += from->changed[i];
        to->mutating[i] += from->mutating[i];
    }
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++) {
        to->dialect_seeds[i] += from->dialect_seeds[i];
        to->dialect_clouds[i] += from->dialect_clouds[i];
        to->dialect_mutating[i] += from->dialect_mutating[i];
        to->dialect_crashes[i] += from->dialect_crashes[i];
    }
    switches_merge(&to->switches, &from->switches);
    why_merge(to->whys, from->whys);
    post_merge(&to->post, &from->post);
    for (unsigned i = 0; i < 256; i++)
        to->objects[i] += from->objects[i];
    for (unsigned i = 0; i < 4; i++)
        to->clouds[i] += from->clouds[i];
    for (unsigned i = 0; i <= TROUBLE_DRAWN; i++)
        to->kinds[i] += from->kinds[i];
    for (unsigned i = 0; i < 24; i++)
        to->turn_rank[i] += from->turn_rank[i];
    for (unsigned i = 0; i <= 1000; i++)
        to->settle_rank[i] += from->settle_rank[i];
    if (from->bound_permille_most > to->bound_permille_most) {
        to->bound_permille_most = from->bound_permille_most;
        to->bound_seed = from->bound_seed;
    }
    for (unsigned i = 0; i < PROMISE_COUNT; i++) {
        to->tests[i] += from->tests[i];
        if (from->failures[i] && (to->failures[i] == 0 || from->failed_seed[i] < to->failed_seed[i])) {
            to->failed_seed[i] = from->failed_seed[i];
            memcpy(to->sentence[i], from->sentence[i], sizeof to->sentence[i]);
        }
        to->failures[i] += from->failures[i];
    }
}
