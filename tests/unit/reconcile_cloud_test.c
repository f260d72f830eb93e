#include "tests/unit/unit.h"

#include "tests/unit/reconcile_rig.h"

static void flights_land_by_their_id(void **state)
{
    (void)state;
    struct cloud *cloud = cloud_new("nhn");
    for (uint64_t id = 1; id <= 3; id++)
        cloud->flights[cloud->flight_count++].call_id = id;
    cloud_land(cloud, cloud_flight(cloud, 1));
    assert_null(cloud_flight(cloud, 1));
    assert_int_equal(cloud_flight(cloud, 2)->call_id, 2);
    assert_int_equal(cloud_flight(cloud, 3)->call_id, 3);
    cloud_land(cloud, cloud_flight(cloud, 3));
    cloud_land(cloud, cloud_flight(cloud, 2));
    assert_int_equal(cloud->flight_count, 0);
    assert_null(cloud_flight(cloud, 2));
    assert_null(cloud_intent(cloud, 2));
    cloud_free(cloud);
}

static void capacity_is_of_a_zone_and_a_flavor(void **state)
{
    (void)state;
    struct cloud *cloud = cloud_new("nhn");
    assert_null(cloud_capacity(cloud, "a", "small", false));
    struct capacity_key *key = cloud_capacity(cloud, "a", "small", true);
    key->delay_ms = 7;
    assert_int_equal(cloud_capacity(cloud, "a", "small", true)->delay_ms, 7);
    assert_null(cloud_capacity(cloud, "b", "small", false));
    assert_null(cloud_capacity(cloud, "a", "big", false));
    cloud_free(cloud);
}

/* A cloud without its document is still waited for with care. */
static void times_without_a_document(void **state)
{
    (void)state;
    struct rig rig;
    struct cloud *cloud = cloud_new("nhn");
    assert_int_equal(cloud_settle_ms(cloud), 3 * MINUTE_MS);
    assert_int_equal(cloud_interval_ms(cloud), 30 * SECOND_MS);
    assert_false(cloud_has_list(cloud));
    cloud_free(cloud);
    rig_open(&rig, "nhn-v2");
    rig.state->config->clouds[0].settle_ms = 5;
    rig.state->config->clouds[0].poll_interval_ms = 6;
    assert_int_equal(cloud_settle_ms(rig.cloud), 5);
    assert_int_equal(cloud_interval_ms(rig.cloud), 6);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flights_land_by_their_id),
        cmocka_unit_test(capacity_is_of_a_zone_and_a_flavor),
        cmocka_unit_test(times_without_a_document),
    };
    return UNIT_RUN(tests);
}
