#include "tests/unit/unit.h"

#include "tests/contract/kakaocloud/support.h"

#include "reconcile/base/cleanup.h"

static const struct call SHOW = {.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = INSTANCE};
static const struct call LIST = {.kind = CALL_LOOK, .look = LOOK_LIST};

static struct facts one(struct arena *arena, const char *members)
{
    const char *body =
        arena_printf(arena, "{\"instance\":{\"id\":\"" INSTANCE "\"%s%s}}", *members ? "," : "", members);
    struct reply reply = decoded(arena, &SHOW, 200, body);
    if (reply.kind != REPLY_OK) fail_msg("%s: %s", body, reply.message);
    assert_int_equal(reply.server_count, 1);
    return reply.servers[0];
}

/* Documented and real spelling, any case; whatever is not listed is waited for. */
static void test_statuses(void **state)
{
    static const struct {
        const char *status;
        enum phase phase;
    } rows[] = {
        {"active", PHASE_RUNNING},
        {"Active", PHASE_RUNNING},
        {"ACTIVE", PHASE_RUNNING},
        {"stopped", PHASE_STOPPED},
        {"Stopped", PHASE_STOPPED},
        {"SHUTOFF", PHASE_STOPPED},
        {"shelved_offloaded", PHASE_SHELVED},
        {"Shelved_offloaded", PHASE_SHELVED},
        {"error", PHASE_ERROR},
        {"Error", PHASE_ERROR},
        {"building", PHASE_BUILDING},
        {"BUILDING", PHASE_BUILDING},
        {"scheduling", PHASE_BUILDING},
        {"block_device_mapping", PHASE_BUILDING},
        {"networking", PHASE_BUILDING},
        {"Spawning", PHASE_BUILDING},
        {"Powering-off", PHASE_BUSY},
        {"powering_on", PHASE_BUSY},
        {"rebooting", PHASE_BUSY},
        {"Rebooting_hard", PHASE_BUSY},
        {"Rebooting_started_hard", PHASE_BUSY},
        {"reboot_started_hard", PHASE_BUSY},
        {"resize_prep", PHASE_BUSY},
        {"resize_finish", PHASE_BUSY},
        {"resized", PHASE_BUSY},
        {"shelving_offloading", PHASE_BUSY},
        {"shelved", PHASE_BUSY},
        {"unshelving", PHASE_BUSY},
        {"Rebuild_spawning", PHASE_BUSY},
        {"deleting", PHASE_DELETING},
        {"deleted", PHASE_GONE},
        {"soft-delete", PHASE_GONE},
        {"paused", PHASE_PAUSED},
        {"suspended", PHASE_SUSPENDED},
        {"rescued", PHASE_RESCUED},
        {"warming-up", PHASE_UNKNOWN},
        {"act", PHASE_UNKNOWN},
        {"activex", PHASE_UNKNOWN},
        {"", PHASE_UNKNOWN},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct facts facts = one(&arena, arena_printf(&arena, "\"status\":\"%s\"", rows[i].status));
        if (facts.phase != rows[i].phase)
            fail_msg("%s is %s, not %s", rows[i].status, phase_name(facts.phase), phase_name(rows[i].phase));
    }
}

/* Four fields tell of the state, and any of them may be missing. */
static void test_states_together(void **state)
{
    static const struct {
        const char *members;
        enum phase phase;
        const char *shown;
    } rows[] = {
        {"", PHASE_UNKNOWN, ""},
        {"\"status\":null", PHASE_UNKNOWN, ""},
        {"\"vm_state\":\"active\"", PHASE_RUNNING, "active"},
        {"\"vm_state\":\"active\",\"task_state\":\"powering-off\"", PHASE_BUSY, "active (powering-off)"},
        {"\"status\":\"active\",\"task_state\":\"powering-off\"", PHASE_BUSY, "active (powering-off)"},
        {"\"status\":\"active\",\"task_state\":null", PHASE_RUNNING, "active"},
        {"\"status\":\"active\",\"task_state\":\"\"", PHASE_RUNNING, "active"},
        {"\"status\":\"active\",\"task_state\":\"None\"", PHASE_RUNNING, "active (None)"},
        {"\"status\":\"active\",\"task_state\":\"something-new\"", PHASE_BUSY, "active (something-new)"},
        {"\"status\":\"active\",\"task_state\":\"deleting\"", PHASE_DELETING, "active (deleting)"},
        {"\"status\":\"spawning\",\"vm_state\":\"building\"", PHASE_BUILDING, "spawning"},
        {"\"status\":\"spawning\",\"vm_state\":\"shelved_offloaded\"", PHASE_BUSY, "spawning"},
        {"\"status\":\"error\",\"vm_state\":\"error\"", PHASE_ERROR, "error"},
        {"\"status\":\"deleted\",\"task_state\":\"deleting\"", PHASE_GONE, "deleted (deleting)"},
        {"\"status\":\"rebooting\",\"task_state\":\"Rebooting\"", PHASE_BUSY, "rebooting"},
        {"\"status\":{\"a\":1}", PHASE_UNKNOWN, ""},
        {"\"status\":7", PHASE_UNKNOWN, "7"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct facts facts = one(&arena, rows[i].members);
        if (facts.phase != rows[i].phase) fail_msg("%s is %s", rows[i].members, phase_name(facts.phase));
        bool steady = facts.phase == PHASE_RUNNING;
        assert_int_equal((facts.seen & FIELD_BIT(FIELD_POWER)) != 0, steady);
        assert_string_equal(facts.status, rows[i].shown);
    }
}

static void test_whole_instance(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply reply = decoded(&arena, &SHOW, 200, body_of(&arena, "instance.json", NULL));
    assert_int_equal(reply.kind, REPLY_OK);
    const struct facts *facts = reply.servers;
    assert_string_equal(facts->name, "db-master");
    assert_int_equal(facts->phase, PHASE_RUNNING);
    assert_string_equal(value_scalar(facts->values[FIELD_FLAVOR]), FLAVOR);
    assert_string_equal(value_scalar(facts->values[FIELD_IMAGE]), IMAGE);
    assert_string_equal(value_scalar(facts->values[FIELD_ZONE]), "kr-central-2-a");
    assert_string_equal(value_scalar(facts->values[FIELD_KEYPAIR]), "ops");
    assert_int_equal(facts->values[FIELD_SECURITY_GROUPS].rows, 2);
    assert_true(value_has(facts->values[FIELD_SECURITY_GROUPS], "db"));
    assert_int_equal(facts->values[FIELD_VOLUMES].rows, 1); /* not the root, not what is on its way */
    assert_true(value_has(facts->values[FIELD_VOLUMES], VOLUME));
    assert_string_equal(facts->nic, NIC);
    assert_true(facts->addresses_seen);
    assert_int_equal(facts->addresses.rows, 3);
    assert_true(facts->marked && facts->mark_whole);
    assert_string_equal(facts->mark.owner, "seoul-1");
    assert_string_equal(facts->mark.attempt, "abcdefgh");
    assert_int_equal(facts->mark.role, MARK_NEXT);
    assert_true(facts->mark.protect);
    assert_string_equal(facts->own_text, "by Ann: do not touch");
    assert_int_equal(facts->created_wall_ms, 1795136523000);
    assert_int_equal(facts->launched, LAUNCHED_UNKNOWN);
}

/* Null and absent say nothing of a field, but null clears the description. */
static void test_what_is_not_told(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts = one(&arena, "");
    assert_int_equal(facts.seen, 0);
    assert_null(facts.own_text);
    assert_null(facts.nic);
    assert_false(facts.addresses_seen);
    assert_int_equal(facts.created_wall_ms, -1);
    facts = one(&arena,
                "\"name\":null,\"flavor\":null,\"image\":null,\"key_name\":null,\"availability_zone\":null,"
                "\"security_groups\":null,\"attached_volumes\":null,\"addresses\":null,\"created_at\":null,"
                "\"description\":null");
    assert_int_equal(facts.seen, 0);
    assert_string_equal(facts.own_text, "");
    assert_false(facts.marked);
    facts = one(&arena,
                "\"flavor\":{\"vcpus\":2,\"original_name\":\"m2a.large\"},\"security_groups\":[],"
                "\"attached_volumes\":[{\"is_root\":true}],\"addresses\":[{\"network_interface_id\":null}]");
    assert_int_equal(facts.seen, FIELD_BIT(FIELD_SECURITY_GROUPS) | FIELD_BIT(FIELD_VOLUMES) |
                                     FIELD_BIT(FIELD_FLOATING_IP));
    assert_string_equal(value_scalar(facts.values[FIELD_FLOATING_IP]), "none");
    assert_int_equal(facts.values[FIELD_SECURITY_GROUPS].rows, 0);
    assert_null(facts.nic);
    facts =
        one(&arena, "\"description\":\"[sp1 broken] text\",\"news\":[{\"x\":[1,{\"y\":null}]}],\"name\":42");
    assert_true(facts.marked);
    assert_false(facts.mark_whole);
    assert_string_equal(facts.own_text, "text");
    assert_string_equal(facts.name, "42");
}

static struct reply page(struct arena *arena, const char *asked, unsigned rows, const char *pagination)
{
    struct call call = LIST;
    struct text body;
    text_init(&body, 1 << 20);
    text_add(&body, "{\"instances\":[");
    for (unsigned i = 0; i < rows; i++)
        text_addf(&body, "%s{\"id\":\"i-%s-%u\"}", i ? "," : "", asked ? asked : "0", i);
    text_addf(&body, "]%s%s}", *pagination ? ",\"pagination\":" : "", pagination);
    call.page = asked;
    struct reply reply = decoded(arena, &call, 200, body.bytes);
    text_release(&body);
    return reply;
}

static void test_pages(void **state)
{
    static const struct {
        const char *asked;
        unsigned rows;
        const char *pagination;
        const char *next; /* NULL = the last; "!" = refused */
    } rows[] = {
        {NULL, 2, "{\"total\":2,\"offset\":0,\"limit\":1000}", NULL},
        {NULL, 0, "{\"total\":0,\"offset\":0,\"limit\":1000}", NULL},
        /* capped, and it is told */
        {NULL, 2, "{\"total\":5,\"offset\":0,\"limit\":2}", "2"},
        {"2", 2, "{\"total\":5,\"offset\":2,\"limit\":2}", "4"},
        /* capped, and it is not: the total tells */
        {NULL, 2, "{\"total\":5,\"offset\":0,\"limit\":1000}", "2"},
        /* once there were two pages only an empty one is the end: the total may leave rows out */
        {"4", 1, "{\"total\":5,\"offset\":4,\"limit\":2}", "5"},
        {"5", 0, "{\"total\":5,\"offset\":5,\"limit\":2}", NULL},
        /* full by the limit told, though the total is reached */
        {NULL, 2, "{\"total\":2,\"offset\":0,\"limit\":2}", "2"},
        /* numbers as texts, no numbers, nothing */
        {NULL, 2, "{\"total\":\"5\",\"offset\":\"0\",\"limit\":\"2\"}", "2"},
        {NULL, 2, "{\"total\":null}", "2"},
        {NULL, 2, "null", "2"},
        {NULL, 2, "", "2"},
        {"2", 0, "", NULL},
        /* another page than was asked for */
        {"2", 2, "{\"total\":5,\"offset\":0,\"limit\":2}", "!"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = page(&arena, rows[i].asked, rows[i].rows, rows[i].pagination);
        bool refused = text_equal(rows[i].next, "!");
        if ((reply.kind == REPLY_OK) == refused) fail_msg("row %zu: %s", i, reply.message);
        if (!refused && !text_equal(reply.next_page, rows[i].next))
            fail_msg("row %zu: next is %s", i, reply.next_page ? reply.next_page : "-");
    }
}

static void test_list(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply reply = decoded(&arena, &LIST, 200, body_of(&arena, "instances.json", NULL));
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 2);
    assert_int_equal(reply.total, 2);
    assert_int_equal(reply.servers[0].phase, PHASE_STOPPED);
    assert_int_equal(reply.servers[1].phase, PHASE_GONE);
    assert_null(reply.next_page);
    assert_int_equal(page(&arena, NULL, 1, "{}").total, -1);
}

/* The two models of an instance: PUT's is not read like GET's. */
static void test_update_reply(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call rename = {.kind = CALL_RENAME, .provider_id = INSTANCE, .argument = "web2"};
    struct reply reply = decoded(&arena, &rename, 200, body_of(&arena, "update-reply.json", NULL));
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 0);
}

static void test_other_replies(void **state)
{
    static const enum call_kind kinds[] = {CALL_START, CALL_DELETE, CALL_RESIZE, CALL_ATTACH_VOLUME};
    static const char *const bodies[] = {"", "null", "{}", "{\"result\":\"accepted\"}", "\"ok\"", "[]"};
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++)
            for (int status = 200; status <= 204; status++) {
                struct call call = {.kind = kinds[k], .provider_id = INSTANCE};
                assert_int_equal(decoded(&arena, &call, status, bodies[i]).kind, REPLY_OK);
            }
    struct call group = {.kind = CALL_ADD_SECURITY_GROUP, .provider_id = INSTANCE};
    assert_int_equal(decoded(&arena, &group, 200, body_of(&arena, "groups-reply.json", NULL)).kind, REPLY_OK);
    struct call create = {.kind = CALL_CREATE};
    for (int status = 200; status <= 202; status++) {
        struct reply reply = decoded(&arena, &create, status, body_of(&arena, "create-reply.json", NULL));
        assert_int_equal(reply.kind, REPLY_OK);
        assert_string_equal(reply.provider_id, INSTANCE);
    }
}

static void test_catalogues(void **state)
{
    static const struct {
        const char *file;
        enum catalogue_kind kind;
        const char *id, *name;
    } rows[] = {
        {"flavors.json", CATALOGUE_FLAVOR, FLAVOR, "m2a.large"},
        {"images.json", CATALOGUE_IMAGE, IMAGE, "Rocky Linux 9"},
        {"subnets.json", CATALOGUE_SUBNET, SUBNET, "front"},
        {"security-groups.json", CATALOGUE_SECURITY_GROUP, GROUP, "default"},
        {"keypairs.json", CATALOGUE_KEYPAIR, "ops", "ops"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct call call = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = rows[i].kind};
        struct reply reply = decoded(&arena, &call, 200, body_of(&arena, rows[i].file, NULL));
        assert_int_equal(reply.kind, REPLY_OK);
        bool images = rows[i].kind == CATALOGUE_IMAGE; /* and one that is being made */
        assert_int_equal(reply.entry_count, images ? 2 : 1);
        assert_int_equal(reply.entries[0].state, ENTRY_USABLE);
        if (images) assert_int_equal(reply.entries[1].state, ENTRY_COMING);
        assert_string_equal(reply.entries[0].id, rows[i].id);
        assert_string_equal(reply.entries[0].name, rows[i].name);
        assert_null(reply.next_page);
        bool keypair = rows[i].kind == CATALOGUE_KEYPAIR;
        assert_true(text_equal(reply.entries[0].public_key, keypair ? "ssh-ed25519 AAAA" : NULL));
        if (rows[i].kind == CATALOGUE_FLAVOR) {
            assert_int_equal(reply.entries[0].vcpus, 2);
            assert_int_equal(reply.entries[0].ram_mib, 8192);
        }
    }
}

/* Of a private half, which nobody asked for, nothing is kept. */
static void test_keypair_reply(void **state)
{
    AUTO_ARENA struct arena arena;
    struct call call = {.kind = CALL_REGISTER_KEYPAIR, .argument = "ops"};
    (void)state;
    arena_init(&arena);
    struct reply reply = decoded(&arena, &call, 200, body_of(&arena, "create-keypair-reply.json", NULL));
    assert_int_equal(reply.kind, REPLY_OK);
    assert_null(reply.provider_id);
    assert_int_equal(reply.entry_count, 0);
}

/* Nothing of a reply that is not what the API promises is used. */
static void test_strange(void **state)
{
    static const struct {
        struct call call;
        const char *body;
    } rows[] = {
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, ""},
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, "{}"},
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, "{\"instances\":null}"},
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, "{\"instances\":[{\"name\":\"no id\"}]}"},
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, "{\"instances\":[{\"id\":\"\"}]}"},
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, "{\"instances\":[{\"id\":\"a\"}"},
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, "{\"instances\":[],\"instances\":[]}"},
        {{.kind = CALL_LOOK, .look = LOOK_LIST}, "<html>log in</html>"},
        {{.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = INSTANCE}, "{\"instance\":null}"},
        {{.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = INSTANCE},
         "{\"instance\":{\"id\":\"other\"}}"},
        {{.kind = CALL_CREATE}, "{\"instance\":{}}"},
        {{.kind = CALL_CREATE}, "{\"id\":\"" INSTANCE "\"}"},
        {{.kind = CALL_CREATE}, ""},
        {{.kind = CALL_START, .provider_id = INSTANCE}, "<html></html>"},
        {{.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_FLAVOR}, "{\"flavors\":{}}"},
        {{.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_FLAVOR},
         "{\"flavors\":[{\"name\":\"x\"}]}"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = decoded(&arena, &rows[i].call, 200, rows[i].body);
        if (reply.kind != REPLY_OUTAGE) fail_msg("row %zu is %s", i, reply_kind_name(reply.kind));
        assert_int_equal(reply.server_count, 0);
        assert_null(reply.provider_id);
        assert_null(reply.next_page);
        assert_int_equal(reply.total, -1);
        assert_true(*reply.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),       cmocka_unit_test(test_states_together),
        cmocka_unit_test(test_whole_instance), cmocka_unit_test(test_what_is_not_told),
        cmocka_unit_test(test_pages),          cmocka_unit_test(test_list),
        cmocka_unit_test(test_update_reply),   cmocka_unit_test(test_other_replies),
        cmocka_unit_test(test_catalogues),     cmocka_unit_test(test_keypair_reply),
        cmocka_unit_test(test_strange),
    };
    return UNIT_RUN(tests);
}
