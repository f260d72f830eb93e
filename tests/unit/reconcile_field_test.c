#include "tests/unit/unit.h"

#include "reconcile/field.h"

static void every_field_has_a_name_that_leads_back(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        enum field back = FIELD_COUNT;
        assert_true(field_from_name(field_row((enum field)i)->name, &back));
        assert_int_equal(back, i);
        assert_true(field_row((enum field)i)->columns >= 1);
    }
    enum field none;
    assert_false(field_from_name("Flavor", &none));
}

static void shapes_have_their_columns(void **state)
{
    (void)state;
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        const struct field_row *row = field_row((enum field)i);
        if (row->shape == SHAPE_SCALAR || row->shape == SHAPE_SET) assert_int_equal(row->columns, 1);
        if (row->shape == SHAPE_MAP) assert_int_equal(row->columns, 2);
    }
    assert_true(field_row(FIELD_USER_DATA)->secret);
}

static void catalogues_have_names(void **state)
{
    (void)state;
    for (unsigned i = 0; i < CATALOGUE_KIND_COUNT; i++)
        assert_true(catalogue_kind_name((enum catalogue_kind)i)[0] != '\0');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_has_a_name_that_leads_back),
        cmocka_unit_test(shapes_have_their_columns),
        cmocka_unit_test(catalogues_have_names),
    };
    return UNIT_RUN(tests);
}
