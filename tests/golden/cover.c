#include "tests/golden/cover.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"
#include "reconcile/blocker.h"
#include "reconcile/call.h"
#include "reconcile/reply.h"
#include "reconcile/verdict.h"
#include "tests/golden/words.h"

/* Rules of DESIGN.md that the first line of a case may name, in front of its colon. */
static const char *const rules[] = {"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S12", "S13",
                                    "route", "field", "reply", "time", "notify",
                                    /* the rows of section 7 */
                                    "waiting transitional", "waiting building", "waiting error never running",
                                    "waiting error was running", "waiting storm", "waiting quarantine",
                                    "waiting retries"};
enum { RULES = sizeof rules / sizeof *rules };

static struct {
    unsigned calls[CALL_COUNT], reasons[REASON_COUNT], verdicts[VERDICT_COUNT], replies[REPLY_KIND_COUNT];
    unsigned rules[RULES], blockers[BLOCKER_COUNT];
    struct {
        char *name, *pairs;
    } * cases;
    unsigned count, room;
} seen;

struct pairs { /* the sorted set of one case */
    const char *items[512];
    unsigned count;
};

static void pair_add(struct pairs *pairs, const char *pair)
{
    unsigned place = 0;
    while (place < pairs->count && strcmp(pairs->items[place], pair) < 0)
        place++;
    if (place < pairs->count && strcmp(pairs->items[place], pair) == 0) return;
    if (pairs->count == 512) return;
    memmove(pairs->items + place + 1, pairs->items + place, (pairs->count - place) * sizeof *pairs->items);
    pairs->items[place] = pair;
    pairs->count++;
}

/* = NAME ID PHASE VERDICT REASON ROUTE …: counts only if verdict and reason are words. */
static void note_row(const struct words *words, struct arena *arena, struct pairs *pairs)
{
    for (unsigned i = 0; i < REASON_COUNT; i++) {
        const struct reason_row *row = reason_row((enum reason)i);
        if (strcmp(row->word, words_at(words, 5)) != 0) continue;
        if (strcmp(verdict_name(row->verdict), words_at(words, 4)) != 0) continue;
        seen.reasons[i]++;
        seen.verdicts[row->verdict]++;
        const char *route = words_at(words, 6);
        pair_add(pairs, arena_printf(arena, "%.*s %s", (int)strcspn(route, ","), route, row->word));
    }
}

/* ! VerdictChanged NAME REASON: … */
static void note_verdict(const struct words *words)
{
    const char *word = words_at(words, 3);
    size_t size = strcspn(word, ":");
    for (unsigned i = 0; i < REASON_COUNT; i++)
        if (strlen(reason_row((enum reason)i)->word) == size &&
            strncmp(reason_row((enum reason)i)->word, word, size) == 0)
            seen.reasons[i]++;
}

/* = NAME BLOCKED-BY, or = blocked NAME BLOCKED-BY: … */
static void note_blocker(const struct words *words)
{
    const char *shown = words_at(words, strcmp(words_at(words, 1), "blocked") == 0 ? 3 : 2);
    for (unsigned i = BLOCKER_NONE + 1; i < BLOCKER_COUNT; i++) {
        const char *word = blocker_row((enum blocker_kind)i)->word;
        size_t size = strlen(word);
        seen.blockers[i] += strncmp(shown, word, size) == 0 && shown[size] == ':' && shown[size + 1] != '\0';
    }
}

static void note_reply(const struct words *words)
{
    for (unsigned i = 0; i < REPLY_KIND_COUNT; i++)
        if (strcmp(reply_kind_name((enum reply_kind)i), words_at(words, 1)) == 0 ||
            strcmp(reply_kind_name((enum reply_kind)i), words_at(words, 2)) == 0)
            seen.replies[i]++;
}

static void note_rule(const char *line)
{
    for (unsigned i = 0; i < RULES; i++) {
        size_t size = strlen(rules[i]);
        if (strncmp(line + 2, rules[i], size) == 0 && line[2 + size] == ':') seen.rules[i]++;
    }
}

static void note_line(const char *line, struct arena *arena, struct pairs *pairs)
{
    struct words words = words_of(line, arena);
    const char *verb = words_at(&words, 0);
    enum call_kind call;
    if (strcmp(verb, "=") == 0) note_row(&words, arena, pairs);
    if (strcmp(verb, "=") == 0) note_blocker(&words);
    if (strcmp(verb, "!") == 0 && strcmp(words_at(&words, 1), "VerdictChanged") == 0) note_verdict(&words);
    if (strcmp(verb, "reply") == 0) note_reply(&words);
    if (strcmp(verb, "done") == 0) seen.replies[REPLY_OK]++;
    if (strcmp(verb, ">") == 0 && strcmp(words_at(&words, 1), "Notify") == 0)
        pair_add(pairs, arena_printf(arena, "Notify %s %s %s", words_at(&words, 3), words_at(&words, 4),
                                     words_at(&words, 5)));
    if (strcmp(verb, ">") == 0 && call_from_name(words_at(&words, 1), &call)) {
        seen.calls[call]++;
        pair_add(pairs, arena_printf(arena, "%s sent", call_name(call)));
    }
}

static char *pairs_text(const struct pairs *pairs)
{
    struct text text;
    text_init(&text, 1 << 16);
    for (unsigned i = 0; i < pairs->count; i++)
        text_addf(&text, "%s;", pairs->items[i]);
    text_add_char(&text, '.');
    return text_take(&text);
}

const char *cover_note(const char *name, const char *text)
{
    struct pairs pairs = {.count = 0};
    struct arena arena;
    const char *line, *earlier = NULL, *at = text;
    arena_init(&arena);
    note_rule(text);
    while (list_next(&at, '\n', &arena, &line))
        note_line(line, &arena, &pairs);
    char *set = pairs_text(&pairs);
    arena_release(&arena);
    for (unsigned i = 0; i < seen.count && !earlier; i++)
        if (strcmp(seen.cases[i].pairs, set) == 0) earlier = seen.cases[i].name;
    ROW_RESERVE(seen.cases, seen.count, seen.room);
    seen.cases[seen.count].name = memory_copy_text(name);
    seen.cases[seen.count++].pairs = set;
    return earlier;
}

static void report(unsigned *number, bool *good, const char *kind, const char *word, unsigned count)
{
    if (count == 0) *good = false;
    printf("%s %u - %s %s is shown by a case\n", count > 0 ? "ok" : "not ok", (*number)++, kind, word);
}

unsigned cover_report(unsigned number, bool *out_good)
{
    for (unsigned i = 0; i < CALL_COUNT; i++)
        report(&number, out_good, "call", call_name((enum call_kind)i), seen.calls[i]);
    for (unsigned i = 0; i < VERDICT_COUNT; i++)
        report(&number, out_good, "verdict", verdict_name((enum verdict)i), seen.verdicts[i]);
    for (unsigned i = 0; i < REASON_COUNT; i++)
        report(&number, out_good, "reason", reason_row((enum reason)i)->word, seen.reasons[i]);
    for (unsigned i = BLOCKER_NONE + 1; i < BLOCKER_COUNT; i++)
        report(&number, out_good, "blocker", blocker_row((enum blocker_kind)i)->word, seen.blockers[i]);
    for (unsigned i = 0; i < REPLY_KIND_COUNT; i++)
        report(&number, out_good, "reply", reply_kind_name((enum reply_kind)i), seen.replies[i]);
    for (unsigned i = 0; i < RULES; i++)
        report(&number, out_good, "rule", rules[i], seen.rules[i]);
    for (unsigned i = 0; i < seen.count; i++) {
        memory_free(seen.cases[i].name);
        memory_free(seen.cases[i].pairs);
    }
    memory_free(seen.cases);
    seen.cases = NULL;
    seen.count = seen.room = 0;
    return number;
}
