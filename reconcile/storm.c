#include "reconcile/storm.h"

#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"
#include "reconcile/brake.h"
#include "reconcile/intent.h"

/* Where its server runs; where that is not told, where the manifest wants it. "" = not known. */
static const char *zone_of(const struct cloud *cloud, const struct object *object)
{
    const struct server *server =
        object->current[0] != '\0' ? servers_find(&cloud->servers, object->current) : NULL;
    if (server && (server->facts.seen & FIELD_BIT(FIELD_ZONE)))
        return value_scalar(server->facts.values[FIELD_ZONE]);
    return object->spec ? value_scalar(object->spec->values[FIELD_ZONE]) : "";
}

static struct storm *storm_of(struct cloud *cloud, const char *zone)
{
    for (uint32_t i = 0; i < cloud->storm_count; i++)
        if (strcmp(cloud->storms[i].zone, zone) == 0) return &cloud->storms[i];
    ROW_RESERVE(cloud->storms, cloud->storm_count, cloud->storm_room);
    struct storm *storm = &cloud->storms[cloud->storm_count++];
    *storm = (struct storm){0};
    text_copy(storm->zone, sizeof storm->zone, zone);
    return storm;
}

static uint32_t bound_in(const struct state *state, const struct cloud *cloud, const char *zone)
{
    if (zone[0] == '\0') return cloud->bound;
    uint32_t count = 0;
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            const struct object *object = state->sources[i]->objects[j];
            count +=
                object->cloud == cloud && object->counted_bound && strcmp(zone_of(cloud, object), zone) == 0;
        }
    return count;
}

/* One object that fails again and again counts once: a storm is many servers. */
static void prune(struct storm *storm, int64_t from_ms, uint64_t object)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < storm->count; i++)
        if (storm->errors[i].at_ms > from_ms && storm->errors[i].object != object)
            storm->errors[kept++] = storm->errors[i];
    storm->count = kept;
}

static void begin(struct state *state, struct cloud *cloud, struct storm *storm)
{
    if (storm->rages) return;
    storm->rages = true;
    storm->allow = 0;
    state_tell(state,
               ABOUT(.level = TELL_ERROR, .type = "ErrorStorm", .cloud = cloud,
                     .reason = reason_row(REASON_ERROR_STORM)->word),
               "cloud %s%s%s: %u servers went to error within 10 minutes; repairs stop there, creates go on",
               cloud->name, storm->zone[0] ? ", zone " : "", storm->zone, storm->count);
}

static void note(struct state *state, struct cloud *cloud, const struct object *object, const char *zone)
{
    struct storm *storm = storm_of(cloud, zone);
    int64_t now = state->now.boot_ms;
    prune(storm, now - BRAKE_WINDOW_MS, object->order);
    ROW_RESERVE(storm->errors, storm->count, storm->room);
    storm->errors[storm->count++] = (struct error_entry){now, object->order};
    if (!brake_is_many(storm->count, bound_in(state, cloud, zone))) return;
    begin(state, cloud, storm);
    storm->until_ms = now + BRAKE_WINDOW_MS;
}

void storm_note(struct state *state, struct cloud *cloud, const struct object *object)
{
    const char *zone = zone_of(cloud, object);
    note(state, cloud, object, "");
    if (zone[0] != '\0') note(state, cloud, object, zone);
}

/* One that does not come to its end keeps nobody else from his. */
static uint32_t remedies_in(const struct state *state, const struct cloud *cloud, const char *zone)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < cloud->intent_count; i++) {
        const struct intent *intent = cloud->intents[i];
        if ((intent->from != PHASE_ERROR && !intent->cleanup) || intent_is_stuck(state, intent)) continue;
        count += zone[0] == '\0' || strcmp(zone_of(cloud, intent->object), zone) == 0;
    }
    return count;
}

/* Thaw after 10 m without exceeding; then one remedy at a time, doubling with each quiet window. */
static bool stops(struct state *state, const struct cloud *cloud, struct storm *storm, bool saved,
                  int64_t *out_until_ms)
{
    int64_t now = state->now.boot_ms;
    *out_until_ms = storm->until_ms;
    if (!storm->rages) return false;
    if (now < storm->until_ms) return true;
    if (saved) return false;
    if (storm->allow == 0) storm->allow = 1;
    *out_until_ms = now + LOOK_MOST_MS;
    if (now > storm->until_ms + BRAKE_WINDOW_MS) {
        storm->allow *= 2;
        storm->until_ms = now - 1;
        if (storm->allow > 64) storm->rages = false;
    }
    return storm->rages && remedies_in(state, cloud, storm->zone) >= storm->allow;
}

bool storm_stops(struct state *state, struct cloud *cloud, const struct object *object, bool saved,
                 int64_t *out_until_ms, const char **out_zone)
{
    const char *zone = zone_of(cloud, object);
    for (uint32_t i = 0; i < cloud->storm_count; i++) {
        struct storm *storm = &cloud->storms[i];
        if (storm->zone[0] != '\0' && strcmp(storm->zone, zone) != 0) continue;
        *out_zone = storm->zone;
        if (stops(state, cloud, storm, saved, out_until_ms)) return true;
    }
    return false;
}

bool storm_rages(const struct cloud *cloud)
{
    for (uint32_t i = 0; i < cloud->storm_count; i++)
        if (cloud->storms[i].rages) return true;
    return false;
}
