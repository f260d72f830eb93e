#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/public_key.h"
#include "reconcile/catalogue.h"
#include "reconcile/judge.h"
#include "reconcile/keypair.h"

/* The judges of a key pair, asked one after another as those of an instance (judge.h). */

static struct keypair *keypair_of(const struct judge *j)
{
    return j->object->keypair;
}

static bool judge_nothing(struct judge *j)
{
    const struct keypair *keypair = keypair_of(j);
    return !keypair->spec && !keypair->registered && !j->object->intent &&
           judge_settle(j, REASON_IN_SYNC, NEVER_MS, "nothing is left of it");
}

static bool judge_documents(struct judge *j)
{
    struct object *object = j->object;
    const struct source *source = object->source;
    if (!j->state->config) return false;
    if (!source->config)
        return judge_settle(j, REASON_ORPHANED, NEVER_MS,
                            "no Source document \"%s\" any more; the key pair is left as it is",
                            source->name);
    bool configured = config_cloud(j->state->config, object->cloud_name) != NULL;
    if (configured && source_may_use(source, object->cloud_name)) return false;
    const char *why = configured ? "this source may not use cloud" : "no Cloud document";
    if (keypair_of(j)->registered)
        return judge_settle(j, REASON_ORPHANED, NEVER_MS, "%s \"%s\"; the key pair is left as it is", why,
                            object->cloud_name);
    return judge_settle(j, REASON_CLOUD_NOT_CONFIGURED, judge_later(j, OPERATOR_LOOK_MS), "%s \"%s\"", why,
                        object->cloud_name) &&
           judge_about(j, object->cloud_name);
}

static bool judge_possible(struct judge *j)
{
    return !traits_has_keypairs(j->cloud->traits) &&
           judge_settle(j, REASON_NO_ROUTE, judge_later(j, OPERATOR_LOOK_MS),
                        "cloud %s has no operation that registers a key pair", j->cloud->name);
}

/* A reading that may be believed, and is not older than `age_ms`; else one is asked for. */
static bool judge_unread(struct judge *j, int64_t age_ms)
{
    struct catalogue *catalogue = &j->cloud->catalogues[CATALOGUE_KEYPAIR];
    int64_t now = j->state->now.boot_ms;
    if (keypair_is_read(j->object) && now - catalogue->good_ms <= age_ms) return false;
    catalogue_want_since(j->cloud, CATALOGUE_KEYPAIR,
                         instant_max(catalogue->good_ms + 1, keypair_of(j)->since_ms));
    if (catalogue->problem[0] != '\0')
        return judge_settle(j, REASON_CATALOGUE_NEEDED,
                            instant_max(catalogue->retry_ms, judge_later(j, LOOK_FIRST_MS)),
                            "cannot read the key pairs of cloud %s: %s", j->cloud->name,
                            catalogue->problem) &&
               judge_about_list(j, CATALOGUE_KEYPAIR);
    return judge_settle(j, REASON_CATALOGUE_NEEDED, judge_later(j, SECOND_MS), "looking up key pair \"%s\"",
                        keypair_of(j)->key_name) &&
           judge_about_list(j, CATALOGUE_KEYPAIR);
}

/* --- leaving --- */

static bool is_approved(const struct judge *j)
{
    const struct approval *approval = &j->object->approval;
    return approval->call == CALL_DELETE_KEYPAIR && j->state->now.boot_ms < approval->until_ms;
}

static bool judge_source(struct judge *j)
{
    struct object *object = j->object;
    const struct source *source = object->source;
    if (!source->read_once)
        return judge_settle(j, REASON_NOT_SEEN_YET, judge_later(j, SECOND_MS),
                            "source %s has not been read yet", source->name) &&
               judge_blocked(j, BLOCKER_SOURCE, NULL);
    bool empty = source->empty || (object->retired_ms == 0 && source->valid);
    if (empty || (object->held && !is_approved(j)))
        return judge_settle(j, REASON_APPROVAL_NEEDED, NEVER_MS,
                            "source %s %s empty; deleting its key pairs needs setpointctl approve",
                            source->name, empty ? "is" : "was") &&
               judge_blocked(j, BLOCKER_EMPTY, NULL);
    if (!source->valid)
        return judge_settle(j, REASON_SOURCE_INVALID, NEVER_MS,
                            "source %s is %s; nothing of it is deleted meanwhile", source->name,
                            source->missing ? "missing" : "invalid");
    return !source->config->prune &&
           judge_settle(j, REASON_ORPHANED, NEVER_MS, "gone from the manifests; source %s does not prune",
                        source->name);
}

/* Only what is there as we registered it: keypair_observe lets go of any other. */
static bool judge_left(struct judge *j)
{
    struct object *object = j->object;
    const struct keypair *keypair = keypair_of(j);
    if (keypair->spec) return false;
    j->out->route.calls[0] = (struct step_call){CALL_DELETE_KEYPAIR, FIELD_COUNT, keypair->key_name, NULL};
    j->out->route.count = 1;
    if (judge_source(j)) return true;
    int64_t due = object->retired_ms + object->source->config->prune_delay_ms;
    if (j->state->now.boot_ms < due)
        return judge_settle(j, REASON_PRUNE_DELAY, due,
                            "gone from the manifests; it is deleted if it stays so");
    if (judge_unread(j, CATALOGUE_MISS_MS)) return true;
    j->out->order = (struct order){.kind = CALL_DELETE_KEYPAIR,
                                   .argument = arena_text(j->arena, keypair->key_name),
                                   .field = FIELD_COUNT,
                                   .class = CLASS_DELETE,
                                   .why = "gone from the manifests"};
    return judge_settle(j, REASON_DELETING, judge_later(j, SECOND_MS),
                        "gone from the manifests: DeleteKeypair");
}

/* --- wanted --- */

/* Whose it is by the ledger keeps it; of several new ones none begins. */
static const struct object *rival_of(const struct judge *j)
{
    const struct object *object = j->object;
    for (uint32_t i = 0; i < j->state->source_count; i++) {
        const struct source *source = j->state->sources[i];
        uint32_t count;
        struct object *const *keypairs = source_keypairs(source, &count);
        for (uint32_t k = 0; k < count && source != object->source; k++) {
            const struct keypair *other = keypairs[k]->keypair;
            if ((other->spec || other->registered) &&
                strcmp(keypairs[k]->cloud_name, object->cloud_name) == 0 &&
                strcmp(other->key_name, object->keypair->key_name) == 0)
                return keypairs[k];
        }
    }
    return NULL;
}

static bool judge_rival(struct judge *j)
{
    const struct object *rival = keypair_of(j)->registered ? NULL : rival_of(j);
    return rival &&
           judge_settle(j, REASON_NAME_TAKEN, NEVER_MS, "%s/%s wants the key pair \"%s\" on cloud %s too",
                        rival->source->name, rival->name, keypair_of(j)->key_name, j->cloud->name) &&
           judge_about(j, object_path(rival, j->arena));
}

/* One more that may name a rival. */
static const struct source *unread_source(const struct judge *j)
{
    for (uint32_t i = 0; i < j->state->source_count; i++)
        if (j->state->sources[i]->config && !j->state->sources[i]->read_once) return j->state->sources[i];
    return NULL;
}

static bool judge_missing(struct judge *j)
{
    const struct keypair *keypair = keypair_of(j);
    if (keypair_entry(j->object)) return false;
    const struct source *unread = keypair->registered ? NULL : unread_source(j);
    if (unread)
        return judge_settle(j, REASON_NOT_SEEN_YET, judge_later(j, SECOND_MS),
                            "source %s has not been read yet, and may want it too", unread->name) &&
               judge_blocked(j, BLOCKER_SOURCE, unread->name);
    j->out->route.calls[0] = (struct step_call){CALL_REGISTER_KEYPAIR, FIELD_COUNT, keypair->key_name, NULL};
    j->out->route.count = 1;
    if (judge_unread(j, CATALOGUE_FRESH_MS)) return true;
    j->out->order = (struct order){.kind = CALL_REGISTER_KEYPAIR,
                                   .argument = arena_text(j->arena, keypair->key_name),
                                   .value = arena_text(j->arena, keypair->spec->public_key),
                                   .field = FIELD_COUNT,
                                   .class = CLASS_REPAIR,
                                   .why = "no such key pair"};
    return judge_settle(j, REASON_CALL_QUEUED, judge_later(j, SECOND_MS),
                        "no such key pair: RegisterKeypair %s", keypair->key_name);
}

static bool judge_different(struct judge *j, const struct catalogue_entry *entry, int64_t next_ms)
{
    const struct keypair *keypair = keypair_of(j);
    char wanted[FINGERPRINT_MAX];
    const char *there = public_key_shown(entry->public_key, entry->fingerprint, j->arena);
    public_key_fingerprint(keypair->spec->public_key, wanted);
    if (keypair->registered)
        return judge_settle(
                   j, REASON_IMMUTABLE_CHANGE, next_ms,
                   "publicKey differs (%s → %s): a key is never put in the place of another; give the "
                   "new one a name of its own",
                   there, wanted) &&
               judge_about(j, "publicKey");
    return judge_settle(
               j, REASON_NAME_TAKEN, next_ms,
               "cloud %s has another key named \"%s\" (%s, wanted %s); give another spec.name, or remove "
               "that one",
               j->cloud->name, keypair->key_name, there, wanted) &&
           judge_about(j, keypair->key_name);
}

/* Whatever stands there, it may change: once in poll.full somebody looks. */
static int64_t next_reading(struct judge *j)
{
    int64_t due_ms = j->cloud->catalogues[CATALOGUE_KEYPAIR].good_ms + j->cloud->config->poll_full_ms;
    if (j->state->now.boot_ms >= due_ms) catalogue_want_since(j->cloud, CATALOGUE_KEYPAIR, due_ms);
    return instant_max(due_ms, judge_later(j, LOOK_FIRST_MS));
}

/* What is there already is as good as registered, and stays when the manifest goes. */
static bool judge_there(struct judge *j)
{
    const struct keypair *keypair = keypair_of(j);
    const struct catalogue_entry *entry = keypair_entry(j->object);
    enum key_match match =
        public_key_compare(keypair->spec->public_key, entry->public_key, entry->fingerprint);
    bool changed = keypair->registered && !public_keys_equal(keypair->registered, keypair->spec->public_key);
    int64_t next_ms = next_reading(j);
    if (match == KEY_DIFFERENT || (match == KEY_UNTOLD && changed)) return judge_different(j, entry, next_ms);
    const char *whose = keypair->registered ? "" : "; it was there already, and is not ours to delete";
    return judge_settle(j, REASON_IN_SYNC, next_ms, "as described%s%s",
                        match == KEY_UNTOLD ? " by name (the cloud does not show the key)" : "", whose);
}

static bool judge_first_reading(struct judge *j)
{
    return judge_unread(j, NEVER_MS);
}

void keypair_decide(struct state *state, struct object *object, struct arena *arena, struct decision *out)
{
    static bool (*const judges[])(struct judge *) = {
        judge_ledger,         judge_nothing,       judge_documents, judge_cloud,
        judge_another_daemon, judge_possible,      judge_intent,    judge_left,
        judge_rival,          judge_first_reading, judge_missing,   judge_there,
    };
    *out = (struct decision){.order.kind = CALL_NONE, .next_ms = NEVER_MS};
    struct judge j = {.state = state, .object = object, .cloud = object->cloud, .arena = arena, .out = out};
    for (unsigned i = 0; i < sizeof judges / sizeof *judges; i++)
        if (judges[i](&j)) return;
    UNREACHABLE();
}

bool keypair_is_over(const struct object *object)
{
    return !object->keypair->spec && !object->keypair->registered && !object->intent &&
           (object->retired_ms != 0 || !object->source->config);
}
