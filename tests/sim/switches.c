#include "tests/sim/switches.h"

#include <stdio.h>
#include <string.h>

enum {
    PART_OF_DICE = 16,
    PART_OF_PAGES = 32,
    DRAWN = 500,
    CAPPED = 500,
    PAGE_LEAST = 4, /* and some more the more objects there are: */
    PAGES = 8,  /* lists of many pages at a seed's rate take longer than the bound of liveness has room for */
    MOVED = 500 /* permille of clouds, and of the switches of such a one */
};

struct excuse {
    enum cloud_dialect dialect;
    const char *name;
};

/* What no request of a seed asks for; the system test has those that any can. */
static const struct excuse never[] = {
    {CLOUD_NHN_V1, "delete-twice"},
    {CLOUD_NHN_V1, "count-names"},
    {CLOUD_NHN_V1, "u2-volume"},
    {CLOUD_NHN_V1, "volume-size"},
    {CLOUD_KAKAOCLOUD, "validation"},
    {CLOUD_NHN_V2, "protect"},
    /* the simulated users name no network by name, and want at least one group */
    {CLOUD_NHN_V2, "networks"},
    {CLOUD_KAKAOCLOUD, "no-groups"},
    /* the configuration says which */
    {CLOUD_TENCENT_GATEWAY, "scheme"},
};

static bool is_excused(enum cloud_dialect dialect, const char *name)
{
    for (unsigned i = 0; i < sizeof never / sizeof *never; i++)
        if (never[i].dialect == dialect && strcmp(never[i].name, name) == 0) return true;
    return false;
}

static unsigned positions_of(const char *const *positions)
{
    unsigned count = 0;
    while (positions[count])
        count++;
    return count;
}

static void draw_cloud(struct story *story, unsigned cloud)
{
    struct dice dice = dice_new(story->seed, PART_OF_DICE + cloud);
    enum cloud_dialect dialect = story->dialects[cloud];
    const char *const *positions;
    const char *name;
    if (!dice_chance(&dice, DRAWN)) return;
    for (size_t i = 0; cloud_switch_at(dialect, i, &name, &positions); i++) {
        bool moved = dice_chance(&dice, MOVED);
        unsigned char drawn = (unsigned char)dice_below(&dice, positions_of(positions));
        if (moved && !is_excused(dialect, name)) story->switches[cloud][i] = drawn;
    }
}

void switches_draw(struct story *story)
{
    for (unsigned i = 0; i < story->cloud_count; i++) {
        struct cloud_options options = {.dialect = story->dialects[i]};
        draw_cloud(story, i);
        memcpy(options.switches, story->switches[i], sizeof options.switches);
        story->bins |= switches_stand(&options, "soft-delete", "shown");
        story->attaches_running[i] = switches_stand(&options, "attach-from", "active");
    }
}

/* Half of NHN's clouds give fewer servers at once than are asked: else no seed's list has a second page. */
static void cap_pages(const struct story *story, unsigned cloud, struct cloud_options *options)
{
    struct dice dice = dice_new(story->seed, PART_OF_PAGES + cloud);
    if (story->dialects[cloud] == CLOUD_NHN_V2 && dice_chance(&dice, CAPPED))
        options->page_max = PAGE_LEAST + (unsigned)dice_below(&dice, PAGE_LEAST) + story->objects / PAGES;
}

void switches_set(const struct story *story, unsigned cloud, struct cloud_options *options)
{
    memcpy(options->switches, story->switches[cloud], sizeof options->switches);
    cap_pages(story, cloud, options);
}

bool switches_stand(const struct cloud_options *options, const char *name, const char *position)
{
    const char *const *positions;
    const char *found;
    for (size_t i = 0; cloud_switch_at(options->dialect, i, &found, &positions); i++)
        if (strcmp(found, name) == 0) return strcmp(positions[options->switches[i]], position) == 0;
    return false;
}

void switches_note(enum cloud_dialect dialect, const struct cloud *cloud, const struct cloud_options *options,
                   struct switch_note *out)
{
    const char *const *positions;
    const char *name;
    for (size_t i = 0; cloud_switch_at(dialect, i, &name, &positions); i++)
        if (cloud_switch_asked(cloud, i) > 0)
            out->asked[dialect][i] |= (unsigned char)(1u << options->switches[i]);
}

void switches_add(struct switch_seeds *to, const struct switch_note *note)
{
    for (unsigned d = 0; d < CLOUD_DIALECT_COUNT; d++)
        for (unsigned i = 0; i < CLOUD_SWITCHES_MAX; i++)
            for (unsigned k = 0; k < SWITCH_POSITIONS; k++)
                to->count[d][i][k] += note->asked[d][i] >> k & 1;
}

void switches_merge(struct switch_seeds *to, const struct switch_seeds *from)
{
    for (unsigned d = 0; d < CLOUD_DIALECT_COUNT; d++)
        for (unsigned i = 0; i < CLOUD_SWITCHES_MAX; i++)
            for (unsigned k = 0; k < SWITCH_POSITIONS; k++)
                to->count[d][i][k] += from->count[d][i][k];
}

static bool print_dialect(enum cloud_dialect dialect, const struct switch_seeds *seeds)
{
    const char *const *positions;
    const char *name;
    bool good = true;
    for (size_t i = 0; cloud_switch_at(dialect, i, &name, &positions); i++) {
        if (is_excused(dialect, name)) continue;
        printf("# %-16s %-18s", cloud_dialect_name(dialect), name);
        for (unsigned k = 0; positions[k] && k < SWITCH_POSITIONS; k++) {
            unsigned count = seeds->count[dialect][i][k];
            printf("%s%s %u%s", k ? ", " : "", positions[k], count, count ? "" : " NEVER");
            good &= count > 0;
        }
        printf("\n");
    }
    return good;
}

bool switches_print(const struct switch_seeds *seeds)
{
    bool good = true;
    printf("# %-16s %-18s%s\n", "dialect", "switch", "position and seeds in which it decided something");
    for (unsigned i = 0; i < CLOUD_DIALECT_COUNT; i++)
        if (story_draws((enum cloud_dialect)i)) good &= print_dialect((enum cloud_dialect)i, seeds);
    return good;
}
