#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/judge_state.h"

/* What leaves the client: S5, S6, S7, S9 and silence, judged at the moment of sending. */

struct flight_note *flight_note_find(struct judge *judge, uint64_t id)
{
    for (unsigned i = 0; i < judge->flight_count; i++)
        if (judge->flights[i].id == id) return &judge->flights[i];
    return NULL;
}

static struct flight_note *flight_note_new(struct judge *judge, const struct judge_request *request,
                                           enum operation operation, int64_t now_ms)
{
    struct flight_note *flight = flight_note_find(judge, 0);
    if (!flight) flight = GROW(judge->flights, judge->flight_count, judge->flight_room);
    flight->id = request->flight;
    flight->cloud = request->cloud;
    flight->operation = operation;
    flight->ours_to_wait = true;
    flight->sent_ms = now_ms;
    flight->sighting_count = 0;
    flight->clean = flight->unauthorized = false;
    flight->silent_object = -1;
    flight->seen = (struct sighting){0};
    flight->ran = flight->ours = flight->key_effect = false;
    return flight;
}

/* --- repetitions after a 401 --- */

static uint64_t mix(uint64_t hash, const char *text)
{
    for (; text && *text; text++)
        hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
    return hash * UINT64_C(0x100000001b3);
}

static uint64_t request_key(const struct judge_request *request)
{
    uint64_t hash = mix(UINT64_C(0xcbf29ce484222325) + request->cloud, request->method);
    return mix(mix(hash, request->path), request->body);
}

static bool is_repetition(struct judge *judge, uint64_t key)
{
    for (unsigned i = 0; i < REJECTED_MAX; i++) {
        if (judge->rejected[i] != key) continue;
        judge->rejected[i] = 0;
        return true;
    }
    return false;
}

/* --- S7 --- */

/* The attempt stands in the body; where nothing can, the name says which object's it is. */
static bool is_intended_create(const struct judge *judge, const struct rows *intents, unsigned row,
                               const struct judge_request *request, const struct request_meaning *meaning)
{
    const char *attempt = rows_cell(intents, row, "attempt");
    if (judge_manner(judge, request->cloud)->marks != MARKS_NOTHING)
        return attempt[0] && request->body && strstr(request->body, attempt);
    int object = object_of_server_name(judge, meaning->name);
    return object >= 0 &&
           object == object_find(judge, rows_cell(intents, row, "source"), rows_cell(intents, row, "name"));
}

static bool is_intended(const struct judge *judge, const struct rows *intents,
                        const struct judge_request *request, const struct request_meaning *meaning)
{
    char whom[sizeof meaning->name + sizeof meaning->server]; /* a value stands in the ledger behind a "=" */
    snprintf(whom, sizeof whom, "%s%s", meaning->server[0] ? "" : "=",
             meaning->server[0] ? meaning->server : meaning->name);
    for (unsigned i = 0; i < intents->count; i++) {
        if (!operation_is_called(meaning->operation, rows_cell(intents, i, "call"))) continue;
        if (operation_is_for_keys(meaning->operation)
                ? strcmp(rows_cell(intents, i, "argument"), meaning->name) == 0
            : meaning->operation == OPERATION_CREATE
                ? is_intended_create(judge, intents, i, request, meaning)
                : strcmp(rows_cell(intents, i, meaning->server[0] ? "provider_id" : "value"), whom) == 0)
            return true;
    }
    return false;
}

static void judge_intent(struct judge *judge, const struct judge_request *request,
                         const struct request_meaning *meaning, const struct rows *intents)
{
    judge_tested(judge, PROMISE_S7);
    if (is_intended(judge, intents, request, meaning)) return;
    judge_fail(judge, PROMISE_S7, "%s %s left for cloud %s while no such intent was durable",
               operation_call(meaning->operation), meaning->server[0] ? meaning->server : "of a new server",
               judge->setup.cloud_names[request->cloud]);
}

static int64_t saved_wall(const struct rows *intents, const struct request_meaning *meaning)
{
    for (unsigned i = 0; i < intents->count; i++)
        if (meaning->server[0] && strcmp(rows_cell(intents, i, "provider_id"), meaning->server) == 0)
            return strtoll(rows_cell(intents, i, "saved_wall"), NULL, 10);
    return 0;
}

/* --- S9 --- */

static void judge_pace(struct judge *judge, unsigned place, int64_t now_ms)
{
    struct cloud_note *cloud = &judge->clouds[place];
    const unsigned ring = sizeof cloud->sent_ms / sizeof *cloud->sent_ms;
    cloud->sent_ms[cloud->sent_next] = now_ms;
    cloud->sent_next = (cloud->sent_next + 1) % ring;
    if (cloud->sent_count < ring) cloud->sent_count++;
    unsigned in_second = 0;
    for (unsigned i = 1; i <= cloud->sent_count; i++)
        in_second += cloud->sent_ms[(cloud->sent_next + ring - i) % ring] > now_ms - 1000;
    judge_tested(judge, PROMISE_S9);
    const char *name = judge->setup.cloud_names[place];
    if (in_second > judge->setup.requests_per_second)
        judge_fail(judge, PROMISE_S9, "%u requests to cloud %s within a second; the limit is %u", in_second,
                   name, judge->setup.requests_per_second);
    if (++cloud->in_flight > judge->setup.in_flight)
        judge_fail(judge, PROMISE_S9, "%u requests in flight to cloud %s; the limit is %u", cloud->in_flight,
                   name, judge->setup.in_flight);
    if (now_ms < cloud->quiet_until_ms)
        judge_fail(judge, PROMISE_S9, "a request to cloud %s %lld ms before its Retry-After has passed", name,
                   (long long)(cloud->quiet_until_ms - now_ms));
}

/* --- S5, S6 --- */

/* What was made as a successor may have taken over although its mark could not be put right. */
static bool is_told_bound(const struct judge *judge, const char *server_id)
{
    for (unsigned i = 0; i < judge->status.count; i++)
        if (strcmp(judge->status.rows[i].server, server_id) == 0) return true;
    return false;
}

/* Another one that is not only to follow it. */
static bool has_other_server(struct judge *judge, int object, unsigned cloud, int place)
{
    bool next = judge->clouds[cloud].servers[place].next;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct cloud_server server;
            if (judge->clouds[i].servers[k].object != object || (i == cloud && (int)k == place)) continue;
            if (!cloud_server_at(judge->setup.clouds[i], k, &server) || !server.visible) continue;
            if (next || !judge->clouds[i].servers[k].next || is_told_bound(judge, server.id)) return true;
        }
    return false;
}

static void judge_protection(struct judge *judge, struct object_note *object, int64_t now_ms)
{
    object_settle_protection(judge, object, now_ms);
    judge_tested(judge, PROMISE_S5);
    if (object->protect)
        judge_fail(judge, PROMISE_S5,
                   "the server of %s/%s is being deleted, replaced or rebuilt, which is protected",
                   judge->sources[object->source].manifest.name, object->name);
}

static void judge_source(struct judge *judge, const struct object_note *object)
{
    static const char *const words[] = {"good", "invalid", "missing", "empty"};
    const struct source_note *source = &judge->sources[object->source];
    judge_tested(judge, PROMISE_S6);
    if (source->acts) return;
    judge_fail(judge, PROMISE_S6, "the server of %s/%s is being deleted or replaced while source %s is %s",
               source->manifest.name, object->name, source->manifest.name,
               source->read ? words[source->manifest.health] : "not read yet");
}

static void judge_delete(struct judge *judge, unsigned cloud, const char *id, int64_t now_ms)
{
    int place = server_position(judge, cloud, id);
    if (place < 0) return; /* judged by S2 when it arrives */
    int object = judge->clouds[cloud].servers[place].object;
    if (object < 0) return;
    judge_source(judge, &judge->objects[object]);
    /* a surplus server is not the one that is protected */
    if (!has_other_server(judge, object, cloud, place))
        judge_protection(judge, &judge->objects[object], now_ms);
}

static void judge_rebuilt(struct judge *judge, unsigned cloud, const char *id, int64_t now_ms)
{
    int place = server_position(judge, cloud, id);
    int object = place < 0 ? -1 : judge->clouds[cloud].servers[place].object;
    if (object >= 0) judge_protection(judge, &judge->objects[object], now_ms);
}

/* --- observe, suspend --hard --- */

static int object_of_request(struct judge *judge, const struct judge_request *request,
                             const struct request_meaning *meaning)
{
    if (meaning->server[0]) {
        int place = server_position(judge, request->cloud, meaning->server);
        return place < 0 ? -1 : judge->clouds[request->cloud].servers[place].object;
    }
    if (judge_manner(judge, request->cloud)->marks != MARKS_METADATA)
        return object_of_server_name(judge, meaning->name);
    const char *key = "\"setpoint.object\"";
    const char *at = request->body ? strstr(request->body, key) : NULL;
    if (!at) return -1;
    at = strchr(at + strlen(key), '"');
    char mark[2 * FLEET_NAME + 2];
    size_t length = at ? strcspn(at + 1, "\"") : 0;
    if (length == 0 || length >= sizeof mark) return -1;
    memcpy(mark, at + 1, length);
    mark[length] = '\0';
    return object_of_mark(judge, mark);
}

/* A replacement is a deletion to come: nothing of it goes on while the source is broken. */
static void judge_replacing(struct judge *judge, const struct judge_request *request,
                            const struct request_meaning *meaning)
{
    int object = -1,
        place = meaning->server[0] ? server_position(judge, request->cloud, meaning->server) : -1;
    if (meaning->operation == OPERATION_CREATE && request_says_next(judge, request->cloud, request->body))
        object = object_of_request(judge, request, meaning);
    if (meaning->operation == OPERATION_DETACH && place >= 0 &&
        server_has_next(judge, request->cloud, (size_t)place)) {
        const struct server_note *server = &judge->clouds[request->cloud].servers[place];
        const struct wish *wish = server->object < 0 ? NULL : &judge->objects[server->object].wish;
        if (wish && wish->volume && strstr(request->path, fleet_volumes[wish->volume - 1]))
            object = server->object;
    }
    if (object >= 0) judge_source(judge, &judge->objects[object]);
    if (object >= 0 && meaning->operation == OPERATION_CREATE)
        judge_protection(judge, &judge->objects[object], judge->now_ms);
}

static void judge_quiet(struct judge *judge, const struct judge_request *request,
                        const struct request_meaning *meaning)
{
    int place = object_of_request(judge, request, meaning);
    const struct object_note *object = place < 0 ? NULL : &judge->objects[place];
    const struct source_note *source = object ? &judge->sources[object->source] : NULL;
    const struct cloud_note *cloud = &judge->clouds[request->cloud];
    const char *why = judge->observe                                    ? "the mode is observe"
                      : cloud->observe                                  ? "its cloud's mode is observe"
                      : cloud->hard                                     ? "its cloud is suspended --hard"
                      : source && source->observe                       ? "its source's mode is observe"
                      : source && source->absent                        ? "its source's document is gone"
                      : judge->hard                                     ? "everything is suspended --hard"
                      : object && judge->sources[object->source].hard   ? "the source is suspended --hard"
                      : object && object->hard_until_ms > judge->now_ms ? "the object is suspended --hard"
                                                                        : NULL;
    judge_tested(judge, PROMISE_QUIET);
    if (why)
        judge_fail(judge, PROMISE_QUIET, "%s was sent for %s while %s", operation_call(meaning->operation),
                   object ? object->name : meaning->server, why);
}

/* --- the events --- */

void judge_sent(struct judge *judge, const struct judge_request *request, const struct rows *durable_intents,
                int64_t now_ms)
{
    struct request_meaning meaning;
    request_read(judge->setup.dialects[request->cloud], request->method, request->path, request->body,
                 &meaning);
    judge->now_ms = now_ms;
    judge_user_data(judge, request, meaning.operation);
    struct flight_note *flight = flight_note_new(judge, request, meaning.operation, now_ms);
    judge_pace(judge, request->cloud, now_ms);
    if (meaning.operation == OPERATION_READ) return;
    if (meaning.server[0]) {
        int place = server_position(judge, request->cloud, meaning.server);
        if (place >= 0) flight->seen = judge->clouds[request->cloud].servers[place].seen;
        if (place >= 0) flight->ran = judge->clouds[request->cloud].servers[place].ran;
        if (place >= 0) flight->ours = judge->clouds[request->cloud].servers[place].ours;
    }
    judge_intent(judge, request, &meaning, durable_intents);
    flight->saved_wall_ms = saved_wall(durable_intents, &meaning);
    flight->key = request_key(request);
    judge_key_noted(flight, &meaning, request->body);
    if (is_repetition(judge, flight->key)) {
        /* decided before the first one was refused; what came to be known since is no matter */
        flight->ran = flight->seen.known = false;
        return;
    }
    judge_quiet(judge, request, &meaning);
    if (judge->corrupt)
        judge_fail(judge, PROMISE_S6, "%s was sent while the ledger cannot be read",
                   operation_call(meaning.operation));
    judge_alone(judge, request->cloud, operation_call(meaning.operation));
    int object = meaning.operation == OPERATION_CREATE ? object_of_request(judge, request, &meaning) : -1;
    if (object >= 0 && !judge->objects[object].asked_ms) judge->objects[object].asked_ms = now_ms;
    if (object >= 0) judge_made_anew(judge, request->cloud, object);
    if (operation_is_for_keys(meaning.operation)) judge_key_sent(judge, flight, &meaning, durable_intents);
    judge_replacing(judge, request, &meaning);
    if (meaning.operation == OPERATION_REBUILD) judge_rebuilt(judge, request->cloud, meaning.server, now_ms);
    if (meaning.operation == OPERATION_DELETE) judge_delete(judge, request->cloud, meaning.server, now_ms);
}

static void believe(struct judge *judge, const struct flight_note *flight)
{
    struct cloud_note *cloud = &judge->clouds[flight->cloud];
    for (unsigned i = 0; i < flight->sighting_count; i++) {
        struct server_note *server = &cloud->servers[flight->positions[i]];
        if (!server->told) server->told_ms = judge->now_ms;
        server->told = true;
        if (flight->clean) judge_another_seen(judge, flight->cloud, server, flight->positions[i]);
        server->bound_until_ms = INT64_MAX;
        server->ran |= flight->clean && flight->sightings[i].ran; /* else it may have shown the past */
        server->knowable |= flight->sightings[i].marked || flight->operation == OPERATION_CREATE;
        /* the client goes by when it asked: where that was in another order, nobody can say what it believes
         */
        bool earlier = flight->arrived_ms < server->seen.asked_ms;
        bool overtook = earlier != (flight->sent_ms < server->seen.sent_ms);
        if (earlier && !overtook && flight->clean) continue;
        int64_t asked_ms = earlier ? server->seen.asked_ms : flight->arrived_ms;
        int64_t sent_ms = flight->sent_ms < server->seen.sent_ms ? server->seen.sent_ms : flight->sent_ms;
        bool fell = flight->clean && strcmp(flight->sightings[i].vm_state, "error") == 0 &&
                    strcmp(server->seen.vm_state, "error") != 0;
        if (fell) server_went_wrong(judge, flight->cloud, flight->positions[i]);
        server->seen = flight->sightings[i];
        server->seen.known = flight->sightings[i].known && flight->clean && !overtook;
        server->seen.asked_ms = asked_ms;
        server->seen.sent_ms = sent_ms;
    }
}

static void expect_report(struct judge *judge, const struct flight_note *flight, int64_t now_ms)
{
    if (flight->silent_object < 0) return;
    struct object_note *object = &judge->objects[flight->silent_object];
    object->silent = flight->operation;
    object->silent_cloud = flight->cloud;
    object->silent_server = flight->silent_server;
    object->silent_ms = now_ms;
}

void judge_answered(struct judge *judge, unsigned cloud, uint64_t id, int status, int64_t retry_after_ms,
                    int64_t now_ms)
{
    struct flight_note *flight = flight_note_find(judge, id);
    judge->now_ms = now_ms;
    if (!flight || !flight->ours_to_wait) return;
    judge->clouds[cloud].in_flight--;
    if (retry_after_ms > 0 && now_ms + retry_after_ms > judge->clouds[cloud].quiet_until_ms)
        judge->clouds[cloud].quiet_until_ms = now_ms + retry_after_ms;
    bool refused = status == 401 || (flight->unauthorized && status > 0);
    if (refused && flight->operation != OPERATION_READ)
        judge->rejected[judge->rejected_next++ % REJECTED_MAX] = flight->key;
    if (status >= 200 && status < 300) {
        believe(judge, flight);
        expect_report(judge, flight, now_ms);
        if (operation_is_for_keys(flight->operation)) judge_key_answered(judge, flight);
    }
    flight->id = 0;
}
