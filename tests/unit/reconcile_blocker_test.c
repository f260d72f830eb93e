#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/unit.h"

#include "reconcile/blocker.h"
#include "reconcile/object.h"
#include "reconcile/server.h"
#include "reconcile/source.h"

/* Whatever is not Converged and not under way is kept from it by something; only a remedy that is about to be
   sent has nothing in its way. */
static void every_reason_that_waits_has_a_blocker(void **state)
{
    (void)state;
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        const struct reason_row *row = reason_row((enum reason)i);
        bool goes =
            row->verdict == VERDICT_CONVERGED || row->verdict == VERDICT_PROGRESSING || i == REASON_REPAIRING;
        assert_int_equal(blocker_of_reason((enum reason)i) == BLOCKER_NONE, goes);
    }
}

static void every_word_is_one(void **state)
{
    (void)state;
    for (unsigned i = BLOCKER_NONE + 1; i < BLOCKER_COUNT; i++) {
        const struct blocker_row *row = blocker_row((enum blocker_kind)i);
        assert_int_equal(strspn(row->word, "abcdefghijklmnopqrstuvwxyz:"), strlen(row->word));
        assert_true(row->word[0] != '\0' && row->about[0] != '\0' && row->ended_by[0] != '\0');
        for (unsigned k = BLOCKER_NONE + 1; k < i; k++)
            assert_string_not_equal(row->word, blocker_row((enum blocker_kind)k)->word);
    }
}

/* The table of docs/operations.md has the same rows, in the same order. */
static void the_documents_have_the_same_rows(void **state)
{
    (void)state;
    char path[4096], line[1024], expected[1024];
    const char *top = getenv("SETPOINT_SOURCE_DIR");
    assert_non_null(top);
    snprintf(path, sizeof path, "%s/docs/operations.md", top);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) && strncmp(line, "| blockedBy |", 13) != 0)
        continue;
    assert_non_null(fgets(line, sizeof line, file)); /* |---| */
    for (unsigned i = BLOCKER_NONE + 1; i < BLOCKER_COUNT; i++) {
        const struct blocker_row *row = blocker_row((enum blocker_kind)i);
        snprintf(expected, sizeof expected, "| %s | %s | %s |\n", row->word, row->about, row->ended_by);
        assert_non_null(fgets(line, sizeof line, file));
        assert_string_equal(line, expected);
    }
    assert_non_null(fgets(line, sizeof line, file));
    assert_string_equal(line, "\n");
    fclose(file);
}

static void shown(const struct blocker *blocker, const char *expected)
{
    struct text text;
    text_init(&text, BLOCKER_WORD);
    blocker_show(blocker, &text);
    assert_string_equal(text.bytes ? text.bytes : "", expected);
    text_release(&text);
}

static void a_blocker_names_one_thing(void **state)
{
    (void)state;
    struct source source = {.name = "prod"};
    struct object object = {
        .source = &source, .name = "web", .cloud_name = "nhn", .current = "s1", .retry_call = CALL_RESIZE};
    struct server next = {.facts.id = "s2"};
    struct blocker blocker;
    blocker_set(&blocker, BLOCKER_NONE, &object, NULL, NULL);
    shown(&blocker, "");
    blocker_set(&blocker, BLOCKER_BUDGET, &object, NULL, NULL);
    shown(&blocker, "budget:prod");
    blocker_set(&blocker, BLOCKER_BUDGET, &object, NULL, BLOCKER_ALL);
    shown(&blocker, "budget:*");
    blocker_set(&blocker, BLOCKER_PROTECT, &object, NULL, NULL);
    shown(&blocker, "protect:prod/web");
    blocker_set(&blocker, BLOCKER_THROTTLE, &object, NULL, NULL);
    shown(&blocker, "throttle:nhn");
    blocker_set(&blocker, BLOCKER_BUSY, &object, &next, NULL);
    shown(&blocker, "busy:s2");
    blocker_set(&blocker, BLOCKER_BUSY, &object, NULL, NULL);
    shown(&blocker, "busy:s1");
    blocker_set(&blocker, BLOCKER_BACKOFF, &object, NULL, NULL);
    shown(&blocker, "backoff:Resize");
    object.retry_call = CALL_NONE;
    blocker_set(&blocker, BLOCKER_BACKOFF, &object, NULL, NULL);
    shown(&blocker, "backoff:Create");
    blocker_set(&blocker, BLOCKER_CAPACITY, &object, NULL, "kr-pub-a:m2.c4m8");
    shown(&blocker, "breaker:capacity:kr-pub-a:m2.c4m8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_that_waits_has_a_blocker),
        cmocka_unit_test(every_word_is_one),
        cmocka_unit_test(the_documents_have_the_same_rows),
        cmocka_unit_test(a_blocker_names_one_thing),
    };
    return UNIT_RUN(tests);
}
