#include "agenda.h"

#include "memory.h"

#include <stdlib.h>

void agenda_release(struct agenda *agenda)
{
    for (size_t i = 0; i < agenda->count; i++)
        free(agenda->entries[i]);
    free(agenda->entries);
    *agenda = (struct agenda){0};
}

static bool agenda_before(const struct agenda_entry *a, const struct agenda_entry *b)
{
    return a->due_ms != b->due_ms ? a->due_ms < b->due_ms : a->order < b->order;
}

static void agenda_up(struct agenda *agenda, size_t at)
{
    while (at && agenda_before(agenda->entries[at], agenda->entries[(at - 1) / 2])) {
        struct agenda_entry *swap = agenda->entries[at];

        agenda->entries[at] = agenda->entries[(at - 1) / 2];
        agenda->entries[(at - 1) / 2] = swap;
        at = (at - 1) / 2;
    }
}

static void agenda_down(struct agenda *agenda, size_t at)
{
    for (;;) {
        size_t least = at;

        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < agenda->count; child++) {
            if (agenda_before(agenda->entries[child], agenda->entries[least])) least = child;
        }
        if (least == at) return;
        struct agenda_entry *swap = agenda->entries[at];
        agenda->entries[at] = agenda->entries[least];
        agenda->entries[least] = swap;
        at = least;
    }
}

void agenda_add(struct agenda *agenda, int64_t due_ms, enum agenda_kind kind, struct server *server,
                unsigned generation, const char *text)
{
    struct agenda_entry *entry = memory_new(1, sizeof *entry);

    entry->due_ms = due_ms;
    entry->order = ++agenda->order;
    entry->kind = kind;
    entry->server = server;
    entry->generation = generation;
    memory_put(entry->text, sizeof entry->text, text);
    MEMORY_GROW(agenda->entries, agenda->count, agenda->capacity);
    agenda->entries[agenda->count] = entry;
    agenda_up(agenda, agenda->count++);
}

int64_t agenda_next(const struct agenda *agenda)
{
    return agenda->count ? agenda->entries[0]->due_ms : INT64_MAX;
}

struct agenda_entry *agenda_take(struct agenda *agenda, int64_t now_ms)
{
    struct agenda_entry *first;

    if (agenda_next(agenda) > now_ms || !agenda->count) return NULL;
    first = agenda->entries[0];
    agenda->entries[0] = agenda->entries[--agenda->count];
    agenda_down(agenda, 0);
    return first;
}
