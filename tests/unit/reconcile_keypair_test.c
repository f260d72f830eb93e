#include "tests/unit/unit.h"

#include "reconcile/find.h"
#include "reconcile/keypair.h"
#include "reconcile/view_text.h"
#include "tests/unit/reconcile_rig.h"

/* What golden cases do not show: how key pairs are told apart, found by name and joined with a new set. */

#define KEY       "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMx"
#define OTHER_KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEiX/2dV/D5EAgInLJC29SYsdQVhmi4A2+pczuYzwUMy"

static struct object *add(struct rig *rig, const char *name, const char *cloud, const char *key_name)
{
    struct object *object = source_add_keypair(
        rig->source, (struct keypair_place){.name = name, .cloud = cloud, .key_name = key_name}, 1);
    object->cloud = state_cloud_add(rig->state, cloud);
    return object;
}

static void places_are_told_apart(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *instance = source_add(rig.source, "ops", 1);
    struct object *c = add(&rig, "ops", "other", "ops"), *b = add(&rig, "ops", "nhn", "two"),
                  *a = add(&rig, "ops", "nhn", "one");
    uint32_t count;
    struct object *const *keypairs = source_keypairs(rig.source, &count);
    assert_int_equal(count, 3);
    assert_ptr_equal(keypairs[0], a);
    assert_ptr_equal(keypairs[1], b);
    assert_ptr_equal(keypairs[2], c);
    assert_ptr_equal(source_object(rig.source, "ops"), instance);
    assert_ptr_equal(source_keypair(rig.source, keypair_place(b)), b);
    assert_null(source_keypair(rig.source, (struct keypair_place){"ops", "nhn", "three"}));
    source_remove(rig.source, b);
    assert_null(source_keypair(rig.source, (struct keypair_place){"ops", "nhn", "two"}));
    rig_close(&rig);
}

static enum found find(struct rig *rig, const char *name, struct object **out, char *message, size_t size)
{
    AUTO_TEXT struct text text;
    text_init(&text, 512);
    enum found found = find_object(rig->state, name, out, &text);
    text_copy(message, size, text.bytes ? text.bytes : "");
    return found;
}

static void names_on_the_command_line(void **state)
{
    (void)state;
    struct rig rig;
    struct object *found;
    char message[512];
    rig_open(&rig, "nhn-v2");
    struct object *one = add(&rig, "ops", "nhn", "ops");
    assert_int_equal(find(&rig, "ops", &found, message, sizeof message), FOUND);
    assert_ptr_equal(found, one);
    assert_int_equal(find(&rig, "prod/ops", &found, message, sizeof message), FOUND);
    struct object *two = add(&rig, "ops", "other", "ops");
    assert_int_equal(find(&rig, "ops", &found, message, sizeof message), FOUND_SEVERAL);
    assert_string_equal(message, "\"ops\" is on several clouds; say ops@nhn or ops@other");
    assert_int_equal(find(&rig, "prod/ops@other", &found, message, sizeof message), FOUND);
    assert_ptr_equal(found, two);
    assert_int_equal(find(&rig, "ops@third", &found, message, sizeof message), FOUND_NOTHING);
    assert_true(find_keypairs(rig.state, "ops"));
    struct object *instance = source_add(rig.source, "ops", 1);
    assert_int_equal(find(&rig, "ops", &found, message, sizeof message), FOUND);
    assert_ptr_equal(found, instance);
    assert_false(find_keypairs(rig.state, "ops"));
    rig_close(&rig);
}

/* A key pair of which the document is gone and its place wanted by another one is told apart from it by name;
   by what stands on the cloud they are one. */
static void a_generation_is_joined(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *stays = add(&rig, "b", "nhn", "b"), *leaves = add(&rig, "a", "nhn", "a");
    keypair_set_registered(rig.state, stays, KEY " before");
    struct keypair_spec specs[] = {
        {.name = "b", .cloud = "nhn", .key_name = "b", .public_key = KEY " now"},
        {.name = "c", .cloud = "nhn", .key_name = "a", .public_key = KEY},
    };
    struct generation generation = {.keypairs = specs, .keypair_count = 2};
    struct object **all = memory_alloc(3 * sizeof *all), *old[] = {leaves, stays};
    uint32_t count = 0;
    keypairs_merge(rig.state, rig.source, &generation, old, 2, all, &count);
    assert_int_equal(count, 3);
    assert_ptr_equal(all[0], leaves);
    assert_ptr_equal(all[1], stays);
    assert_null(leaves->keypair->spec);
    assert_int_equal(leaves->retired_ms, RIG_BOOT_MS);
    assert_ptr_equal(stays->keypair->spec, &specs[0]);
    assert_string_equal(stays->keypair->registered, KEY " before");
    assert_string_equal(all[2]->name, "c");
    assert_string_equal(all[2]->keypair->key_name, "a");
    assert_ptr_equal(all[2]->cloud, rig.cloud);
    memory_free(rig.source->objects);
    rig.source->objects = all;
    rig.source->object_count = rig.source->object_room = 3;
    rig_close(&rig);
}

/* A row is worth keeping only as long as it is ours. */
static void the_ledger_keeps_what_is_ours(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = add(&rig, "ops", "nhn", "ops");
    assert_false(object->ledger_dirty);
    keypair_set_registered(rig.state, object, KEY);
    assert_true(object->ledger_dirty);
    object->ledger_dirty = false;
    keypair_set_registered(rig.state, object, KEY);
    assert_false(object->ledger_dirty);
    assert_false(keypair_is_over(object));
    keypair_set_registered(rig.state, object, NULL);
    assert_true(object->ledger_dirty);
    object->retired_ms = RIG_BOOT_MS;
    assert_true(keypair_is_over(object));
    rig_close(&rig);
}

/* Of a key that is gone from the cloud the row goes when nobody wants it; one that is wanted is made again,
   and a different one under its name is not ours. */
static void what_the_cloud_shows_decides_whose_a_key_is(void **state)
{
    (void)state;
    static const struct {
        bool wanted, shown, other, kept;
    } rows[] = {{true, true, false, true},    {false, true, false, true}, {true, false, false, true},
                {false, false, false, false}, {true, true, true, false},  {false, true, true, false}};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig rig;
        rig_open(&rig, "nhn-v2");
        struct object *object = add(&rig, "ops", "nhn", "ops");
        struct keypair_spec spec = {.name = "ops", .cloud = "nhn", .key_name = "ops", .public_key = KEY};
        struct catalogue_entry entry = {
            .id = "ops", .name = "ops", .public_key = rows[i].other ? OTHER_KEY : KEY};
        struct catalogue *catalogue = &rig.cloud->catalogues[CATALOGUE_KEYPAIR];
        object->keypair->spec = rows[i].wanted ? &spec : NULL;
        keypair_set_registered(rig.state, object, KEY);
        keypair_observe(rig.state, object);
        assert_non_null(object->keypair->registered); /* nothing was read yet */
        catalogue->entries = &entry;
        catalogue->count = rows[i].shown;
        catalogue->read_ms = catalogue->good_ms = rig.state->now.boot_ms;
        keypair_observe(rig.state, object);
        assert_int_equal(object->keypair->registered != NULL, rows[i].kept);
        object->keypair->spec = NULL;
        *catalogue = (struct catalogue){.read_ms = 0};
        rig_close(&rig);
    }
}

static void assert_ledger(struct rig *rig, const struct object *object, const char *expected)
{
    AUTO_TEXT struct text text;
    text_init(&text, 4096);
    view_keypair_describe(object, rig->state->now, &text);
    const char *ledger = strstr(text.bytes, "\"ledger\":");
    assert_non_null(ledger);
    if (!strstr(ledger, expected)) fail_msg("%s instead of %s", ledger, expected);
}

/* What a Converged one waits for is its next reading: nothing is tried then. */
static void a_converged_one_tells_no_next_try(void **state)
{
    (void)state;
    AUTO_TEXT struct text text;
    struct view_filter all = {.name_count = 0};
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = add(&rig, "ops", "nhn", "ops");
    struct keypair_spec spec = {.name = "ops", .cloud = "nhn", .key_name = "ops", .public_key = KEY};
    object->keypair->spec = &spec;
    object->next_try_ms = RIG_BOOT_MS + 1000;
    object->verdict = VERDICT_WAITING;
    text_init(&text, 4096);
    view_status(rig.state, &all, rig.state->now, &text);
    assert_non_null(strstr(text.bytes, "\"nextTry\":\"2026-01-31T03:00:01"));
    text_clear(&text);
    object->verdict = VERDICT_CONVERGED;
    view_status(rig.state, &all, rig.state->now, &text);
    assert_non_null(strstr(text.bytes, "\"nextTry\":null"));
    object->keypair->spec = NULL;
    rig_close(&rig);
}

static void describe_tells_what_the_ledger_holds(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "nhn-v2");
    struct object *object = add(&rig, "ops", "nhn", "ops");
    struct keypair_spec spec = {.name = "ops", .cloud = "nhn", .key_name = "ops", .public_key = KEY};
    object->keypair->spec = &spec;
    object->retry_ms = NEVER_MS;
    assert_ledger(&rig, object,
                  "{\"registeredByUs\":false,\"fingerprint\":null,\"failures\":0,\"retryAt\":null");
    keypair_set_registered(rig.state, object, KEY);
    object->failures = 3;
    object->retry_ms = RIG_BOOT_MS + 1000;
    assert_ledger(
        &rig, object,
        "{\"registeredByUs\":true,\"fingerprint\":\"SHA256:5VwmFIgC6NeoXEyei/d9Mq7HEKZ9lYufDkU4Xe+CCSo\","
        "\"failures\":3,\"retryAt\":\"2026-01-31T03:00:01");
    object->keypair->spec = NULL;
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_told_apart),
        cmocka_unit_test(names_on_the_command_line),
        cmocka_unit_test(a_generation_is_joined),
        cmocka_unit_test(the_ledger_keeps_what_is_ours),
        cmocka_unit_test(what_the_cloud_shows_decides_whose_a_key_is),
        cmocka_unit_test(a_converged_one_tells_no_next_try),
        cmocka_unit_test(describe_tells_what_the_ledger_holds),
    };
    return UNIT_RUN(tests);
}
