#include <string.h>

#include "reconcile/base/cleanup.h"
#include "reconcile/news_room.h"
#include "reconcile/outbox.h"

static bool is_among(const char *const *names, uint32_t count, const char *name)
{
    for (uint32_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return true;
    return count == 0 || name[0] == '\0';
}

static const char *subject_cloud(const struct news_subject *subject)
{
    if (!subject->object) return subject->cloud;
    return subject->object->cloud ? subject->object->cloud->name : "";
}

static const char *subject_source(const struct news_subject *subject)
{
    return subject->object ? subject->object->source->name : subject->source;
}

static bool is_wanted(const struct notify_target *target, const struct news_subject *subject)
{
    return is_among(target->clouds, target->cloud_count, subject_cloud(subject)) &&
           is_among(target->sources, target->source_count, subject_source(subject));
}

static const char *subject_name(const struct news_subject *subject, struct arena *arena)
{
    if (subject->object) return object_path(subject->object, arena);
    if (subject->source[0] != '\0') return arena_printf(arena, "source %s", subject->source);
    return subject->cloud[0] != '\0' ? arena_printf(arena, "cloud %s", subject->cloud) : "setpointd";
}

static const char *subject_message(const struct news_group *group, const struct news_subject *subject)
{
    if (subject->object) return subject->object->message;
    return group->over || !subject->message ? "" : subject->message;
}

/* What all of them share; "" = nothing. */
static void share(const char **common, const char *one, bool first)
{
    if (first)
        *common = one;
    else if (strcmp(*common, one) != 0)
        *common = "";
}

enum notify_kind group_kind(const struct news_group *group)
{
    static const enum notify_kind kinds[VERDICT_COUNT] = {[VERDICT_CONVERGED] = NOTIFY_CONVERGED,
                                                          [VERDICT_WAITING] = NOTIFY_WAITING,
                                                          [VERDICT_BLOCKED] = NOTIFY_BLOCKED,
                                                          [VERDICT_FAILING] = NOTIFY_FAILING};
    if (group->whole) return NOTIFY_BRAKE;
    return group->over ? NOTIFY_CONVERGED : kinds[reason_row(group->reason)->verdict];
}

/* "312 objects Blocked: ErrorHold on cloud nhn", "prod/web Converged again: ErrorHold is over" */
static const char *title(const struct state *state, const struct news_group *group,
                         const struct notification *n, const char *first, struct arena *arena)
{
    const char *word = reason_row(group->reason)->word;
    const char *who = n->count == 1   ? first
                      : !group->whole ? arena_printf(arena, "%u objects", n->count)
                      : n->source[0]  ? first
                                      : arena_printf(arena, "%u times", n->count);
    const char *on = group->whole || n->cloud[0] == '\0' ? "" : arena_printf(arena, " on cloud %s", n->cloud);
    const char *owner = state->config->owner;
    if (group->whole)
        return arena_printf(arena, "[%s] %s: %s%s", owner, who, word, group->over ? " is over" : "");
    if (group->over) return arena_printf(arena, "[%s] %s Converged again%s, was %s", owner, who, on, word);
    return arena_printf(arena, "[%s] %s %s: %s%s", owner, who, n->kind, word, on);
}

void group_notify(struct state *state, const struct news_group *group, const struct notify_target *target)
{
    struct arena *arena = &state->turn;
    AUTO_TEXT struct text names = {0};
    struct notification n = {.wall_ms = state->now.wall_ms,
                             .kind = notify_kind_name(group_kind(group)),
                             .over = group->over,
                             .reason = reason_row(group->reason)->word};
    const char *first = "";
    text_init(&names, (size_t)NOTIFICATION_NAMES * (LIMIT_DOCUMENT_NAME + LIMIT_NAME + 16));
    for (const struct news_subject *s = group->waiting.first; s; s = s->next) {
        if (!is_wanted(target, s)) continue;
        if (n.count == 0) {
            first = subject_name(s, arena);
            n.message = subject_message(group, s);
        }
        share(&n.cloud, subject_cloud(s), n.count == 0);
        share(&n.source, subject_source(s), n.count == 0);
        if (n.count++ < NOTIFICATION_NAMES)
            text_addf(&names, "%s%s", names.length > 0 ? "\n" : "", subject_name(s, arena));
    }
    if (n.count == 0) return;
    n.names = names.bytes;
    n.title = title(state, group, &n, first, arena);
    outbox_add(state, target, &n);
}
