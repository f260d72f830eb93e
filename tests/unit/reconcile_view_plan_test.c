#include "tests/unit/unit.h"

#include <cjson/cJSON.h>

#include "reconcile/marking.h"
#include "reconcile/view.h"
#include "tests/unit/reconcile_rig.h"

static cJSON *parsed(struct text *text)
{
    cJSON *tree = cJSON_ParseWithOpts(text->bytes, NULL, true);
    if (!tree) fail_msg("not JSON: %s", text->bytes);
    text_clear(text);
    return tree;
}

static int delta(const cJSON *tree, const char *key)
{
    const cJSON *all = cJSON_GetObjectItemCaseSensitive(tree, "delta");
    return (int)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(all, key));
}

/* A plan decides with what the earlier calls of it would use up, and leaves nothing behind. */
static void a_plan_changes_nothing(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text one, two;
    text_init(&one, 1 << 20);
    text_init(&two, 1 << 20);
    rig_open(&rig, "nhn-v2");
    for (unsigned i = 0; i < 3; i++) {
        struct spec *spec = rig_spec(&rig, arena_printf(&rig.arena, "w%u", i));
        struct object *object = rig_object(&rig, spec);
        struct facts facts = rig_facts(&rig, arena_printf(&rig.arena, "s%u", i), spec->name, PHASE_RUNNING);
        rig_server(&rig, &facts, object);
        object->spec = NULL;
        object->retired_ms = 1;
        object->was_running = true;
    }
    rig.source->read_once = rig.source->valid = true;
    rig.cloud->complete_count = 1;
    view_plan(rig.state, NULL, rig.state->now, &one);
    view_plan(rig.state, NULL, rig.state->now, &two);
    assert_string_equal(one.bytes, two.bytes);
    cJSON *tree = parsed(&one);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(tree, "calls")), 1);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(tree, "blocked")), 2);
    cJSON_Delete(tree);
    assert_int_equal(rig.source->destroyed.count, 0);
    assert_int_equal(rig.state->destroyed.count, 0);
    assert_int_equal(rig.source->live, 0);
    rig_close(&rig);
}

/* Creates beyond maxInstances are blocked in the plan as they would be in fact. */
static void a_plan_counts_what_it_would_create(void **state)
{
    (void)state;
    static const struct catalogue_entry flavors[] = {{.id = "00000000-0000-4000-8000-0000000000f1",
                                                      .name = "small",
                                                      .vcpus = 2,
                                                      .ram_mib = 2048,
                                                      .available = true}};
    struct rig rig;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    rig_open(&rig, "nhn-v2");
    struct catalogue *catalogue = &rig.cloud->catalogues[CATALOGUE_FLAVOR];
    catalogue->entries = memory_zero(sizeof *flavors);
    *catalogue->entries = flavors[0];
    catalogue->count = 1;
    rig_lists_read(&rig);
    rig.cloud->complete_count = 1;
    rig.source->read_once = rig.source->valid = true;
    rig.state->config->sources[0].max_instances = 2;
    for (unsigned i = 0; i < 3; i++)
        rig_object(&rig, rig_spec(&rig, arena_printf(&rig.arena, "w%u", i)));
    view_plan(rig.state, NULL, rig.state->now, &text);
    cJSON *tree = parsed(&text);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(tree, "calls")), 2);
    assert_int_equal(cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(tree, "blocked")), 1);
    assert_int_equal(delta(tree, "instances"), 2);
    assert_int_equal(delta(tree, "vcpus"), 4);
    assert_int_equal(delta(tree, "ramMiB"), 4096);
    cJSON_Delete(tree);
    const char *names[] = {"w2"};
    struct view_filter filter = {.names = names, .name_count = 1};
    view_plan(rig.state, &filter, rig.state->now, &text);
    tree = parsed(&text);
    assert_int_equal(delta(tree, "instances"), 1);
    cJSON_Delete(tree);
    rig_close(&rig);
}

static void seen_as_described(struct rig *rig, struct spec *spec, enum phase phase, const char *keypair)
{
    struct facts facts = rig_facts(rig, arena_printf(&rig->arena, "s-%s", spec->name), spec->name, phase);
    facts.seen |= FIELD_BIT(FIELD_KEYPAIR);
    facts.values[FIELD_KEYPAIR] = value_of_scalar(&rig->arena, keypair);
    struct object *object = rig_object(rig, spec);
    facts.marked = facts.mark_whole = true;
    object->cloud = rig->cloud;
    object_mark(rig->state, object, MARK_CURRENT, &facts.mark);
    facts.mark.parts = (1U << mark_key_count()) - 1;
    rig_server(rig, &facts, object);
}

/* What differs and gets no call is noted, and so are the marks that will be written. */
static void a_plan_notes_what_it_leaves(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    rig_open(&rig, "nhn-v2");
    rig.cloud->complete_count = 1;
    rig.source->read_once = rig.source->valid = true;
    struct spec *keyed = rig_spec(&rig, "a"), *shelved = rig_spec(&rig, "b"), *plain = rig_spec(&rig, "c");
    rig_manage(keyed, FIELD_KEYPAIR, value_of_scalar(&rig.arena, "new"));
    rig_manage(shelved, FIELD_METADATA, RIG_MAP(&rig, "team", "data"));
    rig_manage(shelved, FIELD_POWER, value_of_scalar(&rig.arena, "shelved"));
    seen_as_described(&rig, keyed, PHASE_RUNNING, "old");
    seen_as_described(&rig, shelved, PHASE_SHELVED, "");
    struct facts unmarked = rig_facts(&rig, "s-c", "c", PHASE_RUNNING);
    rig_server(&rig, &unmarked, rig_object(&rig, plain));
    view_plan(rig.state, NULL, rig.state->now, &text);
    static const char notes[] =
        "\"calls\":[],\"blocked\":[],\"notes\":[{\"source\":\"prod\",\"name\":\"a\",\"field\":\"keypair\","
        "\"desired\":\"new\",\"actual\":\"old\",\"message\":\"concerns new servers only "
        "(lifecycle.createOnly)\"},{\"source\":\"prod\",\"name\":\"b\",\"field\":\"metadata\",\"desired\":{"
        "\"team\":\"data\"},\"actual\":{},\"message\":\"waits for a power state that allows "
        "it\"},{\"source\":"
        "\"prod\",\"name\":null,\"field\":\"mark\",\"desired\":null,\"actual\":null,\"message\":\"is written "
        "to 1 server\"}],";
    if (!strstr(text.bytes, notes)) fail_msg("%s", text.bytes);
    keyed->lifecycle.ignore = FIELD_BIT(FIELD_KEYPAIR);
    text_clear(&text);
    view_plan(rig.state, NULL, rig.state->now, &text);
    assert_non_null(strstr(text.bytes, "is not corrected (lifecycle.ignore)"));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_changes_nothing),
        cmocka_unit_test(a_plan_counts_what_it_would_create),
        cmocka_unit_test(a_plan_notes_what_it_leaves),
    };
    return UNIT_RUN(tests);
}
