#include "tests/unit/unit.h"

#include <stdio.h>

#include "reconcile/brake.h"
#include "reconcile/budget.h"
#include "reconcile/storm.h"
#include "tests/unit/reconcile_rig.h"

static void add(struct rig *rig, const char *zone, unsigned count, bool fails)
{
    for (unsigned i = 0; i < count; i++) {
        const char *name =
            arena_printf(&rig->arena, "%s%llu", zone, (unsigned long long)rig->state->object_seq);
        struct spec *spec = rig_spec(rig, name);
        rig_manage(spec, FIELD_ZONE, value_of_scalar(&rig->arena, zone));
        struct object *object = rig_object(rig, spec);
        struct facts facts = rig_facts(rig, name, name, PHASE_RUNNING);
        rig_server(rig, &facts, object);
        object_recount(rig->state, object);
        if (fails) storm_note(rig->state, rig->cloud, object);
    }
}

static bool stops(struct rig *rig, const char *zone, bool saved)
{
    int64_t until;
    const char *where;
    for (uint32_t i = 0; i < rig->source->object_count; i++)
        if (strncmp(rig->source->objects[i]->name, zone, strlen(zone)) == 0)
            return storm_stops(rig->state, rig->cloud, rig->source->objects[i], saved, &until, &where);
    fail_msg("no object in zone %s", zone);
    return false;
}

static void close_rig(struct rig *rig)
{
    for (uint32_t i = 0; i < rig->source->object_count; i++)
        rig->source->objects[i]->intent = NULL;
    rig_close(rig);
}

/* More than 3, and more than 20 % of the cloud. */
static void a_storm_stops_remedies_and_thaws_slowly(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    add(&rig, "a", 8, false);
    add(&rig, "b", 3, true);
    assert_false(stops(&rig, "a", false));
    assert_false(storm_rages(rig.cloud));
    add(&rig, "c", 1, true);
    assert_true(storm_rages(rig.cloud));
    assert_true(stops(&rig, "a", false));
    assert_true(stops(&rig, "a", true));
    rig.state->now.boot_ms += BRAKE_WINDOW_MS;
    assert_false(stops(&rig, "a", false)); /* one at a time: none is under way */
    for (unsigned i = 0; i < 7; i++) {
        assert_true(storm_rages(rig.cloud));
        rig.state->now.boot_ms += BRAKE_WINDOW_MS + (i == 0);
        stops(&rig, "a", false);
    }
    assert_false(storm_rages(rig.cloud));
    close_rig(&rig);
}

/* A zone may have its own, while the cloud as a whole is well. */
static void a_zone_has_its_own_storm(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    add(&rig, "a", 40, false);
    add(&rig, "b", 4, false);
    add(&rig, "b", 4, true);
    assert_true(stops(&rig, "b", false));
    assert_false(stops(&rig, "a", false));
    add(&rig, "d", 36, false);
    add(&rig, "d", 4, true); /* few of that zone */
    assert_false(stops(&rig, "d", false));
    close_rig(&rig);
}

/* One server that fails again and again is one. */
static void an_object_counts_once(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    add(&rig, "a", 5, false);
    for (unsigned i = 0; i < 9; i++)
        storm_note(rig.state, rig.cloud, rig.source->objects[0]);
    assert_false(storm_rages(rig.cloud));
    close_rig(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_storm_stops_remedies_and_thaws_slowly),
        cmocka_unit_test(a_zone_has_its_own_storm),
        cmocka_unit_test(an_object_counts_once),
    };
    return UNIT_RUN(tests);
}
