#include "reconcile/brake.h"

#include <string.h>

#include "reconcile/base/memory.h"

static void expire(int64_t *times, uint32_t *count, int64_t from_ms)
{
    uint32_t gone = 0;
    while (gone < *count && times[gone] <= from_ms)
        gone++;
    if (gone == 0) return;
    memmove(times, times + gone, (*count - gone) * sizeof *times);
    *count -= gone;
}

static bool is_many(uint32_t count, uint32_t of)
{
    return count > BRAKE_COUNT && (uint64_t)count * 100 > (uint64_t)BRAKE_PERCENT * of;
}

void brake_vanished(struct state *state, struct cloud *cloud, struct server *server)
{
    if (server->vanished_ms != 0) return;
    server->vanished_ms = state->now.boot_ms;
    ROW_RESERVE(cloud->vanish_times, cloud->vanish_count, cloud->vanish_room);
    cloud->vanish_times[cloud->vanish_count++] = state->now.boot_ms;
}

void brake_unvanish(struct cloud *cloud, struct server *server)
{
    if (server->vanished_ms == 0) return;
    for (uint32_t i = 0; i < cloud->vanish_count; i++) {
        if (cloud->vanish_times[i] != server->vanished_ms) continue;
        memmove(cloud->vanish_times + i, cloud->vanish_times + i + 1,
                (cloud->vanish_count - i - 1) * sizeof *cloud->vanish_times);
        cloud->vanish_count--;
        break;
    }
    server->vanished_ms = 0;
}

static uint32_t still_missing(const struct cloud *cloud)
{
    uint32_t missing = 0;
    for (uint32_t i = 0; i < cloud->servers.count; i++)
        missing += cloud->servers.by_id[i]->vanished_ms != 0 && cloud->servers.by_id[i]->owner;
    return missing;
}

static void release(struct state *state, struct cloud *cloud, const char *why)
{
    cloud->vanish_brake = false;
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "VanishBrakeReleased", .cloud = cloud),
               "cloud %s: creating and deleting go on: %s", cloud->name, why);
    state_dirty_cloud(state, cloud);
}

void brake_judge_vanish(struct state *state, struct cloud *cloud, uint32_t known)
{
    expire(cloud->vanish_times, &cloud->vanish_count, state->now.boot_ms - BRAKE_WINDOW_MS);
    uint32_t gone = cloud->vanish_count;
    if (cloud->vanish_brake) {
        if (still_missing(cloud) == 0) release(state, cloud, "the servers that had vanished are back");
        return;
    }
    bool all = known >= 2 && gone >= known;
    if (!all && !is_many(gone, known)) return;
    cloud->vanish_brake = true;
    cloud->vanish_since_ms = state->now.boot_ms;
    state_tell(
        state,
        ABOUT(.level = TELL_ERROR, .type = "VanishBrakeEngaged", .cloud = cloud,
              .reason = reason_row(REASON_SERVERS_VANISHED)->word),
        "cloud %s: %u of %u servers vanished from its list; nothing is created or deleted there until they "
        "are back or `setpointctl approve` names them as lost",
        cloud->name, gone, known);
    state_dirty_cloud(state, cloud);
}

void brake_release_vanish(struct state *state, struct cloud *cloud)
{
    for (uint32_t i = 0; i < cloud->servers.count; i++)
        brake_unvanish(cloud, cloud->servers.by_id[i]);
    cloud->vanish_count = 0;
    if (cloud->vanish_brake) release(state, cloud, "approved as lost");
}

static void storm_begin(struct state *state, struct cloud *cloud)
{
    if (cloud->storm) return;
    cloud->storm = true;
    cloud->storm_allow = 0;
    state_tell(state,
               ABOUT(.level = TELL_ERROR, .type = "ErrorStorm", .cloud = cloud,
                     .reason = reason_row(REASON_ERROR_STORM)->word),
               "cloud %s: %u servers went to error within 10 minutes; repairs stop there, creates go on",
               cloud->name, cloud->error_count);
}

/* One object that fails again and again counts once: a storm is many servers. */
static void errors_prune(struct cloud *cloud, int64_t from_ms, uint64_t object)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < cloud->error_count; i++)
        if (cloud->errors[i].at_ms > from_ms && cloud->errors[i].object != object)
            cloud->errors[kept++] = cloud->errors[i];
    cloud->error_count = kept;
}

void brake_error(struct state *state, struct cloud *cloud, const struct object *object)
{
    int64_t now = state->now.boot_ms;
    errors_prune(cloud, now - BRAKE_WINDOW_MS, object->order);
    ROW_RESERVE(cloud->errors, cloud->error_count, cloud->error_room);
    cloud->errors[cloud->error_count++] = (struct error_entry){now, object->order};
    if (!is_many(cloud->error_count, cloud->bound)) return;
    storm_begin(state, cloud);
    cloud->storm_until_ms = now + BRAKE_WINDOW_MS;
}

/* Thaw after 10 m without exceeding; then one remedy at a time, doubling with each quiet window. */
bool brake_storm(struct state *state, struct cloud *cloud, int64_t *out_until_ms)
{
    int64_t now = state->now.boot_ms;
    *out_until_ms = cloud->storm_until_ms;
    if (!cloud->storm) return false;
    if (now < cloud->storm_until_ms) return true;
    uint32_t running = 0;
    for (uint32_t i = 0; i < cloud->intent_count; i++)
        running += cloud->intents[i]->from == PHASE_ERROR || cloud->intents[i]->cleanup;
    if (cloud->storm_allow == 0) cloud->storm_allow = 1;
    *out_until_ms = now + LOOK_MOST_MS;
    if (now > cloud->storm_until_ms + BRAKE_WINDOW_MS) {
        cloud->storm_allow *= 2;
        cloud->storm_until_ms = now - 1;
        if (cloud->storm_allow > 64) cloud->storm = false;
    }
    return cloud->storm && running >= cloud->storm_allow;
}
