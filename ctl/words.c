#include "ctl/words.h"

#include <time.h>

#include "reconcile/base/instant.h"

const struct standing standings[STANDING_COUNT] = {
    {"Progressing", INK_BUSY, NULL}, {"Waiting", INK_WAIT, "waiting"}, {"Blocked", INK_BAD, "blocked"},
    {"Failing", INK_BAD, "failing"}, {"Unknown", INK_ODD, "unknown"},  {"Converged", INK_GOOD, NULL},
};

unsigned verdict_order(const char *word)
{
    unsigned order = 0;
    while (order < STANDING_COUNT && !text_equal(standings[order].word, word))
        order++;
    return order;
}

enum ink verdict_ink(const char *word)
{
    unsigned order = verdict_order(word);
    return order < STANDING_COUNT ? standings[order].ink : INK_PLAIN;
}

enum ink phase_ink(const char *word)
{
    static const struct {
        const char *word;
        enum ink ink;
    } looks[] = {{"error", INK_BAD}, {"unknown", INK_ODD}, {"building", INK_BUSY}, {"deleting", INK_BUSY}};
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (text_equal(looks[i].word, word)) return looks[i].ink;
    return INK_PLAIN;
}

void words_since(int64_t wall_ms, int64_t now_wall_ms, char out[SPAN_SIZE])
{
    out[0] = '\0';
    if (wall_ms >= 0) duration_show(instant_max(now_wall_ms - wall_ms, 0), out, SPAN_SIZE);
}

void words_until(int64_t wall_ms, int64_t now_wall_ms, char out[SPAN_SIZE])
{
    out[0] = '\0';
    if (wall_ms < 0) return;
    if (wall_ms < now_wall_ms + SECOND_MS)
        text_copy(out, SPAN_SIZE, "now");
    else
        duration_show(wall_ms - now_wall_ms, out, SPAN_SIZE);
}

void words_time(int64_t wall_ms, char out[SPAN_SIZE])
{
    time_t seconds = (time_t)(wall_ms / SECOND_MS);
    struct tm local;
    out[0] = '\0';
    if (wall_ms < 0 || !localtime_r(&seconds, &local)) return;
    strftime(out, SPAN_SIZE, "%Y-%m-%d %H:%M:%S", &local);
}
