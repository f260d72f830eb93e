#include "tests/sim/story.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/grow.h"
#include "tests/sim/keys.h"
#include "tests/sim/manner.h"
#include "tests/sim/post.h"
#include "tests/sim/switches.h"
#include "tests/sim/user_data.h"

static const char *const names[TROUBLE_COUNT - CLOUD_FAULT_KIND_COUNT] = {
    "not-sent",
    "request-lost",
    "request-late",
    "reply-lost",
    "reply-doubled",
    "reply-late",
    "crash",
    "crash-inside",
    "save-slow",
    "disk-full",
    "ledger-lost",
    "ledger-old",
    "ledger-corrupt",
    "clock-jump",
    "operator",
    "edit",
    "remove",
    "source",
    "people",
    "replace",
    "keys",
    "twin",
    "mistake",
    "ghost-late",
    "twin-own",
    "twin-copy",
    "twin-seen",
    "hand-stop",
    "hand-rename",
    "hand-resize",
    "hand-groups",
    "hand-delete",
    "hand-name",
    "source-invalid",
    "source-missing",
    "source-empty",
    "crash-before-save",
    "crash-after-save",
    "crash-before-send",
    "crash-after-send",
    "save-torn",
    "echo",
};

const char *trouble_name(unsigned kind)
{
    return kind < CLOUD_FAULT_KIND_COUNT ? cloud_fault_name((enum cloud_fault_kind)kind)
                                         : names[kind - CLOUD_FAULT_KIND_COUNT];
}

bool trouble_from_name(const char *name, unsigned *out)
{
    for (*out = 0; *out < TROUBLE_DRAWN; (*out)++)
        if (strcmp(trouble_name(*out), name) == 0) return true;
    return false;
}

bool trouble_is_for_calls(unsigned kind)
{
    switch (kind) {
    case CLOUD_FAULT_LAGGING_LIST:
    case CLOUD_FAULT_LAGGING_SHOW:
    case CLOUD_FAULT_PAGE_MISSING:
    case CLOUD_FAULT_PAGE_DOUBLED:
    case CLOUD_FAULT_PAGE_SHIFTED:
    case CLOUD_FAULT_PAGE_CUT:
    case CLOUD_FAULT_LIST_EMPTY:
    case CLOUD_FAULT_LIST_FOREIGN:
    case CLOUD_FAULT_WRONG_PROJECT:
    case CLOUD_FAULT_ENDLESS: return kind == CLOUD_FAULT_ENDLESS;
    /* the ledger's file is changed while the process is down */
    default:
        return kind < TROUBLE_LEDGER_LOST ||
               (kind >= TROUBLE_DRAWN && kind < TROUBLE_HAND_NAME && kind != TROUBLE_TWIN_SEEN) ||
               kind >= TROUBLE_CRASH_BEFORE_SEND;
    }
}

/* How likely a seed has this kind, in permille; kinds of which little is needed, or that spoil much, are
 * rarer. */
static unsigned weight_of(unsigned kind)
{
    switch (kind) {
    case CLOUD_FAULT_PAGE_DOUBLED:
    case CLOUD_FAULT_PAGE_SHIFTED: return 250;
    case TROUBLE_EDIT: return 700;
    case TROUBLE_REMOVE: return 450;
    case TROUBLE_OPERATOR: return 400;
    case TROUBLE_CRASH:
    case TROUBLE_CRASH_INSIDE: return 350;
    case TROUBLE_PEOPLE: return 300;
    case TROUBLE_KEYS:
    case TROUBLE_REPLACE:
    case TROUBLE_SOURCE: return 250;
    case CLOUD_FAULT_LOST_AFTER:
    case CLOUD_FAULT_LOST_BEFORE:
    case TROUBLE_REPLY_LOST: return 250;
    /* one dialect of five has it */
    case CLOUD_FAULT_VERIFY_FORGOTTEN: return 300;
    case CLOUD_FAULT_RETURNS: return 200;
    case CLOUD_FAULT_ENDLESS:
    case CLOUD_FAULT_WRONG_PROJECT: return 60;
    case TROUBLE_TWIN: return 60;
    case CLOUD_FAULT_KILL: return 100;
    default: return 110;
    }
}

/* Kinds that came later have dice of their own: the seeds without them are what they were. */
static bool is_drawn_apart(unsigned kind)
{
    return kind == CLOUD_FAULT_OTHER_JSON || kind == TROUBLE_TWIN || kind == TROUBLE_MISTAKE;
}

static void draw_troubles(struct story *story, struct dice *dice, unsigned only)
{
    struct dice apart = dice_new(story->seed, 11);
    for (unsigned kind = 0; kind < TROUBLE_DRAWN; kind++) {
        bool drawn = dice_chance(is_drawn_apart(kind) ? &apart : dice, weight_of(kind));
        story->has[kind] = only == TROUBLE_COUNT ? drawn : kind == only;
    }
    if (dice_chance(dice, 30) && only == TROUBLE_COUNT) memset(story->has, 0, sizeof story->has);
    /* two that only look on are no trouble */
    if (story->has[TROUBLE_TWIN]) story->has[TROUBLE_EDIT] = story->has[TROUBLE_REMOVE] = true;
    if (story->has[CLOUD_FAULT_WRONG_PROJECT]) story->expect_project = true;
    for (unsigned kind = 0; kind < TROUBLE_DRAWN; kind++)
        story->kinds += story->has[kind];
    /* what happens to pages needs pages */
    bool pages = story->has[CLOUD_FAULT_PAGE_DOUBLED] || story->has[CLOUD_FAULT_PAGE_SHIFTED];
    if (pages && story->objects < 100) story->page_max = (unsigned)dice_between(dice, 2, 4);
    story->late_ghosts = story->has[CLOUD_FAULT_GHOST] && dice_chance(dice, 300);
}

static void draw_volumes(struct manifest *manifest, struct dice *dice, unsigned *taken)
{
    for (unsigned i = 0; i < manifest->count; i++) {
        struct wish *wish = &manifest->wishes[i];
        if (!dice_chance(dice, 120) || taken[wish->cloud] == FLEET_VOLUMES) continue;
        wish->volume = ++taken[wish->cloud];
    }
}

/* One that changes between both addresses of its cloud, or two that keep one each. */
static void draw_addresses(struct manifest *manifest, struct dice *dice, unsigned *taken)
{
    for (unsigned i = 0; i < manifest->count; i++) {
        struct wish *wish = &manifest->wishes[i];
        if (!dice_chance(dice, 200) || taken[wish->cloud] == FLEET_ADDRESSES) continue;
        wish->address = ++taken[wish->cloud];
    }
}

static void draw_manifest(struct story *story, unsigned place, unsigned count, struct dice *dice)
{
    static const char *const source_names[FLEET_SOURCES_MAX] = {"prod", "stage", "lab"};
    struct manifest *manifest = &story->manifests[place];
    *manifest = (struct manifest){.prune = !dice_chance(dice, 80),
                                  .prune_delay_ms = dice_between(dice, 1, 15) * 1000,
                                  .destroy_per_ms = dice_between(dice, 2, 20) * 60000,
                                  .disruption_percent = (unsigned)dice_between(dice, 5, 60)};
    if (dice_chance(dice, 700))
        manifest->destroy_percent = (unsigned)dice_between(dice, 5, 40);
    else
        manifest->destroy_number = (unsigned)dice_between(dice, 0, 5);
    snprintf(manifest->name, sizeof manifest->name, "%s", source_names[place]);
    if (dice_chance(dice, 80))
        manifest->max_instances = count > 2 ? count - (unsigned)dice_below(dice, 3) : 1;
    unsigned room = 0;
    for (unsigned i = 0; i < count; i++) {
        struct wish *wish = GROW(manifest->wishes, manifest->count, room);
        snprintf(wish->name, sizeof wish->name, "%c-%03u", "psl"[place], i);
        wish_draw(wish, dice, story->cloud_count);
        if (dice_chance(dice, 100)) wish->present = false;
    }
}

/* How many clouds of a thousand: half of them Nova's, the other half the rest. */
static const unsigned shares[CLOUD_DIALECT_COUNT] = {[CLOUD_NHN_V2] = 250,
                                                     [CLOUD_OPENSTACK] = 250,
                                                     [CLOUD_NHN_V1] = 167,
                                                     [CLOUD_KAKAOCLOUD] = 167,
                                                     [CLOUD_TENCENT_GATEWAY] = 166};

bool story_draws(enum cloud_dialect dialect)
{
    return shares[dialect] > 0;
}

static enum cloud_dialect draw_dialect(struct dice *dice)
{
    unsigned dialect = 0;
    for (uint64_t drawn = dice_below(dice, 1000); drawn >= shares[dialect]; dialect++)
        drawn -= shares[dialect];
    return (enum cloud_dialect)dialect;
}

void story_fit(const struct story *story, struct wish *wish)
{
    if (wish->volume && story->attaches_running[wish->cloud]) wish->power = FLEET_RUNNING;
}

static void fit_wishes(struct story *story)
{
    for (unsigned i = 0; i < story->source_count; i++)
        for (unsigned k = 0; k < story->manifests[i].count; k++) {
            struct wish *wish = &story->manifests[i].wishes[k];
            manner_fit(manner_of(story->dialects[wish->cloud]), wish, NULL);
            story_fit(story, wish);
        }
}

/* Where reads lag behind a create, all must have more patience: S1's settle counts from its request. */
static void draw_lag(struct story *story)
{
    for (unsigned i = 0; i < story->cloud_count; i++)
        if (manner_of(story->dialects[i])->lag_ms > story->lag_ms)
            story->lag_ms = manner_of(story->dialects[i])->lag_ms;
    if (story->lag_ms > 0) story->settle_ms = story_settle_ms(story) + 2 * story->lag_ms;
}

static void draw_times(struct story *story, struct dice *dice)
{
    static const int64_t polls[] = {1000, 2000, 5000, 10000, 30000};
    story->poll_ms = polls[dice_below(dice, 5)];
    story->full_ms = story->poll_ms * dice_between(dice, 2, 12);
    story->settle_ms = dice_between(dice, 2, 30) * 1000;
    story->timeout_ms = dice_between(dice, 3, 20) * 1000;
    story->build_timeout_ms = dice_between(dice, 60, 240) * 1000;
    story->requests_per_second = (unsigned)dice_between(dice, 4, 40);
    story->in_flight = (unsigned)dice_between(dice, 1, 12);
    story->page_max = dice_chance(dice, 500) ? (unsigned)dice_between(dice, 2, 8) : 1000;
    story->latency_ms = dice_chance(dice, 300) ? 1000 : dice_between(dice, 5, 200);
    story->chaos_ms = dice_between(dice, 90, 480) * 1000;
    story->rate = (unsigned)dice_between(dice, 20, 150);
}

/* Over all sources, where it is often the tighter one. */
static void draw_budget(struct story *story)
{
    struct dice dice = dice_new(story->seed, 13);
    if (!dice_chance(&dice, 300)) return;
    if (dice_chance(&dice, 500))
        story->all_percent = (unsigned)dice_between(&dice, 3, 25);
    else
        story->all_number = (unsigned)dice_between(&dice, 1, 4);
    story->all_per_ms = dice_between(&dice, 2, 20) * 60000;
}

void story_draw(struct story *story, uint64_t seed, unsigned only)
{
    struct dice dice = dice_new(seed, 0);
    *story = (struct story){.seed = seed};
    story->cloud_count = 1 + (unsigned)dice_below(&dice, FLEET_CLOUDS_MAX);
    story->source_count = 1 + (unsigned)dice_below(&dice, FLEET_SOURCES_MAX);
    for (unsigned i = 0; i < FLEET_CLOUDS_MAX; i++)
        story->dialects[i] = draw_dialect(&dice);
    draw_times(story, &dice);
    draw_lag(story);
    story->objects = (unsigned)dice_between(&dice, 3, 26);
    if (dice_chance(&dice, 55)) {
        story->objects = 200;
        story->requests_per_second = 40;
        story->page_max = 1000;
        story->poll_ms = 10000;
        story->full_ms = 30000;
        story->chaos_ms = 120000;
    }
    unsigned left = story->objects, taken[FLEET_CLOUDS_MAX] = {0}, addresses[FLEET_CLOUDS_MAX] = {0};
    for (unsigned i = 0; i < story->source_count; i++) {
        unsigned part = left / (story->source_count - i);
        draw_manifest(story, i, part, &dice);
        draw_volumes(&story->manifests[i], &dice, taken);
        draw_addresses(&story->manifests[i], &dice, addresses);
        left -= part;
    }
    switches_draw(story);
    fit_wishes(story);
    story->expect_project = dice_chance(&dice, 300);
    story->init = dice_chance(&dice, 150);
    draw_troubles(story, &dice, only);
    keys_draw(story);
    user_data_draw(story);
    draw_budget(story);
    post_draw(story);
}

void story_release(struct story *story)
{
    for (unsigned i = 0; i < FLEET_SOURCES_MAX; i++)
        manifest_release(&story->manifests[i]);
}

int64_t story_settle_ms(const struct story *story)
{
    return story->settle_ms > story->timeout_ms ? story->settle_ms : story->timeout_ms;
}
