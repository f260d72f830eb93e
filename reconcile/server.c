#include "reconcile/server.h"

#include <stdlib.h>
#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

/* Packing facts into one block: the same walk first measures (block NULL), then copies. Pointers come first,
   so that they are aligned. */
struct packer {
    char *block;
    size_t cells, cells_used; /* of const char * */
    size_t text_used;         /* bytes */
};

static const char *pack_text(struct packer *packer, const char *text)
{
    size_t size = strlen(text) + 1;
    char *to = packer->block ? packer->block + packer->cells * sizeof(char *) + packer->text_used : NULL;
    if (to) memcpy(to, text, size);
    packer->text_used += size;
    return to;
}

static struct value pack_value(struct packer *packer, struct value value)
{
    size_t count = (size_t)value.rows * value.columns;
    const char **cells = packer->block ? (const char **)(void *)packer->block + packer->cells_used : NULL;
    packer->cells_used += count;
    for (size_t i = 0; i < count; i++) {
        const char *text = pack_text(packer, value.cells[i]);
        if (cells) cells[i] = text;
    }
    return (struct value){value.rows, value.columns, cells};
}

static void pack_facts(struct packer *packer, const struct facts *facts, struct facts *out)
{
    struct facts packed = *facts;
    packed.id = pack_text(packer, facts->id);
    packed.name = pack_text(packer, facts->name);
    packed.status = pack_text(packer, facts->status);
    packed.fault = pack_text(packer, facts->fault);
    if (facts->own_text) packed.own_text = pack_text(packer, facts->own_text);
    if (facts->nic) packed.nic = pack_text(packer, facts->nic);
    for (unsigned i = 0; i < FIELD_COUNT; i++) /* what is not kept must not point into the reply */
        packed.values[i] =
            facts->seen & FIELD_BIT(i) ? pack_value(packer, facts->values[i]) : (struct value){0};
    packed.addresses = facts->addresses_seen ? pack_value(packer, facts->addresses) : (struct value){0};
    *out = packed;
}

static char *facts_pack(const struct facts *facts, struct facts *out)
{
    struct packer packer = {0};
    struct facts ignored;
    pack_facts(&packer, facts, &ignored);
    packer = (struct packer){.cells = packer.cells_used,
                             .block = memory_alloc(packer.cells_used * sizeof(char *) + packer.text_used)};
    pack_facts(&packer, facts, out);
    return packer.block;
}

static void server_free(struct server *server)
{
    memory_free(server->block);
    memory_free(server);
}

void servers_release(struct servers *servers)
{
    for (uint32_t i = 0; i < servers->count; i++)
        server_free(servers->by_id[i]);
    memory_free(servers->by_id);
    memory_free(servers->by_name);
    *servers = (struct servers){0};
}

static uint32_t place_of(const struct servers *servers, const char *id)
{
    uint32_t low = 0, high = servers->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(servers->by_id[middle]->facts.id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct server *servers_find(const struct servers *servers, const char *id)
{
    uint32_t place = place_of(servers, id);
    if (place == servers->count || strcmp(servers->by_id[place]->facts.id, id) != 0) return NULL;
    return servers->by_id[place];
}

bool servers_have(const struct servers *servers, const struct server *server)
{
    return servers_find(servers, server->facts.id) == server;
}

static bool is_at(const struct servers *servers, uint32_t place, const char *id)
{
    return place < servers->count && strcmp(servers->by_id[place]->facts.id, id) == 0;
}

struct server *servers_find_next(struct servers *servers, const char *id)
{
    struct server *last = servers->walked < servers->count ? servers->by_id[servers->walked] : NULL;
    uint32_t place = last ? last->follower : 0;
    if (!is_at(servers, place, id)) place = place_of(servers, id);
    if (!is_at(servers, place, id)) return NULL;
    if (last) last->follower = place;
    servers->walked = place;
    return servers->by_id[place];
}

static int name_compare(const void *a, const void *b)
{
    const struct server *x = *(struct server *const *)a, *y = *(struct server *const *)b;
    int order = strcmp(x->facts.name, y->facts.name);
    return order != 0 ? order : strcmp(x->facts.id, y->facts.id);
}

/* Before the first question about names nothing is kept: the first list of a large cloud is taken in without
 * it. */
static void names_build(struct servers *servers)
{
    servers->names_room = servers->room;
    servers->by_name = memory_grow(servers->by_name, (servers->names_room + 1) * sizeof *servers->by_name);
    if (servers->count > 0)
        memcpy(servers->by_name, servers->by_id, servers->count * sizeof *servers->by_name);
    servers->names_count = servers->count;
    if (servers->count > 0) qsort(servers->by_name, servers->count, sizeof *servers->by_name, name_compare);
    servers->names_built = true;
}

static uint32_t name_place(const struct servers *servers, const struct server *server)
{
    uint32_t low = 0, high = servers->names_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (name_compare(&servers->by_name[middle], &server) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void names_add(struct servers *servers, struct server *server)
{
    if (!servers->names_built) return;
    uint32_t place = name_place(servers, server);
    ROW_RESERVE(servers->by_name, servers->names_count, servers->names_room);
    memmove(servers->by_name + place + 1, servers->by_name + place,
            (servers->names_count - place) * sizeof *servers->by_name);
    servers->by_name[place] = server;
    servers->names_count++;
}

static void names_remove(struct servers *servers, struct server *server)
{
    if (!servers->names_built) return;
    uint32_t place = name_place(servers, server);
    ASSERT(place < servers->names_count && servers->by_name[place] == server);
    memmove(servers->by_name + place, servers->by_name + place + 1,
            (servers->names_count - place - 1) * sizeof *servers->by_name);
    servers->names_count--;
}

struct server *servers_add(struct servers *servers, const char *id, int64_t now_ms)
{
    uint32_t place = place_of(servers, id);
    ROW_RESERVE(servers->by_id, servers->count, servers->room);
    memmove(servers->by_id + place + 1, servers->by_id + place,
            (servers->count - place) * sizeof *servers->by_id);
    struct server *server = NEW(struct server);
    struct facts nothing = {.id = id,
                            .name = "",
                            .status = "",
                            .fault = "",
                            .created_wall_ms = -1,
                            .phase = PHASE_UNKNOWN,
                            .rests = PHASE_UNKNOWN};
    server->block = facts_pack(&nothing, &server->facts);
    server->expected = true;
    server->first_seen_ms = server->phase_since_ms = now_ms;
    servers->by_id[place] = server;
    servers->count++;
    names_add(servers, server);
    return server;
}

void servers_remove(struct servers *servers, struct server *server)
{
    uint32_t place = place_of(servers, server->facts.id);
    ASSERT(place < servers->count && servers->by_id[place] == server);
    ASSERT(server->look.place == 0 && !server->owner && !server->marked);
    memmove(servers->by_id + place, servers->by_id + place + 1,
            (servers->count - place - 1) * sizeof *servers->by_id);
    servers->count--;
    names_remove(servers, server);
    server_free(server);
}

struct server *const *servers_of_name(struct servers *servers, const char *name, uint32_t *out_count)
{
    if (!servers->names_built) names_build(servers);
    uint32_t low = 0, high = servers->names_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (strcmp(servers->by_name[middle]->facts.name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    while (high < servers->names_count && strcmp(servers->by_name[high]->facts.name, name) == 0)
        high++;
    *out_count = high - low;
    return servers->by_name + low;
}

struct server *servers_named(struct servers *servers, const char *name, const struct object *except)
{
    uint32_t count;
    struct server *const *row = servers_of_name(servers, name, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct server *server = row[i];
        if (server_phase(server) == PHASE_GONE || server->gone_asked_ms > 0 || server->stillborn) continue;
        if (except && (server->owner == except || server->marked == except)) continue;
        return server;
    }
    return NULL;
}

enum phase server_phase(const struct server *server)
{
    return server->binned_ms != 0 ? PHASE_GONE : server->facts.phase;
}

/* Only compares two sightings in this process, each poll of every server: a multiplication per word, no key.
   Every step is reversible, so two texts that differ in one word never meet. */
static uint64_t mixed(uint64_t hash, const void *bytes, size_t size)
{
    const char *at = bytes;
    uint64_t word;
    for (; size >= sizeof word; at += sizeof word, size -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    word = 0;
    memcpy(&word, at, size);
    hash = (hash ^ word ^ size) * UINT64_C(0xbf58476d1ce4e5b9);
    return hash ^ hash >> 32;
}

/* With its NUL: "a", "bc" is not "ab", "c". */
static uint64_t mixed_text(uint64_t hash, const char *text)
{
    return mixed(hash, text, strlen(text) + 1);
}

static uint64_t mixed_value(uint64_t hash, struct value value)
{
    hash = mixed(hash, &value.rows, sizeof value.rows);
    for (size_t i = 0; i < (size_t)value.rows * value.columns; i++)
        hash = mixed_text(hash, value.cells[i]);
    return hash;
}

static uint64_t mixed_mark(uint64_t hash, const struct mark *mark)
{
    const char *parts[] = {mark->owner,   mark->cloud,  mark->source, mark->name,
                           mark->attempt, mark->writer, mark->tag,    mark->digest};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        hash = mixed_text(hash, parts[i]);
    return mixed(hash, mark->applied, sizeof mark->applied);
}

static uint64_t facts_hash(const struct facts *facts)
{
    uint64_t hash = mixed_text(mixed_text(mixed_text(0, facts->name), facts->status), facts->fault);
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (facts->seen & FIELD_BIT(i)) hash = mixed_value(hash, facts->values[i]);
    if (facts->addresses_seen) hash = mixed_value(hash, facts->addresses);
    if (facts->marked) hash = mixed_mark(hash, &facts->mark);
    if (facts->own_text) hash = mixed_text(hash, facts->own_text);
    if (facts->nic) hash = mixed_text(hash, facts->nic);
    uint64_t numbers[] = {facts->phase,
                          facts->rests,
                          facts->seen,
                          facts->marked,
                          facts->mark_whole,
                          facts->mark.role,
                          facts->mark.protect,
                          facts->mark.parts,
                          (uint64_t)facts->created_wall_ms,
                          facts->launched,
                          facts->locked,
                          facts->vcpus,
                          facts->ram_mib,
                          facts->mark.applied_fields,
                          (uint64_t)facts->mark.restarted_wall_ms};
    return mixed(hash, numbers, sizeof numbers);
}

/* A reply that lacks what an earlier one showed (a list row without groups or fault) does not take it away.
 */
static struct facts merged(const struct server *server, const struct facts *facts)
{
    struct facts all = *facts;
    if (server->expected) return all;
    uint32_t kept = server->facts.seen & ~facts->seen;
    for (unsigned i = 0; i < FIELD_COUNT; i++)
        if (kept & FIELD_BIT(i)) all.values[i] = server->facts.values[i];
    all.seen |= kept;
    if (!facts->addresses_seen) {
        all.addresses = server->facts.addresses;
        all.addresses_seen = server->facts.addresses_seen;
    }
    bool still_error = facts->phase == PHASE_ERROR && server->facts.phase == PHASE_ERROR;
    if (still_error && (!facts->fault || facts->fault[0] == '\0')) all.fault = server->facts.fault;
    if (!facts->own_text) { /* the mark stands in the same text */
        all.own_text = server->facts.own_text;
        if (all.own_text && !facts->marked) {
            all.marked = server->facts.marked;
            all.mark_whole = server->facts.mark_whole;
            all.mark = server->facts.mark;
        }
    }
    if (!facts->nic) all.nic = server->facts.nic;
    if (facts->vcpus == 0 && !(facts->seen & FIELD_BIT(FIELD_FLAVOR))) {
        all.vcpus = server->facts.vcpus;
        all.ram_mib = server->facts.ram_mib;
    }
    if (facts->launched == LAUNCHED_UNKNOWN) all.launched = server->facts.launched;
    return all;
}

static bool is_stranger(const struct server *server, const struct facts *facts)
{
    return !server->owner && !facts->marked;
}

static void replace_facts(struct servers *servers, struct server *server, const struct facts *facts)
{
    struct facts packed;
    char *block = facts_pack(facts, &packed);
    bool renamed = strcmp(packed.name, server->facts.name) != 0;
    if (renamed) names_remove(servers, server);
    memory_free(server->block);
    server->block = block;
    server->facts = packed;
    if (renamed) names_add(servers, server);
}

/* Whose a floating IP is may be known from the servers alone. */
static uint32_t kept_of_stranger(const struct facts *facts)
{
    uint32_t seen = facts->seen & FIELD_BIT(FIELD_FLOATING_IP);
    return seen != 0 && strcmp(value_scalar(facts->values[FIELD_FLOATING_IP]), FLOATING_NONE) != 0 ? seen : 0;
}

bool server_take_facts(struct servers *servers, struct server *server, const struct facts *facts,
                       int64_t now_ms)
{
    struct facts all = merged(server, facts);
    if (!all.name) all.name = "";
    if (!all.status) all.status = "";
    if (!all.fault) all.fault = "";
    uint64_t hash = facts_hash(&all);
    bool news = server->expected || hash != server->facts_hash;
    bool stripped = is_stranger(server, &all) && !servers->whole;
    if (!news && server->stripped == stripped) return false;
    if (server->expected || server->facts.phase != all.phase) server->phase_since_ms = now_ms;
    if (stripped) {
        all.seen = kept_of_stranger(&all);
        all.addresses_seen = false;
    }
    replace_facts(servers, server, &all);
    server->facts_hash = hash;
    server->stripped = stripped;
    server->expected = false;
    return news;
}

void server_belongs(struct server *server)
{
    if (server->expected || !server->stripped) return;
    server->expected = true; /* its fields were not kept: they come with the next answer */
}

bool server_is_open(const struct server *server)
{
    return !phase_is_steady(server->facts.phase) && server->facts.phase != PHASE_GONE;
}

bool server_fault_is_unread(const struct server *server)
{
    return server->facts.phase == PHASE_ERROR && server->facts.fault[0] == '\0' && !server->fault_asked;
}
