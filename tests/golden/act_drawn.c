#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reconcile/view.h"
#include "tests/golden/play.h"
#include "tests/golden/transcript.h"

/* Lines for fleets that are drawn (tests/oracle): several files in a source, clouds that do by themselves
   what they are asked, plans whole. */

struct drawn {
    struct play *play;
    const struct words *words;
    const char *const *block;
    uint32_t block_count;
};

static void problem(const struct drawn *d, const char *what)
{
    text_addf(d->play->out, "! %s\n", what);
}

/* The folders above it, too. */
static FILE *file_make(char *path)
{
    for (char *at = strchr(path, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        bool made = mkdir(path, 0700) == 0 || errno == EEXIST;
        *at = '/';
        if (!made) return NULL;
    }
    return fopen(path, "w");
}

/* `file SOURCE PATH`, and what it holds: not read before `read SOURCE`. */
static void act_file(const struct drawn *d)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", words_at(d->words, 1), words_at(d->words, 2));
    FILE *file = file_make(path);
    if (!file) {
        problem(d, "cannot be written");
        return;
    }
    for (uint32_t i = 0; i < d->block_count; i++)
        fprintf(file, "%s\n", d->block[i]);
    if (fclose(file) != 0) problem(d, "cannot be written");
}

/* `clear SOURCE`: all its files are gone; as they were written. */
static void act_clear(const struct drawn *d)
{
    if (access(words_at(d->words, 1), F_OK) == 0) directory_remove(words_at(d->words, 1));
}

static void act_read(const struct drawn *d)
{
    play_read(d->play, words_at(d->words, 1));
}

/* `doubled on|off` */
static void act_doubled(const struct drawn *d)
{
    d->play->looks_doubled = strcmp(words_at(d->words, 1), "on") == 0;
}

static void advance(struct world *world)
{
    for (uint32_t i = 0; i < world->count; i++) {
        struct row *row = &world->rows[i];
        const char *phase = row->cells[COLUMN_PHASE];
        if (phase && strcmp(phase, "building") == 0) row_set(row, "phase", "running");
    }
    world_image_set(world, "ready");
}

/* `live DURATION`: each second the clouds do what they were asked and what they have begun is done. Behind
   what was sent stands the second. */
static void act_live(const struct drawn *d)
{
    struct play *play = d->play;
    int64_t duration_ms, second = 0;
    if (!duration_parse(words_at(d->words, 1), NEVER_MS, &duration_ms)) {
        problem(d, "live for how long?");
        return;
    }
    for (; second < duration_ms / SECOND_MS && !play->stop; second++) {
        size_t length = play->out->length;
        advance(&play->world);
        act(play, "done all", NULL, 0);
        play_until(play, play->now.boot_ms + SECOND_MS);
        if (play->out->length > length) text_addf(play->out, "= second %lld\n", (long long)second);
    }
}

/* `json`: the plan as it is told, on one line. */
static void act_json(const struct drawn *d)
{
    struct view_filter all = {.name_count = 0};
    view_plan(d->play->state, &all, d->play->now, d->play->out);
    text_add_char(d->play->out, '\n');
}

bool act_drawn(struct play *play, const struct words *words, const char *const *block, uint32_t block_count)
{
    static const struct {
        const char *word;
        bool started; /* makes sense behind `start` only */
        void (*act)(const struct drawn *d);
    } verbs[] = {
        {"clear", false, act_clear}, {"doubled", false, act_doubled}, {"file", false, act_file},
        {"json", true, act_json},    {"live", true, act_live},        {"read", true, act_read},
    };
    struct drawn drawn = {play, words, block, block_count};
    for (unsigned i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].word, words_at(words, 0)) != 0) continue;
        if (verbs[i].started && !play->state)
            problem(&drawn, "not before the start");
        else
            verbs[i].act(&drawn);
        if (play->state) play_until(play, play->now.boot_ms);
        return true;
    }
    return false;
}
