#include "tests/unit/unit.h"

#include "reconcile/base/assert.h"

static void on_abort(int signal_number)
{
    (void)signal_number;
    _exit(assert_failed.line == 4711 && strcmp(assert_failed.file, "some.c") == 0 &&
                  strcmp(assert_failed.expression, "a == b") == 0
              ? 42
              : 1);
}

static void test_a_failure_is_recorded_for_the_handler(void **state)
{
    (void)state;
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, on_abort);
        assert_fail("some.c", 4711, "a == b");
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
}

static void fail_an_assertion(void)
{
    ASSERT(assert_failed.line == 1);
}

static void hold_an_assertion(void)
{
    ASSERT(assert_failed.line == 0);
}

static void reach_the_unreachable(void)
{
    UNREACHABLE();
}

static void test_only_false_assertions_abort(void **state)
{
    (void)state;
    assert_true(unit_aborts(fail_an_assertion));
    assert_true(unit_aborts(reach_the_unreachable));
    assert_false(unit_aborts(hold_an_assertion));
}

int main(void)
{
    const struct CMUnitTest assert_tests[] = {
        cmocka_unit_test(test_a_failure_is_recorded_for_the_handler),
        cmocka_unit_test(test_only_false_assertions_abort),
    };
    return UNIT_RUN(assert_tests);
}
