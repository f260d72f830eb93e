#include "providers/nova/nova.h"

#include <string.h>

#include "providers/clean.h"
#include "providers/page.h"
#include "providers/seen.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

/* One server while its members come in, in whatever order. */
struct reader {
    struct arena *arena;
    struct facts *facts;
    const char *status, *task;
    int64_t power_state;
    bool groups_told; /* the reply has the key */
};

static const char *text_here(struct reader *reader, struct scan *scan)
{
    return scan_text(scan, reader->arena, CLEAN_TEXT_MAX);
}

static void read_id(struct reader *reader, struct scan *scan)
{
    see_id(reader->facts, scan, reader->arena);
}

static void read_name(struct reader *reader, struct scan *scan)
{
    see_name(reader->facts, scan, reader->arena);
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

static void read_flavor(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_FLAVOR, seen_member(scan, "id", reader->arena), reader->arena);
}

/* "" when the root disk is a volume made without imageRef: then the image cannot be seen. */
static void read_image(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_IMAGE, seen_member(scan, "id", reader->arena), reader->arena);
}

/* "" while building. */
static void read_zone(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_ZONE, text_here(reader, scan), reader->arena);
}

/* null says that there is none. */
static void read_keypair(struct reader *reader, struct scan *scan)
{
    const char *name = text_here(reader, scan);
    see_scalar(reader->facts, FIELD_KEYPAIR, name ? name : "", reader->arena);
}

/* One entry per port: the same name comes again with several ports, value_sorted drops it. */
static void read_groups(struct reader *reader, struct scan *scan)
{
    reader->groups_told = true;
    see_set(reader->facts, FIELD_SECURITY_GROUPS, scan, "name", reader->arena);
}

/* The root volume is among them, and nothing tells which it is. */
static void read_volumes(struct reader *reader, struct scan *scan)
{
    see_set(reader->facts, FIELD_VOLUMES, scan, "id", reader->arena);
}

static void read_metadata(struct reader *reader, struct scan *scan)
{
    struct cells plain = {0}, ours = {0};
    struct span raw;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &raw)) {
        const char *key = scan_key_value(raw, reader->arena);
        bool mark = mark_key_is_ours(key);
        struct cells *cells = mark ? &ours : &plain;
        const char *text = mark ? text_here(reader, scan) : scan_value(scan, reader->arena);
        cells_add(cells, reader->arena, key);
        cells_add(cells, reader->arena, text ? text : "");
    }
    struct facts *facts = reader->facts;
    see_cells(facts, FIELD_METADATA, &plain, 2);
    facts->marked =
        ours.count && !ours.too_many &&
        mark_from_metadata(value_sorted(ours.at, ours.count / 2, 2), &facts->mark, &facts->mark_whole);
}

/* {"addr": "10.0.0.4", "OS-EXT-IPS:type": "fixed", …} */
static void read_address(struct reader *reader, struct scan *scan, const char *network, struct cells *cells)
{
    const char *address = NULL, *type = NULL;
    struct span key;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &key))
        if (span_equal(key, "addr"))
            address = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
        else if (span_equal(key, "OS-EXT-IPS:type"))
            type = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
        else
            scan_skip(scan);
    cells_add_address(cells, reader->arena, address, text_equal(type, "floating"), network);
}

/* By the network's name. Empty while it builds. */
static void read_addresses(struct reader *reader, struct scan *scan)
{
    struct cells cells = {0};
    struct span key;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &key)) {
        const char *network = scan_key_text(key, reader->arena, CLEAN_TEXT_MAX);
        if (!scan_array(scan)) continue;
        while (scan_item(scan))
            read_address(reader, scan, network, &cells);
    }
    see_addresses(reader->facts, &cells, reader->arena);
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
    const char *message = seen_member(scan, "message", reader->arena);
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
    MEMBER("addresses", read_addresses),
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
    see_power(facts, reader->arena);
    /* Nova leaves the key out when no group is bound; while it builds, the key is not there yet. */
    if (!reader->groups_told && (facts->phase == PHASE_RUNNING || facts->phase == PHASE_STOPPED))
        see(facts, FIELD_SECURITY_GROUPS, (struct value){0, 1, NULL});
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
    if (scan->broken || !out->id) return false;
    conclude(&reader);
    return true;
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
            if (found || !facts_row_read(&out->row, &scan, arena, read_server)) return false;
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
    return facts_in_body(body, size, "server", arena, read_server, out);
}
