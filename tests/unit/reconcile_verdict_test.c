#include "tests/unit/unit.h"

#include "reconcile/verdict.h"

/* S10's closed list, typed a second time. */
static const char *const persons[] = {
    "ApprovalNeeded",   "NameTaken",       "Duplicate",       "ImmutableChange", "ErrorHold",
    "Protected",        "Suspended",       "WrongProject",    "AnotherDaemon",   "TakenOver",
    "Orphaned",         "LedgerCorrupt",   "SourceInvalid",   "OperatorState",   "OutcomeUnknown",
    "DisruptionHalted", "ServersVanished", "TooManyInstances"};
enum { PERSONS = sizeof persons / sizeof *persons };

static bool is_listed(const char *word)
{
    for (unsigned i = 0; i < PERSONS; i++)
        if (strcmp(persons[i], word) == 0) return true;
    return false;
}

static void only_the_closed_list_waits_for_a_person(void **state)
{
    (void)state;
    unsigned found = 0;
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        const struct reason_row *row = reason_row((enum reason)i);
        assert_int_equal(row->person, is_listed(row->word));
        if (row->person) assert_int_equal(row->verdict, VERDICT_BLOCKED);
        found += row->person;
    }
    assert_int_equal(found, PERSONS);
}

static void every_reason_has_one_word_and_an_end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        const struct reason_row *row = reason_row((enum reason)i);
        assert_true(row->word[0] >= 'A' && row->word[0] <= 'Z');
        assert_null(strchr(row->word, ' '));
        assert_true(row->ended_by[0] != '\0');
        for (unsigned k = 0; k < i; k++)
            assert_string_not_equal(row->word, reason_row((enum reason)k)->word);
    }
}

static void every_verdict_has_a_reason(void **state)
{
    (void)state;
    unsigned reasons[VERDICT_COUNT] = {0};
    for (unsigned i = 0; i < REASON_COUNT; i++)
        reasons[reason_row((enum reason)i)->verdict]++;
    for (unsigned i = 0; i < VERDICT_COUNT; i++) {
        assert_true(reasons[i] > 0);
        assert_true(verdict_name((enum verdict)i)[0] != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_closed_list_waits_for_a_person),
        cmocka_unit_test(every_reason_has_one_word_and_an_end),
        cmocka_unit_test(every_verdict_has_a_reason),
    };
    return UNIT_RUN(tests);
}
