#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

void fuzz_fail(const char *belief, const char *file, int line)
{
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, belief);
    abort();
}
