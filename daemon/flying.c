#include "daemon/flying.h"

#include <string.h>

#include "reconcile/base/memory.h"

void flying_release(struct flying *flying)
{
    for (uint32_t i = 0; i < flying->count; i++)
        flight_free(flying->rows[i]);
    memory_free(flying->rows);
    *flying = (struct flying){0};
}

void flying_add(struct flying *flying, struct flight *flight)
{
    ROW_RESERVE(flying->rows, flying->count, flying->room);
    flight->id = ++flying->last_id;
    flying->rows[flying->count++] = flight;
}

static uint32_t flying_place(const struct flying *flying, uint64_t id)
{
    uint32_t low = 0, high = flying->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (flying->rows[middle]->id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct flight *flying_from(const struct flying *flying, uint64_t id)
{
    uint32_t place = flying_place(flying, id);
    return place < flying->count ? flying->rows[place] : NULL;
}

struct flight *flying_take(struct flying *flying, uint64_t id)
{
    uint32_t place = flying_place(flying, id);
    if (place == flying->count || flying->rows[place]->id != id) return NULL;
    struct flight *flight = flying->rows[place];
    uint32_t behind = --flying->count - place;
    memmove(&flying->rows[place], &flying->rows[place + 1], behind * sizeof *flying->rows);
    flight->id = 0;
    return flight;
}

bool flying_carries(const struct flying *flying, const struct account *account, uint64_t serial)
{
    for (uint32_t i = 0; i < flying->count; i++) {
        const struct flight *flight = flying->rows[i];
        if (flight->account == account && flight->kind == FLIGHT_CALL && flight->serial == serial)
            return true;
    }
    return false;
}
