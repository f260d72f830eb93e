#include "tests/unit/unit.h"

#include "providers/nova/nova.h"
#include "reconcile/base/cleanup.h"

static struct reply decode(struct arena *arena, const struct call *call, const struct http_response *response)
{
    static const struct cloud_config CLOUD = {.name = "test", .traits = &nova_openstack_traits};
    struct reply reply;
    nova_decode(&CLOUD, call, response, arena, &reply);
    return reply;
}

static void test_transport(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = {.kind = CALL_CREATE};
    struct http_response response = {.transport = TRANSPORT_BROKEN, .problem = "timed out after 30 s"};
    struct reply reply = decode(&arena, &call, &response);
    assert_int_equal(reply.kind, REPLY_TRANSPORT);
    assert_false(reply.not_sent);
    assert_int_equal(reply.http_status, 0);
    assert_string_equal(reply.message, "timed out after 30 s");
    response.transport = TRANSPORT_NOT_SENT;
    assert_true(decode(&arena, &call, &response).not_sent);
}

static void test_headers(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    const struct http_header headers[] = {{"X-Openstack-Request-Id", "req-o"},
                                          {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"},
                                          {"x-compute-request-id", "req-c"}};
    struct call call = {.kind = CALL_START, .provider_id = "i"};
    struct http_response response = {.status = 202, .headers = headers, .header_count = 3, .body = ""};
    struct reply reply = decode(&arena, &call, &response);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.http_status, 202);
    assert_string_equal(reply.request_id, "req-c");
    assert_int_equal(reply.date_wall_ms, 784111777000);
    response.header_count = 1;
    assert_string_equal(decode(&arena, &call, &response).request_id, "req-o");
}

/* The reply to a rename shows a server without its task: a state must not be read from it. */
static void test_rename_shows_no_facts(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char BODY[] = "{\"server\":{\"id\":\"i\",\"name\":\"n\",\"status\":\"ACTIVE\"}}";
    struct call call = {.kind = CALL_RENAME, .provider_id = "i"};
    struct http_response response = {.status = 200, .body = BODY, .body_size = sizeof BODY - 1};
    struct reply reply = decode(&arena, &call, &response);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 0);
}

static void test_created_id(void **state)
{
    (void)state;
    static const struct {
        const char *body, *id; /* NULL: not understood */
    } ROWS[] = {
        {"{\"server\":{\"id\":\"i-1\"}}", "i-1"},
        {"{\"server\":{\"id\":7}}", "7"},
        {"{\"server\":{\"id\":\"\"}}", NULL},
        {"{\"server\":[]}", NULL},
        {"{\"server\":{\"id\":\"01234567890123456789012345678901234567890123456789012345678901234\"}}",
         NULL}};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct call call = {.kind = CALL_CREATE};
        struct http_response response = {
            .status = 202, .body = ROWS[i].body, .body_size = strlen(ROWS[i].body)};
        struct reply reply = decode(&arena, &call, &response);
        assert_true(text_equal(reply.provider_id, ROWS[i].id));
        assert_int_equal(reply.kind, ROWS[i].id ? REPLY_OK : REPLY_OUTAGE);
    }
}

/* A marker that is not understood leads nowhere: that is no list, and what is wrong is said. */
static void test_the_same_page_again(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char BODY[] =
        "{\"servers\":[{\"id\":\"a\"}],\"servers_links\":[{\"rel\":\"next\",\"href\":\"x?marker=a\"}]}";
    struct call call = {.kind = CALL_LOOK, .look = LOOK_LIST};
    struct http_response response = {.status = 200, .body = BODY, .body_size = sizeof BODY - 1};
    struct reply reply = decode(&arena, &call, &response);
    assert_int_equal(reply.kind, REPLY_OK);
    assert_string_equal(reply.next_page, "a");
    call.page = "a";
    reply = decode(&arena, &call, &response);
    assert_int_not_equal(reply.kind, REPLY_OK);
    assert_string_equal(reply.message, "the cloud answers with the same page again, whatever the marker");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_transport), cmocka_unit_test(test_headers),
                                       cmocka_unit_test(test_the_same_page_again),
                                       cmocka_unit_test(test_rename_shows_no_facts),
                                       cmocka_unit_test(test_created_id)};
    return UNIT_RUN(tests);
}
