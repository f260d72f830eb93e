#ifndef SETPOINT_TESTS_GOLDEN_DIFF_H
#define SETPOINT_TESTS_GOLDEN_DIFF_H

/* Prints the unified difference of two texts, each line behind `prefix`. */
void diff_print(const char *expected, const char *actual, const char *prefix);

#endif
