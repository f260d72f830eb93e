#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/judge_state.h"

/* What happens in the clouds: births (S1, S4), whose servers are changed (S2), in what state (S8), how many
   are destroyed (S3). */

void judge_passed(struct judge *judge, int64_t now_ms)
{
    judge->now_ms = now_ms;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        judge_births(judge, i);
}

/* --- finding servers --- */

static uint64_t id_hash(const char *id)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (unsigned i = 0; id[i]; i++)
        hash = (hash ^ (unsigned char)id[i]) * UINT64_C(0x100000001b3);
    return hash ^ hash >> 29;
}

static void index_add(struct cloud_note *cloud, const char *id, unsigned place)
{
    unsigned at = (unsigned)id_hash(id) & (cloud->by_id_size - 1);
    while (cloud->by_id[at])
        at = (at + 1) & (cloud->by_id_size - 1);
    cloud->by_id[at] = place + 1;
}

static void index_grow(struct judge *judge, unsigned number)
{
    struct cloud_note *cloud = &judge->clouds[number];
    if (cloud->by_id_size > 4 * (cloud->server_count + 1)) return;
    cloud->by_id_size = cloud->by_id_size ? cloud->by_id_size * 4 : 64;
    cloud->by_id = grow_to(cloud->by_id, cloud->by_id_size * sizeof *cloud->by_id);
    memset(cloud->by_id, 0, cloud->by_id_size * sizeof *cloud->by_id);
    for (unsigned i = 0; i < cloud->server_count; i++) {
        struct cloud_server server;
        if (cloud_server_at(judge->setup.clouds[number], i, &server)) index_add(cloud, server.id, i);
    }
}

int server_position(struct judge *judge, unsigned number, const char *id)
{
    struct cloud_note *cloud = &judge->clouds[number];
    if (cloud->by_id_size == 0) return -1;
    for (unsigned at = (unsigned)id_hash(id) & (cloud->by_id_size - 1); cloud->by_id[at];
         at = (at + 1) & (cloud->by_id_size - 1)) {
        struct cloud_server server;
        unsigned place = cloud->by_id[at] - 1;
        if (cloud_server_at(judge->setup.clouds[number], place, &server) && strcmp(server.id, id) == 0)
            return (int)place;
    }
    return -1;
}

/* --- births: S1, S4 --- */

bool server_can_return(const struct judge *judge, unsigned cloud)
{
    return cloud_fault_total(judge->setup.clouds[cloud], CLOUD_FAULT_RETURNS).changed > 0;
}

static void judge_birth(struct judge *judge, unsigned number, unsigned place)
{
    struct server_note *note = &judge->clouds[number].servers[place];
    note->birth = BIRTH_LIVE;
    if (note->object < 0 || note->another || judge->beginning) return;
    struct object_note *object = &judge->objects[note->object];
    bool beside = false;
    if (!note->next) object->converged_once = object->interrupted = false;
    judge_tested(judge, PROMISE_S1);
    judge_tested(judge, PROMISE_S4);
    /* later than settle nobody could foresee it */
    if (judge->now_ms - note->made_ms > judge->setup.settle_ms) object->duplicates_excused = true;
    if (object->duplicates_excused) return; /* converged_maybe: by the other one */
    if (!note->next) object->converged_maybe = false;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct server_note *other = &judge->clouds[i].servers[k];
            struct cloud_server server;
            if (other == note || other->object != note->object || other->birth == BIRTH_UNBORN) continue;
            if (other->another && !(other->told && other->told_ms < note->made_ms)) continue;
            if (other->doubtful || (other->leaving && server_can_return(judge, i))) continue;
            if (!cloud_server_at(judge->setup.clouds[i], k, &server) || !server.visible) continue;
            if (strcmp(server.status, "DELETED") == 0) continue; /* gone, and still shown */
            /* the reply to its create was lost, or the ledger, and its mark too: a name is no proof */
            bool nameless = (other->told && !other->knowable) || other->unbound;
            if (nameless && !server_is_marked(judge, i, &server)) continue;
            const char *wrong = note->next && !beside ? successor_is_wrong(judge, object, i, &server) : "";
            beside = true;
            if (!wrong) continue;
            bool known = other->told && other->told_ms < note->made_ms;
            char first[CLOUD_ID_SIZE + 64];
            snprintf(first, sizeof first, "%s (%s %s)", server.id, server.status, server.task);
            cloud_server_at(judge->setup.clouds[number], place, &server);
            judge_fail(
                judge, known ? PROMISE_S4 : PROMISE_S1,
                "%s/%s has a second server %s, asked for %lld ms ago, while its first, %s, still lives%s%s%s",
                judge->sources[object->source].manifest.name, object->name, server.id,
                (long long)(judge->now_ms - note->made_ms), first, known ? " and the client had seen it" : "",
                wrong[0] ? ", " : "", wrong);
            return;
        }
}

static void note_server(struct judge *judge, unsigned number, unsigned place)
{
    struct cloud_note *cloud = &judge->clouds[number];
    struct cloud_server server;
    cloud_server_at(judge->setup.clouds[number], place, &server);
    struct server_note *note = GROW(cloud->servers, cloud->server_count, cloud->server_room);
    note->object = server.by_request ? server_object(judge, number, &server) : -1;
    note->ours = note->object >= 0;
    note->birth = server.visible ? BIRTH_LIVE : BIRTH_UNBORN;
    note->made_ms = judge->now_ms;
    note->next = server_role(judge, number, &server) == ROLE_NEXT;
    for (unsigned i = 0; i < cloud->ghost_count; i++)
        if (strcmp(cloud->ghosts[i].id, server.id) == 0) note->made_ms = cloud->ghosts[i].sent_ms;
    if (server_is_anothers(judge, number, &server)) server_note_another(judge, number, note);
    index_grow(judge, number);
    index_add(cloud, server.id, place);
    if (note->ours && strcmp(server.project, cloud_project(judge->setup.clouds[number])) != 0)
        judge_fail(judge, PROMISE_S6, "server %s was made in project %s, which is not the expected one",
                   server.id, server.project);
    if (server.visible)
        judge_birth(judge, number, place);
    else
        *GROW(cloud->unborn, cloud->unborn_count, cloud->unborn_room) = place;
}

void judge_births(struct judge *judge, unsigned number)
{
    struct cloud_note *cloud = &judge->clouds[number];
    while (cloud->server_count < cloud_server_count(judge->setup.clouds[number]))
        note_server(judge, number, cloud->server_count);
    for (unsigned i = cloud->unborn_count; i-- > 0;) {
        struct cloud_server server;
        unsigned place = cloud->unborn[i];
        if (!cloud_server_at(judge->setup.clouds[number], place, &server) || !server.visible) continue;
        cloud->unborn[i] = cloud->unborn[--cloud->unborn_count];
        judge_birth(judge, number, place);
    }
}

/* --- what a read shows --- */

/* Whether the reply that showed the server said so. */
static bool is_shown(const struct judge *judge, unsigned cloud, const struct cloud_server *server)
{
    static const char *const rare[] = {"paused", "suspended", "rescued", "deleted"};
    if (judge->setup.shows_past[cloud]) return false;
    for (unsigned i = 0; judge->setup.hides_rare[cloud] && i < sizeof rare / sizeof *rare; i++)
        if (strcmp(server->vm_state, rare[i]) == 0) return false;
    return true;
}

static void sight(struct judge *judge, struct flight_note *flight, unsigned place)
{
    struct cloud_server server;
    if (!cloud_server_at(judge->setup.clouds[flight->cloud], place, &server)) return;
    unsigned count = flight->sighting_count;
    *GROW(flight->positions, count, flight->position_room) = place;
    struct sighting *sighting = GROW(flight->sightings, flight->sighting_count, flight->sighting_room);
    sighting->known = is_shown(judge, flight->cloud, &server);
    memcpy(sighting->vm_state, server.vm_state, strnlen(server.vm_state, sizeof sighting->vm_state - 1));
    memcpy(sighting->task, server.task, strnlen(server.task, sizeof sighting->task - 1));
    sighting->launched = server.ever_running;
    bool hidden = judge_manner(judge, flight->cloud)->hides_launch && strcmp(server.vm_state, "error") == 0;
    sighting->ran = server.ever_running && !hidden;
    sighting->taken = server_is_taken_by_mark(judge, flight->cloud, &server);
    sighting->marked =
        server_is_marked(judge, flight->cloud, &server) ||
        (judge_manner(judge, flight->cloud)->marks == MARKS_NOTHING &&
         server_object(judge, flight->cloud, &server) == judge->clouds[flight->cloud].servers[place].object);
}

/* Each server whose id stands in the body. */
static void sight_all(struct judge *judge, struct flight_note *flight, const char *body)
{
    const char *key = reply_id_key(judge->setup.dialects[flight->cloud]);
    for (const char *at = body; (at = strstr(at, key)) != NULL;) {
        char id[CLOUD_ID_SIZE];
        at += strlen(key);
        at += strspn(at, ": \"");
        size_t size = strcspn(at, "\"");
        if (size >= sizeof id) size = sizeof id - 1;
        memcpy(id, at, size);
        id[size] = '\0';
        int place = server_position(judge, flight->cloud, id);
        if (place >= 0) sight(judge, flight, (unsigned)place);
    }
}

/* --- S2, S8 --- */

enum { ADDRESS_SEEN_MS = 60000 /* an associate is sent on no older reading of the account */ };

/* The network service moves an address whose ever it is: a hand may have been faster, but not by so much. */
static bool address_was_known(const struct judge *judge, const struct cloud_record *record, const char *how)
{
    const char *at = strstr(record->detail, how), *after = at ? strstr(at, " after ") : NULL;
    return after &&
           strtoll(after + strlen(" after "), NULL, 10) > ADDRESS_SEEN_MS + 3 * judge->setup.timeout_ms;
}

static void judge_address(struct judge *judge, const struct flight_note *flight,
                          const struct cloud_record *record)
{
    if (flight->operation != OPERATION_ASSOCIATE) return;
    judge_tested(judge, PROMISE_S2);
    if (address_was_known(judge, record, " taken from "))
        judge_fail(judge, PROMISE_S2, "%s for server %s of cloud %s: floating IP %s",
                   operation_call(flight->operation), record->server_id,
                   judge->setup.cloud_names[flight->cloud], record->detail);
}

static void judge_whose(struct judge *judge, const struct flight_note *flight,
                        const struct cloud_record *record, struct server_note *server)
{
    if (flight->operation == OPERATION_RELEASE && strstr(record->detail, " after ") &&
        !address_was_known(judge, record, " taken off "))
        return;
    judge_tested(judge, PROMISE_S2);
    if (!server || !(server->ours || flight->ours || server_is_mistakable(judge, flight->cloud, server))) {
        judge_fail(judge, PROMISE_S2, "%s arrived for server %s (%s) of cloud %s, which is not ours",
                   operation_call(flight->operation), record->server_id, record->server_name,
                   judge->setup.cloud_names[flight->cloud]);
        return;
    }
    if (!flight->seen.known) return;
    if (!flight->seen.taken) server->claimed = false;
    if (flight->seen.taken && !server->claimed)
        judge_fail(judge, PROMISE_S2, "%s was sent for server %s, whose mark was seen to name another owner",
                   operation_call(flight->operation), record->server_id);
}

static void judge_legality(struct judge *judge, const struct flight_note *flight,
                           const struct cloud_record *record, const struct server_note *server)
{
    const struct sighting *seen = &flight->seen;
    if (!seen->known || server_is_in_hand(server)) return;
    judge_tested(judge, PROMISE_S8);
    if (operation_is_legal(judge->setup.dialects[flight->cloud], flight->operation, seen->vm_state,
                           seen->task, seen->launched))
        return;
    judge_fail(judge, PROMISE_S8, "%s was sent for server %s, last seen %s%s%s, where it is forbidden",
               operation_call(flight->operation), record->server_id, seen->vm_state,
               seen->task[0] ? " with task " : "", seen->task);
}

/* --- S3 --- */

unsigned judge_servers_since(struct judge *judge, unsigned source, int64_t since_ms)
{
    unsigned count = 0;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct cloud_server server;
            int object = judge->clouds[i].servers[k].object;
            if (object < 0 || judge->objects[object].source != source) continue;
            if (!cloud_server_at(judge->setup.clouds[i], k, &server)) continue;
            /* until the client has seen that it is gone, it is one of those that it counts */
            count += server.visible || server.deleted_ms >= since_ms ||
                     judge->clouds[i].servers[k].bound_until_ms >= since_ms;
        }
    return count;
}

void judge_swept(struct judge *judge, unsigned cloud, const char *server_id)
{
    int place = server_position(judge, cloud, server_id);
    if (place >= 0) judge->clouds[cloud].servers[place].swept = true;
    judge_hand(judge, cloud, server_id);
}

void judge_made_anew(struct judge *judge, unsigned cloud, int object)
{
    for (unsigned i = 0; i < judge->clouds[cloud].server_count; i++) {
        const struct server_note *server = &judge->clouds[cloud].servers[i];
        if (!server->swept || server->object != object) continue;
        judge_tested(judge, PROMISE_S4);
        if (server->approved_until_ms == 0)
            judge_fail(judge, PROMISE_S4, "%s is made anew although its server vanished together with others",
                       judge->objects[object].name);
    }
}

/* Who approved a replacement approved that one of the two goes. */
static bool is_approved(const struct judge *judge, const struct server_note *server, int64_t now_ms)
{
    if (now_ms <= server->approved_until_ms) return true;
    for (unsigned i = 0; i < judge->setup.cloud_count && server->next; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            const struct server_note *other = &judge->clouds[i].servers[k];
            if (other->object == server->object && now_ms <= other->approved_until_ms) return true;
        }
    return false;
}

struct budget_terms {
    const char *of;
    unsigned first, end; /* sources */
    unsigned percent, number;
    int64_t per_ms;
};

static void judge_budget(struct judge *judge, const struct budget_terms *terms, const char *server_id,
                         int64_t slack_ms, int64_t now_ms)
{
    int64_t window = terms->per_ms - slack_ms;
    unsigned used = 0, base = 0;
    for (unsigned place = terms->first; place < terms->end; place++) {
        const struct source_note *source = &judge->sources[place];
        for (unsigned i = 0; i < source->destroyed_count; i++)
            used += now_ms - source->destroyed[i].at_ms + source->destroyed[i].bonus_ms < window;
        base += judge_servers_since(judge, place, now_ms - terms->per_ms);
    }
    unsigned most = terms->percent ? judge_percent(terms->percent, base) : terms->number;
    judge_tested(judge, PROMISE_S3);
    if (used > most)
        judge_fail(judge, PROMISE_S3, "server %s is the %u. of %s destroyed within %lld s; %u of %u may be",
                   server_id, used, terms->of, (long long)(window / 1000), most, base);
}

static void judge_destruction(struct judge *judge, const struct flight_note *flight,
                              const struct cloud_record *record, struct server_note *server, int64_t now_ms)
{
    /* one that began to run since the client looked is a clean-up in good faith */
    if (!record->ever_running || !flight->ran || server->destroyed || server->object < 0) return;
    if (is_approved(judge, server, now_ms)) return;
    unsigned place = judge->objects[server->object].source;
    struct source_note *source = &judge->sources[place];
    const struct manifest *terms = judge->setup.manifests[place];
    server->destroyed = flight->operation == OPERATION_DELETE;
    struct destruction *one = GROW(source->destroyed, source->destroyed_count, source->destroyed_room);
    /* charged when it was decided, some time before it arrived */
    int64_t slack = 2 * judge->setup.timeout_ms + 60000;
    *one = (struct destruction){.at_ms = now_ms, .jumped_ms = judge_jumped(judge, now_ms - slack)};
    struct budget_terms own = {
        terms->name, place, place + 1, terms->destroy_percent, terms->destroy_number, terms->destroy_per_ms};
    judge_budget(judge, &own, record->server_id, slack, now_ms);
    const struct judge_setup *setup = &judge->setup;
    struct budget_terms all = {
        "all sources", 0, setup->source_count, setup->all_percent, setup->all_number, setup->all_per_ms};
    if (all.per_ms > 0) judge_budget(judge, &all, record->server_id, slack, now_ms);
}

/* --- arrivals --- */

/* CLOUD_FAULT_KIND_COUNT: none. */
static enum cloud_fault_kind fault_of(struct judge *judge, const struct flight_note *flight,
                                      const struct cloud_record *record, struct cloud_fault *out)
{
    unsigned id;
    struct cloud_fault_count count;
    if (record->fault_id == 0) return CLOUD_FAULT_KIND_COUNT;
    for (size_t i = 0; cloud_fault_at(judge->setup.clouds[flight->cloud], i, &id, out, &count); i++)
        if (id == record->fault_id) return out->kind;
    return CLOUD_FAULT_KIND_COUNT;
}

/* A delete that makes way for a successor; of what nobody wants any more both simply go. */
static bool is_replacing(struct judge *judge, const struct flight_note *flight, int place)
{
    int object = judge->clouds[flight->cloud].servers[place].object;
    return flight->operation == OPERATION_DELETE && object >= 0 && judge->objects[object].wanted &&
           server_has_next(judge, flight->cloud, (size_t)place);
}

static void judge_mutation(struct judge *judge, struct flight_note *flight, const struct cloud_record *record,
                           int64_t now_ms)
{
    struct cloud_fault fault = {0};
    enum cloud_fault_kind kind = fault_of(judge, flight, record, &fault);
    int place = record->server_id[0] ? server_position(judge, flight->cloud, record->server_id) : -1;
    struct server_note *server = place < 0 ? NULL : &judge->clouds[flight->cloud].servers[place];
    if (operation_is_for_keys(flight->operation)) {
        judge_key_arrived(judge, flight, record);
        return;
    }
    judge_policy(judge, flight, record, server, now_ms);
    if (flight->operation == OPERATION_DELETE && server && (record->reply_status < 300 || record->effect)) {
        server->leaving = true;
        if (server->object >= 0 && !is_replacing(judge, flight, place))
            judge->objects[server->object].converged_once = false;
    }
    if (flight->operation == OPERATION_CREATE && record->server_id[0] && place < 0) {
        struct cloud_note *cloud = &judge->clouds[flight->cloud];
        struct ghost *ghost = GROW(cloud->ghosts, cloud->ghost_count, cloud->ghost_room);
        snprintf(ghost->id, sizeof ghost->id, "%s", record->server_id);
        ghost->sent_ms = flight->sent_ms;
    }
    if (flight->operation == OPERATION_CREATE || record->status_before[0] == '\0') return;
    judge_whose(judge, flight, record, server);
    judge_address(judge, flight, record);
    if (judge->failed || !server || server->object < 0) return;
    judge_legality(judge, flight, record, server);
    judge_replacement(judge, flight, (size_t)place, record);
    bool destroys = flight->operation == OPERATION_DELETE || flight->operation == OPERATION_REBUILD;
    if (destroys && record->reply_status < 400) judge_destruction(judge, flight, record, server, now_ms);
    bool works = record->effect && kind != CLOUD_FAULT_IGNORED;
    bool replaced = is_replacing(judge, flight, place);
    if (flight->operation == OPERATION_METADATA && works) server->former = false;
    /* nothing was interrupted, but the client cannot know: it holds a slot, and may keep it for what comes
     * next */
    if (operation_interrupts(flight->operation) && !works) judge->objects[server->object].loose = true;
    if ((operation_interrupts(flight->operation) || replaced) && works &&
        strcmp(record->status_before, "ACTIVE") == 0)
        judge_disruption(judge, flight, place, server, now_ms);
    if (replaced && works) judge->objects[server->object].converged_once = false;
    if (kind == CLOUD_FAULT_IGNORED && record->reply_status < 300) {
        flight->silent_object = server->object;
        flight->silent_server = (size_t)place;
    }
}

void judge_arrived(struct judge *judge, unsigned number, uint64_t id, const char *reply_body, int64_t now_ms)
{
    struct cloud *cloud = judge->setup.clouds[number];
    struct flight_note *flight = flight_note_find(judge, id);
    struct cloud_record record;
    size_t count = cloud_record_count(cloud);
    judge->now_ms = now_ms;
    if (!flight || count == 0 || !cloud_record_at(cloud, count - 1, &record)) return;
    flight->arrived_ms = now_ms;
    flight->clean = record.fault_id == 0;
    flight->unauthorized =
        record.reply_status == 401 || !record.authorized; /* some say 403 to a dead token */
    if (record.mutating && record.authorized) {
        int place = record.server_id[0] ? server_position(judge, number, record.server_id) : -1;
        bool returned = flight->operation == OPERATION_DELETE && place >= 0 &&
                        judge->clouds[number].servers[place].leaving;
        /* a mark may be written anew at any time, and one that was deleted may have returned */
        bool marks = strncmp(record.detail, "setpoint.", 9) == 0 ||
                     (flight->operation == OPERATION_METADATA &&
                      judge_manner(judge, number)->marks == MARKS_DESCRIPTION);
        judge->mutations += !marks && !returned;
        judge_mutation(judge, flight, &record, now_ms);
    }
    judge_births(judge, number); /* after the excuse */
    if (record.reply_status == 200 || record.reply_status == 202) sight_all(judge, flight, reply_body);
    if (!flight->ours_to_wait) flight->id = 0;
    cloud_record_trim(cloud);
}
