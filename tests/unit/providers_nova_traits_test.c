#include "tests/unit/unit.h"

#include "providers/nova/nova.h"
#include "reconcile/base/text.h"

/* State × action, typed from Nova's API reference and NHN's guide: one letter per phase in the order running,
   stopped, shelved, building, busy, confirm-resize, paused, suspended, rescued, error, deleting, gone,
   unknown. */
static const enum phase PHASES[] = {
    PHASE_RUNNING,        PHASE_STOPPED, PHASE_SHELVED,   PHASE_BUILDING, PHASE_BUSY,
    PHASE_CONFIRM_RESIZE, PHASE_PAUSED,  PHASE_SUSPENDED, PHASE_RESCUED,  PHASE_ERROR,
    PHASE_DELETING,       PHASE_GONE,    PHASE_UNKNOWN,
};

static const struct {
    enum call_kind call;
    const char *openstack, *nhn;
} LEGAL[] = {
    {CALL_START, "-y-----------", "-y-----------"},
    {CALL_STOP, "y--------y---", "y--------y---"},
    {CALL_SHELVE, "yy-----------", "y------------"},
    {CALL_UNSHELVE, "--y----------", "--y----------"},
    {CALL_RESIZE, "yy-----------", "yy-----------"},
    {CALL_CONFIRM_RESIZE, "-----y-------", "-----y-------"},
    {CALL_REBOOT, "y--------y---", "y--------y---"},
    {CALL_RENAME, "yyy--yyyyy---", "yyy--yyyyy---"},
    {CALL_SET_METADATA, "yy----yy-----", "yy----yy-----"},
    {CALL_ADD_SECURITY_GROUP, "yyy--yyyy----", "yyy--yyyy----"},
    {CALL_REMOVE_SECURITY_GROUP, "yyy--yyyy----", "yyy--yyyy----"},
    {CALL_ATTACH_VOLUME, "yy---yy------", "yy---yy------"},
    {CALL_DETACH_VOLUME, "yy---yy------", "yy---yy------"},
    {CALL_DELETE, "yyyyyyyyyy--y", "yyyyyyyyyy--y"},
    {CALL_REBUILD, "yy-----------", "-------------"},
    {CALL_SNAPSHOT, "yy-----y-----", "yy-----y-----"},
    {CALL_ASSOCIATE_FLOATING_IP, "yyy--yyyy----", "yyy--yyyy----"},
    {CALL_RELEASE_FLOATING_IP, "yyy--yyyy----", "yyy--yyyy----"},
};

static void check_legal(const struct traits *traits, enum call_kind call, const char *expected)
{
    for (size_t i = 0; i < sizeof PHASES / sizeof PHASES[0]; i++)
        if (traits_allow(traits, call, PHASES[i]) != (expected[i] == 'y'))
            fail_msg("%s: %s in %s", traits->provider, call_name(call), phase_name(PHASES[i]));
}

static void test_legal(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LEGAL / sizeof LEGAL[0]; i++) {
        check_legal(&nova_openstack_traits, LEGAL[i].call, LEGAL[i].openstack);
        check_legal(&nova_nhn_v2_traits, LEGAL[i].call, LEGAL[i].nhn);
    }
}

static void test_interrupting(void **state)
{
    (void)state;
    const struct traits *traits = &nova_nhn_v2_traits;
    static const enum call_kind INTERRUPTS[] = {CALL_STOP,   CALL_SHELVE,        CALL_REBOOT,
                                                CALL_RESIZE, CALL_DETACH_VOLUME, CALL_RELEASE_FLOATING_IP};
    for (size_t i = 0; i < sizeof INTERRUPTS / sizeof INTERRUPTS[0]; i++)
        assert_int_equal(traits_transition(traits, INTERRUPTS[i], PHASE_RUNNING)->cost, COST_INTERRUPTS);
    assert_int_equal(traits_transition(traits, CALL_START, PHASE_STOPPED)->cost, COST_PLAIN);
    assert_int_equal(traits_transition(traits, CALL_RENAME, PHASE_RUNNING)->cost, COST_PLAIN);
}

static void test_policy_rows(void **state)
{
    (void)state;
    const struct traits *traits = &nova_openstack_traits;
    assert_true(traits_transition(traits, CALL_DELETE, PHASE_RUNNING)->policy);
    assert_true(traits_transition(traits, CALL_CREATE, PHASE_GONE)->policy);
    assert_true(traits_transition(traits, CALL_REBOOT, PHASE_ERROR)->policy);
    assert_true(traits_transition(traits, CALL_STOP, PHASE_ERROR)->policy);
    assert_false(traits_transition(traits, CALL_STOP, PHASE_RUNNING)->policy);
}

static void test_confirm(void **state)
{
    (void)state;
    const struct transition *vanilla = traits_transition(&nova_openstack_traits, CALL_RESIZE, PHASE_RUNNING);
    const struct transition *nhn = traits_transition(&nova_nhn_v2_traits, CALL_RESIZE, PHASE_RUNNING);
    assert_int_equal(vanilla->then, CALL_CONFIRM_RESIZE);
    assert_int_equal(nhn->then, CALL_NONE);
    assert_int_equal(
        traits_transition(&nova_openstack_traits, CALL_CONFIRM_RESIZE, PHASE_CONFIRM_RESIZE)->from_age_ms, 0);
    assert_int_equal(
        traits_transition(&nova_nhn_v2_traits, CALL_CONFIRM_RESIZE, PHASE_CONFIRM_RESIZE)->from_age_ms,
        120000);
}

static void test_auth_forms(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const struct traits *traits = i ? &nova_openstack_traits : &nova_nhn_v2_traits;
        unsigned secrets = 0;
        for (unsigned f = 0; f < traits->auth_form_count; f++)
            for (unsigned k = 0; k < traits->auth_forms[f].count; k++)
                secrets += traits->auth_forms[f].fields[k].secret;
        assert_int_equal(secrets, traits->auth_form_count);
    }
    assert_false(nova_nhn_v2_traits.auth_forms[0].fields[0].required);
    assert_true(nova_openstack_traits.auth_forms[0].fields[0].required);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_legal), cmocka_unit_test(test_interrupting),
                                       cmocka_unit_test(test_policy_rows), cmocka_unit_test(test_confirm),
                                       cmocka_unit_test(test_auth_forms)};
    return UNIT_RUN(tests);
}
