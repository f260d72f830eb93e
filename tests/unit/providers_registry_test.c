#include "tests/unit/unit.h"

#include "providers/provider.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/text.h"

static void test_look_up(void **state)
{
    (void)state;
    size_t count = 0;
    for (; provider_all()[count]; count++) {
        const struct provider *provider = provider_all()[count];
        assert_ptr_equal(provider_by_name(provider->traits->provider), provider);
        assert_ptr_equal(provider_traits()[count], provider->traits);
        assert_non_null(provider->encode_login);
        assert_non_null(provider->decode_login);
        assert_non_null(provider->encode);
        assert_non_null(provider->decode);
    }
    assert_int_equal(count, 5);
    assert_null(provider_traits()[count]);
    assert_null(provider_by_name("Openstack"));
    assert_null(provider_by_name(NULL));
}

/* What any provider's tables must hold for the core to work. */
static void test_tables(void **state)
{
    (void)state;
    for (size_t p = 0; provider_all()[p]; p++) {
        const struct traits *traits = provider_all()[p]->traits;
        assert_true(traits->settle_ms > 0);
        assert_true(traits->auth_form_count > 0);
        assert_true(traits->desired_phases & PHASE_BIT(PHASE_RUNNING));
        assert_true(traits_has_call(traits, CALL_CREATE));
        assert_true(traits_has_call(traits, CALL_DELETE));
        assert_int_equal(traits_allow(traits, CALL_DELETE, PHASE_GONE), traits->recycle_bin);
        assert_false(traits_allow(traits, CALL_LOOK, PHASE_RUNNING));
        for (unsigned i = 0; i < traits->transition_count; i++) {
            const struct transition *row = &traits->transitions[i];
            assert_true(row->from != 0 && (row->from & ~PHASE_ANY) == 0);
            assert_true(row->cost == COST_PLAIN || row->cost == COST_INTERRUPTS);
            assert_true(row->deadline_ms > 0 || row->call == CALL_CREATE);
            assert_true(row->then == CALL_NONE || traits_has_call(traits, row->then));
        }
        for (int i = 0; i < FIELD_COUNT; i++) {
            enum call_kind change = traits->fields[i].change;
            assert_true(change == CALL_NONE || traits_has_call(traits, change));
            assert_true(traits->fields[i].change_away == CALL_NONE ||
                        traits_has_call(traits, traits->fields[i].change_away));
        }
    }
}

/* Whatever stood there: what a log-in yields is of this one. */
static void test_a_failed_log_in_yields_nothing(void **state)
{
    (void)state;
    for (size_t p = 0; provider_all()[p]; p++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        const struct cloud_config cloud = {.name = "it", .traits = provider_all()[p]->traits};
        const struct http_response response = {.status = 503, .body = "", .body_size = 0};
        struct access access;
        enum reply_kind kind;
        struct error err = {0};
        memset(&access, 0xff, sizeof access);
        assert_false(provider_all()[p]->decode_login(&cloud, &response, (struct now){0, 0}, &arena, &access,
                                                     &kind, &err));
        assert_int_equal(kind, REPLY_OUTAGE);
        assert_null(access.token);
        assert_null(access.fingerprint);
        for (unsigned i = 0; i < SERVICE_COUNT; i++)
            assert_null(access.endpoints[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_look_up),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_a_failed_log_in_yields_nothing),
    };
    return UNIT_RUN(tests);
}
