#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/judge_news_state.h"

/* What a target took and the daemon was told of it, and what a start finds of it in the ledger. */

/* --- it arrives --- */

void judge_news_taken(struct judge *judge, const char *target, const char *id)
{
    struct news *news = judge->news;
    struct letter *letter = news_letter(news, news_target(news, target), id);
    if (!letter) return;
    news->counts.doubles += letter->taken;
    news->counts.messages += !letter->taken;
    if (!letter->taken) news->counts.names += letter->count;
    letter->taken = true;
}

void judge_news_answered(struct judge *judge, const char *target, const char *id, bool delivered,
                         int64_t quiet_until_ms)
{
    struct news *news = judge->news;
    unsigned place = news_target(news, target);
    struct letter *letter = news_letter(news, place, id);
    if (strcmp(news->busy[place], id) == 0) news->busy[place][0] = '\0';
    if (letter) letter->answered |= delivered;
    /* of one that was dropped nobody knows any more whose it was */
    if (quiet_until_ms > 0 && letter && !letter->dropped) news->quiet_until_ms[place] = quiet_until_ms;
}

void judge_news_unsaved(struct judge *judge, int64_t now_ms)
{
    if (judge->news) judge->news->unsaved_ms = now_ms;
}

void judge_news_told(struct judge *judge, const char *type, const char *message)
{
    char id[WORD_SIZE], target[WORD_SIZE];
    struct news *news = judge->news;
    if (!news) return;
    if (strcmp(type, "LedgerRebuilt") == 0) {
        news->blind = false;
        news->unsaved_ms = judge->now_ms; /* what it stores is under way */
    }
    if (strcmp(type, "NotificationDropped") != 0) return;
    if (sscanf(message, "notification %39s to %39s is dropped", id, target) != 2) return;
    struct letter *letter = news_letter(news, news_target(news, target), id);
    news->counts.dropped++;
    if (letter) letter->dropped = true;
}

void judge_news_target(struct judge *judge, const char *name, bool absent)
{
    struct news *news = judge->news;
    unsigned place = news_target(news, name);
    if (news->targets[place].absent == absent) return;
    news->targets[place].absent = absent;
    news->busy[place][0] = '\0';
    news_blur(news, place, "", ""); /* what was told meanwhile was not told there */
}

/* --- a start --- */

/* It was told without the ledger, and what was told is not remembered. */
static void unsay(struct judge *judge, struct letter *letter)
{
    struct news *news = judge->news;
    for (unsigned i = 0; i < news->said_count; i++) {
        struct said *said = &news->said[i];
        size_t length = strcspn(said->key, "@");
        for (const char *at = letter->names; said->target == letter->target && *at;) {
            size_t line = strcspn(at, "\n");
            bool brake = said->key[0] == '!';
            const char *own = brake ? strchr(said->key, ' ') + 1 : said->key;
            if (brake) length = strlen(own);
            if (line == length && strncmp(own, at, line) == 0) said->unknown = true;
            at += line + (at[line] == '\n');
        }
    }
    if (letter->count > news_names(letter->names))
        news_blur(news, letter->target, letter->source, letter->cloud);
}

static void judge_kept(struct judge *judge, struct letter *letter, bool kept, const struct rows *rows)
{
    struct news *news = judge->news;
    const char *target = news->targets[letter->target].name;
    bool was = letter->durable, stored = !judge->corrupt && news_is_stored(rows, target, letter->id);
    letter->durable |= stored;
    if (letter->sent && !letter->durable) unsay(judge, letter);
    if (stored || letter->lost || letter->dropped || letter->answered) return;
    if (was && kept)
        judge_fail(judge, PROMISE_NEWS, "%s to %s was stored, nobody took it, and the ledger has it no more",
                   letter->id, target);
    letter->lost = true;
    news->counts.lost += letter->sent && !letter->taken;
}

static struct letter *take_row(struct judge *judge, const struct rows *rows, unsigned row)
{
    struct news *news = judge->news;
    const char *id = rows_cell(rows, row, "id"), *name = rows_cell(rows, row, "target");
    unsigned target = news_target(news, name);
    if (target == news->target_count) return NULL;
    struct letter *letter = news_letter(news, target, id);
    if (letter) return letter;
    struct judge_message m = {.id = id,
                              .target = name,
                              .kind = rows_cell(rows, row, "kind"),
                              .reason = rows_cell(rows, row, "reason"),
                              .source = rows_cell(rows, row, "source"),
                              .cloud = rows_cell(rows, row, "cloud"),
                              .names = rows_cell(rows, row, "names"),
                              .title = rows_cell(rows, row, "title"),
                              .message = rows_cell(rows, row, "message"),
                              .wall_ms = strtoll(rows_cell(rows, row, "wall"), NULL, 10),
                              .over = rows_cell(rows, row, "over")[0] == '1',
                              .count = (unsigned)strtoul(rows_cell(rows, row, "count"), NULL, 10)};
    return news_letter_new(news, target, &m);
}

void judge_news_saved(struct judge *judge, const struct rows *rows, int64_t now_ms)
{
    for (unsigned i = 0; judge->news && i < rows->count; i++) {
        struct letter *letter = take_row(judge, rows, i);
        if (letter && !letter->sent && letter->made_ms == INT64_MIN) letter->made_ms = now_ms;
    }
}

void judge_news_started(struct judge *judge, const struct rows *rows, enum judge_loss loss)
{
    struct news *news = judge->news;
    if (!news) return;
    bool kept = loss == JUDGE_KEPT && !judge->corrupt && !news->blind;
    for (unsigned i = 0; i < news->letter_count; i++)
        judge_kept(judge, &news->letters[i], kept, rows);
    for (unsigned i = 0; i < rows->count && !judge->corrupt; i++) {
        struct letter *letter = take_row(judge, rows, i);
        if (!letter) continue;
        letter->durable = true;
        letter->vague |= !kept && !letter->sent;
    }
    for (unsigned i = 0; i < FLEET_TARGETS_MAX; i++) {
        news->busy[i][0] = '\0';
        news->quiet_until_ms[i] = 0;
        if (!kept) news_blur(news, i, "", "");
    }
    if (loss == JUDGE_LEDGER_LOST) news->said_count = news->blur_count = 0; /* nothing was told */
    news->blind = judge->corrupt;
    news->process++;
}
