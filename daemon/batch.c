#include "daemon/batch.h"

#include "reconcile/base/memory.h"

void batch_init(struct batch *batch)
{
    *batch = (struct batch){0};
    arena_init(&batch->arena);
}

void batch_release(struct batch *batch)
{
    arena_release(&batch->arena);
    memory_free(batch->events);
    batch_init(batch);
}

static void event_discard(struct event *event)
{
    if (event->kind == EVENT_CONFIG) config_free(event->config);
    if (event->kind == EVENT_GENERATION) generation_free(event->generation);
}

void batch_discard(struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        event_discard(&batch->events[i]);
    batch_release(batch);
}

struct batch batch_take(struct batch *from)
{
    struct batch taken = *from;
    batch_init(from);
    return taken;
}

struct event *batch_add(struct batch *batch, enum event_kind kind)
{
    ROW_RESERVE(batch->events, batch->count, batch->room);
    struct event *event = &batch->events[batch->count++];
    *event = (struct event){.kind = kind};
    return event;
}
