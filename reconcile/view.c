#include "reconcile/view.h"

#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/budget.h"
#include "reconcile/field_text.h"
#include "reconcile/find.h"
#include "reconcile/hold.h"
#include "reconcile/keypair.h"
#include "reconcile/observe.h"
#include "reconcile/order.h"
#include "reconcile/storm.h"
#include "reconcile/successor.h"
#include "reconcile/view_text.h"

void member_key(struct text *out, const char *key)
{
    char last = out->length > 0 ? out->bytes[out->length - 1] : '\0';
    if (last != '{' && last != '[') text_add_char(out, ',');
    text_add_json(out, key);
    text_add_char(out, ':');
}

void member_text(struct text *out, const char *key, const char *value)
{
    member_key(out, key);
    text_add_json(out, value && value[0] ? value : NULL);
}

void member_number(struct text *out, const char *key, int64_t value)
{
    member_key(out, key);
    text_addf(out, "%lld", (long long)value);
}

void member_flag(struct text *out, const char *key, bool value)
{
    member_key(out, key);
    text_add(out, value ? "true" : "false");
}

void member_wall(struct text *out, const char *key, int64_t wall_ms)
{
    char shown[32] = "";
    if (wall_ms >= 0) instant_format(wall_ms, shown, sizeof shown);
    member_text(out, key, shown);
}

void member_boot(struct text *out, const char *key, int64_t boot_ms, struct now now)
{
    member_wall(out, key, boot_ms == NEVER_MS || boot_ms == 0 ? -1 : now.wall_ms + (boot_ms - now.boot_ms));
}

void member_blocker(struct text *out, const struct blocker *by)
{
    AUTO_TEXT struct text word;
    text_init(&word, BLOCKER_WORD);
    if (by) blocker_show(by, &word);
    member_text(out, "blockedBy", word.bytes);
}

void element(struct text *out)
{
    if (out->length > 0 && out->bytes[out->length - 1] != '[') text_add_char(out, ',');
}

/* --- which objects --- */

static bool is_called(const struct object *object, const char *name)
{
    return object->keypair ? keypair_is_called(object, name) : strcmp(object->name, name) == 0;
}

static bool name_matches(const struct object *object, const char *name)
{
    const char *slash = strchr(name, '/');
    if (!slash) return is_called(object, name) || strcmp(object->source->name, name) == 0;
    return is_called(object, slash + 1) && strncmp(object->source->name, name, (size_t)(slash - name)) == 0 &&
           strlen(object->source->name) == (size_t)(slash - name);
}

/* "tier=db", "tier!=db", "tier" */
static bool term_matches(const struct object *object, const char *term, size_t size)
{
    char key[LIMIT_METADATA_TEXT + 1], value[LIMIT_METADATA_TEXT + 1] = "";
    const char *equals = memchr(term, '=', size);
    size_t key_size = equals ? (size_t)(equals - term) : size;
    bool negated = equals && key_size > 0 && term[key_size - 1] == '!';
    if (negated) key_size--;
    size_t value_size = equals ? size - (size_t)(equals - term) - 1 : 0;
    if (key_size >= sizeof key || value_size >= sizeof value) return false;
    memcpy(key, term, key_size);
    key[key_size] = '\0';
    if (equals) memcpy(value, equals + 1, value_size);
    value[value_size] = '\0';
    const char *label = object->spec ? value_find(object->spec->labels, key) : NULL;
    if (!equals) return label != NULL;
    return negated != text_equal(label, value);
}

static bool selector_matches(const struct object *object, const char *selector)
{
    while (*selector) {
        size_t size = strcspn(selector, ",");
        if (!term_matches(object, selector, size)) return false;
        selector += size;
        if (*selector == ',') selector++;
    }
    return true;
}

bool view_selects(const struct view_filter *filter, const struct object *object)
{
    if (!filter) return true;
    if (filter->source && strcmp(filter->source, object->source->name) != 0) return false;
    if (filter->selector && !selector_matches(object, filter->selector)) return false;
    if (filter->name_count == 0) return true;
    for (uint32_t i = 0; i < filter->name_count; i++)
        if (name_matches(object, filter->names[i])) return true;
    return false;
}

enum view_find view_check(const struct state *state, const struct view_filter *filter,
                          struct text *out_message)
{
    if (filter->selector && (filter->selector[0] == '\0' || filter->selector[0] == '=')) {
        text_addf(out_message, "selector \"%s\" is not of the form key=value,key!=value", filter->selector);
        return VIEW_BAD_SELECTOR;
    }
    if (filter->source && !state_source(state, filter->source)) {
        const char *near = find_source_near(state, filter->source);
        text_addf(out_message, "no source \"%s\"", filter->source);
        if (near) text_addf(out_message, "; did you mean \"%s\"?", near);
        return VIEW_NOT_FOUND;
    }
    for (uint32_t i = 0; i < filter->name_count; i++) {
        struct object *object;
        if (!strchr(filter->names[i], '/') && state_source(state, filter->names[i])) continue;
        if (find_keypairs(state, filter->names[i])) continue; /* of all its clouds */
        enum found found = find_object(state, filter->names[i], &object, out_message);
        if (found != FOUND) return found == FOUND_SEVERAL ? VIEW_AMBIGUOUS : VIEW_NOT_FOUND;
    }
    return VIEW_FOUND;
}

/* Objects that are only kept for what they once were are not shown. */
bool view_shows(const struct object *object)
{
    if (object->keypair) return object->keypair->spec || object->keypair->registered || object->intent;
    return object->spec || object->current[0] != '\0' || object->intent || object->state == OBJECT_RELEASED ||
           object->marked_count > 0;
}

/* --- status --- */

static struct server *server_of(const struct object *object)
{
    return object->cloud && object->current[0] != '\0'
               ? servers_find(&object->cloud->servers, object->current)
               : NULL;
}

/* gap_compute only wishes for catalogues; a look may do that too. */
static void add_gaps(const struct state *state, const struct object *object, struct arena *arena,
                     struct text *out)
{
    struct server *server = server_of(object);
    member_key(out, "gap");
    text_add_char(out, '[');
    if (server && !server->expected && object->spec && object->cloud->traits &&
        object->verdict != VERDICT_UNKNOWN) {
        struct gaps gaps;
        struct route route; /* only for what it says of each gap */
        gap_compute((struct state *)(uintptr_t)state, object, server, arena, &gaps);
        if (gaps.count > 0 && phase_is_steady(server->facts.phase))
            route_find(object->cloud->traits, server->facts.phase, server->facts.rests,
                       spec_power(object->spec), &gaps, &route);
        for (uint32_t i = 0; i < gaps.count; i++) {
            element(out);
            text_add_char(out, '{');
            member_text(out, "field", field_row(gaps.items[i].field)->name);
            member_key(out, "desired");
            field_json(gaps.items[i].field, gaps.items[i].desired, out);
            member_key(out, "actual");
            field_json(gaps.items[i].field, gaps.items[i].actual, out);
            member_flag(out, "pending", gaps.items[i].pending);
            text_add_char(out, '}');
        }
    }
    text_add_char(out, ']');
}

static void add_status(const struct state *state, const struct object *object, struct now now,
                       struct text *out)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    struct server *server = server_of(object);
    const struct reason_row *row = reason_row(object->reason);
    member_text(out, "source", object->source->name);
    member_text(out, "name", object->name);
    member_text(out, "kind",
                object->keypair                                                        ? "Keypair"
                : row->verdict == VERDICT_BLOCKED && object->reason == REASON_ORPHANED ? "Orphan"
                                                                                       : "Instance");
    member_text(out, "fleet", NULL);
    member_text(out, "cloud",
                object->cloud  ? object->cloud->name
                : object->spec ? object->spec->cloud
                               : NULL);
    member_text(out, "providerId", object->current);
    member_text(out, "phase", server && !server->expected ? phase_name(server->facts.phase) : NULL);
    member_text(out, "verdict", verdict_name(object->verdict));
    member_text(out, "reason", row->word);
    member_text(out, "message", object->message);
    member_wall(out, "since", object->since_wall_ms);
    bool rests = object->keypair && object->verdict == VERDICT_CONVERGED; /* what follows is a reading */
    member_boot(out, "nextTry", rests ? NEVER_MS : object->next_try_ms, now);
    if (object->keypair)
        view_keypair_gap(object, &arena, out);
    else
        add_gaps(state, object, &arena, out);
    member_key(out, "route");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < object->route_count; i++) {
        element(out);
        text_add_json(out, call_name(object->route[i]));
    }
    text_add_char(out, ']');
}

void view_status(const struct state *state, const struct view_filter *filter, struct now now,
                 struct text *out)
{
    text_add_char(out, '[');
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            const struct object *object = state->sources[i]->objects[j];
            if (!view_shows(object) || !view_selects(filter, object)) continue;
            element(out);
            text_add_char(out, '{');
            add_status(state, object, now, out);
            text_add_char(out, '}');
        }
    text_add_char(out, ']');
}

/* --- describe --- */

static void add_field(struct text *out, enum field field, struct value value)
{
    member_key(out, field_row(field)->name);
    if (field_row(field)->secret)
        text_add_json(out, "(not shown)");
    else
        field_json(field, value, out);
}

static void add_desired(const struct object *object, struct text *out)
{
    member_key(out, "desired");
    if (!object->spec) {
        text_add(out, "null");
        return;
    }
    const struct spec *spec = object->spec;
    text_add_char(out, '{');
    member_text(out, "file", spec->file);
    member_number(out, "line", spec->line);
    member_key(out, "labels");
    value_json(spec->labels, true, out);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (spec->managed & FIELD_BIT(i)) add_field(out, (enum field)i, spec->values[i]);
    member_flag(out, "protect", spec->lifecycle.protect);
    text_add_char(out, '}');
}

static void add_observed(const struct object *object, struct now now, struct text *out)
{
    struct server *server = server_of(object);
    member_key(out, "observed");
    if (!server || server->expected) {
        text_add(out, "null");
        return;
    }
    text_add_char(out, '{');
    member_text(out, "name", server->facts.name);
    member_text(out, "status", server->facts.status);
    member_text(out, "fault", server->facts.fault);
    member_wall(out, "created", server->facts.created_wall_ms);
    member_boot(out, "asked", server->asked_ms, now);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if ((server->facts.seen & FIELD_BIT(i)) && i != FIELD_NAME)
            add_field(out, (enum field)i, server->facts.values[i]);
    member_flag(out, "marked", server->facts.marked && server->facts.mark_whole);
    text_add_char(out, '}');
}

static void add_unverified(const struct state *state, const struct object *object, struct text *out)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    member_key(out, "unverified");
    text_add_char(out, '[');
    struct server *server = server_of(object);
    if (server && !server->expected && object->spec && object->cloud->traits) {
        struct gaps gaps;
        gap_compute((struct state *)(uintptr_t)state, object, server, &arena, &gaps);
        for (unsigned i = 0; i < FIELD_COUNT; i++) {
            if (!(gaps.unverified & FIELD_BIT(i))) continue;
            element(out);
            text_add_json(out, field_row((enum field)i)->name);
        }
    }
    text_add_char(out, ']');
}

/* The server that is to take the place of the bound one; null = none. */
static void add_successor(const struct object *object, struct now now, struct text *out)
{
    const struct server *next = successor_of(object);
    member_key(out, "successor");
    if (object->next[0] == '\0') {
        text_add(out, "null");
        return;
    }
    bool seen = next && !next->expected;
    text_add_char(out, '{');
    member_text(out, "providerId", object->next);
    member_text(out, "phase", seen ? phase_name(next->facts.phase) : NULL);
    member_text(out, "status", seen ? next->facts.status : NULL);
    member_text(out, "fault", seen ? next->facts.fault : NULL);
    member_boot(out, "askedAt", seen ? next->asked_ms : 0, now);
    text_add_char(out, '}');
}

static void add_ledger(const struct state *state, const struct object *object, struct now now,
                       struct text *out)
{
    static const char *const states[] = {"managed", "orphan", "released"};
    member_key(out, "ledger");
    text_add_char(out, '{');
    member_text(out, "state", states[object->state]);
    member_text(out, "attempt", object->attempt);
    member_flag(out, "protect", object->protect);
    member_flag(out, "wasConverged", object->was_converged);
    member_flag(out, "createdByUs", object->created_by_us);
    member_flag(out, "wasRunning", object->was_running);
    member_flag(out, "destructionReserved", object->reserved != 0);
    member_number(out, "failures", object->failures);
    member_number(out, "failedBuilds", object->failed_builds);
    member_boot(out, "retryAt", object->retry_ms, now);
    add_unverified(state, object, out);
    view_intent(object, now, out);
    text_add_char(out, '}');
}

void view_intent(const struct object *object, struct now now, struct text *out)
{
    member_key(out, "intent");
    if (object->intent) {
        text_add_char(out, '{');
        member_number(out, "id", (int64_t)object->intent->id);
        member_text(out, "call", call_name(object->intent->kind));
        member_text(out, "state", intent_state_name(object->intent->state));
        member_text(out, "argument", object->intent->argument);
        member_boot(out, "sent", object->intent->sent_ms, now);
        text_add_char(out, '}');
    } else {
        text_add(out, "null");
    }
}

enum view_find view_describe(const struct state *state, const char *name, struct now now, struct text *out)
{
    struct object *object;
    enum found found = find_object(state, name, &object, out);
    if (found != FOUND) return found == FOUND_SEVERAL ? VIEW_AMBIGUOUS : VIEW_NOT_FOUND;
    text_add_char(out, '{');
    add_status(state, object, now, out);
    if (object->keypair) {
        view_keypair_describe(object, now, out);
    } else {
        add_desired(object, out);
        add_observed(object, now, out);
        add_successor(object, now, out);
        add_ledger(state, object, now, out);
    }
    member_blocker(out, &object->by);
    member_text(out, "holdId", object->hold_id);
    member_text(out, "endedBy", reason_row(object->reason)->ended_by);
    text_add_char(out, '}');
    return VIEW_FOUND;
}

/* --- counts --- */

struct view_counts view_count(const struct state *state, const struct view_filter *filter, struct now now)
{
    (void)now;
    struct view_counts counts = {0};
    for (uint32_t i = 0; i < state->source_count; i++)
        for (uint32_t j = 0; j < state->sources[i]->object_count; j++) {
            const struct object *object = state->sources[i]->objects[j];
            if (!view_shows(object) || !view_selects(filter, object)) continue;
            uint32_t *const slots[VERDICT_COUNT] = {&counts.converged, &counts.progressing, &counts.waiting,
                                                    &counts.blocked,   &counts.failing,     &counts.unknown};
            counts.objects++;
            ++*slots[object->verdict];
            counts.not_converged += object->verdict != VERDICT_CONVERGED;
            counts.held += reason_row(object->reason)->person;
        }
    return counts;
}

bool view_is_ready(const struct state *state)
{
    if (!state->config || !state->ledger_loaded) return false;
    for (uint32_t i = 0; i < state->source_count; i++)
        if (state->sources[i]->config && !state->sources[i]->read_once) return false;
    return true;
}

uint64_t view_serial(const struct state *state)
{
    return state->serial;
}

uint64_t view_absorbed(const struct state *state)
{
    return state->absorbed;
}

const char *view_mode(const struct state *state)
{
    if (state->ledger_loaded && state->ledger == LEDGER_CORRUPT) return "observe (the ledger is corrupt)";
    return state->config && state->config->mode == MODE_ENFORCE ? "enforce" : "observe";
}
