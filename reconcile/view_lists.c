#include "reconcile/budget.h"
#include "reconcile/hold.h"
#include "reconcile/storm.h"
#include "reconcile/view_text.h"

/* Clouds, sources, holds. */

static bool cloud_is_ready(const struct cloud *cloud, const char **out_reason)
{
    *out_reason = NULL;
    if (cloud->wrong_project)
        *out_reason = "WrongProject";
    else if (cloud->session == SESSION_FAILED)
        *out_reason = "AuthFailed";
    else if (cloud->outages >= BREAKER_FAILURES || cloud_list_fails(cloud))
        *out_reason = "CloudOutage";
    else if (cloud->another_daemon)
        *out_reason = "AnotherDaemon";
    else if (!cloud_has_list(cloud))
        *out_reason = "NotSeenYet";
    return *out_reason == NULL;
}

void view_clouds(const struct state *state, struct now now, struct text *out)
{
    text_add_char(out, '[');
    for (uint32_t i = 0; i < state->cloud_count; i++) {
        const struct cloud *cloud = state->clouds[i];
        const char *reason;
        char problem[CLOUD_MESSAGE];
        if (!cloud->config) continue;
        bool ready = cloud_is_ready(cloud, &reason);
        element(out);
        text_add_char(out, '{');
        member_text(out, "name", cloud->name);
        member_flag(out, "ready", ready);
        member_text(out, "reason", reason);
        member_text(out, "message", cloud_problem(cloud, problem, sizeof problem) ? problem : NULL);
        member_text(out, "brake",
                    cloud->vanish_brake  ? "ServersVanished"
                    : storm_rages(cloud) ? "ErrorStorm"
                                         : NULL);
        member_text(out, "breaker", cloud->outages >= BREAKER_FAILURES ? "open" : NULL);
        member_boot(out, "lastList", cloud->any_list_ms, now);
        member_boot(out, "lastFullList", cloud->complete_done_ms, now);
        member_number(out, "known", cloud->servers.count);
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

static void add_mistakes(const struct source *source, struct text *out)
{
    member_key(out, "errors");
    text_add_char(out, '[');
    for (uint32_t i = 0; i < source->mistake_count; i++) {
        const struct mistake *mistake = &source->mistakes[i];
        element(out);
        text_add_char(out, '{');
        member_text(out, "file", mistake->file);
        member_number(out, "line", mistake->line);
        member_number(out, "column", mistake->column);
        member_text(out, "message", mistake->message);
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

void view_sources(const struct state *state, struct now now, struct text *out)
{
    text_add_char(out, '[');
    for (uint32_t i = 0; i < state->source_count; i++) {
        struct source *source = state->sources[i];
        if (!source->config && source->object_count == 0) continue;
        uint32_t shown = 0;
        for (uint32_t j = 0; j < source->object_count; j++)
            shown += source->objects[j]->spec != NULL;
        struct budget_answer budget = budget_of_source((struct state *)(uintptr_t)state, source);
        element(out);
        text_add_char(out, '{');
        member_text(out, "name", source->name);
        member_text(out, "revision", source->revision);
        member_flag(out, "valid", source->valid);
        add_mistakes(source, out);
        member_wall(out, "since", source->since_wall_ms);
        member_number(out, "objects", shown);
        member_key(out, "budget");
        text_add_char(out, '{');
        member_number(out, "max", budget.max);
        member_number(out, "used", budget.used);
        member_boot(out, "resetsAt", budget.resets_ms, now);
        text_add(out, "}}");
    }
    text_add_char(out, ']');
}

void view_holds(const struct state *state, struct now now, struct text *out)
{
    (void)now;
    text_add_char(out, '[');
    for (uint32_t i = 0; i < state->hold_count; i++) {
        const struct hold *hold = &state->holds[i];
        element(out);
        text_add_char(out, '{');
        member_text(out, "holdId", hold->id);
        member_text(out, "source", hold->source);
        member_text(out, "cloud", hold->cloud);
        member_text(out, "reason", reason_row(hold->reason)->word);
        member_key(out, "members");
        text_add_char(out, '[');
        for (uint32_t k = 0; k < hold->count; k++) {
            const struct hold_member *member = &hold->members[k];
            element(out);
            text_add_char(out, '{');
            member_text(out, "source", hold->source);
            member_text(out, "name", member->name);
            member_text(out, "call", member->call == CALL_NONE ? NULL : call_name(member->call));
            member_text(out, "providerId", member->provider_id);
            member_text(out, "deletes", member->deletes);
            text_add_char(out, '}');
        }
        text_add_char(out, ']');
        member_wall(out, "since", hold->since_wall_ms);
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}
