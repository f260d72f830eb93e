#include <stdio.h>
#include <string.h>

#include "tests/sim/judge_state.h"

/* What lifecycle asks for before a destruction, and a rebuild once per value. Judged at arrival, from the
   manifests as they were delivered, the requests that arrived and the cloud's own images. */

void policy_taken(const struct judge *judge, struct object_note *object, const struct wish *before,
                  int64_t now_ms)
{
    const struct wish *wish = &object->wish;
    bool same = before->snapshot == wish->snapshot && before->stop_for_ms == wish->stop_for_ms;
    if (!object->wanted)
        policy_shaken(judge, object, now_ms);
    else if (!same || object->policy_ms == 0)
        object->policy_ms = now_ms;
}

void policy_shaken(const struct judge *judge, struct object_note *object, int64_t now_ms)
{
    if (now_ms - object->policy_ms < judge->setup.hardened_ms) object->policy_ms = 0;
}

void policy_forgotten(struct judge *judge)
{
    for (unsigned i = 0; i < judge->object_count; i++)
        judge->objects[i].policy_ms = 0;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++)
            judge->clouds[i].servers[k].rebuilt[0] = '\0';
}

/* --- images --- */

static unsigned images_named(struct judge *judge, unsigned cloud, const char *start, bool ready)
{
    struct cloud_item item;
    unsigned count = 0;
    for (size_t i = 0; cloud_catalogue_at(judge->setup.clouds[cloud], CLOUD_IMAGE_ITEM, i, &item); i++)
        count += strncmp(item.name, start, strlen(start)) == 0 && (!ready || item.c == 0);
    return count;
}

static void judge_image(struct judge *judge, const struct flight_note *flight,
                        const struct cloud_record *record)
{
    if (!record->effect || judge->another) return; /* either of the two makes one */
    judge_tested(judge, PROMISE_POLICY);
    if (images_named(judge, flight->cloud, record->detail, false) > 1)
        judge_fail(judge, PROMISE_POLICY, "image %s of server %s is made a second time", record->detail,
                   record->server_id);
}

/* --- rebuilds --- */

static void judge_rebuild(struct judge *judge, const struct cloud_record *record, struct server_note *server,
                          int64_t now_ms)
{
    if (record->reply_status >= 400 && !record->effect) return;
    judge_tested(judge, PROMISE_POLICY);
    bool approved = server->approved_until_ms >= now_ms;
    if (strcmp(server->rebuilt, record->detail) == 0 && !approved)
        judge_fail(judge, PROMISE_POLICY,
                   "server %s is rebuilt with image %s a second time, and nobody asked", record->server_id,
                   record->detail);
    snprintf(server->rebuilt, sizeof server->rebuilt, "%s", record->detail);
}

/* --- deletes --- */

static bool is_only_one(struct judge *judge, int object, const char *server_id)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct cloud_server server;
            if (judge->clouds[i].servers[k].object != object || judge->clouds[i].servers[k].next) continue;
            if (!cloud_server_at(judge->setup.clouds[i], k, &server) || !server.visible) continue;
            if (strcmp(server.id, server_id) != 0) return false;
        }
    return true;
}

static void judge_rest(struct judge *judge, const struct flight_note *flight,
                       const struct cloud_record *record, const struct server_note *server,
                       const struct object_note *object, int64_t now_ms)
{
    if (object->wanted || object->wish.stop_for_ms == 0) return;
    judge_tested(judge, PROMISE_POLICY);
    if (flight->seen.known && strcmp(flight->seen.vm_state, "active") == 0)
        judge_fail(judge, PROMISE_POLICY, "server %s is deleted as it runs; it was to be stopped for %lld s",
                   record->server_id, (long long)(object->wish.stop_for_ms / 1000));
    /* a restart counts by the wall clock; out of the shelf it may be stopped a second time for its image */
    if (server->stopped_ms == 0 || judge->jump_count > 0 || object->wish.snapshot) return;
    if (now_ms - server->stopped_ms < object->wish.stop_for_ms)
        judge_fail(judge, PROMISE_POLICY,
                   "server %s is deleted %lld ms after its stop; it was to rest %lld ms", record->server_id,
                   (long long)(now_ms - server->stopped_ms), (long long)object->wish.stop_for_ms);
}

static void judge_prepared(struct judge *judge, const struct flight_note *flight,
                           const struct cloud_record *record, const struct server_note *server,
                           int64_t now_ms)
{
    const struct object_note *object = &judge->objects[server->object];
    bool known =
        object->policy_ms != 0 && (!object->wanted || now_ms - object->policy_ms >= judge->setup.hardened_ms);
    if (!known || !object->converged_once || object->duplicates_excused || server->leaving) return;
    if (!record->ever_running || !flight->ran || !server->knowable) return;
    if (!is_only_one(judge, server->object, record->server_id)) return;
    judge_rest(judge, flight, record, server, object, now_ms);
    if (!object->wish.snapshot) return;
    char start[2 * FLEET_NAME + 16];
    snprintf(start, sizeof start, "setpoint-%s-%s-", judge->sources[object->source].manifest.name,
             object->name);
    judge_tested(judge, PROMISE_POLICY);
    if (images_named(judge, flight->cloud, start, true) == 0)
        judge_fail(judge, PROMISE_POLICY, "server %s of %s is deleted, and no image of it is ready",
                   record->server_id, object->name);
}

void judge_policy(struct judge *judge, const struct flight_note *flight, const struct cloud_record *record,
                  struct server_note *server, int64_t now_ms)
{
    if (!server || server->object < 0 || !server->ours) return;
    const struct object_note *object = &judge->objects[server->object];
    if (flight->operation == OPERATION_SNAPSHOT) judge_image(judge, flight, record);
    if (flight->operation == OPERATION_REBUILD) judge_rebuild(judge, record, server, now_ms);
    if (flight->operation == OPERATION_STOP && record->effect && !object->wanted) server->stopped_ms = now_ms;
    if (flight->operation == OPERATION_DELETE && (record->reply_status < 300 || record->effect))
        judge_prepared(judge, flight, record, server, now_ms);
}
