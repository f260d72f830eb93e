#include "providers/nhnv1/nhnv1.h"

#include <string.h>

#include "providers/clean.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

/* One server while its members come in, in whatever order. */
struct reader {
    struct arena *arena;
    struct facts *facts;
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
    const char *status = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
    reader->facts->status = status ? status : "";
}

static void read_flavor(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_FLAVOR, seen_member(scan, "id", reader->arena), reader->arena);
}

static void read_image(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_IMAGE, seen_member(scan, "id", reader->arena), reader->arena);
}

static void read_zone(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_ZONE, text_here(reader, scan), reader->arena);
}

/* A key pair is required here: without one the reply does not know it yet. */
static void read_keypair(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_KEYPAIR, text_here(reader, scan), reader->arena);
}

static void read_groups(struct reader *reader, struct scan *scan)
{
    see_set(reader->facts, FIELD_SECURITY_GROUPS, scan, "name", reader->arena);
}

/* {"root": {…}, "attachments": [{"id"}, …]}: what is attached, without the root disk. */
static void read_volumes(struct reader *reader, struct scan *scan)
{
    struct span key;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &key))
        if (span_equal(key, "attachments"))
            see_set(reader->facts, FIELD_VOLUMES, scan, "id", reader->arena);
        else
            scan_skip(scan);
}

/* The interface is named by its own address: that is what a floating one is bound to. */
static void read_nic(struct reader *reader, struct scan *scan, struct cells *cells)
{
    const char *fixed = NULL, *floating = NULL;
    struct span key;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &key))
        if (span_equal(key, "ipAddress"))
            fixed = text_here(reader, scan);
        else if (span_equal(key, "floatingIpAddress"))
            floating = text_here(reader, scan);
        else
            scan_skip(scan);
    cells_add_address(cells, reader->arena, fixed, false, NULL);
    cells_add_address(cells, reader->arena, floating, true, NULL);
    if (fixed && *fixed && !reader->facts->nic) reader->facts->nic = fixed;
}

static void read_addresses(struct reader *reader, struct scan *scan)
{
    struct cells cells = {0};
    if (!scan_array(scan)) return;
    while (scan_item(scan))
        read_nic(reader, scan, &cells);
    see_addresses(reader->facts, &cells, reader->arena);
}

/* Shown, never set through this API: keys of ours were written through another one and mark nothing here. */
static void read_metadata(struct reader *reader, struct scan *scan)
{
    struct cells cells = {0};
    struct span raw;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &raw)) {
        const char *key = scan_key_value(raw, reader->arena);
        const char *text = scan_value(scan, reader->arena);
        if (mark_key_is_ours(key)) continue;
        cells_add(&cells, reader->arena, key);
        cells_add(&cells, reader->arena, text ? text : "");
    }
    see_cells(reader->facts, FIELD_METADATA, &cells, 2);
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

static const struct {
    const char *key;
    void (*read)(struct reader *reader, struct scan *scan);
} MEMBERS[] = {
    {"id", read_id},
    {"name", read_name},
    {"status", read_status},
    {"image", read_image},
    {"flavor", read_flavor},
    {"availabilityZone", read_zone},
    {"keyName", read_keypair},
    {"volumes", read_volumes},
    {"addresses", read_addresses},
    {"securityGroups", read_groups},
    {"metadata", read_metadata},
    {"createdAt", read_created},
    {"launchedAt", read_launched},
};

static void read_member(struct reader *reader, struct scan *scan, struct span key)
{
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        if (!span_equal(key, MEMBERS[i].key)) continue;
        MEMBERS[i].read(reader, scan);
        return;
    }
    scan_skip(scan);
}

static void conclude(struct reader *reader)
{
    struct facts *facts = reader->facts;
    facts->phase = facts->rests = nhnv1_status_phase(facts->status);
    see_power(facts, reader->arena);
}

/* false: no object, or one without a usable id. */
static bool read_server(struct scan *scan, struct arena *arena, struct facts *out)
{
    *out = (struct facts){.name = "", .status = "", .fault = "", .created_wall_ms = -1};
    struct reader reader = {.arena = arena, .facts = out};
    struct span key;
    if (!scan_object(scan)) return false;
    while (scan_member(scan, &key))
        read_member(&reader, scan, key);
    if (scan->broken || !out->id) return false;
    conclude(&reader);
    return true;
}

bool nhnv1_servers_read(const char *body, size_t size, struct arena *arena, struct facts_row *out)
{
    *out = (struct facts_row){0};
    struct scan scan;
    struct span key;
    bool found = false;
    scan_init(&scan, body, size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &key))
        if (span_equal(key, "instances")) {
            if (found || !facts_row_read(out, &scan, arena, read_server)) return false;
            found = true;
        } else {
            scan_skip(&scan);
        }
    return scan_finish(&scan) && found;
}
