#include "providers/kakaocloud/kakaocloud.h"

#include <string.h>

#include "providers/clean.h"
#include "reconcile/base/limits.h"

/* One instance while its members come in, in whatever order. Only the id is sure to be there; null says the
   same as a missing key, but for the description, which null clears. */
struct reader {
    struct arena *arena;
    struct facts *facts;
    const char *status, *vm_state, *task_state;
};

static const char *word_here(struct reader *reader, struct scan *scan)
{
    return scan_text(scan, reader->arena, CLEAN_WORD_MAX);
}

static void read_id(struct reader *reader, struct scan *scan)
{
    see_id(reader->facts, scan, reader->arena);
}

static void read_name(struct reader *reader, struct scan *scan)
{
    see_name(reader->facts, scan, reader->arena);
}

static void read_description(struct reader *reader, struct scan *scan)
{
    struct facts *facts = reader->facts;
    const char *text = scan_value(scan, reader->arena);
    facts->marked =
        mark_from_description(text ? text : "", &facts->mark, &facts->mark_whole, &facts->own_text);
}

static void read_status(struct reader *reader, struct scan *scan)
{
    reader->status = word_here(reader, scan);
}

static void read_vm_state(struct reader *reader, struct scan *scan)
{
    reader->vm_state = word_here(reader, scan);
}

static void read_task_state(struct reader *reader, struct scan *scan)
{
    reader->task_state = word_here(reader, scan);
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
    see_text(reader->facts, FIELD_ZONE, word_here(reader, scan), reader->arena);
}

static void read_keypair(struct reader *reader, struct scan *scan)
{
    const char *name = scan_text(scan, reader->arena, CLEAN_TEXT_MAX);
    see_text(reader->facts, FIELD_KEYPAIR, name, reader->arena);
}

static void read_groups(struct reader *reader, struct scan *scan)
{
    see_set(reader->facts, FIELD_SECURITY_GROUPS, scan, "name", reader->arena);
}

/* The id of a volume that is attached, or on its way off; NULL: the root volume, or one on its way on. */
static const char *volume_here(struct reader *reader, struct scan *scan)
{
    const char *id = NULL, *status = NULL;
    bool root = false;
    struct span key;
    if (!scan_object(scan)) return NULL;
    while (scan_member(scan, &key))
        if (span_equal(key, "id"))
            id = scan_text(scan, reader->arena, CLEAN_TEXT_MAX);
        else if (span_equal(key, "status"))
            status = word_here(reader, scan);
        else if (span_equal(key, "is_root"))
            root = scan_is_true(scan);
        else
            scan_skip(scan);
    return root || (status && text_equal_nocase(status, "attaching")) ? NULL : id;
}

static void read_volumes(struct reader *reader, struct scan *scan)
{
    struct cells cells = {0};
    if (!scan_array(scan)) return;
    while (scan_item(scan)) {
        const char *id = volume_here(reader, scan);
        if (id && *id) cells_add(&cells, reader->arena, id);
    }
    see_cells(reader->facts, FIELD_VOLUMES, &cells, 1);
}

/* The first interface is the one that groups and public IPs are put on. */
static void read_interface(struct reader *reader, struct scan *scan, struct cells *cells)
{
    struct facts *facts = reader->facts;
    const char *nic = NULL, *fixed = NULL, *floating = NULL;
    struct span key;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &key))
        if (span_equal(key, "network_interface_id"))
            nic = word_here(reader, scan);
        else if (span_equal(key, "private_ip"))
            fixed = word_here(reader, scan);
        else if (span_equal(key, "public_ip"))
            floating = word_here(reader, scan);
        else
            scan_skip(scan);
    if (nic && *nic && strlen(nic) <= LIMIT_ID && !facts->nic) facts->nic = nic;
    cells_add_address(cells, reader->arena, fixed, false, NULL);
    cells_add_address(cells, reader->arena, floating, true, NULL);
}

static void read_addresses(struct reader *reader, struct scan *scan)
{
    struct cells cells = {0};
    if (!scan_array(scan)) return;
    while (scan_item(scan))
        read_interface(reader, scan, &cells);
    see_addresses(reader->facts, &cells, reader->arena);
}

static void read_created(struct reader *reader, struct scan *scan)
{
    const char *text = word_here(reader, scan);
    int64_t wall_ms;
    if (text && instant_parse(text, &wall_ms)) reader->facts->created_wall_ms = wall_ms;
}

static const struct {
    const char *key;
    void (*read)(struct reader *reader, struct scan *scan);
} MEMBERS[] = {
    {"id", read_id},
    {"name", read_name},
    {"description", read_description},
    {"status", read_status},
    {"vm_state", read_vm_state},
    {"task_state", read_task_state},
    {"flavor", read_flavor},
    {"image", read_image},
    {"availability_zone", read_zone},
    {"key_name", read_keypair},
    {"security_groups", read_groups},
    {"attached_volumes", read_volumes},
    {"addresses", read_addresses},
    {"created_at", read_created},
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

/* "powering-off", or both words where the status keeps the old state. */
static const char *status_shown(struct reader *reader)
{
    const char *status = reader->status ? reader->status : reader->vm_state ? reader->vm_state : "";
    const char *task = reader->task_state ? reader->task_state : "";
    if (!*task || text_equal_nocase(task, status)) return status;
    return arena_printf(reader->arena, "%s (%s)", status, task);
}

static void conclude(struct reader *reader)
{
    struct facts *facts = reader->facts;
    facts->phase = kakao_status_phase(reader->status, reader->vm_state, reader->task_state);
    facts->rests = facts->phase;
    facts->status = status_shown(reader);
    see_power(facts, reader->arena);
}

/* false: no object, or one without a usable id. */
static bool read_server(struct scan *scan, struct arena *arena, struct facts *out)
{
    *out = (struct facts){.name = "", .fault = "", .created_wall_ms = -1};
    struct reader reader = {.arena = arena, .facts = out};
    struct span key;
    if (!scan_object(scan)) return false;
    while (scan_member(scan, &key))
        read_member(&reader, scan, key);
    if (scan->broken || !out->id) return false;
    conclude(&reader);
    return true;
}

static void read_number(struct scan *scan, int64_t *out)
{
    int64_t number;
    if (scan_number(scan, &number) && number >= 0) *out = number;
}

static void read_page(struct scan *scan, struct kakao_page *out)
{
    struct span key;
    if (!scan_object(scan)) return;
    while (scan_member(scan, &key))
        if (span_equal(key, "total"))
            read_number(scan, &out->total);
        else if (span_equal(key, "offset"))
            read_number(scan, &out->offset);
        else if (span_equal(key, "limit"))
            read_number(scan, &out->limit);
        else
            scan_skip(scan);
}

bool kakao_servers_read(const char *body, size_t size, struct arena *arena, struct kakao_list *out)
{
    *out = (struct kakao_list){.page = {-1, -1, -1}};
    struct scan scan;
    struct span key;
    bool found = false;
    scan_init(&scan, body, size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &key))
        if (span_equal(key, "instances")) {
            if (found || !facts_row_read(&out->row, &scan, arena, read_server)) return false;
            found = true;
        } else if (span_equal(key, "pagination")) {
            read_page(&scan, &out->page);
        } else {
            scan_skip(&scan);
        }
    return scan_finish(&scan) && found;
}

bool kakao_server_read(const char *body, size_t size, struct arena *arena, struct facts *out)
{
    return facts_in_body(body, size, "instance", arena, read_server, out);
}
