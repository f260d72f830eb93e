#include "tests/unit/unit.h"

#include "reconcile/budget.h"
#include "reconcile/hold.h"
#include "reconcile/intent.h"
#include "reconcile/source.h"
#include "reconcile/view.h"
#include "tests/unit/reconcile_rig.h"

/* Views letter for letter: whoever reads them by program counts on each member and its form. */

enum { SERVED_MS = 90 * 1000 };

static struct object *replaced(struct rig *rig)
{
    struct spec *spec = rig_spec(rig, "web");
    spec->labels = RIG_MAP(rig, "env", "prod", "tier", "db");
    spec->lifecycle.protect = true;
    rig_manage(spec, FIELD_FLAVOR, value_of_scalar(&rig->arena, "00000000-0000-4000-8000-0000000000f2"));
    rig_manage(spec, FIELD_USER_DATA, value_of_scalar(&rig->arena, "c2VjcmV0"));
    struct object *object = rig_object(rig, spec);
    struct facts facts = rig_facts(rig, "s1", "web", PHASE_RUNNING), beside = facts;
    facts.marked = facts.mark_whole = true;
    facts.fault = "no valid host";
    rig_lists_read(rig);
    rig_server(rig, &facts, object);
    beside.id = "s2";
    beside.phase = PHASE_BUILDING;
    beside.status = "BUILD";
    beside.fault = "late";
    rig_server(rig, &beside, NULL)->owner = object;
    text_copy(object->next, sizeof object->next, "s2");
    text_copy(object->attempt, sizeof object->attempt, "firstone");
    text_copy(object->message, sizeof object->message, "Resize waits");
    object->protect = object->was_converged = object->created_by_us = object->was_running = true;
    object->verdict = VERDICT_WAITING;
    object->reason = REASON_DISRUPTION_LIMIT;
    object->since_wall_ms = RIG_WALL_MS;
    object->next_try_ms = rig->state->now.boot_ms + SERVED_MS;
    object->retry_ms = rig->state->now.boot_ms + 2 * SERVED_MS;
    object->failures = 3;
    object->failed_builds = 2;
    object->route[0] = CALL_RESIZE;
    object->route[1] = CALL_CONFIRM_RESIZE;
    object->route_count = 2;
    return object;
}

static void an_object_is_described_whole(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    rig_open(&rig, "openstack");
    struct object *object = replaced(&rig);
    char argument[] = "f2";
    struct intent intent = {.id = 77,
                            .object = object,
                            .kind = CALL_RESIZE,
                            .argument = argument,
                            .state = INTENT_SENT,
                            .sent_ms = rig.state->now.boot_ms - SERVED_MS};
    object->intent = &intent;
    budget_reserve(rig.state, object, 7, "s1");
    view_status(rig.state, NULL, rig.state->now, &text);
    assert_string_equal(
        text.bytes,
        "[{\"source\":\"prod\",\"name\":\"web\",\"kind\":\"Instance\",\"fleet\":null,\"cloud\":\"nhn\","
        "\"providerId\":\"s1\",\"phase\":\"running\",\"verdict\":\"Waiting\",\"reason\":\"DisruptionLimit\","
        "\"message\":\"Resize waits\",\"since\":\"2026-01-31T03:00:00Z\","
        "\"nextTry\":\"2026-01-31T03:01:30Z\",\"gap\":[{\"field\":\"flavor\","
        "\"desired\":\"00000000-0000-4000-8000-0000000000f2\","
        "\"actual\":\"00000000-0000-4000-8000-0000000000f1\",\"pending\":false}],\"route\":[\"Resize\","
        "\"ConfirmResize\"]}]");
    text_clear(&text);
    assert_int_equal(view_describe(rig.state, "web", rig.state->now, &text), VIEW_FOUND);
    assert_string_equal(
        text.bytes,
        "{\"source\":\"prod\",\"name\":\"web\",\"kind\":\"Instance\",\"fleet\":null,\"cloud\":\"nhn\","
        "\"providerId\":\"s1\",\"phase\":\"running\",\"verdict\":\"Waiting\",\"reason\":\"DisruptionLimit\","
        "\"message\":\"Resize waits\",\"since\":\"2026-01-31T03:00:00Z\","
        "\"nextTry\":\"2026-01-31T03:01:30Z\",\"gap\":[{\"field\":\"flavor\","
        "\"desired\":\"00000000-0000-4000-8000-0000000000f2\","
        "\"actual\":\"00000000-0000-4000-8000-0000000000f1\",\"pending\":false}],\"route\":[\"Resize\","
        "\"ConfirmResize\"],\"desired\":{\"file\":\"prod/all.yaml\",\"line\":1,\"labels\":{\"env\":\"prod\","
        "\"tier\":\"db\"},\"name\":\"web\",\"power\":\"running\","
        "\"flavor\":\"00000000-0000-4000-8000-0000000000f2\","
        "\"image\":\"00000000-0000-4000-8000-000000000001\",\"userData\":\"(not shown)\","
        "\"protect\":true},\"observed\":{\"name\":\"web\",\"status\":\"running\",\"fault\":\"no valid host\","
        "\"created\":\"2026-01-30T03:00:00Z\",\"asked\":\"2026-01-31T03:00:00Z\","
        "\"flavor\":\"00000000-0000-4000-8000-0000000000f1\","
        "\"image\":\"00000000-0000-4000-8000-000000000001\",\"securityGroups\":[\"default\"],"
        "\"volumes\":[],\"metadata\":{},\"marked\":true},\"successor\":{\"providerId\":\"s2\","
        "\"phase\":\"building\",\"status\":\"BUILD\",\"fault\":\"late\",\"askedAt\":\"2026-01-31T03:00:00Z\"}"
        ","
        "\"ledger\":{\"state\":\"managed\",\"attempt\":\"firstone\",\"protect\":true,\"wasConverged\":true,"
        "\"createdByUs\":true,\"wasRunning\":true,\"destructionReserved\":true,\"failures\":3,"
        "\"failedBuilds\":2,"
        "\"retryAt\":\"2026-01-31T03:03:00Z\",\"unverified\":[\"userData\"],\"intent\":{\"id\":77,"
        "\"call\":\"Resize\",\"state\":\"sent\",\"argument\":\"f2\",\"sent\":\"2026-01-31T02:58:30Z\"}},"
        "\"blockedBy\":\"list:*\",\"holdId\":null,\"endedBy\":\"clears by itself\"}");
    text_clear(&text);
    object->intent = NULL;
    object->next[0] = '\0';
    object->current[0] = '\0';
    object->spec = NULL;
    object->reserved = 0;
    assert_int_equal(view_describe(rig.state, "web", rig.state->now, &text), VIEW_FOUND);
    assert_string_equal(
        text.bytes,
        "{\"source\":\"prod\",\"name\":\"web\",\"kind\":\"Instance\",\"fleet\":null,\"cloud\":\"nhn\","
        "\"providerId\":null,\"phase\":null,\"verdict\":\"Waiting\",\"reason\":\"DisruptionLimit\","
        "\"message\":\"Resize waits\",\"since\":\"2026-01-31T03:00:00Z\","
        "\"nextTry\":\"2026-01-31T03:01:30Z\",\"gap\":[],\"route\":[\"Resize\",\"ConfirmResize\"],"
        "\"desired\":null,\"observed\":null,\"successor\":null,\"ledger\":{\"state\":\"managed\","
        "\"attempt\":\"firstone\",\"protect\":true,\"wasConverged\":true,\"createdByUs\":true,"
        "\"wasRunning\":true,\"destructionReserved\":false,\"failures\":3,\"failedBuilds\":2,"
        "\"retryAt\":\"2026-01-31T03:03:00Z\",\"unverified\":[],\"intent\":null},\"blockedBy\":\"list:*\","
        "\"holdId\":null,\"endedBy\":\"clears by itself\"}");
    rig_close(&rig);
}

static void clouds_and_sources_are_told_whole(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    rig_open(&rig, "openstack");
    struct object *object = replaced(&rig);
    rig.cloud->outages = BREAKER_FAILURES;
    rig.cloud->vanish_brake = true;
    rig.cloud->any_list_ms = rig.state->now.boot_ms - 1000;
    rig.cloud->complete_done_ms = rig.state->now.boot_ms - 2000;
    text_copy(rig.cloud->breaker_message, sizeof rig.cloud->breaker_message, "timed out");
    view_clouds(rig.state, rig.state->now, &text);
    assert_string_equal(text.bytes,
                        "[{\"name\":\"nhn\",\"ready\":false,\"reason\":\"CloudOutage\","
                        "\"message\":\"cloud nhn does not answer: timed out\",\"brake\":\"ServersVanished\","
                        "\"breaker\":\"open\",\"lastList\":\"2026-01-31T02:59:59Z\","
                        "\"lastFullList\":\"2026-01-31T02:59:58Z\",\"known\":2}]");
    text_clear(&text);
    char files[][8] = {"a.yaml", "b.yaml"}, messages[][16] = {"unknown key", "no name"};
    struct mistake mistakes[] = {{.file = files[0], .line = 3, .column = 9, .message = messages[0]},
                                 {.file = files[1], .line = 1, .column = 2, .message = messages[1]}};
    rig.source->mistakes = mistakes;
    rig.source->mistake_count = 2;
    rig.source->since_wall_ms = RIG_WALL_MS;
    budget_reserve(rig.state, object, 7, "s1");
    view_sources(rig.state, rig.state->now, &text);
    assert_string_equal(
        text.bytes,
        "[{\"name\":\"prod\",\"revision\":null,\"valid\":false,\"errors\":[{\"file\":\"a.yaml\",\"line\":3,"
        "\"column\":9,\"message\":\"unknown key\"},{\"file\":\"b.yaml\",\"line\":1,\"column\":2,"
        "\"message\":\"no name\"}],\"since\":\"2026-01-31T03:00:00Z\",\"objects\":1,\"budget\":{\"max\":1,"
        "\"used\":1,\"resetsAt\":null}}]");
    text_clear(&text);
    object->held = true;
    object->reason = REASON_APPROVAL_NEEDED;
    holds_note(rig.state, REASON_IN_SYNC, REASON_APPROVAL_NEEDED);
    holds_remember(rig.state);
    view_holds(rig.state, rig.state->now, &text);
    assert_string_equal(
        text.bytes,
        "[{\"holdId\":\"4c7f270a\",\"source\":\"prod\",\"cloud\":\"nhn\",\"reason\":\"ApprovalNeeded\","
        "\"members\":[{\"source\":\"prod\",\"name\":\"web\",\"call\":\"Resize\",\"providerId\":null,"
        "\"deletes\":null}],\"since\":\"2026-01-31T03:00:00Z\"}]");
    rig.source->mistakes = NULL;
    rig.source->mistake_count = 0;
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_described_whole),
        cmocka_unit_test(clouds_and_sources_are_told_whole),
    };
    return UNIT_RUN(tests);
}
