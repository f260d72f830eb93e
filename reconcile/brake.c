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

bool brake_is_many(uint32_t count, uint32_t of)
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
    if (!all && !brake_is_many(gone, known)) return;
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
    cloud->vanish_count = 0; /* those stay known as vanished: the next list without them tells nothing new */
    if (cloud->vanish_brake) release(state, cloud, "approved as lost");
}
