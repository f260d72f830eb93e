#include "reconcile/reply.h"

#include "reconcile/base/assert.h"

static const char *const names[REPLY_KIND_COUNT] = {
    [REPLY_OK] = "ok",           [REPLY_TRANSPORT] = "transport", [REPLY_OUTAGE] = "outage",
    [REPLY_AUTH] = "auth",       [REPLY_THROTTLED] = "throttled", [REPLY_CONFLICT] = "conflict",
    [REPLY_ABSENT] = "absent",   [REPLY_QUOTA] = "quota",         [REPLY_CAPACITY] = "capacity",
    [REPLY_INVALID] = "invalid", [REPLY_DENIED] = "denied",
};

const char *reply_kind_name(enum reply_kind kind)
{
    ASSERT(kind < REPLY_KIND_COUNT);
    return names[kind];
}

bool reply_is_refusal(enum reply_kind kind)
{
    switch (kind) {
    case REPLY_OK:
    case REPLY_TRANSPORT:
    case REPLY_OUTAGE:
    case REPLY_KIND_COUNT: return false;
    case REPLY_AUTH:
    case REPLY_THROTTLED:
    case REPLY_CONFLICT:
    case REPLY_ABSENT:
    case REPLY_QUOTA:
    case REPLY_CAPACITY:
    case REPLY_INVALID:
    case REPLY_DENIED: return true;
    }
    UNREACHABLE();
}
