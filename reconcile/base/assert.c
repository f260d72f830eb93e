#include "reconcile/base/assert.h"

#include <stdlib.h>

struct assert_failure assert_failed;

void assert_fail(const char *file, int line, const char *expression)
{
    assert_failed = (struct assert_failure){file, line, expression};
    abort();
}
