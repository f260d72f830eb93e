#include "tests/golden/world.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "reconcile/base/instant.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

static const char *const columns[COLUMN_COUNT] = {
    [COLUMN_NAME] = "name",       [COLUMN_PHASE] = "phase",     [COLUMN_STATUS] = "status",
    [COLUMN_RESTS] = "rests",     [COLUMN_FLAVOR] = "flavor",   [COLUMN_IMAGE] = "image",
    [COLUMN_ZONE] = "zone",       [COLUMN_KEYPAIR] = "keypair", [COLUMN_GROUPS] = "groups",
    [COLUMN_VOLUMES] = "volumes", [COLUMN_MARK] = "mark",       [COLUMN_LAUNCHED] = "launched",
    [COLUMN_CREATED] = "created", [COLUMN_FAULT] = "fault",     [COLUMN_CAPACITY] = "capacity",
    [COLUMN_LOCKED] = "locked",   [COLUMN_NIC] = "nic",         [COLUMN_FLOATING] = "floating",
    [COLUMN_HIDDEN] = "hidden",   [COLUMN_VCPUS] = "vcpus",     [COLUMN_RAM] = "ram",
};

static void row_release(struct row *row)
{
    for (unsigned i = 0; i < COLUMN_COUNT; i++)
        memory_free(row->cells[i]);
    for (uint32_t i = 0; i < row->metadata_count; i++) {
        memory_free(row->metadata[i].key);
        memory_free(row->metadata[i].value);
    }
    memory_free(row->metadata);
}

void world_release(struct world *world)
{
    for (uint32_t i = 0; i < world->count; i++)
        row_release(&world->rows[i]);
    memory_free(world->rows);
    world_release_keypairs(world);
    memory_free(world->images);
    *world = (struct world){0};
}

struct row *world_find(struct world *world, const char *id)
{
    for (uint32_t i = 0; i < world->count; i++)
        if (strcmp(world->rows[i].id, id) == 0) return &world->rows[i];
    return NULL;
}

void world_drop(struct world *world, struct row *row)
{
    uint32_t place = (uint32_t)(row - world->rows);
    row_release(row);
    memmove(row, row + 1, (world->count - place - 1) * sizeof *row);
    world->count--;
}

void world_clear(struct world *world, const char *cloud)
{
    for (uint32_t i = world->count; i-- > 0;)
        if (strcmp(world->rows[i].cloud, cloud) == 0) world_drop(world, &world->rows[i]);
}

struct row *world_add(struct world *world, const char *cloud, const char *id)
{
    ROW_RESERVE(world->rows, world->count, world->room);
    struct row *row = &world->rows[world->count++];
    *row = (struct row){0};
    text_copy(row->cloud, sizeof row->cloud, cloud);
    text_copy(row->id, sizeof row->id, id);
    return row;
}

static void metadata_set(struct row *row, const char *key, const char *value)
{
    uint32_t place = 0;
    while (place < row->metadata_count && strcmp(row->metadata[place].key, key) != 0)
        place++;
    if (place < row->metadata_count) {
        memory_free(row->metadata[place].key);
        memory_free(row->metadata[place].value);
        row->metadata[place] = row->metadata[--row->metadata_count];
    }
    if (!value || value[0] == '\0') return;
    ROW_RESERVE(row->metadata, row->metadata_count, row->metadata_room);
    row->metadata[row->metadata_count++] = (struct pair){memory_copy_text(key), memory_copy_text(value)};
}

bool row_set(struct row *row, const char *column, const char *value)
{
    if (strncmp(column, "metadata.", 9) == 0) {
        metadata_set(row, column + 9, value);
        return true;
    }
    if (strcmp(column, "mark") == 0) /* what was ordered is overwritten too */
        for (uint32_t i = row->metadata_count; i-- > 0;)
            if (mark_key_is_ours(row->metadata[i].key)) metadata_set(row, row->metadata[i].key, NULL);
    for (unsigned i = 0; i < COLUMN_COUNT; i++) {
        if (strcmp(columns[i], column) != 0) continue;
        memory_free(row->cells[i]);
        row->cells[i] = memory_copy_text(value);
        return true;
    }
    return false;
}

bool world_table(struct world *world, const char *cloud, const char *const *lines, uint32_t count)
{
    struct arena arena;
    arena_init(&arena);
    struct words head = {.count = 0};
    bool known = true;
    for (uint32_t i = 0; i < count; i++) {
        struct words words = words_of(lines[i], &arena);
        if (i == 0) {
            head = words;
            continue;
        }
        struct row *row = world_add(world, cloud, words_at(&words, 0));
        for (unsigned k = 1; k < head.count; k++)
            known &= row_set(row, head.items[k], words_at(&words, k));
    }
    arena_release(&arena);
    return known;
}

static const char *cell(const struct row *row, enum column column)
{
    const char *text = row->cells[column];
    return text && strcmp(text, "-") != 0 ? text : NULL;
}

/* [OWNER:]SOURCE/NAME[@WRITER][~ATTEMPT][^][!][#]: whole unless a part is missing; "^" = role next, "!" =
   protected, "#" = read from a description. */
static void mark_of(const struct world *world, const struct row *row, const char *text, struct mark *out)
{
    char name[128];
    *out = (struct mark){.role = MARK_CURRENT};
    const char *colon = strchr(text, ':');
    text_copy(out->owner, sizeof out->owner, world->owner);
    if (colon) {
        out->owner[0] = '\0';
        text_copy(out->owner, (size_t)(colon - text) + 1, text);
        text = colon + 1;
    }
    text_copy(out->cloud, sizeof out->cloud, row->cloud);
    text_copy(out->writer, sizeof out->writer, world->writer);
    text_copy(out->attempt, sizeof out->attempt, "attempt1");
    text_copy(name, sizeof name, text);
    const char *at = strchr(text, '@'), *tilde = strchr(text, '~');
    if (at) text_copy(out->writer, sizeof out->writer, at + 1);
    if (tilde) text_copy(out->attempt, sizeof out->attempt, tilde + 1);
    if (strchr(text, '^')) out->role = MARK_NEXT;
    out->protect = strchr(text, '!') != NULL;
    name[strcspn(name, "@~^!#")] = '\0';
    char *slash = strchr(name, '/');
    if (!slash) return;
    *slash = '\0';
    text_copy(out->source, sizeof out->source, name);
    text_copy(out->name, sizeof out->name, slash + 1);
}

static struct value set_of(const char *text, struct arena *arena)
{
    const char **cells = ARENA_ROW(arena, const char *, 64), *item;
    unsigned count = 0;
    if (strcmp(text, "[]") == 0) text = "";
    while (count < 64 && list_next(&text, ',', arena, &item))
        cells[count++] = item;
    return value_sorted(cells, count, 1);
}

static void see(struct facts *facts, enum field field, struct value value)
{
    facts->seen |= FIELD_BIT(field);
    facts->values[field] = value;
}

static void see_metadata(const struct world *world, const struct row *row, struct arena *arena,
                         struct facts *facts)
{
    const char **cells = ARENA_ROW(arena, const char *, 2 * (row->metadata_count + mark_key_count()) + 2);
    const char **own = ARENA_ROW(arena, const char *, 2 * row->metadata_count + 2);
    unsigned count = 0, others = 0;
    for (uint32_t i = 0; i < row->metadata_count; i++) {
        const struct pair *pair = &row->metadata[i];
        cells[count * 2] = arena_text(arena, pair->key);
        cells[count++ * 2 + 1] = arena_text(arena, pair->value);
        if (mark_key_is_ours(pair->key)) continue;
        own[others * 2] = arena_text(arena, pair->key);
        own[others++ * 2 + 1] = arena_text(arena, pair->value);
    }
    struct value written = {(uint16_t)count, 2, cells};
    if (cell(row, COLUMN_MARK)) {
        struct mark mark;
        mark_of(world, row, cell(row, COLUMN_MARK), &mark);
        struct value keys = mark_to_metadata(&mark, arena);
        for (unsigned i = 0; i < keys.rows; i++) {
            if (value_find(written, value_cell(keys, i, 0))) continue;
            cells[count * 2] = value_cell(keys, i, 0);
            cells[count++ * 2 + 1] = value_cell(keys, i, 1);
        }
        written.rows = (uint16_t)count;
    }
    facts->marked = mark_from_metadata(written, &facts->mark, &facts->mark_whole);
    if (cell(row, COLUMN_MARK) && strchr(cell(row, COLUMN_MARK), '#')) { /* as a description tells it */
        const char *text = mark_to_description(&facts->mark, "", arena);
        mark_from_description(text, &facts->mark, &facts->mark_whole, &facts->own_text);
    }
    see(facts, FIELD_METADATA, value_sorted(own, others, 2));
}

void row_facts(const struct world *world, const struct row *row, struct arena *arena, struct facts *out)
{
    static const struct {
        enum column column;
        enum field field;
        bool set;
    } shown[] = {{COLUMN_NAME, FIELD_NAME, false},       {COLUMN_FLAVOR, FIELD_FLAVOR, false},
                 {COLUMN_IMAGE, FIELD_IMAGE, false},     {COLUMN_ZONE, FIELD_ZONE, false},
                 {COLUMN_KEYPAIR, FIELD_KEYPAIR, false}, {COLUMN_GROUPS, FIELD_SECURITY_GROUPS, true},
                 {COLUMN_VOLUMES, FIELD_VOLUMES, true},  {COLUMN_FLOATING, FIELD_FLOATING_IP, false}};
    *out = (struct facts){.id = arena_text(arena, row->id), .phase = PHASE_RUNNING, .created_wall_ms = -1};
    if (cell(row, COLUMN_PHASE) && !phase_from_name(cell(row, COLUMN_PHASE), &out->phase))
        out->phase = PHASE_UNKNOWN;
    out->rests = out->phase;
    if (cell(row, COLUMN_RESTS)) phase_from_name(cell(row, COLUMN_RESTS), &out->rests);
    const char *status = cell(row, COLUMN_STATUS);
    out->status = arena_text(arena, status ? status : phase_name(out->phase));
    out->name = arena_text(arena, cell(row, COLUMN_NAME) ? cell(row, COLUMN_NAME) : "");
    for (unsigned i = 0; i < sizeof shown / sizeof *shown; i++) {
        const char *text = cell(row, shown[i].column);
        if (text) see(out, shown[i].field, shown[i].set ? set_of(text, arena) : value_of_scalar(arena, text));
    }
    see_metadata(world, row, arena, out);
    out->fault = arena_text(arena, cell(row, COLUMN_FAULT) ? cell(row, COLUMN_FAULT) : "");
    out->fault_is_capacity = cell(row, COLUMN_CAPACITY) != NULL;
    out->locked = cell(row, COLUMN_LOCKED) != NULL;
    if (cell(row, COLUMN_NIC)) out->nic = arena_text(arena, cell(row, COLUMN_NIC));
    if (cell(row, COLUMN_VCPUS)) out->vcpus = (uint32_t)strtoul(cell(row, COLUMN_VCPUS), NULL, 10);
    if (cell(row, COLUMN_RAM)) out->ram_mib = (uint32_t)strtoul(cell(row, COLUMN_RAM), NULL, 10);
    const char *launched = cell(row, COLUMN_LAUNCHED), *created = cell(row, COLUMN_CREATED);
    if (launched) out->launched = text_equal(launched, "never") ? LAUNCHED_NEVER : LAUNCHED_ONCE;
    out->created_wall_ms = created ? world->start_wall_ms + strtoll(created, NULL, 10) * SECOND_MS
                                   : world->start_wall_ms - DAY_MS;
}

static void cell_set(struct row *row, enum column column, const char *text)
{
    memory_free(row->cells[column]);
    row->cells[column] = text ? memory_copy_text(text) : NULL;
}

static void set_change(struct row *row, enum column column, const char *item, bool add)
{
    struct arena arena;
    arena_init(&arena);
    struct value now = set_of(cell(row, column) ? cell(row, column) : "", &arena);
    struct text text;
    text_init(&text, 4096);
    for (unsigned i = 0; i < now.rows; i++)
        if (strcmp(value_cell(now, i, 0), item) != 0)
            text_addf(&text, "%s%s", text.length > 0 ? "," : "", value_cell(now, i, 0));
    if (add) text_addf(&text, "%s%s", text.length > 0 ? "," : "", item);
    cell_set(row, column, text.length > 0 ? text.bytes : "[]");
    text_release(&text);
    arena_release(&arena);
}

static void metadata_call(struct row *row, const struct call *call)
{
    if (!text_equal(call->argument, MARK_SEVERAL_KEYS)) {
        metadata_set(row, call->argument, call->value);
        return;
    }
    cJSON *tree = cJSON_Parse(call->value), *key;
    cJSON_ArrayForEach(key, tree) metadata_set(row, key->string, key->valuestring);
    cJSON_Delete(tree);
}

static void resize(struct row *row, const char *flavor, bool confirms)
{
    cell_set(row, COLUMN_FLAVOR, flavor);
    if (!confirms) return;
    cell_set(row, COLUMN_RESTS, row->cells[COLUMN_PHASE]);
    cell_set(row, COLUMN_PHASE, "confirm-resize");
}

void world_carry_out(struct world *world, const struct call *call, struct row *row, bool confirms)
{
    switch (call->kind) {
    case CALL_RENAME: cell_set(row, COLUMN_NAME, call->argument); return;
    case CALL_SET_METADATA: metadata_call(row, call); return;
    case CALL_RESIZE: resize(row, call->argument, confirms); return;
    case CALL_CONFIRM_RESIZE: cell_set(row, COLUMN_PHASE, cell(row, COLUMN_RESTS)); return;
    case CALL_START:
    case CALL_UNSHELVE:
    case CALL_REBOOT: cell_set(row, COLUMN_PHASE, "running"); return;
    case CALL_STOP: cell_set(row, COLUMN_PHASE, "stopped"); return;
    case CALL_SHELVE: cell_set(row, COLUMN_PHASE, "shelved"); return;
    case CALL_ADD_SECURITY_GROUP: set_change(row, COLUMN_GROUPS, call->argument, true); return;
    case CALL_REMOVE_SECURITY_GROUP: set_change(row, COLUMN_GROUPS, call->argument, false); return;
    case CALL_ATTACH_VOLUME: set_change(row, COLUMN_VOLUMES, call->argument, true); return;
    case CALL_DETACH_VOLUME: set_change(row, COLUMN_VOLUMES, call->argument, false); return;
    case CALL_ASSOCIATE_FLOATING_IP: cell_set(row, COLUMN_FLOATING, call->argument); return;
    case CALL_RELEASE_FLOATING_IP: cell_set(row, COLUMN_FLOATING, "none"); return;
    case CALL_DELETE: world_drop(world, row); return;
    case CALL_REBUILD: cell_set(row, COLUMN_IMAGE, call->argument); return;
    case CALL_SNAPSHOT: world_save_image(world, call); return;
    case CALL_CREATE:
    case CALL_REGISTER_KEYPAIR:
    case CALL_DELETE_KEYPAIR:
    case CALL_LOOK:
    case CALL_COUNT: return;
    }
}

static void take_set(struct row *row, enum column column, struct value set)
{
    cell_set(row, column, "[]");
    for (unsigned i = 0; i < set.rows; i++)
        set_change(row, column, value_cell(set, i, 0), true);
}

void world_create(struct world *world, const struct call *call, struct row *row, int64_t now_wall_ms)
{
    const struct create_order *order = call->create;
    struct arena arena;
    arena_init(&arena);
    cell_set(row, COLUMN_NAME, order->name);
    cell_set(row, COLUMN_PHASE, "building");
    cell_set(row, COLUMN_FLAVOR, value_scalar(order->values[FIELD_FLAVOR]));
    cell_set(row, COLUMN_IMAGE, value_scalar(order->values[FIELD_IMAGE]));
    if (order->given & FIELD_BIT(FIELD_ZONE))
        cell_set(row, COLUMN_ZONE, value_scalar(order->values[FIELD_ZONE]));
    if (order->given & FIELD_BIT(FIELD_KEYPAIR))
        cell_set(row, COLUMN_KEYPAIR, value_scalar(order->values[FIELD_KEYPAIR]));
    take_set(row, COLUMN_GROUPS, order->values[FIELD_SECURITY_GROUPS]);
    cell_set(row, COLUMN_VOLUMES, "[]");
    cell_set(row, COLUMN_FLOATING, "none");
    cell_set(row, COLUMN_CREATED,
             arena_printf(&arena, "%lld", (long long)((now_wall_ms - world->start_wall_ms) / SECOND_MS)));
    struct value keys = order->values[FIELD_METADATA], mark = mark_to_metadata(&order->mark, &arena);
    for (unsigned i = 0; i < keys.rows; i++)
        metadata_set(row, value_cell(keys, i, 0), value_cell(keys, i, 1));
    for (unsigned i = 0; i < mark.rows; i++)
        metadata_set(row, value_cell(mark, i, 0), value_cell(mark, i, 1));
    arena_release(&arena);
}
void world_save_image(struct world *world, const struct call *call)
{
    ROW_RESERVE(world->images, world->image_count, world->image_room);
    struct image *image = &world->images[world->image_count++];
    *image = (struct image){.state = ENTRY_COMING};
    text_copy(image->cloud, sizeof image->cloud, call->cloud);
    text_copy(image->name, sizeof image->name, call->argument);
}

bool world_image_set(struct world *world, const char *word)
{
    static const char *const states[] = {"ready", "saving", "failed"};
    if (world->image_count == 0) return false;
    struct image *image = &world->images[world->image_count - 1];
    for (unsigned i = 0; i < sizeof states / sizeof *states; i++) {
        if (strcmp(states[i], word) != 0) continue;
        image->state = (enum entry_state)i;
        return true;
    }
    world->image_count--;
    return strcmp(word, "gone") == 0;
}
