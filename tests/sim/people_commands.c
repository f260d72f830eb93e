#include "tests/sim/people.h"

#include <stdio.h>
#include <string.h>

#include "tests/sim/daemon.h"
#include "tests/sim/document.h"
#include "tests/sim/grow.h"
#include "tests/sim/manner.h"
#include "tests/sim/reader.h"
#include "tests/sim/sequel.h"

/* What people say to the daemon. */

unsigned people_source(struct world *world)
{
    return (unsigned)dice_below(&world->dice_trouble, world->story.source_count);
}

const struct wish *people_wish(struct world *world, unsigned *out_place)
{
    *out_place = people_source(world);
    const struct manifest *manifest = &world->story.manifests[*out_place];
    return manifest->count ? &manifest->wishes[dice_below(&world->dice_trouble, manifest->count)] : NULL;
}

static bool some_target(struct world *world, char out[2 * FLEET_NAME + 2])
{
    unsigned place;
    const struct wish *wish = people_wish(world, &place);
    const char *source = world->story.manifests[place].name;
    if (!wish) return false;
    switch (dice_below(&world->dice_trouble, 5)) {
    case 0: out[0] = '\0'; return true;
    case 2: snprintf(out, 2 * FLEET_NAME + 2, "cloud:%s", document_clouds[wish->cloud]); return true;
    case 1: snprintf(out, 2 * FLEET_NAME + 2, "%s", source); return true;
    default: snprintf(out, 2 * FLEET_NAME + 2, "%s/%s", source, wish->name); return true;
    }
}

/* A command for an object that the daemon has not heard of is refused. */
static bool is_known(struct world *world, const char *target)
{
    const char *slash = strchr(target, '/');
    if (!slash) return true;
    char *json = reader_read(world, READER_STATUS), row[4 * FLEET_NAME];
    snprintf(row, sizeof row, "\"source\":\"%.*s\",\"name\":\"%s\"", (int)(slash - target), target,
             slash + 1);
    bool known = strstr(json, row) != NULL;
    free(json);
    return known;
}

static void suspend(struct world *world)
{
    char target[2 * FLEET_NAME + 2];
    if (!some_target(world, target) || !is_known(world, target)) return;
    bool hard = dice_chance(&world->dice_trouble, 400), ends = dice_chance(&world->dice_trouble, 300);
    int64_t duration_ms = ends ? dice_between(&world->dice_trouble, 5000, 120000) : 0;
    daemon_command(world, &(struct event_command){.kind = COMMAND_SUSPEND,
                                                  .target = target,
                                                  .argument = "maintenance",
                                                  .hard = hard,
                                                  .duration_ms = duration_ms});
    /* one that ends by itself is not judged: its end moves with the wall clock when the daemon restarts */
    judge_suspended(world->judge, target, hard && !ends, true, world->now_ms);
}

void people_resume_one(struct world *world, const char *target)
{
    daemon_command(world, &(struct event_command){.kind = COMMAND_RESUME, .target = target});
    judge_suspended(world->judge, target, false, false, world->now_ms);
}

void people_resume(struct world *world)
{
    people_resume_one(world, "");
    for (unsigned i = 0; i < world->story.cloud_count; i++) {
        char cloud[FLEET_NAME];
        snprintf(cloud, sizeof cloud, "cloud:%s", document_clouds[i]);
        people_resume_one(world, cloud);
    }
    for (unsigned i = 0; i < world->story.source_count; i++) {
        const struct manifest *manifest = &world->story.manifests[i];
        char target[2 * FLEET_NAME + 2];
        people_resume_one(world, manifest->name);
        for (unsigned k = 0; k < manifest->count; k++) {
            snprintf(target, sizeof target, "%s/%s", manifest->name, manifest->wishes[k].name);
            people_resume_one(world, target);
            if (manifest->wishes[k].was[0] == '\0') continue;
            snprintf(target, sizeof target, "%s/%s", manifest->name, manifest->wishes[k].was);
            people_resume_one(world, target);
        }
    }
}

const char *people_read(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text ? text : "";
}

/* What is approved to be destroyed may be wanted otherwise at once. */
static void follow(struct world *world, const cJSON *member)
{
    for (unsigned i = 0; i < world->story.source_count; i++) {
        const struct manifest *manifest = &world->story.manifests[i];
        const struct wish *wish = manifest_find(manifest, people_read(member, "name"));
        if (wish && strcmp(manifest->name, people_read(member, "source")) == 0)
            sequel_draw(world, SEQUEL_AMEND, i, (unsigned)(wish - manifest->wishes));
    }
}

static void approve_hold(struct world *world, const cJSON *hold, uint32_t partial)
{
    const cJSON *one;
    bool destroys = strcmp(people_read(hold, "reason"), "ApprovalNeeded") == 0;
    if (strcmp(people_read(hold, "reason"), "AnotherDaemon") == 0)
        judge_another_allowed(world->judge, people_read(hold, "cloud"));
    daemon_command(world, &(struct event_command){.kind = COMMAND_APPROVE,
                                                  .target = people_read(hold, "holdId"),
                                                  .partial = partial});
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(hold, "members"))
    {
        judge_approved(world->judge, people_read(one, "source"), people_read(one, "name"),
                       people_read(one, "providerId"), world->now_ms);
        if (destroys) follow(world, one);
    }
}

static void approve_all(struct world *world, const char *but_source)
{
    char *json = reader_read(world, READER_HOLDS);
    cJSON *holds = cJSON_Parse(json);
    const cJSON *hold;
    cJSON_ArrayForEach(hold, holds)
    {
        const cJSON *first = cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(hold, "members"), 0);
        if (strcmp(people_read(first, "source"), but_source) != 0) approve_hold(world, hold, 0);
    }
    cJSON_Delete(holds);
    free(json);
}

void people_approve(struct world *world)
{
    approve_all(world, "");
}

void people_approve_others(struct world *world, unsigned source)
{
    if (world->up) approve_all(world, world->story.manifests[source].name);
}

bool people_approve_some(struct world *world, const char *reason, const char *key, const char *value)
{
    char *json = reader_read(world, READER_HOLDS);
    cJSON *holds = cJSON_Parse(json);
    const cJSON *one;
    bool found = false;
    cJSON_ArrayForEach(one, holds)
    {
        if (strcmp(people_read(one, key), value) != 0) continue;
        if (reason[0] != '\0' && strcmp(people_read(one, "reason"), reason) != 0) continue;
        approve_hold(world, one, 0);
        found = true;
    }
    cJSON_Delete(holds);
    free(json);
    return found;
}

/* Some of one, by the id that it has now or had a while ago, or one that nobody knows. */
static void approve_some(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    char *json = reader_read(world, READER_HOLDS);
    cJSON *holds = cJSON_Parse(json), *old = world->old_hold ? cJSON_Parse(world->old_hold) : NULL;
    int count = cJSON_GetArraySize(holds);
    uint64_t drawn = dice_next(dice);
    bool uses_old = dice_chance(dice, 500);
    const cJSON *hold =
        uses_old ? old : cJSON_GetArrayItem(holds, count > 0 ? (int)(drawn % (unsigned)count) : 0);
    if (hold)
        approve_hold(world, hold, (uint32_t)(drawn >> 32) % 3);
    else
        daemon_command(world, &(struct event_command){.kind = COMMAND_APPROVE, .target = "00000000"});
    if (count > 0) {
        free(world->old_hold);
        world->old_hold = cJSON_PrintUnformatted(cJSON_GetArrayItem(holds, (int)(drawn % (unsigned)count)));
    }
    cJSON_Delete(old);
    cJSON_Delete(holds);
    free(json);
}

static bool ends_by_sync(const char *reason)
{
    return strcmp(reason, "ErrorHold") == 0 || strcmp(reason, "DisruptionHalted") == 0 ||
           strcmp(reason, "Quarantined") == 0 || strcmp(reason, "Conflict") == 0 ||
           strcmp(reason, "Refused") == 0;
}

void people_retry(struct world *world)
{
    char *json = reader_read(world, READER_STATUS);
    cJSON *status = cJSON_Parse(json);
    const cJSON *row;
    cJSON_ArrayForEach(row, status)
    {
        char name[4 * FLEET_NAME];
        const char *names[] = {name};
        if (!ends_by_sync(people_read(row, "reason"))) continue;
        bool keypair = strcmp(people_read(row, "kind"), "Keypair") == 0; /* one of several clouds' */
        snprintf(name, sizeof name, "%s/%s%s%s", people_read(row, "source"), people_read(row, "name"),
                 keypair ? "@" : "", keypair ? people_read(row, "cloud") : "");
        daemon_command(world,
                       &(struct event_command){.kind = COMMAND_RETRY, .names = names, .name_count = 1});
    }
    cJSON_Delete(status);
    free(json);
}

/* One of our requests made it, where there is such a one. */
static bool find_named(struct cloud *cloud, const char *name, char out_id[CLOUD_ID_SIZE])
{
    struct cloud_server server;
    bool found = false;
    for (size_t i = 0; cloud_server_at(cloud, i, &server); i++) {
        if (!server.visible || strcmp(server.name, name) != 0 || (found && !server.by_request)) continue;
        snprintf(out_id, CLOUD_ID_SIZE, "%s", server.id);
        found = true;
    }
    return found;
}

static void claim_one(struct world *world, const struct manifest *manifest, const struct wish *wish)
{
    char target[2 * FLEET_NAME + 2], name[FLEET_NAME + 8], id[CLOUD_ID_SIZE];
    wish_server_name(wish, name);
    if (manner_of(world->story.dialects[wish->cloud])->marks != MARKS_NOTHING) return;
    if (!find_named(world->clouds[wish->cloud], name, id)) return;
    snprintf(target, sizeof target, "%s/%s", manifest->name, wish->name);
    daemon_command(world, &(struct event_command){.kind = COMMAND_ADOPT, .target = target, .argument = id});
    judge_adopted(world->judge, manifest->name, wish->name, id);
}

/* The mark of another owner is to give way. */
void people_claim_one(struct world *world, const char *source, const char *name, const char *server)
{
    char target[2 * FLEET_NAME + 2];
    snprintf(target, sizeof target, "%s/%s", source, name);
    daemon_command(world,
                   &(struct event_command){.kind = COMMAND_ADOPT, .target = target, .argument = server});
    judge_adopted(world->judge, source, name, server);
}

void people_claim(struct world *world)
{
    char *json = reader_read(world, READER_STATUS);
    cJSON *status = cJSON_Parse(json);
    const cJSON *row;
    cJSON_ArrayForEach(row, status)
    {
        if (strcmp(people_read(row, "reason"), "TakenOver") == 0)
            people_claim_one(world, people_read(row, "source"), people_read(row, "name"),
                             people_read(row, "providerId"));
        if (strcmp(people_read(row, "reason"), "NameTaken") != 0) continue;
        for (unsigned i = 0; i < world->story.source_count; i++) {
            const struct manifest *manifest = &world->story.manifests[i];
            const struct wish *wish = manifest_find(manifest, people_read(row, "name"));
            if (wish && strcmp(manifest->name, people_read(row, "source")) == 0)
                claim_one(world, manifest, wish);
        }
    }
    cJSON_Delete(status);
    free(json);
}

static void unprotect(struct world *world)
{
    unsigned place;
    char target[2 * FLEET_NAME + 2];
    const struct wish *wish = people_wish(world, &place);
    if (!wish || (wish->present && wish->protect)) return;
    snprintf(target, sizeof target, "%s/%s", world->story.manifests[place].name, wish->name);
    daemon_command(world, &(struct event_command){
                              .kind = COMMAND_UNPROTECT, .target = target, .argument = "not needed"});
    judge_unprotected(world->judge, world->story.manifests[place].name, wish->name);
}

/* Takes over a server that somebody made by hand under the object's name, if there is one. */
static void adopt(struct world *world)
{
    unsigned place;
    char target[2 * FLEET_NAME + 2], server_name[FLEET_NAME + 8];
    const struct wish *wish = people_wish(world, &place);
    if (!wish) return;
    wish_server_name(wish, server_name);
    struct cloud *cloud = world->clouds[wish->cloud];
    struct cloud_server server;
    for (size_t i = 0; cloud_server_at(cloud, i, &server); i++) {
        if (!server.visible || server.by_request || strcmp(server.name, server_name) != 0) continue;
        snprintf(target, sizeof target, "%s/%s", world->story.manifests[place].name, wish->name);
        if (dice_chance(&world->dice_trouble, 300)) { /* the manifest says it */
            struct wish *mine = manifest_find(&world->story.manifests[place], wish->name);
            snprintf(mine->adopt, sizeof mine->adopt, "%s", server.id);
            world_due(world, world->now_ms + 500, DUE_READ, place);
            return;
        }
        daemon_command(
            world, &(struct event_command){.kind = COMMAND_ADOPT, .target = target, .argument = server.id});
        judge_adopted(world->judge, world->story.manifests[place].name, wish->name, server.id);
        return;
    }
}

/* All that bear the name of an object without a server. */
static void adopt_matching(struct world *world)
{
    unsigned place = people_source(world);
    const struct manifest *manifest = &world->story.manifests[place];
    daemon_command(
        world, &(struct event_command){.kind = COMMAND_ADOPT, .target = manifest->name, .matching = true});
    for (unsigned i = 0; i < manifest->count; i++) {
        char server_name[FLEET_NAME + 8];
        const struct wish *wish = &manifest->wishes[i];
        struct cloud_server server;
        wish_server_name(wish, server_name);
        for (size_t k = 0; cloud_server_at(world->clouds[wish->cloud], k, &server); k++)
            if (server.visible && strcmp(server.name, server_name) == 0)
                judge_adopted(world->judge, manifest->name, wish->name, server.id);
    }
}

static void release(struct world *world)
{
    unsigned place;
    char target[2 * FLEET_NAME + 2];
    const struct wish *wish = people_wish(world, &place);
    if (!wish) return;
    snprintf(target, sizeof target, "%s/%s", world->story.manifests[place].name, wish->name);
    daemon_command(world, &(struct event_command){.kind = COMMAND_RELEASE, .target = target});
}

/* What was released, and is wanted. */
static void take_back(struct world *world)
{
    char *json = reader_read(world, READER_STATUS);
    cJSON *status = cJSON_Parse(json);
    const cJSON *row;
    cJSON_ArrayForEach(row, status)
    {
        const char *source = people_read(row, "source"), *name = people_read(row, "name");
        const char *server = people_read(row, "providerId");
        char target[2 * FLEET_NAME + 2];
        if (!judge_is_released(world->judge, source, name) || server[0] == '\0') continue;
        snprintf(target, sizeof target, "%s/%s", source, name);
        daemon_command(world,
                       &(struct event_command){.kind = COMMAND_ADOPT, .target = target, .argument = server});
        judge_adopted(world->judge, source, name, server);
    }
    cJSON_Delete(status);
    free(json);
}

/* Words that mean nothing here: told so, and nothing comes of them. */
static void blunder(struct world *world)
{
    static const char *const names[] = {"prod/nobody"};
    static const struct event_command commands[] = {
        {.kind = COMMAND_SUSPEND, .target = "cloud:nowhere", .argument = ""},
        {.kind = COMMAND_RESUME, .target = "prodd"},
        {.kind = COMMAND_RELEASE, .target = "nobody"},
        {.kind = COMMAND_ADOPT, .target = "prod/p-000", .argument = "no-such-server"},
        {.kind = COMMAND_ADOPT, .target = "prodd", .matching = true},
        {.kind = COMMAND_UNPROTECT, .target = "nobody/p-000", .argument = ""},
        {.kind = COMMAND_RETRY, .names = names, .name_count = 1},
    };
    daemon_command(world, &commands[dice_below(&world->dice_trouble, sizeof commands / sizeof *commands)]);
}

/* --- the operator's configuration --- */

void people_rebuild_ledger(struct world *world)
{
    if (world->ledger_corrupt) {
        disk_wipe(world->disk);
        world->ledger_corrupt = false;
        judge_corrupt(world->judge, false);
    }
    daemon_command(world, &(struct event_command){.kind = COMMAND_LEDGER_REBUILD});
}

void people_turn_source(struct world *world, unsigned place, bool absent)
{
    struct manifest *manifest = &world->story.manifests[place];
    if (manifest->absent == absent) return;
    manifest->absent = absent;
    world_configure(world);
    if (!absent) world_due(world, world->now_ms + 200, DUE_READ, place);
}

static void configure(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    unsigned place = people_source(world), cloud = (unsigned)dice_below(dice, world->story.cloud_count);
    switch (dice_below(dice, 5)) {
    case 0: world->story.manifests[place].observe = !world->story.manifests[place].observe; break;
    case 1: world->story.observe_cloud[cloud] = !world->story.observe_cloud[cloud]; break;
    case 2: people_turn_source(world, place, !world->story.manifests[place].absent); return;
    default: world->observe = !world->observe; break;
    }
    world_configure(world);
}

void people_rule(struct world *world)
{
    bool observe = world->observe;
    world->observe = false;
    for (unsigned i = 0; i < world->story.cloud_count; i++) {
        observe |= world->story.observe_cloud[i];
        world->story.observe_cloud[i] = false;
    }
    for (unsigned i = 0; i < world->story.source_count; i++) {
        observe |= world->story.manifests[i].observe;
        world->story.manifests[i].observe = false;
        people_turn_source(world, i, false);
    }
    if (observe) world_configure(world);
    if (world->ledger_corrupt) people_rebuild_ledger(world);
    take_back(world);
}

static void sync(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    char name[2 * FLEET_NAME + 2];
    const char *names[] = {name};
    uint64_t drawn = dice_below(dice, 4);
    bool named = drawn == 0 && some_target(world, name) && name[0] != '\0';
    daemon_command(world, &(struct event_command){.kind = COMMAND_SYNC,
                                                  .strangers = drawn == 1,
                                                  .names = names,
                                                  .name_count = named ? 1 : 0});
    if (drawn == 1) world->strangers_sync = world->command_last;
}

void people_command(struct world *world)
{
    struct dice *dice = &world->dice_trouble;
    static void (*const commands[])(struct world * world) = {
        suspend,       suspend,       suspend,
        people_resume, people_resume, people_approve,
        approve_some,  approve_some,  people_retry,
        unprotect,     adopt,         adopt_matching,
        release,       release,       take_back,
        people_claim,  blunder,       configure,
        configure,     configure,     people_rebuild_ledger,
    };
    uint64_t drawn = dice_below(dice, sizeof commands / sizeof *commands + 2);
    if (!world->up) return;
    if (world->ledger_corrupt && dice_chance(dice, 100))
        people_rebuild_ledger(world);
    else if (drawn < sizeof commands / sizeof *commands)
        commands[drawn](world);
    else
        sync(world);
}
