#include "tests/sim/scenario.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/manner.h"

enum {
    AGAIN_MS = 4000,   /* a person tries again */
    BOUND_MS = 600000, /* the longest time away, and 5 min */
    SETTLE_MS = 15000,
    LASTS_MS = 150000, /* a resize, a build that fails and its next try */
    DEFAULT_GROUP = 2  /* a bit of fleet_groups */
};

const struct scenario *scenario_find(const char *name)
{
    const struct scenario *scenario = NULL;
    for (unsigned i = 0; (scenario = scenario_at(i)) && strcmp(scenario->name, name) != 0;)
        i++;
    return scenario;
}

bool scenario_fits(const struct scenario *scenario, enum cloud_dialect dialect)
{
    return story_draws(dialect) && (!scenario->fits || scenario->fits(manner_of(dialect)));
}

int64_t scenario_begin_ms(const struct scenario *scenario)
{
    return scenario->steps[0].act ? SCENARIO_ACT_MS : 0;
}

static void write_manifest(struct manifest *manifest, const struct scenario *scenario)
{
    unsigned room = 0;
    *manifest = (struct manifest){.name = "prod",
                                  .prune = true,
                                  .prune_delay_ms = 2000,
                                  .destroy_number = 5,
                                  .destroy_per_ms = 600000,
                                  .disruption_percent = 100};
    for (unsigned i = 0; i < scenario->objects; i++) {
        struct wish *wish = GROW(manifest->wishes, manifest->count, room);
        *wish = (struct wish){.present = true,
                              .flavor = 1,
                              .groups = DEFAULT_GROUP,
                              .team = 1,
                              .replace_stuck = true,
                              .on_error = FLEET_REPLACE};
        snprintf(wish->name, sizeof wish->name, "p-%03u", i % SCENARIO_OBJECTS_MAX);
    }
    if (scenario->wish) scenario->wish(manifest);
}

void scenario_draw(struct story *story, uint64_t seed, const struct scenario *scenario,
                   enum cloud_dialect dialect)
{
    int64_t lasts_ms = scenario->lasts_ms ? scenario->lasts_ms : LASTS_MS;
    int64_t settle_ms = scenario->settle_ms ? scenario->settle_ms : SETTLE_MS;
    const struct manner *manner = manner_of(dialect);
    *story = (struct story){.seed = seed,
                            .cloud_count = 1,
                            .source_count = 1,
                            .dialects = {dialect},
                            .objects = scenario->objects,
                            .poll_ms = 5000,
                            .full_ms = 15000,
                            .settle_ms = settle_ms + 2 * manner->lag_ms,
                            .timeout_ms = 8000,
                            .lag_ms = manner->lag_ms,
                            .build_timeout_ms = 60000,
                            .requests_per_second = 20,
                            .in_flight = 4,
                            .page_max = 1000,
                            .latency_ms = 100,
                            .chaos_ms = scenario_begin_ms(scenario) + lasts_ms,
                            .bound_ms = BOUND_MS,
                            .init = true};
    if (scenario->notified) post_add_target(story);
    write_manifest(&story->manifests[0], scenario);
    for (unsigned i = 0; i < scenario->objects; i++)
        manner_fit(manner, &story->manifests[0].wishes[i], NULL);
}

void scenario_begin(struct world *world, const struct scenario *scenario)
{
    crash_points_begin(world);
    for (unsigned i = 0; i < SCENARIO_ACTS && scenario->steps[i].act; i++)
        world_due(world, SCENARIO_ACT_MS + scenario->steps[i].after_ms, DUE_ACT, i);
}

void scenario_happen(struct world *world, const struct scenario *scenario, unsigned step)
{
    trace_say(&world->trace, "%lld: step %u of %s", (long long)world->now_ms, step + 1, scenario->name);
    if (!scenario->steps[step].act(world)) world_due(world, world->now_ms + AGAIN_MS, DUE_ACT, step);
    const struct manner *manner = manner_of(world->story.dialects[0]);
    for (unsigned i = 0; i < world->story.manifests[0].count; i++) {
        struct wish *wish = &world->story.manifests[0].wishes[i];
        manner_fit(manner, wish, NULL);
    }
}

void scenario_end(struct world *world)
{
    world->calm = true;
    world->calm_ms = world->now_ms;
}
