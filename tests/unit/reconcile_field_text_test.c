#include "tests/unit/unit.h"

#include "reconcile/field_text.h"

/* What a person wrote, and what a program reads: never the cells that the core compares. */
static void values_are_in_the_manifests_form(void **state)
{
    static const struct {
        enum field field;
        uint16_t rows, columns;
        const char *cells[6], *json, *shown;
    } rows[] = {
        {FIELD_NETWORKS,
         2,
         3,
         {"network", "private", "", "subnet", "b838", "10.0.0.9"},
         "[{\"network\":\"private\"},{\"subnet\":\"b838\",\"fixedIp\":\"10.0.0.9\"}]",
         "[{network: private}, {subnet: b838, fixedIp: 10.0.0.9}]"},
        {FIELD_ROOT_DISK,
         1,
         3,
         {"70", "", "true"},
         "{\"size\":\"70GiB\",\"deleteOnTermination\":true}",
         "{size: 70GiB}"},
        {FIELD_ROOT_DISK,
         1,
         3,
         {"", "General SSD", "false"},
         "{\"type\":\"General SSD\",\"deleteOnTermination\":false}",
         "{type: General SSD, deleteOnTermination: false}"},
        {FIELD_ROOT_DISK, 1, 1, {"not given"}, "\"not given\"", "not given"},
        {FIELD_VOLUMES, 1, 1, {"v\"1"}, "[{\"id\":\"v\\\"1\"}]", "[{id: v\"1}]"},
        {FIELD_VOLUMES, 0, 1, {NULL}, "[]", "[]"},
        {FIELD_SECURITY_GROUPS, 1, 1, {"db"}, "[\"db\"]", "[db]"},
        {FIELD_METADATA, 1, 2, {"team", "data"}, "{\"team\":\"data\"}", "{team: data}"},
        {FIELD_FLAVOR, 1, 1, {"m2.c4m8"}, "\"m2.c4m8\"", "m2.c4m8"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text json, shown;
        struct value value = {rows[i].rows, rows[i].columns, rows[i].cells};
        text_init(&json, 1000);
        text_init(&shown, 1000);
        field_json(rows[i].field, value, &json);
        field_show(rows[i].field, value, &shown);
        assert_string_equal(json.bytes, rows[i].json);
        assert_string_equal(shown.bytes, rows[i].shown);
        text_release(&json);
        text_release(&shown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(values_are_in_the_manifests_form)};
    return UNIT_RUN(tests);
}
