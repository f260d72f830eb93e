#include "tests/unit/unit.h"

#include "providers/nova/nova.h"

static const struct {
    const char *status, *task;
    enum phase phase;
} ROWS[] = {
    {"ACTIVE", NULL, PHASE_RUNNING},
    {"active", "", PHASE_RUNNING},
    {"ACTIVE", "powering-off", PHASE_BUSY},
    {"ACTIVE", "shelving_image_uploading", PHASE_BUSY},
    {"ACTIVE", "deleting", PHASE_DELETING},
    {"ACTIVE", "Soft-Deleting", PHASE_DELETING},
    {"SHUTOFF", NULL, PHASE_STOPPED},
    {"STOPPED", NULL, PHASE_STOPPED},
    {"SHUTOFF", "powering-on", PHASE_BUSY},
    {"BUILD", NULL, PHASE_BUILDING},
    {"BUILD", "spawning", PHASE_BUILDING},
    {"BUILDING", "scheduling", PHASE_BUILDING},
    {"BUILD", "deleting", PHASE_DELETING},
    {"SHELVED", NULL, PHASE_SHELVED},
    {"SHELVED", "shelving_offloading", PHASE_BUSY},
    {"SHELVED_OFFLOADED", NULL, PHASE_SHELVED},
    {"SHELVED_OFFLOADED", "spawning", PHASE_BUSY},
    {"REBOOT", "rebooting", PHASE_BUSY},
    {"HARD_REBOOT", NULL, PHASE_BUSY},
    {"RESIZE", "resize_prep", PHASE_BUSY},
    {"RESIZED", NULL, PHASE_BUSY},
    {"VERIFY_RESIZE", NULL, PHASE_CONFIRM_RESIZE},
    {"VERIFY_RESIZE", "deleting", PHASE_DELETING},
    {"REVERT_RESIZE", "resize_reverting", PHASE_BUSY},
    {"MIGRATING", NULL, PHASE_BUSY},
    {"PASSWORD", NULL, PHASE_BUSY},
    {"REBUILD", NULL, PHASE_BUSY},
    {"PAUSED", NULL, PHASE_PAUSED},
    {"PAUSED", "unpausing", PHASE_BUSY},
    {"SUSPENDED", NULL, PHASE_SUSPENDED},
    {"RESCUE", NULL, PHASE_RESCUED},
    {"Rescued", NULL, PHASE_RESCUED},
    {"ERROR", NULL, PHASE_ERROR},
    {"ERROR", "rebooting_hard", PHASE_BUSY},
    {"DELETED", NULL, PHASE_GONE},
    {"DELETED", "deleting", PHASE_GONE},
    {"SOFT_DELETED", NULL, PHASE_GONE},
    {"UNKNOWN", NULL, PHASE_UNKNOWN},
    {"NEW_WORD", NULL, PHASE_UNKNOWN},
    {"NEW_WORD", "new_task", PHASE_UNKNOWN},
    {"NEW_WORD", "deleting", PHASE_DELETING},
    {"", NULL, PHASE_UNKNOWN},
    {NULL, NULL, PHASE_UNKNOWN},
};

static void test_phase(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        enum phase phase = status_phase(ROWS[i].status, ROWS[i].task);
        if (phase != ROWS[i].phase) fail_msg("row %zu: %s", i, phase_name(phase));
    }
}

static void test_rests(void **state)
{
    (void)state;
    assert_int_equal(status_rests(PHASE_CONFIRM_RESIZE, 1), PHASE_RUNNING);
    assert_int_equal(status_rests(PHASE_CONFIRM_RESIZE, 4), PHASE_STOPPED);
    assert_int_equal(status_rests(PHASE_CONFIRM_RESIZE, -1), PHASE_RUNNING);
    assert_int_equal(status_rests(PHASE_STOPPED, 1), PHASE_STOPPED);
    assert_int_equal(status_rests(PHASE_ERROR, 0), PHASE_ERROR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_phase), cmocka_unit_test(test_rests)};
    return UNIT_RUN(tests);
}
