/* Rows of a ledger as somebody may have left them: understood, or the ledger is corrupt and nothing is
   written or sent. What the core writes after it understood them, it understands again.

   Input: lines "TABLE<tab>COLUMN=TEXT<tab>COLUMN…"; a column without "=" is NULL, and one that is not there
   "". */
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "tests/fuzz/core.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/setting.h"

enum { INPUT_MAX = 1 << 14, ROWS_MAX = 256, ROUNDS = 6 };
#define WALL_MS INT64_C(1795240800000)

static enum record_table table_of(const char *word)
{
    for (unsigned i = 0; i < RECORD_TABLE_COUNT; i++)
        if (strcmp(record_table_row((enum record_table)i)->name, word) == 0) return (enum record_table)i;
    return (enum record_table)((unsigned char)word[0] % RECORD_TABLE_COUNT);
}

static void cell_read(char *text, struct record *out)
{
    const struct record_table_row *row = record_table_row(out->table);
    char *value = strchr(text, '=');
    if (value) *value++ = '\0';
    for (unsigned i = 0; i < row->columns; i++)
        if (strcmp(row->column_names[i], text) == 0) out->cells[i] = value;
}

static void row_read(char *line, struct record *out)
{
    char *rest = line;
    *out = (struct record){.table = table_of(strsep(&rest, "\t"))};
    for (unsigned i = 0; i < record_table_row(out->table)->columns; i++)
        out->cells[i] = "";
    while (rest)
        cell_read(strsep(&rest, "\t"), out);
}

static uint32_t rows_read(char *text, struct record *rows)
{
    uint32_t count = 0;
    while (text && count < ROWS_MAX) {
        char *end = strchr(text, '\n');
        if (end) *end++ = '\0';
        if (text[0]) row_read(text, &rows[count++]);
        text = end;
    }
    return count;
}

static void configure(struct core *core)
{
    static const uint8_t wanted[] = {0x0f, 0, 0, 0};
    struct input nothing = {0}, some = {wanted, sizeof wanted};
    batch_add(&core->events, EVENT_CONFIG)->config = setting_config(&nothing, setting_dialects);
    batch_add(&core->events, EVENT_GENERATION)->generation = setting_generation(&some, setting_sources[0]);
}

static void go_on(struct core *core)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        core_turn(core);
        core_save_ends(core, false);
        core->now.boot_ms += 7 * SECOND_MS;
        core->now.wall_ms += 7 * SECOND_MS;
    }
}

/* A person begins a new ledger with what could be understood; what is in it then is understood. */
static void rebuild(struct core *core)
{
    batch_add(&core->events, EVENT_COMMAND)->command =
        (struct event_command){.id = 1, .kind = COMMAND_LEDGER_REBUILD, .target = "", .argument = ""};
    core->ledger_damage = false;
    go_on(core);
    core_show(core);
    core_crash(core);
    core_start(core);
    core_offer_ledger(core);
    configure(core);
    go_on(core);
    FUZZ_CHECK(!core->ledger_damage);
}

/* A core that is given these rows and nothing else; true when it understands them. */
static bool is_understood(const struct record *rows, uint32_t count)
{
    struct core core;
    core_begin(&core, (struct now){HOUR_MS, WALL_MS});
    core_start(&core);
    batch_add(&core.events, EVENT_LEDGER)->ledger =
        (struct event_ledger){.state = LEDGER_LOADED, .records = rows, .count = count, .problem = ""};
    configure(&core);
    go_on(&core);
    bool understood = !core.ledger_damage;
    FUZZ_CHECK(understood || disk_under_way(core.disk) == 0);
    core_show(&core);
    if (!understood) rebuild(&core);
    core_end(&core);
    return understood;
}

static void store(struct core *core, const struct record *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (rows[i].table == RECORD_EVENTS) continue; /* the storage hands no row of these back */
        disk_begin(core->disk, 1, &rows[i], 1);
        disk_finish(core->disk, false);
    }
}

/* What is on the disk is understood, and so is what becomes of it. */
static void run_twice(const struct record *rows, uint32_t count)
{
    struct core core;
    core_begin(&core, (struct now){HOUR_MS, WALL_MS});
    store(&core, rows, count);
    for (unsigned start = 0; start < 2; start++) {
        core_start(&core);
        core_offer_ledger(&core);
        configure(&core);
        go_on(&core);
        FUZZ_CHECK(!core.ledger_damage);
        if (start == 0) core_crash(&core);
    }
    core_show(&core);
    core_end(&core);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct record rows[ROWS_MAX];
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    if (size > INPUT_MAX) return 0;
    uint32_t count = rows_read(arena_bytes(&arena, data, size), rows);
    if (is_understood(rows, count)) run_twice(rows, count);
    return 0;
}
