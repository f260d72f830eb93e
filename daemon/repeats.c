#include "daemon/repeats.h"

#include "reconcile/base/instant.h"

enum { PROBES = 16 };

static struct repeat *row_find(struct repeats *repeats, uint64_t key)
{
    struct repeat *free_row = NULL;
    for (unsigned i = 0; i < PROBES; i++) {
        struct repeat *row = &repeats->rows[(key + i) % REPEATS_ROWS];
        if (row->key == key) return row;
        if (row->key == 0 && !free_row) free_row = row;
    }
    return free_row;
}

enum repeat_verdict repeats_judge(struct repeats *repeats, uint64_t key, uint32_t told, int64_t span_ms,
                                  int64_t now_ms, unsigned *out_slot)
{
    struct repeat *row = row_find(repeats, key);
    if (!row) return REPEAT_WRITE;
    *out_slot = (unsigned)(row - repeats->rows);
    if (row->key == 0 || (now_ms >= row->end_ms && row->counted == 0)) {
        *row = (struct repeat){.key = key, .end_ms = now_ms + span_ms};
        if (repeats->next_ms == 0 || row->end_ms < repeats->next_ms) repeats->next_ms = row->end_ms;
    }
    if (row->told < told) {
        row->told++;
        return REPEAT_WRITE;
    }
    return row->counted++ == 0 ? REPEAT_FIRST_COUNTED : REPEAT_COUNTED;
}

uint32_t repeats_due(struct repeats *repeats, int64_t now_ms, unsigned *out_slot)
{
    int64_t next_ms = 0;
    if (repeats->next_ms == 0 || now_ms < repeats->next_ms) return 0;
    for (unsigned i = 0; i < REPEATS_ROWS; i++) {
        struct repeat *row = &repeats->rows[i];
        if (row->key == 0) continue;
        if (now_ms < row->end_ms) {
            if (next_ms == 0 || row->end_ms < next_ms) next_ms = row->end_ms;
            continue;
        }
        uint32_t counted = row->counted;
        *row = (struct repeat){0};
        if (counted == 0) continue;
        *out_slot = i;
        return counted;
    }
    repeats->next_ms = next_ms;
    return 0;
}
