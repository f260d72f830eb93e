#include "tests/sim/hands.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/people.h"

static unsigned trouble_of(const struct cloud_change *change)
{
    switch ((unsigned)change->kind) {
    case CLOUD_CHANGE_STOP: return TROUBLE_HAND_STOP;
    case CLOUD_CHANGE_RENAME: return TROUBLE_HAND_RENAME;
    case CLOUD_CHANGE_RESIZE: return TROUBLE_HAND_RESIZE;
    case CLOUD_CHANGE_ADD_GROUP:
    case CLOUD_CHANGE_REMOVE_GROUP: return TROUBLE_HAND_GROUPS;
    case CLOUD_CHANGE_DELETE: return TROUBLE_HAND_DELETE;
    case CLOUD_CHANGE_CREATE:
        return strcmp(change->text, PEOPLE_STRANGER) == 0 ? TROUBLE_COUNT : TROUBLE_HAND_NAME;
    default: return TROUBLE_COUNT;
    }
}

void hands_did(struct world *world, unsigned cloud, const struct cloud_change *change)
{
    unsigned kind = trouble_of(change);
    if (kind == TROUBLE_COUNT) return;
    world_note(world, kind, false);
    if (change->kind == CLOUD_CHANGE_CREATE) return;
    struct hand *hand = &world->hands[world->hand_count++ % HANDS_MAX];
    *hand = (struct hand){.kind = kind, .cloud = cloud};
    snprintf(hand->server, sizeof hand->server, "%.*s", CLOUD_ID_SIZE - 1, change->server);
}

void hands_meet(struct world *world, const struct flight *flight)
{
    for (unsigned i = 0; i < HANDS_MAX; i++) {
        struct hand *hand = &world->hands[i];
        if (hand->kind == 0 || hand->cloud != flight->cloud) continue;
        bool meets =
            strstr(flight->path, hand->server) || (flight->body && strstr(flight->body, hand->server));
        /* what was deleted is made anew */
        if (!meets && !(hand->kind == TROUBLE_HAND_DELETE && flight->create)) continue;
        world_note(world, hand->kind, true);
        hand->kind = 0;
    }
}
