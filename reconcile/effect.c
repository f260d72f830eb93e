#include "reconcile/effect.h"

#include "reconcile/base/memory.h"

void effects_init(struct effects *effects)
{
    *effects = (struct effects){0};
    arena_init(&effects->arena);
}

void effects_clear(struct effects *effects)
{
    arena_release(&effects->arena);
    arena_init(&effects->arena);
    effects->count = 0;
}

void effects_release(struct effects *effects)
{
    arena_release(&effects->arena);
    memory_free(effects->items);
    *effects = (struct effects){0};
}
