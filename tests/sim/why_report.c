#include <inttypes.h>
#include <stdio.h>

#include "tests/sim/why.h"

enum { GATED_SEEDS = 2000, RARE_SEEDS = 10000 };

void why_merge(struct why_note *to, const struct why_note *from)
{
    for (unsigned i = 0; i < WHY_WORDS_MAX; i++) {
        to[i].seen += from[i].seen;
        to[i].removed += from[i].removed;
        to[i].called += from[i].called;
        to[i].mended += from[i].mended;
        to[i].controls += from[i].controls;
    }
}

bool why_report(const struct why_note *notes, uint64_t seeds)
{
    const struct why_word *words;
    unsigned count = why_words(&words);
    struct why_note sum = {0};
    bool good = true;
    printf("# %-18s %8s %8s %8s %8s %8s\n", "in the way", "seen", "removed", "called", "mended", "controls");
    for (unsigned i = 0; i < count; i++) {
        const struct why_note *note = &notes[i];
        bool untried = note->called + note->mended == 0 && !words[i].excuse;
        bool gated = seeds >= (words[i].rare ? RARE_SEEDS : GATED_SEEDS);
        printf("# %-18s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 "%s%s\n",
               words[i].word, note->seen, note->removed, note->called, note->mended, note->controls,
               untried && gated ? "  NEVER TRIED" : "", words[i].excuse ? "  (a golden case)" : "");
        good &= !(untried && gated);
        sum.removed += note->removed;
        sum.called += note->called;
        sum.controls += note->controls;
    }
    printf("# count: %" PRIu64 " blockers removed, %" PRIu64 " calls followed at once, %" PRIu64
           " others removed\n",
           sum.removed, sum.called, sum.controls);
    return good;
}
