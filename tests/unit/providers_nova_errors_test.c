#include "tests/unit/unit.h"

#include "providers/nova/nova.h"
#include "reconcile/base/cleanup.h"

/* Replies that nobody could record: other clouds, quotas, limits, gateways. The recorded ones are in
   tests/contract/nova/. */
static const struct {
    int status;
    const char *key, *message;
    enum reply_kind kind;
} ROWS[] = {
    {403, "forbidden", "Quota exceeded for cores: Requested 4, but already used 20 of 20 cores", REPLY_QUOTA},
    {413, "overLimit", "Quota exceeded for instances: Requested 1", REPLY_QUOTA},
    {403, "forbidden", "Maximum number of ports exceeded", REPLY_QUOTA},
    {403, "forbidden", "VolumeSizeExceedsAvailableQuota: Requested volume", REPLY_QUOTA},
    {403, "forbidden", "Maximum number of metadata items exceeds 128", REPLY_INVALID},
    {403, "forbidden", "Policy doesn't allow it", REPLY_DENIED},
    {400, "badRequest", "No valid host was found. There are not enough hosts available.", REPLY_CAPACITY},
    {409, "conflictingRequest", "NO VALID HOST was found", REPLY_CAPACITY},
    {400, "badRequest", "No fixed IP addresses available for network: x", REPLY_CAPACITY},
    {500, "computeFault", "No valid host was found", REPLY_OUTAGE},
    {400, "badRequest", "Missing Block Device Mapping attribute", REPLY_INVALID},
    {422, "unprocessableEntity", "no", REPLY_INVALID},
    {405, "badMethod", "no", REPLY_INVALID},
    {406, "x", "Version 2.99 is not supported", REPLY_INVALID},
    {501, "notImplemented", "not here", REPLY_INVALID},
    {409, "conflictingRequest", "Cannot 'stop' instance x while it is in task_state powering-off",
     REPLY_CONFLICT},
    {409, "conflictingRequest", "Multiple possible networks found, use a Network ID to be more specific.",
     REPLY_INVALID},
    {409, "conflictingRequest", "Multiple security_group matches found for name 'x'", REPLY_INVALID},
    {409, "conflictingRequest", "Instance x is locked", REPLY_DENIED},
    {413, "overLimit", "Request is too large.", REPLY_INVALID},
    {413, "overLimit", "This request was rate-limited.", REPLY_THROTTLED},
    {429, "overLimit", "This request was rate-limited.", REPLY_THROTTLED},
    {401, "error", "The request you have made requires authentication.", REPLY_AUTH},
    {404, "itemNotFound", "Instance x could not be found.", REPLY_ABSENT},
    {404, "itemNotFound", "Metadata item was not found", REPLY_CONFLICT},
    {404, "itemNotFound", "Volume x could not be found.", REPLY_INVALID},
    {408, "x", "too slow", REPLY_OUTAGE},
    {503, "serviceUnavailable", "later", REPLY_OUTAGE},
    {504, "x", "quota service is away", REPLY_OUTAGE},
};

static struct reply decode(struct arena *arena, const struct call *call, int status, const char *body)
{
    struct http_response response = {.status = status, .body = body, .body_size = strlen(body)};
    struct reply reply = {.message = ""};
    error_decode(call, &response, arena, &reply);
    return reply;
}

static void test_rows(void **state)
{
    (void)state;
    struct call call = {.kind = CALL_RESIZE, .provider_id = "x"};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        const char *body = arena_printf(&arena, "{\"%s\": {\"code\": %d, \"message\": \"%s\"}}", ROWS[i].key,
                                        ROWS[i].status, ROWS[i].message);
        struct reply reply = decode(&arena, &call, ROWS[i].status, body);
        if (reply.kind != ROWS[i].kind) fail_msg("%s: %s", ROWS[i].message, reply_kind_name(reply.kind));
        assert_string_equal(reply.message, ROWS[i].message);
    }
}

static void test_shapes(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = {.kind = CALL_LOOK, .look = LOOK_CATALOGUE};
    struct reply reply =
        decode(&arena, &call, 400, "{\"NeutronError\": {\"type\": \"BadRequest\", \"message\": \"a\"}}");
    assert_string_equal(reply.message, "a");
    reply = decode(&arena, &call, 400, "{\"code\": \"400 Bad Request\", \"message\": \" b\\n\"}");
    assert_string_equal(reply.message, "b");
    reply = decode(&arena, &call, 400, "{\"badRequest\": \"text\"}");
    assert_int_equal(reply.kind, REPLY_INVALID);
    assert_string_equal(reply.message, "HTTP 400 with JSON that is broken or not what the API promises");
    reply = decode(&arena, &call, 429, "");
    assert_int_equal(reply.kind, REPLY_THROTTLED);
    reply = decode(&arena, &call, 404, "{\"itemNotFound\": {\"message\": \"no such path\"}}");
    assert_int_equal(reply.kind, REPLY_INVALID);
}

static void test_retry_after_in_body(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = {.kind = CALL_START, .provider_id = "x"};
    struct reply reply =
        decode(&arena, &call, 413, "{\"overLimit\": {\"message\": \"slow\", \"retryAfter\": \"12\"}}");
    assert_int_equal(reply.kind, REPLY_THROTTLED);
    assert_int_equal(reply.retry_after_ms, 12000);
    reply = decode(&arena, &call, 429, "{\"overLimit\": {\"message\": \"slow\", \"retryAfter\": 0}}");
    assert_int_equal(reply.retry_after_ms, 1000);
    reply = decode(&arena, &call, 429, "{\"overLimit\": {\"message\": \"slow\", \"retryAfter\": 1e9}}");
    assert_int_equal(reply.retry_after_ms, 0);
}

static void test_redirect(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    const struct http_header headers[] = {{"location", "https://other.example/v2"}};
    struct http_response response = {
        .status = 302, .headers = headers, .header_count = 1, .body = "", .body_size = 0};
    struct call call = {.kind = CALL_LOOK, .look = LOOK_LIST};
    struct reply reply = {.message = ""};
    error_decode(&call, &response, &arena, &reply);
    assert_int_equal(reply.kind, REPLY_INVALID);
    assert_non_null(strstr(reply.message, "redirects to https://other.example/v2"));
}

static const char *message_for(struct arena *arena, const char *user_data, const char *message)
{
    struct create_order *order = ARENA_NEW(arena, struct create_order);
    order->name = "x";
    order->given = FIELD_BIT(FIELD_USER_DATA);
    order->values[FIELD_USER_DATA] = value_of_scalar(arena, user_data);
    struct call call = {.kind = CALL_CREATE, .create = order};
    return decode(arena, &call, 400, arena_printf(arena, "{\"badRequest\": {\"message\": \"%s\"}}", message))
        .message;
}

static void test_user_data_is_not_repeated(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    static const char SECRET[] = "I2Nsb3VkLWNvbmZpZwpwYXNzd29yZDogaHVudGVyMgo=";
    const char *message =
        message_for(&arena, SECRET,
                    arena_printf(&arena, "Invalid input for field/attribute user_data. Value: %s. '%s' is",
                                 SECRET, SECRET));
    assert_null(strstr(message, "I2Nsb3Vk"));
    assert_true(text_starts(message, "Invalid input for field/attribute user_data."));
    message = message_for(&arena, SECRET, "broken near 3VkLWNvbmZpZwpwYXNz of the data");
    assert_null(strstr(message, "VkLWNvbm"));
    message = message_for(&arena, "c2VjcmV0", "Value 'c2VjcmV0' is bad");
    assert_null(strstr(message, "c2VjcmV0"));
    message = message_for(&arena, SECRET, "Flavor nope could not be found.");
    assert_string_equal(message, "Flavor nope could not be found.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows), cmocka_unit_test(test_shapes), cmocka_unit_test(test_redirect),
        cmocka_unit_test(test_retry_after_in_body), cmocka_unit_test(test_user_data_is_not_repeated)};
    return UNIT_RUN(tests);
}
