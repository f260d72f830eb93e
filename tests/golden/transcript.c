#include "tests/golden/transcript.h"

#include <ftw.h>
#include <stdio.h>
#include <string.h>

#include "tests/golden/play.h"

enum { LINES_MAX = 1 << 17, BLOCK_MAX = 2048 };

static bool is_outcome(const char *line)
{
    return strchr("><=!", line[0]) && line[0] && line[1] == ' ';
}

static bool is_inset(const char *line)
{
    return strncmp(line, "  ", 2) == 0;
}

void transcribe(const char *text, bool repeated, struct text *out)
{
    struct arena arena;
    arena_init(&arena);
    const char **lines = ARENA_ROW(&arena, const char *, LINES_MAX), *at = text;
    const char **block = ARENA_ROW(&arena, const char *, BLOCK_MAX);
    uint32_t count = 0;
    struct play play;
    play_init(&play, out);
    while (count < LINES_MAX && list_next(&at, '\n', &arena, &lines[count]))
        count++;
    for (uint32_t i = 0; i < count && !play.stop;) {
        const char *line = lines[i++];
        uint32_t size = 0;
        if (is_outcome(line)) continue;
        if (repeated) text_addf(out, "%s\n", line);
        while (i < count && is_inset(lines[i]) && size < BLOCK_MAX) {
            if (repeated) text_addf(out, "%s\n", lines[i]);
            block[size++] = lines[i++] + 2;
        }
        if (line[0] == '\0' || line[0] == '#') continue;
        if (!act(&play, line, block, size)) text_add(out, "! no such line\n");
        written_check(&play);
    }
    play_release(&play);
    arena_release(&arena);
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

void directory_remove(const char *directory)
{
    if (nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "golden: cannot remove %s\n", directory);
}
