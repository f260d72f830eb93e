#ifndef SETPOINT_TESTS_FUZZ_H
#define SETPOINT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

/* One target is one file with this function: libFuzzer calls it with bytes of its own making, replay.c with
   those of the corpus. It keeps nothing from one call to the next, so that an input alone repeats what it
   did. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the target believes of the product; when it is false, the input is a finding. */
#define FUZZ_CHECK(belief) ((belief) ? (void)0 : fuzz_fail(#belief, __FILE__, __LINE__))
_Noreturn void fuzz_fail(const char *belief, const char *file, int line);

#endif
