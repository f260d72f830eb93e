#include "manifests/instance.h"

/* What lifecycle and restart ask of a provider that has no call for it. */

static bool wants_rebuild(const struct lifecycle *life)
{
    return life->on_immutable == ON_IMMUTABLE_REBUILD;
}

static bool wants_snapshot(const struct lifecycle *life)
{
    return life->retire.snapshot;
}

static bool wants_restart(const struct lifecycle *life)
{
    return life->restart_wall_ms > 0;
}

static const struct {
    const char *path; /* below spec */
    enum call_kind call;
    bool (*wants)(const struct lifecycle *life);
    const char *what, *instead;
} rows[] = {
    {"lifecycle.onImmutableChange", CALL_REBUILD, wants_rebuild, "onImmutableChange: rebuild",
     "use block or replace"},
    {"lifecycle.retire.snapshot", CALL_SNAPSHOT, wants_snapshot, "retire.snapshot",
     "its API makes no images of servers: leave it out"},
    {"restart", CALL_REBOOT, wants_restart, "restart", "its API has no reboot: leave it out"},
};

void lifecycle_check(struct instance_reader *reader, const struct node *spec, const struct traits *traits,
                     const struct lifecycle *life)
{
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct node *node = node_at(spec, rows[i].path);
        if (!node || !rows[i].wants(life) || traits_has_call(traits, rows[i].call)) continue;
        mistakes_add(reader->mistakes, node_position(node), "%s is not possible on this cloud; %s",
                     rows[i].what, rows[i].instead);
    }
}
