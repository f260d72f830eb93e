#include "reconcile/store.h"

#include <stdlib.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/intent.h"
#include "reconcile/keypair.h"
#include "reconcile/outbox.h"
#include "reconcile/owed.h"
#include "reconcile/retire.h"

static const char *number(struct state *state, int64_t value)
{
    return arena_printf(&state->effects->arena, "%lld", (long long)value);
}

static const char *key_number(struct state *state, uint64_t value)
{
    return arena_printf(&state->effects->arena, "%020llu", (unsigned long long)value);
}

static const char *flag(bool value)
{
    return value ? "1" : "0";
}

static const char *copy(struct state *state, const char *text)
{
    return arena_text(&state->effects->arena, text ? text : "");
}

void store_intent(struct state *state, const struct intent *intent)
{
    struct record *record = state_record(state, RECORD_INTENTS);
    const char *field = intent->field < FIELD_COUNT ? field_row(intent->field)->name : "";
    const char *cells[] = {key_number(state, intent->id),
                           copy(state, intent->cloud->name),
                           copy(state, intent->object->source->name),
                           copy(state, intent->object->name),
                           call_name(intent->kind),
                           copy(state, intent->provider_id),
                           copy(state, intent->argument),
                           intent->value ? arena_printf(&state->effects->arena, "=%s", intent->value) : "",
                           copy(state, intent->attempt),
                           field,
                           phase_name(intent->from),
                           phase_name(intent->aim),
                           flag(intent->destroys),
                           flag(intent->disrupts),
                           flag(intent->cleanup),
                           number(state, intent->saved_wall_ms)};
    memcpy(record->cells, cells, sizeof cells);
    ASSERT(sizeof cells / sizeof *cells == record_table_row(RECORD_INTENTS)->columns);
}

void store_erase_intent(struct state *state, const struct intent *intent)
{
    struct record *record = state_record(state, RECORD_INTENTS);
    record->erase = true;
    record->cells[0] = key_number(state, intent->id);
}

static const char *applied_show(struct state *state, uint32_t fields, const uint64_t *applied)
{
    struct text text;
    text_init(&text, 1024);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (fields & FIELD_BIT(i)) text_addf(&text, "%u=%016llx ", i, (unsigned long long)applied[i]);
    const char *shown = copy(state, text.length > 0 ? text.bytes : "");
    text_release(&text);
    return shown;
}

/* "field:length:text:length:id" one after another */
static const char *resolved_show(struct state *state, const struct object *object)
{
    struct text text;
    text_init(&text, 4096);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        const struct resolved *resolved = &object->resolved[i];
        if (resolved->text)
            text_addf(&text, "%u:%zu:%s:%zu:%s", i, strlen(resolved->text), resolved->text,
                      strlen(resolved->id), resolved->id);
    }
    const char *shown = copy(state, text.length > 0 ? text.bytes : "");
    text_release(&text);
    return shown;
}

/* "stopForMs snapshot restWall imageWall approved" */
static const char *retire_show(struct state *state, const struct retirement *retire)
{
    if (!retire_is_asked(retire)) return "";
    return arena_printf(&state->effects->arena, "%lld %d %lld %lld %d", (long long)retire->policy.stop_for_ms,
                        retire->policy.snapshot, (long long)retire->rest_wall_ms,
                        (long long)retire->image_wall_ms, retire->approved);
}

/* "ID ATTEMPT RAN RESERVED applied…", "-" for what there is not; nothing at all is "". */
static const char *successor_show(struct state *state, const struct object *object)
{
    const struct successor *successor = &object->successor;
    bool coming = object->intent && object->intent->kind == CALL_CREATE && intent_is_of_next(object->intent);
    if (object->next[0] == '\0' && !coming && object->reserved == 0) return "";
    return arena_printf(&state->effects->arena, "%s %s %s %llu %s", object->next[0] ? object->next : "-",
                        successor->attempt[0] ? successor->attempt : "-", flag(successor->was_running),
                        (unsigned long long)object->reserved,
                        applied_show(state, successor->applied_fields, successor->applied));
}

static const char *const state_words[] = {"managed", "orphan", "released"};

static bool is_worth_a_row(const struct object *object)
{
    return object->current[0] != '\0' || object->next[0] != '\0' || object->reserved != 0 ||
           object->protect || object->tombstones.count > 0 || object->state == OBJECT_RELEASED ||
           object->intent != NULL;
}

static void keypair_key(struct state *state, const struct object *object, struct record *record)
{
    record->cells[0] = copy(state, object->source->name);
    record->cells[1] = copy(state, object->name);
    record->cells[2] = copy(state, object->cloud_name);
    record->cells[3] = copy(state, object->keypair->key_name);
}

static void store_keypair(struct state *state, struct object *object)
{
    const char *registered = object->keypair->registered;
    if (!registered && !object->known_to_ledger) return;
    struct record *record = state_record(state, RECORD_KEYPAIRS);
    keypair_key(state, object, record);
    record->cells[4] = copy(state, registered);
    record->erase = registered == NULL;
    object->known_to_ledger = registered != NULL;
}

void store_object(struct state *state, struct object *object)
{
    object->ledger_dirty = false;
    if (object->keypair) {
        store_keypair(state, object);
        return;
    }
    if (!is_worth_a_row(object)) {
        if (object->known_to_ledger) store_erase_object(state, object);
        object->known_to_ledger = false;
        return;
    }
    object->known_to_ledger = true;
    struct record *record = state_record(state, RECORD_OBJECTS);
    struct arena *arena = &state->effects->arena;
    const char *cells[] = {copy(state, object->source->name),
                           copy(state, object->name),
                           copy(state, object->cloud_name),
                           copy(state, object->current),
                           successor_show(state, object),
                           flag(object->protect),
                           flag(object->was_converged),
                           flag(object->created_by_us),
                           flag(object->was_running),
                           copy(state, object->attempt),
                           number(state, object->failures),
                           applied_show(state, object->applied_fields, object->applied),
                           resolved_show(state, object),
                           text_set_show(&object->metadata, arena),
                           text_set_show(&object->volumes, arena),
                           text_set_show(&object->tombstones, arena),
                           flag(object->slot),
                           flag(object->held),
                           key_number(state, object->held_desire),
                           number(state, object->remedies),
                           state_words[object->state],
                           number(state, object->restarted_wall_ms),
                           text_set_show(&object->addresses, arena),
                           retire_show(state, &object->retire),
                           key_number(state, object->rebuilt),
                           number(state, object->failed_builds),
                           copy(state, object->failed_server)};
    memcpy(record->cells, cells, sizeof cells);
    ASSERT(sizeof cells / sizeof *cells == record_table_row(RECORD_OBJECTS)->columns);
}

void store_erase_object(struct state *state, const struct object *object)
{
    if (object->keypair) {
        struct record *row = state_record(state, RECORD_KEYPAIRS);
        row->erase = true;
        keypair_key(state, object, row);
        return;
    }
    struct record *record = state_record(state, RECORD_OBJECTS);
    record->erase = true;
    record->cells[0] = copy(state, object->source->name);
    record->cells[1] = copy(state, object->name);
}

void store_meta(struct state *state, const char *key, const char *value)
{
    struct record *record = state_record(state, RECORD_META);
    record->erase = value == NULL;
    record->cells[0] = copy(state, key);
    record->cells[1] = copy(state, value);
}

static void pin(struct state *state, const char *key, const struct cloud *cloud, char *pinned, size_t size,
                const char *value)
{
    if (value[0] == '\0' || strcmp(pinned, value) == 0) return;
    text_copy(pinned, size, value);
    store_meta(state, arena_printf(&state->effects->arena, "%s.%s", key, cloud->name), value);
}

void store_pin(struct state *state, struct cloud *cloud)
{
    pin(state, "pin", cloud, cloud->pinned, sizeof cloud->pinned, cloud->fingerprint);
    pin(state, "pin-place", cloud, cloud->pinned_place, sizeof cloud->pinned_place, cloud->place);
}

void store_source(struct state *state, const struct source *source)
{
    struct record *record = state_record(state, RECORD_SOURCES);
    const char *cells[] = {copy(state, source->name), copy(state, source->revision),
                           number(state, source->generation ? source->generation->count : 0),
                           number(state, source->bound), number(state, state->now.wall_ms)};
    memcpy(record->cells, cells, sizeof cells);
}

bool store_is_open(const struct state *state)
{
    return state->ledger_loaded && state->ledger != LEDGER_CORRUPT;
}

static void record_copy(struct record *out, const struct record *from, struct arena *arena)
{
    struct record row = *from; /* `out` and `from` may be neighbours in one row that has just grown */
    unsigned columns = record_table_row(from->table)->columns;
    *out = row;
    for (unsigned i = 0; i < columns; i++)
        out->cells[i] = row.cells[i] ? arena_text(arena, row.cells[i]) : NULL;
}

/* While the ledger is read-only: kept beyond the step, history only up to a limit. */
enum { BACKLOG_HISTORY_MAX = 10000 };

static void backlog_keep(struct state *state)
{
    struct saving *backlog = &state->backlog;
    for (uint32_t i = 0; i < state->record_count; i++) {
        const struct record *record = &state->records[i];
        if (record->table == RECORD_EVENTS && backlog->count >= BACKLOG_HISTORY_MAX) continue;
        ROW_RESERVE(backlog->records, backlog->count, state->backlog_room);
        record_copy(&backlog->records[backlog->count++], record, &backlog->arena);
    }
    state->record_count = 0;
}

static void backlog_offer(struct state *state)
{
    struct saving *backlog = &state->backlog;
    for (uint32_t i = 0; i < backlog->count; i++)
        record_copy(state_record(state, backlog->records[i].table), &backlog->records[i],
                    &state->effects->arena);
    backlog->count = 0;
    arena_release(&backlog->arena);
}

void store_flush(struct state *state)
{
    if (!store_is_open(state)) {
        state->record_count = 0;
        owed_settle(state, 0, false);
        outbox_settle(state, 0);
        return;
    }
    if (state->read_only && state->now.boot_ms < state->save_retry_ms) {
        backlog_keep(state);
        owed_settle(state, 0, false);
        outbox_settle(state, 0);
        return;
    }
    if (state->backlog.count > 0) backlog_offer(state);
    if (state->record_count == 0) {
        owed_settle(state, 0, true);
        return;
    }
    if (state->read_only) state->save_retry_ms = state->now.boot_ms + SAVE_RETRY_MS;
    ROW_RESERVE(state->saves, state->saving_count, state->saving_room);
    struct saving *saving = &state->saves[state->saving_count++];
    *saving = (struct saving){.id = ++state->save_seq, .count = state->record_count};
    arena_init(&saving->arena);
    saving->records = ARENA_ROW(&saving->arena, struct record, state->record_count);
    for (uint32_t i = 0; i < state->record_count; i++)
        record_copy(&saving->records[i], &state->records[i], &saving->arena);
    for (uint32_t i = 0; i < state->cloud_count; i++)
        for (uint32_t j = 0; j < state->clouds[i]->intent_count; j++) {
            struct intent *intent = state->clouds[i]->intents[j];
            if (intent->state == INTENT_SAVING && intent->save_id == 0) intent->save_id = saving->id;
        }
    owed_name(state, saving->id);
    outbox_name(state, saving->id);
    struct effect *effect = state_effect(state, EFFECT_SAVE);
    effect->save.id = saving->id;
    effect->save.records = saving->records;
    effect->save.count = saving->count;
    state->record_count = 0;
}

/* Its records are the caller's to release. */
static struct saving saving_take(struct state *state, uint32_t place)
{
    struct saving saving = state->saves[place];
    state->saving_count--;
    memmove(state->saves + place, state->saves + place + 1,
            (state->saving_count - place) * sizeof *state->saves);
    return saving;
}

static bool saving_find(const struct state *state, uint64_t id, uint32_t *out)
{
    for (*out = 0; *out < state->saving_count; (*out)++)
        if (state->saves[*out].id == id) return true;
    return false;
}

void store_saved(struct state *state, uint64_t save_id)
{
    uint32_t place;
    if (!saving_find(state, save_id, &place)) return;
    struct saving saved = saving_take(state, place);
    arena_release(&saved.arena);
    if (state->read_only) {
        state->read_only = false;
        state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "LedgerWritable"),
                   "the ledger can be written again");
        for (uint32_t i = 0; i < state->source_count; i++)
            state_dirty_source(state, state->sources[i]);
    }
    intents_saved(state, save_id);
    owed_settle(state, save_id, true);
    outbox_settle(state, save_id);
}

static struct object *object_of(const struct state *state, const struct record *record)
{
    const char *const *cells = record->cells;
    const struct source *source = state_source(state, cells[0]);
    if (record->table == RECORD_OBJECTS) return source ? source_object(source, cells[1]) : NULL;
    return source ? source_keypair(source, (struct keypair_place){cells[1], cells[2], cells[3]}) : NULL;
}

/* What was lost is written anew: objects from their present state, intents not at all (they are withdrawn),
   the rest as it was. */
static void write_anew(struct state *state, const struct record *record)
{
    if (record->table == RECORD_OBJECTS || record->table == RECORD_KEYPAIRS) {
        struct object *object = object_of(state, record);
        if (object) {
            object->known_to_ledger |= record->erase; /* its row is still there */
            object->ledger_dirty = true;
            state_dirty(state, object);
            return;
        }
    }
    if (record->table == RECORD_INTENTS && !record->erase) return;
    struct record *again = state_record(state, record->table);
    record_copy(again, record, &state->effects->arena);
}

void store_failed(struct state *state, uint64_t save_id, const char *problem)
{
    uint32_t place;
    if (!saving_find(state, save_id, &place)) return;
    bool first = !state->read_only;
    state->read_only = true;
    state->save_retry_ms = state->now.boot_ms + SAVE_RETRY_MS;
    struct saving saving = saving_take(state, place);
    intents_save_failed(state, save_id);
    owed_settle(state, save_id, false);
    outbox_settle(state, save_id);
    for (uint32_t i = 0; i < saving.count; i++)
        write_anew(state, &saving.records[i]);
    arena_release(&saving.arena);
    if (first) {
        state_tell(state,
                   ABOUT(.level = TELL_ERROR, .type = "LedgerReadOnly",
                         .reason = reason_row(REASON_LEDGER_READ_ONLY)->word),
                   "the ledger cannot be written: %s; nothing is sent until it can (tried every 10 s)",
                   problem ? problem : "no reason told");
        for (uint32_t i = 0; i < state->source_count; i++)
            state_dirty_source(state, state->sources[i]);
    }
}
