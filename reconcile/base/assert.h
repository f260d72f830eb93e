#ifndef SETPOINT_BASE_ASSERT_H
#define SETPOINT_BASE_ASSERT_H

/* Assertions that stay on. They hold what the code believes; what comes from outside (manifest, HTTP, disk,
   socket) is checked and refused instead. A failed one prints nothing itself (the core does no I/O): it
   records file, line and expression in `assert_failed` and aborts; the program's SIGABRT handler, or gdb,
   shows it. */

struct assert_failure {
    const char *file;
    int line;
    const char *expression;
};
extern struct assert_failure assert_failed;

_Noreturn void assert_fail(const char *file, int line, const char *expression);

#define ASSERT(x)     ((x) ? (void)0 : assert_fail(__FILE__, __LINE__, #x))
#define UNREACHABLE() assert_fail(__FILE__, __LINE__, "unreachable")

#endif
