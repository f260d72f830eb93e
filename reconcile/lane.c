#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/look.h"

/* Saved ahead: durable or on the way there, not yet sent. More than twice the in-flight limit would only grow
 * stale. */
static uint32_t room(const struct cloud *cloud)
{
    uint32_t ahead = 0, most = cloud->config ? cloud->config->in_flight * 2 : 0;
    for (uint32_t i = 0; i < cloud->intent_count; i++)
        ahead += cloud->intents[i]->state == INTENT_SAVING || cloud->intents[i]->state == INTENT_READY;
    return ahead < most ? most - ahead : 0;
}

bool lane_has_room(const struct cloud *cloud)
{
    return room(cloud) > 0;
}

static struct lane *lane_of(struct cloud *cloud, struct source *source)
{
    for (uint32_t i = 0; i < cloud->lane_count; i++)
        if (cloud->lanes[i].source == source) return &cloud->lanes[i];
    ROW_RESERVE(cloud->lanes, cloud->lane_count, cloud->lane_room);
    struct lane *lane = &cloud->lanes[cloud->lane_count++];
    *lane = (struct lane){.source = source};
    return lane;
}

void lane_wait(struct state *state, struct object *object, enum intent_class class)
{
    (void)state;
    if (object->queued) return;
    struct lane *lane = lane_of(object->cloud, object->source);
    object->queued = true;
    object->queued_class = (int)class;
    object->lane_next = NULL;
    if (lane->last[class])
        lane->last[class]->lane_next = object;
    else
        lane->first[class] = object;
    lane->last[class] = object;
}

void lane_leave(struct object *object)
{
    if (!object->queued) return;
    struct lane *lane = lane_of(object->cloud, object->source);
    int class = object->queued_class;
    struct object *before = NULL;
    struct object *at = lane->first[class];
    for (; at != object; at = at->lane_next)
        before = at;
    if (before)
        before->lane_next = object->lane_next;
    else
        lane->first[class] = object->lane_next;
    if (lane->last[class] == object) lane->last[class] = before;
    object->queued = false;
    object->lane_next = NULL;
}

/* The source that was served longest ago; among equals the first by creation, which is stable. */
static struct lane *lane_turn(struct cloud *cloud, int class)
{
    struct lane *best = NULL;
    for (uint32_t i = 0; i < cloud->lane_count; i++) {
        struct lane *lane = &cloud->lanes[i];
        if (lane->first[class] && (!best || lane->served[class] < best->served[class])) best = lane;
    }
    return best;
}

void lanes_serve(struct state *state, struct cloud *cloud)
{
    uint32_t left = room(cloud);
    for (int class = 0; class < CLASS_COUNT && left > 0; class ++) {
        struct lane *lane;
        while (left > 0 && (lane = lane_turn(cloud, class))) {
            struct object *object = lane->first[class];
            lane_leave(object);
            lane->served[class] = ++cloud->served;
            state_dirty(state, object);
            left--;
        }
    }
}
