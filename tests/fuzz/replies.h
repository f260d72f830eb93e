#ifndef SETPOINT_TESTS_FUZZ_REPLIES_H
#define SETPOINT_TESTS_FUZZ_REPLIES_H

/* Whose codec the target is of: the word in a Cloud document. Each target is a file with this word and
   replies.c, so that each has a corpus and a coverage of its own. */
extern const char *const replies_provider;

#endif
