#include <stdio.h>
#include <string.h>

#include "providers/provider.h"
#include "reconcile/base/memory.h"
#include "tests/golden/play.h"
#include "tests/golden/show.h"

/* The lines of a case. One row per verb. */
struct line {
    struct play *play;
    struct words words;
    const char *const *block;
    uint32_t block_count;
};

static void problem(struct line *l, const char *what)
{
    text_addf(l->play->out, "! %s\n", what);
}

static const char *first(const struct line *l)
{
    return words_at(&l->words, 1);
}

/* --- the world --- */

static void act_servers(struct line *l)
{
    world_clear(&l->play->world, first(l));
    if (!world_table(&l->play->world, first(l), l->block, l->block_count)) problem(l, "unknown column");
}

static void act_set(struct line *l)
{
    struct row *row = world_find(&l->play->world, first(l));
    if (!row) {
        problem(l, "no such server");
        return;
    }
    for (unsigned i = 2; i < l->words.count; i++) {
        const char *equals = strchr(l->words.items[i], '=');
        char column[64] = "";
        if (equals)
            snprintf(column, sizeof column, "%.*s", (int)(equals - l->words.items[i]), l->words.items[i]);
        if (!equals || !row_set(row, column, equals + 1)) problem(l, "unknown column");
    }
}

/* `image ready|saving|failed|gone`: the newest image made of a server. */
static void act_image(struct line *l)
{
    if (!world_image_set(&l->play->world, first(l))) problem(l, "no image was made, or no such state");
}

static void act_drop(struct line *l)
{
    for (unsigned i = 1; i < l->words.count; i++) {
        struct row *row = world_find(&l->play->world, l->words.items[i]);
        if (row)
            world_drop(&l->play->world, row);
        else
            problem(l, "no such server");
    }
}

/* keypair CLOUD NAME [SHOWN]: without SHOWN it is gone. */
static void act_keypair(struct line *l)
{
    const char *shown = l->words.count > 3 ? words_at(&l->words, 3) : NULL;
    world_keypair(&l->play->world, first(l), words_at(&l->words, 2), shown);
}

static bool reply_kind_parse(const char *word, enum reply_kind *out)
{
    for (unsigned i = 0; i < REPLY_KIND_COUNT; i++) {
        if (strcmp(reply_kind_name((enum reply_kind)i), word) != 0) continue;
        *out = (enum reply_kind)i;
        return true;
    }
    return false;
}

static void act_answer(struct line *l)
{
    static const char *const kinds[ASKED_COUNT] = {"list", "get", "catalogue"};
    for (unsigned i = 0; i < ASKED_COUNT; i++) {
        if (strcmp(kinds[i], first(l)) != 0) continue;
        struct answering *how = &l->play->answers[i];
        *how = (struct answering){.kind = REPLY_OK, .total = -1};
        how->message = arena_text(&l->play->arena, words_value(&l->words, "message", ""));
        how->page = words_number(&l->words, "page", 0);
        uint32_t total = words_number(&l->words, "total", UINT32_MAX);
        if (total != UINT32_MAX) how->total = total;
        how->circle = words_has(&l->words, "circle");
        how->silent = strcmp(words_at(&l->words, 2), "none") == 0;
        if (!how->silent && !reply_kind_parse(words_at(&l->words, 2), &how->kind))
            problem(l, "no such kind of reply");
        return;
    }
    problem(l, "answer list, get or catalogue");
}

/* --- manifests --- */

static void add_copy(struct text *yaml, const char *line, unsigned number)
{
    for (; *line; line++) {
        if (number > 0 && strncmp(line, "{n}", 3) == 0) {
            text_addf(yaml, "%u", number);
            line += 2;
        } else {
            text_add_char(yaml, *line);
        }
    }
    text_add_char(yaml, '\n');
}

/* repeat=N: N copies of the block, {n} counting from 1 (or from=). */
static const char *yaml_of(struct line *l)
{
    uint32_t repeat = words_number(&l->words, "repeat", 0), from = words_number(&l->words, "from", 1);
    struct text yaml;
    text_init(&yaml, 1 << 20);
    for (uint32_t n = from; n < from + (repeat ? repeat : 1); n++) {
        if (n > from) text_add(&yaml, "---\n");
        for (uint32_t i = 0; i < l->block_count; i++)
            add_copy(&yaml, l->block[i], repeat ? n : 0);
    }
    const char *text = arena_text(&l->play->arena, yaml.bytes ? yaml.bytes : "");
    text_release(&yaml);
    return text;
}

static void act_manifests(struct line *l)
{
    struct play *play = l->play;
    const char *name = first(l);
    unsigned place = 0;
    while (place < play->manifest_count && strcmp(play->manifests[place].source, name) != 0)
        place++;
    if (place == SETTINGS_MAX) return;
    struct manifest_set *set = &play->manifests[place];
    if (place == play->manifest_count) play->manifest_count++;
    text_copy(set->source, sizeof set->source, name);
    set->text = words_has(&l->words, "missing") ? NULL : yaml_of(l);
    if (play->state) play_manifests(play, set);
}

/* --- calls --- */

static bool is_target(const struct open_call *open, const char *word)
{
    if (open->call.create) return strcmp(open->call.create->name, word) == 0;
    if (!open->call.provider_id) return open->call.argument && strcmp(open->call.argument, word) == 0;
    return strcmp(open->call.provider_id, word) == 0;
}

/* The call that this line answers: of the target named, else the oldest. */
static struct open_call *open_of(struct line *l, const char *target)
{
    for (uint32_t i = 0; i < l->play->open_count; i++)
        if (!target || is_target(&l->play->open[i], target)) return &l->play->open[i];
    problem(l, "no such call is unanswered");
    return NULL;
}

static void reply_send(struct line *l, struct open_call *open, enum reply_kind kind, const char *id)
{
    struct play *play = l->play;
    struct event_reply *event = &play_event(play, EVENT_REPLY)->reply;
    event->call_id = open->call.id;
    event->cloud = open->call.cloud;
    event->sent_boot_ms = open->sent_ms;
    event->reply =
        (struct reply){.kind = kind,
                       .message = arena_text(&play->arena, words_value(&l->words, "message", "")),
                       .request_id = arena_text(&play->arena, words_value(&l->words, "request", "")),
                       .retry_after_ms = words_duration(&l->words, "after", 0),
                       .not_sent = words_has(&l->words, "notsent"),
                       .date_wall_ms = play->now.wall_ms - play->jumped_ms,
                       .provider_id = arena_text(&play->arena, id),
                       .total = -1};
    uint32_t place = (uint32_t)(open - play->open);
    memmove(open, open + 1, (play->open_count - place - 1) * sizeof *open);
    play->open_count--;
}

static void act_reply(struct line *l)
{
    enum reply_kind kind = REPLY_OK;
    bool named = !reply_kind_parse(first(l), &kind);
    struct open_call *open = open_of(l, named ? first(l) : NULL);
    if (named && !reply_kind_parse(words_at(&l->words, 2), &kind)) problem(l, "no such kind of reply");
    if (!open) return;
    const char *id = words_value(&l->words, "id", NULL);
    reply_send(l, open, kind, id);
}

/* No cloud keeps a mark for which it has no place. */
static bool is_unmarked(const struct play *play, const char *cloud)
{
    const struct setting *setting = &play->setting;
    for (unsigned i = 0; i < setting->cloud_count; i++) {
        if (strcmp(words_at(&setting->clouds[i], 1), cloud) != 0) continue;
        const struct provider *provider = provider_by_name(words_at(&setting->clouds[i], 2));
        return provider && provider->traits->mark == MARK_NOWHERE;
    }
    return false;
}

static void carry_out(struct line *l, struct open_call *open)
{
    struct play *play = l->play;
    const struct call *call = &open->call;
    const char *id = words_value(&l->words, "id", NULL);
    struct row *row = call->provider_id ? world_find(&play->world, call->provider_id) : NULL;
    if (call->kind == CALL_CREATE) {
        if (!id) id = arena_printf(&play->arena, "id-%s", call->create->name);
        while (world_find(&play->world, id) && !words_value(&l->words, "id", NULL))
            id = arena_printf(&play->arena, "%s-2", id);
        row = world_add(&play->world, call->cloud, id);
        world_create(&play->world, call, row, play->now.wall_ms);
        if (is_unmarked(play, call->cloud)) row_set(row, "mark", "-");
    } else if (row) {
        const struct setting *setting = &play->setting;
        bool confirms = false;
        for (unsigned i = 0; i < setting->cloud_count; i++)
            if (strcmp(words_at(&setting->clouds[i], 1), call->cloud) == 0)
                confirms = strcmp(words_at(&setting->clouds[i], 2), "openstack") == 0;
        world_carry_out(&play->world, call, row, confirms);
    } else if (call->kind == CALL_REGISTER_KEYPAIR || call->kind == CALL_DELETE_KEYPAIR) {
        world_keypair(&play->world, call->cloud, call->argument, call->value);
    }
    const char *phase = words_value(&l->words, "phase", NULL);
    if (phase && row) row_set(row, "phase", phase);
    const char *hidden = words_value(&l->words, "hidden", NULL);
    if (hidden && row) row_set(row, "hidden", hidden);
    bool lost = words_has(&l->words, "lost");
    reply_send(l, open, lost ? REPLY_TRANSPORT : REPLY_OK, lost || words_has(&l->words, "noid") ? NULL : id);
}

/* `done [TARGET|all] [id=ID] [phase=PHASE] [hidden=WHERE] [noid|lost]`: the cloud does it and says so (lost:
   its reply is); new servers are building.
 */
static void act_done(struct line *l)
{
    const char *target = first(l);
    if (strcmp(target, "all") == 0) {
        while (l->play->open_count > 0)
            carry_out(l, &l->play->open[0]);
        return;
    }
    if (target[0] == '\0' || strchr(target, '=') || strcmp(target, "noid") == 0) target = NULL;
    struct open_call *open = open_of(l, target);
    if (open) carry_out(l, open);
}

/* --- time, ledger, sessions --- */

static void act_start(struct line *l)
{
    play_start(l->play);
}

static void act_wait(struct line *l)
{
    int64_t duration;
    play_jump(l->play, words_duration(&l->words, "jump", 0));
    if (duration_parse(first(l), NEVER_MS, &duration))
        play_until(l->play, l->play->now.boot_ms + duration);
    else
        problem(l, "wait for how long?");
}

static void act_ledger(struct line *l)
{
    static const char *const words[] = {"loaded", "missing", "init", "corrupt"};
    for (unsigned i = 0; i < 4; i++)
        if (strcmp(words[i], first(l)) == 0) l->play->ledger = (enum ledger_state)i;
}

static void act_restart(struct line *l)
{
    int64_t down = words_duration(&l->words, "down", 0);
    l->play->now.boot_ms += down;
    l->play->now.wall_ms += down;
    play_restart(l->play);
}

static void act_reload(struct line *l)
{
    play_config(l->play);
}

static void act_saves(struct line *l)
{
    struct play *play = l->play;
    play->saves = strcmp(first(l), "fail") == 0   ? SAVES_FAIL
                  : strcmp(first(l), "held") == 0 ? SAVES_HELD
                                                  : SAVES_GOOD;
    for (uint32_t i = 0; play->saves != SAVES_HELD && i < play->held_count; i++) {
        struct event *event = play_event(play, play->saves == SAVES_GOOD ? EVENT_SAVED : EVENT_SAVE_FAILED);
        event->save.id = play->held[i];
        event->save.problem = "No space left on device";
    }
    if (play->saves != SAVES_HELD) play->held_count = 0;
}

/* `post taken|held|refused [PROBLEM [what]]`: what becomes of notifications from now on. */
static void act_post(struct line *l)
{
    enum posts posts = strcmp(first(l), "refused") == 0 ? POSTS_REFUSED
                       : strcmp(first(l), "held") == 0  ? POSTS_HELD
                                                        : POSTS_TAKEN;
    post_set(l->play, posts, words_at(&l->words, 2), words_has(&l->words, "what"));
}

static void act_session(struct line *l)
{
    struct event_session *event = &play_event(l->play, EVENT_SESSION)->session;
    const char *word = words_at(&l->words, 2);
    *event = (struct event_session){.cloud = arena_text(&l->play->arena, first(l)),
                                    .fingerprint = arena_text(&l->play->arena, words_at(&l->words, 3)),
                                    .place = arena_text(&l->play->arena, words_value(&l->words, "place", "")),
                                    .message = arena_text(&l->play->arena, words_at(&l->words, 3)),
                                    .wants = words_number(&l->words, "wants", 0)};
    int64_t quiet_ms = words_duration(&l->words, "quiet", 0);
    if (quiet_ms > 0) event->quiet_boot_ms = l->play->now.boot_ms + quiet_ms;
    if (strcmp(word, "ready") == 0) event->state = SESSION_READY;
    if (strcmp(word, "failed") != 0) return;
    event->state = SESSION_FAILED;
    event->retry_boot_ms = l->play->now.boot_ms + words_duration(&l->words, "retry", 30 * SECOND_MS);
}

/* --- commands --- */

static bool command_parse(const char *word, enum command_kind *out)
{
    static const char *const kinds[COMMAND_KIND_COUNT] = {[COMMAND_SYNC] = "sync",
                                                          [COMMAND_RETRY] = "retry",
                                                          [COMMAND_SUSPEND] = "suspend",
                                                          [COMMAND_RESUME] = "resume",
                                                          [COMMAND_APPROVE] = "approve",
                                                          [COMMAND_ADOPT] = "adopt",
                                                          [COMMAND_RELEASE] = "release",
                                                          [COMMAND_UNPROTECT] = "unprotect",
                                                          [COMMAND_LEDGER_REBUILD] = "rebuild",
                                                          [COMMAND_LOG_LEVEL] = "log-level",
                                                          [COMMAND_NOTIFY] = "notify",
                                                          [COMMAND_NOTE] = "note"};
    for (unsigned i = 0; i < COMMAND_KIND_COUNT; i++) {
        if (strcmp(kinds[i], word) != 0) continue;
        *out = (enum command_kind)i;
        return true;
    }
    return false;
}

static void act_command(struct line *l)
{
    struct play *play = l->play;
    struct event_command command = {.id = 7, .uid = 1000, .pid = 42};
    const char *const *names = l->words.items + 2;
    char *hold = arena_text(&play->arena, "12345678");
    if (!command_parse(first(l), &command.kind)) {
        problem(l, "no such command");
        return;
    }
    command.target = words_at(&l->words, 2);
    command.argument = words_value(&l->words, "reason", words_at(&l->words, 3));
    command.duration_ms = words_duration(&l->words, "for", 0);
    command.partial = words_number(&l->words, "partial", 0);
    command.hard = words_has(&l->words, "hard");
    command.matching = words_has(&l->words, "matching");
    if (strchr(command.target, '=') || words_has(&l->words, "everything")) command.target = "";
    if (command.kind == COMMAND_SYNC || command.kind == COMMAND_RETRY) {
        command.names = ARENA_ROW(&play->arena, const char *, WORDS_MAX);
        memcpy((void *)(uintptr_t)command.names, names, (l->words.count - 2) * sizeof *names);
        command.name_count = l->words.count - 2;
    }
    if (command.kind == COMMAND_APPROVE && play->state) {
        show_hold_id(play->state, play->now, command.target, hold, 9);
        if (hold[0] != '\0') command.target = hold;
    }
    play_event(play, EVENT_COMMAND)->command = command;
}

/* --- what is shown --- */

static void act_status(struct line *l)
{
    show_status(l->play->state, l->play->now, l->words.items + 1, l->words.count - 1, l->play->out);
}

static void act_why(struct line *l)
{
    show_why(l->play->state, l->play->now, l->words.items + 1, l->words.count - 1, l->play->out);
}

static void act_gap(struct line *l)
{
    show_gap(l->play->state, l->play->now, first(l), l->play->out);
}

static void act_plan(struct line *l)
{
    show_plan(l->play->state, l->play->now, l->play->out);
}

static void act_describe(struct line *l)
{
    show_describe(l->play->state, l->play->now, first(l), l->play->out);
}

static bool is_asked(const struct words *types, const char *line)
{
    for (unsigned i = 1; i < types->count; i++) {
        size_t size = strlen(types->items[i]);
        if (strncmp(line + 2, types->items[i], size) == 0 && line[2 + size] == ' ') return true;
    }
    return types->count == 1;
}

/* History since the last `events`; of the types named, or all. */
static void act_events(struct line *l)
{
    struct text *tells = &l->play->tells;
    const char *at = tells->bytes ? tells->bytes : "";
    while (*at) {
        size_t size = strcspn(at, "\n") + 1;
        if (is_asked(&l->words, at)) text_add_bytes(l->play->out, at, size);
        at += size;
    }
    text_clear(tells);
}

static void act_looks(struct line *l)
{
    l->play->looks_shown = strcmp(first(l), "on") == 0;
}

enum when {
    WHEN_ANY,   /* before or after the start; nothing goes on afterwards */
    WHEN_GOES,  /* after it, and at once what can go on does */
    WHEN_SHOWS, /* after it */
};

static const struct verb {
    const char *word;
    enum when when;
    void (*act)(struct line *l);
} verbs[] = {
    {"answer", WHEN_ANY, act_answer},
    {"command", WHEN_GOES, act_command},
    {"describe", WHEN_SHOWS, act_describe},
    {"done", WHEN_GOES, act_done},
    {"drop", WHEN_ANY, act_drop},
    {"events", WHEN_SHOWS, act_events},
    {"gap", WHEN_SHOWS, act_gap},
    {"keypair", WHEN_ANY, act_keypair},
    {"ledger", WHEN_ANY, act_ledger},
    {"looks", WHEN_ANY, act_looks},
    {"manifests", WHEN_ANY, act_manifests},
    {"image", WHEN_ANY, act_image},
    {"plan", WHEN_SHOWS, act_plan},
    {"post", WHEN_ANY, act_post},
    {"reload", WHEN_GOES, act_reload},
    {"reply", WHEN_GOES, act_reply},
    {"restart", WHEN_GOES, act_restart},
    {"saves", WHEN_ANY, act_saves},
    {"servers", WHEN_ANY, act_servers},
    {"session", WHEN_GOES, act_session},
    {"set", WHEN_ANY, act_set},
    {"start", WHEN_ANY, act_start},
    {"status", WHEN_SHOWS, act_status},
    {"wait", WHEN_GOES, act_wait},
    {"why", WHEN_SHOWS, act_why},
};

static const struct {
    const char *word;
    void (*show)(const struct state *state, struct now now, struct text *out);
} views[] = {
    {"clouds", show_clouds},   {"count", show_count},     {"holds", show_holds},
    {"notices", show_notices}, {"sources", show_sources},
};

/* Whole views, which take no words. */
static bool act_view(struct line *l)
{
    for (unsigned i = 0; i < sizeof views / sizeof *views; i++) {
        if (strcmp(views[i].word, words_at(&l->words, 0)) != 0) continue;
        if (l->play->state)
            views[i].show(l->play->state, l->play->now, l->play->out);
        else
            problem(l, "not before the start");
        return true;
    }
    return false;
}

bool act(struct play *play, const char *line, const char *const *block, uint32_t block_count)
{
    struct arena arena;
    arena_init(&arena);
    struct line l = {
        .play = play, .words = words_of(line, &arena), .block = block, .block_count = block_count};
    bool known = setting_line(&play->setting, line);
    for (unsigned i = 0; !known && i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].word, words_at(&l.words, 0)) != 0) continue;
        known = true;
        if (verbs[i].when != WHEN_ANY && !play->state) {
            problem(&l, "not before the start");
            break;
        }
        verbs[i].act(&l);
        if (verbs[i].when != WHEN_SHOWS && play->state) play_until(play, play->now.boot_ms);
    }
    known = known || act_view(&l);
    known = known || act_drawn(play, &l.words, block, block_count);
    arena_release(&arena);
    return known;
}
