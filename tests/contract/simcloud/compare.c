#include "compare.h"

#include "shape.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned difference(struct allowed *allowed, const struct exchange *exchange, const char *format, ...)
{
    char what[700];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    if (allowed_use(allowed, exchange->number, what)) return 0;
    printf("# %03u %s\n", exchange->number, what);
    return 1;
}

static unsigned compare_headers(struct allowed *allowed, const struct exchange *exchange,
                                const struct cloud_reply *reply)
{
    static const char *const same[] = {"Content-Type", "Www-Authenticate", "Vary", "Openstack-Api-Version"};
    static const char *const there[] = {"Location", "X-Subject-Token", "X-Openstack-Request-Id",
                                        "X-Compute-Request-Id"};
    unsigned count = 0;

    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *recorded = exchange_header(exchange, same[i]);
        const char *simulated = cloud_reply_header(reply, same[i]);

        if (strcmp(recorded ? recorded : "(none)", simulated ? simulated : "(none)") != 0)
            count += difference(allowed, exchange, "header %s: %s, not %s", same[i],
                                simulated ? simulated : "(none)", recorded ? recorded : "(none)");
    }
    for (size_t i = 0; i < sizeof there / sizeof *there; i++) {
        if (!exchange_header(exchange, there[i]) != !cloud_reply_header(reply, there[i]))
            count += difference(allowed, exchange, "header %s: %s", there[i],
                                exchange_header(exchange, there[i]) ? "missing" : "extra");
    }
    return count;
}

static unsigned compare_shapes(struct allowed *allowed, const struct exchange *exchange,
                               const struct shape *recorded, const struct shape *simulated)
{
    unsigned count = 0;

    for (size_t i = 0; i < recorded->count; i++) {
        if (!shape_has(simulated, recorded->rows[i]))
            count += difference(allowed, exchange, "missing %s", recorded->rows[i]);
    }
    for (size_t i = 0; i < simulated->count; i++) {
        if (!shape_has(recorded, simulated->rows[i]))
            count += difference(allowed, exchange, "extra %s", simulated->rows[i]);
    }
    return count;
}

/* The text of an error, with ids as they are in the simulated cloud. */
static unsigned compare_message(struct allowed *allowed, struct session *session,
                                const struct exchange *exchange, const cJSON *simulated)
{
    const char *recorded = member(exchange->json ? exchange->json->child : NULL, "message");
    const char *message = member(simulated ? simulated->child : NULL, "message");
    unsigned count = 0;
    char *mapped;

    if (!recorded || !message || exchange->status < 400) return 0;
    mapped = text_map(session, recorded, "", false);
    if (strcmp(mapped, message) != 0)
        count = difference(allowed, exchange, "message: %.200s; not: %.200s", message, mapped);
    free(mapped);
    return count;
}

bool server_differs(const struct exchange *exchange, const cJSON *json, char *out_what, size_t size)
{
    static const char *const texts[] = {"hostId", "image", "OS-EXT-AZ:availability_zone", "config_drive"};
    const cJSON *recorded = cJSON_GetObjectItemCaseSensitive(exchange->json, "server");
    const cJSON *simulated = cJSON_GetObjectItemCaseSensitive(json, "server");
    const cJSON *power = cJSON_GetObjectItemCaseSensitive(recorded, "OS-EXT-STS:power_state");

    if (!recorded || !simulated) return false;
    if (power &&
        !cJSON_Compare(power, cJSON_GetObjectItemCaseSensitive(simulated, "OS-EXT-STS:power_state"), true)) {
        snprintf(out_what, size, "value of OS-EXT-STS:power_state: not %d", power->valueint);
        return true;
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *old = member(recorded, texts[i]);
        const char *new = member(simulated, texts[i]);

        if (!old || !new || !*old == !*new) continue;
        snprintf(out_what, size, "value of %s: \"%s\", not \"%s\"", texts[i], new, old);
        return true;
    }
    return false;
}

unsigned compare(struct allowed *allowed, struct session *session, const struct exchange *exchange,
                 const struct cloud_reply *reply, const cJSON *json)
{
    struct shape recorded;
    struct shape simulated;
    unsigned count = 0;
    char what[256];

    if (reply->status != exchange->status)
        count += difference(allowed, exchange, "status: %d, not %d", reply->status, exchange->status);
    shape_of(&recorded, exchange->json);
    shape_of(&simulated, json);
    count += compare_headers(allowed, exchange, reply);
    count += compare_shapes(allowed, exchange, &recorded, &simulated);
    if (server_differs(exchange, json, what, sizeof what)) count += difference(allowed, exchange, "%s", what);
    count += compare_message(allowed, session, exchange, json);
    shape_release(&recorded);
    shape_release(&simulated);
    return count;
}
