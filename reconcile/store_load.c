#include <stdlib.h>
#include <string.h>

#include "reconcile/absorb.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/public_key.h"
#include "reconcile/budget.h"
#include "reconcile/cell.h"
#include "reconcile/claim.h"
#include "reconcile/hold_memory.h"
#include "reconcile/intent.h"
#include "reconcile/keypair.h"
#include "reconcile/look.h"
#include "reconcile/news.h"
#include "reconcile/outbox.h"
#include "reconcile/store.h"

/* Reading ledger rows back. Cells are input like any other: what cannot be understood fails the load. */

/* Ids of intents and charges grow over all runs. The row that counts the starts may have been lost while
   later ones were saved: what was given out once is never given out again. */
static bool seq_cell(struct state *state, const char *cell, uint64_t *out)
{
    if (!id_cell(cell, out) || *out >> 62 != 0) return false;
    if (*out > state->call_seq) state->call_seq = *out;
    return true;
}

static bool successor_cell(struct state *state, const char *cell, struct object *object)
{
    struct successor *successor = &object->successor;
    char ran[2], reserved[24];
    if (!cell) return false;
    if (cell[0] == '\0') return true;
    return word_take(&cell, object->next, sizeof object->next) &&
           word_take(&cell, successor->attempt, sizeof successor->attempt) &&
           word_take(&cell, ran, sizeof ran) && flag_cell(ran, &successor->was_running) &&
           word_take(&cell, reserved, sizeof reserved) && seq_cell(state, reserved, &object->reserved) &&
           applied_cell(cell, &successor->applied_fields, successor->applied);
}

static bool resolved_cell(const char *cell, struct object *object, struct arena *arena)
{
    if (!cell) return false;
    while (*cell) {
        uint64_t field;
        const char *text, *id;
        if (!small_number(&cell, FIELD_COUNT - 1, &field) || *cell++ != ':') return false;
        if (!sized_text(&cell, arena, &text) || *cell++ != ':' || !sized_text(&cell, arena, &id))
            return false;
        object_resolve(object, (enum field)field, text, id);
    }
    return true;
}

static bool state_cell(const char *cell, enum object_state *out)
{
    static const char *const words[] = {"managed", "orphan", "released"};
    for (unsigned i = 0; i < 3; i++) {
        if (!text_equal(cell, words[i])) continue;
        *out = (enum object_state)i;
        return true;
    }
    return false;
}

static bool retire_cell(const char *cell, struct now now, struct retirement *out)
{
    int64_t numbers[5];
    if (!cell) return false;
    if (cell[0] == '\0') return true;
    for (unsigned i = 0; i < 5; i++) {
        char digits[24];
        size_t size = strcspn(cell, " ");
        if (size >= sizeof digits || (cell[size] == ' ') != (i < 4)) return false;
        memcpy(digits, cell, size);
        digits[size] = '\0';
        cell += size + 1;
        if (!time_cell(digits, &numbers[i])) return false;
    }
    *out = (struct retirement){.policy = {numbers[0], numbers[1] != 0},
                               .rest_wall_ms = numbers[2],
                               .image_wall_ms = numbers[3],
                               .approved = numbers[4] != 0};
    /* a clock that went back only lengthens the wait, one that leapt does not shorten what follows it */
    int64_t age = instant_min(instant_max(0, now.wall_ms - numbers[2]), numbers[0]);
    if (numbers[2] != 0) out->rest_ms = now.boot_ms - age;
    return true;
}

static bool name_fits(const char *name, size_t length_max)
{
    return name && name[0] != '\0' && strlen(name) <= length_max;
}

static bool load_object(struct state *state, const struct record *record)
{
    const char *const *c = record->cells;
    if (!name_fits(c[0], LIMIT_DOCUMENT_NAME) || !name_fits(c[1], LIMIT_NAME)) return false;
    struct source *source = state_source_add(state, c[0]);
    struct object *object = source_object(source, c[1]); /* a suspension may have named it already */
    if (object && object->known_to_ledger) return false;
    if (!object) object = source_add(source, c[1], ++state->object_seq);
    bool good =
        text_cell(c[2], object->cloud_name, sizeof object->cloud_name) &&
        text_cell(c[3], object->current, sizeof object->current) && successor_cell(state, c[4], object) &&
        flag_cell(c[5], &object->protect) && flag_cell(c[6], &object->was_converged) &&
        flag_cell(c[7], &object->created_by_us) && flag_cell(c[8], &object->was_running) &&
        text_cell(c[9], object->attempt, sizeof object->attempt) && counter_cell(c[10], &object->failures) &&
        applied_cell(c[11], &object->applied_fields, object->applied) &&
        resolved_cell(c[12], object, &state->turn) && c[13] && text_set_parse(&object->metadata, c[13]) &&
        c[14] && text_set_parse(&object->volumes, c[14]) && c[15] &&
        text_set_parse(&object->tombstones, c[15]) && flag_cell(c[16], &object->slot) &&
        flag_cell(c[17], &object->held) && id_cell(c[18], &object->held_desire) &&
        counter_cell(c[19], &object->remedies) && state_cell(c[20], &object->state) &&
        time_cell(c[21], &object->restarted_wall_ms) && c[22] && text_set_parse(&object->addresses, c[22]) &&
        retire_cell(c[23], state->now, &object->retire) && id_cell(c[24], &object->rebuilt) &&
        counter_cell(c[25], &object->failed_builds) &&
        text_cell(c[26], object->failed_server, sizeof object->failed_server);
    if (!good) return false;
    object->known_to_ledger = true;
    object->ledger_dirty = false;
    if (object->cloud_name[0] != '\0') object->cloud = state_cloud_add(state, object->cloud_name);
    object_recount(state, object);
    state_dirty(state, object);
    return true;
}

static struct object *keypair_at(struct state *state, struct source *source, const char *name,
                                 const char *cloud, const char *key_name)
{
    struct keypair_place place = {name, cloud, key_name};
    struct object *object = source_keypair(source, place);
    if (!object) object = source_add_keypair(source, place, ++state->object_seq);
    object->cloud = state_cloud_add(state, cloud);
    return object;
}

static bool load_keypair(struct state *state, const struct record *record)
{
    const char *const *c = record->cells;
    const char *line;
    if (!name_fits(c[0], LIMIT_DOCUMENT_NAME) || !name_fits(c[1], LIMIT_NAME) ||
        !name_fits(c[2], LIMIT_DOCUMENT_NAME) || !name_fits(c[3], LIMIT_KEY_NAME) || !c[4] ||
        !public_key_parse(c[4], &state->turn, &line, NULL))
        return false;
    struct object *object = keypair_at(state, state_source_add(state, c[0]), c[1], c[2], c[3]);
    if (object->known_to_ledger) return false;
    keypair_set_registered(state, object, line);
    object->known_to_ledger = true;
    object->ledger_dirty = false;
    state_dirty(state, object);
    return true;
}

/* Whose intent it is. A call about a key pair names it by its argument. */
static struct object *object_of_intent(struct state *state, const struct record *record, enum call_kind kind)
{
    const char *const *c = record->cells;
    struct source *source = state_source_add(state, c[2]);
    if (kind == CALL_REGISTER_KEYPAIR || kind == CALL_DELETE_KEYPAIR)
        return name_fits(c[6], LIMIT_KEY_NAME) ? keypair_at(state, source, c[3], c[1], c[6]) : NULL;
    struct object *object = source_object(source, c[3]);
    return object ? object : source_add(source, c[3], ++state->object_seq);
}

/* An object has one call under way. Of two rows the earlier one ended: the save that would have erased it
   failed, and a later one was stored. */
static bool is_latest(struct state *state, struct object *object, const struct intent *loaded)
{
    if (!object->intent) return true;
    if (object->intent->id < loaded->id) {
        intent_drop(state, object->intent);
        return true;
    }
    store_erase_intent(state, loaded);
    return false;
}

static bool load_intent(struct state *state, const struct record *record)
{
    const char *const *c = record->cells;
    struct intent loaded = {
        .state = INTENT_OPEN, .unknown = true, .cut_off = true, .class = CLASS_REST, .field = FIELD_COUNT};
    bool good = seq_cell(state, c[0], &loaded.id) && name_fits(c[1], LIMIT_DOCUMENT_NAME) &&
                name_fits(c[2], LIMIT_DOCUMENT_NAME) && name_fits(c[3], LIMIT_NAME) && c[4] &&
                call_from_name(c[4], &loaded.kind) && loaded.kind != CALL_LOOK &&
                text_cell(c[5], loaded.provider_id, sizeof loaded.provider_id) && c[6] && c[7] &&
                text_cell(c[8], loaded.attempt, sizeof loaded.attempt) && c[9] &&
                (c[9][0] == '\0' || field_from_name(c[9], &loaded.field)) && c[10] &&
                phase_from_name(c[10], &loaded.from) && c[11] && phase_from_name(c[11], &loaded.aim) &&
                flag_cell(c[12], &loaded.destroys) && flag_cell(c[13], &loaded.disrupts) &&
                flag_cell(c[14], &loaded.cleanup) && time_cell(c[15], &loaded.saved_wall_ms);
    if (!good) return false;
    struct object *object = object_of_intent(state, record, loaded.kind);
    if (!object || (object->intent && object->intent->id == loaded.id)) return false;
    if (!is_latest(state, object, &loaded)) return true;
    struct intent *intent = NEW(struct intent);
    *intent = loaded;
    intent->cloud = state_cloud_add(state, c[1]);
    if (!object->cloud) object->cloud = intent->cloud;
    intent->object = object;
    intent->argument = c[6][0] != '\0' ? memory_copy_text(c[6]) : NULL;
    intent->value = c[7][0] == '=' ? memory_copy_text(c[7] + 1) : NULL;
    intent->saved_ms = intent->sent_ms = intent->replied_ms = state->now.boot_ms;
    object->intent = intent;
    ROW_RESERVE(intent->cloud->intents, intent->cloud->intent_count, intent->cloud->intent_room);
    intent->cloud->intents[intent->cloud->intent_count++] = intent;
    if (intent->destroys) state->destructions_in_flight++;
    object_recount(state, object);
    return true;
}

/* A restart counts wall now − wall saved, not below 0: a clock that went back only lengthens the window. */
static bool load_charge(struct state *state, const struct record *record)
{
    const char *const *c = record->cells;
    uint64_t id;
    int64_t wall;
    if (!seq_cell(state, c[0], &id) || !name_fits(c[1], LIMIT_DOCUMENT_NAME) || !time_cell(c[5], &wall))
        return false;
    int64_t age = instant_max(0, state->now.wall_ms - wall);
    struct now then = {state->now.boot_ms - age, wall};
    struct source *source = state_source_add(state, c[1]);
    struct object *object = c[3] ? source_object(source, c[3]) : NULL;
    bool for_good = c[2] && c[4] && c[4][0] != '\0' && text_equal(c[6], CHARGE_DESTROY);
    struct charge charge = {.at_ms = then.boot_ms,
                            .at_wall_ms = then.wall_ms,
                            .id = id,
                            .server = for_good ? budget_server(state, c[2], c[4]) : 0};
    charge.bound = object && object->current[0] != '\0';
    /* one that no object speaks of any more grows old like a destruction */
    charge.stands = text_equal(c[6], CHARGE_RESERVE) && object && object->reserved == id;
    window_add(&source->destroyed, charge);
    window_add(&state->destroyed, charge);
    return true;
}

static bool load_source(struct state *state, const struct record *record)
{
    if (!name_fits(record->cells[0], LIMIT_DOCUMENT_NAME) || !record->cells[1]) return false;
    struct source *source = state_source_add(state, record->cells[0]);
    return text_copy(source->revision, sizeof source->revision, record->cells[1]);
}

static bool load_suspension(struct state *state, const char *target, const char *value)
{
    int64_t wall;
    const char *blank = strchr(value, ' ');
    char digits[24];
    if (!blank || (size_t)(blank - value) >= sizeof digits || (blank[1] != 'h' && blank[1] != 's'))
        return false;
    memcpy(digits, value, (size_t)(blank - value));
    digits[blank - value] = '\0';
    if (!time_cell(digits, &wall)) return false;
    int64_t until = wall == 0 ? NEVER_MS : state->now.boot_ms + (wall - state->now.wall_ms);
    bool hard = blank[1] == 'h';
    const char *reason = blank[2] == ' ' ? blank + 3 : "";
    if (strncmp(target, "cloud:", 6) == 0) {
        if (!name_fits(target + 6, LIMIT_DOCUMENT_NAME)) return false;
        struct cloud *cloud = state_cloud_add(state, target + 6);
        cloud->suspended_until_ms = until;
        cloud->suspended_hard = hard;
        text_copy(cloud->suspended_reason, sizeof cloud->suspended_reason, reason);
    } else if (target[0] == '\0') {
        state->suspended_until_ms = until;
        state->suspended_hard = hard;
        text_copy(state->suspended_reason, sizeof state->suspended_reason, reason);
    } else if (!strchr(target, '/')) {
        if (!name_fits(target, LIMIT_DOCUMENT_NAME)) return false;
        struct source *source = state_source_add(state, target);
        source->suspended_until_ms = until;
        source->suspended_hard = hard;
        text_copy(source->suspended_reason, sizeof source->suspended_reason, reason);
    } else {
        struct object *object = state_object_add(state, target);
        if (!object) return false;
        object->suspended_until_ms = until;
        object->suspended_hard = hard;
        text_copy(object->suspended_reason, sizeof object->suspended_reason, reason);
    }
    return true;
}

static bool load_meta(struct state *state, const struct record *record, uint64_t *starts)
{
    const char *key = record->cells[0], *value = record->cells[1];
    if (!key || !value) return false;
    if (text_equal(key, "writer")) return text_cell(value, state->writer, sizeof state->writer);
    if (text_equal(key, "starts")) return text_to_number(value, UINT32_MAX, starts);
    if (text_equal(key, "cold")) return state->cold = true;
    if (text_equal(key, "lost")) {
        int64_t wall;
        if (!time_cell(value, &wall)) return false;
        state->ledger_lost = true;
        state->lost_ms = state->now.boot_ms - instant_max(0, state->now.wall_ms - wall);
        return true;
    }
    if (text_equal(key, "hash_key"))
        return strlen(value) == 32 && hex64(value, &state->hash_key.k0) &&
               hex64(value + 16, &state->hash_key.k1);
    if (text_starts(key, "pin.")) {
        if (!name_fits(key + 4, LIMIT_DOCUMENT_NAME)) return false;
        struct cloud *cloud = state_cloud_add(state, key + 4);
        return text_cell(value, cloud->pinned, sizeof cloud->pinned);
    }
    if (text_starts(key, "pin-place.")) {
        if (!name_fits(key + 10, LIMIT_DOCUMENT_NAME)) return false;
        struct cloud *cloud = state_cloud_add(state, key + 10);
        return text_cell(value, cloud->pinned_place, sizeof cloud->pinned_place);
    }
    if (text_starts(key, "writer-allowed.")) {
        if (!name_fits(key + 15, LIMIT_DOCUMENT_NAME)) return false;
        struct cloud *cloud = state_cloud_add(state, key + 15);
        return text_cell(value, cloud->another_allowed, sizeof cloud->another_allowed);
    }
    if (text_starts(key, CLAIM_KEY)) return claim_load(state, key + sizeof CLAIM_KEY - 1, value);
    if (text_starts(key, TOLD_KEY)) return news_load(state, key + sizeof TOLD_KEY - 1, value);
    if (text_starts(key, HOLD_KEY)) return hold_memory_load(state, key + sizeof HOLD_KEY - 1, value);
    if (text_starts(key, "suspend.")) return load_suspension(state, key + 8, value);
    return true; /* written by a newer program of the same schema, or by the storage itself */
}

static bool load_record(struct state *state, const struct record *record, uint64_t *starts)
{
    switch (record->table) {
    case RECORD_META: return load_meta(state, record, starts);
    case RECORD_OBJECTS: return load_object(state, record);
    case RECORD_KEYPAIRS: return load_keypair(state, record);
    case RECORD_INTENTS: return load_intent(state, record);
    case RECORD_WINDOWS: return load_charge(state, record);
    case RECORD_SOURCES: return load_source(state, record);
    case RECORD_NOTIFICATIONS: return outbox_load(state, record);
    case RECORD_EVENTS:
    case RECORD_TABLE_COUNT: return true;
    }
    UNREACHABLE();
}

static int charge_compare(const void *a, const void *b)
{
    const struct charge *x = a, *y = b;
    if (x->at_ms != y->at_ms) return x->at_ms < y->at_ms ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static bool is_gone(const struct charge *charge)
{
    return !charge->bound && !charge->renewed;
}

/* Those that were destroyed in the window were bound in it: they belong to its base. Where an
   object has a server, this one still or another, it is counted already. */
static void window_settle(struct window *window, uint32_t bound, int64_t now_ms)
{
    uint32_t gone = 0;
    if (window->count == 0) return;
    for (uint32_t i = 0; i < window->count; i++)
        gone += is_gone(&window->charges[i]);
    qsort(window->charges, window->count, sizeof *window->charges, charge_compare);
    window->level_count = 0;
    window_level(window, window->charges[0].at_ms - 1, bound + gone);
    for (uint32_t i = 0; i < window->count;
         i++) { /* what lies before the window falls out of it step by step */
        gone -= is_gone(&window->charges[i]);
        window_level(window, window->charges[i].at_ms, bound + gone);
    }
    window_level(window, now_ms, bound);
}

static void first_words(struct state *state, uint64_t starts)
{
    struct arena *arena = &state->effects->arena;
    bool fresh = state->writer[0] == '\0';
    if (fresh) {
        prng_letters(&state->prng, state->writer, MARK_WRITER);
        state->hash_key = (struct hash_key){prng_next(&state->prng), prng_next(&state->prng)};
        store_meta(state, "writer", state->writer);
        store_meta(state, "hash_key",
                   arena_printf(arena, "%016llx%016llx", (unsigned long long)state->hash_key.k0,
                                (unsigned long long)state->hash_key.k1));
    }
    if (starts < state->call_seq >> 32) starts = state->call_seq >> 32;
    store_meta(state, "starts", arena_printf(arena, "%llu", (unsigned long long)starts + 1));
    /* ids of this run are above all earlier ones; 2^32 calls per run are enough for centuries */
    state->call_seq = (starts + 1) << 32;
    if (state->ledger != LEDGER_MISSING) return;
    state->cold = true;
    store_meta(state, "cold", "1");
}

void store_load(struct state *state, const struct event_ledger *ledger)
{
    ASSERT(!state->ledger_loaded);
    state->ledger_loaded = true;
    state->ledger = ledger->state;
    state->event_seq = ledger->event_seq;
    uint64_t starts = 0;
    bool good = ledger->state != LEDGER_CORRUPT;
    for (unsigned table = 0; table < RECORD_TABLE_COUNT && good; table++)
        for (uint32_t i = 0; i < ledger->count && good; i++)
            if (ledger->records[i].table == (enum record_table)table)
                good = load_record(state, &ledger->records[i], &starts);
    /* a file was made, and nothing ever saved in it: the start that made it was cut short */
    if (good && state->ledger == LEDGER_LOADED && state->writer[0] == '\0') state->ledger = LEDGER_MISSING;
    if (!good) state->ledger = LEDGER_CORRUPT;
    if (state->ledger == LEDGER_CORRUPT) {
        state_tell(state,
                   ABOUT(.level = TELL_ERROR, .type = "LedgerCorrupt",
                         .reason = reason_row(REASON_LEDGER_CORRUPT)->word),
                   "%s; nothing is changed in any cloud meanwhile",
                   ledger->problem && ledger->problem[0]
                       ? ledger->problem
                       : "a row of the ledger cannot be understood; restore it from a "
                         "backup and restart, or start a new one: setpointctl ledger "
                         "rebuild --yes");
        if (state->writer[0] == '\0') prng_letters(&state->prng, state->writer, MARK_WRITER);
        return;
    }
    for (uint32_t i = 0; i < state->source_count; i++)
        window_settle(&state->sources[i]->destroyed, state->sources[i]->bound, state->now.boot_ms);
    window_settle(&state->destroyed, state->bound, state->now.boot_ms);
    first_words(state, starts);
}

void store_rebuild(struct state *state)
{
    ASSERT(state->ledger == LEDGER_CORRUPT);
    state->ledger = LEDGER_MISSING;
    state->started = state->now;
    state->writer[0] = '\0';
    first_words(state, 0);
    absorb_lost_ledger(state); /* what could not be read was there */
    news_store(state);
    outbox_store(state);
    /* ids of what may still be in flight are lost: start above all that any earlier run can have used */
    state->call_seq = (uint64_t)state->now.wall_ms << 20;
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        struct cloud *cloud = state->clouds[i];
        cloud->first_complete_ms = 0;
        look_full(state, cloud, state->now.boot_ms);
    }
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct source *source = state->sources[i];
        if (source->revision[0] != '\0') store_source(state, source);
        for (uint32_t j = 0; j < source->object_count; j++) {
            source->objects[j]->ledger_dirty = true;
            state_dirty(state, source->objects[j]);
        }
    }
}
