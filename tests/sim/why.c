#include "tests/sim/why.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/base/instant.h"
#include "tests/sim/copy.h"
#include "tests/sim/grow.h"
#include "tests/sim/people.h"
#include "tests/sim/reader.h"
#include "tests/sim/twin.h"
#include "tests/sim/world.h"

enum {
    LEAST_MS = 60000,     /* within its next try, or so long */
    MOST_MS = 20 * 60000, /* what is tried again later than that is not waited for */
    STEP_MS = 500,
    DESCRIBE_EVERY = 8, /* steps */
    SLACK_MS = 5000,    /* pace, and saving what is to be sent */
    CHAIN = 8,          /* one thing behind another */
    OTHERS = 6,         /* other objects that are asked what keeps them */
    A_SEED = 5          /* interventions */
};

/* --- when --- */

void why_draw(struct world *world, bool wanted)
{
    world->why.dice = dice_new(world->story.seed, 12);
    world->why.wanted = wanted;
    world->why.left = A_SEED;
}

/* Where another daemon is or was at work, only what that keeps: of all else that one may be what ends it. */
static unsigned chance_of(const struct world *world, const struct judge_row *row)
{
    bool another = strcmp(row->reason, "AnotherDaemon") == 0;
    if (strcmp(row->verdict, "Converged") == 0 || (world->story.has[TROUBLE_TWIN] && !another)) return 0;
    return why_chance(row->reason);
}

/* Some object that is not as it should be, the rarer ones sooner. */
static bool pick(struct world *world, struct judge_row *out, uint64_t drawn)
{
    struct judge_row row;
    uint64_t sum = 0;
    for (unsigned i = 0; judge_row(world->judge, i, &row); i++)
        sum += chance_of(world, &row);
    drawn = sum > 0 ? drawn % sum : 0;
    for (unsigned i = 0; sum > 0 && judge_row(world->judge, i, out); i++) {
        unsigned chance = chance_of(world, out);
        if (drawn < chance) return true;
        drawn -= chance;
    }
    return false;
}

static void say_name(const struct judge_row *row, char out[WHY_NAME])
{
    bool keypair = strcmp(row->kind, "Keypair") == 0;
    snprintf(out, WHY_NAME, "%s/%s%s%s", row->source, row->name, keypair ? "@" : "",
             keypair ? row->cloud : "");
}

void why_look(struct world *world)
{
    struct why *why = &world->why;
    struct judge_row row;
    if (!why->wanted || why->due || why->left == 0) return;
    if (!pick(world, &row, dice_next(&why->dice)) || !dice_chance(&why->dice, why_chance(row.reason))) return;
    say_name(&row, why->target);
    why->due = true;
    why->left--;
}

bool why_is_due(const struct world *world)
{
    return world->why.due && world->up && !judge_failed(world->judge);
}

/* --- what people read --- */

static void copy_text(char *out, size_t size, const cJSON *tree, const char *key)
{
    snprintf(out, size, "%s", people_read(tree, key));
}

/* false: it is gone. What it says is judged. */
static bool describe(struct world *world, const char *name, struct why_object *out)
{
    *out = (struct why_object){.next_ms = -1};
    char *json = reader_describe(world, name);
    cJSON *tree = json ? cJSON_Parse(json) : NULL;
    int64_t next_ms;
    if (tree) {
        judge_text(world->judge, "describe", json);
        judge_described(world->judge, tree);
        snprintf(out->name, sizeof out->name, "%s", name);
        copy_text(out->source, sizeof out->source, tree, "source");
        copy_text(out->object, sizeof out->object, tree, "name");
        copy_text(out->word, sizeof out->word, tree, "blockedBy");
        copy_text(out->verdict, sizeof out->verdict, tree, "verdict");
        copy_text(out->hold, sizeof out->hold, tree, "holdId");
        copy_text(out->server, sizeof out->server, tree, "providerId");
        copy_text(out->message, sizeof out->message, tree, "message");
        out->keypair = strcmp(people_read(tree, "kind"), "Keypair") == 0;
        if (instant_parse(people_read(tree, "nextTry"), &next_ms))
            out->next_ms = next_ms - world_clock(world).wall_ms + world->now_ms;
    }
    cJSON_Delete(tree);
    free(json);
    return tree != NULL;
}

void why_call(struct world *world, const struct call *call)
{
    char object[RESTART_OBJECT_WORDS];
    if (!world->why.copied || call->kind == CALL_LOOK) return;
    bool ours = strcmp(restart_object_of(world, call->id, object), world->why.target) == 0;
    if (restart_is_repair(call))
        world->why.repairs += ours;
    else
        world->why.calls += ours;
}

/* --- a copy --- */

struct outcome {
    bool failed, tried, called;
    enum promise promise;
    char sentence[760];
    struct why_note notes[WHY_WORDS_MAX];
};

static struct why_note *note_of(struct outcome *out, const char *text)
{
    const struct why_word *words, *word = why_word_of(text, &(const char *){NULL});
    why_words(&words);
    return word ? &out->notes[word - words] : NULL;
}

/* Nothing happens any more but what is under way: neither does what keeps the object end by chance. */
static void freeze(struct world *world)
{
    world->why.copied = true;
    world->why.wanted = world->why.due = false;
    world->calm = true;
    world->calm_ms = world->now_ms;
    world->crash_after = 0;
    world->disk_slow = false;
    world->restart.due_ms = INT64_MAX;
    twin_leave(world);
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        cloud_fault_clear(world->clouds[i]);
    for (unsigned i = 0; i < world->agenda_count; i++)
        if (world->agenda[i].kind == DUE_HEAL) world->agenda[i].number = TROUBLE_COUNT;
}

static void run_to(struct world *world, world_runner *run_until, int64_t until_ms)
{
    run_until(world, until_ms);
    world->now_ms = until_ms;
}

enum await { AWAIT_CALL, AWAIT_MENDED, AWAIT_OTHER, AWAIT_NOTHING };

/* Until a call has left, nothing is to be done, or it names something else; most until due_ms. */
static enum await await(struct world *world, world_runner *run_until, const struct why_object *object,
                        int64_t due_ms, struct why_object *out_now)
{
    for (unsigned step = 1;; step++) {
        run_to(world, run_until, world->now_ms + STEP_MS);
        if (judge_failed(world->judge) || !world->up) return AWAIT_MENDED;
        if (world->why.calls > 0 || (world->why.repairs > 0 && strstr(object->word, ":SetMetadata")))
            return AWAIT_CALL;
        bool last = world->now_ms >= due_ms;
        if (!last && step % DESCRIBE_EVERY != 0) continue;
        if (!describe(world, object->name, out_now)) return AWAIT_MENDED;
        if (strcmp(out_now->verdict, "Converged") == 0) return AWAIT_MENDED;
        bool other = strcmp(out_now->word, object->word) != 0 || strcmp(out_now->hold, object->hold) != 0;
        if (out_now->word[0] != '\0' && other) return AWAIT_OTHER;
        if (last) return out_now->word[0] == '\0' ? AWAIT_MENDED : AWAIT_NOTHING;
    }
}

static int64_t due_of(const struct world *world, const struct why_object *object, enum why_end end)
{
    int64_t due_ms = world->now_ms + LEAST_MS, late_ms = SLACK_MS + 4 * world->story.latency_ms;
    const struct why_word *word = why_word_of(object->word, &(const char *){NULL});
    if (end == WHY_WAITS && object->next_ms > due_ms) due_ms = object->next_ms;
    return due_ms + late_ms + word->extra_ms;
}

static void nothing_followed(struct world *world, const struct why_object *object,
                             const struct why_object *now, enum why_end end)
{
    judge_fail(world->judge, PROMISE_WHY,
               "%s is kept by %s (%.120s); %s, no call left for it, and it says %s (%.120s)", object->name,
               object->word, object->message,
               end == WHY_WAITS ? "its next try has passed" : "that was taken away", now->word, now->message);
}

/* In a copy: takes away what keeps the object, one thing after the other. */
static void take_away(struct world *world, world_runner *run_until, struct why_object *object,
                      struct outcome *out)
{
    for (unsigned i = 0; i < CHAIN && !judge_failed(world->judge); i++) {
        const char *about;
        struct why_object now;
        const struct why_word *word = why_word_of(object->word, &about);
        if (!word) return;
        enum why_end end = word->remove(world, object, about);
        if (end == WHY_CANNOT || (end == WHY_WAITS && object->next_ms > world->now_ms + MOST_MS)) return;
        struct why_note *note = note_of(out, object->word);
        out->tried = true;
        note->removed++;
        switch (await(world, run_until, object, due_of(world, object, end), &now)) {
        case AWAIT_CALL: note->called++; return;
        case AWAIT_MENDED: note->mended++; return;
        case AWAIT_NOTHING:
            if (!word->still || !word->still(&now)) nothing_followed(world, object, &now, end);
            return;
        case AWAIT_OTHER: *object = now; break;
        }
    }
}

static void describe_all(struct world *world, struct outcome *out)
{
    struct judge_row row;
    for (unsigned i = 0; judge_row(world->judge, i, &row); i++) {
        char name[WHY_NAME];
        struct why_object object;
        say_name(&row, name);
        struct why_note *note = describe(world, name, &object) ? note_of(out, object.word) : NULL;
        if (note) note->seen++;
    }
}

/* A suspension of the object's source, or of more than a source, stands behind its own word. */
static bool is_suspended_by(const struct why_object *object, const char *other)
{
    static const char SUSPENSION[] = "suspend:";
    if (strncmp(other, SUSPENSION, sizeof SUSPENSION - 1) != 0) return false;
    const char *of = other + sizeof SUSPENSION - 1;
    return strcmp(of, object->source) == 0 || strcmp(of, "*") == 0 || strncmp(of, "cloud:", 6) == 0;
}

/* A source that is read anew may say something else of each of its objects; a daemon that is configured anew
   logs in anew; and what this one has itself is its own matter. */
static bool concerns(const struct why_word *word, const struct why_object *other,
                     const struct why_object *object)
{
    if (is_suspended_by(object, other->word) || strstr(other->message, object->name)) return true;
    return word->edits &&
           (strcmp(other->source, object->source) == 0 || strncmp(object->word, "project:", 8) == 0);
}

/* Something else that keeps another object, and is taken away. */
static bool take_other(struct world *world, const struct why_object *object, struct why_object *out_other)
{
    struct judge_row row;
    unsigned count = 0;
    while (judge_row(world->judge, count, &row))
        count++;
    for (unsigned i = 0; i < OTHERS && count > 0; i++) {
        char name[WHY_NAME];
        const char *about;
        judge_row(world->judge, (unsigned)dice_below(&world->why.dice, count), &row);
        if (strcmp(row.verdict, "Converged") == 0) continue;
        say_name(&row, name);
        if (!describe(world, name, out_other) || strcmp(out_other->word, object->word) == 0) continue;
        if (out_other->hold[0] != '\0' && strcmp(out_other->hold, object->hold) == 0) continue;
        const struct why_word *word = why_word_of(out_other->word, &about);
        if (!word || concerns(word, out_other, object)) continue;
        if (word->remove(world, out_other, about) == WHY_GONE) return true;
    }
    return false;
}

enum side { SIDE_REMOVED, SIDE_OTHER, SIDE_LEFT };

/* So long nothing may happen of itself. */
static int64_t window_ms(const struct world *world, const struct why_object *object)
{
    int64_t until_ms = world->now_ms + LEAST_MS;
    return object->next_ms >= 0 && object->next_ms < until_ms ? object->next_ms - SLACK_MS / 5 : until_ms;
}

static void run_side(struct world *world, world_runner *run_until, enum side side, struct outcome *out)
{
    struct why_object object, other = {.name = ""};
    freeze(world);
    if (side == SIDE_REMOVED) describe_all(world, out);
    if (!describe(world, world->why.target, &object) || object.word[0] == '\0') return;
    if (side == SIDE_REMOVED) {
        take_away(world, run_until, &object, out);
        return;
    }
    int64_t until_ms = window_ms(world, &object);
    const struct why_word *word = why_word_of(object.word, &(const char *){NULL});
    if (!word || word->leans || until_ms <= world->now_ms + STEP_MS) return;
    if (side == SIDE_OTHER && !take_other(world, &object, &other)) return;
    out->tried = true;
    while (world->now_ms < until_ms && world->why.calls == 0 && !judge_failed(world->judge))
        run_to(world, run_until, world->now_ms + STEP_MS < until_ms ? world->now_ms + STEP_MS : until_ms);
    out->called = world->why.calls > 0;
    if (side == SIDE_OTHER && !out->called) note_of(out, object.word)->controls++;
    snprintf(out->sentence, sizeof out->sentence, "%s is kept by %s (%.120s); %.100s of %.60s was taken away",
             object.name, object.word, object.message, other.word, other.name);
}

static void take_side(struct world *world, world_runner *run_until, enum side side, struct outcome *out)
{
    pid_t pid;
    int write_end, fd = copy_begin(&pid, &write_end);
    *out = (struct outcome){.failed = false};
    if (pid == 0) {
        run_side(world, run_until, side, out);
        out->failed = judge_failed(world->judge);
        if (out->failed) {
            out->promise = judge_promise(world->judge);
            snprintf(out->sentence, sizeof out->sentence, "%.720s (in a copy)", judge_sentence(world->judge));
        }
        copy_write(write_end, out, sizeof *out);
        copy_end();
    }
    if (!copy_read(fd, out, sizeof *out)) {
        out->failed = true;
        out->promise = PROMISE_WHY;
        snprintf(out->sentence, sizeof out->sentence, "the copy died in which %s was looked into",
                 world->why.target);
    }
    copy_close(fd, pid);
}

void why_intervene(struct world *world, world_runner *run_until)
{
    struct outcome removed, other, left;
    world->why.due = false;
    take_side(world, run_until, SIDE_REMOVED, &removed);
    why_merge(world->why.notes, removed.notes);
    if (removed.failed) judge_fail(world->judge, removed.promise, "%s", removed.sentence);
    if (removed.tried) judge_tested(world->judge, PROMISE_WHY);
    if (!removed.tried || removed.failed) return;
    take_side(world, run_until, SIDE_OTHER, &other);
    why_merge(world->why.notes, other.notes);
    if (other.failed) judge_fail(world->judge, other.promise, "%s", other.sentence);
    if (other.failed || !other.called) return;
    take_side(world, run_until, SIDE_LEFT, &left);
    if (!left.called) judge_fail(world->judge, PROMISE_WHY, "%s, and a call left for it", other.sentence);
}
