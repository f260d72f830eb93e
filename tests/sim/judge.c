#include "tests/sim/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/judge_state.h"

struct promise_row {
    const char *name, *words;
};
static const struct promise_row promises[PROMISE_COUNT] = {
    [PROMISE_S1] = {"S1", "exactly one server per object"},
    [PROMISE_S2] = {"S2", "only our servers are changed"},
    [PROMISE_S3] = {"S3", "destruction stays within its budget"},
    [PROMISE_S4] = {"S4", "absence is proven before a successor"},
    [PROMISE_S5] = {"S5", "protected servers are not deleted"},
    [PROMISE_S6] = {"S6", "no bad input deletes"},
    [PROMISE_S7] = {"S7", "the intent is durable before the request leaves"},
    [PROMISE_S8] = {"S8", "no call in a state that forbids it"},
    [PROMISE_S9] = {"S9", "pace, in-flight limit and Retry-After"},
    [PROMISE_S10] = {"S10", "a next try, or a blocker that a person ends"},
    [PROMISE_S11] = {"S11", "no secret in what is told, shown or kept"},
    [PROMISE_S12] = {"S12", "done is what was seen; silence is reported"},
    [PROMISE_S13] = {"S13", "disruption at the same time stays within its limit"},
    [PROMISE_MOVE] = {"move", "what a replacement moves is nowhere twice, and its successor runs first"},
    [PROMISE_QUIET] = {"quiet", "observe and suspend --hard send nothing"},
    [PROMISE_KEYS] = {"keys", "key pairs are registered as wanted, and only ours are removed"},
    [PROMISE_TWIN] = {"twin", "a cloud where another daemon of our owner is at work is left alone"},
    [PROMISE_POLICY] = {"policy", "what is asked for before a delete came before it; one rebuild per value"},
    [PROMISE_NEWS] = {"news", "who is notified knows what is, is told it once, and misses nothing"},
    [PROMISE_RESTART] = {"restart", "a state that was rebuilt issues the same calls"},
    [PROMISE_WHY] = {"why", "what is told to be in the way is what is in the way"},
    [PROMISE_LIVENESS] = {"liveness", "after the faults everything converges"},
    [PROMISE_DETERMINISM] = {"determinism", "one seed is one run"},
};

const char *promise_name(enum promise promise)
{
    return promises[promise].name;
}

const char *promise_words(enum promise promise)
{
    return promises[promise].words;
}

struct judge *judge_new(const struct judge_setup *setup)
{
    struct judge *judge = grow_to(NULL, sizeof *judge);
    *judge = (struct judge){.setup = *setup, .news = judge_news_new(setup)};
    for (unsigned i = 0; i < setup->source_count; i++) {
        const struct manifest *manifest = setup->manifests[i];
        struct source_note *source = &judge->sources[i];
        source->manifest = manifest_copy(manifest);
        for (unsigned k = 0; k < manifest->count; k++) {
            struct object_note *object = GROW(judge->objects, judge->object_count, judge->object_room);
            *object = (struct object_note){.source = i, .wish = manifest->wishes[k]};
            snprintf(object->name, sizeof object->name, "%s", manifest->wishes[k].name);
        }
    }
    return judge;
}

void judge_free(struct judge *judge)
{
    for (unsigned i = 0; i < judge->setup.source_count; i++) {
        manifest_release(&judge->sources[i].manifest);
        free(judge->sources[i].destroyed);
    }
    for (unsigned i = 0; i < judge->setup.cloud_count; i++) {
        free(judge->clouds[i].servers);
        free(judge->clouds[i].unborn);
        free(judge->clouds[i].ghosts);
        free(judge->clouds[i].by_id);
    }
    for (unsigned i = 0; i < judge->flight_count; i++) {
        free(judge->flights[i].sightings);
        free(judge->flights[i].positions);
    }
    status_release(&judge->status);
    judge_news_free(judge->news);
    free(judge->flights);
    free(judge->jumps);
    free(judge->keys);
    free(judge->objects);
    free(judge);
}

bool judge_failed(const struct judge *judge)
{
    return judge->failed;
}

enum promise judge_promise(const struct judge *judge)
{
    return judge->promise;
}

const char *judge_sentence(const struct judge *judge)
{
    return judge->sentence;
}

uint64_t judge_tests(const struct judge *judge, enum promise promise)
{
    return judge->tests[promise];
}

uint64_t judge_mutations(const struct judge *judge)
{
    return judge->mutations;
}

void judge_tested(struct judge *judge, enum promise promise)
{
    judge->tests[promise]++;
}

void judge_fail(struct judge *judge, enum promise promise, const char *format, ...)
{
    if (judge->failed) return;
    judge->failed = true;
    judge->promise = promise;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(judge->sentence, sizeof judge->sentence, format, arguments);
    va_end(arguments);
}

int object_find(const struct judge *judge, const char *source, const char *name)
{
    for (unsigned i = 0; i < judge->object_count; i++)
        if (strcmp(judge->objects[i].name, name) == 0 &&
            strcmp(judge->sources[judge->objects[i].source].manifest.name, source) == 0)
            return (int)i;
    return -1;
}

int object_of_mark(const struct judge *judge, const char *mark)
{
    char source[FLEET_NAME];
    const char *slash = strchr(mark, '/');
    if (!slash || (size_t)(slash - mark) >= sizeof source) return -1;
    memcpy(source, mark, (size_t)(slash - mark));
    source[slash - mark] = '\0';
    return object_find(judge, source, slash + 1);
}

/* --- manifests --- */

/* A valid manifest has said protect: false for long enough. */
void object_settle_protection(const struct judge *judge, struct object_note *object, int64_t now_ms)
{
    int64_t delay = judge->sources[object->source].manifest.prune_delay_ms;
    if (object->unprotect_ms && now_ms - object->unprotect_ms >= delay) object->protect = false;
}

static void take_protection(struct judge *judge, struct object_note *object, int64_t now_ms)
{
    object_settle_protection(judge, object, now_ms);
    if (!object->wanted) {
        object->unprotect_ms = 0;
    } else if (object->wish.protect) {
        if (!object->protect) object->protect_ms = now_ms;
        object->protect = true;
        object->unprotect_ms = 0;
    } else if (object->protect && object->unprotect_ms == 0) {
        object->unprotect_ms = now_ms;
    }
}

static unsigned disruptable(const struct judge *judge, unsigned source)
{
    unsigned count = 0;
    for (unsigned i = 0; i < judge->object_count; i++) {
        const struct object_note *object = &judge->objects[i];
        count += object->source == source && object->wanted && object->wish.power == FLEET_RUNNING &&
                 object->converged_maybe;
    }
    return count;
}

/* Names that were not there before. */
static void take_names(struct judge *judge, unsigned place)
{
    const struct manifest *manifest = &judge->sources[place].manifest;
    for (unsigned i = 0; i < manifest->count; i++) {
        const struct wish *wish = &manifest->wishes[i];
        if (object_find(judge, manifest->name, wish->name) >= 0) continue;
        struct object_note *object = GROW(judge->objects, judge->object_count, judge->object_room);
        *object = (struct object_note){.source = place, .wish = *wish};
        snprintf(object->name, sizeof object->name, "%s", wish->name);
    }
}

static void waive_approval(struct server_note *server, const struct wish *before, bool was_wanted)
{
    server->waived_until_ms = server->approved_until_ms;
    server->waived_wanted = was_wanted;
    server->waived_image = before->image;
    server->approved_until_ms = server->approved_earlier_ms;
}

/* An approval is of one call, for what the manifest wanted then: of what is wanted otherwise in the same
   moment nothing has begun. It stands again when that is wanted again. */
static void take_approval(struct judge *judge, unsigned place, const struct wish *before, bool was_wanted)
{
    const struct object_note *object = &judge->objects[place];
    if (object->wanted == was_wanted && object->wish.image == before->image) return;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct server_note *server = &judge->clouds[i].servers[k];
            bool same = server->waived_wanted == object->wanted &&
                        (!object->wanted || server->waived_image == object->wish.image);
            if (server->object != (int)place) continue;
            if (server->waived_until_ms > server->approved_until_ms && same)
                server->approved_until_ms = server->waived_until_ms;
            else if (server->approved_ms == judge->now_ms)
                waive_approval(server, before, was_wanted);
        }
}

static void take_good(struct judge *judge, unsigned place, int64_t now_ms)
{
    struct source_note *source = &judge->sources[place];
    bool was_emptied = source->emptied; /* and a person approved of that */
    take_names(judge, place);
    source->disruptable_before = disruptable(judge, place);
    source->changed_ms = now_ms;
    source->read = source->acts = true;
    source->emptied = false;
    source->halted = 0;
    memcpy(source->keys, source->manifest.keys, sizeof source->keys);
    for (unsigned i = 0; i < judge->object_count; i++) {
        struct object_note *object = &judge->objects[i];
        if (object->source != place) continue;
        object_is_interrupted(judge, object);
        const struct wish *wish = manifest_find(&source->manifest, object->name), before = object->wish;
        bool was_wanted = object->wanted && !was_emptied;
        object->wanted = wish && wish->present;
        if (object->wanted) object->wish = *wish;
        judge->now_ms = now_ms;
        take_approval(judge, i, &before, was_wanted);
        policy_taken(judge, object, &before, now_ms);
        if (object->wanted && wish->adopt[0])
            judge_adopted(judge, source->manifest.name, wish->name, wish->adopt);
        take_protection(judge, object, now_ms);
    }
}

void judge_manifest(struct judge *judge, const struct manifest *manifest, int64_t now_ms)
{
    unsigned place = 0;
    while (strcmp(judge->sources[place].manifest.name, manifest->name) != 0)
        place++;
    struct source_note *source = &judge->sources[place];
    bool nothing = manifest->health == FLEET_EMPTY ||
                   (manifest->health == FLEET_GOOD && manifest_present(manifest) == 0);
    source->read = true;
    manifest_release(&source->manifest);
    source->manifest = manifest_copy(manifest);
    source->blank = manifest->health == FLEET_EMPTY;
    if (nothing) source->manifest.health = FLEET_EMPTY;
    if (source->manifest.health == FLEET_GOOD) take_good(judge, place, now_ms);
    judge_news_wanted(judge, place);
    if (source->manifest.health == FLEET_GOOD) return;
    source->acts = source->emptied && nothing; /* approved once, it stays the set last accepted */
    for (unsigned i = 0; i < judge->object_count; i++) {
        if (judge->objects[i].source != place) continue;
        object_settle_protection(judge, &judge->objects[i], now_ms);
        judge->objects[i].unprotect_ms = 0;
    }
}

/* --- people --- */

void judge_mode(struct judge *judge, bool observe, int64_t now_ms)
{
    judge->observe = observe;
    judge->observe_ms = now_ms;
}

void judge_retried(struct judge *judge, int64_t now_ms)
{
    judge->retry_ms = now_ms;
}

void judge_corrupt(struct judge *judge, bool on)
{
    judge->corrupt = on;
}

void judge_source_mode(struct judge *judge, unsigned place, bool observe, bool absent)
{
    struct source_note *source = &judge->sources[place];
    if (absent && !source->absent) { /* nothing that was said of it counts any more */
        source->read = source->acts = source->emptied = false;
        for (unsigned i = 0; i < judge->object_count; i++) {
            if (judge->objects[i].source != place) continue;
            object_settle_protection(judge, &judge->objects[i], judge->now_ms);
            judge->objects[i].unprotect_ms = 0;
            judge->objects[i].interrupted = false;
            judge->objects[i].loose = true;
        }
    }
    source->observe = observe;
    source->absent = absent;
    judge_news_wanted(judge, place);
}

void judge_cloud_mode(struct judge *judge, unsigned cloud, bool observe)
{
    judge->clouds[cloud].observe = observe;
}

void judge_suspended(struct judge *judge, const char *target, bool hard, bool on, int64_t now_ms)
{
    bool is_hard = on && hard;
    int object = object_of_mark(judge, target);
    if (target[0] == '\0') {
        judge->hard = is_hard;
        judge->hard_ms = now_ms;
        return;
    }
    if (object >= 0) {
        judge->objects[object].hard_until_ms = is_hard ? INT64_MAX : 0;
        judge->objects[object].hard_ms = now_ms;
        return;
    }
    for (unsigned i = 0; i < judge->setup.cloud_count; i++) {
        if (strncmp(target, "cloud:", 6) != 0 || strcmp(judge->setup.cloud_names[i], target + 6) != 0)
            continue;
        judge->clouds[i].hard = is_hard;
        judge->clouds[i].hard_ms = now_ms;
    }
    for (unsigned i = 0; i < judge->setup.source_count; i++) {
        if (strcmp(judge->sources[i].manifest.name, target) != 0) continue;
        judge->sources[i].hard = is_hard;
        judge->sources[i].hard_ms = now_ms;
    }
}

enum { APPROVAL_MS = 15 * 60000, APPROVAL_SLACK_MS = 5 * 60000 };

void judge_approved(struct judge *judge, const char *source, const char *name, const char *server_id,
                    int64_t now_ms)
{
    (void)name;
    for (unsigned i = 0; i < judge->setup.source_count; i++)
        if (strcmp(judge->sources[i].manifest.name, source) == 0 &&
            judge->sources[i].manifest.health == FLEET_EMPTY && judge->sources[i].read)
            judge->sources[i].acts = judge->sources[i].emptied = true;
    for (unsigned i = 0; i < judge->setup.cloud_count; i++) {
        int place = server_id[0] ? server_position(judge, i, server_id) : -1;
        struct server_note *server = place >= 0 ? &judge->clouds[i].servers[place] : NULL;
        if (!server) continue;
        if (server->approved_ms != now_ms) server->approved_earlier_ms = server->approved_until_ms;
        server->approved_ms = now_ms;
        server->approved_until_ms = now_ms + APPROVAL_MS + APPROVAL_SLACK_MS;
    }
}

/* The object is looked after again, and what its mark calls its successor with it. */
static void take_back_successor(struct judge *judge, int object)
{
    for (unsigned i = 0; i < judge->setup.cloud_count && object >= 0; i++)
        for (unsigned k = 0; k < judge->clouds[i].server_count; k++) {
            struct server_note *note = &judge->clouds[i].servers[k];
            if (note->object == object && note->released && note->next) note->ours = true;
        }
}

void judge_adopted(struct judge *judge, const char *source, const char *name, const char *server_id)
{
    for (unsigned i = 0; i < judge->setup.cloud_count; i++) {
        int place = server_position(judge, i, server_id);
        if (place < 0) continue;
        struct cloud_server server;
        bool there = cloud_server_at(judge->setup.clouds[i], (unsigned)place, &server);
        judge->clouds[i].servers[place].claimed |= (there && server_is_taken_by_mark(judge, i, &server)) ||
                                                   judge->clouds[i].servers[place].seen.taken;
        judge->clouds[i].servers[place].ours = true;
        judge->clouds[i].servers[place].object = object_find(judge, source, name);
        if (object_find(judge, source, name) >= 0)
            judge->objects[object_find(judge, source, name)].released_ms = 0;
    }
    take_back_successor(judge, object_find(judge, source, name));
}

void judge_unprotected(struct judge *judge, const char *source, const char *name)
{
    int place = object_find(judge, source, name);
    if (place < 0) return;
    struct object_note *object = &judge->objects[place];
    /* of an emptied source the set last accepted stays wanted, but no manifest protects any more */
    const struct wish *wish = manifest_find(&judge->sources[object->source].manifest, name);
    if (!(wish && wish->present && wish->protect)) object->protect = false;
}
