#include "tests/unit/unit.h"

#include "tests/contract/kakaocloud/support.h"

#include "reconcile/base/cleanup.h"

#define SHOWING                                                                                              \
    {                                                                                                        \
        .kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = INSTANCE                                      \
    }
#define STARTING                                                                                             \
    {                                                                                                        \
        .kind = CALL_START, .provider_id = INSTANCE                                                          \
    }
#define GROUPING                                                                                             \
    {                                                                                                        \
        .kind = CALL_ADD_SECURITY_GROUP, .provider_id = INSTANCE, .argument = "db"                           \
    }
#define RESIZING                                                                                             \
    {                                                                                                        \
        .kind = CALL_RESIZE, .provider_id = INSTANCE, .argument = FLAVOR                                     \
    }
#define CREATING                                                                                             \
    {                                                                                                        \
        .kind = CALL_CREATE                                                                                  \
    }
#define LISTING                                                                                              \
    {                                                                                                        \
        .kind = CALL_LOOK, .look = LOOK_LIST                                                                 \
    }
#define SAYS(words) "{\"error\":{\"code\":\"X\",\"message\":\"" words "\"}}"

static const struct {
    struct call call;
    int status;
    const char *body;
    enum reply_kind kind;
} CASES[] = {
    {STARTING, 401, SAYS("Unauthorized"), REPLY_AUTH},
    {STARTING, 403, SAYS("Forbidden"), REPLY_DENIED},
    /* a wrong state: 409, or 400 */
    {STARTING, 409, SAYS("wrong state"), REPLY_CONFLICT},
    {STARTING, 400, SAYS("Bad request"), REPLY_CONFLICT},
    {STARTING, 422, SAYS("no"), REPLY_INVALID},
    {RESIZING, 400, SAYS("Cannot 'resize' instance while its status is active"), REPLY_CONFLICT},
    {RESIZING, 400, SAYS("flavor_id: value is not a valid uuid"), REPLY_INVALID},
    {RESIZING, 404, SAYS("Flavor could not be found"), REPLY_INVALID},
    /* 404: the instance, or what the call names, or nothing of the API's */
    {SHOWING, 404, SAYS("Instance could not be found"), REPLY_ABSENT},
    {STARTING, 404, SAYS("not found"), REPLY_ABSENT},
    {STARTING, 404, "{\"error\":{\"code\":404,\"message\":\"Resource Not Found\"}}", REPLY_ABSENT},
    {SHOWING, 404, "{\"detail\":\"Not Found\"}", REPLY_OUTAGE},
    {SHOWING, 404, "{\"detail\":\"Instance " INSTANCE " not found\"}", REPLY_ABSENT},
    {SHOWING, 404, "<html>404</html>", REPLY_OUTAGE},
    {SHOWING, 404, "", REPLY_OUTAGE},
    {LISTING, 404, SAYS("no such thing"), REPLY_INVALID},
    {CREATING, 404, SAYS("Subnet could not be found"), REPLY_INVALID},
    {GROUPING, 404, SAYS("Security group could not be found"), REPLY_INVALID},
    {GROUPING, 404, SAYS("Network interface could not be found"), REPLY_INVALID},
    {GROUPING, 409, SAYS("already attached"), REPLY_CONFLICT},
    {GROUPING, 400, SAYS("Security group is already attached"), REPLY_CONFLICT},
    /* the quota's error is not known */
    {CREATING, 403, SAYS("Quota exceeded for instances"), REPLY_QUOTA},
    {CREATING, 409, SAYS("quota exceeded"), REPLY_QUOTA},
    {CREATING, 400, SAYS("instance limit exceeded"), REPLY_QUOTA},
    {CREATING, 400, SAYS("No valid host was found"), REPLY_CAPACITY},
    {CREATING, 409, SAYS("insufficient capacity in kr-central-2-a"), REPLY_CAPACITY},
    {CREATING, 400, SAYS("name: too short"), REPLY_INVALID},
    {LISTING, 429, "", REPLY_THROTTLED},
    {LISTING, 429, SAYS("slow down"), REPLY_THROTTLED},
    {LISTING, 500, SAYS("boom"), REPLY_OUTAGE},
    {CREATING, 500, SAYS("quota"), REPLY_OUTAGE}, /* over 499 the outcome is unknown whatever it says */
    {LISTING, 502, "<html>Bad Gateway</html>", REPLY_OUTAGE},
    {LISTING, 503, "", REPLY_OUTAGE},
    {LISTING, 504, "", REPLY_OUTAGE},
    {LISTING, 408, "", REPLY_OUTAGE},
    {LISTING, 302, "", REPLY_INVALID},
    {LISTING, 501, "", REPLY_INVALID},
};

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = decoded(&arena, &CASES[i].call, CASES[i].status, CASES[i].body);
        if (reply.kind != CASES[i].kind)
            fail_msg("%d %s: is %s, not %s", CASES[i].status, CASES[i].body, reply_kind_name(reply.kind),
                     reply_kind_name(CASES[i].kind));
        assert_true(*reply.message);
    }
}

static void check_words(int status, const char *body, const char *words)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct call call = CREATING;
    assert_string_equal(decoded(&arena, &call, status, body).message, words);
}

/* All shapes in which an error is told: the words reach the operator. */
static void test_words(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    check_words(409, body_of(&arena, "error.json", NULL),
                "InvalidInstanceState: Cannot 'start' instance while its status is active");
    check_words(404, body_of(&arena, "error-absent.json", NULL),
                "NotFound: Instance " INSTANCE " could not be found.");
    check_words(422, body_of(&arena, "error-validation.json", NULL),
                "name: ensure this value has at least 4 characters");
    check_words(400, "{\"error\":{\"code\":400,\"message\":\"bad\"}}", "400: bad");
    check_words(400, "{\"error\":{\"code\":null,\"message\":\"bad\"}}", "bad");
    check_words(400, "{\"error\":{\"code\":\"Bad\"}}", "Bad");
    check_words(400, "{\"error\":{\"code\":400,\"title\":\"Bad Request\"}}", "400: Bad Request");
    check_words(400, "{\"message\":\"bad\"}", "bad");
    check_words(400, "{\"detail\":\"bad\"}", "bad");
    check_words(400, "{\"error\":\"bad\"}", "HTTP 400 with JSON that is broken or not what the API promises");
    check_words(400, "[]", "HTTP 400 with JSON that is broken or not what the API promises");
    check_words(302, "", "HTTP 302: the endpoint redirects; give the final URL as spec.endpoint");
}

/* No byte of user data comes back in a message. */
static void test_user_data_is_not_shown(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct create_order order = {.name = "web1", .given = FIELD_BIT(FIELD_USER_DATA)};
    order.values[FIELD_USER_DATA] = value_of_scalar(&arena, "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0");
    struct call call = {.kind = CALL_CREATE, .create = &order};
    struct reply reply = decoded(&arena, &call, 400, SAYS("user_data: cannot take c2VjcmV0LXNlY3JldC1zZWNy"));
    assert_null(strstr(reply.message, "c2VjcmV0"));
    reply = decoded(&arena, &call, 400, SAYS("user_data: too long"));
    assert_string_equal(reply.message, "X: user_data: too long");
}

static bool unauthorized(int status, const char *body)
{
    struct http_response response = {.status = status, .body = body, .body_size = strlen(body)};
    return the_provider()->is_unauthorized(&response);
}

/* The vendor's own client takes a 403 that speaks of the token as a 401. */
static void test_a_token_that_is_no_more(void **state)
{
    (void)state;
    assert_true(unauthorized(401, ""));
    assert_true(unauthorized(401, SAYS("x")));
    assert_true(unauthorized(403, SAYS("Access denied: invalid token")));
    assert_true(unauthorized(403, SAYS("Token expired")));
    assert_false(unauthorized(403, SAYS("Policy does not allow this")));
    assert_false(unauthorized(403, ""));
    assert_false(unauthorized(404, SAYS("token")));
    assert_false(unauthorized(200, "{}"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_user_data_is_not_shown),
        cmocka_unit_test(test_a_token_that_is_no_more),
    };
    return UNIT_RUN(tests);
}
