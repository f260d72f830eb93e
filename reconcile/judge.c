#include "reconcile/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "reconcile/catalogue.h"

bool judge_settle(struct judge *j, enum reason reason, int64_t next_ms, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(j->out->message, sizeof j->out->message, format, arguments);
    va_end(arguments);
    j->out->reason = reason;
    j->out->next_ms = next_ms;
    return judge_blocked(j, blocker_of_reason(reason), NULL);
}

bool judge_blocked(struct judge *j, enum blocker_kind kind, const char *about)
{
    blocker_set(&j->out->by, kind, j->object, j->server, about);
    return true;
}

bool judge_about(struct judge *j, const char *about)
{
    return judge_blocked(j, j->out->by.kind, about);
}

int64_t judge_next_list(const struct judge *j)
{
    int64_t due = j->cloud->list_due_ms;
    if (j->cloud->full_wanted_ms != 0) due = instant_min(due, j->cloud->full_wanted_ms);
    return instant_max(due, j->state->now.boot_ms + LOOK_FIRST_MS);
}

int64_t judge_later(const struct judge *j, int64_t delay_ms)
{
    return j->state->now.boot_ms + delay_ms;
}

const char *judge_seconds(const struct judge *j, int64_t since_ms)
{
    char shown[16];
    duration_show(instant_max(0, j->state->now.boot_ms - since_ms), shown, sizeof shown);
    return arena_text(j->arena, shown);
}

/* A try that follows a failed build says why the last one failed, until the object is Converged. */
const char *judge_earlier_failure(const struct judge *j)
{
    const struct object *object = j->object;
    bool failed = object->retry_reason == REASON_BUILD_FAILED || object->retry_reason == REASON_BUILD_STUCK;
    if (!failed || object->failed_builds == 0 || object->retry_message[0] == '\0') return "";
    return arena_printf(j->arena, "; before: %s", object->retry_message);
}

const char *order_concerns(const struct order *order)
{
    if (order->beside) return order->beside;
    return order->provider_id ? order->provider_id : "";
}

void judge_order_delete(struct judge *j, struct server *server, bool cleanup, const char *why)
{
    j->out->order = (struct order){.kind = CALL_DELETE,
                                   .provider_id = arena_text(j->arena, server->facts.id),
                                   .field = FIELD_COUNT,
                                   .class = cleanup ? CLASS_REPAIR : CLASS_DELETE,
                                   .cleanup = cleanup,
                                   .destroys = !cleanup,
                                   .why = why};
    j->out->route.calls[0] = (struct step_call){CALL_DELETE, FIELD_COUNT, NULL, NULL};
    j->out->route.count = 1;
}

bool judge_locked(struct judge *j)
{
    return j->server->facts.locked &&
           judge_settle(j, REASON_OPERATOR_STATE, NEVER_MS, "the server is locked or protected on the cloud");
}

bool judge_operator(struct judge *j)
{
    enum phase phase = j->server->facts.phase;
    bool operators = phase == PHASE_PAUSED || phase == PHASE_SUSPENDED || phase == PHASE_RESCUED;
    return operators &&
           judge_settle(j, REASON_OPERATOR_STATE, NEVER_MS,
                        "somebody has put it into %s; that is not undone by us", j->server->facts.status);
}

bool judge_about_list(struct judge *j, enum catalogue_kind kind)
{
    return judge_about(j, arena_printf(j->arena, "%s:%s", j->cloud->name, catalogue_kind_word(kind)));
}

bool judge_name_missing(struct judge *j, enum catalogue_kind kind, const char *text)
{
    const char *id;
    struct catalogue *catalogue = &j->cloud->catalogues[kind];
    bool is_id = text_is_uuid(text);
    /* Servers show groups by name: what a group's id means has to be known. */
    enum resolution resolution = is_id && kind == CATALOGUE_SECURITY_GROUP
                                     ? catalogue_know(j->state, j->cloud, kind, text)
                                     : catalogue_resolve(j->state, j->cloud, kind, text, &id);
    if (resolution == RESOLUTION_FOUND && !is_id && catalogue_is_stale(j->state, j->cloud, kind))
        resolution = RESOLUTION_WAIT;
    if (resolution == RESOLUTION_FOUND) return false;
    catalogue_want(j->state, j->cloud, kind);
    if (resolution == RESOLUTION_WAIT) {
        if (catalogue->problem[0] != '\0')
            return judge_settle(j, REASON_CATALOGUE_NEEDED,
                                instant_max(catalogue->retry_ms, judge_later(j, LOOK_FIRST_MS)),
                                "cannot read the %ss of cloud %s: %s", catalogue_kind_name(kind),
                                j->cloud->name, catalogue->problem) &&
                   judge_about_list(j, kind);
        return judge_settle(j, REASON_CATALOGUE_NEEDED, judge_later(j, SECOND_MS), "looking up %s \"%s\"",
                            catalogue_kind_name(kind), text) &&
               judge_about_list(j, kind);
    }
    int64_t next = instant_max(catalogue->read_ms + CATALOGUE_MISS_MS, judge_later(j, LOOK_FIRST_MS));
    if (resolution == RESOLUTION_AMBIGUOUS)
        judge_settle(j, REASON_NOT_FOUND, next, "several %ss of cloud %s are called \"%s\"; give the id",
                     catalogue_kind_name(kind), j->cloud->name, text);
    else
        judge_settle(j, REASON_NOT_FOUND, next, "cloud %s has no %s \"%s\"%s%s", j->cloud->name,
                     catalogue_kind_name(kind), text, catalogue->problem[0] ? ": " : "", catalogue->problem);
    if (catalogue->problem[0] != '\0') { /* as far as it could be read */
        judge_blocked(j, BLOCKER_CATALOGUE, NULL);
        return judge_about_list(j, kind);
    }
    return judge_about(j, arena_printf(j->arena, "%s:%s", catalogue_kind_word(kind), text));
}
