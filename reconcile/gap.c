#include "reconcile/gap.h"

#include <string.h>

#include "reconcile/address.h"
#include "reconcile/base/assert.h"
#include "reconcile/catalogue.h"
#include "reconcile/fit.h"

struct context {
    struct state *state;
    const struct object *object;
    const struct server *server;
    const struct spec *spec;
    const struct traits *traits;
    struct arena *arena;
    struct gaps *out;
};

uint32_t gap_recorded_fields(void)
{
    return FIELD_BIT(FIELD_IMAGE) | FIELD_BIT(FIELD_ZONE) | FIELD_BIT(FIELD_KEYPAIR) |
           FIELD_BIT(FIELD_NETWORKS) | FIELD_BIT(FIELD_ROOT_DISK) | FIELD_BIT(FIELD_USER_DATA);
}

uint64_t gap_applied_hash(const struct state *state, const struct spec *spec, enum field field)
{
    struct hash_key key = {state->hash_key.k0, state->hash_key.k1 + (uint64_t)field};
    return value_hash(spec->values[field], key);
}

static struct gap *gap_add(struct context *c, enum field field, struct value desired, struct value actual)
{
    struct gap *gap = &c->out->items[c->out->count++];
    *gap = (struct gap){.field = field, .desired = desired, .actual = actual};
    uint32_t bit = FIELD_BIT(field);
    const struct lifecycle *life = &c->spec->lifecycle;
    if ((life->ignore | life->create_only) & bit)
        gap->kind = GAP_IGNORED;
    else
        gap->kind = traits_means(c->traits, field) >= MEANS_REBUILD ? GAP_IMMUTABLE : GAP_CHANGE;
    return gap;
}

static void gap_call(struct context *c, struct gap *gap, enum call_kind kind, const char *argument,
                     const char *value)
{
    if (!gap->calls) gap->calls = ARENA_ROW(c->arena, struct step_call, 256);
    if (gap->call_count == 256) return; /* the rest follows when these are done */
    gap->calls[gap->call_count++] = (struct step_call){kind, gap->field, argument, value};
}

static struct value named(struct context *c, enum catalogue_kind kind, const char *id)
{
    return value_of_scalar(c->arena, catalogue_name(c->object->cloud, kind, id));
}

/* Nothing is stopped for the sake of a flavor on which the server's image does not run. */
static void judge_resize(struct context *c, struct gap *gap, const char *flavor)
{
    gap->name = fit_resize(c->object->cloud, c->server, flavor, c->arena);
    if (gap->name) gap->kind = GAP_UNFIT;
}

static void gap_unresolved(struct context *c, struct gap *gap, enum catalogue_kind kind, const char *text,
                           enum resolution resolution)
{
    catalogue_want(c->state, c->object->cloud, kind);
    gap->name = text;
    gap->names = kind;
    gap->missing = resolution != RESOLUTION_WAIT;
    gap->kind = GAP_UNRESOLVED;
}

/* flavor and image: the manifest has a name or an id, the cloud shows the id. The id that a name once meant
   stays in force as long as the manifest's text is the same: a re-release under the same name changes
   nothing. */
static void compare_resolved(struct context *c, enum field field)
{
    const char *text = value_scalar(c->spec->values[field]);
    const char *actual = value_scalar(c->server->facts.values[field]);
    enum catalogue_kind kind = field_row(field)->names;
    const struct resolved *resolved = &c->object->resolved[field];
    const char *id = text;
    enum resolution resolution = RESOLUTION_FOUND;
    if (strcmp(text, actual) == 0) return;
    if (resolved->text && strcmp(resolved->text, text) == 0)
        id = resolved->id;
    else
        resolution = catalogue_resolve(c->state, c->object->cloud, kind, text, &id);
    if (resolution == RESOLUTION_FOUND && strcmp(id, actual) == 0) return;
    struct gap *gap = gap_add(c, field, c->spec->values[field], named(c, kind, actual));
    if (gap->kind == GAP_IGNORED) return;
    if (resolution != RESOLUTION_FOUND) {
        gap_unresolved(c, gap, kind, text, resolution);
        return;
    }
    gap->id = arena_text(c->arena, id);
    if (gap->kind != GAP_CHANGE) return;
    gap_call(c, gap, c->traits->fields[field].change, id, NULL);
    if (field == FIELD_FLAVOR) judge_resize(c, gap, id);
}

static void compare_scalar(struct context *c, enum field field)
{
    struct value desired = c->spec->values[field], actual = c->server->facts.values[field];
    if (value_equal(desired, actual)) return;
    struct gap *gap = gap_add(c, field, desired, actual);
    if (gap->kind == GAP_CHANGE)
        gap_call(c, gap, c->traits->fields[field].change, value_scalar(desired), NULL);
}

/* A group may be written by id where the cloud shows names. */
struct value gap_group_names(const struct cloud *cloud, struct value desired, struct arena *arena)
{
    const char **cells = ARENA_ROW(arena, const char *, desired.rows + 1);
    for (unsigned i = 0; i < desired.rows; i++) {
        const char *text = value_cell(desired, i, 0);
        cells[i] = text_is_uuid(text) ? catalogue_name(cloud, CATALOGUE_SECURITY_GROUP, text) : text;
    }
    return value_sorted(cells, desired.rows, 1);
}

/* One call for a group. Where its id must be told, a name that the catalogue does not know keeps the gap
 * open.
 */
static void group_call(struct context *c, struct gap *gap, enum call_kind kind, const char *name)
{
    const char *id = NULL;
    if (c->traits->groups_by_id) {
        enum resolution resolution =
            catalogue_resolve(c->state, c->object->cloud, CATALOGUE_SECURITY_GROUP, name, &id);
        if (resolution != RESOLUTION_FOUND) {
            gap_unresolved(c, gap, CATALOGUE_SECURITY_GROUP, name, resolution);
            return;
        }
    }
    gap_call(c, gap, kind, name, id);
}

/* A group written by an id of which no name is known yet may be one that the server has. */
static bool groups_unnamed(struct context *c, struct gap *gap, struct value names, struct value actual)
{
    for (unsigned i = 0; i < names.rows; i++) {
        const char *text = value_cell(names, i, 0);
        if (!text_is_uuid(text) || value_has(actual, text)) continue;
        enum resolution resolution =
            catalogue_know(c->state, c->object->cloud, CATALOGUE_SECURITY_GROUP, text);
        if (resolution == RESOLUTION_FOUND) continue;
        gap_unresolved(c, gap, CATALOGUE_SECURITY_GROUP, text, resolution);
        return true;
    }
    return false;
}

/* The exact set: what is missing is added first, so that a server is never without its last group. */
static void compare_groups(struct context *c, enum field field)
{
    struct value desired = c->spec->values[field], actual = c->server->facts.values[field];
    struct value names = gap_group_names(c->object->cloud, desired, c->arena);
    if (value_equal(names, actual)) return;
    struct gap *gap = gap_add(c, field, names, actual);
    if (gap->kind != GAP_CHANGE || groups_unnamed(c, gap, names, actual)) return;
    for (unsigned i = 0; i < names.rows; i++)
        if (!value_has(actual, value_cell(names, i, 0)))
            group_call(c, gap, c->traits->fields[field].change, value_cell(names, i, 0));
    for (unsigned i = 0; i < actual.rows; i++)
        if (!value_has(names, value_cell(actual, i, 0)))
            group_call(c, gap, c->traits->fields[field].change_away, value_cell(actual, i, 0));
    if (c->traits->groups_at_once && gap->call_count > 1) gap->call_count = 1;
}

/* These are attached; only what we attached ourselves is detached; the rest is somebody else's. */
static void compare_volumes(struct context *c, enum field field)
{
    struct value desired = c->spec->values[field], actual = c->server->facts.values[field];
    const struct text_set *ours = &c->object->volumes;
    bool differs = false;
    for (unsigned i = 0; i < desired.rows; i++)
        differs |= !value_has(actual, value_cell(desired, i, 0));
    for (unsigned i = 0; i < actual.rows; i++)
        differs |=
            text_set_has(ours, value_cell(actual, i, 0)) && !value_has(desired, value_cell(actual, i, 0));
    if (!differs) return;
    struct gap *gap = gap_add(c, field, desired, actual);
    if (gap->kind != GAP_CHANGE) return;
    for (unsigned i = 0; i < actual.rows; i++) {
        const char *id = value_cell(actual, i, 0);
        if (text_set_has(ours, id) && !value_has(desired, id))
            gap_call(c, gap, c->traits->fields[field].change_away, id, NULL);
    }
    for (unsigned i = 0; i < desired.rows; i++)
        if (!value_has(actual, value_cell(desired, i, 0)))
            gap_call(c, gap, c->traits->fields[field].change, value_cell(desired, i, 0), NULL);
}

/* These keys only; a key that left the manifest goes only if we wrote it. */
static void compare_metadata(struct context *c, enum field field)
{
    struct value desired = c->spec->values[field], actual = c->server->facts.values[field];
    const struct text_set *ours = &c->object->metadata;
    unsigned room = desired.rows + ours->count, rows = 0;
    const char **want = ARENA_ROW(c->arena, const char *, room * 2 + 1);
    const char **have = ARENA_ROW(c->arena, const char *, room * 2 + 1);
    struct step_call *calls = ARENA_ROW(c->arena, struct step_call, room + 1);
    unsigned count = 0, had = 0;
    for (unsigned i = 0; i < desired.rows; i++) {
        const char *key = value_cell(desired, i, 0), *value = value_cell(desired, i, 1);
        const char *now = value_find(actual, key);
        if (text_equal(now, value)) continue;
        want[rows * 2] = key;
        want[rows++ * 2 + 1] = value;
        if (now) {
            have[had * 2] = key;
            have[had++ * 2 + 1] = now;
        }
        calls[count++] = (struct step_call){c->traits->fields[field].change, field, key, value};
    }
    for (uint32_t i = 0; i < ours->count; i++) {
        const char *now = value_find(actual, ours->items[i]);
        if (!now || value_find(desired, ours->items[i])) continue;
        have[had * 2] = ours->items[i];
        have[had++ * 2 + 1] = now;
        calls[count++] = (struct step_call){c->traits->fields[field].change, field, ours->items[i], NULL};
    }
    if (count == 0) return;
    struct gap *gap = gap_add(c, field, value_sorted(want, rows, 2), value_sorted(have, had, 2));
    if (gap->kind != GAP_CHANGE) return;
    gap->calls = calls;
    gap->call_count = count;
}

static void bar(struct gap *gap, enum reason reason, const char *why)
{
    gap->kind = GAP_BARRED;
    gap->reason = reason;
    gap->why = why;
}

/* What we put there and is not wanted any more. false: the cloud must be asked first what it calls one. */
static bool release_ours(struct context *c, struct gap *gap, const char *wanted)
{
    struct value actual = c->server->facts.values[FIELD_FLOATING_IP];
    for (unsigned i = 0; i < actual.rows; i++) {
        const char *text = value_cell(actual, i, 0), *id;
        if (strcmp(text, wanted) == 0 || !text_set_has(&c->object->addresses, text)) continue;
        enum resolution resolution =
            catalogue_resolve(c->state, c->object->cloud, CATALOGUE_FLOATING_IP, text, &id);
        if (resolution != RESOLUTION_FOUND) {
            gap_unresolved(c, gap, CATALOGUE_FLOATING_IP, text, resolution);
            return false;
        }
        gap_call(c, gap, c->traits->fields[FIELD_FLOATING_IP].change_away, text, id);
    }
    return true;
}

/* An address that somebody else put there: the interface has no room, and it is not ours to take off. */
static const char *foreign_address(const struct context *c)
{
    struct value actual = c->server->facts.values[FIELD_FLOATING_IP];
    for (unsigned i = 0; i < actual.rows; i++) {
        const char *text = value_cell(actual, i, 0);
        if (strcmp(text, FLOATING_NONE) != 0 && !text_set_has(&c->object->addresses, text)) return text;
    }
    return NULL;
}

/* Who has it may let go of it: asked again from time to time. */
static void taken(struct context *c, struct gap *gap, const char *address, const char *why)
{
    bar(gap, REASON_ADDRESS_TAKEN, why);
    gap->name = address;
    if (catalogue_exists(c->object->cloud, CATALOGUE_FLOATING_IP))
        catalogue_want(c->state, c->object->cloud, CATALOGUE_FLOATING_IP);
}

static void associate_free(struct context *c, struct gap *gap, const char *wanted, const char *id)
{
    if (address_needs_port(c->object->cloud, c->server)) {
        catalogue_want(c->state, c->object->cloud, CATALOGUE_PORT);
        bar(gap, REASON_CATALOGUE_NEEDED, "looking up the server's network interface");
        return;
    }
    gap_call(c, gap, c->traits->fields[FIELD_FLOATING_IP].change, wanted, id);
}

/* A free one is put on it, behind the release of ours; of anybody else's it is only said whose it is. */
static void associate(struct context *c, struct gap *gap, const char *wanted)
{
    struct address address;
    const char *foreign = foreign_address(c);
    address_find(c->state, c->object, c->server, wanted, c->arena, &address);
    if (foreign) {
        taken(c, gap, foreign,
              arena_printf(c->arena, "the server has floating IP %s, which setpoint did not put there",
                           foreign));
        return;
    }
    if (address.resolution != RESOLUTION_FOUND) {
        gap_unresolved(c, gap, CATALOGUE_FLOATING_IP, wanted, address.resolution);
        return;
    }
    switch (address.place) {
    case ADDRESS_FREE: associate_free(c, gap, wanted, address.id); return;
    case ADDRESS_HERE:
        bar(gap, REASON_TRANSITIONAL,
            arena_printf(c->arena, "floating IP %s is on it; the server does not show it yet", wanted));
        return;
    case ADDRESS_LEAVING:
        /* What is here stays until then: else two that change places, one of which may not go on, would have
           neither. */
        taken(c, gap, wanted,
              arena_printf(c->arena, "floating IP %s is on %s still%s", wanted, address.holder,
                           address.exchange
                               ? "; for two to change places, give one of them floatingIp: none first"
                               : ""));
        return;
    case ADDRESS_ELSEWHERE:
        taken(c, gap, wanted, arena_printf(c->arena, "floating IP %s is on %s", wanted, address.holder));
        return;
    }
    UNREACHABLE();
}

/* This one is there, or none; of others only what we put there is taken off, and not before this one may
   come. */
static void compare_floating(struct context *c, enum field field)
{
    const char *wanted = value_scalar(c->spec->values[field]);
    struct value actual = c->server->facts.values[field];
    bool there = strcmp(wanted, FLOATING_NONE) == 0 || value_has(actual, wanted), ours = false;
    for (unsigned i = 0; i < actual.rows; i++)
        ours |= strcmp(value_cell(actual, i, 0), wanted) != 0 &&
                text_set_has(&c->object->addresses, value_cell(actual, i, 0));
    if (there && !ours) return;
    struct gap *gap = gap_add(c, field, c->spec->values[field], actual);
    if (gap->kind == GAP_CHANGE && release_ours(c, gap, wanted) && !there) associate(c, gap, wanted);
}

static struct value shown_secret(struct context *c, enum field field, uint64_t hash)
{
    return value_of_scalar(c->arena,
                           arena_printf(c->arena, "%s#%08x", field_row(field)->secret ? "" : "applied ",
                                        (unsigned)(hash & 0xffffffff)));
}

/* What no reply shows: the truth is what we applied, as a keyed hash. */
static void compare_applied(struct context *c, enum field field)
{
    const struct object *object = c->object;
    bool next = strcmp(object->next, c->server->facts.id) == 0;
    uint32_t fields = next ? object->successor.applied_fields : object->applied_fields;
    const uint64_t *applied = next ? object->successor.applied : object->applied;
    bool given = fields & FIELD_BIT(field);
    if (fields == 0) { /* nobody knows: every create of ours leaves the image here at least */
        c->out->unverified |= FIELD_BIT(field);
        return;
    }
    uint64_t hash = gap_applied_hash(c->state, c->spec, field);
    if (given && hash == applied[field]) return;
    struct value desired = field_row(field)->secret ? shown_secret(c, field, hash) : c->spec->values[field];
    gap_add(c, field, desired,
            given ? shown_secret(c, field, applied[field]) : value_of_scalar(c->arena, "not given"));
}

static void compare_power(struct context *c)
{
    enum phase actual = c->server->facts.phase, desired = spec_power(c->spec);
    if (actual == desired || !phase_is_steady(actual)) return;
    struct gap *gap = gap_add(c, FIELD_POWER, value_of_scalar(c->arena, phase_name(desired)),
                              value_of_scalar(c->arena, phase_name(actual)));
    if (gap->kind == GAP_IMMUTABLE) gap->kind = GAP_CHANGE; /* its calls are the route */
}

static void compare(struct context *c, enum field field)
{
    if (field == FIELD_POWER) {
        compare_power(c);
        return;
    }
    if (!(c->server->facts.seen & FIELD_BIT(field))) {
        if (gap_recorded_fields() & FIELD_BIT(field))
            compare_applied(c, field);
        else
            c->out->unverified |= FIELD_BIT(field);
        return;
    }
    switch (field) {
    case FIELD_FLAVOR:
    case FIELD_IMAGE: compare_resolved(c, field); return;
    case FIELD_SECURITY_GROUPS: compare_groups(c, field); return;
    case FIELD_VOLUMES: compare_volumes(c, field); return;
    case FIELD_METADATA: compare_metadata(c, field); return;
    case FIELD_FLOATING_IP: compare_floating(c, field); return;
    case FIELD_NAME:
    case FIELD_ZONE:
    case FIELD_KEYPAIR:
    case FIELD_NETWORKS:
    case FIELD_ROOT_DISK:
    case FIELD_USER_DATA: compare_scalar(c, field); return;
    case FIELD_POWER:
    case FIELD_COUNT: break;
    }
    UNREACHABLE();
}

void gap_compute(struct state *state, const struct object *object, const struct server *server,
                 struct arena *arena, struct gaps *out)
{
    ASSERT(object->spec && object->cloud && object->cloud->traits);
    *out = (struct gaps){0};
    struct context context = {state, object, server, object->spec, object->cloud->traits, arena, out};
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (object->spec->managed & FIELD_BIT(i)) compare(&context, (enum field)i);
}
