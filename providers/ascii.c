#include "providers/ascii.h"

#include <string.h>

bool ascii_contains(const char *text, const char *part)
{
    size_t size = strlen(part);
    for (size_t left = strlen(text); left >= size; left--, text++)
        if (strncasecmp(text, part, size) == 0) return true;
    return false;
}
