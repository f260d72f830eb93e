#include "tests/unit/unit.h"

#include "tests/contract/nhnv1/support.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/prng.h"

/* Replies that the guide does not print: statuses, errors, and bodies that are not what they should be. */

static const struct call LIST = {.kind = CALL_LOOK, .look = LOOK_LIST},
                         SHOW = {.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = "a"},
                         CREATE = {.kind = CALL_CREATE}, DELETE = {.kind = CALL_DELETE, .provider_id = "a"},
                         STOP = {.kind = CALL_STOP, .provider_id = "a"},
                         RESIZE = {.kind = CALL_RESIZE, .provider_id = "a", .argument = "f"},
                         ATTACH = {.kind = CALL_ATTACH_VOLUME, .provider_id = "a", .argument = "v"},
                         FLAVORS = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_FLAVOR},
                         IMAGES = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE, .catalogue = CATALOGUE_IMAGE},
                         REGISTER = {.kind = CALL_REGISTER_KEYPAIR, .argument = "k", .value = "ssh-rsa A"},
                         UNREGISTER = {.kind = CALL_DELETE_KEYPAIR, .argument = "k"};

static void test_statuses(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        enum phase phase;
    } ROWS[] = {
        {"BUILD", PHASE_BUILDING},
        {"build", PHASE_BUILDING},
        {"BUILDING", PHASE_BUILDING},
        {"ACTIVE", PHASE_RUNNING},
        {"Active", PHASE_RUNNING},
        {"STOP", PHASE_STOPPED},
        {"stop", PHASE_STOPPED},
        {"STOPPED", PHASE_STOPPED},
        {"SHUTOFF", PHASE_STOPPED},
        {"POWERING_ON", PHASE_BUSY},
        {"powering_off", PHASE_BUSY},
        {"REBOOTING", PHASE_BUSY},
        {"RESIZING", PHASE_BUSY},
        {"VERIFY_RESIZE", PHASE_BUSY},
        {"MIGRATING", PHASE_BUSY},
        {"DELETING", PHASE_DELETING},
        {"ERROR", PHASE_ERROR},
        {"SHELVED_OFFLOADED", PHASE_SHELVED},
        {"PAUSED", PHASE_PAUSED},
        {"SUSPENDED", PHASE_SUSPENDED},
        {"RESCUE", PHASE_RESCUED},
        {"DELETED", PHASE_GONE},
        {"TERMINATED", PHASE_UNKNOWN},
        {"", PHASE_UNKNOWN},
        {"FROZEN\\u001b[2J", PHASE_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        const char *body = arena_printf(
            &arena, "{" V1_HEADER ",\"instances\":[{\"id\":\"a\",\"status\":\"%s\"}]}", ROWS[i].status);
        struct reply reply = v1_decode(&arena, &LIST, 200, body);
        assert_int_equal(reply.kind, REPLY_OK);
        if (reply.servers[0].phase != ROWS[i].phase)
            fail_msg("%s: %s", ROWS[i].status, phase_name(reply.servers[0].phase));
        bool steady = ROWS[i].phase == PHASE_RUNNING || ROWS[i].phase == PHASE_STOPPED ||
                      ROWS[i].phase == PHASE_SHELVED;
        assert_int_equal(steady, (reply.servers[0].seen & FIELD_BIT(FIELD_POWER)) != 0);
        assert_null(strchr(reply.servers[0].status, 0x1b));
    }
}

static void test_codes(void **state)
{
    (void)state;
    static const struct {
        const struct call *call;
        int64_t code;
        const char *message;
        enum reply_kind kind;
    } ROWS[] = {
        {&STOP, -1, "FAIL", REPLY_OUTAGE},
        {&CREATE, -1, "FAIL", REPLY_OUTAGE},
        {&CREATE, -2, "UNKNOWN EXCEPTION", REPLY_OUTAGE},
        {&LIST, -3, "Permission denied", REPLY_AUTH},
        {&CREATE, -4, "Invalid parameters", REPLY_INVALID},
        {&CREATE, -4, "Quota exceeded for instances", REPLY_QUOTA},
        {&CREATE, -4, "No valid host was found", REPLY_CAPACITY},
        {&SHOW, -5, "", REPLY_ABSENT},
        {&DELETE, -5, "", REPLY_ABSENT},
        {&STOP, -5, "", REPLY_CONFLICT},
        {&ATTACH, -5, "", REPLY_CONFLICT},
        {&CREATE, -5, "", REPLY_INVALID},
        {&UNREGISTER, -5, "", REPLY_ABSENT},
        {&UNREGISTER, 13404, "", REPLY_ABSENT},
        {&REGISTER, 13409, "Keypair k already exists", REPLY_CONFLICT},
        {&REGISTER, 13404, "", REPLY_INVALID},
        {&LIST, -5, "", REPLY_INVALID},
        {&STOP, -6, "", REPLY_OUTAGE},
        {&STOP, -7, "", REPLY_INVALID},
        {&STOP, -8, "", REPLY_INVALID},
        {&STOP, -99, "", REPLY_OUTAGE},
        {&STOP, 0, "", REPLY_OUTAGE},
        {&STOP, 7, "", REPLY_OUTAGE},
        {&SHOW, 10404, "", REPLY_ABSENT},
        {&DELETE, 10404, "", REPLY_ABSENT},
        {&STOP, 10404, "Instance could not be found", REPLY_ABSENT},
        {&RESIZE, 10404, "Flavor f could not be found", REPLY_INVALID},
        {&RESIZE, 11404, "", REPLY_INVALID},
        {&ATTACH, 40404, "", REPLY_INVALID},
        {&CREATE, 30404, "", REPLY_INVALID},
        {&CREATE, 10404, "", REPLY_INVALID},
        {&LIST, 10404, "", REPLY_INVALID},
        {&STOP, 10409, "Cannot 'stop' instance while it is in task_state deleting", REPLY_CONFLICT},
        {&STOP, 10409, "Instance a is locked", REPLY_DENIED},
        {&RESIZE, 10400, "When resizing, instances must change flavor!", REPLY_CONFLICT},
        {&ATTACH, 40400, "volume v is already attached", REPLY_CONFLICT},
        {&STOP, 10400, "", REPLY_INVALID},
        {&STOP, 10401, "", REPLY_AUTH},
        {&STOP, 10403, "", REPLY_DENIED},
        {&CREATE, 10403, "Quota exceeded for cores", REPLY_QUOTA},
        {&CREATE, 10413, "Quota exceeded for instances", REPLY_QUOTA},
        {&CREATE, 10413, "", REPLY_THROTTLED},
        {&LIST, 10429, "", REPLY_THROTTLED},
        {&STOP, 10408, "", REPLY_OUTAGE},
        {&STOP, 10500, "", REPLY_OUTAGE},
        {&CREATE, 20001, "No free IP", REPLY_CAPACITY},
        {&CREATE, 20004, "", REPLY_INVALID},
        {&CREATE, 24404, "", REPLY_INVALID},
        {&LIST, 50400, "", REPLY_AUTH},
        {&LIST, 50401, "", REPLY_AUTH},
        {&LIST, 50404, "", REPLY_AUTH},
        {&LIST, 50429, "", REPLY_THROTTLED},
        {&STOP, 99999999999, "", REPLY_OUTAGE},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = v1_refused(&arena, ROWS[i].call, ROWS[i].code, ROWS[i].message);
        if (reply.kind != ROWS[i].kind)
            fail_msg("%lld %s: %s", (long long)ROWS[i].code, call_name(ROWS[i].call->kind),
                     reply_kind_name(reply.kind));
        assert_non_null(strstr(reply.message, arena_printf(&arena, "(code %lld)", (long long)ROWS[i].code)));
        assert_non_null(strstr(reply.message, ROWS[i].message));
        assert_null(reply.provider_id);
        assert_int_equal(reply.server_count, 0);
    }
}

/* What the session asks, before anything is decoded. */
static void test_unauthorized(void **state)
{
    (void)state;
    static const struct {
        int status;
        const char *body;
        bool is, doubtful;
    } ROWS[] = {
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":-3}}", true, true},
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":\"-3\"}}", true, true},
        {200, "{\"a\":[{\"header\":1}],\"header\":{\"resultCode\":50401,\"isSuccessful\":\"false\"}}", true,
         false},
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":10401}}", true, false},
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":10403}}", false, false},
        {200, "{\"header\":{\"isSuccessful\":true,\"resultCode\":-3}}", false, false},
        {200, "{\"header\":{\"isSuccessful\":false,\"resultCode\":-1}}", false, false},
        {500, "{\"header\":{\"isSuccessful\":false,\"resultCode\":-3}}", false, false},
        {200, "{\"header\":{\"resultCode\":-3}}", false, false},
        {200, "", false, false},
        {200, "<html>401</html>", false, false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct http_response response = {
            .status = ROWS[i].status, .body = ROWS[i].body, .body_size = strlen(ROWS[i].body)};
        if (v1_provider()->is_unauthorized(&response) != ROWS[i].is) fail_msg("row %zu", i);
        if (v1_provider()->is_doubtful(&response) != ROWS[i].doubtful) fail_msg("row %zu: doubt", i);
    }
}

static const char FULL[] =
    "{\"instances\":[{\"addresses\":[{\"macAddress\":\"fa:16\",\"ipAddress\":\"10.0.0.5\",\"version\":\"4\","
    "\"floatingIpAddress\":\"203.0.113.7\"}],\"availabilityZone\":\"kr-pub-a\",\"flavor\":{\"id\":\"f1\","
    "\"name\":"
    "\"m2\","
    "\"cpu\":\"2\",\"ram\":4096},\"status\":\"ACTIVE\",\"id\":\"a\",\"name\":\"web-1\",\"image\":\"i1\","
    "\"metadata\":{\"os_type\":\"linux\",\"setpoint.owner\":\"x\"},\"keyName\":\"ops\",\"volumes\":{\"root\":"
    "{\"size\":\"20\",\"type\":\"General HDD\"},\"attachments\":[{\"id\":\"v2\"},{\"id\":\"v1\"}]},"
    "\"securityGroups\":[{\"name\":\"db\"},{\"name\":\"default\"},{\"name\":\"db\"}],"
    "\"launchedAt\":\"2017-05-16T02:17:50.166563\",\"createdAt\":\"2017-05-16T02:17:50.166563\","
    "\"updatedAt\":\"2017-05-16T02:17:50Z\",\"new\":{\"deep\":[[{}]]}}]," V1_HEADER "}";

static void test_a_whole_server(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply reply = v1_decode(&arena, &SHOW, 200, FULL);
    assert_int_equal(reply.kind, REPLY_OK);
    const struct facts *facts = reply.servers;
    assert_string_equal(facts->name, "web-1");
    assert_int_equal(facts->phase, PHASE_RUNNING);
    assert_int_equal(facts->rests, PHASE_RUNNING);
    assert_int_equal(facts->launched, LAUNCHED_ONCE);
    assert_int_equal(facts->created_wall_ms, 1494901070166);
    assert_int_equal(facts->values[FIELD_SECURITY_GROUPS].rows, 2);
    assert_int_equal(facts->values[FIELD_VOLUMES].rows, 2);
    assert_string_equal(value_cell(facts->values[FIELD_VOLUMES], 0, 0), "v1");
    assert_int_equal(facts->values[FIELD_METADATA].rows, 1);
    assert_false(facts->marked);
    assert_string_equal(facts->fault, "");
    assert_int_equal(facts->addresses.rows, 2);
    assert_string_equal(value_cell(facts->addresses, 0, 0), "10.0.0.5");
    assert_string_equal(value_cell(facts->addresses, 0, 1), "fixed");
    assert_string_equal(value_cell(facts->addresses, 1, 1), "floating");
    assert_string_equal(facts->nic, "10.0.0.5");
}

/* Missing keys, null, numbers as texts, texts as objects: nothing is concluded from them. */
static void test_lenient(void **state)
{
    (void)state;
    static const char BODY[] =
        "{\"header\":{\"isSuccessful\":\"true\",\"resultCode\":\"0\",\"resultMessage\":null,\"more\":[1]},"
        "\"instances\":[{\"id\":17,\"name\":5,\"status\":null,\"flavor\":\"f1\",\"image\":{\"id\":\"i1\"},"
        "\"availabilityZone\":\"\",\"keyName\":null,\"volumes\":null,\"securityGroups\":null,\"metadata\":[],"
        "\"createdAt\":\"yesterday\",\"launchedAt\":null},{\"id\":\"b\",\"volumes\":{\"attachments\":[]},"
        "\"securityGroups\":[],\"launchedAt\":\"\"}]}";
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply reply = v1_decode(&arena, &LIST, 200, BODY);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 2);
    const struct facts *one = &reply.servers[0], *two = &reply.servers[1];
    assert_string_equal(one->id, "17");
    assert_string_equal(one->name, "5");
    assert_string_equal(one->status, "");
    assert_int_equal(one->phase, PHASE_UNKNOWN);
    assert_string_equal(value_scalar(one->values[FIELD_FLAVOR]), "f1");
    assert_string_equal(value_scalar(one->values[FIELD_IMAGE]), "i1");
    assert_int_equal(one->seen, FIELD_BIT(FIELD_NAME) | FIELD_BIT(FIELD_FLAVOR) | FIELD_BIT(FIELD_IMAGE));
    assert_false(one->addresses_seen);
    assert_null(one->nic);
    assert_int_equal(one->created_wall_ms, -1);
    assert_int_equal(one->launched, LAUNCHED_NEVER);
    assert_int_equal(two->seen, FIELD_BIT(FIELD_VOLUMES) | FIELD_BIT(FIELD_SECURITY_GROUPS));
    assert_int_equal(two->launched, LAUNCHED_UNKNOWN);
    assert_string_equal(two->name, "");
}

/* Three ways of saying that it is gone, and what says nothing. */
static void test_gone(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    assert_int_equal(v1_refused(&arena, &SHOW, -5, "").kind, REPLY_ABSENT);
    assert_int_equal(v1_refused(&arena, &SHOW, 10404, "").kind, REPLY_ABSENT);
    struct reply reply = v1_decode(&arena, &SHOW, 200, "{" V1_HEADER ",\"instances\":[]}");
    assert_int_equal(reply.kind, REPLY_ABSENT);
    assert_true(strlen(reply.message) > 0);
    reply = v1_decode(&arena, &SHOW, 200,
                      "{" V1_HEADER ",\"instances\":[{\"id\":\"b\"},{\"id\":\"a\",\"status\":\"STOP\"}]}");
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 1);
    assert_string_equal(reply.servers->id, "a");
    reply = v1_decode(&arena, &SHOW, 200, "{" V1_HEADER ",\"instances\":[{\"id\":\"b\"}]}");
    assert_int_equal(reply.kind, REPLY_OUTAGE);
    assert_int_equal(v1_decode(&arena, &SHOW, 200, "{" V1_HEADER ",\"instances\":null}").kind, REPLY_OUTAGE);
    reply = v1_decode(&arena, &LIST, 200, "{" V1_HEADER ",\"instances\":[]}");
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 0);
}

static void check_strange(const struct reply *reply)
{
    assert_int_equal(reply->kind, REPLY_OUTAGE);
    assert_true(strlen(reply->message) > 0);
    assert_int_equal(reply->server_count, 0);
    assert_int_equal(reply->entry_count, 0);
    assert_null(reply->next_page);
    assert_null(reply->provider_id);
}

static const char *const STRANGE_LISTS[] = {
    "",
    "   ",
    "null",
    "[]",
    "{}",
    "<html><body>502 Bad Gateway</body></html>",
    "{\"instances\":[]}",
    "{\"header\":{},\"instances\":[]}",
    "{\"header\":null,\"instances\":[]}",
    "{\"header\":{\"isSuccessful\":null},\"instances\":[]}",
    "{" V1_HEADER "}",
    "{" V1_HEADER ",\"instances\":{}}",
    "{" V1_HEADER ",\"instances\":null}",
    "{" V1_HEADER ",\"instances\":[1]}",
    "{" V1_HEADER ",\"instances\":[{}]}",
    "{" V1_HEADER ",\"instances\":[{\"id\":null}]}",
    "{" V1_HEADER ",\"instances\":[{\"id\":\"\"}]}",
    "{" V1_HEADER ",\"instances\":[{\"id\":\"a\"},{\"name\":\"b\"}]}",
    "{" V1_HEADER ",\"instances\":[{\"id\":\"a\"}]} behind",
    "{" V1_HEADER ",\"instances\":[{\"id\":\"a\"}],\"instances\":[]}",
    "{" V1_HEADER ",\"instances\":[{\"id\":\"a\",\"addresses\":[}]}",
    "{" V1_HEADER
    ",\"instances\":[{\"id\":\"01234567890123456789012345678901234567890123456789012345678901234\"}]}",
};

static void test_strange_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof STRANGE_LISTS / sizeof STRANGE_LISTS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = v1_decode(&arena, &LIST, 200, STRANGE_LISTS[i]);
        check_strange(&reply);
    }
}

/* At every byte: a body that was cut is no answer. */
static void test_cut_bodies(void **state)
{
    (void)state;
    for (size_t size = 0; size + 1 < sizeof FULL; size++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = v1_decode(&arena, &LIST, 200, arena_bytes(&arena, FULL, size));
        check_strange(&reply);
        reply = v1_decode(&arena, &SHOW, 200, arena_bytes(&arena, FULL, size));
        check_strange(&reply);
    }
}

static void test_spoiled_bytes(void **state)
{
    (void)state;
    struct prng prng;
    const uint8_t seed[32] = "spoiled bytes of a v1 server";
    prng_init(&prng, seed);
    unsigned refused = 0;
    enum { ROUNDS = 3000 };
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        char *body = arena_text(&arena, FULL);
        for (uint64_t n = 1 + prng_below(&prng, 8); n > 0; n--)
            body[prng_below(&prng, sizeof FULL - 1)] = (char)(1 + prng_below(&prng, 255));
        struct reply reply = v1_decode(&arena, &SHOW, 200, body);
        refused += reply.kind != REPLY_OK;
        if (reply.kind == REPLY_OK) assert_string_equal(reply.servers[0].id, "a");
    }
    assert_true(refused > ROUNDS / 20 && refused < ROUNDS);
}

/* Other statuses than 200 come from a gateway; an envelope in them is believed all the same, but for 5xx. */
static void test_gateways(void **state)
{
    (void)state;
    static const struct {
        const struct call *call;
        int status;
        const char *body;
        enum reply_kind kind;
    } ROWS[] = {
        {&LIST, 401, "", REPLY_AUTH},
        {&STOP, 403, "<html>no</html>", REPLY_DENIED},
        {&SHOW, 404, "<html>not here</html>", REPLY_OUTAGE},
        {&CREATE, 404, "<html>not here</html>", REPLY_INVALID},
        {&STOP, 404, "{\"header\":{\"isSuccessful\":false,\"resultCode\":-5}}", REPLY_CONFLICT},
        {&STOP, 301, "", REPLY_INVALID},
        {&STOP, 408, "", REPLY_OUTAGE},
        {&STOP, 413, "", REPLY_THROTTLED},
        {&STOP, 429, "", REPLY_THROTTLED},
        {&CREATE, 500, "{\"header\":{\"isSuccessful\":false,\"resultCode\":-4}}", REPLY_OUTAGE},
        {&CREATE, 501, "", REPLY_INVALID},
        {&CREATE, 504, "<html>gateway time-out</html>", REPLY_OUTAGE},
        {&CREATE, 200, "{" V1_HEADER "}", REPLY_OUTAGE},
        {&CREATE, 200, "{" V1_HEADER ",\"instance\":{\"id\":\"\"}}", REPLY_OUTAGE},
        {&CREATE, 200, "{" V1_HEADER ",\"instance\":{\"name\":\"a\"}}", REPLY_OUTAGE},
        {&CREATE, 200, "{" V1_HEADER ",\"instance\":{\"id\":\"b\"}", REPLY_OUTAGE},
        {&STOP, 200, "", REPLY_OUTAGE},
        {&STOP, 200, "<html>proxy</html>", REPLY_OUTAGE},
        {&STOP, 200, "{" V1_HEADER "}", REPLY_OK},
        {&DELETE, 200, "{" V1_HEADER "}", REPLY_OK},
        {&DELETE, 200, "", REPLY_OK},
        {&DELETE, 204, "", REPLY_OK},
        {&DELETE, 200, "<html>proxy</html>", REPLY_OUTAGE},
        {&DELETE, 500, "", REPLY_OUTAGE},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = v1_decode(&arena, ROWS[i].call, ROWS[i].status, ROWS[i].body);
        if (reply.kind != ROWS[i].kind) fail_msg("row %zu: %s", i, reply_kind_name(reply.kind));
        assert_null(reply.provider_id);
    }
}

static void test_catalogues(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct reply reply =
        v1_decode(&arena, &FLAVORS, 200,
                  "{" V1_HEADER ",\"flavors\":[{\"id\":\"f1\",\"name\":\"m2.c2m4\",\"vcpus\":\"2\",\"ram\":"
                  "4096},{\"id\":7,\"volumeSize\":\"100\"}]}");
    assert_int_equal(reply.entry_count, 2);
    assert_int_equal(reply.entries[0].vcpus, 2);
    assert_int_equal(reply.entries[0].ram_mib, 4096);
    assert_int_equal(reply.entries[0].disk_gib, 0);
    assert_int_equal(reply.entries[1].disk_gib, 100); /* u2 */
    assert_string_equal(reply.entries[1].id, "7");
    struct call zones = FLAVORS;
    zones.catalogue = CATALOGUE_ZONE;
    reply = v1_decode(
        &arena, &zones, 200,
        "{" V1_HEADER ",\"zones\":[{\"zoneName\":\"kr-pub-a\",\"zoneState\":{\"available\":\"true\"}},"
        "{\"zoneName\":\"kr-pub-b\",\"zoneState\":{\"available\":false}},{\"zoneName\":\"c\"}]}");
    assert_int_equal(reply.entry_count, 3);
    assert_true(reply.entries[0].available);
    assert_false(reply.entries[1].available);
    assert_true(reply.entries[2].available);
    reply = v1_decode(&arena, &FLAVORS, 200, "{" V1_HEADER ",\"flavors\":[{\"name\":\"m2\"}]}");
    check_strange(&reply);
    reply = v1_decode(&arena, &FLAVORS, 200, "{" V1_HEADER ",\"images\":[]}");
    check_strange(&reply);
}

/* The marker's own image may stand at the head of the page, the service may ignore the marker, or begin
   behind it: no image twice, and an end. */
static void test_image_pages(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char PAGE[] =
        "{" V1_HEADER ",\"images\":[{\"id\":\"i1\",\"name\":\"Rocky\",\"status\":\"active\"},"
        "{\"id\":\"i2\",\"status\":\"queued\"},{\"id\":\"i3\",\"status\":\"ACTIVE\"}]}";
    struct call call = IMAGES;
    struct reply reply = v1_decode(&arena, &call, 200, PAGE);
    assert_int_equal(reply.entry_count, 3);
    assert_int_equal(reply.entries[0].state, ENTRY_USABLE);
    assert_int_equal(reply.entries[1].state, ENTRY_COMING);
    assert_string_equal(reply.next_page, "i3");
    call.page = "i3";
    reply = v1_decode(&arena, &call, 200, PAGE); /* ignored */
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.entry_count, 0);
    assert_null(reply.next_page);
    reply = v1_decode(&arena, &call, 200, "{" V1_HEADER ",\"images\":[]}"); /* behind it: the end */
    assert_int_equal(reply.entry_count, 0);
    assert_null(reply.next_page);
    reply =
        v1_decode(&arena, &call, 200, "{" V1_HEADER ",\"images\":[{\"id\":\"i3\"}]}"); /* with it: the end */
    assert_int_equal(reply.entry_count, 0);
    assert_null(reply.next_page);
    reply = v1_decode(&arena, &call, 200, "{" V1_HEADER ",\"images\":[{\"id\":\"i3\"},{\"id\":\"i4\"}]}");
    assert_int_equal(reply.entry_count, 1);
    assert_string_equal(reply.entries[0].id, "i4");
    assert_string_equal(reply.next_page, "i4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),      cmocka_unit_test(test_codes),
        cmocka_unit_test(test_unauthorized),  cmocka_unit_test(test_a_whole_server),
        cmocka_unit_test(test_lenient),       cmocka_unit_test(test_gone),
        cmocka_unit_test(test_strange_lists), cmocka_unit_test(test_cut_bodies),
        cmocka_unit_test(test_spoiled_bytes), cmocka_unit_test(test_gateways),
        cmocka_unit_test(test_catalogues),    cmocka_unit_test(test_image_pages),
    };
    return UNIT_RUN(tests);
}
