#include "tests/unit/unit.h"

#include "reconcile/base/memory.h"
#include "reconcile/view.h"
#include "tests/unit/reconcile_rig.h"

/* All that can stand in the notices at once, letter for letter, and for whom. */

static void troubled(struct rig *rig)
{
    struct state *state = rig->state;
    int64_t now = state->now.boot_ms;
    struct facts facts = rig_facts(rig, "s1", "web", PHASE_RUNNING);
    rig_server(rig, &facts, rig_object(rig, rig_spec(rig, "web")));
    state->ledger = LEDGER_CORRUPT;
    state->read_only = true;
    state->save_retry_ms = now + 10 * SECOND_MS;
    state->suspended_until_ms = NEVER_MS;
    state->suspended_hard = true;
    text_copy(state->suspended_reason, sizeof state->suspended_reason, "works");
    state->config->mode = state->config->sources[0].mode = MODE_OBSERVE;
    ((struct cloud_config *)(uintptr_t)rig->cloud->config)->mode = MODE_OBSERVE;
    rig->cloud->session = SESSION_FAILED;
    rig->cloud->throttled_until_ms = now + MINUTE_MS;
    rig->cloud->another_daemon = true;
    text_copy(rig->cloud->another_server, sizeof rig->cloud->another_server, "s9");
    rig->cloud->vanish_brake = true;
    rig->cloud->storms = memory_zero(sizeof *rig->cloud->storms);
    rig->cloud->storms[0].rages = true;
    rig->cloud->storm_count = rig->cloud->storm_room = 1;
    rig->cloud->suspended_until_ms = now + HOUR_MS;
    rig->source->suspended_until_ms = now + 2 * HOUR_MS;
    text_copy(rig->source->suspended_reason, sizeof rig->source->suspended_reason, "night");
    rig->source->read_once = true;
    rig->source->valid = false;
    text_copy(rig->cloud->session_message, sizeof rig->cloud->session_message, "wrong password");
}

static void everything_is_told_in_its_order(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 16);
    rig_open(&rig, "nhn-v2");
    assert_false(view_unread(rig.state, NULL, rig.state->now, &text));
    troubled(&rig);
    char file[] = "a.yaml", message[] = "unknown key";
    struct mistake mistakes[] = {{.file = file, .line = 3, .column = 9, .message = message},
                                 {.file = file, .line = 4, .column = 1, .message = message}};
    rig.source->mistakes = mistakes;
    rig.source->mistake_count = 2;
    view_notices(rig.state, NULL, rig.state->now, &text);
    assert_string_equal(
        text.bytes,
        "[{\"cloud\":null,\"source\":null,\"reason\":\"LedgerCorrupt\",\"message\":\"the ledger is corrupt, "
        "nothing is sent; setpointctl ledger rebuild --yes begins a new one\",\"until\":null,"
        "\"unread\":false},{\"cloud\":null,\"source\":null,\"reason\":\"LedgerReadOnly\",\"message\":\"the "
        "ledger cannot be written, nothing is sent\",\"until\":\"2026-01-31T03:00:10Z\","
        "\"unread\":false},{\"cloud\":null,\"source\":null,\"reason\":\"Suspended\",\"message\":\"everything "
        "is suspended (hard) until it is resumed: works; setpointctl resume ends it\","
        "\"until\":null,\"unread\":false},{\"cloud\":null,\"source\":null,\"reason\":\"ObserveMode\","
        "\"message\":\"the daemon is in mode observe: no call is sent\",\"until\":null,\"unread\":false},"
        "{\"cloud\":\"nhn\",\"source\":null,\"reason\":\"AuthFailed\",\"message\":\"cloud nhn: wrong "
        "password\",\"until\":null,\"unread\":true},{\"cloud\":\"nhn\",\"source\":null,"
        "\"reason\":\"CloudThrottled\",\"message\":\"cloud nhn asked to be left alone until "
        "2026-01-31T03:01:00Z\",\"until\":\"2026-01-31T03:01:00Z\",\"unread\":true},{\"cloud\":\"nhn\","
        "\"source\":null,\"reason\":\"AnotherDaemon\",\"message\":\"cloud nhn: server s9 was made by "
        "another daemon with our owner; nothing is changed there\",\"until\":null,\"unread\":false},"
        "{\"cloud\":\"nhn\",\"source\":null,\"reason\":\"ServersVanished\",\"message\":\"cloud nhn: many "
        "servers vanished; nothing is created or deleted there (setpointctl approve)\","
        "\"until\":null,\"unread\":false},{\"cloud\":\"nhn\",\"source\":null,\"reason\":\"ErrorStorm\","
        "\"message\":\"cloud nhn: many servers went to error; repairs stop there\",\"until\":null,"
        "\"unread\":false},{\"cloud\":\"nhn\",\"source\":null,\"reason\":\"Suspended\",\"message\":\"cloud "
        "nhn "
        "is suspended until 2026-01-31T04:00:00Z; setpointctl resume cloud:nhn ends it\","
        "\"until\":\"2026-01-31T04:00:00Z\",\"unread\":false},{\"cloud\":\"nhn\",\"source\":null,"
        "\"reason\":\"ObserveMode\",\"message\":\"cloud nhn is in mode observe: no call is sent\","
        "\"until\":null,\"unread\":false},{\"cloud\":null,\"source\":\"prod\",\"reason\":\"SourceInvalid\","
        "\"message\":\"source prod is not in order: a.yaml:3:9: unknown key (and 1 more); nothing "
        "of it is changed until it was read as valid once (setpointctl "
        "sources)\",\"until\":null,\"unread\":true},"
        "{\"cloud\":null,\"source\":\"prod\",\"reason\":\"Suspended\",\"message\":\"source prod is suspended "
        "until 2026-01-31T05:00:00Z: night; setpointctl resume prod ends it\","
        "\"until\":\"2026-01-31T05:00:00Z\",\"unread\":false},{\"cloud\":null,\"source\":\"prod\","
        "\"reason\":\"ObserveMode\",\"message\":\"source prod is in mode observe: no call is sent\","
        "\"until\":null,\"unread\":false}]");
    text_clear(&text);
    assert_true(view_unread(rig.state, NULL, rig.state->now, &text));
    assert_string_equal(
        text.bytes, "cloud nhn: wrong password; cloud nhn asked to be left alone until 2026-01-31T03:01:00Z; "
                    "source prod is not in order: a.yaml:3:9: unknown key (and 1 more); nothing of it is "
                    "changed until it was read as valid once (setpointctl sources)");
    rig.source->mistakes = NULL;
    rig.source->mistake_count = 0;
    rig_close(&rig);
}

static unsigned count(struct rig *rig, const struct view_filter *filter)
{
    unsigned found = 0;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 16);
    view_notices(rig->state, filter, rig->state->now, &text);
    for (const char *at = text.bytes; (at = strstr(at, "\"message\"")); at++)
        found++;
    return found;
}

/* The daemon's are everybody's; a cloud's and a source's are whose objects are there. */
static void notices_are_for_whom_they_concern(void **state)
{
    (void)state;
    static const char *const web[] = {"web"}, *const prod[] = {"prod"}, *const none[] = {"nothing"};
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    assert_int_equal(count(&rig, NULL), 0);
    troubled(&rig);
    unsigned of_daemon = 4, all = count(&rig, NULL);
    assert_int_equal(count(&rig, &(struct view_filter){.names = web, .name_count = 1}), all);
    assert_int_equal(count(&rig, &(struct view_filter){.names = prod, .name_count = 1}), all);
    assert_int_equal(count(&rig, &(struct view_filter){.source = "prod"}), all);
    assert_int_equal(count(&rig, &(struct view_filter){.names = none, .name_count = 1}), of_daemon);
    assert_int_equal(count(&rig, &(struct view_filter){.source = "other"}), of_daemon);
    assert_int_equal(count(&rig, &(struct view_filter){.selector = "tier=db"}), of_daemon);
    rig.state->now.boot_ms += 3 * HOUR_MS; /* what ends, ended: the two suspensions and the silence */
    assert_int_equal(count(&rig, NULL), all - 3);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_told_in_its_order),
        cmocka_unit_test(notices_are_for_whom_they_concern),
    };
    return UNIT_RUN(tests);
}
