#include "tests/sim/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reconcile/view.h"
#include "tests/sim/document.h"
#include "tests/sim/grow.h"

enum { JSON_MAX = 16 << 20, CURIOUS = 40 /* permille of looks that read more than status */ };

static char *shown(struct text *text)
{
    char *copy = grow_text(text->bytes ? text->bytes : "[]");
    text_release(text);
    return copy;
}

char *reader_read(struct world *world, enum reader_view view)
{
    struct text text;
    struct now now = world_clock(world);
    text_init(&text, JSON_MAX);
    switch (view) {
    case READER_STATUS: view_status(world->state, NULL, now, &text); break;
    case READER_CLOUDS: view_clouds(world->state, now, &text); break;
    case READER_HOLDS: view_holds(world->state, now, &text); break;
    case READER_PLAN: view_plan(world->state, NULL, now, &text); break;
    case READER_SOURCES: view_sources(world->state, now, &text); break;
    }
    return shown(&text);
}

static void show(struct world *world, enum reader_view view, const char *what)
{
    char *json = reader_read(world, view);
    judge_read(world->judge, what, json);
    free(json);
}

char *reader_describe(struct world *world, const char *name)
{
    struct text text;
    text_init(&text, JSON_MAX);
    if (view_describe(world->state, name, world_clock(world), &text) == VIEW_FOUND) return shown(&text);
    text_release(&text);
    return NULL;
}

static void describe(struct world *world, const char *name)
{
    char *json = reader_describe(world, name);
    if (json) judge_read(world->judge, "describe", json);
    free(json);
}

static void take_stock(struct world *world)
{
    struct text text, message;
    text_init(&text, JSON_MAX);
    text_init(&message, 1000);
    if (view_inventory(world->state, &(struct view_filter){.names = NULL}, &text, &message))
        judge_read(world->judge, "inventory", text.bytes);
    if (view_is_ready(world->state) && view_mode(world->state)[0] && view_serial(world->state) == UINT64_MAX)
        judge_fail(world->judge, PROMISE_S10, "status has changed without end");
    text_release(&text);
    text_release(&message);
}

/* What a filter picks is as many as are counted. */
static void pick(struct world *world, const struct view_filter *filter)
{
    struct text text;
    text_init(&text, JSON_MAX);
    if (view_check(world->state, filter, &text) == VIEW_FOUND) {
        text_clear(&text);
        view_status(world->state, filter, world_clock(world), &text);
        unsigned count = view_count(world->state, filter, world_clock(world)).objects;
        judge_picked(world->judge, text.bytes ? text.bytes : "[]", count);
    }
    text_release(&text);
}

/* What is true of a whole cloud or source; and whether what is shown is not what stands there now. */
static void notice(struct world *world, const struct view_filter *filter)
{
    struct text text, unread;
    struct now now = world_clock(world);
    text_init(&text, JSON_MAX);
    text_init(&unread, JSON_MAX);
    view_notices(world->state, filter, now, &text);
    bool marked = strstr(text.bytes, "\"unread\":true") != NULL;
    judge_read(world->judge, "notices", text.bytes);
    if (view_unread(world->state, filter, now, &unread) != marked)
        judge_fail(world->judge, PROMISE_S10, "notices and what is unread differ: %.200s", text.bytes);
    text_release(&text);
    text_release(&unread);
}

void reader_unmanaged(struct world *world)
{
    struct text text;
    text_init(&text, JSON_MAX);
    view_unmanaged(world->state, &text);
    judge_unmanaged(world->judge, text.bytes);
    text_release(&text);
}

static void be_curious(struct world *world)
{
    static const char *const selectors[] = {"tier=a", "tier!=a", "tier", "tier=b,tier!=a", "=", "tier!=a,"};
    struct dice *dice = &world->dice_reader;
    const struct manifest *manifest = &world->story.manifests[dice_below(dice, world->story.source_count)];
    char name[3 * FLEET_NAME + 3] = "nobody";
    if (manifest->count > 0)
        snprintf(name, sizeof name, "%s%s%s", dice_chance(dice, 500) ? manifest->name : "",
                 dice_chance(dice, 900) ? "/" : "", manifest->wishes[dice_below(dice, manifest->count)].name);
    if (dice_chance(dice, 200) && manifest->keys[0].name[0])
        snprintf(name, sizeof name, "%s%s%s", manifest->keys[dice_below(dice, FLEET_KEYS)].name,
                 dice_chance(dice, 700) ? "@" : "",
                 document_clouds[dice_below(dice, world->story.cloud_count)]);
    const char *plain = name + (name[0] == '/'), *names[] = {plain};
    const char *selector = selectors[dice_below(dice, sizeof selectors / sizeof *selectors)];
    show(world, READER_PLAN, "plan");
    describe(world, plain);
    if (!world->reads) return;
    take_stock(world);
    show(world, READER_SOURCES, "sources");
    show(world, READER_CLOUDS, "clouds");
    show(world, READER_HOLDS, "holds");
    notice(world, NULL);
    notice(world, &(struct view_filter){.names = names, .name_count = 1});
    notice(world, &(struct view_filter){.source = manifest->name});
    pick(world, &(struct view_filter){.names = names, .name_count = 1});
    pick(world, &(struct view_filter){.source = manifest->name, .selector = selector});
}

void reader_status(struct world *world)
{
    char *json = reader_read(world, READER_STATUS);
    judge_status(world->judge, json, world_clock(world).wall_ms, world->now_ms);
    free(json);
}

void reader_look(struct world *world)
{
    reader_status(world);
    why_look(world);
    if (dice_chance(&world->dice_reader, CURIOUS)) be_curious(world);
}
