#include <stdio.h>
#include <string.h>

#include "tests/sim/judge_state.h"

/* An object with two servers: one may stand beside the other only as its successor, says its mark; it is the
   current one when the other is gone, the other goes when it runs, and what moves is nowhere twice. */

enum { CHANGED_MS = 60000 /* so long a call may be under way that the manifests before asked for */ };

const char *server_is_outdated(const struct judge *judge, const struct object_note *object, unsigned cloud,
                               const struct cloud_server *server)
{
    struct cloud_item image;
    const struct wish *wish = &object->wish;
    if (!wish->replace_changed || wish->power == FLEET_SHELVED || object->protect || judge->ledger_lost)
        return NULL;
    const char *wanted = judge_manner(judge, cloud)->images[wish->image];
    if (!cloud_catalogue_find(judge->setup.clouds[cloud], CLOUD_IMAGE_ITEM, wanted, &image)) return NULL;
    return strcmp(image.id, server->image_id) == 0 ? NULL : "image";
}

static bool is_lately_changed(const struct judge *judge, const struct object_note *object)
{
    return judge->now_ms - judge->sources[object->source].changed_ms < CHANGED_MS + judge->setup.timeout_ms;
}

/* Why a successor may not be made beside what lives; NULL = it may. */
const char *successor_is_wrong(const struct judge *judge, const struct object_note *object, unsigned cloud,
                               const struct cloud_server *other)
{
    if (server_role(judge, cloud, other) == ROLE_NEXT) return "which is a successor itself";
    if (!object->wish.replace_changed && !is_lately_changed(judge, object))
        return "which may not be replaced";
    return NULL;
}

static const char *path_of(const struct judge *judge, const struct object_note *object, char out[64])
{
    snprintf(out, 64, "%s/%s", judge->sources[object->source].manifest.name, object->name);
    return out;
}

/* Another one of this object that lives, with this role; NULL = none. */
static struct server_note *other_of(struct judge *judge, unsigned cloud, size_t place, bool next,
                                    struct cloud_server *out)
{
    struct cloud_note *note = &judge->clouds[cloud];
    for (unsigned i = 0; i < note->server_count; i++) {
        struct server_note *other = &note->servers[i];
        if (i == place || other->object != note->servers[place].object || other->next != next) continue;
        if (other->birth == BIRTH_UNBORN || other->doubtful) continue;
        if (other->leaving && server_can_return(judge, cloud)) continue;
        if (cloud_server_at(judge->setup.clouds[cloud], i, out) && out->visible &&
            strcmp(out->status, "DELETED") != 0)
            return other;
    }
    return NULL;
}

bool server_has_next(struct judge *judge, unsigned cloud, size_t place)
{
    struct cloud_server next;
    return !judge->clouds[cloud].servers[place].next && other_of(judge, cloud, place, true, &next);
}

static void judge_promotion(struct judge *judge, unsigned cloud, size_t place)
{
    struct server_note *server = &judge->clouds[cloud].servers[place];
    struct object_note *object = &judge->objects[server->object];
    struct cloud_server other;
    char path[64];
    judge_tested(judge, PROMISE_MOVE);
    bool early = !object->duplicates_excused && other_of(judge, cloud, place, false, &other);
    server->next = false;
    if (early)
        judge_fail(judge, PROMISE_S4,
                   "%s: the successor is made the current server while %s (%s) still lives",
                   path_of(judge, object, path), other.id, other.status);
}

/* What somebody's hand has moved is where nobody expects it. */
static void judge_attach(struct judge *judge, unsigned cloud, size_t place, const char *volume)
{
    struct cloud_note *note = &judge->clouds[cloud];
    struct cloud_server server;
    char path[64];
    judge_tested(judge, PROMISE_MOVE);
    for (unsigned i = 0; i < note->server_count; i++) {
        const struct server_note *other = &note->servers[i];
        if (i == place || other->object < 0 || other->object != note->servers[place].object) continue;
        if (other->touched || note->servers[place].touched || other->doubtful) continue;
        if (!cloud_server_at(judge->setup.clouds[cloud], i, &server) || !server.visible) continue;
        for (size_t k = 0; k < server.volume_count; k++)
            if (strcmp(server.volumes[k], volume) == 0) {
                judge_fail(judge, PROMISE_MOVE,
                           "%s: volume %s was to be attached while server %s still has it",
                           path_of(judge, &judge->objects[other->object], path), volume, server.id);
                return;
            }
    }
}

/* The one that serves is taken apart although the one that is to follow it never ran. */
static void judge_taking(struct judge *judge, const struct flight_note *flight, size_t place)
{
    struct server_note *server = &judge->clouds[flight->cloud].servers[place];
    struct object_note *object = &judge->objects[server->object];
    struct cloud_server next;
    char path[64];
    if (server->next || server->touched || object->duplicates_excused || !object->wanted) return;
    if (is_lately_changed(judge, object) || !judge->sources[object->source].acts) return;
    struct server_note *other = other_of(judge, flight->cloud, place, true, &next);
    if (!other) return;
    judge_tested(judge, PROMISE_MOVE);
    if (!next.ever_running)
        judge_fail(judge, PROMISE_MOVE,
                   "%s: %s arrived for the current server while its successor %s (%s) never ran",
                   path_of(judge, object, path), operation_call(flight->operation), next.id, next.status);
}

void judge_replacement(struct judge *judge, const struct flight_note *flight, size_t place,
                       const struct cloud_record *record)
{
    struct server_note *server = &judge->clouds[flight->cloud].servers[place];
    if (server->object < 0) return;
    struct cloud_server now;
    if (server->next && cloud_server_at(judge->setup.clouds[flight->cloud], place, &now) &&
        server_role(judge, flight->cloud, &now) == ROLE_CURRENT)
        judge_promotion(judge, flight->cloud, place);
    if (flight->operation == OPERATION_ATTACH) judge_attach(judge, flight->cloud, place, record->detail);
    if (flight->operation == OPERATION_DETACH || flight->operation == OPERATION_DELETE)
        judge_taking(judge, flight, place);
}
