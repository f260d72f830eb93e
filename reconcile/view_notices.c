#include <stdio.h>
#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/notices.h"
#include "reconcile/storm.h"
#include "reconcile/verdict.h"
#include "reconcile/view_text.h"

enum { SENTENCE = CLOUD_MESSAGE + 256, UNTIL_TEXT = 48, WHAT_TEXT = 128, OBJECTS_TOLD = 5 /* of a source */ };

struct notices {
    const struct state *state;
    const struct view_filter *filter;
    struct now now;
    notice_take *take;
    void *ctx;
    const struct cloud *cloud;
    const struct source *source;
    const struct object *object; /* whom the next notice is about: the most particular that is not NULL */
};

static void notice(struct notices *n, enum reason reason, bool unread, int64_t until_boot_ms,
                   const char *message)
{
    n->take(n->ctx, &(struct notice){.reason = reason,
                                     .cloud = n->cloud,
                                     .source = n->source,
                                     .unread = unread,
                                     .until_boot_ms = until_boot_ms,
                                     .message = message});
}

/* In a sentence, and as setpointctl wants to have it named, behind a blank. */
static void notice_target(const struct notices *n, char what[WHAT_TEXT], char named[WHAT_TEXT])
{
    if (n->object) {
        snprintf(what, WHAT_TEXT, "%s/%s", n->source->name, n->object->name);
        snprintf(named, WHAT_TEXT, " %s/%s", n->source->name, n->object->name);
    } else if (n->cloud) {
        snprintf(what, WHAT_TEXT, "cloud %s", n->cloud->name);
        snprintf(named, WHAT_TEXT, " cloud:%s", n->cloud->name);
    } else if (n->source) {
        snprintf(what, WHAT_TEXT, "source %s", n->source->name);
        snprintf(named, WHAT_TEXT, " %s", n->source->name);
    } else {
        snprintf(what, WHAT_TEXT, "everything");
        named[0] = '\0';
    }
}

static void notice_suspension(struct notices *n, int64_t until_ms, bool hard, const char *why)
{
    char until[UNTIL_TEXT] = "until it is resumed", what[WHAT_TEXT], named[WHAT_TEXT], sentence[SENTENCE];
    if (n->now.boot_ms >= until_ms) return;
    if (until_ms != NEVER_MS) {
        memcpy(until, "until ", sizeof "until ");
        instant_format(n->now.wall_ms + until_ms - n->now.boot_ms, until + strlen(until),
                       sizeof until - strlen(until));
    }
    notice_target(n, what, named);
    snprintf(sentence, sizeof sentence, "%s is suspended%s %s%s%s; setpointctl resume%s ends it", what,
             hard ? " (hard)" : "", until, why[0] ? ": " : "", why, named);
    notice(n, REASON_SUSPENDED, false, until_ms, sentence);
}

static void notice_mode(struct notices *n, enum mode mode)
{
    char sentence[SENTENCE];
    if (mode != MODE_OBSERVE) return;
    snprintf(sentence, sizeof sentence, "%s%s is in mode observe: no call is sent",
             n->cloud    ? "cloud "
             : n->source ? "source "
                         : "the daemon",
             n->cloud    ? n->cloud->name
             : n->source ? n->source->name
                         : "");
    notice(n, REASON_OBSERVE_MODE, false, NEVER_MS, sentence);
}

static void notices_of_daemon(struct notices *n)
{
    const struct state *state = n->state;
    if (state->ledger_loaded && state->ledger == LEDGER_CORRUPT)
        notice(n, REASON_LEDGER_CORRUPT, false, NEVER_MS,
               "the ledger is corrupt, nothing is sent; setpointctl ledger rebuild --yes begins a new one");
    if (state->read_only)
        notice(n, REASON_LEDGER_READ_ONLY, false, state->save_retry_ms,
               "the ledger cannot be written, nothing is sent");
    notice_suspension(n, state->suspended_until_ms, state->suspended_hard, state->suspended_reason);
    notice_mode(n, state->config->mode);
}

static enum reason problem_reason(const struct cloud *cloud)
{
    if (cloud->wrong_project) return REASON_WRONG_PROJECT;
    return cloud->session == SESSION_FAILED ? REASON_AUTH_FAILED : REASON_CLOUD_OUTAGE;
}

static void notice_throttle(struct notices *n)
{
    char until[UNTIL_TEXT], sentence[SENTENCE];
    int64_t until_ms = n->cloud->throttled_until_ms;
    if (!cloud_is_throttled(n->cloud, n->now.boot_ms)) return;
    instant_format(n->now.wall_ms + until_ms - n->now.boot_ms, until, sizeof until);
    snprintf(sentence, sizeof sentence, "cloud %s asked to be left alone until %s", n->cloud->name, until);
    notice(n, REASON_CLOUD_THROTTLED, true, until_ms, sentence);
}

static void notices_of_cloud(struct notices *n)
{
    const struct cloud *cloud = n->cloud;
    char sentence[SENTENCE];
    if (cloud_problem(cloud, sentence, sizeof sentence))
        notice(n, problem_reason(cloud), true, NEVER_MS, sentence);
    else if (cloud->full_failures >= BREAKER_FAILURES) {
        cloud_list_problem(cloud, sentence, sizeof sentence);
        notice(n, REASON_CLOUD_OUTAGE, true, NEVER_MS, sentence);
    }
    notice_throttle(n);
    if (cloud->another_daemon) {
        snprintf(sentence, sizeof sentence,
                 "cloud %s: server %s was made by another daemon with our owner; nothing is changed there",
                 cloud->name, cloud->another_server);
        notice(n, REASON_ANOTHER_DAEMON, false, NEVER_MS, sentence);
    }
    if (cloud->vanish_brake) {
        snprintf(sentence, sizeof sentence,
                 "cloud %s: many servers vanished; nothing is created or deleted there (setpointctl approve)",
                 cloud->name);
        notice(n, REASON_SERVERS_VANISHED, false, NEVER_MS, sentence);
    }
    if (storm_rages(cloud)) {
        snprintf(sentence, sizeof sentence, "cloud %s: many servers went to error; repairs stop there",
                 cloud->name);
        notice(n, REASON_ERROR_STORM, false, NEVER_MS, sentence);
    }
    notice_suspension(n, cloud->suspended_until_ms, cloud->suspended_hard, cloud->suspended_reason);
    notice_mode(n, cloud->config->mode);
}

static void notice_mistakes(struct notices *n)
{
    const struct source *source = n->source;
    AUTO_TEXT struct text sentence = {0};
    if (!source->read_once || source->valid) return;
    text_init(&sentence, SENTENCE + 4 * LIMIT_MESSAGE);
    text_addf(&sentence, "source %s is not in order: ", source->name);
    if (source->mistake_count > 0) {
        const struct mistake *first = &source->mistakes[0];
        text_add(&sentence, first->file ? first->file : source->name);
        if (first->line > 0) text_addf(&sentence, ":%u:%u", first->line, first->column);
        text_addf(&sentence, ": %s", first->message);
    } else {
        text_add(&sentence, "it cannot be read");
    }
    if (source->mistake_count > 1) text_addf(&sentence, " (and %u more)", source->mistake_count - 1);
    text_addf(&sentence, "; %s (setpointctl sources)",
              source->generation ? "what was read before stays in force"
                                 : "nothing of it is changed until it was read as valid once");
    notice(n, REASON_SOURCE_INVALID, true, NEVER_MS, sentence.bytes);
}

static bool is_about_all(const struct view_filter *filter)
{
    return !filter || (filter->name_count == 0 && !filter->source && !filter->selector);
}

static bool is_named(const struct view_filter *filter, const struct source *source)
{
    for (uint32_t i = 0; i < filter->name_count; i++)
        if (strcmp(filter->names[i], source->name) == 0) return true;
    return filter->source && filter->name_count == 0 && strcmp(filter->source, source->name) == 0;
}

static void notices_of_source(struct notices *n)
{
    const struct source *source = n->source;
    notice_mistakes(n);
    notice_suspension(n, source->suspended_until_ms, source->suspended_hard, source->suspended_reason);
    if (source->config) notice_mode(n, source->config->mode);
}

/* Is anything of it among what was asked for? A source that was named as a whole has all the clouds of its
 * objects. */
static bool concerns(const struct notices *n, const struct source *source, const struct cloud *cloud)
{
    const struct view_filter *filter = n->filter;
    if (is_about_all(filter)) return true;
    if (!cloud && is_named(filter, source)) return true;
    for (uint32_t i = 0; i < source->object_count; i++) {
        const struct object *object = source->objects[i];
        if (cloud && object->cloud != cloud) continue;
        if (view_selects(filter, object) || is_named(filter, source)) return true;
    }
    return false;
}

static bool cloud_concerns(const struct notices *n, const struct cloud *cloud)
{
    if (is_about_all(n->filter)) return true; /* with no source at all, too */
    for (uint32_t i = 0; i < n->state->source_count; i++)
        if (concerns(n, n->state->sources[i], cloud)) return true;
    return false;
}

static void walk(struct notices *n)
{
    const struct state *state = n->state;
    if (!state->config) return;
    notices_of_daemon(n);
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        n->cloud = state->clouds[i];
        if (n->cloud->config && cloud_concerns(n, n->cloud)) notices_of_cloud(n);
    }
    n->cloud = NULL;
    for (uint32_t i = 0; i < state->source_count; i++) {
        n->source = state->sources[i];
        if (n->source->config && concerns(n, n->source, NULL)) notices_of_source(n);
    }
}

void notices_walk(const struct state *state, const struct view_filter *filter, struct now now,
                  notice_take *take, void *ctx)
{
    walk(&(struct notices){.state = state, .filter = filter, .now = now, .take = take, .ctx = ctx});
}

/* --- as JSON, and as a line --- */

struct shown {
    struct text *out;
    struct now now;
};

static void show(void *ctx, const struct notice *notice)
{
    struct shown *shown = ctx;
    struct text *out = shown->out;
    element(out);
    text_add_char(out, '{');
    member_text(out, "cloud", notice->cloud ? notice->cloud->name : NULL);
    member_text(out, "source", notice->source ? notice->source->name : NULL);
    member_text(out, "reason", reason_row(notice->reason)->word);
    member_text(out, "message", notice->message);
    member_boot(out, "until", notice->until_boot_ms, shown->now);
    member_flag(out, "unread", notice->unread);
    text_add_char(out, '}');
}

/* Where an object has something to wait for its own row tells. */
static bool is_silent_suspension(const struct notices *n, const struct object *object)
{
    if (n->now.boot_ms >= object->suspended_until_ms || object->reason == REASON_SUSPENDED) return false;
    return is_about_all(n->filter) || view_selects(n->filter, object) || is_named(n->filter, n->source);
}

static void notices_of_objects(struct notices *n)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < n->source->object_count; i++) {
        const struct object *object = n->source->objects[i];
        if (!is_silent_suspension(n, object) || found++ >= OBJECTS_TOLD) continue;
        n->object = object;
        notice_suspension(n, object->suspended_until_ms, object->suspended_hard, object->suspended_reason);
    }
    n->object = NULL;
    if (found <= OBJECTS_TOLD) return;
    char sentence[SENTENCE];
    snprintf(sentence, sizeof sentence, "%u more objects of source %s are suspended, each by its name",
             found - OBJECTS_TOLD, n->source->name);
    notice(n, REASON_SUSPENDED, false, NEVER_MS, sentence);
}

void view_notices(const struct state *state, const struct view_filter *filter, struct now now,
                  struct text *out)
{
    struct shown shown = {out, now};
    struct notices n = {.state = state, .filter = filter, .now = now, .take = show, .ctx = &shown};
    text_add_char(out, '[');
    walk(&n);
    for (uint32_t i = 0; i < state->source_count; i++) {
        n.source = state->sources[i];
        if (n.source->config) notices_of_objects(&n);
    }
    text_add_char(out, ']');
}

static void show_unread(void *ctx, const struct notice *notice)
{
    struct text *out = ctx;
    if (notice->unread) text_addf(out, "%s%s", out->length > 0 ? "; " : "", notice->message);
}

bool view_unread(const struct state *state, const struct view_filter *filter, struct now now,
                 struct text *out)
{
    notices_walk(state, filter, now, show_unread, out);
    return out->length > 0;
}
