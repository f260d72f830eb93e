#ifndef SETPOINT_TESTS_UNIT_H
#define SETPOINT_TESTS_UNIT_H

/* What every unit test includes: cmocka with the headers that it needs before it, and TAP output. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs the row of tests in main. */
#define UNIT_RUN(tests)                                                                                      \
    (cmocka_set_message_output(CM_OUTPUT_TAP), cmocka_run_group_tests_name(#tests, tests, NULL, NULL))

/* True when `act` ends its process by abort(): the only thing that an assertion of the product does. */
static inline bool unit_aborts(void (*act)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        act();
        _exit(0);
    }
    return waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

#endif
