#include "tests/unit/unit.h"

#include "reconcile/base/prng.h"

/* The state {1, 2, 3, 4}, in little-endian bytes. */
static const uint8_t counting_seed[32] = {[0] = 1, [8] = 2, [16] = 3, [24] = 4};

/* First outputs of the reference implementation from the state {1, 2, 3, 4}. */
static void test_reference_outputs(void **state)
{
    (void)state;
    static const uint64_t expected[] = {
        11520,
        0,
        1509978240,
        1215971899390074240,
        1216172134540287360,
        607988272756665600,
        UINT64_C(16172922978634559625),
        8476171486693032832,
        UINT64_C(10595114339597558777),
        2904607092377533576,
    };
    struct prng prng;
    prng_init(&prng, counting_seed);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_int_equal(prng_next(&prng), expected[i]);
}

static void test_seed_bytes_are_little_endian(void **state)
{
    (void)state;
    struct prng prng;
    uint8_t seed[32];
    for (size_t i = 0; i < sizeof seed; i++)
        seed[i] = (uint8_t)i;
    prng_init(&prng, seed);
    assert_int_equal(prng.s[0], 0x0706050403020100);
    assert_int_equal(prng.s[3], 0x1f1e1d1c1b1a1918);
}

static void test_an_empty_seed_still_moves(void **state)
{
    (void)state;
    struct prng prng;
    prng_init(&prng, (const uint8_t[32]){0});
    uint64_t seen = 0;
    for (unsigned i = 0; i < 10; i++)
        seen |= prng_next(&prng);
    assert_int_not_equal(seen, 0);
}

static void test_below_reaches_all_and_stays_below(void **state)
{
    (void)state;
    enum { BOUND = 7, DRAWS = 70000 };
    struct prng prng;
    unsigned counts[BOUND] = {0};
    prng_init(&prng, counting_seed);
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t draw = prng_below(&prng, BOUND);
        assert_true(draw < BOUND);
        counts[draw]++;
    }
    for (unsigned i = 0; i < BOUND; i++)
        assert_in_range(counts[i], DRAWS / BOUND * 9 / 10, DRAWS / BOUND * 11 / 10);
    assert_int_equal(prng_below(&prng, 1), 0);
    for (unsigned i = 0; i < 100; i++)
        assert_true(prng_below(&prng, UINT64_C(3) << 62) < UINT64_C(3) << 62);
}

static void draw_below_zero(void)
{
    struct prng prng;
    prng_init(&prng, counting_seed);
    prng_below(&prng, 0);
}

static void test_bound_zero_aborts(void **state)
{
    (void)state;
    assert_true(unit_aborts(draw_below_zero));
}

static void test_letters(void **state)
{
    (void)state;
    struct prng prng;
    char letters[2001], again[2001];
    prng_init(&prng, counting_seed);
    prng_letters(&prng, letters, 2000);
    assert_int_equal(strlen(letters), 2000);
    assert_int_equal(strspn(letters, "abcdefghijklmnopqrstuvwxyz234567"), 2000);
    for (const char *c = "abcdefghijklmnopqrstuvwxyz234567"; *c; c++)
        assert_non_null(strchr(letters, *c));
    prng_init(&prng, counting_seed);
    prng_letters(&prng, again, 2000);
    assert_string_equal(letters, again);
    prng_letters(&prng, again, 0);
    assert_string_equal(again, "");
}

int main(void)
{
    const struct CMUnitTest prng_tests[] = {
        cmocka_unit_test(test_reference_outputs),
        cmocka_unit_test(test_seed_bytes_are_little_endian),
        cmocka_unit_test(test_an_empty_seed_still_moves),
        cmocka_unit_test(test_below_reaches_all_and_stays_below),
        cmocka_unit_test(test_bound_zero_aborts),
        cmocka_unit_test(test_letters),
    };
    return UNIT_RUN(prng_tests);
}
