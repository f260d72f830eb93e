#include "tests/unit/unit.h"

#include "providers/offer.h"
#include "reconcile/base/cleanup.h"

/* One item of each cloud's list, as its guide or its service spells it. */
static const struct {
    const char *item;
    uint32_t vcpus, ram_mib, disk_gib;
} FLAVORS[] = {
    {"{\"vcpus\":32,\"ram\":262144,\"disk\":0}", 32, 262144, 0},
    {"{\"vcpus\":\"2\",\"ram\":\"4096\",\"volumeSize\":\"100\"}", 2, 4096, 100},
    {"{\"vcpus\":2,\"memory_mb\":8192}", 2, 8192, 0},
    {"{\"vcpus\":-2,\"ram\":null,\"disk\":\"x\"}", 0, 0, 0},
    {"{\"vcpus\":99999999999,\"ram\":99999999999}", 0, 0, 0},
};

static const struct {
    const char *item;
    uint32_t min_disk_gib, min_ram_mib;
    bool windows;
} IMAGES[] = {
    {"{\"min_disk\":50,\"min_ram\":2048,\"os_type\":\"windows\"}", 50, 2048, true},
    {"{\"minDisk\":20,\"minRam\":\"1024\",\"metadata\":{\"os_type\":\"linux\"}}", 20, 1024, false},
    {"{\"minDisk\":\"50\",\"metadata\":{\"os_type\":\"Windows\"}}", 50, 0, true},
    {"{\"os_distro\":\"Windows\"}", 0, 0, true},
    {"{\"properties\":{\"os_type\":\"windows\"}}", 0, 0, true},
    {"{\"os_distro\":[\"windows\"],\"name\":\"windows\"}", 0, 0, false},
    {"{\"metadata\":\"windows\"}", 0, 0, false},
    {"{}", 0, 0, false},
};

static cJSON *parsed(const char *text)
{
    cJSON *item = cJSON_Parse(text);
    if (!item) fail_msg("not JSON: %s", text);
    return item;
}

static void test_flavors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof FLAVORS / sizeof FLAVORS[0]; i++) {
        struct catalogue_entry entry = {0};
        cJSON *item = parsed(FLAVORS[i].item);
        offer_read_flavor(item, &entry);
        if (entry.vcpus != FLAVORS[i].vcpus || entry.ram_mib != FLAVORS[i].ram_mib ||
            entry.disk_gib != FLAVORS[i].disk_gib)
            fail_msg("row %zu: %u %u %u", i, entry.vcpus, entry.ram_mib, entry.disk_gib);
        cJSON_Delete(item);
    }
}

static void test_images(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof IMAGES / sizeof IMAGES[0]; i++) {
        struct catalogue_entry entry = {0};
        cJSON *item = parsed(IMAGES[i].item);
        offer_read_image(item, &arena, &entry);
        if (entry.min_disk_gib != IMAGES[i].min_disk_gib || entry.min_ram_mib != IMAGES[i].min_ram_mib ||
            entry.windows != IMAGES[i].windows)
            fail_msg("row %zu: %u %u %d", i, entry.min_disk_gib, entry.min_ram_mib, entry.windows);
        cJSON_Delete(item);
    }
}

static void test_states(void **state)
{
    static const struct {
        const char *item;
        enum entry_state expected;
    } rows[] = {
        {"{\"status\":\"ACTIVE\"}", ENTRY_USABLE},
        {"{\"status\":\"active\"}", ENTRY_USABLE},
        {"{}", ENTRY_USABLE},
        {"{\"status\":null}", ENTRY_USABLE},
        {"{\"status\":\"queued\"}", ENTRY_COMING},
        {"{\"status\":\"SAVING\"}", ENTRY_COMING},
        {"{\"status\":\"\"}", ENTRY_COMING},
        {"{\"status\":\"never heard of\"}", ENTRY_COMING},
        {"{\"status\":\"killed\"}", ENTRY_BROKEN},
        {"{\"status\":\"ERROR\"}", ENTRY_BROKEN},
        {"{\"status\":\"pending_delete\"}", ENTRY_BROKEN},
        {"{\"status\":\"deactivated\"}", ENTRY_BROKEN},
        {"{\"status\":\"Deleted\"}", ENTRY_BROKEN},
        {"{\"status\":\"failed\"}", ENTRY_BROKEN},
    };
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct catalogue_entry entry = {0};
        cJSON *item = parsed(rows[i].item);
        offer_read_image(item, &arena, &entry);
        if (entry.state != rows[i].expected) fail_msg("%s", rows[i].item);
        cJSON_Delete(item);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_flavors), cmocka_unit_test(test_images),
                                       cmocka_unit_test(test_states)};
    return UNIT_RUN(tests);
}
