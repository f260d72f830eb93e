#include <string.h>

#include "reconcile/base/memory.h"
#include "reconcile/catalogue.h"
#include "reconcile/command.h"
#include "reconcile/find.h"
#include "reconcile/keypair.h"
#include "reconcile/look.h"

/* sync: what is asked anew, and when that is in. */

/* With a token for another project the log-in is all that can be; what else is wanted follows if that puts it
   right. */
static bool can_be_asked(const struct cloud *cloud)
{
    return cloud->config && cloud->session != SESSION_FAILED && cloud->outages < BREAKER_FAILURES;
}

static void concern(struct pending_command *pending, struct cloud *cloud)
{
    for (uint32_t i = 0; i < pending->cloud_count; i++)
        if (pending->clouds[i] == cloud) return;
    if (!cloud) return;
    ROW_RESERVE(pending->clouds, pending->cloud_count, pending->cloud_room);
    pending->clouds[pending->cloud_count++] = cloud;
}

static void concern_object(struct state *state, struct pending_command *pending, const struct object *object)
{
    concern(pending, object->cloud);
    if (object->spec) concern(pending, state_cloud(state, object->spec->cloud));
}

/* false: nothing of this name is known. */
static bool concern_name(struct state *state, struct pending_command *pending, const char *name)
{
    const struct source *source = strchr(name, '/') ? NULL : state_source(state, name);
    struct object *object = NULL;
    struct text message;
    if (source) {
        for (uint32_t i = 0; i < state->cloud_count; i++)
            if (source_may_use(source, state->clouds[i]->name)) concern(pending, state->clouds[i]);
        for (uint32_t i = 0; i < source->object_count; i++)
            concern_object(state, pending, source->objects[i]);
        return pending->cloud_count > 0;
    }
    text_init(&message, 1024);
    bool found = find_object(state, name, &object, &message) == FOUND;
    text_release(&message);
    if (found) concern_object(state, pending, object);
    return found && pending->cloud_count > 0;
}

/* A cloud that answers slowly holds up only those who asked for something on it. */
static void pending_narrow(struct state *state, struct pending_command *pending,
                           const struct event_command *command)
{
    for (uint32_t i = 0; i < command->name_count; i++) {
        if (concern_name(state, pending, command->names[i])) continue;
        memory_free(pending->clouds);
        pending->clouds = NULL;
        pending->cloud_count = pending->cloud_room = 0;
        return;
    }
}

static struct cloud *const *pending_clouds(const struct state *state, const struct pending_command *pending,
                                           uint32_t *out_count)
{
    *out_count = pending->clouds ? pending->cloud_count : state->cloud_count;
    return pending->clouds ? pending->clouds : state->clouds;
}

/* Values of strangers are kept as long as somebody waits for them, and let go of at the next list. */
static void strangers_keep(struct state *state)
{
    bool wanted = false;
    for (uint32_t i = 0; i < state->command_count; i++)
        wanted |= state->commands[i].strangers;
    for (uint32_t i = 0; i < state->cloud_count; i++)
        state->clouds[i]->servers.whole = wanted;
}

/* Flavors and images are shown by name. */
static void strangers_want(struct state *state, struct cloud *cloud)
{
    static const enum catalogue_kind kinds[] = {CATALOGUE_FLAVOR, CATALOGUE_IMAGE};
    for (size_t i = 0; cloud->traits && i < sizeof kinds / sizeof *kinds; i++)
        if ((cloud->traits->catalogues & (UINT32_C(1) << kinds[i])) &&
            catalogue_is_stale(state, cloud, kinds[i]))
            catalogue_want(state, cloud, kinds[i]);
}

/* By which a plan counts what it adds and takes away; once read it is good enough for that. */
static void sizes_want(struct state *state, struct cloud *cloud)
{
    const struct catalogue *flavors = &cloud->catalogues[CATALOGUE_FLAVOR];
    if (cloud->traits && (cloud->traits->catalogues & (UINT32_C(1) << CATALOGUE_FLAVOR)) &&
        flavors->read_ms == 0 && flavors->failures == 0)
        catalogue_want(state, cloud, CATALOGUE_FLAVOR);
}

void command_sync(struct state *state, const struct event_command *command)
{
    struct pending_command pending = {
        .id = command->id, .asked_ms = state->now.boot_ms, .strangers = command->strangers};
    uint32_t count;
    pending_narrow(state, &pending, command);
    struct cloud *const *clouds = pending_clouds(state, &pending, &count);
    for (uint32_t i = 0; i < count; i++)
        if (can_be_asked(clouds[i])) {
            if (clouds[i]->wrong_project) clouds[i]->renew_ms = state->now.boot_ms;
            look_full(state, clouds[i], state->now.boot_ms);
            if (clouds[i]->full_failures > 0) clouds[i]->list_due_ms = state->now.boot_ms;
            sizes_want(state, clouds[i]);
            catalogue_spoil(state, clouds[i], CATALOGUE_FLOATING_IP);
            if (keypairs_are_on(state, clouds[i]))
                catalogue_want_since(clouds[i], CATALOGUE_KEYPAIR, state->now.boot_ms);
            if (command->strangers) strangers_want(state, clouds[i]);
        }
    ROW_RESERVE(state->commands, state->command_count, state->command_room);
    state->commands[state->command_count++] = pending;
    strangers_keep(state);
}

/* What is planned before the first look at a catalogue, or before one that was spoiled is read anew, is not
   the plan yet. */
static bool catalogues_are_in(const struct cloud *cloud)
{
    for (unsigned i = 0; i < CATALOGUE_KIND_COUNT; i++)
        if (catalogue_is_awaited(&cloud->catalogues[i])) return false;
    return true;
}

static bool keypairs_are_in(const struct state *state, const struct cloud *cloud, int64_t asked_ms)
{
    const struct catalogue *catalogue = &cloud->catalogues[CATALOGUE_KEYPAIR];
    return catalogue->good_ms >= asked_ms || catalogue->failures > 0 || !keypairs_are_on(state, cloud) ||
           !traits_has_keypairs(cloud->traits);
}

/* Tried again and again, once more for the person who asks: more cannot be had. */
static bool list_was_tried(const struct cloud *cloud, int64_t asked_ms)
{
    return cloud->full_failures >= BREAKER_FAILURES && cloud->failed_begun_ms >= asked_ms;
}

static bool login_is_awaited(const struct cloud *cloud, int64_t asked_ms)
{
    return cloud->renewed_ms < asked_ms || cloud->permits_out > 0 || cloud->session_own > 0;
}

static bool is_awaited(const struct state *state, const struct cloud *cloud, int64_t asked_ms)
{
    if (!can_be_asked(cloud) || cloud_is_throttled(cloud, state->now.boot_ms)) return false;
    if (cloud->wrong_project) return login_is_awaited(cloud, asked_ms);
    if (list_was_tried(cloud, asked_ms)) return false;
    return cloud->complete_begun_ms[0] < asked_ms || cloud->complete_count == 0 ||
           !catalogues_are_in(cloud) || !keypairs_are_in(state, cloud, asked_ms);
}

static bool lists_are_in(const struct state *state, const struct pending_command *command)
{
    uint32_t count;
    struct cloud *const *clouds = pending_clouds(state, command, &count);
    for (uint32_t i = 0; i < count; i++)
        if (is_awaited(state, clouds[i], command->asked_ms)) return false;
    return true;
}

void commands_answer(struct state *state)
{
    if (state->dirty_first && state->config && state->ledger_loaded)
        return; /* verdicts are not up to date yet */
    uint32_t kept = 0;
    for (uint32_t i = 0; i < state->command_count; i++) {
        struct pending_command *command = &state->commands[i];
        if (!lists_are_in(state, command)) {
            state->commands[kept++] = *command;
            continue;
        }
        memory_free(command->clouds);
        state_answer(state, command->id, ANSWER_DONE, "sources and clouds were read anew");
    }
    bool answered = kept < state->command_count;
    state->command_count = kept;
    if (answered) strangers_keep(state);
}
