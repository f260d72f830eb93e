#include "wall.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *wall_text(int64_t unix_ms, enum wall_form form, char *out)
{
    int64_t seconds = unix_ms >= 0 ? unix_ms / 1000 : -((999 - unix_ms) / 1000);
    time_t time = (time_t)seconds;
    struct tm parts;

    out[0] = '\0';
    if (!gmtime_r(&time, &parts)) return out;
    switch (form) {
    case WALL_SECONDS_Z: strftime(out, WALL_SIZE, "%Y-%m-%dT%H:%M:%SZ", &parts); break;
    case WALL_MICROS: strftime(out, WALL_SIZE, "%Y-%m-%dT%H:%M:%S.000000", &parts); break;
    case WALL_MICROS_Z: strftime(out, WALL_SIZE, "%Y-%m-%dT%H:%M:%S.000000Z", &parts); break;
    case WALL_HTTP: strftime(out, WALL_SIZE, "%a, %d %b %Y %H:%M:%S GMT", &parts); break;
    }
    return out;
}

static bool wall_offset(const char *text, int64_t *out_seconds)
{
    char *end;
    long hours;
    long minutes;

    *out_seconds = 0;
    if (!*text || strcmp(text, "Z") == 0 || strcmp(text, "z") == 0) return true;
    if ((*text != '+' && *text != '-') || strlen(text) < 5) return false;
    hours = strtol(text + 1, &end, 10);
    if (*end == ':')
        minutes = strtol(end + 1, &end, 10);
    else {
        minutes = hours % 100;
        hours /= 100;
    }
    if (*end || hours > 23 || minutes > 59) return false;
    *out_seconds = (hours * 60 + minutes) * (*text == '-' ? -60 : 60);
    return true;
}

bool wall_parse(const char *text, int64_t *out_unix_ms)
{
    struct tm parts = {0};
    int64_t fraction = 0;
    int64_t offset;
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);

    if (!rest) rest = strptime(text, "%Y-%m-%d %H:%M:%S", &parts);
    if (!rest) return false;
    if (*rest == '.') {
        int64_t scale = 100;

        for (rest++; *rest >= '0' && *rest <= '9'; rest++) {
            fraction += (*rest - '0') * scale;
            scale /= 10;
        }
    }
    if (!wall_offset(rest, &offset)) return false;
    *out_unix_ms = ((int64_t)timegm(&parts) - offset) * 1000 + fraction;
    return true;
}
