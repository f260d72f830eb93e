#include <string.h>

#include "reconcile/outbox.h"
#include "reconcile/view_text.h"

static const struct posting *oldest(const struct state *state, const char *target)
{
    const struct posting *oldest = NULL;
    for (uint32_t i = 0; i < state->outbox->count; i++) {
        const struct posting *posting = state->outbox->postings[i];
        if (strcmp(posting->notification.target, target) != 0) continue;
        if (!oldest || posting->order < oldest->order) oldest = posting;
    }
    return oldest;
}

static void show_target(const struct state *state, const struct notify_target *target, struct now now,
                        struct text *out)
{
    const struct channel unused = {.failures = 0}, *channel = outbox_channel(state, target->name);
    const struct posting *first = oldest(state, target->name);
    if (!channel) channel = &unused;
    element(out);
    text_add_char(out, '{');
    member_text(out, "name", target->name);
    member_text(out, "form", notify_form_name(target->form));
    member_number(out, "waiting", outbox_waiting(state, target->name));
    member_wall(out, "oldest", first ? first->notification.wall_ms : -1);
    member_wall(out, "delivered", channel->delivered_wall_ms > 0 ? channel->delivered_wall_ms : -1);
    member_number(out, "failures", channel->failures);
    member_wall(out, "failingSince", channel->failures > 0 ? channel->failing_since_wall_ms : -1);
    member_text(out, "problem", channel->problem);
    member_boot(out, "nextTry", first && channel->failures > 0 ? channel->next_ms : NEVER_MS, now);
    text_add_char(out, '}');
}

void view_notifications(const struct state *state, struct now now, struct text *out)
{
    text_add_char(out, '[');
    for (uint32_t i = 0; state->config && i < state->config->target_count; i++)
        show_target(state, &state->config->targets[i], now, out);
    text_add_char(out, ']');
}
