#include "daemon/clock.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "reconcile/base/assert.h"

static int64_t read_clock(clockid_t clock)
{
    struct timespec at;
    ASSERT(clock_gettime(clock, &at) == 0);
    return (int64_t)at.tv_sec * SECOND_MS + at.tv_nsec / 1000000;
}

struct now clock_now(void)
{
    return (struct now){.boot_ms = read_clock(CLOCK_BOOTTIME), .wall_ms = read_clock(CLOCK_REALTIME)};
}

void clock_entropy(uint8_t out[32])
{
    size_t got = 0;
    while (got < 32) {
        ssize_t more = getrandom(out + got, 32 - got, 0);
        ASSERT(more > 0 || errno == EINTR);
        if (more > 0) got += (size_t)more;
    }
}
