#include "providers/nova/nova.h"

#include <string.h>

#include "providers/clean.h"
#include "providers/page.h"
#include "providers/scan.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

enum {
    CELLS_FIRST = 32,
    CELLS_MAX =
        8192, /* groups, volumes or metadata of one server: quotas are 128; beyond, the field is unseen */
    SERVERS_FIRST = 64, /* rooms of the row of servers: doubles, a page has up to 1000 */
};

struct cells {
    const char **at;
    unsigned count, room;
    bool too_many;
};

/* One server while its members come in, in whatever order. */
struct reader {
    struct arena *arena;
    struct facts *facts;
    const char *status, *task;
    int64_t power_state;
    bool groups_told; /* the reply has the key */
    bool broken;      /* an id that cannot be one */
};

static void cells_add(struct cells *cells, struct arena *arena, const char *text)
{
    if (cells->count == CELLS_MAX) {
        cells->too_many = true;
        return;
    }
    if (cells->count == cells->room) {
        cells->room = cells->room ? cells->room * 2 : CELLS_FIRST;
        const char **grown = ARENA_ROW(arena, const char *, cells->room);
        if (cells->count) memcpy(grown, cells->at, cells->count * sizeof *grown);
        cells->at = grown;
    }
    cells->at[cells->count++] = text;
}

static void see(struct reader *reader, enum field field, struct value value)
{
    reader->facts->seen |= FIELD_BIT(field);
    reader->facts->values[field] = value;
}

static void see_cells(struct reader *reader, enum field field, struct cells *cells, unsigned columns)
{
    if (!cells->too_many) see(reader, field, value_sorted(cells->at, cells->count / columns, columns));
}

/* As value_of_scalar, of a text that is in the arena already. */
static void see_scalar(struct reader *reader, enum field field, const char *text)
{
    const char **cell = ARENA_NEW(reader->arena, const char *);
    *cell = text;
    see(reader, field, (struct value){1, 1, cell});
}

static const char *text_here(struct reader *reader, struct scan *scan)
{
    return scan_text(scan, reader->arena, CLEAN_TEXT_MAX);
}

/* The member `name` of the object here; a bare text stands for itself. NULL: neither. */
static const char *member_here(struct reader *reader, struct scan *scan, const char *name)
{
    struct scan ahead = *scan;
    if (!scan_object(scan)) {
        *scan = ahead;
        return text_here(reader, scan);
    }
    const char *text = NULL;
    struct span key;
    while (scan_member(scan, &key))
        if (span_equal(key, name))
            text = text_here(reader, scan);
        else
            scan_skip(scan);
    return text;
}

static void read_id(struct reader *reader, struct scan *scan)
{
    const char *id = text_here(reader, scan);
    size_t length = id ? strlen(id) : 0;
    if (length == 0 || length > LIMIT_ID)
        reader->broken = true;
    else
        reader->facts->id = id;
}

static void read_name(struct reader *reader, struct scan *scan)
{
    const char *name = text_here(reader, scan);
    if (!name) return;
    reader->facts->name = name;
    see_scalar(reader, FIELD_NAME, name);
}

static void read_status(struct reader *reader, struct scan *scan)
{
    reader->status = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
}

static void read_task(struct reader *reader, struct scan *scan)
{
    reader->task = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
}

static void read_power(struct reader *reader, struct scan *scan)
{
    int64_t power;
    if (scan_number(scan, &power)) reader->power_state = power;
}

static void see_text(struct reader *reader, enum field field, const char *text)
{
    if (text && *text) see_scalar(reader, field, text);
}

static void read_flavor(struct reader *reader, struct scan *scan)
{
    see_text(reader, FIELD_FLAVOR, member_here(reader, scan, "id"));
}

/* "" when the root disk is a volume made without imageRef: then the image cannot be seen. */
static void read_image(struct reader *reader, struct scan *scan)
{
    see_text(reader, FIELD_IMAGE, member_here(reader, scan, "id"));
}

/* "" while building. */
static void read_zone(struct reader *reader, struct scan *scan)
{
    see_text(reader, FIELD_ZONE, text_here(reader, scan));
}

/* null says that there is none. */
static void read_keypair(struct reader *reader, struct scan *scan)
{
    const char *name = text_here(reader, scan);
    see_scalar(reader, FIELD_KEYPAIR, name ? name : "");
}

static void read_set(struct reader *reader, struct scan *scan, enum field field, const char *name)
{
    struct cells cells = {0};
    if (!scan_array(scan)) return;
    while (scan_item(scan)) {
        const char *text = member_here(reader, scan, name);
        if (text && *text) cells_add(&cells, reader->arena, text);
    }
    see_cells(reader, field, &cells, 1);
}

/* One entry per port: the same name comes again with several ports, value_sorted drops it. */
static void read_groups(struct reader *reader, struct scan *scan)
{
    reader->groups_told = true;
    read_set(reader, scan, FIELD_SECURITY_GROUPS, "name");
}

/* The root volume is among them, and nothing tells which it is. */
static void read_volumes(struct reader *reader, struct scan *scan)
{
    read_set(reader, scan, FIELD_VOLUMES, "id");
}

static void read_metadata(struct reader *reader, struct scan *scan)
{
    struct cells plain = {0}, ours = {0};
    struct span raw;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &raw)) {
        const char *key = scan_key_text(raw, reader->arena, CLEAN_TEXT_MAX);
        struct cells *cells = mark_key_is_ours(key) ? &ours : &plain;
        const char *text = text_here(reader, scan);
        cells_add(cells, reader->arena, key);
        cells_add(cells, reader->arena, text ? text : "");
    }
    struct facts *facts = reader->facts;
    see_cells(reader, FIELD_METADATA, &plain, 2);
    facts->marked =
        ours.count && !ours.too_many &&
        mark_from_metadata(value_sorted(ours.at, ours.count / 2, 2), &facts->mark, &facts->mark_whole);
}

static void read_created(struct reader *reader, struct scan *scan)
{
    const char *text = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
    int64_t wall_ms;
    if (text && instant_parse(text, &wall_ms)) reader->facts->created_wall_ms = wall_ms;
}

static void read_launched(struct reader *reader, struct scan *scan)
{
    bool never = scan_is_null(scan);
    const char *time = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
    reader->facts->launched = never ? LAUNCHED_NEVER : time && *time ? LAUNCHED_ONCE : LAUNCHED_UNKNOWN;
}

static void read_fault(struct reader *reader, struct scan *scan)
{
    const char *message = member_here(reader, scan, "message");
    if (!message) return;
    size_t length = strlen(message);
    while (length && message[length - 1] == ' ')
        length--;
    reader->facts->fault = clean_text(reader->arena, message, length, LIMIT_MESSAGE);
}

static void read_lock(struct reader *reader, struct scan *scan)
{
    reader->facts->locked |= scan_is_true(scan);
}

#define MEMBER(name, reader)                                                                                 \
    {                                                                                                        \
        {name, sizeof name - 1}, reader                                                                      \
    }
static const struct {
    struct span key;
    void (*read)(struct reader *reader, struct scan *scan);
} MEMBERS[] = {
    MEMBER("id", read_id),
    MEMBER("name", read_name),
    MEMBER("status", read_status),
    MEMBER("metadata", read_metadata),
    MEMBER("image", read_image),
    MEMBER("flavor", read_flavor),
    MEMBER("created", read_created),
    MEMBER("key_name", read_keypair),
    MEMBER("fault", read_fault),
    MEMBER("locked", read_lock), /* from microversion 2.9 */
    MEMBER("security_groups", read_groups),
    MEMBER("OS-EXT-STS:task_state", read_task),
    MEMBER("OS-EXT-STS:power_state", read_power),
    MEMBER("OS-EXT-AZ:availability_zone", read_zone),
    MEMBER("OS-SRV-USG:launched_at", read_launched),
    MEMBER("os-extended-volumes:volumes_attached", read_volumes),
    MEMBER("NHN-EXT-ATTR:protect", read_lock),
};

static void read_member(struct reader *reader, struct scan *scan, struct span key)
{
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        const struct span *known = &MEMBERS[i].key;
        /* size and first letter spare most calls */
        if (key.size != known->size || key.at[0] != known->at[0]) continue;
        if (memcmp(key.at, known->at, key.size) != 0) continue;
        MEMBERS[i].read(reader, scan);
        return;
    }
    scan_skip(scan);
}

/* Words of Nova's scheduler and of its quota checks, which other clouds keep. */
static bool is_capacity(const char *fault)
{
    static const char *const words[] = {"No valid host", "not enough hosts", "Quota exceeded",
                                        "Insufficient"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(fault, words[i])) return true;
    return false;
}

static void conclude(struct reader *reader)
{
    struct facts *facts = reader->facts;
    const char *status = reader->status ? reader->status : "";
    facts->phase = status_phase(status, reader->task);
    facts->rests = status_rests(facts->phase, reader->power_state);
    facts->status =
        reader->task && *reader->task ? arena_printf(reader->arena, "%s (%s)", status, reader->task) : status;
    if (facts->phase == PHASE_RUNNING || facts->phase == PHASE_STOPPED || facts->phase == PHASE_SHELVED)
        see_scalar(reader, FIELD_POWER, phase_name(facts->phase));
    /* Nova leaves the key out when no group is bound; while it builds, the key is not there yet. */
    if (!reader->groups_told && (facts->phase == PHASE_RUNNING || facts->phase == PHASE_STOPPED))
        see(reader, FIELD_SECURITY_GROUPS, (struct value){0, 1, NULL});
    facts->fault_is_capacity = is_capacity(facts->fault);
}

/* false: no object, or one without a usable id. */
static bool read_server(struct scan *scan, struct arena *arena, struct facts *out)
{
    *out = (struct facts){.name = "", .fault = "", .created_wall_ms = -1};
    struct reader reader = {.arena = arena, .facts = out, .power_state = -1};
    struct span key;
    if (!scan_object(scan)) return false;
    while (scan_member(scan, &key))
        read_member(&reader, scan, key);
    if (scan->broken || reader.broken || !out->id) return false;
    conclude(&reader);
    return true;
}

static struct facts *next_room(struct server_list *list, struct arena *arena)
{
    if (list->count == list->room) {
        list->room = list->room ? list->room * 2 : SERVERS_FIRST;
        struct facts *grown = ARENA_ROW(arena, struct facts, list->room);
        if (list->count) memcpy(grown, list->servers, list->count * sizeof *grown);
        list->servers = grown;
    }
    return &list->servers[list->count];
}

static bool read_row(struct scan *scan, struct arena *arena, struct server_list *out)
{
    if (!scan_array(scan)) return false;
    while (scan_item(scan)) {
        if (!read_server(scan, arena, next_room(out, arena))) return false;
        out->count++;
    }
    return !scan->broken;
}

/* One {"rel": "next", "href": "…?limit=2&marker=ID"}; false: there is a next page, but no way to ask for it.
 */
static bool read_link(struct scan *scan, struct arena *arena, struct server_list *out)
{
    const char *rel = NULL, *href = NULL;
    struct span key;
    if (!scan_object(scan)) return true;
    while (scan_member(scan, &key))
        if (span_equal(key, "rel"))
            rel = scan_text(scan, arena, CLEAN_WORD_MAX);
        else if (span_equal(key, "href"))
            href = scan_text(scan, arena, PAGE_LINK_MAX);
        else
            scan_skip(scan);
    if (!text_equal(rel, "next")) return true;
    out->next_marker = page_marker(href, arena);
    return out->next_marker != NULL;
}

static bool read_links(struct scan *scan, struct arena *arena, struct server_list *out)
{
    if (!scan_array(scan)) return true;
    while (scan_item(scan))
        if (!read_link(scan, arena, out)) return false;
    return true;
}

bool servers_read(const char *body, size_t size, struct arena *arena, struct server_list *out)
{
    *out = (struct server_list){0};
    struct scan scan;
    struct span key;
    bool found = false;
    scan_init(&scan, body, size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &key))
        if (span_equal(key, "servers")) {
            if (found || !read_row(&scan, arena, out)) return false;
            found = true;
        } else if (span_equal(key, "servers_links")) {
            if (!read_links(&scan, arena, out)) return false;
        } else {
            scan_skip(&scan);
        }
    return scan_finish(&scan) && found;
}

bool server_read(const char *body, size_t size, struct arena *arena, struct facts *out)
{
    struct scan scan;
    struct span key;
    bool found = false;
    scan_init(&scan, body, size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &key))
        if (span_equal(key, "server")) {
            if (found || !read_server(&scan, arena, out)) return false;
            found = true;
        } else {
            scan_skip(&scan);
        }
    return scan_finish(&scan) && found;
}
