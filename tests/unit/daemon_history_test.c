#include "tests/unit/unit.h"

#include "daemon/history.h"
#include "reconcile/base/cleanup.h"

enum { JSON_MAX = 4096 };

static void test_what_is_not_known_is_null(void **state)
{
    (void)state;
    AUTO_TEXT struct text json;
    text_init(&json, JSON_MAX);
    struct tell tell = {.seq = 7, .wall_ms = 1769828400000, .type = "CloudReady", .cloud = "kr1", .uid = -1};
    history_tell_json(&tell, &json);
    assert_string_equal(json.bytes,
                        "{\"seq\":7,\"time\":\"2026-01-31T03:00:00Z\",\"source\":null,\"name\":null,"
                        "\"cloud\":\"kr1\",\"type\":\"CloudReady\",\"reason\":null,"
                        "\"message\":null,\"call\":null,\"requestId\":null,\"revision\":null,"
                        "\"uid\":null,\"pid\":null}");
}

/* Rows are what the core stores of a tell: both ways give the same JSON. */
static void test_stored_rows_read_the_same(void **state)
{
    (void)state;
    AUTO_TEXT struct text json;
    text_init(&json, JSON_MAX);
    const struct record records[] = {
        {.table = RECORD_EVENTS,
         .cells = {"7", "1769828400000", "1", "prod", "web-1", "kr1", "CallDone", "", "\"done\"", "Create",
                   "req-1", "ab12", "0", "4711"}},
        {.table = RECORD_EVENTS,
         .cells = {"8", "1769828401000", "0", "", "", "", "Started", "", "", "", "", "", "-1", "0"}}};
    history_records_json(records, 2, &json);
    struct tell first = {.seq = 7,
                         .wall_ms = 1769828400000,
                         .source = "prod",
                         .name = "web-1",
                         .cloud = "kr1",
                         .type = "CallDone",
                         .message = "\"done\"",
                         .call = "Create",
                         .request_id = "req-1",
                         .revision = "ab12",
                         .uid = 0,
                         .pid = 4711};
    struct tell second = {.seq = 8, .wall_ms = 1769828401000, .type = "Started", .uid = -1};
    AUTO_TEXT struct text wanted;
    text_init(&wanted, JSON_MAX);
    text_add_char(&wanted, '[');
    history_tell_json(&first, &wanted);
    text_add_char(&wanted, ',');
    history_tell_json(&second, &wanted);
    text_add_char(&wanted, ']');
    assert_string_equal(json.bytes, wanted.bytes);
}

static void test_no_rows_are_an_empty_array(void **state)
{
    (void)state;
    AUTO_TEXT struct text json;
    text_init(&json, JSON_MAX);
    history_records_json(NULL, 0, &json);
    assert_string_equal(json.bytes, "[]");
}

int main(void)
{
    const struct CMUnitTest history_tests[] = {
        cmocka_unit_test(test_what_is_not_known_is_null),
        cmocka_unit_test(test_stored_rows_read_the_same),
        cmocka_unit_test(test_no_rows_are_an_empty_array),
    };
    return UNIT_RUN(history_tests);
}
