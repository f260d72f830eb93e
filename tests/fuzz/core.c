#include "tests/fuzz/core.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/view.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/setting.h"

enum { TURNS_MAX = 64, SHOWN_MAX = 16 << 20 };

void core_begin(struct core *core, struct now now)
{
    *core = (struct core){.disk = disk_new(), .now = now};
}

void core_start(struct core *core)
{
    uint8_t entropy[32] = "thirty-two bytes of no surprise";
    entropy[0] = (uint8_t)++core->starts; /* no two processes are called the same */
    core->state = reconcile_new(entropy, core->now);
    batch_init(&core->events);
    effects_init(&core->effects);
    core->ledger_damage = false;
}

void core_crash(struct core *core)
{
    reconcile_free(core->state);
    batch_discard(&core->events);
    effects_release(&core->effects);
    disk_crash(core->disk, 0);
}

void core_end(struct core *core)
{
    core_crash(core);
    disk_free(core->disk);
}

void core_offer_ledger(struct core *core)
{
    struct event_ledger *ledger = &batch_add(&core->events, EVENT_LEDGER)->ledger;
    const struct record *rows;
    ledger->count = disk_read(core->disk, &rows, &ledger->event_seq);
    ledger->records = rows;
    ledger->state = ledger->count > 0 ? LEDGER_LOADED : LEDGER_INIT;
    ledger->problem = "";
}

static bool is_durable(const struct core *core, uint64_t call_id)
{
    struct rows intents = disk_intents(core->disk);
    for (unsigned i = 0; i < intents.count; i++)
        if (strtoull(intents.cells[i][0], NULL, 10) == call_id) return true;
    return false;
}

static void check_call(struct core *core, const struct call *call)
{
    FUZZ_CHECK(call->kind < CALL_COUNT && call->cloud && call->id > 0);
    if (!call_is_mutating(call->kind)) return;
    FUZZ_CHECK(!core->observes && !core->ledger_damage);
    FUZZ_CHECK(is_durable(core, call->id));
    FUZZ_CHECK((call->kind == CALL_CREATE) == (call->create != NULL));
    bool is_key = call->kind == CALL_REGISTER_KEYPAIR || call->kind == CALL_DELETE_KEYPAIR;
    const char *what = is_key ? call->argument : call->provider_id;
    FUZZ_CHECK(call->create || (what && what[0]));
}

static void check_save(const struct core *core, const struct record *records, uint32_t count)
{
    (void)core;
    for (uint32_t i = 0; i < count; i++) {
        const struct record_table_row *row = record_table_row(records[i].table);
        unsigned cells = records[i].erase ? row->key_columns : row->columns;
        for (unsigned j = 0; j < cells; j++)
            FUZZ_CHECK(records[i].cells[j]);
    }
}

/* For who writes a file of the corpus: FUZZ_SHOW=1 tells what the core does. */
static bool is_shown(void)
{
    static int wanted = -1;
    if (wanted < 0) wanted = getenv("FUZZ_SHOW") != NULL;
    return wanted;
}

static void show_effect(const struct core *core, const struct effect *effect)
{
    long long at_ms = core->now.boot_ms;
    if (!is_shown()) return;
    if (effect->kind == EFFECT_SEND && call_is_mutating(effect->send.call->kind))
        printf("# %lld %s %s\n", at_ms, call_name(effect->send.call->kind), effect->send.call->cloud);
    if (effect->kind == EFFECT_TELL)
        printf("# %lld %s %s: %s\n", at_ms, effect->tell.type, effect->tell.name ? effect->tell.name : "",
               effect->tell.message);
    if (effect->kind == EFFECT_ANSWER) printf("# %lld answer: %s\n", at_ms, effect->answer.message);
}

static void carry_out(struct core *core, const struct effect *effect)
{
    show_effect(core, effect);
    switch (effect->kind) {
    case EFFECT_SAVE:
        check_save(core, effect->save.records, effect->save.count);
        disk_begin(core->disk, effect->save.id, effect->save.records, effect->save.count);
        return;
    case EFFECT_SEND:
        check_call(core, effect->send.call);
        if (core->sent) core->sent(core->ctx, effect->send.call);
        return;
    case EFFECT_TELL:
        if (strcmp(effect->tell.type, "LedgerCorrupt") == 0) core->ledger_damage = true;
        FUZZ_CHECK(effect->tell.message);
        return;
    case EFFECT_ANSWER: FUZZ_CHECK(effect->answer.message); return;
    case EFFECT_NOTIFY: FUZZ_CHECK(effect->notify.id && effect->notify.title); return;
    case EFFECT_PERMIT: FUZZ_CHECK(effect->permit.cloud); return;
    case EFFECT_KIND_COUNT: FUZZ_CHECK(false);
    }
}

static bool turn_once(struct core *core)
{
    struct batch batch = batch_take(&core->events);
    effects_clear(&core->effects);
    struct step_result result =
        reconcile_step(core->state, batch.events, batch.count, core->now, &core->effects);
    batch_release(&batch);
    for (uint32_t i = 0; i < core->effects.count; i++)
        carry_out(core, &core->effects.items[i]);
    return result.more;
}

void core_turn(struct core *core)
{
    unsigned turns = 0;
    while (turn_once(core) || core->events.count > 0)
        FUZZ_CHECK(++turns < TURNS_MAX);
}

void core_save_ends(struct core *core, bool fails)
{
    uint64_t id = disk_finish(core->disk, fails);
    if (id == 0) return;
    struct event *event = batch_add(&core->events, fails ? EVENT_SAVE_FAILED : EVENT_SAVED);
    event->save.id = id;
    event->save.problem = fails ? "No space left on device" : NULL;
}

static void check_json(struct text *out)
{
    cJSON *json = out->bytes ? cJSON_ParseWithOpts(out->bytes, NULL, true) : NULL;
    FUZZ_CHECK(json && !out->overflow);
    cJSON_Delete(json);
    text_clear(out);
}

void core_show(struct core *core)
{
    static void (*const views[])(const struct state *, struct now,
                                 struct text *) = {view_clouds, view_sources, view_holds};
    static const char *const described[] = {"cache", "db",       "web-1",    "web-2",
                                            "ops",   "prod/ops", "ops@beta", "x"};
    struct view_filter all = {0};
    AUTO_TEXT struct text out;
    text_init(&out, SHOWN_MAX);
    view_status(core->state, &all, core->now, &out);
    if (is_shown()) printf("# %s\n", out.bytes);
    check_json(&out);
    view_plan(core->state, &all, core->now, &out);
    check_json(&out);
    for (unsigned i = 0; i < 3; i++) {
        views[i](core->state, core->now, &out);
        check_json(&out);
    }
    for (unsigned i = 0; i < sizeof described / sizeof *described; i++)
        if (view_describe(core->state, described[i], core->now, &out) == VIEW_FOUND)
            check_json(&out);
        else
            text_clear(&out);
}
