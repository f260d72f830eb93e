#include "tests/unit/unit.h"

#include "reconcile/base/instant.h"
#include "tests/unit/reconcile_rig.h"

static void the_built_in_lifecycle(void **state)
{
    (void)state;
    struct lifecycle life = lifecycle_default();
    assert_false(life.protect);
    assert_int_equal(life.on_immutable, ON_IMMUTABLE_BLOCK);
    assert_int_equal(life.on_error, ON_ERROR_REPAIR);
    assert_int_equal(life.on_stuck, ON_STUCK_REPLACE);
    assert_int_equal(life.build_timeout_ms, 15 * MINUTE_MS);
    assert_int_equal(life.create_only, FIELD_BIT(FIELD_USER_DATA) | FIELD_BIT(FIELD_KEYPAIR));
    assert_int_equal(life.ignore, 0);
}

/* Whatever a manifest can say changes the hash; where it stands does not. */
static void the_hash_sees_every_field(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct spec base = *rig_spec(&rig, "web");
    uint64_t hash = spec_hash(&base);
    struct spec spec = base;
    spec.line = 99;
    spec.file = "elsewhere.yaml";
    assert_true(spec_hash(&spec) == hash);
    struct value other = value_of_scalar(&rig.arena, "other");
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        spec = base;
        rig_manage(&spec, (enum field)i, other);
        assert_true(spec_hash(&spec) != hash);
    }
#define CHANGED(change)                                                                                      \
    spec = base;                                                                                             \
    change;                                                                                                  \
    assert_true(spec_hash(&spec) != hash)
    CHANGED(spec.name = "www");
    CHANGED(spec.cloud = "os");
    CHANGED(spec.was = "old");
    CHANGED(spec.adopt = "old");
    CHANGED(spec.labels = RIG_MAP(&rig, "tier", "db"));
    CHANGED(spec.lifecycle.protect = true);
    CHANGED(spec.lifecycle.on_immutable = ON_IMMUTABLE_REPLACE);
    CHANGED(spec.lifecycle.on_error = ON_ERROR_HOLD);
    CHANGED(spec.lifecycle.on_stuck = ON_STUCK_HOLD);
    CHANGED(spec.lifecycle.build_timeout_ms++);
    CHANGED(spec.lifecycle.ignore = 1);
    CHANGED(spec.lifecycle.create_only = 0);
    CHANGED(spec.managed &= ~FIELD_BIT(FIELD_FLAVOR));
    rig_close(&rig);
}

/* The same text as another word is another wish. */
static void words_are_told_apart(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct spec was = *rig_spec(&rig, "web"), adopt = was;
    was.was = "x";
    adopt.adopt = "x";
    assert_true(spec_hash(&was) != spec_hash(&adopt));
    rig_close(&rig);
}

static void power_reads_its_word(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct spec spec = {.name = "web"};
    assert_int_equal(spec_power(&spec), PHASE_RUNNING);
    rig_manage(&spec, FIELD_POWER, value_of_scalar(&rig.arena, "shelved"));
    assert_int_equal(spec_power(&spec), PHASE_SHELVED);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_lifecycle),
        cmocka_unit_test(the_hash_sees_every_field),
        cmocka_unit_test(words_are_told_apart),
        cmocka_unit_test(power_reads_its_word),
    };
    return UNIT_RUN(tests);
}
