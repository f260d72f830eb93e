#include <stdio.h>
#include <string.h>

#include "tests/sim/daemon.h"
#include "tests/sim/document.h"
#include "tests/sim/manner.h"
#include "tests/sim/people.h"
#include "tests/sim/why.h"
#include "tests/sim/world.h"

/* The words of blockedBy as docs/operations.md has them, and how somebody takes each thing away. */

/* --- what is meant --- */

/* FLEET_SOURCES_MAX: none. */
static unsigned source_of(const struct world *world, const char *name)
{
    unsigned place = 0;
    while (place < world->story.source_count && strcmp(world->story.manifests[place].name, name) != 0)
        place++;
    return place < world->story.source_count ? place : FLEET_SOURCES_MAX;
}

static unsigned cloud_of(const struct world *world, const char *name)
{
    unsigned place = 0;
    while (place < world->story.cloud_count && strcmp(document_clouds[place], name) != 0)
        place++;
    return place < world->story.cloud_count ? place : FLEET_CLOUDS_MAX;
}

static struct manifest *manifest_of(struct world *world, const struct why_object *object)
{
    unsigned place = source_of(world, object->source);
    return place < FLEET_SOURCES_MAX ? &world->story.manifests[place] : NULL;
}

static struct wish *wish_of(struct world *world, const struct why_object *object)
{
    struct manifest *manifest = manifest_of(world, object);
    return manifest && !object->keypair ? manifest_find(manifest, object->object) : NULL;
}

/* --- what somebody does --- */

/* Whoever edits a source leaves it in order. */
static enum why_end read_anew(struct world *world, const struct why_object *object)
{
    unsigned place = source_of(world, object->source);
    if (place == FLEET_SOURCES_MAX || world->story.manifests[place].absent) return WHY_CANNOT;
    world->story.manifests[place].health = FLEET_GOOD;
    world_read_source(world, place);
    return WHY_GONE;
}

static enum why_end configure_anew(struct world *world, const struct why_object *object)
{
    daemon_configure(world);
    return read_anew(world, object);
}

/* Of what a cloud shows the daemon learns with the next list: a person who has changed it asks for that. */
static enum why_end look_anew(struct world *world)
{
    daemon_command(world, &(struct event_command){.kind = COMMAND_SYNC});
    return WHY_GONE;
}

static bool change_server(struct world *world, const char *server, enum cloud_change_kind kind,
                          const char *text)
{
    struct cloud_server found;
    for (unsigned i = 0; i < world->story.cloud_count; i++) {
        if (!cloud_server_by_id(world->clouds[i], server, &found) || !found.visible) continue;
        struct cloud_change change = {.kind = kind};
        snprintf(change.server, sizeof change.server, "%s", found.id);
        snprintf(change.text, sizeof change.text, "%s", text);
        if (kind == CLOUD_CHANGE_SET_METADATA) snprintf(change.key, sizeof change.key, "setpoint.owner");
        judge_hand(world->judge, i, change.server);
        cloud_change(world->clouds[i], world->now_ms, &change);
        return true;
    }
    return false;
}

/* --- a row each --- */

static enum why_end wait(struct world *world, const struct why_object *object, const char *about)
{
    (void)world;
    (void)object;
    (void)about;
    return WHY_WAITS;
}

static enum why_end approve(struct world *world, const struct why_object *object, const char *about)
{
    (void)about;
    bool held = object->hold[0] != '\0' && people_approve_some(world, "", "holdId", object->hold);
    return held ? WHY_GONE : WHY_CANNOT;
}

/* Of the source that it names, or of the cloud. */
static enum why_end approve_source(struct world *world, const struct why_object *object, const char *about)
{
    if (strcmp(about, "*") == 0) return approve(world, object, about);
    people_approve_some(world, "ApprovalNeeded", "source", about);
    return object->hold[0] != '\0' ? WHY_GONE : WHY_CANNOT;
}

static enum why_end approve_cloud(struct world *world, const struct why_object *object, const char *about)
{
    people_approve_some(world, "ServersVanished", "cloud", about);
    return object->hold[0] != '\0' ? WHY_GONE : WHY_CANNOT;
}

/* A token of another project lives on; the next log-in is a good one. */
static enum why_end correct_project(struct world *world, const struct why_object *object, const char *about)
{
    unsigned place = cloud_of(world, about);
    if (!world->story.expect_project) return approve(world, object, about);
    cloud_change(world->clouds[place], world->now_ms, &(struct cloud_change){.kind = CLOUD_CHANGE_REVOKE});
    return look_anew(world);
}

static enum why_end resume(struct world *world, const struct why_object *object, const char *about)
{
    (void)object;
    people_resume_one(world, strcmp(about, "*") == 0 ? "" : about);
    return WHY_GONE;
}

static enum why_end enforce(struct world *world, const struct why_object *object, const char *about)
{
    unsigned cloud = strncmp(about, "cloud:", 6) == 0 ? cloud_of(world, about + 6) : FLEET_CLOUDS_MAX;
    unsigned source = source_of(world, about);
    if (strcmp(about, "*") == 0) world->observe = false;
    if (cloud < FLEET_CLOUDS_MAX) world->story.observe_cloud[cloud] = false;
    if (source < FLEET_SOURCES_MAX) world->story.manifests[source].observe = false;
    return configure_anew(world, object);
}

static enum why_end heal(struct world *world, const struct why_object *object, const char *about)
{
    unsigned place = source_of(world, about);
    (void)object;
    if (place == FLEET_SOURCES_MAX || world->story.manifests[place].absent) return WHY_CANNOT;
    world->story.manifests[place].health = FLEET_GOOD;
    world_read_source(world, place);
    return WHY_GONE;
}

/* An instance in it again: another one, where there is one, for this one is to go. */
static enum why_end fill(struct world *world, const struct why_object *object, const char *about)
{
    unsigned place = source_of(world, about);
    /* what is held stays held, of a source that is filled again, too */
    if (object->keypair && strstr(object->message, " was empty")) return approve(world, object, about);
    if (place == FLEET_SOURCES_MAX) return WHY_CANNOT;
    struct manifest *manifest = &world->story.manifests[place];
    if (manifest->absent || manifest->count == 0) return WHY_CANNOT;
    bool first = strcmp(manifest->wishes[0].name, object->object) == 0 && manifest->count > 1;
    if (manifest_present(manifest) == 0) manifest->wishes[first ? 1 : 0].present = true;
    return heal(world, object, about);
}

/* One may be interrupted at a time, however few there are. */
static bool is_least(const struct why_object *now)
{
    unsigned used, most;
    const char *waits = strstr(now->message, "waits: ");
    return waits && sscanf(waits, "waits: %u of %u ", &used, &most) == 2 && used >= most;
}

static enum why_end interrupt_all(struct world *world, const struct why_object *object, const char *about)
{
    unsigned place = source_of(world, about);
    if (place == FLEET_SOURCES_MAX || world->story.manifests[place].absent) return WHY_CANNOT;
    world->story.manifests[place].disruption_percent = 1000; /* of a single one, too */
    return configure_anew(world, object);
}

static enum why_end make_room(struct world *world, const struct why_object *object, const char *about)
{
    unsigned place = source_of(world, about);
    if (place == FLEET_SOURCES_MAX || world->story.manifests[place].absent) return WHY_CANNOT;
    world->story.manifests[place].max_instances = 0;
    return configure_anew(world, object);
}

static enum why_end try_now(struct world *world, const struct why_object *object, const char *about)
{
    const char *names[] = {object->name};
    (void)about;
    daemon_command(world, &(struct event_command){.kind = COMMAND_RETRY, .names = names, .name_count = 1});
    return WHY_GONE;
}

/* Whoever waits sees it tried at the time that is told; nobody waits long. */
static enum why_end wait_or_try(struct world *world, const struct why_object *object, const char *about)
{
    bool soon = object->next_ms >= 0 && object->next_ms < world->now_ms + 120000;
    return soon && dice_chance(&world->why.dice, 500) ? WHY_WAITS : try_now(world, object, about);
}

static enum why_end unprotect(struct world *world, const struct why_object *object, const char *about)
{
    struct wish *wish = wish_of(world, object);
    if (!wish) return WHY_CANNOT;
    wish->protect = false;
    read_anew(world, object);
    daemon_command(
        world, &(struct event_command){.kind = COMMAND_UNPROTECT, .target = about, .argument = "not needed"});
    judge_unprotected(world->judge, object->source, object->object);
    return WHY_GONE;
}

static enum why_end describe_again(struct world *world, const struct why_object *object, const char *about)
{
    unsigned place = source_of(world, object->source);
    struct wish *wish = wish_of(world, object);
    (void)about;
    if (place == FLEET_SOURCES_MAX) return WHY_CANNOT;
    if (strncmp(object->message, "released", 8) == 0 && object->server[0] == '\0') return WHY_CANNOT;
    bool absent = world->story.manifests[place].absent;
    bool released = strncmp(object->message, "released", 8) == 0;
    people_turn_source(world, place, false);
    if (released)
        people_claim_one(world, object->source, object->object, object->server);
    else if (!wish || (wish->present && !absent))
        return WHY_CANNOT;
    else
        wish->present = true;
    return read_anew(world, object);
}

static enum why_end let_replace(struct world *world, const struct why_object *object, const char *about)
{
    struct wish *wish = wish_of(world, object);
    if (!wish || strcmp(about, "cloud") == 0 || strcmp(about, "publicKey") == 0) return WHY_CANNOT;
    if (strcmp(about, "adopt") == 0)
        wish->adopt[0] = '\0';
    else
        wish->replace_changed = true;
    wish->rebuild_changed = false;
    return read_anew(world, object);
}

static enum why_end let_replace_error(struct world *world, const struct why_object *object, const char *about)
{
    struct wish *wish = wish_of(world, object);
    if (!wish || !wish->present) return try_now(world, object, about);
    wish->on_error = FLEET_REPLACE;
    wish->replace_stuck = true;
    wish->snapshot = false;
    return read_anew(world, object);
}

static enum why_end mend_ledger(struct world *world, const struct why_object *object, const char *about)
{
    (void)object;
    if (strcmp(about, "corrupt") == 0) {
        people_rebuild_ledger(world);
        return WHY_GONE;
    }
    world->disk_full = false;
    return WHY_WAITS;
}

static enum why_end raise_quota(struct world *world, const struct why_object *object, const char *about)
{
    (void)object;
    (void)about;
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        cloud_change(world->clouds[i], world->now_ms,
                     &(struct cloud_change){.kind = CLOUD_CHANGE_QUOTA, .server = "*", .number = 1000});
    return WHY_WAITS;
}

/* Unlocks, resumes, and ends whatever the cloud does not end. */
static enum why_end activate(struct world *world, const struct why_object *object, const char *about)
{
    struct cloud_server server;
    bool dying = false;
    (void)object;
    for (unsigned i = 0; i < world->story.cloud_count; i++)
        if (cloud_server_by_id(world->clouds[i], about, &server))
            dying |= strcmp(server.status, "DELETED") == 0 || strcmp(server.task, "deleting") == 0;
    change_server(world, about, CLOUD_CHANGE_UNLOCK, "");
    change_server(world, about, dying ? CLOUD_CHANGE_DELETE : CLOUD_CHANGE_ACTIVATE, "");
    return look_anew(world);
}

static enum why_end end_call(struct world *world, const struct why_object *object, const char *about)
{
    (void)about;
    return object->server[0] != '\0' ? activate(world, object, object->server) : WHY_WAITS;
}

static enum why_end let_run(struct world *world, const struct why_object *object, const char *about)
{
    struct wish *wish = wish_of(world, object);
    if (object->keypair) return WHY_CANNOT;
    if (!wish || !wish->present) return activate(world, object, about);
    wish->power = FLEET_RUNNING;
    activate(world, object, about);
    return read_anew(world, object);
}

/* A successor cannot be adopted: whoever has set its mark takes that back. */
static enum why_end give_back(struct world *world, const struct why_object *object, const char *about)
{
    const struct wish *wish = wish_of(world, object);
    if (!wish || manner_of(world->story.dialects[wish->cloud])->marks != MARKS_METADATA) return WHY_CANNOT;
    return change_server(world, about, CLOUD_CHANGE_SET_METADATA, DOCUMENT_OWNER) ? look_anew(world)
                                                                                  : WHY_CANNOT;
}

static enum why_end claim(struct world *world, const struct why_object *object, const char *about)
{
    if (strcmp(object->server, about) != 0) return give_back(world, object, about);
    people_claim_one(world, object->source, object->object, about);
    return WHY_GONE;
}

/* A server of that name is taken over where no mark says whose it is; else it goes. */
static enum why_end free_name(struct world *world, const struct why_object *object, const char *about)
{
    const struct wish *wish = wish_of(world, object);
    if (!wish || strchr(about, '/')) return WHY_CANNOT;
    if (manner_of(world->story.dialects[wish->cloud])->marks == MARKS_NOTHING)
        return claim(world, object, about);
    return change_server(world, about, CLOUD_CHANGE_DELETE, "") ? look_anew(world) : WHY_CANNOT;
}

static enum why_end free_address(struct world *world, const struct why_object *object, const char *about)
{
    struct cloud_server server;
    const struct wish *wish = wish_of(world, object);
    if (!wish) return WHY_CANNOT;
    struct cloud *cloud = world->clouds[wish->cloud];
    for (size_t i = 0; cloud_server_at(cloud, i, &server); i++)
        if (server.visible && strcmp(server.address, about) == 0)
            return change_server(world, server.id, CLOUD_CHANGE_NO_ADDRESS, about) ? look_anew(world)
                                                                                   : WHY_CANNOT;
    return WHY_WAITS;
}

static enum why_end name_another(struct world *world, const struct why_object *object, const char *about)
{
    struct wish *wish = wish_of(world, object);
    bool server = strncmp(about, "server:", 7) == 0;
    /* of an emptied source the set before stays, and so does its mistake */
    if (!wish || !wish->present || (!server && wish->mistake == FLEET_NO_MISTAKE)) return WHY_CANNOT;
    if (server)
        wish->adopt[0] = '\0';
    else
        wish->mistake = FLEET_NO_MISTAKE;
    return read_anew(world, object);
}

/* --- the table --- */

enum {
    BUILD_MS = 120000,    /* the probe has to run first */
    THAW_MS = 11 * 60000, /* one remedy at a time; what one that is stuck takes, until the next window */
    LOGIN_MS = 5 * 60000  /* a project that the Cloud names: it is logged in anew so often */
};

static const struct why_word words[] = {
    {"budget", approve_source, .leans = false},
    {"empty", fill, .edits = true, .leans = false},
    {"source", heal, .edits = true, .leans = false},
    {"suspend", resume, .leans = false},
    {"mode", enforce, .edits = true, .leans = false},
    {"disruption", interrupt_all, .still = is_least, .edits = true, .leans = true},
    {"halt", try_now, .rare = true, .leans = false},
    {"instances", make_room, .edits = true, .leans = true},
    {"protect", unprotect, .edits = true, .leans = false},
    {"prune", wait, .leans = false},
    {"rest", wait, .leans = false},
    {"orphan", describe_again, .edits = true, .leans = false},
    {"cloud", wait, .excuse = "the clouds of a seed are configured from its beginning to its end"},
    {"immutable", let_replace, .edits = true, .leans = false},
    {"ledger", mend_ledger, .leans = false},
    {"cold", wait, .leans = true},
    {"list", wait, .leans = true},
    {"login", wait, .leans = true},
    {"project", correct_project, .extra_ms = LOGIN_MS, .leans = true},
    {"daemon", approve, .leans = false},
    {"breaker:outage", wait, .leans = true},
    {"breaker:capacity", raise_quota, .rare = true, .extra_ms = BUILD_MS, .leans = true},
    {"breaker:quota", raise_quota, .extra_ms = BUILD_MS, .leans = true},
    {"throttle", raise_quota, .leans = false}, /* in one position of a switch that is what 413 means */
    {"storm", wait, .extra_ms = THAW_MS, .leans = true},
    {"vanish", approve_cloud, .leans = false},
    {"inflight", wait, .leans = true, .excuse = "nobody approves of more than ten deletions at once"},
    {"backoff", wait_or_try, .leans = false},
    {"conflict", wait_or_try, .rare = true, .leans = false},
    {"refused", wait_or_try, .leans = false},
    {"quarantine", wait_or_try, .rare = true, .leans = false},
    {"stuck", end_call, .leans = true,
     .excuse = "people end what the cloud does not end within a minute of peace"},
    {"outcome", approve, .leans = false},
    {"settle", wait, .leans = true},
    {"absence", wait, .leans = true},
    {"busy", activate, .leans = true},
    {"error", let_replace_error, .edits = true, .leans = false},
    {"operator", activate, .leans = true},
    {"taken", claim, .leans = false},
    {"duplicate", approve, .leans = false},
    {"name", free_name, .leans = true},
    {"catalogue", wait, .leans = true},
    {"missing", name_another, .edits = true, .leans = false},
    {"fit", wait, .excuse = "what the seeds want goes with every image"},
    {"zone", wait, .excuse = "the simulated clouds close no zone"},
    {"keypair", wait, .leans = true, .excuse = "what the instances name is there already"},
    {"image", wait, .leans = true,
     .excuse = "an image that is being saved is looked for by the call that made it"},
    {"address", free_address, .leans = true},
    {"route", let_run, .edits = true, .leans = true},
};
enum { WORDS = sizeof words / sizeof *words };
_Static_assert((int)WORDS <= (int)WHY_WORDS_MAX, "a note for each");

unsigned why_words(const struct why_word **out_words)
{
    *out_words = words;
    return WORDS;
}

const struct why_word *why_word_of(const char *text, const char **out_about)
{
    for (unsigned i = 0; i < WORDS; i++) {
        size_t size = strlen(words[i].word);
        if (strncmp(text, words[i].word, size) != 0 || text[size] != ':') continue;
        *out_about = text + size + 1;
        return &words[i];
    }
    return NULL;
}

unsigned why_chance(const char *reason)
{
    static const struct {
        const char *reason;
        unsigned permille;
    } rows[] = {
        {"Building", 0},         {"CallQueued", 0},          {"CallSent", 0},         {"CallAccepted", 0},
        {"Deleting", 0},         {"Repairing", 0},           {"ColdStart", 2},        {"NotSeenYet", 3},
        {"AuthFailed", 2},       {"CloudOutage", 3},         {"LedgerReadOnly", 2},   {"LedgerCorrupt", 5},
        {"Orphaned", 3},         {"Protected", 2},           {"NameTaken", 4},        {"CatalogueNeeded", 3},
        {"ImmutableChange", 4},  {"ErrorHold", 5},           {"NoRoute", 8},          {"ApprovalNeeded", 12},
        {"ObserveMode", 12},     {"TooManyInstances", 8},    {"Settling", 10},        {"Capacity", 20},
        {"SourceInvalid", 20},   {"WrongProject", 40},       {"AnotherDaemon", 1000}, {"Conflict", 1000},
        {"CloudThrottled", 200}, {"ErrorStorm", 200},        {"NotFound", 1000},      {"AddressTaken", 200},
        {"Quarantined", 1000},   {"DisruptionHalted", 1000}, {"Stuck", 1000},         {"KeypairNeeded", 1000},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(rows[i].reason, reason) == 0) return rows[i].permille;
    return 100;
}
