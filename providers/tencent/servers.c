#include "providers/tencent/tencent.h"

#include <string.h>

#include "providers/ascii.h"
#include "providers/clean.h"
#include "providers/scan.h"
#include "providers/seen.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

/* One instance while its members come in, in whatever order. */
struct reader {
    struct arena *arena;
    struct facts *facts;
    const char *state, *operation, *operation_state, *problem;
    struct cells addresses;
    bool groups_told;
    bool broken;
};

static const char *text_here(struct reader *reader, struct scan *scan)
{
    return scan_text(scan, reader->arena, CLEAN_TEXT_MAX);
}

static void read_id(struct reader *reader, struct scan *scan)
{
    const char *id = text_here(reader, scan);
    if (!id || !*id) return;
    reader->broken |= strlen(id) > LIMIT_ID;
    reader->facts->id = id;
}

static void read_name(struct reader *reader, struct scan *scan)
{
    see_name(reader->facts, scan, reader->arena);
}

static void read_state(struct reader *reader, struct scan *scan)
{
    reader->state = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
}

static void read_operation(struct reader *reader, struct scan *scan)
{
    reader->operation = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
}

static void read_operation_state(struct reader *reader, struct scan *scan)
{
    reader->operation_state = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
}

static void read_problem(struct reader *reader, struct scan *scan)
{
    reader->problem = scan_text(scan, reader->arena, LIMIT_MESSAGE);
}

static void read_type(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_FLAVOR, text_here(reader, scan), reader->arena);
}

enum { SIZE_MAX_TOLD = 1 << 20, MIB_PER_GIB = 1024 };

static uint32_t number_here(struct scan *scan)
{
    int64_t number;
    return scan_number(scan, &number) && number > 0 && number <= SIZE_MAX_TOLD ? (uint32_t)number : 0;
}

static void read_cpu(struct reader *reader, struct scan *scan)
{
    reader->facts->vcpus = number_here(scan);
}

static void read_memory(struct reader *reader, struct scan *scan)
{
    reader->facts->ram_mib = number_here(scan) * MIB_PER_GIB;
}

static void read_image(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_IMAGE, text_here(reader, scan), reader->arena);
}

static void read_placement(struct reader *reader, struct scan *scan)
{
    see_text(reader->facts, FIELD_ZONE, seen_member(scan, "Zone", reader->arena), reader->arena);
}

static void read_groups(struct reader *reader, struct scan *scan)
{
    reader->groups_told = true;
    see_set(reader->facts, FIELD_SECURITY_GROUPS, scan, "", reader->arena);
}

static void read_addresses(struct reader *reader, struct scan *scan, bool floating)
{
    if (!scan_array(scan)) return;
    while (scan_item(scan))
        cells_add_address(&reader->addresses, reader->arena, text_here(reader, scan), floating, NULL);
}

static void read_private(struct reader *reader, struct scan *scan)
{
    read_addresses(reader, scan, false);
}

static void read_public(struct reader *reader, struct scan *scan)
{
    read_addresses(reader, scan, true);
}

static void read_created(struct reader *reader, struct scan *scan)
{
    const char *text = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
    int64_t wall_ms;
    if (text && instant_parse(text, &wall_ms)) reader->facts->created_wall_ms = wall_ms;
}

/* EXPIRED, PROTECTIVELY_ISOLATED: the account is in arrears, or the instance was shut off; nothing helps
 * here.
 */
static void read_restriction(struct reader *reader, struct scan *scan)
{
    const char *word = scan_text(scan, reader->arena, CLEAN_WORD_MAX);
    reader->facts->locked = word && *word && !text_equal_nocase(word, "NORMAL");
}

#define MEMBER(name, reader)                                                                                 \
    {                                                                                                        \
        {name, sizeof name - 1}, reader                                                                      \
    }
static const struct {
    struct span key;
    void (*read)(struct reader *reader, struct scan *scan);
} MEMBERS[] = {
    MEMBER("InstanceId", read_id),
    MEMBER("InstanceName", read_name),
    MEMBER("InstanceState", read_state),
    MEMBER("InstanceType", read_type),
    MEMBER("CPU", read_cpu),
    MEMBER("Memory", read_memory), /* GiB */
    MEMBER("ImageId", read_image),
    MEMBER("Placement", read_placement),
    MEMBER("SecurityGroupIds", read_groups),
    MEMBER("PrivateIpAddresses", read_private),
    MEMBER("PublicIpAddresses", read_public),
    MEMBER("CreatedTime", read_created),
    MEMBER("RestrictState", read_restriction),
    MEMBER("LatestOperation", read_operation),
    MEMBER("LatestOperationState", read_operation_state),
    MEMBER("LatestOperationErrorMsg", read_problem), /* newer than the guide */
};

static void read_member(struct reader *reader, struct scan *scan, struct span key)
{
    for (size_t i = 0; i < sizeof MEMBERS / sizeof MEMBERS[0]; i++) {
        const struct span *known = &MEMBERS[i].key;
        if (key.size != known->size || memcmp(key.at, known->at, key.size) != 0) continue;
        MEMBERS[i].read(reader, scan);
        return;
    }
    scan_skip(scan);
}

static bool is_capacity(const char *words)
{
    static const char *const WORDS[] = {"ResourceInsufficient", "ResourcesSoldOut", "ResourceUnavailable",
                                        "LimitExceeded", "sold out"};
    for (size_t i = 0; i < sizeof WORDS / sizeof WORDS[0]; i++)
        if (ascii_contains(words, WORDS[i])) return true;
    return false;
}

static const char *shown_status(const struct reader *reader)
{
    const char *state = reader->state ? reader->state : "";
    bool settled = !reader->operation_state || !*reader->operation_state ||
                   text_equal_nocase(reader->operation_state, "SUCCESS");
    if (settled) return state;
    return arena_printf(reader->arena, "%s (%s %s)", state, reader->operation ? reader->operation : "",
                        reader->operation_state);
}

static const char *fault_of(const struct reader *reader)
{
    if (reader->problem && *reader->problem) return reader->problem;
    return reader->facts->phase == PHASE_ERROR ? "the cloud could not launch it (LAUNCH_FAILED)" : "";
}

/* A list without members is left out of a reply: no key means that no group is bound. */
static void conclude(struct reader *reader)
{
    struct facts *facts = reader->facts;
    facts->phase = tencent_phase(reader->state, reader->operation_state);
    facts->rests = facts->phase;
    facts->launched = tencent_launched(reader->state);
    facts->status = shown_status(reader);
    facts->fault = fault_of(reader);
    facts->fault_is_capacity = is_capacity(facts->fault);
    bool rests = facts->phase == PHASE_RUNNING || facts->phase == PHASE_STOPPED;
    if (rests || reader->addresses.count > 0) see_addresses(facts, &reader->addresses, reader->arena);
    see_power(facts, reader->arena);
    if (rests && !reader->groups_told) see(facts, FIELD_SECURITY_GROUPS, (struct value){0, 1, NULL});
}

/* false: no object, or broken. */
static bool read_server(struct scan *scan, struct arena *arena, struct facts *out)
{
    *out = (struct facts){.name = "", .fault = "", .status = "", .created_wall_ms = -1};
    struct reader reader = {.arena = arena, .facts = out};
    struct span key;
    if (!scan_object(scan)) return false;
    while (scan_member(scan, &key))
        read_member(&reader, scan, key);
    if (scan->broken || reader.broken) return false;
    conclude(&reader);
    return true;
}

bool tencent_server_read(struct span data, struct arena *arena, struct facts *out, bool *out_found)
{
    struct scan scan;
    scan_init(&scan, data.at ? data.at : "", data.size);
    if (!read_server(&scan, arena, out)) return false;
    *out_found = out->id != NULL;
    return scan_finish(&scan);
}

static bool read_row(struct scan *scan, struct arena *arena, struct server_page *out)
{
    if (!scan_array(scan)) return false;
    while (scan_item(scan)) {
        struct facts *server = facts_row_next(&out->row, arena);
        if (!read_server(scan, arena, server) || !server->id) return false;
        out->row.count++;
    }
    return !scan->broken;
}

/* An empty list may be left out, or null; then there must be a total of 0. */
bool tencent_servers_read(struct span data, struct arena *arena, struct server_page *out)
{
    struct scan scan;
    struct span key;
    bool found = false;
    *out = (struct server_page){.total = -1};
    scan_init(&scan, data.at ? data.at : "", data.size);
    if (!scan_object(&scan)) return false;
    while (scan_member(&scan, &key))
        if (span_equal(key, "List") && !scan_is_null(&scan)) {
            if (found || !read_row(&scan, arena, out)) return false;
            found = true;
        } else if (span_equal(key, "TotalCount")) {
            if (!scan_number(&scan, &out->total) || out->total < 0) out->total = -1;
        } else {
            scan_skip(&scan);
        }
    return scan_finish(&scan) && (found || out->total == 0);
}
