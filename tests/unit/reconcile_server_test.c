#include "tests/unit/unit.h"

#include <stdio.h>

#include "tests/unit/reconcile_rig.h"

static void servers_are_found_by_id(void **state)
{
    (void)state;
    struct servers servers = {.by_id = NULL};
    char id[8];
    for (unsigned i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "s%u", i * 37 % 100);
        servers_add(&servers, id, 0);
    }
    assert_int_equal(servers.count, 100);
    for (unsigned i = 0; i < 100; i++) {
        snprintf(id, sizeof id, "s%u", i);
        assert_string_equal(servers_find(&servers, id)->facts.id, id);
    }
    assert_null(servers_find(&servers, "s"));
    servers_remove(&servers, servers_find(&servers, "s50"));
    assert_null(servers_find(&servers, "s50"));
    assert_int_equal(servers.count, 99);
    servers_release(&servers);
}

/* A list comes in the same order as the last: what came behind each is kept, and a guess that is wrong is no
   harm. */
static void a_walk_learns_its_order(void **state)
{
    (void)state;
    struct servers servers = {.by_id = NULL};
    static const char *const walks[][4] = {
        {"c", "a", "d", "b"}, {"c", "a", "d", "b"}, {"a", "b", "c", "d"}, {"d", "d", "a", "c"}};
    for (char id[] = "a"; id[0] <= 'd'; id[0]++)
        servers_add(&servers, id, 0);
    for (unsigned i = 0; i < sizeof walks / sizeof *walks; i++)
        for (unsigned k = 0; k < 4; k++) {
            struct server *server = servers_find_next(&servers, walks[i][k]);
            assert_string_equal(server->facts.id, walks[i][k]);
            assert_ptr_equal(servers.by_id[servers.walked], server);
            if (k == 0) continue;
            const struct server *before = servers_find(&servers, walks[i][k - 1]);
            if (before != server) assert_ptr_equal(servers.by_id[before->follower], server);
        }
    assert_null(servers_find_next(&servers, "e"));
    servers_remove(&servers, servers_find(&servers, "a"));
    assert_null(servers_find_next(&servers, "a"));
    assert_string_equal(servers_find_next(&servers, "d")->facts.id, "d");
    servers_release(&servers);
}

static void take(struct rig *rig, const char *id, const char *name, enum phase phase)
{
    struct servers *servers = &rig->cloud->servers;
    struct server *server = servers_find(servers, id);
    if (!server) server = servers_add(servers, id, RIG_BOOT_MS);
    struct facts facts = rig_facts(rig, id, name, phase);
    server_take_facts(servers, server, &facts, RIG_BOOT_MS);
}

/* "Is this name taken" must stay right whatever is added, renamed and removed after the first question. */
static void names_are_kept_up_to_date(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct servers *servers = &rig.cloud->servers;
    take(&rig, "s2", "web", PHASE_RUNNING);
    assert_string_equal(servers_named(servers, "web", NULL)->facts.id, "s2");
    assert_null(servers_named(servers, "we", NULL));
    take(&rig, "s1", "web", PHASE_RUNNING);
    assert_string_equal(servers_named(servers, "web", NULL)->facts.id, "s1");
    take(&rig, "s1", "db", PHASE_RUNNING);
    assert_string_equal(servers_named(servers, "web", NULL)->facts.id, "s2");
    assert_string_equal(servers_named(servers, "db", NULL)->facts.id, "s1");
    servers_remove(servers, servers_find(servers, "s2"));
    assert_null(servers_named(servers, "web", NULL));
    take(&rig, "s1", "db", PHASE_GONE);
    assert_null(servers_named(servers, "db", NULL));
    rig_close(&rig);
}

static void an_object_does_not_take_its_own_name(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = rig_object(&rig, rig_spec(&rig, "web"));
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    rig_server(&rig, &facts, object);
    assert_null(servers_named(&rig.cloud->servers, "web", object));
    assert_non_null(servers_named(&rig.cloud->servers, "web", NULL));
    rig_close(&rig);
}

static void a_poorer_reply_takes_nothing_away(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_ERROR);
    facts.fault = "disk on fire";
    facts.launched = LAUNCHED_ONCE;
    struct server *server = rig_server(&rig, &facts, rig_object(&rig, rig_spec(&rig, "web")));
    struct facts row = {
        .id = "s1", .name = "web", .status = "ERROR", .phase = PHASE_ERROR, .rests = PHASE_ERROR};
    row.created_wall_ms = facts.created_wall_ms;
    server_take_facts(&rig.cloud->servers, server, &row, RIG_BOOT_MS + 1);
    assert_string_equal(server->facts.fault, "disk on fire");
    assert_int_equal(server->facts.launched, LAUNCHED_ONCE);
    assert_true((server->facts.seen & FIELD_BIT(FIELD_SECURITY_GROUPS)) != 0);
    assert_true(value_has(server->facts.values[FIELD_SECURITY_GROUPS], "default"));
    row.phase = row.rests = PHASE_RUNNING;
    row.status = "ACTIVE";
    server_take_facts(&rig.cloud->servers, server, &row, RIG_BOOT_MS + 2);
    assert_string_equal(server->facts.fault, "");
    assert_int_equal(server->phase_since_ms, RIG_BOOT_MS + 2);
    rig_close(&rig);
}

static void every_fact_is_news(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts base = rig_facts(&rig, "s1", "web", PHASE_RUNNING), facts;
    struct server *server = rig_server(&rig, &base, rig_object(&rig, rig_spec(&rig, "web")));
    struct servers *servers = &rig.cloud->servers;
    assert_false(server_take_facts(servers, server, &base, RIG_BOOT_MS + 1));
#define NEWS(change)                                                                                         \
    facts = base;                                                                                            \
    change;                                                                                                  \
    assert_true(server_take_facts(servers, server, &facts, RIG_BOOT_MS + 1));                                \
    assert_true(server_take_facts(servers, server, &base, RIG_BOOT_MS + 1))
    NEWS(facts.name = "www");
    NEWS(facts.status = "ACTIVE (powering-off)");
    NEWS(facts.phase = PHASE_BUSY);
    NEWS(facts.rests = PHASE_STOPPED);
    NEWS(facts.fault = "x");
    NEWS(facts.locked = true);
    NEWS(facts.created_wall_ms++);
    NEWS(facts.values[FIELD_FLAVOR] = value_of_scalar(&rig.arena, "f2"));
    NEWS(facts.values[FIELD_SECURITY_GROUPS] = RIG_SET(&rig, "db"));
    NEWS(facts.values[FIELD_SECURITY_GROUPS] = RIG_SET(&rig, "default", "v1"));
    NEWS(facts.values[FIELD_METADATA] = RIG_MAP(&rig, "a", "b"));
    NEWS(facts.marked = true);
    NEWS(facts.marked = true; facts.mark.protect = true);
    NEWS(facts.marked = true; facts.mark.parts = 1);
    NEWS(facts.marked = true; facts.mark.owner[0] = 'x');
    base.values[FIELD_SECURITY_GROUPS] = RIG_SET(&rig, "default", "v1"); /* the same words, but elsewhere */
    server_take_facts(servers, server, &base, RIG_BOOT_MS + 1);
    NEWS(facts.values[FIELD_SECURITY_GROUPS] = RIG_SET(&rig, "default");
         facts.values[FIELD_VOLUMES] = RIG_SET(&rig, "v1"));
    rig_close(&rig);
}

/* Most of a large project is not ours: its values are kept only while somebody wants to see them. */
static void strangers_are_kept_whole_on_demand(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    static const char *const cells[] = {"10.0.0.4", "fixed", "net"};
    struct servers *servers = &rig.cloud->servers;
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING), poor = facts;
    facts.addresses_seen = true;
    facts.addresses = rig_cells(&rig, 3, 1, cells);
    struct server *server = rig_server(&rig, &facts, NULL);
    assert_int_equal(server->facts.seen, 0);
    assert_false(server->facts.addresses_seen);
    servers->whole = true;
    assert_false(server_take_facts(servers, server, &facts, 0)); /* nothing new to anybody */
    assert_int_equal(server->facts.seen, facts.seen);
    assert_string_equal(value_scalar(server->facts.addresses), "10.0.0.4");
    server_take_facts(servers, server, &poor, 0);
    assert_string_equal(value_scalar(server->facts.addresses), "10.0.0.4");
    static const char *const moved[] = {"10.0.0.5", "fixed", "net"};
    poor.addresses_seen = true;
    poor.addresses = rig_cells(&rig, 3, 1, moved);
    assert_true(server_take_facts(servers, server, &poor, 0));
    assert_true(server_take_facts(servers, server, &facts, 0));
    servers->whole = false;
    assert_false(server_take_facts(servers, server, &facts, 0));
    assert_int_equal(server->facts.seen, 0);
    assert_false(server->facts.addresses_seen);
    rig_close(&rig);
}

static void all_of_a_name_are_found(void **state)
{
    (void)state;
    struct rig rig;
    uint32_t count;
    rig_open(&rig, "nhn-v2");
    struct servers *servers = &rig.cloud->servers;
    servers_of_name(servers, "web", &count);
    assert_int_equal(count, 0);
    take(&rig, "s3", "web", PHASE_RUNNING);
    take(&rig, "s1", "web", PHASE_RUNNING);
    take(&rig, "s2", "wea", PHASE_RUNNING);
    take(&rig, "s4", "wec", PHASE_RUNNING);
    struct server *const *row = servers_of_name(servers, "web", &count);
    assert_int_equal(count, 2);
    assert_string_equal(row[0]->facts.id, "s1");
    assert_string_equal(row[1]->facts.id, "s3");
    servers_of_name(servers, "wed", &count);
    assert_int_equal(count, 0);
    rig_close(&rig);
}

/* What is in a recycle bin, or failed to come into being, holds no name. */
static void what_is_as_good_as_gone_holds_no_name(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct servers *servers = &rig.cloud->servers;
    take(&rig, "s1", "web", PHASE_STOPPED);
    struct server *server = servers_find(servers, "s1");
    server->binned_ms = 1;
    assert_int_equal(server_phase(server), PHASE_GONE);
    assert_null(servers_named(servers, "web", NULL));
    server->binned_ms = 0;
    assert_int_equal(server_phase(server), PHASE_STOPPED);
    assert_non_null(servers_named(servers, "web", NULL));
    server->stillborn = true;
    assert_null(servers_named(servers, "web", NULL));
    rig_close(&rig);
}

static void open_is_what_ends_by_itself(void **state)
{
    (void)state;
    struct server server = {.facts.phase = PHASE_BUSY};
    assert_true(server_is_open(&server));
    server.facts.phase = PHASE_RUNNING;
    assert_false(server_is_open(&server));
    server.facts.phase = PHASE_GONE;
    assert_false(server_is_open(&server));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(servers_are_found_by_id),
        cmocka_unit_test(a_walk_learns_its_order),
        cmocka_unit_test(names_are_kept_up_to_date),
        cmocka_unit_test(an_object_does_not_take_its_own_name),
        cmocka_unit_test(a_poorer_reply_takes_nothing_away),
        cmocka_unit_test(every_fact_is_news),
        cmocka_unit_test(strangers_are_kept_whole_on_demand),
        cmocka_unit_test(all_of_a_name_are_found),
        cmocka_unit_test(what_is_as_good_as_gone_holds_no_name),
        cmocka_unit_test(open_is_what_ends_by_itself),
    };
    return UNIT_RUN(tests);
}
