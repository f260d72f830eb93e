#include "tests/unit/unit.h"

#include "providers/nova/nova.h"
#include "reconcile/base/cleanup.h"

static void read_one(struct arena *arena, const char *members, struct facts *out)
{
    const char *body = arena_printf(arena, "{\"server\":{\"id\":\"i\"%s}}", members);
    if (!server_read(body, strlen(body), arena, out)) fail_msg("%s", body);
}

static struct mark a_mark(void)
{
    struct mark mark = {.role = MARK_NEXT, .protect = true, .applied_fields = FIELD_BIT(FIELD_USER_DATA)};
    text_copy(mark.owner, sizeof mark.owner, "seoul-1");
    text_copy(mark.cloud, sizeof mark.cloud, "nhn-kr1");
    text_copy(mark.source, sizeof mark.source, "prod");
    text_copy(mark.name, sizeof mark.name, "db");
    text_copy(mark.attempt, sizeof mark.attempt, "abcdefgh");
    text_copy(mark.writer, sizeof mark.writer, "wxyz");
    mark.applied[FIELD_USER_DATA] = 0x0123456789abcdefU;
    mark.restarted_wall_ms = 1769828400000;
    return mark;
}

/* As create sends it and the list shows it: among other keys, in another order. */
static void test_mark(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text members;
    arena_init(&arena);
    text_init(&members, 10000);
    struct mark mark = a_mark();
    struct value metadata = mark_to_metadata(&mark, &arena);
    text_add(&members, ",\"metadata\":{\"team\":\"data\"");
    for (unsigned i = metadata.rows; i-- > 0;)
        text_addf(&members, ",\"%s\":\"%s\"", value_cell(metadata, i, 0), value_cell(metadata, i, 1));
    text_add(&members, ",\"os_distro\":\"rocky\"}");
    struct facts facts;
    read_one(&arena, members.bytes, &facts);
    assert_true(facts.marked);
    assert_true(facts.mark_whole);
    assert_int_equal(facts.mark.parts, (1U << mark_key_count()) - 1);
    mark.parts = facts.mark.parts; /* of a mark that was read only */
    assert_memory_equal(&facts.mark, &mark, sizeof mark);
    assert_int_equal(facts.values[FIELD_METADATA].rows, 2);
    assert_string_equal(value_find(facts.values[FIELD_METADATA], "team"), "data");
    assert_string_equal(value_find(facts.values[FIELD_METADATA], "os_distro"), "rocky");
}

/* A manifest may say these; cleaned, they would differ from it for ever. */
static void test_lines_and_tabs(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts;
    read_one(&arena,
             ",\"name\":\"two\\nlines\",\"metadata\":{\"note\":\"one\\ntwo\\n\",\"a\\tb\":\"x\\ty\","
             "\"setpoint.owner\":\"a\\tb\"}",
             &facts);
    assert_string_equal(facts.name, "two\nlines");
    assert_string_equal(value_find(facts.values[FIELD_METADATA], "note"), "one\ntwo\n");
    assert_string_equal(value_find(facts.values[FIELD_METADATA], "a\tb"), "x\ty");
    assert_string_equal(facts.mark.owner, "a b"); /* a mark is words */
}

static void test_broken_mark(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts;
    read_one(&arena, ",\"metadata\":{\"setpoint.owner\":\"seoul-1\",\"setpoint.role\":\"king\"}", &facts);
    assert_true(facts.marked);
    assert_false(facts.mark_whole);
    assert_int_equal(facts.values[FIELD_METADATA].rows, 0);
    assert_true(facts.seen & FIELD_BIT(FIELD_METADATA));
    read_one(&arena, ",\"metadata\":{}", &facts);
    assert_false(facts.marked);
}

static void test_nothing_but_an_id(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts;
    read_one(&arena, "", &facts);
    assert_int_equal(facts.seen, 0);
    assert_string_equal(facts.name, "");
    assert_string_equal(facts.fault, "");
    assert_int_equal(facts.phase, PHASE_UNKNOWN);
    assert_int_equal(facts.launched, LAUNCHED_UNKNOWN);
    assert_int_equal(facts.created_wall_ms, -1);
}

static void test_absent_or_empty_is_unseen(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts;
    read_one(&arena,
             ",\"status\":\"BUILD\",\"image\":\"\",\"flavor\":{\"original_name\":\"m1\"},"
             "\"OS-EXT-AZ:availability_zone\":\"\",\"OS-EXT-STS:task_state\":\"spawning\"",
             &facts);
    assert_int_equal(facts.seen, 0);
    assert_int_equal(facts.phase, PHASE_BUILDING);
    assert_string_equal(facts.status, "BUILD (spawning)");
    read_one(&arena, ",\"image\":null,\"flavor\":null,\"security_groups\":null", &facts);
    assert_int_equal(facts.seen, 0);
    read_one(&arena, ",\"security_groups\":[]", &facts);
    assert_int_equal(facts.seen, FIELD_BIT(FIELD_SECURITY_GROUPS));
    assert_int_equal(facts.values[FIELD_SECURITY_GROUPS].rows, 0);
}

static void test_sets(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts;
    read_one(&arena,
             ",\"security_groups\":[{\"name\":\"web\"},{\"name\":\"default\"},{\"name\":\"web\"}],"
             "\"os-extended-volumes:volumes_attached\":[{\"id\":\"v2\"},{\"id\":\"v1\"}]",
             &facts);
    struct value groups = facts.values[FIELD_SECURITY_GROUPS], volumes = facts.values[FIELD_VOLUMES];
    assert_int_equal(groups.rows, 2);
    assert_string_equal(value_cell(groups, 0, 0), "default");
    assert_string_equal(value_cell(groups, 1, 0), "web");
    assert_int_equal(volumes.rows, 2);
    assert_string_equal(value_cell(volumes, 0, 0), "v1");
}

static void test_power_and_lock(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts;
    read_one(&arena, ",\"status\":\"SHELVED_OFFLOADED\",\"NHN-EXT-ATTR:protect\":true", &facts);
    assert_string_equal(value_scalar(facts.values[FIELD_POWER]), "shelved");
    assert_true(facts.locked);
    read_one(&arena, ",\"status\":\"ACTIVE\",\"locked\":false,\"NHN-EXT-ATTR:protect\":true", &facts);
    assert_string_equal(value_scalar(facts.values[FIELD_POWER]), "running");
    assert_true(facts.locked);
    read_one(&arena, ",\"status\":\"ACTIVE\",\"locked\":false", &facts);
    assert_false(facts.locked);
    read_one(&arena, ",\"status\":\"PAUSED\"", &facts);
    assert_false(facts.seen & FIELD_BIT(FIELD_POWER));
}

static void test_fault_and_times(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts;
    read_one(&arena,
             ",\"status\":\"ERROR\",\"fault\":{\"code\":500,\"message\":\"No valid host was found. \"},"
             "\"created\":\"2026-11-20T22:18:08Z\",\"OS-SRV-USG:launched_at\":null",
             &facts);
    assert_string_equal(facts.fault, "No valid host was found.");
    assert_int_equal(facts.launched, LAUNCHED_NEVER);
    assert_int_equal(facts.created_wall_ms, 1795213088000);
    read_one(&arena, ",\"OS-SRV-USG:launched_at\":\"2026-11-20T22:17:11.000000\"", &facts);
    assert_int_equal(facts.launched, LAUNCHED_ONCE);
}

/* What is no address in form does not get to tools that would take it as it is. */
static void test_addresses(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts;
    read_one(&arena,
             ",\"addresses\":{\"lab\":[{\"version\":4,\"addr\":\"10.0.0.4\",\"OS-EXT-IPS:type\":\"fixed\","
             "\"OS-EXT-IPS-MAC:mac_addr\":\"fa:16:3e:00:00:01\"},{\"addr\":\"203.0.113.9\","
             "\"OS-EXT-IPS:type\":\"floating\"},{\"addr\":\"x\\nHost *\"},{\"addr\":null},7],"
             "\"odd\":null,\"six\":[{\"addr\":\"2001:db8::4\"}]}",
             &facts);
    static const char *const rows[][3] = {
        {"10.0.0.4", "fixed", "lab"}, {"2001:db8::4", "fixed", "six"}, {"203.0.113.9", "floating", "lab"}};
    assert_true(facts.addresses_seen);
    assert_int_equal(facts.addresses.rows, 3);
    for (unsigned i = 0; i < 3; i++)
        for (unsigned k = 0; k < 3; k++)
            assert_string_equal(value_cell(facts.addresses, i, k), rows[i][k]);
    read_one(&arena, ",\"addresses\":{}", &facts);
    assert_true(facts.addresses_seen);
    assert_int_equal(facts.addresses.rows, 0);
    read_one(&arena, ",\"addresses\":null", &facts);
    assert_false(facts.addresses_seen);
}

/* What else stands beside the server is passed over; two servers are none. */
static void test_members_beside_it(void **state)
{
    (void)state;
    static const struct {
        const char *body;
        bool good;
    } rows[] = {{"{\"server\":{\"id\":\"i\"}}", true},
                {"{\"x\":{\"id\":\"j\"},\"server\":{\"id\":\"i\"},\"y\":[1]}", true},
                {"{\"server\":{\"id\":\"i\"},\"server\":{\"id\":\"i\"}}", false},
                {"{\"x\":{\"id\":\"j\"}}", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        AUTO_ARENA struct arena arena;
        struct facts facts;
        arena_init(&arena);
        assert_int_equal(server_read(rows[i].body, strlen(rows[i].body), &arena, &facts), rows[i].good);
        if (rows[i].good) assert_string_equal(facts.id, "i");
    }
}

/* The marker comes from the link, the host in it is of no interest. */
static void test_next_link(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct server_list list;
    static const char BODY[] = "{\"servers_links\":[{\"rel\":\"prev\",\"href\":\"x?marker=p\"},{\"href\":"
                               "\"https://evil.example/?limit=1&marker=b\",\"rel\":\"next\"}],"
                               "\"servers\":[{\"id\":\"a\"},{\"id\":\"b\"}]}";
    assert_true(servers_read(BODY, sizeof BODY - 1, &arena, &list));
    assert_int_equal(list.row.count, 2);
    assert_string_equal(list.next_marker, "b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mark),
        cmocka_unit_test(test_lines_and_tabs),
        cmocka_unit_test(test_broken_mark),
        cmocka_unit_test(test_nothing_but_an_id),
        cmocka_unit_test(test_absent_or_empty_is_unseen),
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_power_and_lock),
        cmocka_unit_test(test_fault_and_times),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_members_beside_it),
        cmocka_unit_test(test_next_link),
    };
    return UNIT_RUN(tests);
}
