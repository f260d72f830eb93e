#include "reconcile/spec.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/hash.h"
#include "reconcile/base/instant.h"
#include "reconcile/base/memory.h"

struct lifecycle lifecycle_default(void)
{
    return (struct lifecycle){
        .protect = false,
        .on_immutable = ON_IMMUTABLE_BLOCK, /* a rebuild loses data: only on request */
        .on_error = ON_ERROR_REPAIR,        /* a hard reboot is the usual cure and loses nothing */
        .on_stuck = ON_STUCK_REPLACE,       /* it never ran: nothing is lost */
        .build_timeout_ms = 15 * MINUTE_MS, /* ten times a slow Windows build */
        .create_only = FIELD_BIT(FIELD_USER_DATA) | FIELD_BIT(FIELD_KEYPAIR),
    };
}

enum phase spec_power(const struct spec *spec)
{
    enum phase phase = PHASE_RUNNING;
    if (spec->values[FIELD_POWER].rows > 0) {
        bool known = phase_from_name(value_scalar(spec->values[FIELD_POWER]), &phase);
        ASSERT(known);
    }
    return phase;
}

/* The key is fixed: the hash compares two readings in one process and tells nothing outside it. */
uint64_t spec_hash(const struct spec *spec)
{
    struct hash_key key = {0x736574706f696e74, 0x73706563};
    const char *words[] = {spec->name, spec->was ? spec->was : "", spec->adopt ? spec->adopt : "",
                           spec->cloud};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        key.k0 ^= hash_keyed(key, words[i], strlen(words[i]) + 1);
    key.k0 ^= value_hash(spec->labels, key);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        key.k1 += i;
        if (spec->managed & FIELD_BIT(i)) key.k0 ^= value_hash(spec->values[i], key);
    }
    const struct lifecycle *life = &spec->lifecycle;
    uint64_t numbers[] = {spec->managed,
                          life->protect,
                          life->on_immutable,
                          life->on_error,
                          life->on_stuck,
                          (uint64_t)life->build_timeout_ms,
                          life->ignore,
                          life->create_only,
                          (uint64_t)life->restart_wall_ms,
                          life->restart_type,
                          (uint64_t)life->retire.stop_for_ms,
                          life->retire.snapshot};
    return hash_keyed(key, numbers, sizeof numbers);
}

int keypair_spec_compare(const struct keypair_spec *a, const struct keypair_spec *b)
{
    int order = strcmp(a->name, b->name);
    if (order == 0) order = strcmp(a->cloud, b->cloud);
    return order != 0 ? order : strcmp(a->key_name, b->key_name);
}

struct generation *generation_new(const char *source)
{
    struct generation *generation = NEW(struct generation);
    arena_init(&generation->arena);
    generation->source = arena_text(&generation->arena, source);
    generation->revision = "";
    return generation;
}

void generation_free(struct generation *generation)
{
    if (!generation) return;
    arena_release(&generation->arena);
    memory_free(generation);
}
