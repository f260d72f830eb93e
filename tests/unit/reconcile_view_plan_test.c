#include "tests/unit/unit.h"

#include <cjson/cJSON.h>

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
    static const struct catalogue_entry flavors[] = {
        {"00000000-0000-4000-8000-0000000000f1", "small", 2, 2048, true}};
    struct rig rig;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    rig_open(&rig, "nhn-v2");
    struct catalogue *catalogue = &rig.cloud->catalogues[CATALOGUE_FLAVOR];
    catalogue->entries = memory_zero(sizeof *flavors);
    *catalogue->entries = flavors[0];
    catalogue->count = 1;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_changes_nothing),
        cmocka_unit_test(a_plan_counts_what_it_would_create),
    };
    return UNIT_RUN(tests);
}
