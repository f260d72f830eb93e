#include "providers/offer.h"

enum { NUMBER_MAX = INT32_MAX };

/* By the first of two spellings that is there. */
static uint32_t number(const cJSON *item, const char *one, const char *other)
{
    const char *key = json_member(item, one) ? one : other;
    return (uint32_t)json_get_number(item, key, NUMBER_MAX, 0);
}

void offer_read_flavor(const cJSON *item, struct catalogue_entry *out)
{
    out->vcpus = (uint32_t)json_get_number(item, "vcpus", NUMBER_MAX, 0);
    out->ram_mib = number(item, "ram", "memory_mb");
    out->disk_gib = number(item, "disk", "volumeSize");
}

/* Whoever made an image may have told its distribution only. */
static bool says_windows(const cJSON *object, struct arena *arena)
{
    static const char *const KEYS[] = {"os_type", "os_distro"};
    for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++)
        if (text_equal_nocase(json_get_text(object, KEYS[i], arena), "windows")) return true;
    return false;
}

/* In the words of Glance (queued, saving, importing, uploading, active, killed, deleted, pending_delete,
   deactivated) and of Nova's proxy (SAVING, ACTIVE, ERROR, DELETED, UNKNOWN). */
static enum entry_state state_of(const char *status)
{
    static const char *const BROKEN[] = {"killed",         "error",       "deleted",
                                         "pending_delete", "deactivated", "failed"};
    if (!status || text_equal_nocase(status, "active")) return ENTRY_USABLE;
    for (size_t i = 0; i < sizeof BROKEN / sizeof BROKEN[0]; i++)
        if (text_equal_nocase(status, BROKEN[i])) return ENTRY_BROKEN;
    return ENTRY_COMING;
}

void offer_read_image(const cJSON *item, struct arena *arena, struct catalogue_entry *out)
{
    out->min_disk_gib = number(item, "min_disk", "minDisk");
    out->min_ram_mib = number(item, "min_ram", "minRam");
    out->windows = says_windows(item, arena) || says_windows(json_member(item, "metadata"), arena) ||
                   says_windows(json_member(item, "properties"), arena);
    out->state = state_of(json_get_text(item, "status", arena));
}
