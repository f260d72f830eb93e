#include "reconcile/swap.h"

#include <string.h>

#include "reconcile/absorb.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/budget.h"
#include "reconcile/hold.h"
#include "reconcile/keypair.h"
#include "reconcile/look.h"
#include "reconcile/names.h"
#include "reconcile/observe.h"
#include "reconcile/rebuild.h"
#include "reconcile/rename.h"
#include "reconcile/retire.h"
#include "reconcile/retry.h"
#include "reconcile/store.h"

static struct source *source_of(struct state *state, const char *name)
{
    struct source *source = state_source_add(state, name);
    if (!source->read_once) source->since_wall_ms = state->now.wall_ms;
    source->read_once = true;
    return source;
}

static void mistakes_copy(struct source *source, const struct error *mistakes, uint32_t count)
{
    source_clear_mistakes(source);
    if (count == 0) return;
    source->mistakes = memory_zero(count * sizeof *source->mistakes);
    source->mistake_count = count;
    for (uint32_t i = 0; i < count; i++)
        source->mistakes[i] = (struct mistake){memory_copy_text(mistakes[i].file), mistakes[i].line,
                                               mistakes[i].column, memory_copy_text(mistakes[i].text)};
}

static bool mistake_differs(const struct mistake *old, const struct error *new)
{
    return old->line != new->line || old->column != new->column || strcmp(old->file, new->file) != 0 ||
           strcmp(old->message, new->text) != 0;
}

static void forget_empty(struct state *state, struct source *source)
{
    if (!source->empty) return;
    generation_free(source->empty);
    source->empty = NULL;
    state->holds_stale = true;
    state_dirty_source(state, source);
}

void swap_fault(struct state *state, const char *name, const struct error *mistakes, uint32_t count,
                bool missing)
{
    struct source *source = source_of(state, name);
    bool news = source->valid || source->mistake_count != count || source->missing != missing ||
                (count > 0 && mistake_differs(&source->mistakes[0], &mistakes[0]));
    if (source->valid) source->since_wall_ms = state->now.wall_ms;
    source->valid = false;
    source->missing = missing;
    mistakes_copy(source, mistakes, count);
    forget_empty(state, source); /* the newest reading is no empty set, and approves of nothing */
    if (!news) return;
    const char *first = count > 0 ? mistakes[0].text : "it cannot be read";
    const char *file = count > 0 ? mistakes[0].file : "";
    state_tell(state,
               ABOUT(.level = TELL_ERROR, .type = "SourceInvalid", .source = source,
                     .reason = reason_row(REASON_SOURCE_INVALID)->word),
               "source %s is %s; %s: %s%s%s%s%s", source->name, missing ? "missing" : "invalid",
               source->generation ? "the set last accepted stays in force"
                                  : "nothing of it is changed until it was read as valid once",
               file,
               file[0] != '\0' && mistakes[0].line > 0
                   ? arena_printf(&state->turn, ":%u:%u", mistakes[0].line, mistakes[0].column)
                   : "",
               file[0] != '\0' ? ": " : "", first,
               count > 1 ? arena_printf(&state->turn, " (and %u more)", count - 1) : "");
    state_dirty_source(state, source);
}

/* Text that outlives the old generation must not point into it. */
static void spec_apply(struct state *state, struct object *object, const struct spec *spec, bool news)
{
    bool was_here = object->spec != NULL;
    bool remembered =
        !was_here && !news && object->known_to_ledger; /* read for the first time since the start */
    bool changed = !was_here || object->spec->hash != spec->hash;
    object->spec = spec;
    object->retired_ms = 0;
    if (object->state == OBJECT_ORPHAN) {
        object->state = OBJECT_MANAGED;
        object->ledger_dirty = true;
    }
    if (!object->cloud || (object->current[0] == '\0' && !object->intent)) {
        struct cloud *cloud = state_cloud_add(state, spec->cloud);
        if (cloud != object->cloud) lane_leave(object); /* it waits in the old one's */
        object->cloud = cloud;
    }
    if (!changed) return;
    retry_clear(object);
    if (!remembered) {
        retry_forgive(object);
        retire_end(object);
    }
    if (was_here) rebuild_forget(object);
    object->quarantined_until_ms = 0;
    object->halted = false;
    object->flips.count = object->replaced.count = 0; /* a change of the manifest is no change back */
    if (object->held && object->held_desire != spec->hash) {
        object->held = false;
        object->ledger_dirty = true;
    }
    holds_note(state, object->reason, object->reason); /* a hold names the desire that it is about */
    object_recount(state, object);
    state_dirty(state, object);
}

static void retire(struct state *state, struct object *object)
{
    if (object->spec) retire_end(object);
    object->spec = NULL;
    if (object->retired_ms == 0) object->retired_ms = instant_max(state->now.boot_ms, 1);
    lane_leave(object);
    object_recount(state, object);
    state_dirty(state, object);
}

void swap_release(struct state *state, struct source *source)
{
    if (!source->generation && !source->empty && source->mistake_count == 0) return;
    forget_empty(state, source);
    for (uint32_t i = 0; i < source->object_count; i++) {
        struct object *object = source->objects[i];
        object->spec = NULL;
        if (object->keypair) object->keypair->spec = NULL;
        object->retired_ms = 0;
        lane_leave(object);
        object_recount(state, object);
    }
    names_touch(state);
    generation_free(source->generation);
    source->generation = NULL;
    source->revision[0] = '\0';
    source->read_once = source->valid = source->missing = false;
    source_clear_mistakes(source);
    state->holds_stale = true;
    state_dirty_source(state, source);
}

/* New objects are collected first: adding one moves the row that is being joined. */
static void merge(struct state *state, struct source *source, const struct generation *generation, bool news)
{
    uint32_t i = 0, j = 0, old_count = source->object_count, keypairs;
    struct object **old = ARENA_ROW(&state->turn, struct object *, old_count + 1);
    if (old_count > 0) memcpy(old, source->objects, old_count * sizeof *old);
    size_t room = (size_t)old_count + generation->count + generation->keypair_count + 1;
    struct object **all = memory_alloc(room * sizeof *all);
    uint32_t count = 0;
    source_keypairs(source, &keypairs);
    old_count -= keypairs;
    while (i < old_count || j < generation->count) {
        int order = i == old_count           ? 1
                    : j == generation->count ? -1
                                             : strcmp(old[i]->name, generation->specs[j].name);
        struct object *object = order <= 0 ? old[i] : NULL;
        if (!object) object = object_new(source, generation->specs[j].name, ++state->object_seq);
        all[count++] = object;
        if (order >= 0)
            spec_apply(state, object, &generation->specs[j], news);
        else if (object->spec || (object->state == OBJECT_MANAGED && object->retired_ms == 0))
            retire(state, object);
        i += order <= 0;
        j += order >= 0;
    }
    keypairs_merge(state, source, generation, old + old_count, keypairs, all, &count);
    memory_free(source->objects);
    source->objects = all;
    source->object_count = count;
    source->object_room = (uint32_t)room;
    for (j = 0; j < generation->count; j++)
        if (generation->specs[j].was) rename_take(state, source_object(source, generation->specs[j].name));
}

/* What a tag stands for may be known only now. */
static void remark_all(struct state *state)
{
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        struct cloud *cloud = state->clouds[i];
        if (!cloud->traits || cloud->traits->mark != MARK_IN_DESCRIPTION) continue;
        for (uint32_t k = 0; k < cloud->servers.count; k++)
            if (!cloud->servers.by_id[k]->marked) {
                server_remark(state, cloud, cloud->servers.by_id[k]);
                absorb_writer(state, cloud, cloud->servers.by_id[k]);
            }
    }
}

static void take_in_force(struct state *state, struct source *source, struct generation *generation)
{
    bool other =
        strcmp(source->revision, generation->revision) != 0; /* than the one last accepted, in any run */
    bool news = !source->generation || other;
    merge(state, source, generation, other);
    names_touch(state);
    remark_all(state);
    generation_free(source->generation);
    source->generation = generation;
    source->accepted_ms = state->now.boot_ms;
    if (!news) return;
    source->halted = 0;
    text_copy(source->revision, sizeof source->revision, generation->revision);
    store_source(state, source);
    state_tell(state, ABOUT(.type = "SourceAccepted", .source = source),
               "source %s: revision %s with %u instance%s", source->name, source->revision, generation->count,
               generation->count == 1 ? "" : "s");
}

/* Bound, or about to be: a create is under way. */
static bool has_server(const struct object *object)
{
    bool coming = object->intent && object->intent->kind == CALL_CREATE;
    return object->state == OBJECT_MANAGED && (object->current[0] != '\0' || coming);
}

/* What another source's object takes over is not lost with this source. */
static bool has_bound(const struct state *state, const struct source *source)
{
    for (uint32_t i = 0; i < source->object_count; i++)
        if (has_server(source->objects[i]) && !rename_heir(state, source->objects[i])) return true;
    return false;
}

static bool has_registered(const struct source *source)
{
    uint32_t count;
    struct object *const *keypairs = source_keypairs(source, &count);
    for (uint32_t i = 0; i < count; i++)
        if (keypairs[i]->keypair->registered ||
            (keypairs[i]->intent && keypairs[i]->intent->kind == CALL_REGISTER_KEYPAIR))
            return true;
    return false;
}

/* S6: no Instance left while servers are bound, or nothing at all while key pairs are registered or being
   so. */
static bool would_empty(const struct state *state, const struct source *source,
                        const struct generation *generation)
{
    const struct generation *before = source->generation;
    bool servers = generation->count == 0 && (!before || before->count > 0) && has_bound(state, source);
    bool all = generation->count == 0 && generation->keypair_count == 0 &&
               (!before || before->count > 0 || before->keypair_count > 0);
    return servers || (all && has_registered(source));
}

static void accept_empty(struct state *state, struct source *source)
{
    struct generation *generation = source->empty;
    source->empty = NULL;
    take_in_force(state, source, generation);
    state->holds_stale = true;
}

void swap_accept_empty(struct state *state, struct source *source)
{
    if (!source->empty) return;
    accept_empty(state, source);
    for (uint32_t i = 0; i < source->object_count; i++) {
        struct object *object = source->objects[i];
        bool registered = object->keypair && object->keypair->registered;
        if (object->current[0] == '\0' && !registered) continue;
        object->held = object->ledger_dirty = true;
        object->held_desire = 0;
    }
}

void swap_settle_empty(struct state *state)
{
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct source *source = state->sources[i];
        if (source->empty && !would_empty(state, source, source->empty)) accept_empty(state, source);
    }
}

void swap_generation(struct state *state, struct generation *generation)
{
    struct source *source = source_of(state, generation->source);
    bool was_invalid = !source->valid;
    if (was_invalid) source->since_wall_ms = state->now.wall_ms;
    source->valid = true;
    source->missing = false;
    source_clear_mistakes(source);
    forget_empty(state, source);
    if (would_empty(state, source, generation)) {
        source->empty = generation;
        state_tell(state,
                   ABOUT(.level = TELL_WARNING, .type = "SourceEmpty", .source = source,
                         .reason = reason_row(REASON_APPROVAL_NEEDED)->word),
                   "source %s is empty although %s; they stay until `setpointctl approve`", source->name,
                   has_bound(state, source) ? "servers are bound to it" : "key pairs of it are registered");
        state_dirty_source(state, source);
        state->holds_stale = true;
        return;
    }
    take_in_force(state, source, generation);
    if (was_invalid) state_dirty_source(state, source);
}
