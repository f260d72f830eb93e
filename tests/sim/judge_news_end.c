#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/judge_news_state.h"

/* The end: what people read, held against what was told last. */

/* What is news, by docs/operations.md: of an object, or of all that it stands for. */
struct news_row {
    const char *reason, *kind;
    bool whole, person; /* person: it waits for one, and is told even after another reason of its kind */
};

static const struct news_row table[] = {
    {"InSync", "Converged", false, false},
    {"DriftIgnored", "Converged", false, false},
    {"BuildFailed", "Waiting", false, false},
    {"BuildStuck", "Waiting", false, false},
    {"Capacity", "Waiting", false, false},
    {"Quarantined", "Waiting", false, false},
    {"ApprovalNeeded", "Blocked", false, true},
    {"NameTaken", "Blocked", false, true},
    {"Duplicate", "Blocked", false, true},
    {"ImmutableChange", "Blocked", false, true},
    {"ErrorHold", "Blocked", false, true},
    {"Protected", "Blocked", false, true},
    {"TakenOver", "Blocked", false, true},
    {"Orphaned", "Blocked", false, true},
    {"OperatorState", "Blocked", false, true},
    {"OutcomeUnknown", "Blocked", false, true},
    {"DisruptionHalted", "Blocked", false, true},
    {"TooManyInstances", "Blocked", false, true},
    {"NotFound", "Blocked", false, false},
    {"DoesNotFit", "Blocked", false, false},
    {"Refused", "Blocked", false, false},
    {"Conflict", "Blocked", false, false},
    {"CloudNotConfigured", "Blocked", false, false},
    {"NoRoute", "Blocked", false, false},
    {"AddressTaken", "Blocked", false, false},
    {"Stuck", "Failing", false, false},
    {"ErrorStorm", "Brake", true, false},
    {"WrongProject", "Brake", true, false},
    {"AnotherDaemon", "Brake", true, false},
    {"LedgerCorrupt", "Brake", true, false},
    {"SourceInvalid", "Brake", true, false},
    {"ServersVanished", "Brake", true, false},
    {"AuthFailed", "Brake", true, false},
    {"CloudOutage", "Brake", true, false},
    {"LedgerReadOnly", "Brake", true, false},
};

static const struct news_row *row_of(const char *reason)
{
    for (unsigned i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].reason, reason) == 0) return &table[i];
    return NULL;
}

const char *news_kind(const char *reason)
{
    const struct news_row *row = row_of(reason);
    return row ? row->kind : NULL;
}

bool news_is_whole(const char *reason)
{
    const struct news_row *row = row_of(reason);
    return row && row->whole;
}

bool news_differ(const char *before, const char *now)
{
    const struct news_row *then = row_of(before), *row = row_of(now);
    if (!then || !row || strcmp(then->kind, row->kind) != 0) return true;
    return strcmp(before, now) != 0 && (then->person || row->person);
}

static void stand(struct watched *one, const char *reason, int64_t now_ms)
{
    if (strcmp(one->reason, reason) != 0) one->since_ms = now_ms;
    snprintf(one->reason, sizeof one->reason, "%s", reason);
}

static void watch(struct news *news, const char *key, const char *cloud, const char *reason, int64_t now_ms)
{
    unsigned place = 0;
    while (place < news->watched_count && strcmp(news->watched[place].key, key) != 0)
        place++;
    if (place == news->watched_count) {
        struct watched *one = GROW(news->watched, news->watched_count, news->watched_room);
        snprintf(one->key, sizeof one->key, "%s", key);
        snprintf(one->cloud, sizeof one->cloud, "%s", cloud);
        one->since_ms = now_ms;
        snprintf(one->reason, sizeof one->reason, "%s", reason);
    }
    stand(&news->watched[place], reason, now_ms);
    news->watched[place].seen = true;
}

static void watch_notices(struct news *news, const char *json, int64_t now_ms)
{
    cJSON *notices = cJSON_Parse(json);
    const cJSON *notice;
    char key[KEY_SIZE];
    cJSON_ArrayForEach(notice, notices)
    {
        const char *cloud = status_member(notice, "cloud"), *source = status_member(notice, "source");
        const char *reason = status_member(notice, "reason");
        snprintf(key, sizeof key, "!%s %s%s", reason,
                 source[0]  ? "source "
                 : cloud[0] ? "cloud "
                            : "setpointd",
                 source[0] ? source : cloud);
        watch(news, key, cloud, reason, now_ms);
    }
    cJSON_Delete(notices);
}

void judge_news_watch(struct judge *judge, const char *notices, int64_t now_ms)
{
    struct news *news = judge->news;
    char key[KEY_SIZE], name[KEY_SIZE];
    for (unsigned i = 0; i < news->watched_count; i++)
        news->watched[i].seen = false;
    for (unsigned i = 0; i < judge->status.count; i++) {
        const struct status_row *row = &judge->status.rows[i];
        int length = snprintf(name, sizeof name, "%s/%s", row->source, row->name);
        news_key(judge, name, (size_t)length, row->cloud, key);
        watch(news, key, row->cloud, row->reason, now_ms);
    }
    watch_notices(news, notices, now_ms);
    for (unsigned i = 0; i < news->watched_count; i++)
        if (!news->watched[i].seen) stand(&news->watched[i], "", now_ms);
}

const char *judge_news_waiting(struct judge *judge, const struct rows *rows)
{
    struct news *news = judge->news;
    for (unsigned i = 0; i < news->letter_count; i++) {
        const struct letter *letter = &news->letters[i];
        if (!letter->sent || letter->taken || letter->dropped || letter->lost) continue;
        snprintf(news->words, sizeof news->words, "%s did not take %s: %.200s",
                 news->targets[letter->target].name, letter->id, letter->text);
        return news->words;
    }
    if (rows->count == 0) return NULL;
    snprintf(news->words, sizeof news->words, "%u messages are stored and wait, the first %s", rows->count,
             rows_cell(rows, 0, "id"));
    return news->words;
}

static void judge_standing(struct judge *judge, unsigned target, const struct watched *now)
{
    struct news *news = judge->news;
    const struct fleet_target *who = &news->targets[target];
    const struct said *said = news_said(news, target, now->key);
    const char *kind = news_kind(now->reason);
    bool stood = said && said->reason[0] && !said->over;
    if (!kind || news_is_whole(now->reason) != (now->key[0] == '!')) return;
    if (!news_is_asked_for(judge, who, kind, news_source(judge, now->key), now->cloud)) return;
    if (news_is_unknown(news, target, said, now->key, now->cloud)) return;
    judge_tested(judge, PROMISE_NEWS);
    bool well = strcmp(kind, "Converged") == 0;
    if (well && stood && !news_is_forgotten(news, said))
        judge_fail(judge, PROMISE_NEWS, "%s is %s, and the last that %s was told of it is %s", now->key,
                   now->reason, who->name, said->reason);
    if (!well && (!stood || news_differ(said->reason, now->reason)))
        judge_fail(judge, PROMISE_NEWS, "%s is %s, and %s was %s %s", now->key, now->reason, who->name,
                   stood ? "last told of" : "not told, or that it was over:", said ? said->reason : "");
}

static bool has_ended(const struct news *news, const char *key, int64_t since_ms)
{
    for (unsigned i = 0; i < news->watched_count; i++)
        if (strcmp(news->watched[i].key, key) == 0)
            return news->watched[i].reason[0] == '\0' && news->watched[i].since_ms <= since_ms;
    return true;
}

/* What was told of a whole cloud or source and is not so any more. */
static void judge_brakes(struct judge *judge, unsigned target, int64_t since_ms)
{
    struct news *news = judge->news;
    for (unsigned i = 0; i < news->said_count; i++) {
        const struct said *said = &news->said[i];
        if (said->target != target || said->key[0] != '!' || said->over ||
            !has_ended(news, said->key, since_ms))
            continue;
        if (!news_is_unknown(news, target, said, said->key, ""))
            judge_fail(judge, PROMISE_NEWS, "%s was told %s, and not that it is over",
                       news->targets[target].name, said->key);
    }
}

void judge_news_end(struct judge *judge, int64_t since_ms)
{
    struct news *news = judge->news;
    for (unsigned target = 0; target < news->target_count && !judge->another; target++) {
        if (news->targets[target].absent) continue;
        for (unsigned i = 0; i < news->watched_count; i++)
            if (news->watched[i].since_ms <= since_ms) judge_standing(judge, target, &news->watched[i]);
        judge_brakes(judge, target, since_ms);
    }
}

void judge_news_count(const struct judge *judge, struct news_counts *out)
{
    if (judge->news) *out = judge->news->counts;
}
