#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/judge_state.h"

/* Key pairs: what a manifest wants is registered, no key is put in the place of another one, and only what
   we registered is removed, when no manifest wants it any more. */

enum { SIGHT_MS = 90000 /* so old may be what a delete was decided by, and a while in the queue */ };

static struct key_note *key_find(struct judge *judge, unsigned cloud, const char *name)
{
    for (unsigned i = 0; i < judge->key_count; i++)
        if (judge->keys[i].cloud == cloud && strcmp(judge->keys[i].name, name) == 0) return &judge->keys[i];
    struct key_note *key = GROW(judge->keys, judge->key_count, judge->key_room);
    *key = (struct key_note){.cloud = cloud, .standing = -1, .hand_ms = INT64_MIN / 2};
    snprintf(key->name, sizeof key->name, "%s", name);
    return key;
}

/* Comments tell the keys apart. -1: none of them. */
static int key_in(const char *text)
{
    for (int i = 0; text && i < FLEET_PUBLIC_KEYS; i++)
        if (strstr(text, strrchr(fleet_public_keys[i], ' ') + 1)) return i;
    return -1;
}

/* The key that these documents want there; -1: none. */
static int wanted_in(const struct key_wish *wishes, unsigned cloud, const char *name)
{
    for (unsigned i = 0; i < FLEET_KEYS; i++)
        if (wishes[i].present && strcmp(wishes[i].name, name) == 0 && wishes[i].clouds & 1u << cloud)
            return (int)wishes[i].key;
    return -1;
}

bool judge_is_key(const struct judge *judge, const char *source, const char *name)
{
    for (unsigned i = 0; i < judge->setup.source_count; i++)
        for (unsigned k = 0; k < FLEET_KEYS; k++)
            if (strcmp(judge->sources[i].manifest.name, source) == 0 && name[0] != '\0' &&
                strcmp(judge->sources[i].manifest.keys[k].name, name) == 0)
                return true;
    return false;
}

/* --- at the send --- */

static const char *quiet_because(const struct source_note *source)
{
    return source->observe  ? "its source's mode is observe"
           : source->absent ? "its source's document is gone"
           : source->hard   ? "its source is suspended --hard"
                            : NULL;
}

static void judge_removal(struct judge *judge, const struct source_note *source, unsigned cloud,
                          const char *name)
{
    bool broken = !source->read || source->manifest.health == FLEET_INVALID ||
                  source->manifest.health == FLEET_MISSING || (source->blank && !source->emptied);
    judge_tested(judge, PROMISE_S6);
    if (broken)
        judge_fail(judge, PROMISE_S6,
                   "key pair %s is being deleted while source %s is broken, empty or unread", name,
                   source->manifest.name);
    bool nothing = source->blank && source->emptied; /* a person said so */
    if (!nothing && wanted_in(source->keys, cloud, name) >= 0 &&
        wanted_in(source->manifest.keys, cloud, name) >= 0)
        judge_fail(judge, PROMISE_KEYS, "key pair %s of cloud %s is being deleted, which source %s wants",
                   name, judge->setup.cloud_names[cloud], source->manifest.name);
}

void judge_key_noted(struct flight_note *flight, const struct request_meaning *meaning, const char *body)
{
    snprintf(flight->key_name, sizeof flight->key_name, "%s", meaning->name);
    flight->key_value = key_in(body);
}

/* The source whose call it is: of what several have asked for, the newest. As many as there are: nobody's. */
static unsigned source_of_call(const struct judge *judge, const struct flight_note *flight,
                               const struct request_meaning *meaning, const struct rows *intents)
{
    unsigned found = judge->setup.source_count;
    const char *newest = "";
    for (unsigned k = 0; k < intents->count; k++) {
        bool alike = flight->key_value < 0 || meaning->operation == OPERATION_DELETE_KEY ||
                     strstr(rows_cell(intents, k, "value"), fleet_public_keys[flight->key_value]);
        if (!alike || strcmp(rows_cell(intents, k, "id"), newest) < 0 ||
            !operation_is_called(meaning->operation, rows_cell(intents, k, "call")) ||
            strcmp(rows_cell(intents, k, "argument"), meaning->name) != 0 ||
            strcmp(rows_cell(intents, k, "cloud"), judge->setup.cloud_names[flight->cloud]) != 0)
            continue;
        newest = rows_cell(intents, k, "id");
        for (unsigned i = 0; i < judge->setup.source_count; i++)
            if (strcmp(rows_cell(intents, k, "source"), judge->sources[i].manifest.name) == 0) found = i;
    }
    return found;
}

void judge_key_sent(struct judge *judge, const struct flight_note *flight,
                    const struct request_meaning *meaning, const struct rows *intents)
{
    int key = flight->key_value;
    struct key_note *note = key_find(judge, flight->cloud, meaning->name);
    judge_tested(judge, PROMISE_KEYS);
    if (meaning->operation == OPERATION_REGISTER_KEY && key >= 0) note->tried |= 1u << key;
    unsigned place = source_of_call(judge, flight, meaning, intents);
    if (place == judge->setup.source_count) return;
    const struct source_note *source = &judge->sources[place];
    const char *why = quiet_because(source);
    if (why)
        judge_fail(judge, PROMISE_QUIET, "%s %s was sent while %s", operation_call(meaning->operation),
                   meaning->name, why);
    if (meaning->operation == OPERATION_DELETE_KEY)
        judge_removal(judge, source, flight->cloud, meaning->name);
    else if (key < 0 || (wanted_in(source->keys, flight->cloud, meaning->name) != key &&
                         wanted_in(source->manifest.keys, flight->cloud, meaning->name) != key))
        judge_fail(judge, PROMISE_KEYS,
                   "key pair %s is registered at cloud %s with a key that source %s "
                   "does not want there",
                   meaning->name, judge->setup.cloud_names[flight->cloud], source->manifest.name);
}

/* --- at the cloud --- */

void judge_key_arrived(struct judge *judge, struct flight_note *flight, const struct cloud_record *record)
{
    flight->key_effect = record->effect;
    if (!record->effect) return;
    struct key_note *note = key_find(judge, flight->cloud, flight->key_name);
    judge_tested(judge, PROMISE_KEYS);
    note->sure = false;
    if (flight->operation == OPERATION_REGISTER_KEY) {
        note->standing = flight->key_value;
        return;
    }
    bool ours = note->standing >= 0 && note->tried & 1u << note->standing;
    bool unseen = note->hand_ms >= flight->sent_ms - SIGHT_MS;
    if (!ours && !unseen)
        judge_fail(judge, PROMISE_KEYS, "key pair %s of cloud %s was deleted, which we never registered",
                   note->name, judge->setup.cloud_names[note->cloud]);
    note->standing = -1;
}

/* From here on the client knows, and its ledger with it. */
void judge_key_answered(struct judge *judge, const struct flight_note *flight)
{
    struct key_note *note = key_find(judge, flight->cloud, flight->key_name);
    if (flight->operation == OPERATION_REGISTER_KEY && flight->key_effect && flight->clean &&
        note->standing == flight->key_value && note->hand_ms < flight->sent_ms)
        note->sure = true;
}

void judge_key_hand(struct judge *judge, unsigned cloud, const char *name, int key, int64_t now_ms)
{
    struct key_note *note = key_find(judge, cloud, name);
    note->standing = key;
    note->hand_ms = now_ms;
    note->sure = false;
}

void judge_key_released(struct judge *judge, const char *name)
{
    for (unsigned i = 0; i < judge->key_count; i++)
        if (strcmp(judge->keys[i].name, name) == 0) judge->keys[i].sure = false;
}

void judge_keys_forgotten(struct judge *judge)
{
    for (unsigned i = 0; i < judge->key_count; i++)
        judge->keys[i].sure = false;
}

/* --- liveness --- */

static const char *member(const cJSON *row, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(row, key));
    return text ? text : "";
}

static unsigned wanted_by(const struct judge *judge, unsigned cloud, const char *name)
{
    unsigned count = 0;
    for (unsigned i = 0; i < judge->setup.source_count; i++)
        count += wanted_in(judge->sources[i].manifest.keys, cloud, name) >= 0;
    return count;
}

static const char *unsettled(struct judge *judge, const struct key_note *note, const char *what)
{
    snprintf(judge->words, sizeof judge->words, "key pair %s of cloud %s %s", note->name,
             judge->setup.cloud_names[note->cloud], what);
    return judge->words;
}

/* Of a row for what one source alone wants. */
static const char *wish_unsettled(struct judge *judge, const cJSON *row, unsigned cloud)
{
    struct key_note *note = key_find(judge, cloud, member(row, "name"));
    const char *verdict = member(row, "verdict");
    for (unsigned i = 0; i < judge->setup.source_count; i++) {
        const struct source_note *source = &judge->sources[i];
        int key = wanted_in(source->manifest.keys, cloud, note->name);
        if (strcmp(source->manifest.name, member(row, "source")) != 0 || key < 0) continue;
        if (source->manifest.health != FLEET_GOOD || !judge_manner(judge, cloud)->keypair) continue;
        if (note->standing < 0) return unsettled(judge, note, "is not registered");
        if (note->standing == key && strcmp(verdict, "Converged") != 0)
            return unsettled(judge, note, "is as wanted, and its row does not say so");
        if (note->standing != key && strcmp(verdict, "Blocked") != 0)
            return unsettled(judge, note, "is another one, and nobody is told");
    }
    return NULL;
}

const char *judge_keys_unsettled(struct judge *judge, const cJSON *status)
{
    const cJSON *row;
    const char *why = NULL;
    cJSON_ArrayForEach(row, status)
    {
        unsigned cloud = 0;
        if (strcmp(member(row, "kind"), "Keypair") != 0) continue;
        while (cloud < judge->setup.cloud_count &&
               strcmp(judge->setup.cloud_names[cloud], member(row, "cloud")) != 0)
            cloud++;
        if (cloud == judge->setup.cloud_count || wanted_by(judge, cloud, member(row, "name")) != 1) continue;
        if ((why = wish_unsettled(judge, row, cloud)) != NULL) return why;
    }
    bool prunes = true;
    for (unsigned i = 0; i < judge->setup.source_count; i++)
        prunes &= judge->sources[i].manifest.prune && judge->sources[i].manifest.health == FLEET_GOOD;
    for (unsigned i = 0; i < judge->key_count && prunes; i++) {
        const struct key_note *note = &judge->keys[i];
        if (note->sure && note->standing >= 0 && wanted_by(judge, note->cloud, note->name) == 0)
            return unsettled(judge, note, "is ours, nobody wants it, and it is still there");
    }
    return NULL;
}
