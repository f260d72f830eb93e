#include <string.h>

#include "reconcile/judge.h"

/* What a new server needs beside its create: no create attaches a volume or takes an address, and what is
   built runs. */

static struct gap *gap_begin(struct judge *j, struct gaps *gaps, enum field field, uint32_t calls)
{
    struct gap *gap = &gaps->items[gaps->count++];
    *gap = (struct gap){.field = field, .kind = GAP_CHANGE};
    gap->calls = ARENA_ROW(j->arena, struct step_call, calls);
    return gap;
}

static void gap_load(struct judge *j, struct gap *gap, const char *text, judge_load_filter *takes)
{
    enum call_kind kind = j->cloud->traits->fields[gap->field].change;
    if (!takes || takes(j, gap->field, text))
        gap->calls[gap->call_count++] = (struct step_call){kind, gap->field, text, NULL};
}

static void loads_of(struct judge *j, judge_load_filter *takes, struct gaps *out)
{
    const struct spec *spec = j->object->spec;
    struct value volumes = spec->values[FIELD_VOLUMES];
    const char *address = value_scalar(spec->values[FIELD_FLOATING_IP]);
    if ((spec->managed & FIELD_BIT(FIELD_VOLUMES)) && volumes.rows > 0) {
        struct gap *gap = gap_begin(j, out, FIELD_VOLUMES, volumes.rows);
        for (unsigned i = 0; i < volumes.rows; i++)
            gap_load(j, gap, value_cell(volumes, i, 0), takes);
        if (gap->call_count == 0) out->count--;
    }
    if ((spec->managed & FIELD_BIT(FIELD_FLOATING_IP)) && strcmp(address, FLOATING_NONE) != 0) {
        struct gap *gap = gap_begin(j, out, FIELD_FLOATING_IP, 1);
        gap_load(j, gap, address, takes);
        if (gap->call_count == 0) out->count--;
    }
}

void judge_route_new(struct judge *j, const char *on, judge_load_filter *takes)
{
    struct route *route = &j->out->route, rest;
    struct gaps gaps = {0};
    loads_of(j, takes, &gaps);
    route_find(j->cloud->traits, PHASE_RUNNING, PHASE_RUNNING, spec_power(j->object->spec), &gaps, &rest);
    for (uint32_t i = 0; i < rest.count && route->count < ROUTE_MAX; i++) {
        route->on[route->count] = on;
        route->calls[route->count++] = rest.calls[i];
    }
}

/* Of a successor's own route the rest is told with its predecessor's (judge_route_beside). */
void judge_route_create(struct judge *j)
{
    struct route *route = &j->out->route;
    if (!j->object->spec || route->count == ROUTE_MAX) return;
    route->on[route->count] = "";
    route->calls[route->count++] = (struct step_call){CALL_CREATE, FIELD_COUNT, NULL, NULL};
    if (j->object->next[0] == '\0') judge_route_new(j, "", NULL);
}
