#include "tests/unit/unit.h"

#include "reconcile/delta.h"
#include "tests/unit/reconcile_rig.h"

static struct server *sized_server(struct rig *rig, const char *id, const char *flavor, uint32_t vcpus,
                                   uint32_t ram_mib)
{
    struct facts facts = rig_facts(rig, id, id, PHASE_RUNNING);
    facts.seen |= FIELD_BIT(FIELD_FLAVOR);
    facts.values[FIELD_FLAVOR] = value_of_scalar(&rig->arena, flavor);
    facts.vcpus = vcpus;
    facts.ram_mib = ram_mib;
    return rig_server(rig, &facts, rig_object(rig, rig_spec(rig, id)));
}

/* A cloud without a list of flavors: what is asked for is as large as one that is there. */
static void servers_tell_how_large_their_flavor_is(void **state)
{
    (void)state;
    struct rig rig;
    struct delta delta = {0};
    rig_open(&rig, "tencent-gateway");
    struct server *four = sized_server(&rig, "ins-4", "LARGE8", 4, 8192);
    struct server *untold = sized_server(&rig, "ins-0", "ODD", 0, 0);
    struct spec *spec = rig_spec(&rig, "new");
    rig_manage(spec, FIELD_FLAVOR, value_of_scalar(&rig.arena, "LARGE8"));
    struct object *object = rig_object(&rig, spec);
    struct step_call create = {.kind = CALL_CREATE}, delete = {.kind = CALL_DELETE},
                     stop = {.kind = CALL_STOP};
    delta_count(&delta, object, &create, NULL);
    delta_count(&delta, object, &create, NULL);
    delta_count(&delta, object, &stop, four);
    assert_int_equal(delta.instances, 2);
    assert_int_equal(delta.vcpus, 8);
    assert_int_equal(delta.ram_mib, 16384);
    delta_count(&delta, object, &delete, four);
    assert_int_equal(delta.vcpus, 4);
    delta_count(&delta, object, &delete, untold);
    assert_int_equal(delta.instances, 0);
    assert_int_equal(delta.vcpus, 4);
    AUTO_TEXT struct text out;
    text_init(&out, 4096);
    delta_json(&delta, &out);
    assert_string_equal(
        out.bytes, "\"delta\":{\"instances\":0,\"vcpus\":4,\"ramMiB\":8192,\"unknownFlavors\":[\"ODD\"]}");
    delta_release(&delta);
    rig_close(&rig);
}

/* A list row without a size takes away no size that was told with the flavor still seen. */
static void a_size_follows_its_flavor(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "tencent-gateway");
    struct server *server = sized_server(&rig, "ins-4", "LARGE8", 4, 8192);
    struct facts facts = rig_facts(&rig, "ins-4", "ins-4", PHASE_STOPPED);
    facts.seen &= ~FIELD_BIT(FIELD_FLAVOR);
    server_take_facts(&rig.cloud->servers, server, &facts, rig.state->now.boot_ms + 1);
    assert_int_equal(server->facts.vcpus, 4);
    facts.seen |= FIELD_BIT(FIELD_FLAVOR);
    facts.values[FIELD_FLAVOR] = value_of_scalar(&rig.arena, "OTHER");
    server_take_facts(&rig.cloud->servers, server, &facts, rig.state->now.boot_ms + 2);
    assert_int_equal(server->facts.vcpus, 0);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(servers_tell_how_large_their_flavor_is),
                                       cmocka_unit_test(a_size_follows_its_flavor)};
    return UNIT_RUN(tests);
}
