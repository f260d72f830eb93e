#include <stdlib.h>
#include <string.h>

#include "manifests/instance.h"
#include "reconcile/base/cleanup.h"

/* One thing that only one Instance of a source may have. Two servers of one name may be there; who adopts
   both by their ids knows what is what. */
struct claim {
    const struct spec *spec;
    const char *first, *second;
};

static int claim_compare(const void *left, const void *right)
{
    const struct claim *a = left, *b = right;
    int order = strcmp(a->first, b->first);
    if (order == 0) order = strcmp(a->second, b->second);
    if (order == 0) order = strcmp(a->spec->name, b->spec->name);
    return order;
}

static const char SERVER_NAME[] = "the server name";

static void check_claims(struct claim *claims, uint32_t count, const char *what, struct mistakes *mistakes)
{
    if (count) qsort(claims, count, sizeof *claims, claim_compare);
    for (uint32_t i = 1; i < count; i++) {
        const struct claim *a = &claims[i - 1], *b = &claims[i];
        if (strcmp(a->first, b->first) != 0 || strcmp(a->second, b->second) != 0) continue;
        if (strcmp(a->spec->name, b->spec->name) == 0) continue; /* two of one name: told already */
        bool by_id = a->spec->adopt && b->spec->adopt && strcmp(a->spec->adopt, b->spec->adopt) != 0;
        if (by_id && strcmp(what, SERVER_NAME) == 0) continue;
        mistakes_add(mistakes, (struct position){b->spec->file, b->spec->line, b->spec->column},
                     "Instance \"%s\" wants %s \"%s\" as \"%s\" does; only one can have it", b->spec->name,
                     what, b->first, a->spec->name);
    }
}

static bool is_defined(const struct spec *specs, uint32_t count, const char *name)
{
    uint32_t low = 0, high = count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(specs[middle].name, name);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

void instances_check_unique(const struct spec *specs, uint32_t count, struct mistakes *mistakes)
{
    AUTO_FREE struct claim *claims = memory_alloc(count * sizeof *claims + 1);
    uint32_t claimed = 0;
    for (uint32_t i = 0; i < count; i++)
        claims[i] = (struct claim){&specs[i], value_scalar(specs[i].values[FIELD_NAME]), specs[i].cloud};
    check_claims(claims, count, SERVER_NAME, mistakes);
    for (uint32_t i = 0; i < count; i++)
        if (specs[i].adopt) claims[claimed++] = (struct claim){&specs[i], specs[i].adopt, specs[i].cloud};
    check_claims(claims, claimed, "to adopt", mistakes);
    claimed = 0;
    for (uint32_t i = 0; i < count; i++)
        if (specs[i].was) claims[claimed++] = (struct claim){&specs[i], specs[i].was, ""};
    check_claims(claims, claimed, "the former name", mistakes);
    for (uint32_t i = 0; i < count; i++)
        if (specs[i].was && is_defined(specs, count, specs[i].was))
            mistakes_add(mistakes, (struct position){specs[i].file, specs[i].line, specs[i].column},
                         "Instance \"%s\" was \"%s\", which is still defined; remove one of the two",
                         specs[i].name, specs[i].was);
}
