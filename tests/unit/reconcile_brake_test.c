#include "tests/unit/unit.h"

#include <stdio.h>

#include "reconcile/brake.h"
#include "tests/unit/reconcile_rig.h"

static void servers(struct rig *rig, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        struct facts facts = rig_facts(rig, arena_printf(&rig->arena, "s%02u", i), "x", PHASE_RUNNING);
        struct spec *spec = rig_spec(rig, arena_printf(&rig->arena, "x%02u", i));
        rig_server(rig, &facts, rig_object(rig, spec));
    }
}

/* S4: more than 20 % and more than 3, or all of them where there were at least 2. */
static void vanishing_servers_engage_the_brake(void **state)
{
    (void)state;
    static const struct {
        unsigned known, vanish;
        bool engages;
    } rows[] = {{1, 1, false}, {2, 1, false},  {2, 2, true},  {3, 3, true},   {10, 3, false},
                {10, 4, true}, {20, 4, false}, {20, 5, true}, {40, 8, false}, {40, 9, true}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        servers(&rig, rows[i].known);
        for (unsigned k = 0; k < rows[i].vanish; k++) {
            brake_vanished(rig.state, rig.cloud, rig.cloud->servers.by_id[k]);
            brake_vanished(rig.state, rig.cloud, rig.cloud->servers.by_id[k]); /* counts once */
        }
        brake_judge_vanish(rig.state, rig.cloud, rows[i].known);
        assert_int_equal(rig.cloud->vanish_brake, rows[i].engages);
        rig_close(&rig);
    }
}

static void the_window_slides(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    servers(&rig, 10);
    for (unsigned i = 0; i < 4; i++) {
        brake_vanished(rig.state, rig.cloud, rig.cloud->servers.by_id[i]);
        rig.state->now.boot_ms += BRAKE_WINDOW_MS / 4 + 1;
    }
    brake_judge_vanish(rig.state, rig.cloud, 10);
    assert_false(rig.cloud->vanish_brake);
    assert_int_equal(rig.cloud->vanish_count, 3);
    rig_close(&rig);
}

static void it_holds_until_all_are_back(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    servers(&rig, 10);
    for (unsigned i = 0; i < 5; i++)
        brake_vanished(rig.state, rig.cloud, rig.cloud->servers.by_id[i]);
    brake_judge_vanish(rig.state, rig.cloud, 10);
    assert_true(rig.cloud->vanish_brake);
    rig.state->now.boot_ms += 2 * BRAKE_WINDOW_MS;
    for (unsigned i = 0; i < 4; i++) {
        brake_unvanish(rig.cloud, rig.cloud->servers.by_id[i]);
        brake_unvanish(rig.cloud, rig.cloud->servers.by_id[i]); /* once is enough */
        assert_int_equal(rig.cloud->vanish_count, 4 - i);
    }
    brake_judge_vanish(rig.state, rig.cloud, 10);
    assert_true(rig.cloud->vanish_brake);
    brake_unvanish(rig.cloud, rig.cloud->servers.by_id[4]);
    brake_judge_vanish(rig.state, rig.cloud, 10);
    assert_false(rig.cloud->vanish_brake);
    rig_close(&rig);
}

static void a_person_may_say_that_they_are_lost(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    servers(&rig, 2);
    brake_vanished(rig.state, rig.cloud, rig.cloud->servers.by_id[0]);
    brake_vanished(rig.state, rig.cloud, rig.cloud->servers.by_id[1]);
    brake_judge_vanish(rig.state, rig.cloud, 2);
    assert_true(rig.cloud->vanish_brake);
    brake_release_vanish(rig.state, rig.cloud);
    assert_false(rig.cloud->vanish_brake);
    assert_int_equal(rig.cloud->vanish_count, 0);
    /* the next list lacks them, too: that is what was said */
    brake_vanished(rig.state, rig.cloud, rig.cloud->servers.by_id[0]);
    brake_vanished(rig.state, rig.cloud, rig.cloud->servers.by_id[1]);
    brake_judge_vanish(rig.state, rig.cloud, 2);
    assert_false(rig.cloud->vanish_brake);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vanishing_servers_engage_the_brake),
        cmocka_unit_test(the_window_slides),
        cmocka_unit_test(it_holds_until_all_are_back),
        cmocka_unit_test(a_person_may_say_that_they_are_lost),
    };
    return UNIT_RUN(tests);
}
