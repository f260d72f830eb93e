#include "tests/sim/disk.h"

#include <string.h>

#include "tests/sim/grow.h"

struct save {
    uint64_t id;
    struct record *records;
    unsigned count;
};

struct table {
    struct record *records;
    unsigned count, room;
};

struct disk {
    struct table now, backup;
    bool has_backup;
    struct save *saves;
    unsigned save_count, save_room;
    const char *const **shown; /* of the newest disk_intents, disk_notifications */
    unsigned shown_room;
    uint64_t event_seq;
};

static struct record record_clone(const struct record *from)
{
    struct record copy = *from;
    const struct record_table_row *row = record_table_row(from->table);
    unsigned columns = from->erase ? row->key_columns : row->columns;
    memset(copy.cells, 0, sizeof copy.cells);
    for (unsigned i = 0; i < columns; i++)
        if (from->cells[i]) copy.cells[i] = grow_text(from->cells[i]);
    return copy;
}

static void record_drop(struct record *record)
{
    for (unsigned i = 0; i < RECORD_CELLS_MAX; i++)
        free((char *)(uintptr_t)record->cells[i]);
}

static void table_clear(struct table *table)
{
    for (unsigned i = 0; i < table->count; i++)
        record_drop(&table->records[i]);
    table->count = 0;
}

static void table_copy(struct table *to, const struct table *from)
{
    table_clear(to);
    for (unsigned i = 0; i < from->count; i++)
        *GROW(to->records, to->count, to->room) = record_clone(&from->records[i]);
}

struct disk *disk_new(void)
{
    struct disk *disk = grow_to(NULL, sizeof *disk);
    *disk = (struct disk){0};
    return disk;
}

struct disk *disk_copy(const struct disk *disk)
{
    struct disk *copy = disk_new();
    table_copy(&copy->now, &disk->now);
    copy->event_seq = disk->event_seq;
    return copy;
}

static void save_drop(struct save *save)
{
    for (unsigned i = 0; i < save->count; i++)
        record_drop(&save->records[i]);
    free(save->records);
}

void disk_free(struct disk *disk)
{
    disk_crash(disk, 0);
    table_clear(&disk->now);
    table_clear(&disk->backup);
    free(disk->now.records);
    free(disk->backup.records);
    free(disk->saves);
    free(disk->shown);
    free(disk);
}

void disk_begin(struct disk *disk, uint64_t id, const struct record *records, uint32_t count)
{
    struct save *save = GROW(disk->saves, disk->save_count, disk->save_room);
    *save = (struct save){.id = id, .count = count, .records = grow_to(NULL, count * sizeof *records)};
    for (uint32_t i = 0; i < count; i++)
        save->records[i] = record_clone(&records[i]);
}

static bool same_key(const struct record *a, const struct record *b)
{
    if (a->table != b->table) return false;
    for (unsigned i = 0; i < record_table_row(a->table)->key_columns; i++)
        if (strcmp(a->cells[i], b->cells[i]) != 0) return false;
    return true;
}

static void apply(struct disk *disk, const struct record *record)
{
    struct table *table = &disk->now;
    if (record->table == RECORD_EVENTS) {
        uint64_t seq = strtoull(record->cells[0], NULL, 10);
        if (seq > disk->event_seq) disk->event_seq = seq;
        return;
    }
    unsigned place = 0;
    while (place < table->count && !same_key(&table->records[place], record))
        place++;
    if (record->erase) {
        if (place == table->count) return;
        record_drop(&table->records[place]);
        memmove(table->records + place, table->records + place + 1,
                (--table->count - place) * sizeof *table->records);
        return;
    }
    struct record copy = record_clone(record);
    if (place < table->count)
        record_drop(&table->records[place]);
    else
        GROW(table->records, table->count, table->room);
    table->records[place] = copy;
}

uint64_t disk_finish(struct disk *disk, bool fails)
{
    if (disk->save_count == 0) return 0;
    struct save save = disk->saves[0];
    memmove(disk->saves, disk->saves + 1, --disk->save_count * sizeof *disk->saves);
    for (unsigned i = 0; i < save.count && !fails; i++)
        apply(disk, &save.records[i]);
    save_drop(&save);
    return save.id;
}

unsigned disk_under_way(const struct disk *disk)
{
    return disk->save_count;
}

void disk_crash(struct disk *disk, unsigned durable)
{
    while (disk->save_count > 0) {
        disk_finish(disk, durable == 0);
        if (durable > 0) durable--;
    }
}

void disk_remember(struct disk *disk)
{
    table_copy(&disk->backup, &disk->now);
    disk->has_backup = true;
}

bool disk_restore(struct disk *disk)
{
    if (!disk->has_backup) return false;
    table_copy(&disk->now, &disk->backup);
    return true;
}

void disk_wipe(struct disk *disk)
{
    table_clear(&disk->now);
    disk->event_seq = 0;
}

uint32_t disk_read(const struct disk *disk, const struct record **out, uint64_t *out_event_seq)
{
    *out = disk->now.records;
    *out_event_seq = disk->event_seq;
    return disk->now.count;
}

static struct rows show(const struct disk *disk, enum record_table table)
{
    struct disk *scratch = (struct disk *)(uintptr_t)disk; /* the row of pointers is all that changes */
    const struct record_table_row *row = record_table_row(table);
    unsigned count = 0;
    for (unsigned i = 0; i < disk->now.count; i++)
        if (disk->now.records[i].table == table)
            *GROW(scratch->shown, count, scratch->shown_room) = disk->now.records[i].cells;
    return (struct rows){row->column_names, row->columns, scratch->shown, count};
}

struct rows disk_intents(const struct disk *disk)
{
    return show(disk, RECORD_INTENTS);
}

struct rows disk_notifications(const struct disk *disk)
{
    return show(disk, RECORD_NOTIFICATIONS);
}

const char *rows_cell(const struct rows *rows, unsigned row, const char *column)
{
    for (unsigned i = 0; i < rows->column_count; i++)
        if (strcmp(rows->columns[i], column) == 0) return rows->cells[row][i] ? rows->cells[row][i] : "";
    return "";
}

uint64_t disk_hash(const struct disk *disk)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (unsigned i = 0; i < disk->now.count; i++) {
        const struct record *record = &disk->now.records[i];
        for (unsigned k = 0; k < record_table_row(record->table)->columns; k++)
            for (const char *at = record->cells[k] ? record->cells[k] : "\1"; *at; at++)
                hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
    }
    return hash;
}
