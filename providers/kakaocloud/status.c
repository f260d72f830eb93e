#include "providers/kakaocloud/kakaocloud.h"

struct status_row {
    const char *word;
    enum phase phase;
};

/* active, stopped, shelved_offloaded and error are proven; the others are Nova's vm and task states, of which
   the vendor's pages show some. */
static const struct status_row STATUSES[] = {
    {"active", PHASE_RUNNING},
    {"stopped", PHASE_STOPPED},
    {"shutoff", PHASE_STOPPED},
    {"shelved_offloaded", PHASE_SHELVED},
    {"error", PHASE_ERROR},
    {"building", PHASE_BUILDING},
    {"build", PHASE_BUILDING},
    {"scheduling", PHASE_BUILDING},
    {"block_device_mapping", PHASE_BUILDING},
    {"networking", PHASE_BUILDING},
    {"spawning", PHASE_BUILDING},
    {"powering_off", PHASE_BUSY},
    {"powering_on", PHASE_BUSY},
    {"rebooting", PHASE_BUSY},
    {"reboot_pending", PHASE_BUSY},
    {"reboot_started", PHASE_BUSY},
    {"rebooting_started", PHASE_BUSY},
    {"rebooting_hard", PHASE_BUSY},
    {"reboot_pending_hard", PHASE_BUSY},
    {"reboot_started_hard", PHASE_BUSY},
    {"rebooting_started_hard", PHASE_BUSY},
    {"resize_prep", PHASE_BUSY},
    {"resize_migrating", PHASE_BUSY},
    {"resize_migrated", PHASE_BUSY},
    {"resize_finish", PHASE_BUSY},
    {"resized", PHASE_BUSY}, /* confirmed by the cloud itself */
    {"verify_resize", PHASE_BUSY},
    {"shelving", PHASE_BUSY},
    {"shelving_image_pending_upload", PHASE_BUSY},
    {"shelving_image_uploading", PHASE_BUSY},
    {"shelving_offloading", PHASE_BUSY},
    {"shelved", PHASE_BUSY}, /* on its way: unshelve is taken from shelved_offloaded only */
    {"unshelving", PHASE_BUSY},
    {"rebuilding", PHASE_BUSY},
    {"rebuild_block_device_mapping", PHASE_BUSY},
    {"rebuild_spawning", PHASE_BUSY},
    {"image_snapshot", PHASE_BUSY},
    {"image_pending_upload", PHASE_BUSY},
    {"image_uploading", PHASE_BUSY},
    {"migrating", PHASE_BUSY},
    {"paused", PHASE_PAUSED},
    {"suspended", PHASE_SUSPENDED},
    {"rescued", PHASE_RESCUED},
    {"rescue", PHASE_RESCUED},
    {"deleting", PHASE_DELETING},
    {"soft_deleting", PHASE_DELETING},
    {"deleted", PHASE_GONE},
    {"soft_delete", PHASE_GONE},
    {"soft_deleted", PHASE_GONE},
    {"terminated", PHASE_GONE},
};

static char folded(char c)
{
    if (c == '-' || c == ' ') return '_';
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool same_word(const char *told, const char *word)
{
    while (*told && folded(*told) == *word) {
        told++;
        word++;
    }
    return !*told && !*word;
}

static enum phase word_phase(const char *told)
{
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (same_word(told, STATUSES[i].word)) return STATUSES[i].phase;
    return PHASE_UNKNOWN;
}

static bool is_told(const char *text)
{
    return text && *text && !text_equal_nocase(text, "none");
}

/* A server that is unshelved or rebuilt shows a builder's words, too. */
static bool was_built(const char *vm_state)
{
    enum phase vm = is_told(vm_state) ? word_phase(vm_state) : PHASE_BUILDING;
    return vm != PHASE_BUILDING && vm != PHASE_UNKNOWN && vm != PHASE_ERROR;
}

/* status is the task while one runs, else the vm state; should it be the latter alone, the task still tells
   that something is under way. Whatever is not known is waited for, never an error. */
enum phase kakao_status_phase(const char *status, const char *vm_state, const char *task_state)
{
    const char *word = is_told(status) ? status : is_told(task_state) ? task_state : vm_state;
    if (!is_told(word)) return PHASE_UNKNOWN;
    enum phase phase = word_phase(word);
    if (phase == PHASE_BUILDING && was_built(vm_state)) return PHASE_BUSY;
    if (!is_told(task_state) || phase == PHASE_GONE) return phase;
    enum phase task = word_phase(task_state);
    if (task == PHASE_DELETING) return PHASE_DELETING;
    return phase_is_steady(phase) ? PHASE_BUSY : phase;
}
