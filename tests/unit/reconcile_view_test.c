#include "tests/unit/unit.h"

#include <cjson/cJSON.h>

#include "reconcile/hold.h"
#include "reconcile/view_text.h"
#include "tests/unit/reconcile_rig.h"

/* Texts that would break JSON that is glued together. */
#define NASTY "a\"b\\c\n\x01\t</script>\xff 한글"

static struct object *labelled(struct rig *rig, const char *name, const char *tier, const char *env)
{
    struct spec *spec = rig_spec(rig, name);
    spec->labels = env ? RIG_MAP(rig, "env", env, "tier", tier) : RIG_MAP(rig, "tier", tier);
    return rig_object(rig, spec);
}

static unsigned selected(struct rig *rig, const char *selector)
{
    struct view_filter filter = {.selector = selector};
    unsigned count = 0;
    for (uint32_t i = 0; i < rig->source->object_count; i++)
        count += view_selects(&filter, rig->source->objects[i]);
    return count;
}

static void selectors_join_their_terms(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    labelled(&rig, "a", "db", "prod");
    labelled(&rig, "b", "db", NULL);
    labelled(&rig, "c", "web", "prod");
    assert_int_equal(selected(&rig, "tier=db"), 2);
    assert_int_equal(selected(&rig, "tier!=db"), 1);
    assert_int_equal(selected(&rig, "tier=db,env=prod"), 1);
    assert_int_equal(selected(&rig, "tier=db,env!=prod"), 1);
    assert_int_equal(selected(&rig, "env"), 2);
    assert_int_equal(selected(&rig, "nothing"), 0);
    assert_int_equal(selected(&rig, "nothing!=x"), 3);
    assert_int_equal(selected(&rig, "tier="), 0);
    assert_int_equal(selected(&rig, "tier=d"), 0);
    assert_int_equal(selected(&rig, "tie=db"), 0);
    rig_close(&rig);
}

static void assert_check(struct rig *rig, struct view_filter filter, enum view_find expected)
{
    AUTO_TEXT struct text message;
    text_init(&message, 256);
    assert_int_equal(view_check(rig->state, &filter, &message), expected);
    assert_int_equal(message.length == 0, expected == VIEW_FOUND);
}

static void filters_are_checked(void **state)
{
    (void)state;
    struct rig rig;
    const char *good[] = {"prod", "prod/web", "web"}, *bad[] = {"web", "wep"}, *both[] = {"both"};
    rig_open(&rig, "nhn-v2");
    rig_object(&rig, rig_spec(&rig, "web"));
    rig_object(&rig, rig_spec(&rig, "both"));
    source_add(state_source_add(rig.state, "test"), "both", 99);
    assert_check(&rig, (struct view_filter){.source = NULL}, VIEW_FOUND);
    assert_check(&rig, (struct view_filter){.names = good, .name_count = 3}, VIEW_FOUND);
    assert_check(&rig, (struct view_filter){.names = bad, .name_count = 2}, VIEW_NOT_FOUND);
    assert_check(&rig, (struct view_filter){.names = both, .name_count = 1}, VIEW_AMBIGUOUS);
    assert_check(&rig, (struct view_filter){.source = "prod"}, VIEW_FOUND);
    assert_check(&rig, (struct view_filter){.source = "prods"}, VIEW_NOT_FOUND);
    assert_check(&rig, (struct view_filter){.selector = "tier=db"}, VIEW_FOUND);
    assert_check(&rig, (struct view_filter){.selector = ""}, VIEW_BAD_SELECTOR);
    assert_check(&rig, (struct view_filter){.selector = "=db"}, VIEW_BAD_SELECTOR);
    rig_close(&rig);
}

static cJSON *parsed(struct text *text)
{
    cJSON *tree = cJSON_ParseWithOpts(text->bytes, NULL, true);
    if (!tree) fail_msg("not JSON: %s", text->bytes);
    text_clear(text);
    return tree;
}

static void assert_members(const cJSON *object, const char *const *members, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        if (!cJSON_GetObjectItemCaseSensitive(object, members[i])) fail_msg("\"%s\" is missing", members[i]);
}
#define MEMBERS(object, ...)                                                                                 \
    assert_members(object, (const char *[]){__VA_ARGS__},                                                    \
                   sizeof((const char *[]){__VA_ARGS__}) / sizeof(const char *))

/* A source, a server and an object that were named by somebody hostile. */
static struct object *nasty(struct rig *rig)
{
    struct spec *spec = rig_spec(rig, "web");
    spec->file = NASTY;
    spec->labels = RIG_MAP(rig, NASTY, NASTY);
    rig_manage(spec, FIELD_METADATA, RIG_MAP(rig, NASTY, NASTY));
    rig_manage(spec, FIELD_NETWORKS, rig_cells(rig, 3, 1, (const char *[]){"subnet", NASTY, ""}));
    rig_manage(spec, FIELD_USER_DATA, value_of_scalar(&rig->arena, "c2VjcmV0"));
    struct object *object = rig_object(rig, spec);
    struct facts facts = rig_facts(rig, "s1", NASTY, PHASE_RUNNING);
    facts.status = facts.fault = NASTY;
    rig_server(rig, &facts, object);
    text_copy(object->message, sizeof object->message, NASTY);
    object->verdict = VERDICT_BLOCKED;
    object->reason = REASON_DUPLICATE;
    object->since_wall_ms = RIG_WALL_MS;
    object->route[0] = CALL_DELETE;
    object->route_count = 1;
    holds_note(rig->state, REASON_IN_SYNC, REASON_DUPLICATE);
    holds_remember(rig->state);
    return object;
}

static void every_view_is_json_whatever_the_texts(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    rig_open(&rig, "nhn-v2");
    struct now now = rig.state->now;
    nasty(&rig);
    view_status(rig.state, NULL, now, &text);
    cJSON *tree = parsed(&text);
    assert_int_equal(cJSON_GetArraySize(tree), 1);
    MEMBERS(cJSON_GetArrayItem(tree, 0), "source", "name", "kind", "fleet", "cloud", "providerId", "phase",
            "verdict", "reason", "message", "since", "nextTry", "gap", "route");
    assert_true(cJSON_IsNull(cJSON_GetObjectItemCaseSensitive(cJSON_GetArrayItem(tree, 0), "fleet")));
    cJSON_Delete(tree);
    assert_int_equal(view_describe(rig.state, "web", now, &text), VIEW_FOUND);
    assert_null(strstr(text.bytes, "c2VjcmV0")); /* S11 */
    tree = parsed(&text);
    MEMBERS(tree, "desired", "observed", "gap", "ledger", "blockedBy");
    cJSON_Delete(tree);
    view_plan(rig.state, NULL, now, &text);
    tree = parsed(&text);
    MEMBERS(tree, "id", "calls", "blocked", "notes", "delta");
    cJSON_Delete(tree);
    view_clouds(rig.state, now, &text);
    tree = parsed(&text);
    MEMBERS(cJSON_GetArrayItem(tree, 0), "name", "ready", "reason", "brake", "breaker", "lastList",
            "lastFullList", "known");
    cJSON_Delete(tree);
    view_sources(rig.state, now, &text);
    tree = parsed(&text);
    MEMBERS(cJSON_GetArrayItem(tree, 0), "name", "revision", "valid", "errors", "since", "objects", "budget");
    cJSON_Delete(tree);
    view_holds(rig.state, now, &text);
    tree = parsed(&text);
    MEMBERS(cJSON_GetArrayItem(tree, 0), "holdId", "source", "cloud", "reason", "members", "since");
    cJSON_Delete(tree);
    rig_close(&rig);
}

static void empty_views_are_json(void **state)
{
    (void)state;
    struct rig rig;
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    rig_open(&rig, "nhn-v2");
    view_status(rig.state, NULL, rig.state->now, &text);
    assert_string_equal(text.bytes, "[]");
    text_clear(&text);
    view_holds(rig.state, rig.state->now, &text);
    assert_string_equal(text.bytes, "[]");
    text_clear(&text);
    view_plan(rig.state, NULL, rig.state->now, &text);
    cJSON_Delete(parsed(&text));
    assert_int_equal(view_describe(rig.state, "web", rig.state->now, &text), VIEW_NOT_FOUND);
    assert_string_equal(text.bytes, "no object \"web\"");
    rig_close(&rig);
}

static void before_the_configuration_views_are_json_too(void **state)
{
    (void)state;
    uint8_t entropy[32] = {1};
    struct now now = {RIG_BOOT_MS, RIG_WALL_MS};
    struct state *core = reconcile_new(entropy, now);
    AUTO_TEXT struct text text;
    text_init(&text, 1 << 20);
    view_status(core, NULL, now, &text);
    cJSON_Delete(parsed(&text));
    view_plan(core, NULL, now, &text);
    cJSON_Delete(parsed(&text));
    view_clouds(core, now, &text);
    cJSON_Delete(parsed(&text));
    view_sources(core, now, &text);
    cJSON_Delete(parsed(&text));
    assert_false(view_is_ready(core));
    assert_string_equal(view_mode(core), "observe");
    reconcile_free(core);
}

static void counts_are_of_what_is_selected(void **state)
{
    (void)state;
    struct rig rig;
    const char *names[] = {"a", "b"};
    rig_open(&rig, "nhn-v2");
    labelled(&rig, "a", "db", NULL)->verdict = VERDICT_CONVERGED;
    struct object *b = labelled(&rig, "b", "db", NULL);
    b->verdict = VERDICT_BLOCKED;
    b->reason = REASON_NAME_TAKEN;
    labelled(&rig, "c", "web", NULL)->verdict = VERDICT_FAILING;
    struct view_counts all = view_count(rig.state, NULL, rig.state->now);
    assert_int_equal(all.objects, 3);
    assert_int_equal(all.not_converged, 2);
    assert_int_equal(all.held, 1);
    struct view_filter filter = {.names = names, .name_count = 2};
    struct view_counts some = view_count(rig.state, &filter, rig.state->now);
    assert_int_equal(some.objects, 2);
    assert_int_equal(some.converged, 1);
    assert_int_equal(some.blocked, 1);
    assert_int_equal(some.failing, 0);
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selectors_join_their_terms),
        cmocka_unit_test(filters_are_checked),
        cmocka_unit_test(every_view_is_json_whatever_the_texts),
        cmocka_unit_test(empty_views_are_json),
        cmocka_unit_test(before_the_configuration_views_are_json_too),
        cmocka_unit_test(counts_are_of_what_is_selected),
    };
    return UNIT_RUN(tests);
}
