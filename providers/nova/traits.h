#ifndef SETPOINT_NOVA_TRAITS_H
#define SETPOINT_NOVA_TRAITS_H

#include "reconcile/base/instant.h"
#include "reconcile/event.h"

/* What both dialects have in common: row macros for their tables (nhn.c, openstack.c). Source of the phases:
   Nova's state checks in nova/compute/api.py and NHN's guide; of the times: what a Nova 26.2 was seen to
   need, with a wide margin for volumes and slow guests. */

enum {
    NAME_MAX_CHARACTERS = 255,
    METADATA_KEYS_MAX = 128, /* Nova's default quota; the mark's own keys count too */
    LIST_PAGE = 1000,        /* Nova's max_limit, and NHN's since 2026-05 */

    SETTLE_MS = 30 * SECOND_MS,

    GRACE_POWER_MS = 15 * SECOND_MS,  /* from the reply until the task shows */
    GRACE_RESIZE_MS = 30 * SECOND_MS, /* the scheduler is asked first */
    GRACE_FIELD_MS = 10 * SECOND_MS,
    GRACE_ADDRESS_MS = 30 * SECOND_MS, /* until compute has heard of it from the network service */
    GRACE_IMAGE_MS = 60 * SECOND_MS,   /* Nova has made the record before it answers; a list may lag */

    DEADLINE_FIELD_MS = 2 * MINUTE_MS,
    DEADLINE_VOLUME_MS = 10 * MINUTE_MS,
    DEADLINE_POWER_MS = 10 * MINUTE_MS,   /* a guest gets 60 s to shut down, Windows updates take longer */
    DEADLINE_RESIZE_MS = 60 * MINUTE_MS,  /* copies the disk */
    DEADLINE_SHELVE_MS = 60 * MINUTE_MS,  /* uploads an image of it */
    DEADLINE_REBUILD_MS = 30 * MINUTE_MS, /* as a build */
    DEADLINE_IMAGE_MS = 60 * MINUTE_MS,   /* uploads the disk */
    DEADLINE_DELETE_MS = 15 * MINUTE_MS,
    DEADLINE_NONE = 0 /* create: buildTimeout judges */
};

#define RUNNING PHASE_BIT(PHASE_RUNNING)
#define STOPPED PHASE_BIT(PHASE_STOPPED)
#define SHELVED PHASE_BIT(PHASE_SHELVED)
#define ERRED   PHASE_BIT(PHASE_ERROR)
#define CONFIRM PHASE_BIT(PHASE_CONFIRM_RESIZE)

/* Steady states where the API takes the change; what is under way is never disturbed. */
#define RENAME_FROM                                                                                          \
    (RUNNING | STOPPED | SHELVED | ERRED | CONFIRM | PHASE_BIT(PHASE_PAUSED) | PHASE_BIT(PHASE_SUSPENDED) |  \
     PHASE_BIT(PHASE_RESCUED))
#define METADATA_FROM (RUNNING | STOPPED | PHASE_BIT(PHASE_PAUSED) | PHASE_BIT(PHASE_SUSPENDED))
#define GROUP_FROM                                                                                           \
    (RUNNING | STOPPED | SHELVED | CONFIRM | PHASE_BIT(PHASE_PAUSED) | PHASE_BIT(PHASE_SUSPENDED) |          \
     PHASE_BIT(PHASE_RESCUED))
#define VOLUME_FROM (RUNNING | STOPPED | CONFIRM | PHASE_BIT(PHASE_PAUSED))
/* A paused one too, but only where it boots from an image (Nova's compute api, NHN's guide). */
#define IMAGE_FROM  (RUNNING | STOPPED | PHASE_BIT(PHASE_SUSPENDED))
#define DELETE_FROM (PHASE_ANY & ~PHASE_BIT(PHASE_DELETING) & ~PHASE_BIT(PHASE_GONE))

/* A call that changes one field and leaves the phase. */
#define FIELD_ROW(kind, phases, price, limit_ms)                                                             \
    {                                                                                                        \
        .call = (kind), .from = (phases), .to = PHASE_RESTS, .cost = (price), .closed_by = CLOSED_BY_FIELD,  \
        .grace_ms = GRACE_FIELD_MS, .deadline_ms = (limit_ms), .repeat = REPEAT_FREE, .then = CALL_NONE      \
    }
/* Made at the network service, which does not look at the server's state: as for groups. */
#define ADDRESS_ROW(kind, phases, price)                                                                     \
    {                                                                                                        \
        .call = (kind), .from = (phases), .to = PHASE_RESTS, .cost = (price), .closed_by = CLOSED_BY_FIELD,  \
        .grace_ms = GRACE_ADDRESS_MS, .deadline_ms = DEADLINE_FIELD_MS, .repeat = REPEAT_FREE,               \
        .then = CALL_NONE                                                                                    \
    }
/* A call that leads to a phase. */
#define PHASE_ROW(kind, phases, target, price, begin_ms, limit_ms)                                           \
    {                                                                                                        \
        .call = (kind), .from = (phases), .to = (target), .cost = (price), .closed_by = CLOSED_BY_PHASE,     \
        .grace_ms = (begin_ms), .deadline_ms = (limit_ms), .repeat = REPEAT_FREE, .then = CALL_NONE          \
    }

/* A stopped server is resized without interrupting anybody: the route prefers to do it there. */
#define RESIZE_ROW(phases, price, next)                                                                      \
    {                                                                                                        \
        .call = CALL_RESIZE, .from = (phases), .to = PHASE_RESTS, .cost = (price),                           \
        .closed_by = CLOSED_BY_FIELD, .grace_ms = GRACE_RESIZE_MS, .deadline_ms = DEADLINE_RESIZE_MS,        \
        .then = (next)                                                                                       \
    }

#define FIELD_ROWS                                                                                           \
    FIELD_ROW(CALL_RENAME, RENAME_FROM, COST_PLAIN, DEADLINE_FIELD_MS),                                      \
        FIELD_ROW(CALL_SET_METADATA, METADATA_FROM, COST_PLAIN, DEADLINE_FIELD_MS),                          \
        FIELD_ROW(CALL_ADD_SECURITY_GROUP, GROUP_FROM, COST_PLAIN, DEADLINE_FIELD_MS),                       \
        FIELD_ROW(CALL_REMOVE_SECURITY_GROUP, GROUP_FROM, COST_PLAIN, DEADLINE_FIELD_MS),                    \
        FIELD_ROW(CALL_ATTACH_VOLUME, VOLUME_FROM, COST_PLAIN, DEADLINE_VOLUME_MS),                          \
        FIELD_ROW(CALL_DETACH_VOLUME, RUNNING, COST_INTERRUPTS, DEADLINE_VOLUME_MS),                         \
        FIELD_ROW(CALL_DETACH_VOLUME, VOLUME_FROM & ~RUNNING, COST_PLAIN, DEADLINE_VOLUME_MS),               \
        ADDRESS_ROW(CALL_ASSOCIATE_FLOATING_IP, GROUP_FROM, COST_PLAIN),                                     \
        ADDRESS_ROW(CALL_RELEASE_FLOATING_IP, RUNNING, COST_INTERRUPTS),                                     \
        ADDRESS_ROW(CALL_RELEASE_FLOATING_IP, GROUP_FROM & ~RUNNING, COST_PLAIN)

#define POWER_ROWS                                                                                           \
    PHASE_ROW(CALL_START, STOPPED, PHASE_RUNNING, COST_PLAIN, GRACE_POWER_MS, DEADLINE_POWER_MS),            \
        PHASE_ROW(CALL_STOP, RUNNING, PHASE_STOPPED, COST_INTERRUPTS, GRACE_POWER_MS, DEADLINE_POWER_MS),    \
        PHASE_ROW(CALL_UNSHELVE, SHELVED, PHASE_RUNNING, COST_PLAIN, GRACE_POWER_MS, DEADLINE_SHELVE_MS)

#define KEYPAIR_ROW(kind)                                                                                    \
    {                                                                                                        \
        .call = (kind), .from = PHASE_BIT(PHASE_GONE), .to = PHASE_RESTS, .cost = COST_PLAIN,                \
        .closed_by = CLOSED_BY_CATALOGUE, .grace_ms = GRACE_FIELD_MS, .deadline_ms = DEADLINE_FIELD_MS,      \
        .then = CALL_NONE, .policy = true                                                                    \
    }

/* Rows that only policy starts. There is no server yet before a create: any phase. An ERROR that was running
   once may be stopped and hard rebooted; one that never ran takes neither (409). */
#define POLICY_ROWS                                                                                          \
    {.call = CALL_CREATE,                                                                                    \
     .from = PHASE_ANY,                                                                                      \
     .to = PHASE_RUNNING,                                                                                    \
     .cost = COST_PLAIN,                                                                                     \
     .closed_by = CLOSED_BY_SIGHTING,                                                                        \
     .deadline_ms = DEADLINE_NONE,                                                                           \
     .then = CALL_NONE,                                                                                      \
     .policy = true},                                                                                        \
        {.call = CALL_STOP,                                                                                  \
         .from = ERRED,                                                                                      \
         .to = PHASE_STOPPED,                                                                                \
         .cost = COST_INTERRUPTS,                                                                            \
         .closed_by = CLOSED_BY_PHASE,                                                                       \
         .grace_ms = GRACE_POWER_MS,                                                                         \
         .deadline_ms = DEADLINE_POWER_MS,                                                                   \
         .then = CALL_NONE,                                                                                  \
         .policy = true},                                                                                    \
        {.call = CALL_REBOOT,                                                                                \
         .from = RUNNING | ERRED,                                                                            \
         .to = PHASE_RUNNING,                                                                                \
         .cost = COST_INTERRUPTS,                                                                            \
         .closed_by = CLOSED_BY_BEGINNING,                                                                   \
         .grace_ms = GRACE_POWER_MS,                                                                         \
         .deadline_ms = DEADLINE_POWER_MS,                                                                   \
         .repeat = REPEAT_ONCE_PER_VALUE,                                                                    \
         .then = CALL_NONE,                                                                                  \
         .policy = true},                                                                                    \
        KEYPAIR_ROW(CALL_REGISTER_KEYPAIR), KEYPAIR_ROW(CALL_DELETE_KEYPAIR),                                \
        {.call = CALL_SNAPSHOT,                                                                              \
         .from = IMAGE_FROM,                                                                                 \
         .to = PHASE_RESTS,                                                                                  \
         .cost = COST_PLAIN,                                                                                 \
         .closed_by = CLOSED_BY_IMAGE,                                                                       \
         .grace_ms = GRACE_IMAGE_MS,                                                                         \
         .deadline_ms = DEADLINE_IMAGE_MS,                                                                   \
         .repeat = REPEAT_BY_NAME,                                                                           \
         .then = CALL_NONE,                                                                                  \
         .policy = true},                                                                                    \
    {                                                                                                        \
        .call = CALL_DELETE, .from = DELETE_FROM, .to = PHASE_GONE, .cost = COST_PLAIN,                      \
        .closed_by = CLOSED_BY_ABSENCE, .grace_ms = GRACE_POWER_MS, .deadline_ms = DEADLINE_DELETE_MS,       \
        .then = CALL_NONE, .policy = true                                                                    \
    }

/* What the API shows and by which call it changes. The root disk, the networks' ids and user data are shown
   nowhere; image and zone are missing from some replies (volume root, still building). The image's row is
   each dialect's own. */
#define FIELD_TRAITS                                                                                         \
    [FIELD_NAME] = {SEEN_IN_LIST, CALL_RENAME, CALL_NONE, NULL},                                             \
    [FIELD_POWER] = {SEEN_IN_LIST, CALL_START, CALL_STOP, NULL},                                             \
    [FIELD_FLAVOR] = {SEEN_IN_LIST, CALL_RESIZE, CALL_NONE, NULL},                                           \
    [FIELD_ZONE] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},                                               \
    [FIELD_KEYPAIR] = {SEEN_IN_LIST, CALL_NONE, CALL_NONE, NULL},                                            \
    [FIELD_NETWORKS] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},                                                 \
    [FIELD_SECURITY_GROUPS] = {SEEN_IN_LIST, CALL_ADD_SECURITY_GROUP, CALL_REMOVE_SECURITY_GROUP, NULL},     \
    [FIELD_ROOT_DISK] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},                                                \
    [FIELD_VOLUMES] = {SEEN_IN_LIST, CALL_ATTACH_VOLUME, CALL_DETACH_VOLUME, NULL},                          \
    [FIELD_USER_DATA] = {UNSEEN, CALL_NONE, CALL_NONE, NULL},                                                \
    [FIELD_METADATA] = {SEEN_IN_LIST, CALL_SET_METADATA, CALL_SET_METADATA, NULL},                           \
    [FIELD_FLOATING_IP] = {SEEN_IN_LIST, CALL_ASSOCIATE_FLOATING_IP, CALL_RELEASE_FLOATING_IP, NULL}

/* What some Nova takes as the name of a key pair: "@" and "." only newer ones, which the cloud itself judges.
 */
#define KEYPAIR_TRAITS                                                                                       \
    {                                                                                                        \
        .name_max = NAME_MAX_CHARACTERS, .characters = "@._- "                                               \
    }

#define ALL_CATALOGUES ((UINT32_C(1) << CATALOGUE_KIND_COUNT) - 1)

#define COUNT_OF(row) (unsigned)(sizeof(row) / sizeof(row)[0])

#endif
