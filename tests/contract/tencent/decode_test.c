#include "tests/unit/unit.h"

#include "tests/contract/tencent/support.h"

#include <stdio.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/base/limits.h"

/* Replies that the guide does not show. */

static const struct call LIST = {.kind = CALL_LOOK, .look = LOOK_LIST};
static const struct call INSPECT = {.kind = CALL_LOOK, .look = LOOK_SERVER, .provider_id = INSTANCE};
static const struct call CREATE = {.kind = CALL_CREATE};
static const struct call START = {.kind = CALL_START, .provider_id = INSTANCE};

/* Failures, by the words of CVM inside the gateway's, and by the gateway's own code. */
static const struct {
    const char *desc;
    long long code;
    const struct call *call;
    enum reply_kind kind;
} FAILURES[] = {
    {"[TencentCloudSDKError] Code=RequestLimitExceeded, Message=slow down, RequestId=r", 20001, &LIST,
     REPLY_THROTTLED},
    {"Code=OperationDenied.InstanceOperationInProgress, Message=already has operation in progress", 1, &START,
     REPLY_CONFLICT},
    {"Code=MutexOperation.TaskRunning", 1, &START, REPLY_CONFLICT},
    {"Code=UnsupportedOperation.InstanceStatePending", 1, &START, REPLY_CONFLICT},
    {"Code=UnsupportedOperation.InstanceStateRunning", 1, &START, REPLY_CONFLICT},
    {"Code=InvalidInstanceState.Terminating", 1, &START, REPLY_CONFLICT},
    {"Code=InvalidInstanceId.NotFound, Message=no such instance", 1, &START, REPLY_ABSENT},
    {"Code=InvalidInstanceId.NotFound", 1, &INSPECT, REPLY_ABSENT},
    {"Code=InvalidInstanceId.NotFound", 1, &CREATE, REPLY_INVALID},
    {"Code=ResourceInsufficient.CloudDiskUnavailable", 1, &CREATE, REPLY_CAPACITY},
    {"Code=ResourcesSoldOut.SpecifiedInstanceType", 1, &CREATE, REPLY_CAPACITY},
    {"Code=InstancesQuotaLimitExceeded", 1, &CREATE, REPLY_QUOTA},
    {"Code=LimitExceeded.InstanceQuota", 1, &CREATE, REPLY_QUOTA},
    {"Code=InvalidAccount.InsufficientBalance", 1, &CREATE, REPLY_QUOTA},
    {"Code=InvalidParameterValue.Range", 1, &CREATE, REPLY_INVALID},
    {"Code=InvalidImageId.NotFound", 1, &CREATE, REPLY_INVALID},
    {"Code=InvalidSecurityGroupId.NotFound", 1, &CREATE, REPLY_INVALID},
    {"Code=InvalidInstanceName.TooLong", 1, &CREATE, REPLY_INVALID},
    {"Code=UnsupportedOperation.InstanceReinstallFailed", 1, &START, REPLY_INVALID},
    {"Code=UnsupportedOperation.InstancesProtected", 1, &START, REPLY_DENIED},
    {"Code=UnauthorizedOperation.MFAExpired", 1, &CREATE, REPLY_DENIED},
    {"Code=AuthFailure.TokenFailure", 1, &CREATE, REPLY_DENIED},
    {"Code=InternalError.TradeUnknownError", 1, &CREATE, REPLY_OUTAGE},
    {"Code=ClientError.NetworkError, Message=Fail to get response", 1, &CREATE, REPLY_OUTAGE},
    {"Code=SomethingNew.NobodyKnows", 1, &CREATE, REPLY_OUTAGE},
    {NULL, 12345, &CREATE, REPLY_OUTAGE},
    {"Manager server error: x", 10000, &CREATE, REPLY_OUTAGE},
    {"Parse parameter error: x", 10001, &CREATE, REPLY_INVALID},
    {"user not exist", 10183, &LIST, REPLY_AUTH},
    {"the token has expired", 1, &LIST, REPLY_AUTH},
    {"Unauthorized", 401, &LIST, REPLY_AUTH},
    {"请重新登录", 1, &LIST, REPLY_AUTH},
};

static void test_failures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FAILURES / sizeof FAILURES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = gateway_failure(&arena, FAILURES[i].call, FAILURES[i].code, FAILURES[i].desc);
        if (reply.kind != FAILURES[i].kind)
            fail_msg("%s: %s instead of %s", FAILURES[i].desc, reply_kind_name(reply.kind),
                     reply_kind_name(FAILURES[i].kind));
        assert_true(reply.message[0] != '\0');
        if (FAILURES[i].desc) assert_string_equal(reply.message, FAILURES[i].desc);
    }
}

/* The one case in which the session logs in anew: it must not be taken for CVM's own refusals. */
static void test_a_refused_token(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FAILURES / sizeof FAILURES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        const char *body = arena_printf(&arena, "{\"scode\":%lld,\"desc\":\"%s\",\"data\":null}",
                                        FAILURES[i].code, FAILURES[i].desc ? FAILURES[i].desc : "");
        struct http_response response = {.status = 200, .body = body, .body_size = strlen(body)};
        bool refused = gateway_provider()->is_unauthorized(&response);
        if (refused != (FAILURES[i].kind == REPLY_AUTH)) fail_msg("%s", body);
    }
    const char *good = "{\"scode\":0,\"desc\":\"token\",\"data\":{}}";
    struct http_response response = {.status = 200, .body = good, .body_size = strlen(good)};
    assert_false(gateway_provider()->is_unauthorized(&response));
}

/* The texts may stand under other keys; the code has two names; a batch hides a failure inside. */
static const struct {
    const char *body;
    enum reply_kind kind;
} ENVELOPES[] = {
    {"{\"status_code\":0,\"message_en\":\"success\",\"data\":{}}", REPLY_OK},
    {"{\"scode\":\"0\",\"data\":{}}", REPLY_OK},
    {"{\"data\":{},\"extra\":[1,{\"scode\":7}],\"scode\":0}", REPLY_OK},
    {"{\"scode\":0}", REPLY_OK},
    {"{\"scode\":0,\"data\":null}", REPLY_OK},
    {"{\"scode\":1,\"message\":\"Code=LimitExceeded.X\"}", REPLY_QUOTA},
    {"{\"status_code\":1,\"message_en\":\"Code=LimitExceeded.X\"}", REPLY_QUOTA},
    {"{\"scode\":1,\"desc\":null,\"message\":null,\"message_cn\":\"Code=LimitExceeded.X\"}", REPLY_QUOTA},
    {"{\"scode\":1,\"desc\":\"RequestId=1\",\"message\":\"code=requestlimitexceeded\"}", REPLY_THROTTLED},
    {"{\"scode\":0,\"data\":{\"success\":1,\"fail\":0,\"results\":[{\"scode\":0}]}}", REPLY_OK},
    {"{\"scode\":0,\"data\":{\"success\":0,\"fail\":1,\"results\":[{\"scode\":0},{\"scode\":9,"
     "\"desc\":\"Code=ResourcesSoldOut\"}]}}",
     REPLY_CAPACITY},
    {"{\"scode\":0,\"data\":{\"fail\":1}}", REPLY_OUTAGE},
    {"{\"desc\":\"\",\"data\":{}}", REPLY_OUTAGE},
    {"{\"scode\":null,\"data\":{}}", REPLY_OUTAGE},
    {"{\"scode\":[],\"data\":{}}", REPLY_OUTAGE},
    {"{\"scode\":-1,\"desc\":\"\"}", REPLY_OUTAGE},
    {"", REPLY_OUTAGE},
    {"null", REPLY_OUTAGE},
    {"[]", REPLY_OUTAGE},
    {"{\"scode\":0,\"data\":{}", REPLY_OUTAGE},
    {"{\"scode\":0,\"data\":{}} x", REPLY_OUTAGE},
    {"<html>log in</html>", REPLY_OUTAGE},
};

static void test_envelopes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ENVELOPES / sizeof ENVELOPES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = gateway_decode(&arena, &CREATE, 200, ENVELOPES[i].body);
        if (reply.kind != ENVELOPES[i].kind)
            fail_msg("%s: %s", ENVELOPES[i].body, reply_kind_name(reply.kind));
    }
}

static const struct {
    int status;
    const char *body;
    enum reply_kind kind;
} STATUSES[] = {
    {401, "{\"scode\":5}", REPLY_AUTH},
    {401, "", REPLY_AUTH},
    {404, "404 page not found", REPLY_INVALID},
    {429, "", REPLY_THROTTLED},
    {429, "{\"scode\":10000,\"desc\":\"busy\"}", REPLY_THROTTLED},
    {502, "<html>", REPLY_OUTAGE},
    {500, "{\"scode\":0,\"data\":{}}", REPLY_OUTAGE},
    {500, "{\"scode\":1,\"desc\":\"Code=InvalidParameter\"}", REPLY_INVALID},
    {302, "", REPLY_INVALID},
};

static void test_other_statuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = gateway_decode(&arena, &START, STATUSES[i].status, STATUSES[i].body);
        if (reply.kind != STATUSES[i].kind)
            fail_msg("%d %s: %s", STATUSES[i].status, STATUSES[i].body, reply_kind_name(reply.kind));
        bool no_route = STATUSES[i].status == 404; /* then it is another machine that speaks */
        assert_int_equal(strstr(reply.message, "spec.endpoint") != NULL, no_route);
    }
}

static const struct {
    const char *state, *operation;
    enum phase phase;
    enum launched launched;
} STATES[] = {
    {"PENDING", NULL, PHASE_BUILDING, LAUNCHED_NEVER},
    {"PENDING", "OPERATING", PHASE_BUILDING, LAUNCHED_NEVER},
    {"LAUNCH_FAILED", "FAILED", PHASE_ERROR, LAUNCHED_NEVER},
    {"RUNNING", "SUCCESS", PHASE_RUNNING, LAUNCHED_ONCE},
    {"RUNNING", NULL, PHASE_RUNNING, LAUNCHED_ONCE},
    {"RUNNING", "FAILED", PHASE_RUNNING, LAUNCHED_ONCE},
    {"RUNNING", "OPERATING", PHASE_BUSY, LAUNCHED_ONCE},
    {"running", "operating", PHASE_BUSY, LAUNCHED_ONCE},
    {"Running", "Success", PHASE_RUNNING, LAUNCHED_ONCE},
    {"STOPPED", "SUCCESS", PHASE_STOPPED, LAUNCHED_ONCE},
    {"STOPPED", "OPERATING", PHASE_BUSY, LAUNCHED_ONCE},
    {"STARTING", "OPERATING", PHASE_BUSY, LAUNCHED_ONCE},
    {"STOPPING", "OPERATING", PHASE_BUSY, LAUNCHED_ONCE},
    {"REBOOTING", "SUCCESS", PHASE_BUSY, LAUNCHED_ONCE},
    {"SHUTDOWN", "SUCCESS", PHASE_GONE, LAUNCHED_UNKNOWN},
    {"SHUTDOWN", "OPERATING", PHASE_DELETING, LAUNCHED_UNKNOWN},
    {"TERMINATING", "OPERATING", PHASE_DELETING, LAUNCHED_UNKNOWN},
    {"TERMINATED", NULL, PHASE_GONE, LAUNCHED_UNKNOWN},
    {"RESCUE_MODE", "SUCCESS", PHASE_RESCUED, LAUNCHED_ONCE},
    {"ENTER_RESCUE_MODE", "OPERATING", PHASE_BUSY, LAUNCHED_ONCE},
    {"EXIT_RESCUE_MODE", "OPERATING", PHASE_BUSY, LAUNCHED_ONCE},
    {"SERVICE_LIVE_MIGRATE", "SUCCESS", PHASE_BUSY, LAUNCHED_ONCE},
    {"CORRUPTED", "SUCCESS", PHASE_UNKNOWN, LAUNCHED_UNKNOWN},
    {"SOMETHING_NEW", "OPERATING", PHASE_UNKNOWN, LAUNCHED_UNKNOWN},
    {NULL, NULL, PHASE_UNKNOWN, LAUNCHED_UNKNOWN},
};

static const char *member(struct arena *arena, const char *key, const char *text)
{
    return text ? arena_printf(arena, ",\"%s\":\"%s\"", key, text) : arena_printf(arena, ",\"%s\":null", key);
}

static void test_states(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof STATES / sizeof STATES[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        const char *data = arena_printf(&arena, "{\"InstanceId\":\"" INSTANCE "\"%s%s}",
                                        member(&arena, "InstanceState", STATES[i].state),
                                        member(&arena, "LatestOperationState", STATES[i].operation));
        struct reply reply = gateway_data(&arena, &INSPECT, data);
        assert_int_equal(reply.kind, REPLY_OK);
        const struct facts *facts = &reply.servers[0];
        if (facts->phase != STATES[i].phase || facts->launched != STATES[i].launched)
            fail_msg("%s: %s", data, phase_name(facts->phase));
        bool rests = facts->phase == PHASE_RUNNING || facts->phase == PHASE_STOPPED;
        assert_int_equal((facts->seen & FIELD_BIT(FIELD_POWER)) != 0, rests);
        assert_int_equal((facts->fault[0] != '\0'), facts->phase == PHASE_ERROR);
    }
}

static struct facts instance(struct arena *arena, const char *members)
{
    struct reply reply =
        gateway_data(arena, &INSPECT, arena_printf(arena, "{\"InstanceId\":\"" INSTANCE "\"%s}", members));
    assert_int_equal(reply.kind, REPLY_OK);
    assert_int_equal(reply.server_count, 1);
    return reply.servers[0];
}

static void test_what_may_be_missing(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts = instance(&arena, "");
    assert_string_equal(facts.name, "");
    assert_int_equal(facts.seen, 0);
    assert_true(facts.created_wall_ms == -1);
    facts = instance(&arena, ",\"Placement\":null,\"InstanceType\":null,\"SecurityGroupIds\":null,"
                             "\"CreatedTime\":7,\"SystemDisk\":[],\"InstanceName\":null,\"Tags\":{\"a\":[]}");
    assert_int_equal(facts.seen & (FIELD_BIT(FIELD_ZONE) | FIELD_BIT(FIELD_FLAVOR) | FIELD_BIT(FIELD_NAME)),
                     0);
    /* an empty list is left out: a settled instance without the key has no group */
    facts = instance(&arena, ",\"InstanceState\":\"RUNNING\"");
    assert_true(facts.seen & FIELD_BIT(FIELD_SECURITY_GROUPS));
    assert_int_equal(facts.values[FIELD_SECURITY_GROUPS].rows, 0);
    facts = instance(&arena, ",\"InstanceState\":\"PENDING\"");
    assert_false(facts.seen & FIELD_BIT(FIELD_SECURITY_GROUPS));
    facts = instance(&arena, ",\"InstanceName\":\"\"");
    assert_true(facts.seen & FIELD_BIT(FIELD_NAME)); /* blanked */
    facts = instance(&arena, ",\"InstanceName\":123,\"SecurityGroupIds\":[\"sg-b\",\"sg-a\",\"sg-b\",null]");
    assert_string_equal(facts.name, "123");
    assert_int_equal(facts.values[FIELD_SECURITY_GROUPS].rows, 2);
    assert_string_equal(value_cell(facts.values[FIELD_SECURITY_GROUPS], 0, 0), "sg-a");
}

static void test_faults_and_restrictions(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct facts facts = instance(&arena, ",\"InstanceState\":\"LAUNCH_FAILED\",\"LatestOperationErrorMsg\":"
                                          "\"ResourceInsufficient: none left\"");
    assert_string_equal(facts.fault, "ResourceInsufficient: none left");
    assert_true(facts.fault_is_capacity);
    facts = instance(&arena, ",\"InstanceState\":\"LAUNCH_FAILED\"");
    assert_non_null(strstr(facts.fault, "LAUNCH_FAILED"));
    assert_false(facts.fault_is_capacity);
    assert_true(instance(&arena, ",\"RestrictState\":\"EXPIRED\"").locked);
    assert_true(instance(&arena, ",\"RestrictState\":\"PROTECTIVELY_ISOLATED\"").locked);
    assert_false(instance(&arena, ",\"RestrictState\":\"NORMAL\"").locked);
    assert_false(instance(&arena, ",\"RestrictState\":null").locked);
}

/* Nobody says how an id that is not there is answered. */
static void test_an_instance_that_is_not_there(void **state)
{
    (void)state;
    static const char *const DATA[] = {"null", "{}", "{\"InstanceId\":\"\"}", "{\"InstanceId\":null}",
                                       "{\"TotalCount\":0,\"List\":[]}"};
    for (size_t i = 0; i < sizeof DATA / sizeof DATA[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        assert_int_equal(gateway_data(&arena, &INSPECT, DATA[i]).kind, REPLY_ABSENT);
    }
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    assert_int_equal(gateway_data(&arena, &INSPECT, "{\"InstanceId\":\"ins-other\"}").kind, REPLY_OUTAGE);
    assert_int_equal(gateway_data(&arena, &INSPECT, "[]").kind, REPLY_OUTAGE);
}

static const struct {
    const char *data;
    enum reply_kind kind;
    unsigned count;
} LISTS[] = {
    {"{\"TotalCount\":0,\"List\":[],\"VpcName\":[]}", REPLY_OK, 0},
    {"{\"TotalCount\":0,\"List\":null}", REPLY_OK, 0},
    {"{\"TotalCount\":0}", REPLY_OK, 0},
    {"{\"List\":[{\"InstanceId\":\"ins-1\"}],\"TotalCount\":\"1\"}", REPLY_OK, 1},
    {"{\"TotalCount\":1}", REPLY_OUTAGE, 0},
    {"{\"TotalCount\":1,\"List\":null}", REPLY_OUTAGE, 0},
    {"{}", REPLY_OUTAGE, 0},
    {"null", REPLY_OUTAGE, 0},
    {"{\"TotalCount\":1,\"List\":[{}]}", REPLY_OUTAGE, 0},
    {"{\"TotalCount\":1,\"List\":[{\"InstanceId\":\"\"}]}", REPLY_OUTAGE, 0},
    {"{\"TotalCount\":1,\"List\":[null]}", REPLY_OUTAGE, 0},
};

static void test_lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena);
        struct reply reply = gateway_data(&arena, &LIST, LISTS[i].data);
        if (reply.kind != LISTS[i].kind) fail_msg("%s: %s", LISTS[i].data, reply_kind_name(reply.kind));
        assert_int_equal(reply.server_count, LISTS[i].count);
    }
}

static void test_an_id_that_is_too_long(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    char id[LIMIT_ID + 2];
    memset(id, 'x', sizeof id - 1);
    id[sizeof id - 1] = '\0';
    const char *data = arena_printf(&arena, "{\"TotalCount\":1,\"List\":[{\"InstanceId\":\"%s\"}]}", id);
    assert_int_equal(gateway_data(&arena, &LIST, data).kind, REPLY_OUTAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_a_refused_token),
        cmocka_unit_test(test_envelopes),
        cmocka_unit_test(test_other_statuses),
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_what_may_be_missing),
        cmocka_unit_test(test_faults_and_restrictions),
        cmocka_unit_test(test_an_instance_that_is_not_there),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_an_id_that_is_too_long),
    };
    return UNIT_RUN(tests);
}
