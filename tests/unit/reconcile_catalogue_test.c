#include "tests/unit/unit.h"

#include "reconcile/catalogue.h"
#include "tests/unit/reconcile_rig.h"

static const struct catalogue_entry first[] = {
    {.id = "f1", .name = "small", .vcpus = 2, .ram_mib = 2048, .available = true},
    {.id = "f2", .name = "twin", .vcpus = 1, .ram_mib = 1, .available = true}};
static const struct catalogue_entry second[] = {
    {.id = "f3", .name = "twin", .vcpus = 1, .ram_mib = 1, .available = true},
    {.id = "small", .name = "odd", .vcpus = 1, .ram_mib = 1, .available = true}};

static void read_page(struct rig *rig, const struct catalogue_entry *entries, const char *next)
{
    struct reply reply = {
        .entries = entries, .entry_count = entries ? 2 : 0, .next_page = next, .message = ""};
    catalogue_begin(rig->state, rig->cloud, CATALOGUE_FLAVOR);
    catalogue_take(rig->state, rig->cloud, CATALOGUE_FLAVOR, &reply);
}

static enum resolution resolve(struct rig *rig, const char *text, const char **id)
{
    return catalogue_resolve(rig->state, rig->cloud, CATALOGUE_FLAVOR, text, id);
}

static void names_resolve_when_all_pages_are_in(void **state)
{
    (void)state;
    struct rig rig;
    const char *id;
    enum catalogue_kind kind;
    rig_open(&rig, "nhn-v2");
    assert_int_equal(resolve(&rig, "small", &id), RESOLUTION_WAIT);
    assert_false(catalogue_due(rig.state, rig.cloud, &kind));
    catalogue_want(rig.state, rig.cloud, CATALOGUE_FLAVOR);
    assert_true(catalogue_due(rig.state, rig.cloud, &kind));
    assert_int_equal(kind, CATALOGUE_FLAVOR);
    read_page(&rig, first, "page-2");
    assert_int_equal(resolve(&rig, "small", &id), RESOLUTION_WAIT);
    assert_true(catalogue_due(rig.state, rig.cloud, &kind)); /* the next page */
    read_page(&rig, second, NULL);
    assert_int_equal(resolve(&rig, "f1", &id), RESOLUTION_FOUND);
    assert_int_equal(resolve(&rig, "twin", &id), RESOLUTION_AMBIGUOUS);
    assert_int_equal(resolve(&rig, "odd", &id), RESOLUTION_FOUND);
    assert_string_equal(id, "small");
    assert_int_equal(resolve(&rig, "small", &id), RESOLUTION_FOUND); /* an id goes before a name */
    assert_string_equal(id, "small");
    assert_int_equal(resolve(&rig, "nothing", &id), RESOLUTION_MISSING);
    assert_int_equal(resolve(&rig, "00000000-0000-4000-8000-000000000001", &id), RESOLUTION_FOUND);
    assert_string_equal(catalogue_name(rig.cloud, CATALOGUE_FLAVOR, "f1"), "small");
    assert_string_equal(catalogue_name(rig.cloud, CATALOGUE_FLAVOR, "f9"), "f9");
    rig_close(&rig);
}

/* A miss reads anew, at most once a minute. */
static void a_miss_reads_anew(void **state)
{
    (void)state;
    struct rig rig;
    const char *id;
    enum catalogue_kind kind;
    rig_open(&rig, "nhn-v2");
    catalogue_want(rig.state, rig.cloud, CATALOGUE_FLAVOR);
    read_page(&rig, first, NULL);
    catalogue_want(rig.state, rig.cloud, CATALOGUE_FLAVOR);
    assert_false(catalogue_due(rig.state, rig.cloud, &kind));
    assert_int_equal(catalogue_wake(rig.cloud), RIG_BOOT_MS + CATALOGUE_MISS_MS);
    rig.state->now.boot_ms += CATALOGUE_MISS_MS;
    assert_true(catalogue_due(rig.state, rig.cloud, &kind));
    assert_int_equal(resolve(&rig, "nothing", &id), RESOLUTION_WAIT);
    rig_close(&rig);
}

static void a_reading_that_fails_backs_off(void **state)
{
    (void)state;
    struct rig rig;
    const char *id;
    enum catalogue_kind kind;
    struct reply outage = {.kind = REPLY_OUTAGE, .message = "503"},
                 denied = {.kind = REPLY_DENIED, .message = "no"};
    rig_open(&rig, "nhn-v2");
    catalogue_want(rig.state, rig.cloud, CATALOGUE_FLAVOR);
    catalogue_begin(rig.state, rig.cloud, CATALOGUE_FLAVOR);
    catalogue_take(rig.state, rig.cloud, CATALOGUE_FLAVOR, &outage);
    assert_false(catalogue_due(rig.state, rig.cloud, &kind));
    assert_string_equal(rig.cloud->catalogues[CATALOGUE_FLAVOR].problem, "503");
    assert_int_equal(resolve(&rig, "small", &id), RESOLUTION_WAIT);
    rig.state->now.boot_ms += RETRY_FIRST_MS;
    assert_true(catalogue_due(rig.state, rig.cloud, &kind));
    catalogue_begin(rig.state, rig.cloud, CATALOGUE_FLAVOR);
    catalogue_take(rig.state, rig.cloud, CATALOGUE_FLAVOR, &denied);
    assert_int_equal(resolve(&rig, "small", &id), RESOLUTION_MISSING); /* not served: told, not waited for */
    rig_close(&rig);
}

/* Where nothing can be listed, what a manifest says is an id. */
static void without_a_catalogue_every_text_is_an_id(void **state)
{
    (void)state;
    struct rig rig;
    const char *id;
    rig_open(&rig, "tencent-gateway");
    assert_false(catalogue_exists(rig.cloud, CATALOGUE_FLAVOR));
    assert_int_equal(resolve(&rig, "S5.SMALL2", &id), RESOLUTION_FOUND);
    assert_string_equal(id, "S5.SMALL2");
    assert_false(catalogue_is_stale(rig.state, rig.cloud, CATALOGUE_FLAVOR));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_catalogue_every_text_is_an_id),
        cmocka_unit_test(names_resolve_when_all_pages_are_in),
        cmocka_unit_test(a_miss_reads_anew),
        cmocka_unit_test(a_reading_that_fails_backs_off),
    };
    return UNIT_RUN(tests);
}
