#ifndef SETPOINT_TESTS_GOLDEN_COVER_H
#define SETPOINT_TESTS_GOLDEN_COVER_H

#include <stdbool.h>

/* What the cases show, taken from their text: a word that no case shows is a hole. */

/* Notes a case that passed. Returns the name of an earlier one with the same set of (call, reason), or NULL.
 */
const char *cover_note(const char *name, const char *text);
/* Prints a line of TAP for each thing that must be shown; `number` of the first, the next is returned. */
unsigned cover_report(unsigned number, bool *out_good);

#endif
