#include <stdio.h>
#include <string.h>

#include "tests/sim/judge_state.h"

/* What people read: status (S10), history (S12), and whether all is as it should be in the end. */

enum {
    LATE_MS = 5000,            /* a next try may lie this far back: the loop has a tick */
    FAR_MS = 25 * 3600 * 1000, /* and this far ahead: quarantine goes up to 24 h */
    REPORT_MS = 4 * 60000      /* S12: grace, and looks up to 30 s apart, before silence is told */
};

/* Blockers that only a person ends (DESIGN.md section 6, S10). */
static const char *const blockers[] = {
    "ApprovalNeeded",   "NameTaken",       "Duplicate",        "ImmutableChange", "ErrorHold",
    "Protected",        "Suspended",       "WrongProject",     "AnotherDaemon",   "TakenOver",
    "Orphaned",         "LedgerCorrupt",   "SourceInvalid",    "OperatorState",   "OutcomeUnknown",
    "DisruptionHalted", "ServersVanished", "TooManyInstances",
};

static bool is_blocker(const char *reason)
{
    for (unsigned i = 0; i < sizeof blockers / sizeof *blockers; i++)
        if (strcmp(blockers[i], reason) == 0) return true;
    return false;
}

static bool is_left_alone(const char *reason)
{
    return strcmp(reason, "Orphaned") == 0 || strcmp(reason, "Protected") == 0;
}

static const char *member(const cJSON *row, const char *key)
{
    return status_member(row, key);
}

/* --- S12 --- */

static bool is_really_done(struct judge *judge, const struct object_note *object)
{
    struct cloud_server server;
    struct cloud *cloud = judge->setup.clouds[object->silent_cloud];
    if (!cloud_server_at(cloud, object->silent_server, &server)) return true;
    /* the newest that the client was shown of it came by a reply that a fault had made */
    if (!judge->clouds[object->silent_cloud].servers[object->silent_server].seen.known) return true;
    switch ((unsigned)object->silent) {
    case OPERATION_START:
    case OPERATION_UNSHELVE: return !server.visible || strcmp(server.status, "ACTIVE") == 0;
    case OPERATION_STOP: return !server.visible || strcmp(server.status, "ACTIVE") != 0;
    case OPERATION_SHELVE: return !server.visible || strncmp(server.status, "SHELVED", 7) == 0;
    case OPERATION_DELETE: return !server.visible;
    default: return true; /* fields: an edit may have made the wish equal to what is there */
    }
}

static void servers_unbound(struct judge *judge, int object, int64_t now_ms)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct server_note *note = &judge->clouds[i].servers[k];
            struct cloud_server server;
            if (note->object != object || note->bound_until_ms != INT64_MAX) continue;
            if (cloud_server_at(judge->setup.clouds[i], k, &server) && !server.visible)
                note->bound_until_ms = now_ms;
        }
}

static void servers_known(struct judge *judge, int object)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++)
            if (judge->clouds[i].servers[k].object == object) judge->clouds[i].servers[k].untold = false;
}

/* Later than settle a create of a process whose ledger was lost looks like another daemon's. */
static bool has_late_ghost(const struct judge *judge)
{
    for (unsigned i = 0; i < judge->object_count; i++)
        if (judge->objects[i].duplicates_excused) return true;
    return false;
}

void judge_told(struct judge *judge, const struct judge_tell *tell, int64_t now_ms)
{
    int place = object_find(judge, tell->source, tell->name);
    judge->now_ms = now_ms;
    if (strcmp(tell->type, "AnotherDaemon") == 0 && !judge->another && !has_late_ghost(judge))
        judge_fail(judge, PROMISE_TWIN, "another daemon of our owner is told of, and there is none");
    if (place < 0) return;
    struct object_note *object = &judge->objects[place];
    bool converged = object->wanted && /* "nothing is left of it" is InSync, too */
                     (strcmp(tell->reason, "InSync") == 0 || strcmp(tell->reason, "DriftIgnored") == 0);
    if (strcmp(tell->type, "VerdictChanged") == 0 && converged) {
        object->loose = object->halted = false;
        object_is_back(judge, object);
        servers_known(judge, place);
    }
    if (strcmp(tell->type, "VerdictChanged") == 0) object_is_interrupted(judge, object);
    /* what is left needs a person, and interrupts nothing */
    if (strcmp(tell->type, "VerdictChanged") == 0 && strcmp(tell->reason, "ImmutableChange") == 0)
        object_is_back(judge, object);
    if (strcmp(tell->type, "VerdictChanged") == 0 && is_left_alone(tell->reason) && !object->wanted)
        object->interrupted = false;
    if (strcmp(tell->type, "VerdictChanged") == 0 && converged && !object->converged_once) {
        object->converged_once = object->converged_maybe = true;
        object->converged_ms = now_ms;
    }
    if (strcmp(tell->type, "SuccessorPromoted") == 0 && !object->interrupted)
        object->converged_once = false; /* what it has now was not as described yet */
    if (strcmp(tell->type, "Renamed") == 0) object_take_over(judge, place);
    if (strcmp(tell->type, "Released") == 0) object_release(judge, place, now_ms);
    if (strcmp(tell->type, "ServerGone") == 0) servers_unbound(judge, place, now_ms);
    if (strcmp(tell->type, "ServerGone") == 0) object_is_gone(judge, object);
    if (strcmp(tell->type, "CallIgnored") == 0) object_call_failed(judge, object, tell->call);
    if (object->silent == OPERATION_READ || !operation_is_called(object->silent, tell->call)) return;
    if (strcmp(tell->type, "CallDone") == 0) {
        judge_tested(judge, PROMISE_S12);
        if (!is_really_done(judge, object))
            judge_fail(judge, PROMISE_S12, "%s of %s/%s is told to be done, and the cloud never did it",
                       tell->call, tell->source, tell->name);
        object->silent = OPERATION_READ;
    }
    if (strcmp(tell->type, "CallIgnored") == 0 || strcmp(tell->type, "CallEnded") == 0) {
        judge_tested(judge, PROMISE_S12);
        object->silent = OPERATION_READ;
    }
}

static void judge_silence(struct judge *judge, struct object_note *object, int64_t now_ms)
{
    struct cloud_server server;
    if (object->silent == OPERATION_READ) return;
    bool there = cloud_server_at(judge->setup.clouds[object->silent_cloud], object->silent_server, &server) &&
                 server.visible;
    int64_t allowed = REPORT_MS + 2 * judge->setup.timeout_ms + 2 * judge->setup.full_ms;
    if (!there || is_really_done(judge, object)) object->silent = OPERATION_READ;
    if (object->silent == OPERATION_READ || now_ms - object->silent_ms < allowed) return;
    judge_fail(judge, PROMISE_S12,
               "%s of %s/%s was accepted %lld s ago, nothing came of it, and nobody was told",
               operation_call(object->silent), judge->sources[object->source].manifest.name, object->name,
               (long long)(now_ms - object->silent_ms) / 1000);
}

/* --- S10 --- */

static int64_t days_from_civil(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400, of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool wall_parse(const char *text, int64_t *out_ms)
{
    int year, month, day, hour, minute, second;
    if (sscanf(text, "%d-%d-%dT%d:%d:%dZ", &year, &month, &day, &hour, &minute, &second) != 6) return false;
    *out_ms = ((days_from_civil(year, month, day) * 24 + hour) * 60 + minute) * 60000 + second * 1000LL;
    return true;
}

static void judge_next_try(struct judge *judge, const struct status_row *row, int64_t wall_ms)
{
    int64_t next_ms;
    if (strcmp(row->verdict, "Converged") == 0) return;
    judge_tested(judge, PROMISE_S10);
    if (is_blocker(row->reason)) return;
    if (!wall_parse(row->next, &next_ms)) {
        judge_fail(judge, PROMISE_S10, "%s/%s is %s (%s: %s) and has no next try", row->source, row->name,
                   row->verdict, row->reason, row->message);
        return;
    }
    if (next_ms < wall_ms - LATE_MS || next_ms > wall_ms + FAR_MS)
        judge_fail(judge, PROMISE_S10, "%s/%s is %s (%s: %s) and its next try lies %lld s %s", row->source,
                   row->name, row->verdict, row->reason, row->message,
                   (long long)(next_ms < wall_ms ? wall_ms - next_ms : next_ms - wall_ms) / 1000,
                   next_ms < wall_ms ? "back" : "ahead");
}

static void take_binding(struct judge *judge, const char *server_id)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++) {
        int place = server_position(judge, i, server_id);
        if (place >= 0) judge->clouds[i].servers[place].unbound = false;
    }
}

void judge_status(struct judge *judge, const char *json, int64_t wall_ms, int64_t now_ms)
{
    judge->now_ms = now_ms;
    judge->wall_offset_ms = wall_ms - now_ms;
    judge_text(judge, "status", json);
    if (!status_read(&judge->status, json))
        judge_fail(judge, PROMISE_S10, "status is not a JSON array: %.200s", json);
    for (unsigned i = 0; i < judge->status.count; i++) {
        const struct status_row *row = &judge->status.rows[i];
        int place = object_find(judge, row->source, row->name);
        judge_next_try(judge, row, wall_ms);
        if ((judge->ledger_lost || judge->another) && row->server[0]) take_binding(judge, row->server);
        /* nothing is looked at in another project, and that is told */
        if (place >= 0 && strcmp(row->reason, "WrongProject") == 0) judge->objects[place].silent_ms = now_ms;
        if (place >= 0 && is_left_alone(row->reason)) judge->objects[place].interrupted = false;
    }
    for (unsigned i = 0; i < judge->object_count; i++)
        judge_silence(judge, &judge->objects[i], now_ms);
}

/* --- other views --- */

/* Each call of a plan is one that a daemon of this kind has, for an object of ours. */
static void judge_plan(struct judge *judge, const cJSON *plan)
{
    const cJSON *call;
    cJSON_ArrayForEach(call, cJSON_GetObjectItemCaseSensitive(plan, "calls"))
    {
        bool known = false;
        for (unsigned i = OPERATION_CREATE; i < OPERATION_OTHER; i++)
            known |= operation_is_called((enum operation)i, member(call, "call"));
        bool ours = object_find(judge, member(call, "source"), member(call, "name")) >= 0 ||
                    judge_is_key(judge, member(call, "source"), member(call, "name"));
        if (!known || !ours)
            judge_fail(judge, PROMISE_S10, "plan has the call %s for %s/%s", member(call, "call"),
                       member(call, "source"), member(call, "name"));
    }
}

void judge_read(struct judge *judge, const char *what, const char *json)
{
    judge_text(judge, what, json);
    cJSON *value = cJSON_Parse(json);
    judge_tested(judge, PROMISE_S10);
    if (!value) judge_fail(judge, PROMISE_S10, "%s is not JSON: %.200s", what, json);
    if (strcmp(what, "plan") == 0) judge_plan(judge, value);
    if (strcmp(what, "describe") == 0) judge_described(judge, value);
    cJSON_Delete(value);
}

/* A server that is there, once; and where marks tell whose it is, one that carries ours is offered only by
   the name of its object, of which the manifest is gone. */
static void judge_offer(struct judge *judge, unsigned cloud, const cJSON *row, const cJSON *rows)
{
    struct cloud_server server;
    const cJSON *other;
    const char *id = member(row, "providerId");
    bool offered = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(row, "adoptable"));
    cJSON_ArrayForEach(other, rows) if (other != row && strcmp(member(other, "providerId"), id) == 0)
        judge_fail(judge, PROMISE_S10, "unmanaged has %s twice", id);
    if (!cloud_server_by_id(judge->setup.clouds[cloud], id, &server))
        judge_fail(judge, PROMISE_S10, "unmanaged has %s, which never was", id);
    else if (offered && member(row, "name")[0] == '\0' &&
             judge_manner(judge, cloud)->marks == MARKS_METADATA && server_is_marked(judge, cloud, &server))
        judge_fail(judge, PROMISE_S2, "server %s of %s is offered for adoption", id, server.object);
    if (!offered && member(row, "why")[0] == '\0')
        judge_fail(judge, PROMISE_S10, "server %s is not adoptable, and nobody says why", id);
}

void judge_unmanaged(struct judge *judge, const char *json)
{
    cJSON *rows = cJSON_Parse(json);
    const cJSON *row;
    judge_text(judge, "what nobody manages", json);
    judge_tested(judge, PROMISE_S10);
    if (!cJSON_IsArray(rows)) judge_fail(judge, PROMISE_S10, "unmanaged is no JSON array: %.200s", json);
    cJSON_ArrayForEach(row, rows)
    {
        for (unsigned i = 0; i < judge->setup.cloud_count; i++)
            if (strcmp(judge->setup.cloud_names[i], member(row, "cloud")) == 0)
                judge_offer(judge, i, row, rows);
    }
    cJSON_Delete(rows);
}

void judge_picked(struct judge *judge, const char *json, unsigned count)
{
    cJSON *value = cJSON_Parse(json);
    judge_tested(judge, PROMISE_S10);
    if ((unsigned)cJSON_GetArraySize(value) != count)
        judge_fail(judge, PROMISE_S10, "a filter picks %d objects of status, and counts %u",
                   cJSON_GetArraySize(value), count);
    cJSON_Delete(value);
}

/* --- liveness --- */

/* A person could end these, and the simulator's person does: they are no excuse. */
static bool is_ended_by_approval(const char *reason)
{
    static const char *const reasons[] = {
        "ApprovalNeeded", "ServersVanished", "OutcomeUnknown", "Suspended", "WrongProject",
        "LedgerCorrupt",  "SourceInvalid",   "AnotherDaemon",  "Duplicate", "DisruptionHalted"};
    for (unsigned i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i], reason) == 0) return true;
    return false;
}

/* known: what status says is bound. */
static bool is_wanted(const struct judge *judge, const struct object_note *object)
{
    return object->wanted && judge->sources[object->source].manifest.health == FLEET_GOOD;
}

static bool is_nobodys(struct judge *judge, unsigned cloud, const struct server_note *note,
                       const struct cloud_server *server)
{
    const struct object_note *object = &judge->objects[note->object];
    /* a mark that is a hash names no object but one that is known: what was forgotten, for good reason, when
       its server came back or came late is not found again by it */
    bool hashed = judge_manner(judge, cloud)->marks == MARKS_DESCRIPTION;
    bool forgotten = note->untold || note->leaving || object->duplicates_excused;
    if (hashed && forgotten && !is_wanted(judge, object)) return true;
    if (note->leaving && note->former) return true;
    return note->doubtful || !server_is_marked(judge, cloud, server);
}

/* Deleted, and returned with the mark of the name that its object had before: an orphan of that name. */
static bool is_orphan(const struct server_note *note, const struct cloud_server *server, const cJSON *status)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, status) if (note->leaving && strcmp(member(row, "providerId"), server->id) == 0 &&
                                        strcmp(member(row, "reason"), "Orphaned") == 0) return true;
    return false;
}

static unsigned live_servers(struct judge *judge, int object, const char *known, const cJSON *status,
                             struct cloud_server *out_last, unsigned *out_cloud)
{
    unsigned count = 0, last_cloud = 0, last = 0;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct cloud_server server;
            const struct server_note *note = &judge->clouds[i].servers[k];
            if (note->object != object && !judge->another) continue;
            if (!cloud_server_at(judge->setup.clouds[i], k, &server) || !server.visible) continue;
            /* what the other of two daemons has adopted is bound by its mark */
            if (note->object != object && strcmp(server.id, known) != 0) continue;
            /* neither bound nor marked: nobody could know that it was ours */
            if (strcmp(server.id, known) != 0 &&
                (is_nobodys(judge, i, note, &server) || is_orphan(note, &server, status)))
                continue;
            last_cloud = i;
            last = k;
            count++;
        }
    /* what it points at lives until the next server is looked at */
    if (count > 0) cloud_server_at(judge->setup.clouds[last_cloud], last, out_last);
    *out_cloud = last_cloud;
    return count;
}

/* Another server of the source went wrong while it was interrupted, and only a person can bring it back. */
static bool person_holds_slot(const struct judge *judge, unsigned source, const cJSON *status)
{
    static const char *const reasons[] = {"ErrorHold", "Protected", "OperatorState"};
    const cJSON *row;
    cJSON_ArrayForEach(row, status)
    {
        if (strcmp(member(row, "source"), judge->sources[source].manifest.name) != 0) continue;
        for (unsigned i = 0; i < sizeof reasons / sizeof *reasons; i++)
            if (strcmp(member(row, "reason"), reasons[i]) == 0) return true;
    }
    return false;
}

/* Whatever a source has in the clouds, wanted or not. */
static unsigned source_servers(struct judge *judge, unsigned source)
{
    unsigned count = 0;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct cloud_server server;
            int object = judge->clouds[i].servers[k].object;
            count += object >= 0 && judge->objects[object].source == source &&
                     cloud_server_at(judge->setup.clouds[i], k, &server) && server.visible;
        }
    return count;
}

static const cJSON *row_of(const cJSON *status, const char *source, const char *name)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, status) if (strcmp(member(row, "name"), name) == 0 &&
                                        strcmp(member(row, "source"), source) == 0) return row;
    return NULL;
}

static const char *object_unsettled(struct judge *judge, int place, const cJSON *status, const cJSON *row)
{
    struct object_note *object = &judge->objects[place];
    const char *source = judge->sources[object->source].manifest.name;
    const char *reason = row ? member(row, "reason") : "", *verdict = row ? member(row, "verdict") : "no row";
    struct cloud_server server = {0};
    unsigned cloud = 0;
    unsigned live = live_servers(judge, place, row ? member(row, "providerId") : "", status, &server, &cloud);
    /* as many as may be are there */
    if (strcmp(reason, "TooManyInstances") == 0 &&
        source_servers(judge, object->source) < judge->sources[object->source].manifest.max_instances) {
        snprintf(judge->words, sizeof judge->words, "%s/%s is TooManyInstances, and there are %u", source,
                 object->name, source_servers(judge, object->source));
        return judge->words;
    }
    /* where marks tell nothing, the simulator's person adopts what has the name */
    bool claimable =
        strcmp(reason, "NameTaken") == 0 && judge_manner(judge, object->wish.cloud)->marks == MARKS_NOTHING;
    /* and takes back what carries another owner's mark */
    claimable |=
        strcmp(reason, "TakenOver") == 0 && live == 1 && server_is_taken_by_mark(judge, cloud, &server);
    if (row && is_blocker(reason) && !is_ended_by_approval(reason) && !claimable) return NULL;
    if (strcmp(reason, "DisruptionLimit") == 0 && person_holds_slot(judge, object->source, status))
        return NULL;
    /* its new name came and went, and a crash took the ledger's word of it: it is protected by the old one */
    const cJSON *old = row || object->wanted ? NULL : row_of(status, source, object->wish.was);
    if (old && strcmp(member(old, "reason"), "Protected") == 0) return NULL;
    bool converged = strcmp(verdict, "Converged") == 0;
    bool wanted = is_wanted(judge, object);
    const char *differs = wanted && live == 1 ? server_differs(judge, object, cloud, &server) : NULL;
    if (wanted && live == 1 && !differs) differs = server_is_outdated(judge, object, cloud, &server);
    bool good = wanted ? live == 1 && !differs : live == 0;
    if (good && (converged || !row)) return NULL;
    snprintf(judge->words, sizeof judge->words,
             "%s/%s is %s (%s: %.150s), %s, with %u servers, the last %s %s%s%s%s%s", source, object->name,
             verdict, reason, row ? member(row, "message") : "", wanted ? "wanted" : "not wanted", live,
             live ? server.id : "none", live ? server.status : "", live && server.task[0] ? " " : "",
             live ? server.task : "", differs ? "; not as wanted: " : "", differs ? differs : "");
    return judge->words;
}

const char *judge_unsettled(struct judge *judge, const char *json, int64_t now_ms)
{
    status_read(&judge->status, json);
    const cJSON *status = judge->status.tree;
    const char *why = NULL;
    judge->now_ms = now_ms;
    judge_tested(judge, PROMISE_LIVENESS);
    for (unsigned i = 0; i < judge->object_count && !why; i++) {
        const struct object_note *object = &judge->objects[i];
        if (judge->sources[object->source].manifest.health != FLEET_GOOD &&
            manifest_present(&judge->sources[object->source].manifest) > 0) {
            snprintf(judge->words, sizeof judge->words, "a source is not read yet");
            why = judge->words;
            break;
        }
        why = object_unsettled(judge, (int)i, status,
                               row_of(status, judge->sources[object->source].manifest.name, object->name));
    }
    if (!why) why = judge_keys_unsettled(judge, status);
    return why;
}
