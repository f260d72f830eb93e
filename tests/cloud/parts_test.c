/* The small parts: buffer and JSON, dice, index, agenda, wall time, globs. */
#include "client.h"

#include "agenda.h"
#include "buffer.h"
#include "faults.h"
#include "index.h"
#include "wall.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void json_is_written(void **state)
{
    struct buffer out = {0};

    (void)state;
    json_open(&out, '{');
    json_put_text(&out, "a", "x\"\\\n\001\x7f:");
    json_put_open(&out, "b", '[');
    json_int(&out, -5);
    json_null(&out);
    json_bool(&out, true);
    json_close(&out, ']');
    json_put_raw(&out, "c", "{}");
    json_put_format(&out, "d", "%d/%s", 7, "y");
    json_put_text(&out, "e", NULL);
    json_close(&out, '}');
    assert_string_equal(buffer_string(&out),
                        "{\"a\":\"x\\\"\\\\\\n\\u0001\\u007f:\",\"b\":[-5,null,true],\"c\":{},"
                        "\"d\":\"7/y\",\"e\":null}");
    buffer_release(&out);
}

static void dice_repeat_and_keep_their_range(void **state)
{
    struct dice a;
    struct dice b;
    char id[CLOUD_ID_SIZE];

    (void)state;
    dice_init(&a, 1, 1);
    dice_init(&b, 1, 1);
    for (unsigned i = 0; i < 1000; i++) {
        int64_t value = dice_between(&a, -3, 3);

        assert_true(value >= -3 && value <= 3);
        assert_int_equal(value, dice_between(&b, -3, 3));
    }
    dice_init(&b, 1, 2);
    assert_true(dice_next(&a) != dice_next(&b));
    dice_uuid(&a, id);
    assert_int_equal(strlen(id), 36);
    assert_int_equal(id[14], '4');
    assert_int_equal(dice_between(&a, 5, 2), 5);
}

static void an_index_finds_what_was_put(void **state)
{
    static char keys[5000][16];
    struct index index = {0};
    size_t value;

    (void)state;
    assert_false(index_get(&index, "none", &value));
    for (size_t i = 0; i < 5000; i++) {
        snprintf(keys[i], sizeof keys[i], "key-%zu", i);
        index_put(&index, keys[i], i);
    }
    index_put(&index, "key-7", 70000);
    assert_int_equal(index.count, 5000);
    for (size_t i = 0; i < 5000; i++) {
        assert_true(index_get(&index, keys[i], &value));
        assert_int_equal(value, i == 7 ? 70000 : i);
    }
    assert_false(index_get(&index, "none", &value));
    index_release(&index);
}

static void an_agenda_is_in_order(void **state)
{
    struct agenda agenda = {0};
    struct agenda_entry *entry;
    int64_t last = -1;
    char text[16];

    (void)state;
    for (unsigned i = 0; i < 500; i++) {
        snprintf(text, sizeof text, "%03u", i);
        agenda_add(&agenda, (i * 7919) % 100, AGENDA_STEP, NULL, 0, text);
    }
    assert_null(agenda_take(&agenda, -1));
    char before[16] = "";
    while ((entry = agenda_take(&agenda, 98))) {
        assert_true(entry->due_ms >= last);
        /* Equal times come in the order of entry. */
        assert_true(entry->due_ms > last || strcmp(entry->text, before) > 0);
        last = entry->due_ms;
        snprintf(before, sizeof before, "%.15s", entry->text);
        free(entry);
    }
    assert_int_equal(agenda_next(&agenda), 99);
    assert_int_equal(agenda.count, 5);
    agenda_release(&agenda);
    assert_true(agenda_next(&agenda) == INT64_MAX);
}

static void wall_times_go_both_ways(void **state)
{
    char text[WALL_SIZE];
    int64_t ms;

    (void)state;
    assert_string_equal(wall_text(1767225600999, WALL_SECONDS_Z, text), "2026-01-01T00:00:00Z");
    assert_string_equal(wall_text(1767225600999, WALL_MICROS, text), "2026-01-01T00:00:00.000000");
    assert_string_equal(wall_text(1767225600999, WALL_HTTP, text), "Thu, 01 Jan 2026 00:00:00 GMT");
    assert_true(wall_parse("2026-01-01T00:00:00Z", &ms) && ms == 1767225600000);
    assert_true(wall_parse("2026-01-01T00:00:00", &ms) && ms == 1767225600000);
    assert_true(wall_parse("2026-01-01T09:00:00+09:00", &ms) && ms == 1767225600000);
    assert_true(wall_parse("2026-01-01T09:00:00.250+0900", &ms) && ms == 1767225600250);
    assert_false(wall_parse("yesterday", &ms));
    assert_false(wall_parse("2026-01-01T00:00:00 or so", &ms));
}

static void globs_match(void **state)
{
    (void)state;
    assert_true(glob_matches("", "anything"));
    assert_true(glob_matches("web-*", "web-12"));
    assert_true(glob_matches("a|b|c*", "cd"));
    assert_true(glob_matches("?x*y", "axbby"));
    assert_false(glob_matches("web-*", "we"));
    assert_false(glob_matches("a|b", "ab"));
    assert_false(glob_matches("?", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_written),
        cmocka_unit_test(dice_repeat_and_keep_their_range),
        cmocka_unit_test(an_index_finds_what_was_put),
        cmocka_unit_test(an_agenda_is_in_order),
        cmocka_unit_test(wall_times_go_both_ways),
        cmocka_unit_test(globs_match),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
