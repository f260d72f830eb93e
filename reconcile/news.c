#include <stdlib.h>
#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/keypair.h"
#include "reconcile/news_room.h"
#include "reconcile/store.h"

struct news_room *news_new(void)
{
    return NEW(struct news_room);
}

/* --- rows and groups --- */

struct news_subject *subject_new(struct object *object)
{
    struct news_subject *subject = NEW(struct news_subject);
    subject->object = object;
    subject->told = REASON_COUNT;
    return subject;
}

static void row_add(struct news_row *row, struct news_subject *subject)
{
    subject->previous = row->last;
    subject->next = NULL;
    *(row->last ? &row->last->next : &row->first) = subject;
    row->last = subject;
    row->count++;
}

static void row_remove(struct news_row *row, struct news_subject *subject)
{
    *(subject->previous ? &subject->previous->next : &row->first) = subject->next;
    *(subject->next ? &subject->next->previous : &row->last) = subject->previous;
    subject->previous = subject->next = NULL;
    row->count--;
}

static struct news_group *group_of(struct state *state, struct news_group key)
{
    struct news_room *room = state->news;
    for (uint32_t i = 0; i < room->group_count; i++) {
        struct news_group *group = room->groups[i];
        if (group->whole == key.whole && group->over == key.over && group->reason == key.reason &&
            group->cloud == key.cloud)
            return group;
    }
    ROW_RESERVE(room->groups, room->group_count, room->group_room);
    struct news_group *group = room->groups[room->group_count++] = NEW(struct news_group);
    *group = key;
    return group;
}

/* --- what the ledger knows --- */

/* "prod/web", "prod/ops@nhn/key name", "!AuthFailed/nhn/" */
static const char *subject_key(const struct news_subject *subject, struct arena *arena)
{
    const struct object *object = subject->object;
    if (!object)
        return arena_printf(arena, "!%s/%s/%s", reason_row(subject->reason)->word, subject->cloud,
                            subject->source);
    if (!object->keypair) return object_path(object, arena);
    struct keypair_place place = keypair_place(object);
    return arena_printf(arena, "%s/%s@%s/%s", object->source->name, place.name, place.cloud, place.key_name);
}

static void store_told(struct state *state, const struct news_subject *subject)
{
    struct arena *arena = &state->effects->arena;
    store_meta(state, arena_printf(arena, TOLD_KEY "%s", subject_key(subject, arena)),
               subject->told == REASON_COUNT ? NULL : reason_row(subject->told)->word);
}

static void remember(struct state *state, struct news_subject *subject, enum reason told)
{
    if (subject->told == told) return;
    subject->told = told;
    store_told(state, subject);
}

void news_store(struct state *state)
{
    const struct news_room *room = state->news;
    for (uint32_t i = 0; i < room->brake_count; i++)
        store_told(state, room->brakes[i]);
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++)
            if (state->sources[i]->objects[j]->subject)
                store_told(state, state->sources[i]->objects[j]->subject);
}

static enum reason told_by(const struct news_group *group)
{
    return group->over ? REASON_COUNT : group->reason;
}

enum reason subject_told(const struct news_subject *subject)
{
    return subject->settling ? told_by(subject->group) : subject->told;
}

void subject_leave(struct state *state, struct news_subject *subject)
{
    struct news_group *group = subject->group;
    if (!group) return;
    row_remove(subject->settling ? &group->told : &group->waiting, subject);
    if (subject->settling) remember(state, subject, told_by(group));
    subject->settling = false;
    subject->group = NULL;
}

void subject_join(struct state *state, struct news_subject *subject, struct news_group key)
{
    struct news_group *group = group_of(state, key);
    if (subject->group == group) return;
    subject_leave(state, subject);
    if (group->waiting.count == 0) group->first_ms = state->now.boot_ms;
    group->last_ms = state->now.boot_ms;
    subject->group = group;
    row_add(&group->waiting, subject);
}

/* --- objects --- */

static int loaded_compare(const void *a, const void *b)
{
    const struct news_told *x = a, *y = b;
    return strcmp(x->subject, y->subject);
}

static struct news_told *loaded_find(struct state *state, const char *subject)
{
    struct news_room *room = state->news;
    struct news_told key = {.subject = (char *)(uintptr_t)subject};
    if (!room->loaded_sorted && room->loaded_count > 0)
        qsort(room->loaded, room->loaded_count, sizeof *room->loaded, loaded_compare);
    room->loaded_sorted = true;
    return room->loaded_count == 0
               ? NULL
               : bsearch(&key, room->loaded, room->loaded_count, sizeof *room->loaded, loaded_compare);
}

static void loaded_add(struct news_room *room, const char *subject, enum reason reason)
{
    ROW_RESERVE(room->loaded, room->loaded_count, room->loaded_room);
    room->loaded[room->loaded_count++] =
        (struct news_told){.subject = memory_copy_text(subject), .reason = reason};
    room->loaded_sorted = false;
}

/* Its subject, as the ledger knew it; NULL: all is well. */
static struct news_subject *object_subject(struct state *state, struct object *object)
{
    if (object->subject || state->news->loaded_count == 0) return object->subject;
    struct news_subject asked = {.object = object};
    struct news_told *told = loaded_find(state, subject_key(&asked, &state->turn));
    if (!told || told->taken) return NULL;
    told->taken = true;
    object->subject = subject_new(object);
    object->subject->told = told->reason;
    return object->subject;
}

static bool is_well(enum reason reason)
{
    return reason_row(reason)->verdict == VERDICT_CONVERGED;
}

static bool is_news(enum reason told, enum reason now)
{
    if (told == REASON_COUNT) return !is_well(now);
    const struct reason_row *then = reason_row(told), *row = reason_row(now);
    return then->verdict != row->verdict || (told != now && (then->person || row->person));
}

static void subject_settle(struct object *object)
{
    if (!object->subject || object->subject->group || object->subject->told != REASON_COUNT) return;
    memory_free(object->subject);
    object->subject = NULL;
}

void news_note(struct state *state, struct object *object)
{
    if (state->config->target_count == 0) return;
    struct news_subject *subject = object_subject(state, object);
    enum reason told = subject ? subject_told(subject) : REASON_COUNT;
    bool rests = reason_row(object->reason)->news == NEWS_OBJECT;
    if (rests && is_news(told, object->reason)) {
        if (!subject) subject = object->subject = subject_new(object);
        bool over = is_well(object->reason);
        if (subject->settling) subject_leave(state, subject);
        subject_join(state, subject,
                     (struct news_group){
                         .over = over, .reason = over ? told : object->reason, .cloud = object->cloud});
    } else if (subject && !subject->settling) {
        subject_leave(state, subject);
    }
    subject_settle(object);
}

/* It has no server, and its manifest was not read since the start: when that wants it, it is the same one. */
static void leave_loaded(struct state *state, struct news_subject *subject)
{
    const char *key = subject_key(subject, &state->turn);
    struct news_told *told = loaded_find(state, key);
    if (told)
        *told = (struct news_told){.subject = told->subject, .reason = subject->told};
    else
        loaded_add(state->news, key, subject->told);
    subject->told = REASON_COUNT;
}

void news_forget(struct state *state, struct object *object)
{
    const struct source *source = object->source;
    struct news_subject *subject = object_subject(state, object);
    if (!subject) return;
    subject_leave(state, subject);
    if (source->config && !source->generation && subject->told != REASON_COUNT)
        leave_loaded(state, subject);
    else
        remember(state, subject, REASON_COUNT);
    subject_settle(object);
}

static int64_t due_ms(const struct news_group *group)
{
    int64_t settled_ms = instant_min(group->last_ms + NEWS_QUIET_MS, group->first_ms + NEWS_MOST_MS);
    return group->waiting.count == 0 ? NEVER_MS : instant_max(settled_ms, group->next_ms);
}

static void settle_slice(struct state *state, struct news_group *group)
{
    for (unsigned i = 0; i < NEWS_SLICE && group->told.first; i++) {
        struct object *object = group->told.first->object;
        subject_leave(state, group->told.first);
        if (object) subject_settle(object);
    }
}

/* The messages are in this turn's save; whom they were about follows in slices. A crash between tells some
 * again, and nobody never. */
static void tell(struct state *state, struct news_group *group)
{
    uint32_t kind = NOTIFY_BIT(group_kind(group));
    for (uint32_t i = 0; i < state->config->target_count; i++)
        if (state->config->targets[i].kinds & kind) group_notify(state, group, &state->config->targets[i]);
    for (struct news_subject *s = group->waiting.first; s; s = s->next)
        s->settling = true;
    group->told = group->waiting;
    group->waiting = (struct news_row){0};
    group->next_ms = state->now.boot_ms + NEWS_AGAIN_MS;
    settle_slice(state, group);
}

/* --- the ledger's rows that no object came for --- */

static bool is_all_read(const struct state *state)
{
    for (uint32_t i = 0; i < state->source_count; i++)
        if (state->sources[i]->config && !state->sources[i]->generation) return false;
    /* of what nobody wants only a list tells */
    for (uint32_t i = 0; i < state->cloud_count; i++)
        if (state->clouds[i]->config && state->clouds[i]->first_complete_ms == 0) return false;
    return state->dirty_first == NULL;
}

static void forget_loaded(struct state *state)
{
    struct news_room *room = state->news;
    if (room->loaded_count == 0 || !is_all_read(state)) return;
    for (uint32_t i = 0; i < room->loaded_count; i++) {
        if (!room->loaded[i].taken)
            store_meta(state, arena_printf(&state->effects->arena, TOLD_KEY "%s", room->loaded[i].subject),
                       NULL);
        memory_free(room->loaded[i].subject);
    }
    room->loaded_count = 0;
}

bool news_load(struct state *state, const char *subject, const char *reason)
{
    enum reason told;
    if (!reason_from_word(reason, &told)) return false;
    if (subject[0] == '!') return brake_load(state, subject + 1);
    loaded_add(state->news, subject, told);
    return true;
}

/* --- the step --- */

void news_go_on(struct state *state)
{
    struct news_room *room = state->news;
    if (!state->config || !state->ledger_loaded || state->config->target_count == 0) return;
    if (room->looked_ms == 0 || state->now.boot_ms - room->looked_ms >= SECOND_MS) {
        room->looked_ms = state->now.boot_ms;
        brakes_look(state);
    }
    for (uint32_t i = 0; i < room->group_count; i++) {
        struct news_group *group = room->groups[i];
        if (group->told.count > 0)
            settle_slice(state, group);
        else if (!state->dirty_first && due_ms(group) <= state->now.boot_ms)
            tell(state, group);
    }
    forget_loaded(state);
}

int64_t news_wake(const struct state *state)
{
    const struct news_room *room = state->news;
    if (!state->config || !state->ledger_loaded || state->config->target_count == 0) return NEVER_MS;
    int64_t wake_ms = room->looked_ms + SECOND_MS;
    for (uint32_t i = 0; i < room->group_count; i++) {
        const struct news_group *group = room->groups[i];
        wake_ms = instant_min(wake_ms, group->told.count > 0 ? state->now.boot_ms : due_ms(group));
    }
    return wake_ms;
}

void news_free(struct news_room *room)
{
    for (uint32_t i = 0; i < room->group_count; i++)
        memory_free(room->groups[i]);
    brakes_free(room);
    for (uint32_t i = 0; i < room->loaded_count; i++)
        memory_free(room->loaded[i].subject);
    memory_free(room->groups);
    memory_free(room->loaded);
    memory_free(room);
}
