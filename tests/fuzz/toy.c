#include "tests/fuzz/toy.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "reconcile/base/text.h"

enum { ROWS_MAX = 64, OWN_DISK_SIZE = 4 /* the flavor with so many vcpus has a root disk */ };

struct toy_server *toy_add(struct toy *toy, unsigned cloud, const char *name, int64_t wall_ms)
{
    if (toy->server_count == TOY_SERVERS) return NULL;
    struct toy_server *server = &toy->servers[toy->server_count++];
    *server = (struct toy_server){
        .id = arena_printf(toy->arena, "5e3c1f0a-0000-4000-8000-%012u", toy->server_count),
        .name = name,
        .description = "",
        .cloud = cloud,
        .phase = PHASE_BUILDING,
        .rests = PHASE_RUNNING,
        .coming = PHASE_RUNNING,
        .never_ran = true,
        .created_wall_ms = wall_ms};
    return server;
}

struct toy_server *toy_find(struct toy *toy, const char *id)
{
    for (unsigned i = 0; i < toy->server_count; i++)
        if (id && strcmp(toy->servers[i].id, id) == 0) return &toy->servers[i];
    return NULL;
}

/* --- sets and maps, sorted as the core wants them --- */

static struct value map_without(struct arena *arena, struct value map, const char *key, unsigned more)
{
    const char **cells = ARENA_ROW(arena, const char *, (map.rows + more) * (size_t)map.columns + 1);
    unsigned rows = 0;
    for (unsigned i = 0; i < map.rows; i++) {
        if (strcmp(value_cell(map, i, 0), key) == 0) continue;
        for (unsigned j = 0; j < map.columns; j++)
            cells[rows * map.columns + j] = value_cell(map, i, j);
        rows++;
    }
    return (struct value){(uint16_t)rows, map.columns, cells};
}

static void row_remove(struct arena *arena, struct value *map, const char *key)
{
    *map = map_without(arena, *map, key, 0);
}

static void row_put(struct arena *arena, struct value *map, uint16_t columns, const char *key,
                    const char *value)
{
    if (map->rows >= ROWS_MAX) return;
    map->columns = columns;
    struct value rest = map_without(arena, *map, key, 1);
    const char **cells = (const char **)(void *)rest.cells;
    cells[rest.rows * columns] = key;
    if (columns > 1) cells[rest.rows * columns + 1] = value;
    *map = value_sorted(cells, rest.rows + 1u, columns);
}

/* --- effects --- */

static void metadata_put(struct toy *toy, struct toy_server *server, const char *key, const char *value)
{
    struct value *map = mark_key_is_ours(key) ? &server->marks : &server->values[FIELD_METADATA];
    if (value)
        row_put(toy->arena, map, 2, key, value);
    else
        row_remove(toy->arena, map, key);
}

static void metadata_take(struct toy *toy, struct toy_server *server, const struct call *call)
{
    if (strcmp(call->argument, MARK_DESCRIPTION_KEY) == 0) {
        server->description = call->value ? call->value : "";
        return;
    }
    if (strcmp(call->argument, MARK_SEVERAL_KEYS) != 0) {
        metadata_put(toy, server, call->argument, call->value);
        return;
    }
    cJSON *keys = cJSON_Parse(call->value);
    for (const cJSON *key = keys ? keys->child : NULL; key; key = key->next)
        metadata_put(toy, server, arena_text(toy->arena, key->string),
                     arena_text(toy->arena, cJSON_GetStringValue(key)));
    cJSON_Delete(keys);
}

static enum reply_kind create_take(struct toy *toy, unsigned cloud, const struct call *call, int64_t wall_ms)
{
    const struct create_order *order = call->create;
    struct toy_server *server = toy_add(toy, cloud, order->name, wall_ms);
    if (!server) return REPLY_QUOTA;
    uint32_t later = FIELD_BIT(FIELD_FLOATING_IP) | FIELD_BIT(FIELD_VOLUMES); /* by calls of their own */
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (order->given & ~later & FIELD_BIT(i))
            server->values[i] = value_copy(toy->arena, order->values[i]);
    enum mark_form form = toy->traits[cloud]->mark;
    if (form == MARK_AS_METADATA)
        server->marks = value_copy(toy->arena, mark_to_metadata(&order->mark, toy->arena));
    if (form == MARK_IN_DESCRIPTION) server->description = mark_to_description(&order->mark, "", toy->arena);
    return REPLY_OK;
}

/* A floating IP is on one server. */
static void address_take(struct toy *toy, struct toy_server *server, const char *address)
{
    for (unsigned i = 0; i < toy->server_count; i++)
        if (toy->servers[i].cloud == server->cloud)
            row_remove(toy->arena, &toy->servers[i].values[FIELD_FLOATING_IP], address);
    row_put(toy->arena, &server->values[FIELD_FLOATING_IP], 1, address, NULL);
}

static void scalar_put(struct toy *toy, struct toy_server *server, enum field field, const char *text)
{
    server->values[field] = value_of_scalar(toy->arena, text);
}

/* What a call changes beside the phase. */
static void change_take(struct toy *toy, struct toy_server *server, const struct call *call)
{
    struct value *values = server->values;
    struct arena *arena = toy->arena;
    switch (call->kind) {
    case CALL_RENAME: server->name = call->argument; return;
    case CALL_SET_METADATA: metadata_take(toy, server, call); return;
    case CALL_RESIZE: scalar_put(toy, server, FIELD_FLAVOR, call->argument); return;
    case CALL_REBUILD: scalar_put(toy, server, FIELD_IMAGE, call->argument); return;
    case CALL_ADD_SECURITY_GROUP:
        row_put(arena, &values[FIELD_SECURITY_GROUPS], 1, call->argument, NULL);
        return;
    case CALL_REMOVE_SECURITY_GROUP:
        row_remove(arena, &values[FIELD_SECURITY_GROUPS], call->argument);
        return;
    case CALL_ATTACH_VOLUME: row_put(arena, &values[FIELD_VOLUMES], 1, call->argument, NULL); return;
    case CALL_DETACH_VOLUME: row_remove(arena, &values[FIELD_VOLUMES], call->argument); return;
    case CALL_ASSOCIATE_FLOATING_IP: address_take(toy, server, call->argument); return;
    case CALL_RELEASE_FLOATING_IP: row_remove(arena, &values[FIELD_FLOATING_IP], call->argument); return;
    case CALL_SNAPSHOT:
        if (toy->image_count < TOY_ENTRIES) toy->images[toy->image_count++] = call->argument;
        return;
    case CALL_CREATE:
    case CALL_CONFIRM_RESIZE:
    case CALL_START:
    case CALL_STOP:
    case CALL_SHELVE:
    case CALL_UNSHELVE:
    case CALL_REBOOT:
    case CALL_DELETE:
    case CALL_REGISTER_KEYPAIR:
    case CALL_DELETE_KEYPAIR:
    case CALL_LOOK:
    case CALL_COUNT: return;
    }
}

static enum reply_kind key_take(struct toy *toy, unsigned cloud, const struct call *call)
{
    for (unsigned i = 0; i < toy->key_count; i++) {
        struct toy_key *key = &toy->keys[i];
        if (key->cloud != cloud || strcmp(key->name, call->argument) != 0) continue;
        if (call->kind == CALL_REGISTER_KEYPAIR) return REPLY_CONFLICT;
        *key = toy->keys[--toy->key_count];
        return REPLY_OK;
    }
    if (call->kind == CALL_DELETE_KEYPAIR) return REPLY_ABSENT;
    if (toy->key_count == TOY_ENTRIES) return REPLY_QUOTA;
    toy->keys[toy->key_count++] = (struct toy_key){call->argument, call->value, cloud};
    return REPLY_OK;
}

/* The phase that it goes to, and the one meanwhile. */
static void begin_change(struct toy_server *server, enum call_kind kind, const struct transition *row)
{
    enum phase to = row->to, rests = server->phase == PHASE_CONFIRM_RESIZE ? server->rests : server->phase;
    if (to == PHASE_RESTS) to = rests;
    if (row->then == CALL_CONFIRM_RESIZE) to = PHASE_CONFIRM_RESIZE;
    if (to == server->phase && kind != CALL_REBOOT && kind != CALL_REBUILD) return;
    server->rests = rests;
    server->coming = to;
    server->phase = kind == CALL_DELETE ? PHASE_DELETING : PHASE_BUSY;
}

enum reply_kind toy_take(struct toy *toy, unsigned cloud, const struct call *call, int64_t wall_ms)
{
    if (call->kind == CALL_LOOK) return REPLY_OK;
    if (call->kind == CALL_REGISTER_KEYPAIR || call->kind == CALL_DELETE_KEYPAIR)
        return key_take(toy, cloud, call);
    if (call->kind == CALL_CREATE) return create_take(toy, cloud, call, wall_ms);
    struct toy_server *server = toy_find(toy, call->provider_id);
    if (!server || server->gone || server->cloud != cloud) return REPLY_ABSENT;
    if (server->locked) return REPLY_DENIED;
    const struct transition *row = traits_transition(toy->traits[cloud], call->kind, server->phase);
    if (!row) return REPLY_CONFLICT;
    change_take(toy, server, call);
    begin_change(server, call->kind, row);
    return REPLY_OK;
}

void toy_settle(struct toy *toy, bool fails)
{
    for (unsigned i = 0; i < toy->server_count; i++) {
        struct toy_server *server = &toy->servers[i];
        if (server->coming == PHASE_COUNT) continue;
        server->phase = fails && server->coming != PHASE_GONE ? PHASE_ERROR : server->coming;
        server->coming = PHASE_COUNT;
        server->gone |= server->phase == PHASE_GONE;
        server->never_ran &= server->phase == PHASE_ERROR;
    }
    toy->image_ready = toy->image_count;
}

/* --- what is shown --- */

static const struct value no_rows = {0, 1, NULL};

static void show_mark(const struct toy *toy, const struct toy_server *server, struct facts *out)
{
    enum mark_form form = toy->traits[server->cloud]->mark;
    if (form == MARK_AS_METADATA)
        out->marked = mark_from_metadata(server->marks, &out->mark, &out->mark_whole);
    if (form == MARK_IN_DESCRIPTION)
        out->marked =
            mark_from_description(server->description, &out->mark, &out->mark_whole, &out->own_text);
    out->mark_whole &= out->marked;
}

static bool is_shown(const struct toy *toy, const struct toy_server *server, enum field field, bool by_get)
{
    static const uint32_t steady = FIELD_BIT(FIELD_FLAVOR) | FIELD_BIT(FIELD_IMAGE);
    enum visibility visibility = toy->traits[server->cloud]->fields[field].visibility;
    if (field == FIELD_NAME || field == FIELD_POWER || visibility == UNSEEN) return false;
    if (server->hides && !(steady & FIELD_BIT(field))) return false;
    return by_get || visibility == SEEN_IN_LIST;
}

static const char *nic_of(const struct toy_server *server, struct arena *arena)
{
    return arena_printf(arena, "nic-%s", server->id + strlen(server->id) - 2);
}

static void show_server(const struct toy *toy, const struct toy_server *server, bool by_get,
                        struct arena *arena, struct facts *out)
{
    *out = (struct facts){.id = server->id,
                          .name = server->name,
                          .status = phase_name(server->phase),
                          .fault = server->phase == PHASE_ERROR ? "no host" : "",
                          .fault_is_capacity = server->phase == PHASE_ERROR && server->cloud,
                          .phase = server->phase,
                          .rests = server->phase == PHASE_CONFIRM_RESIZE ? server->rests : server->phase,
                          .locked = server->locked,
                          .nic = server->hides ? NULL : nic_of(server, arena),
                          .created_wall_ms = server->created_wall_ms,
                          .launched = server->never_ran ? LAUNCHED_NEVER : LAUNCHED_ONCE};
    show_mark(toy, server, out);
    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        if (!is_shown(toy, server, (enum field)i, by_get)) continue;
        out->seen |= FIELD_BIT(i);
        out->values[i] = server->values[i];
        if (server->values[i].columns == 0)
            out->values[i] = (struct value){0, field_row((enum field)i)->columns, NULL};
    }
    out->seen |= FIELD_BIT(FIELD_NAME);
    out->values[FIELD_NAME] = value_of_scalar(arena, server->name);
    out->addresses_seen = true;
    out->addresses = no_rows;
}

static void show_servers(const struct toy *toy, unsigned cloud, const struct call *call, unsigned lacks,
                         struct arena *arena, struct reply *out)
{
    bool by_get = call->look == LOOK_SERVER;
    struct facts *facts = ARENA_ROW(arena, struct facts, toy->server_count + 1);
    for (unsigned i = 0; i < toy->server_count; i++) {
        const struct toy_server *server = &toy->servers[i];
        if (server->cloud != cloud || server->gone || lacks == i + 1) continue;
        if (by_get && strcmp(server->id, call->provider_id) != 0) continue;
        show_server(toy, server, by_get, arena, &facts[out->server_count++]);
    }
    out->servers = facts;
    if (!by_get || out->server_count > 0) return;
    out->kind = REPLY_ABSENT;
    out->http_status = 404;
}

static struct catalogue_entry *entry_add(struct catalogue_entry *entries, struct reply *out, const char *id,
                                         const char *name)
{
    struct catalogue_entry *entry = &entries[out->entry_count++];
    *entry = (struct catalogue_entry){.id = id, .name = name, .available = true};
    return entry;
}

/* Beside what calls made; ids as setting.c names them. */
static const struct {
    enum catalogue_kind kind;
    const char *id, *name;
    uint32_t size; /* vcpus, or GiB that an image needs */
} given[] = {{CATALOGUE_FLAVOR, "f-1", "m2.c1m2", 1},
             {CATALOGUE_FLAVOR, "f-2", "m2.c2m4", 2},
             {CATALOGUE_FLAVOR, "5e3c1f0a-0000-4000-8000-00000000f1a0", "x1", 4},
             {CATALOGUE_IMAGE, "5e3c1f0a-0000-4000-8000-000000000002", "Rocky", 10},
             {CATALOGUE_IMAGE, "i-2", "Ubuntu", 0},
             {CATALOGUE_NETWORK, "5e3c1f0a-0000-4000-8000-000000000001", "net", 0},
             {CATALOGUE_SUBNET, "5e3c1f0a-0000-4000-8000-000000000001", "sub", 0},
             {CATALOGUE_SECURITY_GROUP, "g-1", "db", 0},
             {CATALOGUE_SECURITY_GROUP, "g-2", "default", 0},
             {CATALOGUE_SECURITY_GROUP, "g-3", "web", 0},
             {CATALOGUE_ZONE, "kr-a", "kr-a", 0},
             {CATALOGUE_FLOATING_IP, "fip-1", "203.0.113.7", 0},
             {CATALOGUE_FLOATING_IP, "fip-2", "203.0.113.8", 0}};

static const struct toy_server *holder_of(const struct toy *toy, unsigned cloud, const char *address)
{
    for (unsigned i = 0; i < toy->server_count; i++) {
        const struct toy_server *server = &toy->servers[i];
        if (server->cloud == cloud && !server->gone && server->values[FIELD_FLOATING_IP].rows > 0 &&
            value_has(server->values[FIELD_FLOATING_IP], address))
            return server;
    }
    return NULL;
}

/* One cloud tells the server, the other one its network interface. */
static void show_holder(const struct toy *toy, unsigned cloud, struct arena *arena,
                        struct catalogue_entry *out)
{
    const struct toy_server *holder = holder_of(toy, cloud, out->name);
    if (holder && cloud == 0) out->holder = holder->id;
    if (holder && cloud == 1) out->port = nic_of(holder, arena);
}

static void show_ports(const struct toy *toy, unsigned cloud, struct arena *arena,
                       struct catalogue_entry *entries, struct reply *out)
{
    for (unsigned i = 0; i < toy->server_count; i++)
        if (toy->servers[i].cloud == cloud && !toy->servers[i].gone)
            entry_add(entries, out, nic_of(&toy->servers[i], arena), toy->servers[i].id);
}

static void show_given(const struct toy *toy, unsigned cloud, enum catalogue_kind kind, struct arena *arena,
                       struct catalogue_entry *entries, struct reply *out)
{
    for (unsigned i = 0; i < sizeof given / sizeof *given; i++) {
        if (given[i].kind != kind) continue;
        struct catalogue_entry *entry = entry_add(entries, out, given[i].id, given[i].name);
        if (kind == CATALOGUE_FLAVOR) {
            entry->vcpus = given[i].size;
            entry->ram_mib = given[i].size * 2048;
            entry->disk_gib = given[i].size == OWN_DISK_SIZE ? 20 : 0;
        }
        if (kind == CATALOGUE_IMAGE) entry->min_disk_gib = given[i].size;
        if (kind == CATALOGUE_FLOATING_IP) show_holder(toy, cloud, arena, entry);
    }
}

static void show_catalogue(const struct toy *toy, unsigned cloud, const struct call *call,
                           struct arena *arena, struct reply *out)
{
    enum { MADE = 3 * TOY_ENTRIES };
    struct catalogue_entry *entries = ARENA_ROW(arena, struct catalogue_entry, MADE + TOY_SERVERS);
    out->entries = entries;
    show_given(toy, cloud, call->catalogue, arena, entries, out);
    if (call->catalogue == CATALOGUE_PORT) show_ports(toy, cloud, arena, entries, out);
    for (unsigned i = 0; call->catalogue == CATALOGUE_IMAGE && i < toy->image_count; i++)
        entry_add(entries, out, arena_printf(arena, "snap-%u", i), toy->images[i])->state =
            i < toy->image_ready ? ENTRY_USABLE : ENTRY_COMING;
    for (unsigned i = 0; call->catalogue == CATALOGUE_KEYPAIR && i < toy->key_count; i++)
        if (toy->keys[i].cloud == cloud)
            entry_add(entries, out, toy->keys[i].name, toy->keys[i].name)->public_key = toy->keys[i].line;
}

void toy_show(const struct toy *toy, unsigned cloud, const struct call *call, unsigned lacks,
              struct arena *arena, struct reply *out)
{
    if (call->look == LOOK_CATALOGUE)
        show_catalogue(toy, cloud, call, arena, out);
    else
        show_servers(toy, cloud, call, lacks, arena, out);
}
