#include "tests/unit/unit.h"

#include "reconcile/base/cleanup.h"
#include "reconcile/base/text.h"
#include "reconcile/record.h"

static void tables_have_keys_and_columns(void **state)
{
    (void)state;
    for (unsigned i = 0; i < RECORD_TABLE_COUNT; i++) {
        const struct record_table_row *row = record_table_row((enum record_table)i);
        assert_true(row->key_columns >= 1 && row->key_columns < row->columns);
        assert_true(row->columns <= RECORD_CELLS_MAX);
        for (unsigned k = 0; k < row->columns; k++)
            for (unsigned j = 0; j < k; j++)
                assert_string_not_equal(row->column_names[k], row->column_names[j]);
    }
}

static void rows_can_be_shown(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena = {0};
    struct record row = {.table = RECORD_META, .cells = {"writer", "abcd"}};
    assert_string_equal(record_show(&row, &arena), "meta key=writer value=abcd");
    row.erase = true;
    assert_string_equal(record_show(&row, &arena), "erase meta key=writer");
    row = (struct record){.table = RECORD_OBJECTS, .erase = true, .cells = {"prod", NULL}};
    assert_string_equal(record_show(&row, &arena), "erase objects source=prod name=-");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_have_keys_and_columns),
        cmocka_unit_test(rows_can_be_shown),
    };
    return UNIT_RUN(tests);
}
