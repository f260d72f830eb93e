#include "reconcile/protection.h"

int64_t protection_ends_ms(const struct object *object)
{
    if (object->unprotected_ms == 0 || !object->source->config) return NEVER_MS;
    return instant_after(object->unprotected_ms, object->source->config->prune_delay_ms);
}

void protection_note(struct state *state, struct object *object)
{
    const struct source *source = object->source;
    if (!object->spec) {
        object->unprotected_ms = 0;
        return;
    }
    if (object->spec->lifecycle.protect || !object->protect) {
        object->unprotected_ms = 0;
        if (object->spec->lifecycle.protect && !object->protect) {
            object->protect = true;
            object->ledger_dirty = true;
        }
        return;
    }
    if (!source->valid || source->empty || !source->config) {
        object->unprotected_ms = 0;
        return;
    }
    if (object->unprotected_ms == 0) object->unprotected_ms = state->now.boot_ms;
    if (state->now.boot_ms - object->unprotected_ms < source->config->prune_delay_ms) return;
    object->protect = false;
    object->unprotected_ms = 0;
    object->ledger_dirty = true;
    state_tell(state, ABOUT(.level = TELL_NOTICE, .type = "Unprotected", .object = object),
               "protection ended by the manifest");
}
