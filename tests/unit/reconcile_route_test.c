#include "tests/unit/unit.h"

#include "reconcile/route.h"
#include "tests/unit/reconcile_rig.h"

/* Every pair of phases of both tables, without and with a new flavor. */
struct pair {
    enum phase from, rests, desired;
    const char *plain, *flavor;
};

static const struct pair nhn[] = {
    {PHASE_RUNNING, PHASE_RUNNING, PHASE_RUNNING, "", "Resize"},
    {PHASE_RUNNING, PHASE_RUNNING, PHASE_STOPPED, "Stop", "Stop,Resize"},
    {PHASE_RUNNING, PHASE_RUNNING, PHASE_SHELVED, "Shelve", "Resize,Shelve"},
    {PHASE_STOPPED, PHASE_STOPPED, PHASE_RUNNING, "Start", "Resize,Start"},
    {PHASE_STOPPED, PHASE_STOPPED, PHASE_STOPPED, "", "Resize"},
    {PHASE_STOPPED, PHASE_STOPPED, PHASE_SHELVED, "Start,Shelve", "Resize,Start,Shelve"},
    {PHASE_SHELVED, PHASE_SHELVED, PHASE_RUNNING, "Unshelve", "Unshelve,Resize"},
    {PHASE_SHELVED, PHASE_SHELVED, PHASE_STOPPED, "Unshelve,Stop", "Unshelve,Stop,Resize"},
    {PHASE_SHELVED, PHASE_SHELVED, PHASE_SHELVED, "", "Unshelve,Resize,Shelve"},
    {PHASE_CONFIRM_RESIZE, PHASE_RUNNING, PHASE_RUNNING, "ConfirmResize", "ConfirmResize,Resize"},
    {PHASE_CONFIRM_RESIZE, PHASE_RUNNING, PHASE_STOPPED, "ConfirmResize,Stop", "ConfirmResize,Stop,Resize"},
    {PHASE_CONFIRM_RESIZE, PHASE_RUNNING, PHASE_SHELVED, "ConfirmResize,Shelve",
     "ConfirmResize,Resize,Shelve"},
    {PHASE_CONFIRM_RESIZE, PHASE_STOPPED, PHASE_RUNNING, "ConfirmResize,Start", "ConfirmResize,Resize,Start"},
    {PHASE_CONFIRM_RESIZE, PHASE_STOPPED, PHASE_STOPPED, "ConfirmResize", "ConfirmResize,Resize"},
    {PHASE_CONFIRM_RESIZE, PHASE_STOPPED, PHASE_SHELVED, "ConfirmResize,Start,Shelve",
     "ConfirmResize,Resize,Start,Shelve"},
};

static const struct pair openstack[] = {
    {PHASE_RUNNING, PHASE_RUNNING, PHASE_RUNNING, "", "Resize,ConfirmResize"},
    {PHASE_RUNNING, PHASE_RUNNING, PHASE_STOPPED, "Stop", "Stop,Resize,ConfirmResize"},
    {PHASE_RUNNING, PHASE_RUNNING, PHASE_SHELVED, "Shelve", "Resize,ConfirmResize,Shelve"},
    {PHASE_STOPPED, PHASE_STOPPED, PHASE_RUNNING, "Start", "Resize,ConfirmResize,Start"},
    {PHASE_STOPPED, PHASE_STOPPED, PHASE_STOPPED, "", "Resize,ConfirmResize"},
    {PHASE_STOPPED, PHASE_STOPPED, PHASE_SHELVED, "Shelve", "Resize,ConfirmResize,Shelve"},
    {PHASE_SHELVED, PHASE_SHELVED, PHASE_RUNNING, "Unshelve", "Unshelve,Resize,ConfirmResize"},
    {PHASE_SHELVED, PHASE_SHELVED, PHASE_STOPPED, "Unshelve,Stop", "Unshelve,Stop,Resize,ConfirmResize"},
    {PHASE_SHELVED, PHASE_SHELVED, PHASE_SHELVED, "", "Unshelve,Resize,ConfirmResize,Shelve"},
    {PHASE_CONFIRM_RESIZE, PHASE_RUNNING, PHASE_RUNNING, "ConfirmResize",
     "ConfirmResize,Resize,ConfirmResize"},
    {PHASE_CONFIRM_RESIZE, PHASE_RUNNING, PHASE_STOPPED, "ConfirmResize,Stop",
     "ConfirmResize,Stop,Resize,ConfirmResize"},
    {PHASE_CONFIRM_RESIZE, PHASE_RUNNING, PHASE_SHELVED, "ConfirmResize,Shelve",
     "ConfirmResize,Resize,ConfirmResize,Shelve"},
    {PHASE_CONFIRM_RESIZE, PHASE_STOPPED, PHASE_RUNNING, "ConfirmResize,Start",
     "ConfirmResize,Resize,ConfirmResize,Start"},
    {PHASE_CONFIRM_RESIZE, PHASE_STOPPED, PHASE_STOPPED, "ConfirmResize",
     "ConfirmResize,Resize,ConfirmResize"},
    {PHASE_CONFIRM_RESIZE, PHASE_STOPPED, PHASE_SHELVED, "ConfirmResize,Shelve",
     "ConfirmResize,Resize,ConfirmResize,Shelve"},
};

static struct step_call resize = {CALL_RESIZE, FIELD_FLAVOR, "f-big", NULL};
static struct step_call tag = {CALL_SET_METADATA, FIELD_METADATA, "team", "data"};
static struct step_call rename_call = {CALL_RENAME, FIELD_NAME, "web", NULL};

static void gap_put(struct gaps *gaps, enum field field, struct step_call *call)
{
    gaps->items[gaps->count++] =
        (struct gap){.field = field, .kind = GAP_CHANGE, .calls = call, .call_count = 1};
}

static const char *route_of(struct rig *rig, const struct traits *traits, const struct pair *pair,
                            struct gaps *gaps)
{
    struct route route;
    route_find(traits, pair->from, pair->rests, pair->desired, gaps, &route);
    return rig_calls(rig, route.calls, route.count);
}

static void check_pairs(const char *provider, const struct pair *pairs, unsigned count)
{
    struct rig rig = {.state = NULL};
    const struct traits *traits = rig_traits(provider);
    arena_init(&rig.arena);
    for (unsigned i = 0; i < count; i++) {
        struct gaps none = {.count = 0}, flavor = {.count = 0};
        gap_put(&flavor, FIELD_FLAVOR, &resize);
        assert_string_equal(route_of(&rig, traits, &pairs[i], &none), pairs[i].plain);
        assert_string_equal(route_of(&rig, traits, &pairs[i], &flavor), pairs[i].flavor);
        assert_false(flavor.items[0].pending);
    }
    arena_release(&rig.arena);
}

static void routes_of_nhn(void **state)
{
    (void)state;
    check_pairs("nhn-v2", nhn, sizeof nhn / sizeof *nhn);
}

static void routes_of_openstack(void **state)
{
    (void)state;
    check_pairs("openstack", openstack, sizeof openstack / sizeof *openstack);
}

static void a_field_waits_for_a_power_that_allows_it(void **state)
{
    (void)state;
    struct rig rig = {.state = NULL};
    const struct traits *traits = rig_traits("openstack");
    const struct pair stay = {PHASE_SHELVED, PHASE_SHELVED, PHASE_SHELVED, "", ""};
    const struct pair leave = {PHASE_SHELVED, PHASE_SHELVED, PHASE_RUNNING, "", ""};
    struct gaps gaps = {.count = 0};
    arena_init(&rig.arena);
    gap_put(&gaps, FIELD_NAME, &rename_call);
    gap_put(&gaps, FIELD_METADATA, &tag);
    assert_string_equal(route_of(&rig, traits, &stay, &gaps), "Rename");
    assert_false(gaps.items[0].pending);
    assert_true(gaps.items[1].pending);
    gaps.items[1].pending = false;
    assert_string_equal(route_of(&rig, traits, &leave, &gaps), "Rename,Unshelve,SetMetadata");
    assert_false(gaps.items[1].pending);
    arena_release(&rig.arena);
}

/* A flavor may leave the desired power, and what waited for it is done on the way. */
static void a_flavor_takes_other_fields_along(void **state)
{
    (void)state;
    struct rig rig = {.state = NULL};
    const struct pair stay = {PHASE_SHELVED, PHASE_SHELVED, PHASE_SHELVED, "", ""};
    struct gaps gaps = {.count = 0};
    arena_init(&rig.arena);
    gap_put(&gaps, FIELD_METADATA, &tag);
    gap_put(&gaps, FIELD_FLAVOR, &resize);
    assert_string_equal(route_of(&rig, rig_traits("nhn-v2"), &stay, &gaps),
                        "Unshelve,SetMetadata,Resize,Shelve");
    arena_release(&rig.arena);
}

static void where_no_call_leads_away_what_can_be_done_is_done(void **state)
{
    (void)state;
    struct rig rig = {.state = NULL};
    const struct traits *traits = rig_traits("nhn-v2");
    const enum phase phases[] = {PHASE_PAUSED, PHASE_SUSPENDED, PHASE_RESCUED, PHASE_BUILDING, PHASE_ERROR};
    arena_init(&rig.arena);
    for (unsigned i = 0; i < sizeof phases / sizeof *phases; i++) {
        struct gaps gaps = {.count = 0};
        struct route route;
        gap_put(&gaps, FIELD_FLAVOR, &resize);
        gap_put(&gaps, FIELD_METADATA, &tag);
        route_find(traits, phases[i], phases[i], PHASE_RUNNING, &gaps, &route);
        bool takes = phases[i] == PHASE_PAUSED || phases[i] == PHASE_SUSPENDED;
        assert_false(route.reaches);
        assert_string_equal(rig_calls(&rig, route.calls, route.count), takes ? "SetMetadata" : "");
        assert_true(gaps.items[0].pending);
        assert_int_equal(gaps.items[1].pending, !takes);
    }
    arena_release(&rig.arena);
}

/* A field that takes several calls changes where all of them are legal. */
static void all_calls_of_a_field_are_made_in_one_phase(void **state)
{
    (void)state;
    static struct step_call groups[] = {{CALL_ADD_SECURITY_GROUP, FIELD_SECURITY_GROUPS, "db", NULL},
                                        {CALL_REMOVE_SECURITY_GROUP, FIELD_SECURITY_GROUPS, "web", NULL}};
    struct rig rig = {.state = NULL};
    struct traits traits = *rig_traits("nhn-v2");
    arena_init(&rig.arena);
    struct transition *rows = ARENA_ROW(&rig.arena, struct transition, traits.transition_count);
    memcpy(rows, traits.transitions, traits.transition_count * sizeof *rows);
    traits.transitions = rows;
    for (unsigned i = 0; i < traits.transition_count; i++)
        if (rows[i].call == CALL_REMOVE_SECURITY_GROUP) rows[i].from = PHASE_BIT(PHASE_RUNNING);
    static const struct pair pairs[] = {
        {PHASE_STOPPED, PHASE_STOPPED, PHASE_STOPPED, "", NULL},
        {PHASE_STOPPED, PHASE_STOPPED, PHASE_RUNNING, "Start,AddSecurityGroup,RemoveSecurityGroup", NULL},
        {PHASE_RUNNING, PHASE_RUNNING, PHASE_STOPPED, "AddSecurityGroup,RemoveSecurityGroup,Stop", NULL},
    };
    for (unsigned i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        struct gaps gaps = {.count = 0};
        gap_put(&gaps, FIELD_SECURITY_GROUPS, groups);
        gaps.items[0].call_count = 2;
        assert_string_equal(route_of(&rig, &traits, &pairs[i], &gaps), pairs[i].plain);
        assert_int_equal(gaps.items[0].pending, pairs[i].plain[0] == '\0');
    }
    arena_release(&rig.arena);
}

/* What only policy starts is never on a route, even where it would be the only way. */
static void policy_rows_are_no_edges(void **state)
{
    (void)state;
    struct gaps none = {.count = 0};
    struct route route;
    route_find(rig_traits("openstack"), PHASE_ERROR, PHASE_ERROR, PHASE_STOPPED, &none, &route);
    assert_int_equal(route.count, 0);
    assert_false(route.reaches);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_of_nhn),
        cmocka_unit_test(routes_of_openstack),
        cmocka_unit_test(a_field_waits_for_a_power_that_allows_it),
        cmocka_unit_test(a_flavor_takes_other_fields_along),
        cmocka_unit_test(where_no_call_leads_away_what_can_be_done_is_done),
        cmocka_unit_test(all_calls_of_a_field_are_made_in_one_phase),
        cmocka_unit_test(policy_rows_are_no_edges),
    };
    return UNIT_RUN(tests);
}
