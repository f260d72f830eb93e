#include "tests/unit/unit.h"

#include "reconcile/fit.h"
#include "tests/unit/reconcile_rig.h"

static void list_set(struct rig *rig, enum catalogue_kind kind, const struct catalogue_entry *entries,
                     uint32_t count)
{
    struct catalogue *catalogue = &rig->cloud->catalogues[kind];
    catalogue->entries = memory_zero(count * sizeof *entries);
    memcpy(catalogue->entries, entries, count * sizeof *entries);
    catalogue->count = count;
    catalogue->read_ms = RIG_BOOT_MS;
}

static const struct catalogue_entry FLAVORS[] = {
    {.id = "f-none", .name = "none", .vcpus = 1, .ram_mib = 1024, .available = true},
    {.id = "f-ten", .name = "ten", .vcpus = 1, .ram_mib = 1024, .disk_gib = 10, .available = true},
    {.id = "f-big", .name = "big", .vcpus = 8, .ram_mib = 8192, .disk_gib = 100, .available = true},
    {.id = "f-untold", .name = "untold", .available = true},
};
static const struct catalogue_entry IMAGES[] = {
    {.id = "i-any", .name = "any", .available = true},
    {.id = "i-large", .name = "large", .min_disk_gib = 20, .min_ram_mib = 2048, .available = true},
    {.id = "i-windows", .name = "windows", .min_disk_gib = 50, .windows = true, .available = true},
};

/* What OpenStack itself demands: the flavor's RAM, and its disk where that is the root. */
static const struct {
    const char *provider, *flavor, *image;
    const char *size, *type; /* of rootDisk; NULL NULL = none */
    const char *said;        /* part of the sentence; NULL = it fits */
} ROWS[] = {
    {"openstack", "ten", "any", NULL, NULL, NULL},
    {"openstack", "none", "any", NULL, NULL, NULL},
    {"openstack", "big", "large", NULL, NULL, NULL},
    {"openstack", "ten", "large", "20", "", "1024 MiB of RAM, and image large needs 2048 MiB"},
    {"openstack", "ten", "windows", NULL, NULL,
     "disk of 10 GiB is too small: image windows (Windows) needs 50"},
    {"openstack", "ten", "windows", "50", "", NULL},
    {"openstack", "big", "windows", "", "local", NULL},
    {"openstack", "ten", "windows", "", "local", "give a flavor with a larger one"},
    {"openstack", "untold", "large", NULL, NULL, NULL},
    {"openstack", "unlisted", "large", "20", "", NULL},
    {"openstack", "unlisted", "large", NULL, NULL, NULL},
    {"openstack", "none", "unlisted", "1", "", NULL},
    {"nhn-v2", "none", "any", NULL, NULL, NULL},
    {"nhn-v2", "none", "any", "x", "", NULL}, /* no size: the schema's business */
    {"nhn-v2", "none", "any", "5", "", "give rootDisk: {size: 10GiB}"},
    {"nhn-v2", "none", "any", "2001", "", "takes 2000 GiB at most here"},
    {"nhn-v2", "ten", "any", NULL, NULL, "takes no volume: give rootDisk: {type: local}"},
    {"nhn-v2", "none", "any", "", "local", NULL},
    {"nhn-v2", "none", "windows", "60", "", "needs 2048 MiB: give a larger flavor"},
    {"nhn-v1", "none", "any", "1001", "", "takes 1000 GiB at most here"},
    {"kakaocloud", "none", "windows", "2049", "", "takes 2048 GiB at most here"},
    {"kakaocloud", "none", "any", "2049", "", NULL},
};

static const char *id_of(const struct catalogue_entry *entries, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(entries[i].name, name) == 0) return entries[i].id;
    return name;
}

static void what_is_asked_for_goes_together(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        struct rig rig;
        rig_open(&rig, ROWS[i].provider);
        list_set(&rig, CATALOGUE_FLAVOR, FLAVORS, sizeof FLAVORS / sizeof FLAVORS[0]);
        list_set(&rig, CATALOGUE_IMAGE, IMAGES, sizeof IMAGES / sizeof IMAGES[0]);
        struct spec *spec = rig_spec(&rig, "w");
        rig_manage(
            spec, FIELD_FLAVOR,
            value_of_scalar(&rig.arena, id_of(FLAVORS, sizeof FLAVORS / sizeof *FLAVORS, ROWS[i].flavor)));
        rig_manage(spec, FIELD_IMAGE,
                   value_of_scalar(&rig.arena, id_of(IMAGES, sizeof IMAGES / sizeof *IMAGES, ROWS[i].image)));
        const char *cells[] = {ROWS[i].size, ROWS[i].type, ""};
        if (ROWS[i].size) rig_manage(spec, FIELD_ROOT_DISK, rig_cells(&rig, 3, 1, cells));
        struct object *object = rig_object(&rig, spec);
        struct decision decision = {0};
        struct judge judge = {
            .state = rig.state, .object = object, .cloud = rig.cloud, .arena = &rig.arena, .out = &decision};
        bool settled = judge_create_unfit(&judge);
        if (settled != (ROWS[i].said != NULL)) fail_msg("row %zu: %s", i, decision.message);
        if (settled && decision.reason != REASON_DOES_NOT_FIT) fail_msg("row %zu: %d", i, decision.reason);
        if (settled && !strstr(decision.message, ROWS[i].said)) fail_msg("row %zu: %s", i, decision.message);
        rig_close(&rig);
    }
}

/* The lists are asked for once; one that cannot be read keeps nobody waiting. */
static void unread_lists_are_read_first(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "openstack");
    struct object *object = rig_object(&rig, rig_spec(&rig, "w"));
    struct decision decision = {0};
    struct judge judge = {
        .state = rig.state, .object = object, .cloud = rig.cloud, .arena = &rig.arena, .out = &decision};
    assert_true(judge_create_unfit(&judge));
    assert_int_equal(decision.reason, REASON_CATALOGUE_NEEDED);
    assert_true(rig.cloud->catalogues[CATALOGUE_FLAVOR].wanted_ms > 0);
    rig.cloud->catalogues[CATALOGUE_FLAVOR].failures = 1;
    assert_true(judge_create_unfit(&judge));
    assert_true(rig.cloud->catalogues[CATALOGUE_IMAGE].wanted_ms > 0);
    rig.cloud->catalogues[CATALOGUE_IMAGE].failures = 1;
    assert_false(judge_create_unfit(&judge));
    rig_close(&rig);
}

/* Where nothing is listed nothing is waited for. */
static void a_cloud_without_lists_is_its_own_judge(void **state)
{
    (void)state;
    struct rig rig;
    rig_open(&rig, "tencent-gateway");
    struct object *object = rig_object(&rig, rig_spec(&rig, "w"));
    struct decision decision = {0};
    struct judge judge = {
        .state = rig.state, .object = object, .cloud = rig.cloud, .arena = &rig.arena, .out = &decision};
    assert_false(judge_create_unfit(&judge));
    rig_close(&rig);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_asked_for_goes_together),
                                       cmocka_unit_test(unread_lists_are_read_first),
                                       cmocka_unit_test(a_cloud_without_lists_is_its_own_judge)};
    return UNIT_RUN(tests);
}
