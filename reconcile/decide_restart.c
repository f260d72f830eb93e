#include "reconcile/judge.h"

/* spec.restart: once per value, when its time has come and all else is as it should be. */
bool judge_restart_waits(const struct judge *j, int64_t *out_boot_ms)
{
    const struct lifecycle *life = &j->object->spec->lifecycle;
    if (life->restart_wall_ms <= j->object->restarted_wall_ms) return false;
    *out_boot_ms = j->state->now.boot_ms + (life->restart_wall_ms - j->state->now.wall_ms);
    return true;
}

const char *judge_restart_past(const struct judge *j)
{
    int64_t at = j->object->spec->lifecycle.restart_wall_ms, done = j->object->restarted_wall_ms;
    char asked[32], last[32];
    if (at == 0 || at >= done) return "";
    instant_format(at, asked, sizeof asked);
    instant_format(done, last, sizeof last);
    return arena_printf(j->arena, "; restart.at %s is before %s, the last one done, and is not done", asked,
                        last);
}

static bool restart_is_due(const struct judge *j)
{
    int64_t due;
    return judge_restart_waits(j, &due) && due <= j->state->now.boot_ms &&
           j->server->facts.phase == PHASE_RUNNING && !j->server->facts.locked &&
           traits_allow(j->cloud->traits, CALL_REBOOT, PHASE_RUNNING);
}

static const struct step_call *route_add_reboot(struct judge *j)
{
    struct route *route = &j->out->route;
    bool hard = j->object->spec->lifecycle.restart_type == RESTART_HARD;
    route->calls[route->count] = (struct step_call){CALL_REBOOT, FIELD_COUNT, hard ? "HARD" : "SOFT", NULL};
    return &route->calls[route->count++];
}

void judge_route_restart(struct judge *j)
{
    if (restart_is_due(j)) route_add_reboot(j);
}

bool judge_restart(struct judge *j)
{
    const struct lifecycle *life = &j->object->spec->lifecycle;
    if (!restart_is_due(j)) return false;
    j->out->route.count = 0;
    judge_order_call(j, route_add_reboot(j));
    j->out->order.interrupts = true;
    j->out->order.restart_wall_ms = life->restart_wall_ms;
    j->out->order.why = "spec.restart";
    return true;
}
