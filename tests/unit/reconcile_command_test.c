#include "tests/unit/unit.h"

#include "reconcile/command.h"
#include "tests/unit/reconcile_rig.h"

/* The answer to a command, and its words. What is to be remembered is answered when it is stored. */
static enum answer_code say(struct rig *rig, struct event_command command, const char **out_message)
{
    command.id = 42;
    rig_step(rig, (struct event){.kind = EVENT_COMMAND, .command = command}, 1);
    const struct effect *answer = rig_effect(rig, EFFECT_ANSWER), *save = rig_effect(rig, EFFECT_SAVE);
    if (!answer) {
        assert_non_null(save);
        rig_step(rig, (struct event){.kind = EVENT_SAVED, .save = {.id = save->save.id}}, 0);
        answer = rig_effect(rig, EFFECT_ANSWER);
    }
    assert_non_null(answer);
    assert_int_equal(answer->answer.id, 42);
    *out_message = answer->answer.message;
    return answer->answer.code;
}

static struct object *seen(struct rig *rig, const char *name, const char *id)
{
    struct spec *specs[] = {rig_spec(rig, name)};
    rig_step(rig, rig_generation(specs, 1, name), 1);
    struct facts facts = rig_facts(rig, id, name, PHASE_RUNNING);
    rig_reply(rig, CALL_LOOK, LOOK_LIST, rig_servers(&facts, 1));
    return source_object(rig->source, name);
}

static void unknown_names_are_answered_with_the_nearest(void **state)
{
    (void)state;
    static const enum command_kind kinds[] = {COMMAND_SUSPEND, COMMAND_RESUME, COMMAND_RELEASE,
                                              COMMAND_UNPROTECT, COMMAND_ADOPT};
    struct rig rig;
    const char *message;
    rig_open(&rig, "nhn-v2");
    seen(&rig, "web", "s1");
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct event_command command = {.kind = kinds[i], .target = "wep", .argument = ""};
        assert_int_equal(say(&rig, command, &message), ANSWER_NOT_FOUND);
        assert_string_equal(message, "no object \"wep\"; did you mean \"web\"?");
    }
    struct event_command cloud = {.kind = COMMAND_SUSPEND, .target = "cloud:nhm", .argument = ""};
    assert_int_equal(say(&rig, cloud, &message), ANSWER_NOT_FOUND);
    struct event_command source = {.kind = COMMAND_ADOPT, .target = "prodd", .matching = true};
    assert_int_equal(say(&rig, source, &message), ANSWER_NOT_FOUND);
    rig_close(&rig);
}

static void suspensions_end_when_they_are_resumed(void **state)
{
    (void)state;
    struct rig rig;
    const char *message;
    rig_open(&rig, "nhn-v2");
    struct object *object = seen(&rig, "web", "s1");
    struct event_command command = {.kind = COMMAND_SUSPEND,
                                    .target = "prod/web",
                                    .argument = "night",
                                    .duration_ms = HOUR_MS,
                                    .hard = true};
    assert_int_equal(say(&rig, command, &message), ANSWER_DONE);
    assert_int_equal(object->suspended_until_ms, rig.state->now.boot_ms + HOUR_MS);
    assert_true(object->suspended_hard);
    command = (struct event_command){.kind = COMMAND_RESUME, .target = "web"};
    assert_int_equal(say(&rig, command, &message), ANSWER_DONE);
    assert_int_equal(object->suspended_until_ms, 0);
    assert_int_equal(say(&rig, command, &message), ANSWER_DONE);
    assert_string_equal(message, "no suspension of prod/web is in force");
    rig_close(&rig);
}

static void adopting_takes_a_free_server_only(void **state)
{
    (void)state;
    struct rig rig;
    const char *message;
    rig_open(&rig, "nhn-v2");
    struct object *object = seen(&rig, "web", "s1");
    struct event_command command = {.kind = COMMAND_ADOPT, .target = "web", .argument = "s9"};
    assert_int_equal(say(&rig, command, &message), ANSWER_NOT_FOUND);
    command.argument = "s1";
    assert_int_equal(say(&rig, command, &message), ANSWER_DONE);
    assert_string_equal(object->current, "s1");
    assert_false(object->created_by_us);
    assert_int_equal(say(&rig, command, &message), ANSWER_DONE); /* twice is as good as once */
    struct spec *two[] = {rig_spec(&rig, "web"), rig_spec(&rig, "www")};
    rig_manage(two[1], FIELD_NAME, value_of_scalar(&rig.arena, "web")); /* taken: no create is under way */
    rig_step(&rig, rig_generation(two, 2, "r2"), 1);
    command.target = "www";
    assert_int_equal(say(&rig, command, &message), ANSWER_FAILED);
    assert_string_equal(message, "prod/www cannot adopt s1: that server is prod/web's");
    rig_close(&rig);
}

static void matching_adopts_by_name(void **state)
{
    (void)state;
    struct rig rig;
    const char *message;
    rig_open(&rig, "nhn-v2");
    struct object *object = seen(&rig, "web", "s1");
    struct event_command command = {.kind = COMMAND_ADOPT, .target = "prod", .matching = true};
    assert_int_equal(say(&rig, command, &message), ANSWER_DONE);
    assert_string_equal(message, "1 server adopted by name");
    assert_string_equal(object->current, "s1");
    rig_close(&rig);
}

static void what_is_released_can_be_taken_back(void **state)
{
    (void)state;
    struct rig rig;
    const char *message;
    rig_open(&rig, "nhn-v2");
    struct object *object = seen(&rig, "web", "s1");
    say(&rig, (struct event_command){.kind = COMMAND_ADOPT, .target = "web", .argument = "s1"}, &message);
    assert_int_equal(say(&rig, (struct event_command){.kind = COMMAND_RELEASE, .target = "web"}, &message),
                     ANSWER_DONE);
    assert_int_equal(object->state, OBJECT_RELEASED);
    say(&rig, (struct event_command){.kind = COMMAND_ADOPT, .target = "web", .argument = "s1"}, &message);
    assert_int_equal(object->state, OBJECT_MANAGED);
    rig_close(&rig);
}

static void a_sync_waits_for_lists_asked_after_it(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    seen(&rig, "web", "s1");
    struct event sync = {.kind = EVENT_COMMAND, .command = {.id = 42, .kind = COMMAND_SYNC}};
    rig_step(&rig, sync, 1000);
    assert_null(rig_effect(&rig, EFFECT_ANSWER));
    for (unsigned i = 0; i < 20 && !rig_effect(&rig, EFFECT_ANSWER); i++)
        if (!rig_reply(&rig, CALL_LOOK, LOOK_LIST, rig_servers(NULL, 0)))
            rig_step(&rig, (struct event){.kind = EVENT_TICK}, 200);
    assert_null(rig_effect(&rig, EFFECT_ANSWER)); /* a plan would not know how large its flavors are */
    for (unsigned i = 0; i < 20 && !rig_effect(&rig, EFFECT_ANSWER); i++)
        if (!rig_reply(&rig, CALL_LOOK, LOOK_CATALOGUE, (struct reply){.total = -1}))
            rig_step(&rig, (struct event){.kind = EVENT_TICK}, 200);
    const struct effect *answer = rig_effect(&rig, EFFECT_ANSWER);
    assert_non_null(answer);
    assert_int_equal(answer->answer.code, ANSWER_DONE);
    rig_close(&rig);
}

/* Strangers' values are there when such a sync is answered, flavors and images by name, and go afterwards. */
static void a_sync_with_strangers_keeps_them_until_it_is_answered(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct facts facts = rig_facts(&rig, "s1", "web", PHASE_RUNNING);
    struct server *server = rig_server(&rig, &facts, NULL);
    struct event_command command = {.id = 42, .kind = COMMAND_SYNC, .strangers = true};
    rig_step(&rig, (struct event){.kind = EVENT_COMMAND, .command = command}, 1000);
    assert_true(rig.cloud->servers.whole);
    for (unsigned i = 0; i < 40 && !rig_effect(&rig, EFFECT_ANSWER); i++)
        if (!rig_reply(&rig, CALL_LOOK, LOOK_LIST, rig_servers(&facts, 1)) &&
            !rig_reply(&rig, CALL_LOOK, LOOK_CATALOGUE, (struct reply){.total = -1}))
            rig_step(&rig, (struct event){.kind = EVENT_TICK}, 200);
    assert_non_null(rig_effect(&rig, EFFECT_ANSWER));
    assert_int_equal(server->facts.seen, facts.seen);
    assert_true(rig.cloud->catalogues[CATALOGUE_FLAVOR].read_ms > 0);
    assert_true(rig.cloud->catalogues[CATALOGUE_IMAGE].read_ms > 0);
    assert_false(rig.cloud->servers.whole);
    rig_close(&rig);
}

/* Another cloud, whose log-in does not end, holds up only who asks for all. */
static void a_sync_waits_for_the_clouds_of_what_is_named(void **state)
{
    (void)state;
    static const char *const names[] = {"web"}, *const unknown[] = {"nothing"};
    const struct {
        const char *const *names;
        bool answered;
    } rows[] = {{names, true}, {unknown, false}, {NULL, false}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        rig_lists_read(&rig);
        seen(&rig, "web", "s1");
        struct cloud *slow = state_cloud_add(rig.state, "slow");
        slow->config = rig.cloud->config;
        struct event_command command = {
            .id = 42, .kind = COMMAND_SYNC, .names = rows[i].names, .name_count = rows[i].names != NULL};
        rig_step(&rig, (struct event){.kind = EVENT_COMMAND, .command = command}, 1000);
        for (unsigned k = 0; k < 20 && !rig_effect(&rig, EFFECT_ANSWER); k++)
            if (!rig_reply(&rig, CALL_LOOK, LOOK_LIST, rig_servers(NULL, 0)))
                rig_step(&rig, (struct event){.kind = EVENT_TICK}, 200);
        assert_int_equal(rig_effect(&rig, EFFECT_ANSWER) != NULL, rows[i].answered);
        rig_close(&rig);
    }
}

static void unknown_holds_and_sound_ledgers(void **state)
{
    (void)state;
    struct rig rig;
    const char *message;
    rig_open(&rig, "nhn-v2");
    struct event_command approve = {.kind = COMMAND_APPROVE, .target = "12345678"};
    assert_int_equal(say(&rig, approve, &message), ANSWER_NOT_FOUND);
    struct event_command rebuild = {.kind = COMMAND_LEDGER_REBUILD};
    assert_int_equal(say(&rig, rebuild, &message), ANSWER_FAILED);
    rig_close(&rig);
}

/* A call that is being saved or sent cannot be taken back; one that is only waited for is forgotten. */
static void nothing_is_released_in_the_midst_of_a_call(void **state)
{
    (void)state;
    static const struct {
        enum intent_state state;
        const char *next, *said;
    } rows[] = {
        {INTENT_SAVING, "", "a call of web is under way; try again in a moment"},
        {INTENT_READY, "", "a call of web is under way; try again in a moment"},
        {INTENT_SENT, "", "a call of web is under way; try again in a moment"},
        {INTENT_OPEN, "s2",
         "server s2 stands beside s1 as its successor; let that end, or take the change of the manifest "
         "back, then release it"}};
    struct rig rig;
    const char *message;
    rig_open(&rig, "nhn-v2");
    struct object *object = seen(&rig, "web", "s1");
    say(&rig, (struct event_command){.kind = COMMAND_ADOPT, .target = "web", .argument = "s1"}, &message);
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct intent intent = {.object = object, .cloud = rig.cloud, .state = rows[i].state};
        uint32_t answers = 0;
        rig.effects.count = 0;
        object->intent = &intent;
        text_copy(object->next, sizeof object->next, rows[i].next);
        command_take(rig.state, &(struct event_command){.kind = COMMAND_RELEASE, .target = "web", .id = 42});
        object->intent = NULL;
        object->next[0] = '\0';
        for (uint32_t k = 0; k < rig.effects.count; k++)
            answers += rig.effects.items[k].kind == EFFECT_ANSWER;
        assert_int_equal(answers, 1);
        assert_string_equal(rig_effect(&rig, EFFECT_ANSWER)->answer.message, rows[i].said);
        assert_int_equal(object->state, OBJECT_MANAGED);
    }
    rig_close(&rig);
}

/* `sync` of an object, or of all of a source: what waits for its time is tried at once. */
static void a_retry_begins_anew(void **state)
{
    (void)state;
    static const char *const web[] = {"web"}, *const prod[] = {"prod"}, *const none[] = {"web", "wep"};
    static const struct {
        const char *const *names;
        uint32_t count;
        enum answer_code code;
    } rows[] = {{web, 1, ANSWER_DONE}, {prod, 1, ANSWER_DONE}, {none, 2, ANSWER_NOT_FOUND}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        struct object *object = seen(&rig, "web", "s1");
        object->failures = 3;
        object->remedies = 2;
        object->quarantined_until_ms = NEVER_MS;
        object->retry_ms = NEVER_MS;
        rig.effects.count = 0;
        struct event_command command = {
            .kind = COMMAND_RETRY, .names = rows[i].names, .name_count = rows[i].count, .id = 42};
        command_take(rig.state, &command);
        assert_int_equal(rig_effect(&rig, EFFECT_ANSWER)->answer.code, rows[i].code);
        assert_true(object->failures == 0 && object->remedies == 0 && object->quarantined_until_ms == 0);
        assert_true(object->try_once && object->retry_ms == 0 && object->ledger_dirty && object->dirty);
        rig_close(&rig);
    }
}

/* Who did it stands in the history, and to what. */
static void acts_of_people_are_remembered_with_their_names(void **state)
{
    (void)state;
    static const struct {
        struct event_command command;
        const char *type, *source, *name, *cloud, *message;
    } rows[] = {
        {{.kind = COMMAND_SUSPEND, .target = "", .argument = "works"},
         "Suspended",
         "",
         "",
         "",
         "everything suspended: works"},
        {{.kind = COMMAND_SUSPEND, .target = "prod", .argument = "night", .hard = true},
         "Suspended",
         "prod",
         "",
         "",
         "source prod suspended (hard): night"},
        {{.kind = COMMAND_SUSPEND, .target = "cloud:nhn"},
         "Suspended",
         "",
         "",
         "nhn",
         "cloud nhn suspended: "},
        {{.kind = COMMAND_RESUME, .target = "cloud:nhn"}, "Resumed", "", "", "nhn", "cloud nhn resumed"},
        {{.kind = COMMAND_RESUME, .target = "prod"}, "Resumed", "prod", "", "", "source prod resumed"},
        {{.kind = COMMAND_ADOPT, .target = "prod", .matching = true},
         "Adopted",
         "prod",
         "",
         "",
         "1 server adopted by name"},
        {{.kind = COMMAND_UNPROTECT, .target = "web", .argument = "it goes"},
         "Unprotected",
         "prod",
         "web",
         "nhn",
         "protection ended: it goes"},
        {{.kind = COMMAND_RELEASE, .target = "web"},
         "Released",
         "prod",
         "web",
         "nhn",
         "released; the server is left as it is"},
        {{.kind = COMMAND_ADOPT, .target = "web", .argument = "s1"},
         "Adopted",
         "prod",
         "web",
         "nhn",
         "server s1 adopted"},
    };
    struct rig rig;
    const char *message;
    rig_open(&rig, "nhn-v2");
    seen(&rig, "web", "s1");
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct event_command command = rows[i].command;
        command.id = 42;
        command.uid = 1000 + i;
        rig_step(&rig, (struct event){.kind = EVENT_COMMAND, .command = command}, 1);
        const struct effect *told = rig_effect(&rig, EFFECT_TELL), *save = rig_effect(&rig, EFFECT_SAVE);
        assert_non_null(told);
        assert_string_equal(told->tell.type, rows[i].type);
        assert_int_equal(told->tell.uid, command.uid);
        assert_int_equal(told->tell.level, TELL_NOTICE);
        assert_string_equal(told->tell.source, rows[i].source);
        assert_string_equal(told->tell.name, rows[i].name);
        assert_string_equal(told->tell.cloud, rows[i].cloud);
        assert_string_equal(told->tell.message, rows[i].message);
        if (save) rig_step(&rig, (struct event){.kind = EVENT_SAVED, .save = {.id = save->save.id}}, 0);
    }
    assert_int_equal(say(&rig, (struct event_command){.kind = COMMAND_RESUME, .target = ""}, &message),
                     ANSWER_DONE);
    rig_close(&rig);
}

/* The end of a process: what is stored by then is answered, what else there would be to do is left. */
static void leaving_answers_what_is_stored(void **state)
{
    (void)state;
    struct rig rig;
    struct spec *specs[1];
    rig_open(&rig, "nhn-v2");
    specs[0] = rig_spec(&rig, "web");
    struct event command = {.kind = EVENT_COMMAND,
                            .command = {.id = 7, .kind = COMMAND_SUSPEND, .target = "", .argument = "works"}};
    rig_step(&rig, command, 1);
    assert_null(rig_effect(&rig, EFFECT_ANSWER));
    struct event left[] = {rig_generation(specs, 1, "r1"),
                           {.kind = EVENT_SAVED, .save.id = rig_effect(&rig, EFFECT_SAVE)->save.id}};
    reconcile_leave(rig.state, left, 2, rig.state->now, &rig.effects);
    assert_int_equal(rig.effects.count, 1);
    assert_int_equal(rig.effects.items[0].kind, EFFECT_ANSWER);
    assert_int_equal(rig.effects.items[0].answer.id, 7);
    assert_int_equal(rig.effects.items[0].answer.code, ANSWER_DONE);
    assert_null(source_object(rig.source, "web"));
    rig_step(&rig, left[0], 1);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names_are_answered_with_the_nearest),
        cmocka_unit_test(suspensions_end_when_they_are_resumed),
        cmocka_unit_test(adopting_takes_a_free_server_only),
        cmocka_unit_test(matching_adopts_by_name),
        cmocka_unit_test(what_is_released_can_be_taken_back),
        cmocka_unit_test(a_sync_waits_for_lists_asked_after_it),
        cmocka_unit_test(a_sync_with_strangers_keeps_them_until_it_is_answered),
        cmocka_unit_test(a_sync_waits_for_the_clouds_of_what_is_named),
        cmocka_unit_test(unknown_holds_and_sound_ledgers),
        cmocka_unit_test(nothing_is_released_in_the_midst_of_a_call),
        cmocka_unit_test(a_retry_begins_anew),
        cmocka_unit_test(acts_of_people_are_remembered_with_their_names),
        cmocka_unit_test(leaving_answers_what_is_stored),
    };
    return UNIT_RUN(tests);
}
