#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/judge_state.h"

/* Starts, crashes and lost ledgers of the process, and the clock that jumps: what may have been forgotten. */

static bool marks_protected(struct judge *judge, unsigned place)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct cloud_server server;
            if (judge->clouds[i].servers[k].object != (int)place) continue;
            if (cloud_server_at(judge->setup.clouds[i], k, &server) && server.visible &&
                server_is_marked_protected(judge, i, &server))
                return true;
        }
    return false;
}

/* Without the ledger only a whole mark says whose a server is. */
static void forget_unmarked(struct judge *judge, enum judge_loss loss)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct cloud_server server;
            struct server_note *note = &judge->clouds[i].servers[k];
            if (note->object < 0 || !cloud_server_at(judge->setup.clouds[i], k, &server)) continue;
            note->unbound = true;
            bool tells =
                judge_manner(judge, i)->marks == MARKS_METADATA && server_is_marked(judge, i, &server);
            int marked = tells ? object_of_mark(judge, server.object) : -1;
            bool renamed = server.visible && marked >= 0 && marked != note->object;
            if (renamed && loss == JUDGE_LEDGER_LOST) note->object = marked; /* not said there yet */
            if (judge_manner(judge, i)->marks == MARKS_DESCRIPTION) note->untold = true;
            if (!server.visible || server_is_marked(judge, i, &server)) continue;
            /* a backup may know it, or not; an empty ledger does not */
            note->doubtful = true;
            note->ours = loss == JUDGE_LEDGER_OLD;
        }
}

void object_release(struct judge *judge, int place, int64_t now_ms)
{
    struct object_note *object = &judge->objects[place];
    object->released_ms = now_ms;
    object->interrupted = object->converged_once = false;
    object->silent = OPERATION_READ;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct server_note *note = &judge->clouds[i].servers[k];
            if (note->object != place || !note->ours) continue;
            note->ours = false;
            note->released = true;
        }
}

/* That it was released is not known any more. */
static void forget_release(struct judge *judge, unsigned place)
{
    judge->objects[place].released_ms = 0;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct server_note *note = &judge->clouds[i].servers[k];
            if (note->object == (int)place && note->released) note->ours = true;
        }
}

bool judge_is_released(const struct judge *judge, const char *source, const char *name)
{
    int place = object_find(judge, source, name);
    return place >= 0 && judge->objects[place].released_ms != 0;
}

/* What only the ledger knew is gone with it. */
static void forget_ledger(struct judge *judge, enum judge_loss loss)
{
    judge->hard = false;
    for (unsigned i = 0; i < judge->object_count; i++)
        if (judge->objects[i].released_ms) forget_release(judge, i);
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        judge->clouds[i].hard = false;
    forget_unmarked(judge, loss);
    judge_keys_forgotten(judge);
    policy_forgotten(judge);
    for (unsigned i = 0; i < judge->setup.source_count; i++) {
        judge->sources[i].hard = false;
        if (loss == JUDGE_LEDGER_OLD) judge->sources[i].destroyed_count = 0;
    }
    for (unsigned i = 0; i < judge->object_count; i++) {
        struct object_note *object = &judge->objects[i];
        object->hard_until_ms = 0;
        object->converged_once = object->interrupted = false;
        if (object->protect && !marks_protected(judge, i)) object->protect = false;
    }
}

void judge_started(struct judge *judge, enum judge_loss loss, int64_t now_ms)
{
    judge->ledger_lost |= loss != JUDGE_KEPT;
    judge->up = true;
    judge->started_ms = now_ms;
    judge_another_forgotten(judge);
    judge->now_ms = now_ms;
    if (loss != JUDGE_KEPT) forget_ledger(judge, loss);
    for (unsigned i = 0; i < judge->setup.source_count; i++) {
        struct source_note *source = &judge->sources[i];
        source->read = source->acts = source->emptied = false;
        for (unsigned k = 0; k < source->destroyed_count; k++) {
            struct destruction *one = &source->destroyed[k];
            int64_t jumped = judge_jumped(judge, now_ms) - one->jumped_ms;
            if (jumped > one->bonus_ms) one->bonus_ms = jumped;
        }
    }
}

void judge_crashed(struct judge *judge, int64_t now_ms)
{
    judge->up = false;
    if (judge->hard && now_ms - judge->hard_ms < judge->setup.hardened_ms) judge->hard = false;
    for (unsigned i = 0; i < judge->setup.source_count; i++) {
        struct source_note *source = &judge->sources[i];
        if (source->hard && now_ms - source->hard_ms < judge->setup.hardened_ms) source->hard = false;
        source->halted = 0;
    }
    for (unsigned i = 0; i < judge->object_count; i++) {
        struct object_note *object = &judge->objects[i];
        object_settle_protection(judge, object, now_ms);
        object->unprotect_ms = 0;
        policy_shaken(judge, object, now_ms);
        if (object->hard_until_ms && now_ms - object->hard_ms < judge->setup.hardened_ms)
            object->hard_until_ms = 0;
        if (object->protect && now_ms - object->protect_ms < judge->setup.hardened_ms)
            object->protect = false;
        object->silent = OPERATION_READ;
        if (!object->asked_ms) object->asked_ms = now_ms; /* an intent to create it may be durable */
        if (now_ms - object->converged_ms < judge->setup.hardened_ms) object->converged_once = false;
        if (object->released_ms && now_ms - object->released_ms < judge->setup.hardened_ms)
            forget_release(judge, i);
    }
    for (unsigned i = 0; i < judge->setup.cloud_count; i++) {
        if (judge->clouds[i].hard && now_ms - judge->clouds[i].hard_ms < judge->setup.hardened_ms)
            judge->clouds[i].hard = false;
        judge->clouds[i].sent_count = judge->clouds[i].in_flight = 0;
        judge->clouds[i].quiet_until_ms = 0;
    }
    for (unsigned i = 0; i < judge->flight_count; i++)
        judge->flights[i].ours_to_wait = false;
}

void judge_wall_jumped(struct judge *judge, int64_t by_ms)
{
    int64_t before = judge_jumped(judge, judge->now_ms);
    struct jump *jump = GROW(judge->jumps, judge->jump_count, judge->jump_room);
    *jump = (struct jump){judge->now_ms, before + by_ms};
}

int64_t judge_jumped(const struct judge *judge, int64_t since_ms)
{
    unsigned last = judge->jump_count;
    int64_t least = last ? judge->jumps[last - 1].sum_ms : 0;
    for (unsigned i = last; i > 0 && judge->jumps[i - 1].at_ms > since_ms; i--) {
        int64_t before = i > 1 ? judge->jumps[i - 2].sum_ms : 0;
        if (before < least) least = before;
    }
    return least;
}
