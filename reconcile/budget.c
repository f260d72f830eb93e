#include "reconcile/budget.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/retire.h"

static struct budget_answer window_answer(struct state *state, struct window *window,
                                          struct destroy_budget budget)
{
    int64_t now = state->now.boot_ms;
    struct budget_answer answer = {.resets_ms = NEVER_MS};
    answer.max = share_of(budget.max, window_base(window, now, budget.per_ms));
    if (window->used_up && now >= window->used_up_until_ms) window->used_up = false;
    answer.used = window_used(window, now, budget.per_ms);
    if (window->used_up && answer.used < answer.max) answer.used = answer.max;
    answer.allows = answer.used < answer.max;
    answer.resets_ms = window_resets(window, budget.per_ms);
    return answer;
}

struct budget_answer budget_of_source(struct state *state, struct source *source)
{
    if (!source->config) return (struct budget_answer){.resets_ms = NEVER_MS};
    return window_answer(state, &source->destroyed, source->config->destroy);
}

uint32_t budget_left_of_daemon(struct state *state)
{
    if (!state->config) return 0;
    struct budget_answer all = window_answer(state, &state->destroyed, state->config->destroy);
    return all.allows ? all.max - all.used : 0;
}

struct budget_answer budget_destruction(struct state *state, struct source *source)
{
    struct budget_answer own = budget_of_source(state, source);
    if (!own.allows || !state->config) return own;
    struct budget_answer all = window_answer(state, &state->destroyed, state->config->destroy);
    all.global = true;
    return all.allows ? own : all;
}

struct budget_answer budget_retirement(struct state *state, struct source *source)
{
    struct budget_answer own = budget_of_source(state, source);
    own.used += source->retiring;
    own.allows &= own.used < own.max;
    if (!own.allows || !state->config) return own;
    struct budget_answer all = window_answer(state, &state->destroyed, state->config->destroy);
    all.global = true;
    all.used += state->retiring;
    all.allows &= all.used < all.max;
    return all.allows ? own : all;
}

static void charge_record(struct state *state, struct object *object, uint64_t id, const char *provider_id,
                          const char *kind)
{
    struct arena *arena = &state->effects->arena;
    struct record *record = state_record(state, RECORD_WINDOWS);
    record->cells[0] = arena_printf(arena, "%020llu", (unsigned long long)id);
    record->cells[1] = arena_text(arena, object->source->name);
    record->cells[2] = arena_text(arena, object->cloud->name);
    record->cells[3] = arena_text(arena, object->name);
    record->cells[4] = arena_text(arena, provider_id);
    record->cells[5] = arena_printf(arena, "%lld", (long long)state->now.wall_ms);
    record->cells[6] = kind;
}

uint64_t budget_server(const struct state *state, const char *cloud, const char *provider_id)
{
    uint64_t seed = hash_keyed(state->hash_key, cloud, strlen(cloud));
    return hash_keyed((struct hash_key){seed, seed}, provider_id, strlen(provider_id)) | 1;
}

bool budget_is_charged(const struct state *state, const struct object *object, const char *provider_id)
{
    return window_has(&object->source->destroyed, budget_server(state, object->cloud->name, provider_id));
}

void budget_charge(struct state *state, struct object *object, uint64_t intent_id, const char *provider_id)
{
    bool rebuilt = object->intent && object->intent->kind == CALL_REBUILD;
    uint64_t server = rebuilt ? 0 : budget_server(state, object->cloud->name, provider_id);
    budget_release(state, object);
    window_charge(&object->source->destroyed, intent_id, server, state->now);
    window_charge(&state->destroyed, intent_id, server, state->now);
    charge_record(state, object, intent_id, provider_id, rebuilt ? CHARGE_REBUILD : CHARGE_DESTROY);
}

void budget_reserve(struct state *state, struct object *object, uint64_t intent_id, const char *provider_id)
{
    ASSERT(object->reserved == 0);
    window_reserve(&object->source->destroyed, intent_id, state->now);
    window_reserve(&state->destroyed, intent_id, state->now);
    charge_record(state, object, intent_id, provider_id, CHARGE_RESERVE);
    object->reserved = intent_id;
    object->ledger_dirty = true;
}

void budget_release(struct state *state, struct object *object)
{
    if (object->reserved == 0) return;
    budget_refund(state, object, object->reserved);
    object->reserved = 0;
    object->ledger_dirty = true;
}

void budget_refund(struct state *state, struct object *object, uint64_t intent_id)
{
    bool charged = window_refund(&object->source->destroyed, intent_id);
    window_refund(&state->destroyed, intent_id);
    if (!charged) return;
    struct record *record = state_record(state, RECORD_WINDOWS);
    record->erase = true;
    record->cells[0] = arena_printf(&state->effects->arena, "%020llu", (unsigned long long)intent_id);
    state_dirty_source(state, object->source);
}

struct budget_answer budget_disruption(struct source *source)
{
    struct budget_answer answer = {.resets_ms = NEVER_MS, .used = source->disrupting};
    if (!source->config) return answer;
    answer.max = share_of(source->config->disruption, source->disruptable);
    if (answer.max < 1 && source->config->disruption.percent) answer.max = 1;
    answer.allows = answer.used < answer.max;
    return answer;
}

static void count_flag(bool *counted, bool now, uint32_t *total)
{
    if (*counted == now) return;
    ASSERT(now || *total > 0);
    *total += now ? 1 : UINT32_MAX; /* + 1 or - 1 */
    *counted = now;
}

void object_recount(struct state *state, struct object *object)
{
    struct source *source = object->source;
    bool bound = object->current[0] != '\0' && object->state == OBJECT_MANAGED;
    if (bound != object->counted_bound) {
        state->bound += bound ? 1 : UINT32_MAX;
        if (object->cloud) object->cloud->bound += bound ? 1 : UINT32_MAX;
        count_flag(&object->counted_bound, bound, &source->bound);
        window_level(&source->destroyed, state->now.boot_ms, source->bound);
        window_level(&state->destroyed, state->now.boot_ms, state->bound);
    }
    bool disruptable = object->spec && object->was_converged && object_power(object) == PHASE_RUNNING;
    count_flag(&object->counted_disruptable, disruptable, &source->disruptable);
    count_flag(&object->counted_slot, object->slot, &source->disrupting);
    bool retiring = retire_has_begun(object);
    if (retiring != object->counted_retiring) state->retiring += retiring ? 1 : UINT32_MAX;
    count_flag(&object->counted_retiring, retiring, &source->retiring);
    uint32_t live = (object->current[0] != '\0') + (object->next[0] != '\0');
    const struct intent *intent = object->intent;
    bool coming = intent && intent->kind == CALL_CREATE;
    if (coming && (intent_is_of_next(intent) ? object->next : object->current)[0] == '\0') live++;
    source->live += live - object->counted_live;
    object->counted_live = live;
}
