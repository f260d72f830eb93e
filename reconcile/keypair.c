#include "reconcile/keypair.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/public_key.h"
#include "reconcile/catalogue.h"
#include "reconcile/look.h"
#include "reconcile/retry.h"

struct object *keypair_new(struct source *source, struct keypair_place place, uint64_t order)
{
    struct object *object = object_new(source, place.name, order);
    object->keypair = NEW(struct keypair);
    bool fits = text_copy(object->cloud_name, sizeof object->cloud_name, place.cloud) &&
                text_copy(object->keypair->key_name, sizeof object->keypair->key_name, place.key_name);
    ASSERT(fits);
    return object;
}

void keypair_free(struct keypair *keypair)
{
    if (!keypair) return;
    memory_free(keypair->registered);
    memory_free(keypair);
}

struct keypair_place keypair_place(const struct object *object)
{
    return (struct keypair_place){object->name, object->cloud_name, object->keypair->key_name};
}

void keypair_set_registered(struct state *state, struct object *object, const char *public_key)
{
    struct keypair *keypair = object->keypair;
    if (text_equal(keypair->registered, public_key)) return;
    memory_free(keypair->registered);
    keypair->registered = public_key ? memory_copy_text(public_key) : NULL;
    object->ledger_dirty = true;
    state->holds_stale |= object->source->empty != NULL;
}

/* --- who else --- */

struct object *keypair_wanted(const struct state *state, const char *cloud, const char *key_name)
{
    for (uint32_t i = 0; i < state->source_count; i++) {
        uint32_t count;
        struct object *const *keypairs = source_keypairs(state->sources[i], &count);
        for (uint32_t j = 0; j < count; j++)
            if (keypairs[j]->keypair->spec && strcmp(keypairs[j]->cloud_name, cloud) == 0 &&
                strcmp(keypairs[j]->keypair->key_name, key_name) == 0)
                return keypairs[j];
    }
    return NULL;
}

bool keypair_is_called(const struct object *object, const char *name)
{
    const char *at = strchr(name, '@');
    size_t length = at ? (size_t)(at - name) : strlen(name);
    if (strlen(object->name) != length || strncmp(object->name, name, length) != 0) return false;
    return !at || strcmp(at + 1, object->cloud_name) == 0;
}

bool keypairs_are_on(const struct state *state, const struct cloud *cloud)
{
    for (uint32_t i = 0; i < state->source_count; i++) {
        uint32_t count;
        struct object *const *keypairs = source_keypairs(state->sources[i], &count);
        for (uint32_t j = 0; j < count; j++)
            if (keypairs[j]->cloud == cloud) return true;
    }
    return false;
}

/* --- generations --- */

static void apply(struct state *state, struct object *object, const struct keypair_spec *spec)
{
    const struct keypair_spec *before = object->keypair->spec;
    bool changed = !before || strcmp(before->public_key, spec->public_key) != 0;
    object->keypair->spec = spec;
    object->retired_ms = 0;
    object->held = false;
    object->cloud = state_cloud_add(state, spec->cloud);
    if (!changed) return;
    retry_clear(object);
    retry_forgive(object);
    state_dirty(state, object);
}

static void retire(struct state *state, struct object *object)
{
    if (object->keypair->spec || object->retired_ms == 0)
        object->retired_ms = instant_max(state->now.boot_ms, 1);
    object->keypair->spec = NULL;
    lane_leave(object);
    state_dirty(state, object);
}

void keypairs_merge(struct state *state, struct source *source, const struct generation *generation,
                    struct object *const *old, uint32_t old_count, struct object **all, uint32_t *all_count)
{
    uint32_t i = 0, j = 0;
    while (i < old_count || j < generation->keypair_count) {
        const struct keypair_spec *spec = j < generation->keypair_count ? &generation->keypairs[j] : NULL;
        int order = !spec ? -1 : 1;
        if (spec && i < old_count) {
            struct keypair_place place = keypair_place(old[i]);
            struct keypair_spec there = {place.name, place.cloud, place.key_name, NULL, NULL, 0, 0};
            order = keypair_spec_compare(&there, spec);
        }
        struct object *object = order <= 0 ? old[i] : NULL;
        if (!object)
            object = keypair_new(source, (struct keypair_place){spec->name, spec->cloud, spec->key_name},
                                 ++state->object_seq);
        all[(*all_count)++] = object;
        if (order >= 0)
            apply(state, object, spec);
        else
            retire(state, object);
        i += order <= 0;
        j += order >= 0;
    }
}

/* --- observations --- */

const struct catalogue_entry *keypair_entry(const struct object *object)
{
    return object->cloud ? catalogue_entry(object->cloud, CATALOGUE_KEYPAIR, object->keypair->key_name)
                         : NULL;
}

bool keypair_is_read(const struct object *object)
{
    if (!object->cloud) return false;
    int64_t good_ms = object->cloud->catalogues[CATALOGUE_KEYPAIR].good_ms;
    return good_ms > 0 && good_ms >= object->keypair->since_ms && good_ms >= object->retired_ms;
}

/* Another document speaks of it now: it stays ours. */
static void hand_over(struct state *state, struct object *object)
{
    struct keypair *keypair = object->keypair;
    if (keypair->spec || !keypair->registered || object->retired_ms == 0 || object->intent) return;
    struct object *heir = keypair_wanted(state, object->cloud_name, keypair->key_name);
    if (!heir || !public_keys_equal(keypair->registered, heir->keypair->spec->public_key)) return;
    keypair_set_registered(state, heir, keypair->registered);
    keypair_set_registered(state, object, NULL);
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "Renamed", .object = heir),
               "took over key pair \"%s\" of %s/%s", keypair->key_name, object->source->name, object->name);
    state_dirty(state, heir);
}

void keypair_observe(struct state *state, struct object *object)
{
    struct keypair *keypair = object->keypair;
    hand_over(state, object);
    if (!keypair->registered || object->intent || !keypair_is_read(object)) return;
    const struct catalogue_entry *entry = keypair_entry(object);
    bool other = entry && public_key_compare(keypair->registered, entry->public_key, entry->fingerprint) ==
                              KEY_DIFFERENT;
    if (other)
        state_tell(state, ABOUT(.level = TELL_WARNING, .type = "KeypairReplaced", .object = object),
                   "another key stands under the name \"%s\" now; it is not ours", keypair->key_name);
    if (other || (!entry && !keypair->spec)) keypair_set_registered(state, object, NULL);
}

/* --- the call under way --- */

/* Not seen yet: how long that may still mean nothing. A register without an answer may take effect until
   `settle` is over, as a create may. */
static int64_t patience(const struct intent *intent)
{
    const struct cloud *cloud = intent->cloud;
    int64_t wait = intent->grace_ms;
    if (!intent->unknown) return wait;
    if (cloud->config) wait = instant_max(wait, cloud->config->total_timeout_ms);
    return intent->kind == CALL_REGISTER_KEYPAIR ? instant_max(wait, cloud_settle_ms(cloud)) : wait;
}

static enum keypair_outcome seen(struct state *state, const struct intent *intent,
                                 const struct catalogue_entry *entry)
{
    struct object *object = intent->object;
    bool registers = intent->kind == CALL_REGISTER_KEYPAIR;
    const char *key = registers ? intent->value : object->keypair->registered;
    enum key_match match =
        entry && key ? public_key_compare(key, entry->public_key, entry->fingerprint) : KEY_DIFFERENT;
    bool equal = match != KEY_DIFFERENT;
    if (registers && equal) {
        /* shown by its name alone it is proven ours only by the reply */
        keypair_set_registered(state, object, match == KEY_EQUAL || intent->accepted ? key : NULL);
        return KEYPAIR_DONE;
    }
    if (registers && !entry) return KEYPAIR_OPEN;
    if (!registers && equal) return KEYPAIR_OPEN;
    keypair_set_registered(state, object, NULL);
    return registers ? KEYPAIR_OTHER : KEYPAIR_DONE;
}

enum keypair_outcome keypair_outcome(struct state *state, struct intent *intent)
{
    struct cloud *cloud = intent->cloud;
    const struct catalogue *catalogue = &cloud->catalogues[CATALOGUE_KEYPAIR];
    bool registers = intent->kind == CALL_REGISTER_KEYPAIR;
    if (registers && intent->accepted) keypair_set_registered(state, intent->object, intent->value);
    if (catalogue->good_ms == 0 || catalogue->good_ms < intent->replied_ms) {
        catalogue_want_since(cloud, CATALOGUE_KEYPAIR, intent->replied_ms);
        return KEYPAIR_OPEN;
    }
    enum keypair_outcome outcome = seen(state, intent, keypair_entry(intent->object));
    if (outcome != KEYPAIR_OPEN) return outcome;
    int64_t waited = catalogue->good_ms - intent->replied_ms;
    if (waited > patience(intent)) {
        if (registers) keypair_set_registered(state, intent->object, NULL);
        return KEYPAIR_IGNORED;
    }
    int64_t delay = instant_min(instant_max(waited / 2, LOOK_FIRST_MS), LOOK_MOST_MS);
    catalogue_want_since(cloud, CATALOGUE_KEYPAIR, catalogue->good_ms + delay);
    return KEYPAIR_OPEN;
}

/* It is there already, and that was not this call: whoever did it, it is not proven that it was us. */
void keypair_refused(struct state *state, const struct intent *intent, enum reply_kind kind)
{
    if (kind == REPLY_CONFLICT && intent->kind == CALL_REGISTER_KEYPAIR)
        keypair_set_registered(state, intent->object, NULL);
    intent->object->keypair->since_ms = intent->replied_ms;
}
