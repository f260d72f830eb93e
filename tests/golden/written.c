#include <string.h>

#include "reconcile/source.h"
#include "reconcile/state.h"
#include "reconcile/store.h"
#include "tests/golden/play.h"

/* The row as it would be written now stands in the ledger already; one that is erased does not. */
static bool is_written(const struct play *play, const struct record *now, unsigned *out_column)
{
    unsigned columns = record_table_row(now->table)->columns;
    const struct record *row = rows_find(play, now);
    *out_column = 0;
    if (!row || now->erase) return !row && now->erase;
    while (*out_column < columns && strcmp(now->cells[*out_column], row->cells[*out_column]) == 0)
        ++*out_column;
    return *out_column == columns;
}

static void check(struct play *play, struct object *object)
{
    struct state *state = play->state;
    uint32_t before = state->record_count;
    bool known = object->known_to_ledger;
    unsigned column;
    if (object->ledger_dirty) return; /* the next save has it */
    store_object(state, object);
    if (state->record_count > before && !is_written(play, &state->records[before], &column)) {
        const struct record *row = rows_find(play, &state->records[before]);
        text_addf(play->out, "! the ledger has not what is known of %s: column %u is \"%s\", not \"%s\"\n",
                  object->name, column, row ? row->cells[column] : "-", state->records[before].cells[column]);
    }
    state->record_count = before;
    object->known_to_ledger = known;
}

void written_check(struct play *play)
{
    struct state *state = play->state;
    if (!state || play->saves != SAVES_GOOD || state->read_only || !store_is_open(state)) return;
    if (state->record_count > 0 || play->held_count > 0 || play->event_count > 0) return;
    state->effects = &play->effects;
    for (uint32_t i = 0; i < state->source_count; i++) {
        const struct source *source = state->sources[i];
        for (uint32_t j = 0; j < source->object_count; j++)
            check(play, source->objects[j]);
    }
    state->effects = NULL;
}
