#include "tests/unit/unit.h"

#include "reconcile/base/memory.h"
#include "reconcile/source.h"

enum { PER = 3600 };

static void charge(struct window *window, uint64_t id, int64_t at_ms)
{
    window_charge(window, id, 0, (struct now){at_ms, at_ms});
}

static void charges_leave_when_the_window_has_passed(void **state)
{
    (void)state;
    struct window window = {.charges = NULL};
    charge(&window, 1, 1000);
    charge(&window, 2, 2000);
    assert_int_equal(window_used(&window, 2000, PER), 2);
    assert_int_equal(window_resets(&window, PER), 1000 + PER);
    assert_int_equal(window_used(&window, 1000 + PER - 1, PER), 2);
    assert_int_equal(window_used(&window, 1000 + PER, PER), 1);
    assert_int_equal(window_resets(&window, PER), 2000 + PER);
    assert_int_equal(window_used(&window, 2000 + PER, PER), 0);
    assert_true(window_resets(&window, PER) == NEVER_MS);
    window_release(&window);
}

static void only_its_own_charge_is_given_back(void **state)
{
    (void)state;
    struct window window = {.charges = NULL};
    charge(&window, 1, 1000);
    charge(&window, 2, 2000);
    charge(&window, 3, 3000);
    assert_false(window_refund(&window, 9));
    assert_true(window_refund(&window, 2));
    assert_false(window_refund(&window, 2));
    assert_int_equal(window_used(&window, 3000, PER), 2);
    assert_int_equal(window.charges[0].id, 1);
    assert_int_equal(window.charges[1].id, 3);
    window_release(&window);
}

/* S3: a server goes once, however often that is asked for; the newest time counts. */
static void one_charge_for_each_server(void **state)
{
    (void)state;
    struct window window = {.charges = NULL};
    window_charge(&window, 1, 77, (struct now){1000, 1000});
    window_charge(&window, 2, 78, (struct now){1500, 1500});
    window_charge(&window, 3, 77, (struct now){2000, 2000});
    window_charge(&window, 4, 77, (struct now){3000, 3000});
    assert_int_equal(window_used(&window, 3000, PER), 2);
    assert_int_equal(window_resets(&window, PER), 1500 + PER);
    assert_true(window_refund(&window, 4)); /* it was not sent: the one before it stands */
    assert_int_equal(window_used(&window, 3000, PER), 2);
    assert_true(window_refund(&window, 1));
    assert_int_equal(window_used(&window, 1500 + PER, PER), 1);
    assert_true(window_has(&window, 77));
    assert_int_equal(window_used(&window, 2000 + PER, PER), 0);
    assert_false(window_has(&window, 77));
    window_release(&window);
}

/* An older charge for the same server does not count, and takes nothing of the others along when it leaves.
 */
static void a_renewed_charge_leaves_without_a_trace(void **state)
{
    (void)state;
    struct window window = {.charges = NULL};
    window_charge(&window, 1, 77, (struct now){1000, 1000});
    window_charge(&window, 2, 77, (struct now){2000, 2000});
    window_charge(&window, 3, 78, (struct now){2000, 2000});
    assert_int_equal(window_used(&window, 2000, PER), 2);
    assert_int_equal(window_used(&window, 1000 + PER, PER), 2);
    assert_int_equal(window_used(&window, 2000 + PER, PER), 0);
    window_charge(&window, 4, 77, (struct now){9000, 9000});
    assert_int_equal(window_used(&window, 9000, PER), 1);
    window_release(&window);
}

/* S3: what was reserved for a replacement counts until it is used or given back, however long that takes. */
static void what_is_reserved_outlasts_the_window(void **state)
{
    (void)state;
    struct window window = {.charges = NULL};
    charge(&window, 1, 1000);
    window_reserve(&window, 2, (struct now){1500, 1500});
    charge(&window, 3, 2000);
    window_reserve(&window, 4, (struct now){2500, 2500});
    charge(&window, 5, 2900 + PER);
    assert_int_equal(window_used(&window, 2499 + PER, PER), 3);
    assert_int_equal(window_used(&window, 2900 + PER, PER), 3);
    assert_int_equal(window.charges[0].id, 2);
    assert_int_equal(window.charges[1].id, 4);
    assert_int_equal(window.charges[2].id, 5);
    assert_int_equal(window_used(&window, 9 * PER, PER), 2);
    assert_true(window_refund(&window, 2));
    assert_int_equal(window_used(&window, 9 * PER, PER), 1);
    assert_int_equal(window.charges[0].id, 4);
    window_release(&window);
}

/* S3: objects that leave the manifests do not shrink the base; the most of the window counts. */
static void the_base_is_the_most_of_the_window(void **state)
{
    (void)state;
    struct window window = {.charges = NULL};
    assert_int_equal(window_base(&window, 0, PER), 0);
    window_level(&window, 0, 4);
    window_level(&window, 1000, 12);
    window_level(&window, 2000, 11);
    window_level(&window, 3000, 2);
    assert_int_equal(window_base(&window, 3000, PER), 12);
    assert_int_equal(window_base(&window, 2000 + PER - 1, PER), 12); /* 12 held until 2000 */
    assert_int_equal(window_base(&window, 2000 + PER, PER), 11);
    window_level(&window, 2000 + PER, 5);
    assert_int_equal(window_base(&window, 2000 + PER, PER), 11);
    assert_int_equal(window_base(&window, 3000 + PER, PER), 5);
    assert_int_equal(window_base(&window, 100 * PER, PER), 5);
    window_release(&window);
}

static void the_base_against_every_moment(void **state)
{
    (void)state;
    struct window window = {.charges = NULL};
    uint32_t levels[400], seed = 7, now = 0;
    for (int64_t at = 0; at < 400; at++) {
        seed = seed * 1664525 + 1013904223;
        if ((seed >> 16) % 4 == 0) now = (seed >> 24) % 20;
        levels[at] = now;
        window_level(&window, at, now);
        uint32_t most = 0;
        for (int64_t past = at > 50 ? at - 50 : 0; past <= at; past++)
            most = levels[past] > most ? levels[past] : most;
        assert_int_equal(window_base(&window, at, 50), most);
    }
    window_release(&window);
}

static void a_window_that_starts_as_used_up_says_until_when(void **state)
{
    (void)state;
    struct window window = {.used_up = true, .used_up_until_ms = 5000};
    assert_int_equal(window_resets(&window, PER), 5000);
    window_release(&window);
}

static void shares(void **state)
{
    (void)state;
    static const struct {
        struct share share;
        uint32_t base, allows;
    } rows[] = {
        {{10, true}, 0, 1},
        {{10, true}, 1, 1},
        {{10, true}, 10, 1},
        {{10, true}, 11, 2},
        {{10, true}, 200, 20},
        {{0, true}, 200, 0},
        {{100, true}, 7, 7},
        {{4, false}, 200, 4},
        {{0, false}, 200, 0},
        {{4, false}, 1, 4},
        {{100, true}, 200000, 200000},
        {{1, true}, UINT32_MAX, 42949673},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(share_of(rows[i].share, rows[i].base), rows[i].allows);
}

static void objects_stay_sorted(void **state)
{
    (void)state;
    struct source source = {.name = "prod"};
    const char *names[] = {"web-2", "db", "web-10", "a", "web-1"};
    for (unsigned i = 0; i < 5; i++)
        source_add(&source, names[i], i + 1);
    for (unsigned i = 1; i < 5; i++)
        assert_true(strcmp(source.objects[i - 1]->name, source.objects[i]->name) < 0);
    assert_string_equal(source_object(&source, "web-10")->name, "web-10");
    assert_null(source_object(&source, "web"));
    struct object *db = source_object(&source, "db");
    source_remove(&source, db);
    object_free(db);
    assert_null(source_object(&source, "db"));
    while (source.object_count > 0) {
        struct object *object = source.objects[0];
        source_remove(&source, object);
        object_free(object);
    }
    memory_free(source.objects);
}

static void a_source_may_use_the_clouds_it_names(void **state)
{
    (void)state;
    const char *clouds[] = {"nhn"};
    const struct source_config config = {.clouds = clouds, .cloud_count = 1};
    struct source source = {.name = "prod"};
    assert_false(source_may_use(&source, "nhn"));
    source.config = &config;
    assert_true(source_may_use(&source, "nhn"));
    assert_false(source_may_use(&source, "nhn-kr1"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charges_leave_when_the_window_has_passed),
        cmocka_unit_test(only_its_own_charge_is_given_back),
        cmocka_unit_test(one_charge_for_each_server),
        cmocka_unit_test(a_renewed_charge_leaves_without_a_trace),
        cmocka_unit_test(what_is_reserved_outlasts_the_window),
        cmocka_unit_test(the_base_is_the_most_of_the_window),
        cmocka_unit_test(the_base_against_every_moment),
        cmocka_unit_test(a_window_that_starts_as_used_up_says_until_when),
        cmocka_unit_test(shares),
        cmocka_unit_test(objects_stay_sorted),
        cmocka_unit_test(a_source_may_use_the_clouds_it_names),
    };
    return UNIT_RUN(tests);
}
