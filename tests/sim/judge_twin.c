#include <string.h>

#include "tests/sim/judge_state.h"

/* Two daemons of one owner, of which this judge's is one. Whatever bears our mark and was not asked for by
   its process is the other's. Marks tell so only where the writer in them is another one; then the cloud is
   left alone, until a person says otherwise. */

enum {
    CLOCK_MS = 61000,  /* made so much later than our start by the cloud's clock, whole seconds: another is
                          there */
    HIDDEN_MS = 30000, /* not every dialect shows at once, or at all, what is under way */
    LEAVES_MS = 2000   /* what was decided before may wait for its slot */
};

void judge_another(struct judge *judge, bool tells)
{
    judge->another = true;
    judge->another_tells = tells;
}

/* A create that stands in the ledger's copy may be under way, or be about to; and whose the servers are is in
 * it. */
static void take_past(struct judge *judge, const struct judge *from)
{
    for (unsigned i = 0; i < judge->object_count; i++) {
        struct object_note *object = &judge->objects[i];
        int place = object_find(from, judge->sources[object->source].manifest.name, object->name);
        object->asked_ms = from->now_ms;
        object->converged_maybe = place >= 0 && from->objects[place].converged_maybe;
    }
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < from->clouds[i].server_count; k++) {
            struct server_note *note = &judge->clouds[i].servers[k], past = from->clouds[i].servers[k];
            const struct object_note *object = past.object < 0 ? NULL : &from->objects[past.object];
            past.object =
                object ? object_find(judge, from->sources[object->source].manifest.name, object->name) : -1;
            past.birth = note->birth;
            past.bound_until_ms = past.approved_until_ms = 0;
            *note = past;
        }
}

void judge_beside(struct judge *judge, const struct judge *knows)
{
    judge->another = judge->beginning = true;
    judge->another_tells = !knows;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        judge_births(judge, i);
    if (knows) take_past(judge, knows);
    judge->beginning = false;
}

bool server_is_anothers(const struct judge *judge, unsigned cloud, const struct cloud_server *server)
{
    const struct cloud_note *note = &judge->clouds[cloud];
    if (!judge->another || !server->by_request) return false;
    for (unsigned i = 0; i < note->ghost_count; i++)
        if (strcmp(note->ghosts[i].id, server->id) == 0) return false;
    return true;
}

void server_note_another(struct judge *judge, unsigned cloud, struct server_note *note)
{
    enum manner_marks marks = judge_manner(judge, cloud)->marks;
    note->another = note->unbound = true;
    /* a name is no proof, and a hash names no object that is not known */
    note->untold = marks == MARKS_DESCRIPTION;
    note->doubtful = marks == MARKS_NOTHING;
    note->ours = note->ours && marks != MARKS_NOTHING;
}

/* A name that was in no list begun before the request left is all that tells there. */
bool server_is_mistakable(const struct judge *judge, unsigned cloud, const struct server_note *note)
{
    if (!note->another || note->object < 0 || judge_manner(judge, cloud)->marks != MARKS_NOTHING)
        return false;
    int64_t asked_ms = judge->objects[note->object].asked_ms;
    return asked_ms > 0 && note->made_ms + judge->setup.settle_ms >= asked_ms;
}

void judge_another_seen(struct judge *judge, unsigned number, const struct server_note *note, size_t place)
{
    struct cloud_note *cloud = &judge->clouds[number];
    struct cloud_server server;
    if (!note->another || !judge->another_tells || cloud->another_ms || cloud->another_allowed) return;
    if (!cloud_server_at(judge->setup.clouds[number], place, &server)) return;
    if (!server.visible) return; /* shown as deleted */
    if (!server_is_marked(judge, number, &server) || server.created_ms <= judge->started_ms + CLOCK_MS)
        return;
    cloud->another_ms = judge->now_ms;
}

void judge_another_acts(struct judge *judge, unsigned cloud, const char *server_id)
{
    int place = server_position(judge, cloud, server_id);
    struct cloud_server server;
    struct server_note *note = place < 0 ? NULL : &judge->clouds[cloud].servers[place];
    if (note) note->another_ms = judge->now_ms;
    judge_hand(judge, cloud, server_id);
    if (!note || note->ours || note->released || !note->another) return;
    if (!cloud_server_at(judge->setup.clouds[cloud], (size_t)place, &server)) return;
    if (!server.by_request || !server_is_marked(judge, cloud, &server)) return;
    /* it has put back the mark of what nobody else could know of */
    note->object = server_object(judge, cloud, &server);
    note->ours = note->object >= 0;
}

bool server_is_in_hand(const struct server_note *note)
{
    return note->another_ms > 0 && note->seen.asked_ms < note->another_ms + HIDDEN_MS;
}

void judge_another_allowed(struct judge *judge, const char *name)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        if (strcmp(judge->setup.cloud_names[i], name) == 0) {
            judge->clouds[i].another_allowed = true;
            judge->clouds[i].another_ms = 0;
        }
}

void judge_another_forgotten(struct judge *judge)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        judge->clouds[i].another_ms = 0;
}

void judge_alone(struct judge *judge, unsigned number, const char *call)
{
    const struct cloud_note *cloud = &judge->clouds[number];
    if (!judge->another) return;
    judge_tested(judge, PROMISE_TWIN);
    if (cloud->another_ms && judge->now_ms > cloud->another_ms + LEAVES_MS)
        judge_fail(
            judge, PROMISE_TWIN,
            "%s was sent to cloud %s, where a server of another daemon of our owner was seen %lld ms ago",
            call, judge->setup.cloud_names[number], (long long)(judge->now_ms - cloud->another_ms));
}
