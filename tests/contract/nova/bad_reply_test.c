#include "tests/unit/unit.h"

#include "tests/contract/nova/exchange.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/prng.h"

/* Recorded bodies, spoiled: nothing is concluded from a reply that is not whole, and nothing crashes. */

static const char LIST[] = "recorded/055-servers-detail.http",
                  SHOW[] = "recorded/035-create-active-none.http",
                  FLAVORS[] = "recorded/010-flavors-detail.http";
static const char SHOWN_ID[] = "32fc27d3-879b-4fff-8e78-86d79915af94";

static struct reply decode(struct arena *arena, const struct call *call, int status, const char *body,
                           size_t size)
{
    struct cloud_config cloud = contract_cloud("nhn-v2");
    struct http_response response = {.status = status, .body = body, .body_size = size};
    struct reply reply;
    provider_by_name("nhn-v2")->decode(&cloud, call, &response, arena, &reply);
    return reply;
}

static void check_strange(const struct reply *reply)
{
    assert_int_equal(reply->kind, REPLY_OUTAGE);
    assert_true(strlen(reply->message) > 0);
    assert_int_equal(reply->server_count, 0);
    assert_int_equal(reply->entry_count, 0);
    assert_null(reply->next_page);
}

static struct call look(enum look_kind kind)
{
    return (struct call){.kind = CALL_LOOK,
                         .look = kind,
                         .provider_id = kind == LOOK_SERVER ? SHOWN_ID : NULL,
                         .catalogue = CATALOGUE_FLAVOR};
}

/* At every byte for the small ones; a list is long: every 7th. */
static void check_cuts(const char *file, enum look_kind kind, size_t stride)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct exchange exchange;
    exchange_read(&arena, file, &exchange);
    struct call call = look(kind);
    struct reply whole = decode(&arena, &call, 200, exchange.response.body, exchange.response.body_size);
    assert_int_equal(whole.kind, REPLY_OK);
    for (size_t size = 0; size < exchange.response.body_size; size += stride) {
        AUTO_ARENA struct arena scratch;
        arena_init(&scratch);
        char *cut = arena_bytes(&scratch, exchange.response.body, size);
        struct reply reply = decode(&scratch, &call, 200, cut, size);
        check_strange(&reply);
    }
}

static void test_cut_bodies(void **state)
{
    (void)state;
    check_cuts(LIST, LOOK_LIST, 7);
    check_cuts(SHOW, LOOK_SERVER, 1);
    check_cuts(FLAVORS, LOOK_CATALOGUE, 3);
}

enum { ROUNDS = 3000, SPOILED_MAX = 8 };

static void test_spoiled_bytes(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct exchange exchange;
    exchange_read(&arena, SHOW, &exchange);
    struct call call = look(LOOK_SERVER);
    struct prng prng;
    const uint8_t seed[32] = "spoiled bytes of a server object";
    prng_init(&prng, seed);
    unsigned refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
        AUTO_ARENA struct arena scratch;
        arena_init(&scratch);
        char *body = arena_bytes(&scratch, exchange.response.body, exchange.response.body_size);
        for (uint64_t n = 1 + prng_below(&prng, SPOILED_MAX); n > 0; n--)
            body[prng_below(&prng, exchange.response.body_size)] = (char)prng_below(&prng, 256);
        struct reply reply = decode(&scratch, &call, 200, body, exchange.response.body_size);
        refused += reply.kind != REPLY_OK;
        if (reply.kind == REPLY_OK) assert_string_equal(reply.servers[0].id, SHOWN_ID);
    }
    assert_true(refused > ROUNDS / 10 && refused < ROUNDS);
}

static const char *const STRANGE_LISTS[] = {
    "",
    "   ",
    "null",
    "[]",
    "{}",
    "\"servers\"",
    "<html><body>502 Bad Gateway</body></html>",
    "{\"servers\": {}}",
    "{\"servers\": null}",
    "{\"servers\": [1]}",
    "{\"servers\": [{}]}",
    "{\"servers\": [{\"id\": null}]}",
    "{\"servers\": [{\"id\": \"\"}]}",
    "{\"servers\": [{\"id\": [\"a\"]}]}",
    "{\"servers\": [{\"id\": \"a\"}, {\"name\": \"b\"}]}",
    "{\"servers\": [{\"id\": \"a\"}]} trailing",
    "{\"servers\": [{\"id\": \"a\"}],}",
    "{\"servers\": [{\"id\": \"a\"} {\"id\": \"b\"}]}",
    "{\"servers\": [{\"id\": \"a\"}], \"servers\": []}",
    "{\"servers\": [{\"id\": \"a\", \"addresses\": {\"x\": [}]}]}",
    "{\"servers\": [{\"id\": nonsense}]}",
    "{\"servers\": [{\"id\": \"a\"}], \"servers_links\": [{\"rel\": \"next\", \"href\": "
    "\"http://h/?page=2\"}]}",
    "{\"servers\": [{\"id\": \"a\"}], \"servers_links\": [{\"rel\": \"next\"}]}",
    "{\"servers\": [{\"id\": \"01234567890123456789012345678901234567890123456789012345678901234\"}]}",
};

static void test_strange_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof STRANGE_LISTS / sizeof STRANGE_LISTS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct call call = look(LOOK_LIST);
        struct reply reply = decode(&arena, &call, 200, STRANGE_LISTS[i], strlen(STRANGE_LISTS[i]));
        check_strange(&reply);
    }
}

/* Numbers as texts, texts as numbers, booleans as numbers, unknown words, wrong types where nothing depends
   on it. */
static void test_lenient(void **state)
{
    (void)state;
    static const char BODY[] =
        "{\"server\": {\"id\": 17, \"name\": 5, \"status\": \"Verify_Resize\", \"OS-EXT-STS:power_state\": "
        "\"4\","
        "\"locked\": 1, \"flavor\": \"f1\", \"image\": {\"id\": 9}, \"metadata\": {\"a\": 1, \"b\": null, "
        "\"c\": {}},"
        "\"security_groups\": [\"x\", {\"name\": \"x\"}, 7, null, {}], \"created\": \"yesterday\", "
        "\"fault\": [],"
        "\"OS-SRV-USG:launched_at\": \"\", \"addresses\": 3, \"os-extended-volumes:volumes_attached\": null,"
        "\"new\": {\"deep\": [[[{}]]]}, \"key_name\": null}}";
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = look(LOOK_SERVER);
    call.provider_id = "17";
    struct reply reply = decode(&arena, &call, 200, BODY, sizeof BODY - 1);
    assert_int_equal(reply.kind, REPLY_OK);
    const struct facts *facts = reply.servers;
    assert_string_equal(facts->name, "5");
    assert_int_equal(facts->phase, PHASE_CONFIRM_RESIZE);
    assert_int_equal(facts->rests, PHASE_STOPPED);
    assert_true(facts->locked);
    assert_string_equal(value_scalar(facts->values[FIELD_FLAVOR]), "f1");
    assert_string_equal(value_scalar(facts->values[FIELD_IMAGE]), "9");
    assert_string_equal(value_find(facts->values[FIELD_METADATA], "a"), "1");
    assert_string_equal(value_find(facts->values[FIELD_METADATA], "b"), "");
    assert_int_equal(facts->values[FIELD_SECURITY_GROUPS].rows, 2);
    assert_int_equal(facts->created_wall_ms, -1);
    assert_int_equal(facts->launched, LAUNCHED_UNKNOWN);
    assert_string_equal(facts->fault, "");
    assert_false(facts->seen & FIELD_BIT(FIELD_VOLUMES));
    assert_true(facts->seen & FIELD_BIT(FIELD_KEYPAIR));
    assert_string_equal(value_scalar(facts->values[FIELD_KEYPAIR]), "");
}

static void test_unknown_status(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = look(LOOK_LIST);
    static const char BODY[] = "{\"servers\": [{\"id\": \"a\", \"status\": \"FROZEN\x1b[2J\", "
                               "\"OS-EXT-STS:task_state\": \"thawing\"}, {\"id\": \"b\"}]}";
    struct reply reply = decode(&arena, &call, 200, BODY, sizeof BODY - 1);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 2);
    assert_int_equal(reply.servers[0].phase, PHASE_UNKNOWN);
    assert_string_equal(reply.servers[0].status, "FROZEN [2J (thawing)");
    assert_int_equal(reply.servers[1].phase, PHASE_UNKNOWN);
    assert_string_equal(reply.servers[1].status, "");
    assert_int_equal(reply.servers[1].seen, 0);
}

enum { HUGE_FIELD = 10 << 20, KEPT_MAX = 2048 };

static void test_huge_fields(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text body;
    arena_init(&arena);
    text_init(&body, 3 * HUGE_FIELD);
    text_add(&body, "{\"server\": {\"id\": \"a\", \"name\": \"");
    for (int i = 0; i < HUGE_FIELD / 4; i++)
        text_add(&body, "\xED\x95\x9C\\n");
    text_add(&body, "\", \"metadata\": {\"");
    for (int i = 0; i < HUGE_FIELD; i++)
        text_add_char(&body, 'k');
    text_add(&body, "\": \"v\"}, \"status\": \"ACTIVE\"}}");
    struct call call = look(LOOK_SERVER);
    call.provider_id = "a";
    struct reply reply = decode(&arena, &call, 200, body.bytes, body.length);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.servers->phase, PHASE_RUNNING);
    assert_true(strlen(reply.servers->name) < KEPT_MAX);
    assert_int_equal(memcmp(reply.servers->name, "\xED\x95\x9C\n\xED", 5), 0); /* as it is, and cut */
    assert_true(arena.used < HUGE_FIELD / 100);
}

static void test_too_many_rows(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text body;
    arena_init(&arena);
    text_init(&body, HUGE_FIELD);
    text_add(&body, "{\"server\": {\"id\": \"a\", \"metadata\": {\"k\": \"v\"");
    for (int i = 0; i < 100000; i++)
        text_addf(&body, ", \"k%d\": \"v\"", i);
    text_add(&body, "}, \"status\": \"ACTIVE\"}}");
    struct call call = look(LOOK_SERVER);
    call.provider_id = "a";
    struct reply reply = decode(&arena, &call, 200, body.bytes, body.length);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_false(reply.servers->seen & FIELD_BIT(FIELD_METADATA));
    assert_true(reply.servers->seen & FIELD_BIT(FIELD_POWER));
}

static void test_depth(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text body;
    arena_init(&arena);
    text_init(&body, HUGE_FIELD);
    text_add(&body, "{\"servers\": [], \"deep\": ");
    for (int i = 0; i < 90000; i++)
        text_add_char(&body, '[');
    struct call call = look(LOOK_LIST);
    struct reply reply = decode(&arena, &call, 200, body.bytes, body.length);
    check_strange(&reply);
    call = look(LOOK_CATALOGUE);
    reply = decode(&arena, &call, 200, body.bytes, body.length);
    check_strange(&reply);
}

static void test_other_server(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = look(LOOK_SERVER);
    static const char BODY[] = "{\"server\": {\"id\": \"other\", \"status\": \"ACTIVE\"}}";
    struct reply reply = decode(&arena, &call, 200, BODY, sizeof BODY - 1);
    check_strange(&reply);
}

static void test_same_page_again(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char BODY[] = "{\"servers\": [{\"id\": \"a\"}], \"servers_links\": [{\"rel\": \"next\", "
                               "\"href\": \"http://elsewhere/?marker=a\"}]}";
    struct call call = look(LOOK_LIST);
    struct reply reply = decode(&arena, &call, 200, BODY, sizeof BODY - 1);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_string_equal(reply.next_page, "a");
    call.page = "a";
    reply = decode(&arena, &call, 200, BODY, sizeof BODY - 1);
    check_strange(&reply);
}

/* Without a link: a page of the asked size is not the last. */
static void test_full_page(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    AUTO_TEXT struct text body;
    arena_init(&arena);
    text_init(&body, HUGE_FIELD);
    unsigned page = provider_by_name("nhn-v2")->traits->list_page;
    text_add(&body, "{\"servers\": [{\"id\": \"s0\"}");
    for (unsigned i = 1; i < page; i++)
        text_addf(&body, ", {\"id\": \"s%u\"}", i);
    text_add(&body, "]}");
    struct call call = look(LOOK_LIST);
    struct reply reply = decode(&arena, &call, 200, body.bytes, body.length);
    assert_int_equal(reply.server_count, page);
    assert_string_equal(reply.next_page, arena_printf(&arena, "s%u", page - 1));
}

struct capped_row {
    const char *provider, *body, *page;
    enum look_kind look;
    const char *next; /* NULL: the list is whole */
};

/* NHN documents no link and may cap pages below what is asked: a list has ended when nothing new comes,
   however the marker is taken. Where a page that is not the last has a link, a short one is the last. */
static void test_short_page(void **state)
{
    (void)state;
    static const char TWO[] = "{\"servers\": [{\"id\": \"a\"}, {\"id\": \"b\"}]}";
    static const char THREE[] = "{\"servers\": [{\"id\": \"b\"}, {\"id\": \"c\"}, {\"id\": \"d\"}]}";
    static const char LAST[] = "{\"servers\": [{\"id\": \"d\"}]}", NONE[] = "{\"servers\": []}";
    static const struct capped_row ROWS[] = {
        {"nhn-v2", TWO, NULL, LOOK_LIST, "b"},     {"nhn-v2", THREE, "b", LOOK_LIST, "d"},
        {"nhn-v2", NONE, "d", LOOK_LIST, NULL},    {"nhn-v2", LAST, "d", LOOK_LIST, NULL},
        {"nhn-v2", TWO, "b", LOOK_LIST, NULL},     {"nhn-v2", NONE, NULL, LOOK_LIST, NULL},
        {"openstack", TWO, NULL, LOOK_LIST, NULL}, {"nhn-v2", TWO, NULL, LOOK_CHANGES, NULL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct cloud_config cloud = {.name = "c", .traits = provider_by_name(ROWS[i].provider)->traits};
        struct call call = look(ROWS[i].look);
        call.page = ROWS[i].page;
        struct http_response response = {
            .status = 200, .body = ROWS[i].body, .body_size = strlen(ROWS[i].body)};
        struct reply reply;
        provider_by_name(ROWS[i].provider)->decode(&cloud, &call, &response, &arena, &reply);
        assert_int_equal(reply.kind, REPLY_OK);
        if (!text_equal(reply.next_page, ROWS[i].next)) fail_msg("row %zu: %s", i, reply.next_page);
    }
}

static void test_mutating_replies(void **state)
{
    (void)state;
    static const struct {
        enum call_kind call;
        int status;
        const char *body;
        enum reply_kind kind;
    } ROWS[] = {
        {CALL_STOP, 202, "", REPLY_OK},
        {CALL_STOP, 202, "<html>proxy</html>", REPLY_OUTAGE},
        {CALL_DELETE, 204, "", REPLY_OK},
        {CALL_CREATE, 202, "", REPLY_OUTAGE},
        {CALL_CREATE, 202, "{\"server\": {}}", REPLY_OUTAGE},
        {CALL_CREATE, 202, "{\"reservation_id\": \"r-1\"}", REPLY_OUTAGE},
        {CALL_CREATE, 504, "<html>gateway time-out</html>", REPLY_OUTAGE},
        {CALL_CREATE, 404, "<html>not here</html>", REPLY_INVALID},
        {CALL_DELETE, 404, "<html>not here</html>", REPLY_OUTAGE},
        {CALL_DELETE, 404, "{\"itemNotFound\": {\"message\": \"gone\", \"code\": 404}}", REPLY_ABSENT},
        {CALL_DELETE, 301, "", REPLY_INVALID},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct call call = {.kind = ROWS[i].call, .provider_id = ROWS[i].call == CALL_CREATE ? NULL : "a"};
        struct reply reply = decode(&arena, &call, ROWS[i].status, ROWS[i].body, strlen(ROWS[i].body));
        if (reply.kind != ROWS[i].kind) fail_msg("row %zu: %s", i, reply_kind_name(reply.kind));
        assert_null(reply.provider_id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_bodies),       cmocka_unit_test(test_spoiled_bytes),
        cmocka_unit_test(test_strange_lists),    cmocka_unit_test(test_lenient),
        cmocka_unit_test(test_unknown_status),   cmocka_unit_test(test_huge_fields),
        cmocka_unit_test(test_too_many_rows),    cmocka_unit_test(test_depth),
        cmocka_unit_test(test_other_server),     cmocka_unit_test(test_same_page_again),
        cmocka_unit_test(test_full_page),        cmocka_unit_test(test_short_page),
        cmocka_unit_test(test_mutating_replies),
    };
    return UNIT_RUN(tests);
}
