#include "reconcile/base/span.h"

#include <string.h>

struct span span_of(const char *text)
{
    return (struct span){text, text ? strlen(text) : 0};
}

bool span_equal(struct span a, const char *b)
{
    if (!a.at || !b) return !a.at && !b;
    if (a.size > 0 && a.at[0] != b[0]) return false; /* a key is compared with many: most end here */
    return a.size == strlen(b) && memcmp(a.at, b, a.size) == 0;
}
