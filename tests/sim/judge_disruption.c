#include <stdio.h>
#include <string.h>

#include "tests/sim/judge_state.h"

/* Whether a server is as wanted, and how many of a source are interrupted at the same time (S13). */

enum {
    HALTS = 2,               /* so many servers in ERROR hold back the rest */
    HALT_SLACK_MS = 1000,    /* whose call was saved before that is not held back any more */
    RETRY_MS = 5 * 60000,    /* so long a person's word may stand for a try */
    LIMIT_CHANGED_MS = 60000 /* so long a call may be under way that was allowed under the manifests before */
};

unsigned judge_percent(unsigned percent, unsigned of)
{
    unsigned part = (percent * of + 99) / 100;
    return part < 1 ? 1 : part;
}

/* There is no word at tencent-gateway for what is broken, once it ran, but that it stands still. */
static bool stands_still(const struct judge *judge, unsigned cloud, const struct cloud_server *server)
{
    return strcmp(server->status, "SHUTOFF") == 0 ||
           (judge->setup.dialects[cloud] == CLOUD_TENCENT_GATEWAY && server->ever_running &&
            strcmp(server->status, "ERROR") == 0);
}

static bool has_power(const struct judge *judge, const struct object_note *object, unsigned cloud,
                      const struct cloud_server *server)
{
    if (!object->wanted || !server->visible || server->task[0] != '\0') return false;
    switch (object->wish.power) {
    case FLEET_RUNNING: return strcmp(server->status, "ACTIVE") == 0;
    case FLEET_STOPPED: return stands_still(judge, cloud, server);
    case FLEET_SHELVED: return strncmp(server->status, "SHELVED", strlen("SHELVED")) == 0;
    }
    return false;
}

static bool groups_match(const struct wish *wish, const struct cloud_server *server)
{
    unsigned groups = 0;
    for (size_t i = 0; i < server->group_count; i++)
        for (unsigned k = 0; k < FLEET_GROUPS; k++)
            if (strcmp(server->groups[i], fleet_groups[k]) == 0) groups |= 1u << k;
    return groups == wish->groups;
}

static bool volume_matches(const struct wish *wish, const struct cloud_server *server)
{
    for (size_t i = 0; wish->volume && i < server->volume_count; i++)
        if (strcmp(server->volumes[i], fleet_volumes[wish->volume - 1]) == 0) return true;
    return wish->volume == 0;
}

static bool address_matches(const struct wish *wish, const struct cloud_server *server)
{
    return !wish->address || strcmp(server->address, fleet_addresses[wish->address - 1]) == 0;
}

static bool team_matches(const struct wish *wish, const struct cloud_server *server)
{
    char team[16];
    wish_team(wish, team);
    for (size_t i = 0; wish->team && i < server->metadata_count; i++)
        if (strcmp(server->metadata[i].key, "team") == 0) return strcmp(server->metadata[i].value, team) == 0;
    return wish->team == 0;
}

const char *server_differs(const struct judge *judge, const struct object_note *object, unsigned cloud,
                           const struct cloud_server *server)
{
    const struct wish *wish = &object->wish;
    char name[FLEET_NAME + 8];
    if (!has_power(judge, object, cloud, server)) return "power";
    if (wish->power == FLEET_SHELVED) return NULL; /* the rest waits for a power state that allows it */
    if (!wish->ignores_flavor && strcmp(server->flavor_name, fleet_flavors[wish->flavor]) != 0)
        return "flavor";
    wish_server_name(wish, name);
    if (strcmp(server->name, name) != 0) return "name";
    if (!groups_match(wish, server)) return "groups";
    if (!volume_matches(wish, server)) return "volume";
    if (!address_matches(wish, server)) return "address";
    return team_matches(wish, server) ? NULL : "metadata";
}

/* A person approved that its source is empty: all of it retires. */
static bool is_wanted(const struct judge *judge, const struct object_note *object)
{
    return object->wanted && !judge->sources[object->source].emptied;
}

/* It serves as it is until its successor is there. */
static bool waits_for_successor(struct judge *judge, const struct object_note *object,
                                const struct cloud_server *server)
{
    unsigned cloud = object->interrupted_cloud;
    return has_power(judge, object, cloud, server) && server_is_outdated(judge, object, cloud, server) &&
           !server_has_next(judge, cloud, object->interrupted_server);
}

bool object_is_interrupted(struct judge *judge, struct object_note *object)
{
    if (!object->interrupted) return false;
    struct cloud_server server;
    bool there = cloud_server_at(judge->setup.clouds[object->interrupted_cloud], object->interrupted_server,
                                 &server) &&
                 server.visible;
    if (!there || !server_differs(judge, object, object->interrupted_cloud, &server) ||
        waits_for_successor(judge, object, &server) ||
        server_is_taken_by_mark(judge, object->interrupted_cloud, &server))
        object->interrupted = false;
    /* it has returned, and is as it is */
    if (judge->clouds[object->interrupted_cloud].servers[object->interrupted_server].leaving &&
        server_can_return(judge, object->interrupted_cloud))
        object->interrupted = false;
    bool wanted = is_wanted(judge, object);
    bool left_alone = !wanted && (object->protect || !judge->sources[object->source].manifest.prune);
    /* nobody wants it any more, and it is where it shall be until its delete */
    bool retires = !wanted && (object->wish.snapshot || object->wish.stop_for_ms > 0);
    bool rests = retires && strcmp(server.status, "ACTIVE") != 0 && server.task[0] == '\0';
    if (left_alone || rests) object->interrupted = false;
    /* until the client has seen that, it is the same slot that the next call stands in */
    if (!object->interrupted) object->loose = true;
    return object->interrupted;
}

void object_is_back(struct judge *judge, struct object_note *object)
{
    struct cloud_server server;
    if (!object_is_interrupted(judge, object)) return;
    cloud_server_at(judge->setup.clouds[object->interrupted_cloud], object->interrupted_server, &server);
    if (has_power(judge, object, object->interrupted_cloud, &server)) object->interrupted = false;
}

void object_is_gone(const struct judge *judge, struct object_note *object)
{
    const struct cloud_note *cloud = &judge->clouds[object->interrupted_cloud];
    if (!object->interrupted || !cloud->servers[object->interrupted_server].leaving) return;
    object->interrupted = false;
    object->loose = true;
}

void object_call_failed(struct judge *judge, struct object_note *object, const char *call)
{
    struct cloud_server server;
    if (!object->interrupted) return;
    /* of two daemons' calls either may be what it hears of */
    bool mixed = judge->clouds[object->interrupted_cloud].servers[object->interrupted_server].another_ms > 0;
    if (!mixed && !operation_is_called(object->interrupted_by, call)) return;
    if (!cloud_server_at(judge->setup.clouds[object->interrupted_cloud], object->interrupted_server, &server))
        return;
    if (strcmp(server.status, "ACTIVE") == 0 && server.task[0] == '\0') {
        object->interrupted = false;
        object->loose = true;
    }
}

void server_went_wrong(struct judge *judge, unsigned cloud, size_t place)
{
    int number = judge->clouds[cloud].servers[place].object;
    struct object_note *object = number < 0 ? NULL : &judge->objects[number];
    if (!object || object->halted || !object->wanted || !object_is_interrupted(judge, object)) return;
    if (object->interrupted_cloud != cloud || object->interrupted_server != place) return;
    struct source_note *source = &judge->sources[object->source];
    object->halted = true;
    if (++source->halted == HALTS) source->halt_ms = judge->now_ms;
}

/* Two servers went to ERROR after such a call: the rest is held, but for what was saved before. */
static void judge_halt(struct judge *judge, const struct flight_note *flight,
                       const struct object_note *object)
{
    const struct source_note *source = &judge->sources[object->source];
    int64_t halt_wall_ms = source->halt_ms + judge->wall_offset_ms;
    bool before = flight->saved_wall_ms < halt_wall_ms + HALT_SLACK_MS || judge->jump_count > 0;
    bool retried = judge->retry_ms > 0 && flight->sent_ms - judge->retry_ms < RETRY_MS;
    if (source->halted < HALTS || before || retried) return;
    judge_fail(judge, PROMISE_S13, "%s of %s/%s: %u servers of the source went to error after such a call",
               operation_call(flight->operation), source->manifest.name, object->name, source->halted);
}

/* It was back as far as a call of ours goes: what stops it now is a hand, which nobody has seen yet. */
void judge_hand(struct judge *judge, unsigned cloud, const char *server_id)
{
    int place = server_position(judge, cloud, server_id);
    int object = place < 0 ? -1 : judge->clouds[cloud].servers[place].object;
    if (place >= 0) judge->clouds[cloud].servers[place].touched = true;
    if (object >= 0) object_is_back(judge, &judge->objects[object]);
}

void judge_disruption(struct judge *judge, const struct flight_note *flight, int place,
                      struct server_note *server, int64_t now_ms)
{
    struct object_note *object = &judge->objects[server->object];
    struct source_note *source = &judge->sources[object->source];
    const struct manifest *terms = judge->setup.manifests[object->source];
    bool seen_running = flight->seen.known && strcmp(flight->seen.vm_state, "active") == 0;
    /* what the client saw it by was no sound reply: it may hold a slot, and keep it for what comes next */
    if (!flight->seen.known) object->loose = true;
    if (!object->converged_once || !seen_running || object_is_interrupted(judge, object)) return;
    judge_halt(judge, flight, object);
    object->interrupted = true;
    object->interrupted_by = flight->operation;
    object->interrupted_cloud = flight->cloud;
    object->interrupted_server = (size_t)place;
    if (object->loose) return;
    unsigned count = 0, of = 0;
    char names[200] = "";
    size_t used = 0;
    for (unsigned i = 0; i < judge->object_count; i++) {
        struct object_note *other = &judge->objects[i];
        if (other->source != object->source) continue;
        bool counts = other == object || object_is_interrupted(judge, other);
        if (counts && used < sizeof names)
            used +=
                (size_t)snprintf(names + used, sizeof names - used, "%s%s", count ? ", " : "", other->name);
        count += counts;
        of += other->wanted && other->wish.power == FLEET_RUNNING && other->converged_maybe;
    }
    if (now_ms - source->changed_ms < LIMIT_CHANGED_MS && source->disruptable_before > of)
        of = source->disruptable_before;
    unsigned most = judge_percent(terms->disruption_percent, of);
    judge_tested(judge, PROMISE_S13);
    if (count > most)
        judge_fail(
            judge, PROMISE_S13,
            "%s of %s/%s: %u servers of the source are interrupted at the same time (%s); %u of %u may be",
            operation_call(flight->operation), terms->name, object->name, count, names, most, of);
}
