#include "manifests/nearest.h"

#include <string.h>

#include "reconcile/base/text.h"

/* Every third letter may be wrong, at most three: "flavour" finds "flavor", "foo" finds nothing. */
struct nearest nearest_to(const char *meant)
{
    size_t length = strlen(meant);
    unsigned limit = length < 3 ? 0 : length < 6 ? 1 : length < 9 ? 2 : 3;
    return (struct nearest){.meant = meant, .distance = limit + 1};
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
    unsigned distance = 0;
    if (nearest->distance == 0) return;
    if (!text_equal_nocase(nearest->meant, candidate))
        distance = text_distance(nearest->meant, candidate, nearest->distance - 1);
    if (distance >= nearest->distance) return;
    nearest->best = candidate;
    nearest->distance = distance;
}
