/* Preloaded, the wall clock is as many seconds ahead as the file named by ODD_CLOCK says; all else is real.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef int gettime(clockid_t clock, struct timespec *out);

int clock_gettime(clockid_t clock, struct timespec *out)
{
    gettime *real = (gettime *)dlsym(RTLD_NEXT, "clock_gettime");
    int status = real(clock, out);
    const char *path = getenv("ODD_CLOCK");
    if (clock != CLOCK_REALTIME || !path) return status;
    FILE *file = fopen(path, "re");
    long ahead = 0;
    if (file && fscanf(file, "%ld", &ahead) != 1) ahead = 0;
    if (file) fclose(file);
    out->tv_sec += ahead;
    return status;
}
