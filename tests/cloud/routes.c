#include "routes.h"

#include "dialect.h"
#include "state.h"

#include <string.h>

static bool route_fits(const struct route *route, char *const *segments, size_t count, const char **arguments)
{
    const char *at = route->path;
    size_t argument = 0;

    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(at, "/");

        if (!length) return false;
        if (length == 1 && *at == '*')
            arguments[argument++] = segments[i];
        else if (strlen(segments[i]) != length || strncmp(at, segments[i], length) != 0)
            return false;
        at += length;
        at += *at == '/';
    }
    return !*at;
}

const struct route *route_find(struct call *call, char *const *segments, size_t count, bool *out_method_wrong)
{
    const char *arguments[4] = {NULL};

    *out_method_wrong = false;
    for (const struct route *route = call->dialect->routes; route->method; route++) {
        if (route->service != call->service || !route_fits(route, segments, count, arguments)) continue;
        if (strcmp(route->method, call->request->method) != 0) {
            *out_method_wrong = true;
            continue;
        }
        *out_method_wrong = false;
        memcpy(call->arguments, arguments, sizeof arguments);
        return route;
    }
    return NULL;
}

bool route_begins(const struct call *call, const char *word)
{
    size_t length = strlen(word);

    for (const struct route *route = call->dialect->routes; route->method; route++) {
        if (route->service == call->service && strncmp(route->path, word, length) == 0 &&
            (route->path[length] == '/' || !route->path[length]))
            return true;
    }
    return false;
}
