#include "life.h"

#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 8, VM_SAME = VM_STATE_COUNT };

enum outcome {
    OUTCOME_ACTIVE,
    OUTCOME_STOPPED,
    OUTCOME_NO_HOST,
    OUTCOME_VERIFY,
    OUTCOME_CONFIRMED,
    OUTCOME_REVERTED,
    OUTCOME_SHELVED,
    OUTCOME_OFFLOADED,
    OUTCOME_REBUILT,
    OUTCOME_GONE,
    OUTCOME_BINNED,
    OUTCOME_SAME,
};

struct step {
    unsigned permille; /* of the whole, at which it begins */
    unsigned vm;       /* VM_SAME: as before */
    enum task task;
    unsigned gains; /* HAS_... */
};

struct sequence {
    enum outcome outcome;
    size_t duration; /* offset of its range in struct cloud_durations */
    unsigned count;
    struct step steps[STEPS_MAX];
};

#define TAKES(member) offsetof(struct cloud_durations, member)

static const struct sequence sequences[LIFE_KIND_COUNT] = {
    [LIFE_CREATE] = {OUTCOME_ACTIVE,
                     TAKES(build),
                     7,
                     {{0, VM_BUILDING, TASK_SCHEDULING, 0},
                      {200, VM_BUILDING, TASK_NONE, HAS_ZONE},
                      {230, VM_BUILDING, TASK_NONE, HAS_HOST},
                      {280, VM_BUILDING, TASK_NETWORKING, 0},
                      {360, VM_BUILDING, TASK_BLOCK_DEVICE_MAPPING, 0},
                      {450, VM_BUILDING, TASK_SPAWNING, HAS_DISK},
                      {700, VM_BUILDING, TASK_SPAWNING, HAS_PORTS}}},
    [LIFE_CREATE_NO_HOST] = {OUTCOME_NO_HOST, TAKES(start), 1, {{0, VM_BUILDING, TASK_SCHEDULING, 0}}},
    [LIFE_START] = {OUTCOME_ACTIVE, TAKES(start), 1, {{0, VM_SAME, TASK_POWERING_ON, 0}}},
    [LIFE_STOP] = {OUTCOME_STOPPED, TAKES(stop), 1, {{0, VM_SAME, TASK_POWERING_OFF, 0}}},
    [LIFE_REBOOT_SOFT] = {OUTCOME_ACTIVE,
                          TAKES(reboot),
                          3,
                          {{0, VM_SAME, TASK_REBOOTING, 0},
                           {100, VM_SAME, TASK_REBOOT_PENDING, 0},
                           {200, VM_SAME, TASK_REBOOT_STARTED, 0}}},
    [LIFE_REBOOT_HARD] = {OUTCOME_ACTIVE,
                          TAKES(reboot),
                          3,
                          {{0, VM_SAME, TASK_REBOOTING_HARD, 0},
                           {100, VM_SAME, TASK_REBOOT_PENDING_HARD, 0},
                           {200, VM_SAME, TASK_REBOOT_STARTED_HARD, 0}}},
    [LIFE_RESIZE] = {OUTCOME_VERIFY,
                     TAKES(resize),
                     4,
                     {{0, VM_SAME, TASK_RESIZE_PREP, 0},
                      {170, VM_SAME, TASK_RESIZE_MIGRATING, 0},
                      {380, VM_SAME, TASK_RESIZE_MIGRATED, 0},
                      {500, VM_SAME, TASK_RESIZE_FINISH, 0}}},
    [LIFE_RESIZE_LATE] = {OUTCOME_VERIFY,
                          TAKES(resize),
                          5,
                          {{0, VM_SAME, TASK_NONE, 0},
                           {200, VM_SAME, TASK_RESIZE_PREP, 0},
                           {350, VM_SAME, TASK_RESIZE_MIGRATING, 0},
                           {500, VM_SAME, TASK_RESIZE_MIGRATED, 0},
                           {650, VM_SAME, TASK_RESIZE_FINISH, 0}}},
    [LIFE_CONFIRM] = {OUTCOME_CONFIRMED, TAKES(confirm), 1, {{0, VM_RESIZED, TASK_NONE, 0}}},
    [LIFE_REVERT] = {OUTCOME_REVERTED, TAKES(revert), 1, {{0, VM_RESIZED, TASK_RESIZE_REVERTING, 0}}},
    [LIFE_SHELVE] = {OUTCOME_SHELVED,
                     TAKES(shelve),
                     3,
                     {{0, VM_SAME, TASK_SHELVING, 0},
                      {250, VM_SAME, TASK_SHELVING_IMAGE_PENDING_UPLOAD, 0},
                      {550, VM_SAME, TASK_SHELVING_IMAGE_UPLOADING, 0}}},
    [LIFE_SHELVE_VOLUME] = {OUTCOME_OFFLOADED,
                            TAKES(shelve),
                            2,
                            {{0, VM_SAME, TASK_SHELVING, 0}, {850, VM_SAME, TASK_SHELVING_OFFLOADING, 0}}},
    [LIFE_OFFLOAD] = {OUTCOME_OFFLOADED, TAKES(stop), 1, {{0, VM_SHELVED, TASK_SHELVING_OFFLOADING, 0}}},
    [LIFE_UNSHELVE] = {OUTCOME_ACTIVE,
                       TAKES(unshelve),
                       3,
                       {{0, VM_SAME, TASK_UNSHELVING, 0},
                        {150, VM_SAME, TASK_SPAWNING, HAS_ZONE},
                        {400, VM_SAME, TASK_SPAWNING, HAS_HOST}}},
    [LIFE_REBUILD] = {OUTCOME_REBUILT,
                      TAKES(rebuild),
                      3,
                      {{0, VM_SAME, TASK_REBUILDING, 0},
                       {300, VM_SAME, TASK_REBUILD_BLOCK_DEVICE_MAPPING, 0},
                       {450, VM_SAME, TASK_REBUILD_SPAWNING, 0}}},
    [LIFE_DELETE] = {OUTCOME_GONE,
                     TAKES(remove),
                     2,
                     {{0, VM_SAME, TASK_DELETING, 0}, {750, VM_DELETED, TASK_NONE, 0}}},
    [LIFE_BIN] = {OUTCOME_BINNED, TAKES(remove), 1, {{0, VM_SAME, TASK_DELETING, 0}}},
    [LIFE_STOP_VAIN] = {OUTCOME_SAME, TAKES(stop), 1, {{0, VM_SAME, TASK_POWERING_OFF, 0}}},
    [LIFE_IMAGE] = {OUTCOME_SAME,
                    TAKES(image),
                    3,
                    {{0, VM_SAME, TASK_IMAGE_SNAPSHOT, 0},
                     {200, VM_SAME, TASK_IMAGE_PENDING_UPLOAD, 0},
                     {500, VM_SAME, TASK_IMAGE_UPLOADING, 0}}},
};

static void life_schedule(struct cloud *cloud, struct server *server)
{
    const struct sequence *sequence = server->sequence;
    int64_t share = 1000;

    if (server->step < sequence->count) share = sequence->steps[server->step].permille;
    agenda_add(&cloud->agenda, server->begun_ms + server->total_ms * share / 1000, AGENDA_STEP, server,
               server->generation, NULL);
}

static void life_release_volume(struct server *server, struct item *volume)
{
    if (!volume || volume->holder != server) return;
    volume->holder = NULL;
    volume->pending = false;
    volume->gone = volume->root && server->root_delete;
}

static void life_release_volumes(struct server *server)
{
    for (size_t i = 0; i < server->face.volume_count; i++)
        life_release_volume(server, server->face.volumes[i]);
    server->face.volume_count = 0;
    life_release_volume(server, server->root_volume);
}

static void life_enter(struct cloud *cloud, struct server *server, const struct step *step)
{
    cloud_touch(cloud, server);
    server->face.task = step->task;
    if (step->vm != VM_SAME) server->face.vm = (enum vm_state)step->vm;
    server->face.updated_ms = cloud->now_ms;
    if (step->vm == VM_DELETED) {
        server->face.power = POWER_NONE;
        server->face.has &= ~(unsigned)HAS_PORTS;
        life_release_volumes(server);
        server->face.terminated_ms = cloud->now_ms;
    }
    server->face.has |= step->gains;
}

static void life_end(struct server *server)
{
    server->generation++;
    server->sequence = NULL;
    server->endless = false;
    server->retries = 0;
    free(server->fail_message);
    server->fail_message = NULL;
}

void life_begin(struct cloud *cloud, struct server *server, enum operation_kind kind, int64_t extra_ms)
{
    const struct sequence *sequence = &sequences[kind];
    const struct cloud_range *range =
        (const struct cloud_range *)(const void *)((const char *)&cloud->options.durations +
                                                   sequence->duration);

    /* A create brings its own fate along, set before it appeared. */
    if (kind != LIFE_CREATE && kind != LIFE_CREATE_NO_HOST) life_end(server);
    server->generation++;
    server->sequence = sequence;
    server->begun_ms = cloud->now_ms;
    server->total_ms = dice_range(&cloud->dice, *range) + extra_ms;
    server->vm_before = server->face.vm;
    server->step = 1;
    life_enter(cloud, server, &sequence->steps[0]);
    life_schedule(cloud, server);
}

void life_delay(struct cloud *cloud, struct server *server, int64_t more_ms)
{
    if (!server->sequence) return;
    server->generation++;
    server->total_ms += more_ms;
    life_schedule(cloud, server);
}

void life_stop(struct cloud *cloud, struct server *server)
{
    cloud_touch(cloud, server);
    life_end(server);
    server->face.task = TASK_NONE;
    server->face.updated_ms = cloud->now_ms;
}

static void life_running(struct cloud *cloud, struct server *server)
{
    server->face.has = HAS_ALL;
    server->running_ms = cloud->now_ms;
    if (server->first_running_ms < 0) server->first_running_ms = cloud->now_ms;
    if (server->face.launched_ms < 0) server->face.launched_ms = cloud->now_ms;
}

void life_settle(struct cloud *cloud, struct server *server, enum vm_state vm)
{
    life_stop(cloud, server);
    server->face.vm = vm;
    server->face.power = power_of(vm);
    if (vm == VM_SHELVED_OFFLOADED) server->face.has &= ~(unsigned)(HAS_HOST | HAS_ZONE);
    if (vm == VM_ACTIVE) life_running(cloud, server);
}

/* A build is given up on its host. */
static void life_lose(struct server *server)
{
    server->face.has = server->zone_asked ? HAS_ZONE : 0;
}

void life_fail(struct cloud *cloud, struct server *server, const char *message)
{
    bool was_building = server->face.vm == VM_BUILDING;

    cloud_touch(cloud, server);
    server_fault(&server->face, 500, message, cloud->now_ms);
    life_end(server);
    server->face.vm = VM_ERROR;
    server->face.task = TASK_NONE;
    server->face.updated_ms = cloud->now_ms;
    if (was_building) {
        server->face.power = POWER_NONE;
        life_lose(server);
    }
}

void life_gone(struct cloud *cloud, struct server *server)
{
    static const struct step deleted = {0, VM_DELETED, TASK_NONE, 0};

    if (!server->exists) return;
    server->deleted_ms = cloud->now_ms;
    if (server->face.vm != VM_DELETED) life_enter(cloud, server, &deleted);
    cloud_touch(cloud, server);
    life_end(server);
    server->face.task = TASK_NONE;
    server->face.updated_ms = cloud->now_ms;
    fleet_gone(&cloud->fleet, server);
    if (server->returns_after_ms > 0)
        agenda_add(&cloud->agenda, cloud->now_ms + server->returns_after_ms, AGENDA_RETURN, server, 0, NULL);
    server->returns_after_ms = 0;
}

/* Gone for who counts, and still shown until the bin is emptied. */
static void life_binned(struct cloud *cloud, struct server *server)
{
    cloud_touch(cloud, server);
    life_end(server);
    server->deleted_ms = cloud->now_ms;
    server->face.vm = VM_SOFT_DELETED;
    server->face.task = TASK_NONE;
    server->face.power = POWER_NONE;
    server->face.updated_ms = cloud->now_ms;
    fleet_gone(&cloud->fleet, server);
    agenda_add(&cloud->agenda, cloud->now_ms + LIFE_BIN_MS, AGENDA_STEP, server, server->generation, NULL);
}

bool life_is(const struct server *server, enum operation_kind kind)
{
    return server->sequence == &sequences[kind];
}

static void life_verify(struct cloud *cloud, struct server *server)
{
    enum vm_state before = server->vm_before;

    cloud_touch(cloud, server);
    server->was_stopped = before == VM_STOPPED;
    server->old_flavor = server->face.flavor;
    server->face.flavor = server->new_flavor;
    life_stop(cloud, server);
    server->face.vm = VM_RESIZED;
    server->face.power = server->was_stopped ? POWER_OFF : POWER_RUNNING;
    server->face.launched_ms = cloud->now_ms;
    if (cloud->options.confirm_after_ms >= 0 && !server->verify_forgotten)
        agenda_add(&cloud->agenda, cloud->now_ms + cloud->options.confirm_after_ms, AGENDA_STEP, server,
                   server->generation, NULL);
}

static void life_shelved(struct cloud *cloud, struct server *server)
{
    life_settle(cloud, server, VM_SHELVED);
    if (cloud->options.offload_after_ms == 0)
        life_begin(cloud, server, LIFE_OFFLOAD, 0);
    else if (cloud->options.offload_after_ms > 0)
        agenda_add(&cloud->agenda, cloud->now_ms + cloud->options.offload_after_ms, AGENDA_STEP, server,
                   server->generation, NULL);
}

static void life_finish(struct cloud *cloud, struct server *server)
{
    enum vm_state before = server->vm_before;

    switch (server->sequence->outcome) {
    case OUTCOME_ACTIVE:
        if (server->sequence == &sequences[LIFE_UNSHELVE]) server->face.launched_ms = cloud->now_ms;
        life_settle(cloud, server, VM_ACTIVE);
        break;
    case OUTCOME_STOPPED: life_settle(cloud, server, VM_STOPPED); break;
    case OUTCOME_NO_HOST:
        server->no_host = true;
        life_fail(cloud, server, "No valid host was found. ");
        server->face.fault_hidden = true;
        break;
    case OUTCOME_VERIFY: life_verify(cloud, server); break;
    case OUTCOME_REVERTED:
        cloud_touch(cloud, server);
        server->face.flavor = server->old_flavor;
        server->face.launched_ms = cloud->now_ms;
        life_settle(cloud, server, server->was_stopped ? VM_STOPPED : VM_ACTIVE);
        break;
    case OUTCOME_CONFIRMED: life_settle(cloud, server, server->was_stopped ? VM_STOPPED : VM_ACTIVE); break;
    case OUTCOME_SHELVED: life_shelved(cloud, server); break;
    case OUTCOME_OFFLOADED: life_settle(cloud, server, VM_SHELVED_OFFLOADED); break;
    case OUTCOME_REBUILT: life_settle(cloud, server, before == VM_STOPPED ? VM_STOPPED : VM_ACTIVE); break;
    case OUTCOME_GONE: life_gone(cloud, server); break;
    case OUTCOME_BINNED: life_binned(cloud, server); break;
    case OUTCOME_SAME: life_stop(cloud, server); break;
    }
}

static void life_retry(struct cloud *cloud, struct server *server)
{
    /* Another host: what was prepared on the last one is given up. */
    life_lose(server);
    server->retries--;
    server->begun_ms = cloud->now_ms;
    server->step = 1;
    life_enter(cloud, server, &server->sequence->steps[0]);
    life_schedule(cloud, server);
}

/* Nothing under way: what waited for VERIFY_RESIZE or SHELVED to last long enough. */
static void life_by_itself(struct cloud *cloud, struct server *server)
{
    if (server->face.vm == VM_RESIZED)
        life_begin(cloud, server, LIFE_CONFIRM, 0);
    else if (server->face.vm == VM_SHELVED)
        life_begin(cloud, server, LIFE_OFFLOAD, 0);
    else if (server->face.vm == VM_SOFT_DELETED) {
        life_release_volumes(server);
        server->face.vm = VM_DELETED;
    }
}

void life_step(struct cloud *cloud, struct server *server)
{
    if (!server->sequence) {
        life_by_itself(cloud, server);
        return;
    }
    /* a delete that fails does so on the host, before ports and volumes are given back */
    bool last = server->step == server->sequence->count ||
                (server->fail_message && server->sequence->steps[server->step].vm == VM_DELETED);
    if (!last) {
        life_enter(cloud, server, &server->sequence->steps[server->step++]);
        life_schedule(cloud, server);
        return;
    }
    if (server->endless) return;
    if (server->fail_message && server->retries)
        life_retry(cloud, server);
    else if (server->fail_message)
        life_fail(cloud, server, server->fail_message);
    else
        life_finish(cloud, server);
}
