#include "tests/unit/unit.h"

#include <time.h>

#include "daemon/clock.h"

static int64_t read_ms(clockid_t clock)
{
    struct timespec at;
    clock_gettime(clock, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static void test_reads_boot_and_wall_time(void **state)
{
    (void)state;
    int64_t boot_ms = read_ms(CLOCK_BOOTTIME), wall_ms = read_ms(CLOCK_REALTIME);
    struct now now = clock_now();
    assert_in_range(now.boot_ms, boot_ms, boot_ms + 1000);
    assert_in_range(now.wall_ms, wall_ms - 1000, wall_ms + 1000);
}

static void test_entropy_differs_in_every_byte_position(void **state)
{
    (void)state;
    uint8_t seen[32] = {0}, draw[32];
    for (unsigned i = 0; i < 64; i++) {
        uint8_t before[32];
        memcpy(before, draw, sizeof before);
        clock_entropy(draw);
        for (unsigned at = 0; i && at < sizeof draw; at++)
            seen[at] |= draw[at] != before[at];
    }
    for (unsigned at = 0; at < sizeof seen; at++)
        assert_int_equal(seen[at], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reads_boot_and_wall_time),
                                       cmocka_unit_test(test_entropy_differs_in_every_byte_position)};
    return UNIT_RUN(tests);
}
