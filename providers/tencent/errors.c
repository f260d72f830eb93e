#include "providers/tencent/tencent.h"

#include "providers/ascii.h"

struct word_row {
    const char *pattern; /* in any of the reply's texts, any case */
    enum reply_kind kind;
};

/* CVM's error codes, which the gateway passes on inside its texts: "[TencentCloudSDKError] Code=…,
   Message=…". First match wins; more specific ones stand first. */
static const struct word_row CVM[] = {
    {"RequestLimitExceeded", REPLY_THROTTLED},
    {"InternalServerError", REPLY_OUTAGE},
    {"InternalError", REPLY_OUTAGE},
    {"ClientError.", REPLY_OUTAGE}, /* the gateway did not get through, or no answer back */

    {"InstanceOperationInProgress", REPLY_CONFLICT},
    {"MutexOperation.TaskRunning", REPLY_CONFLICT},
    {"ResourceInUse", REPLY_CONFLICT},
    {"UnsupportedOperation.InstanceState", REPLY_CONFLICT},
    {"InvalidInstanceState", REPLY_CONFLICT},
    {"InvalidInstance.NotSupported", REPLY_CONFLICT},
    {"InvalidInstanceId.NotFound", REPLY_ABSENT},

    {"InsufficientBalance", REPLY_QUOTA},
    {"InstancesQuotaLimitExceeded", REPLY_QUOTA},
    {"QuotaLimit", REPLY_QUOTA},
    {"LimitExceeded", REPLY_QUOTA},
    {"ResourceInsufficient", REPLY_CAPACITY},
    {"ResourcesSoldOut", REPLY_CAPACITY},
    {"ResourceUnavailable", REPLY_CAPACITY},

    {"UnauthorizedOperation", REPLY_DENIED}, /* of the gateway's own account at Tencent: no log-in helps */
    {"AuthFailure", REPLY_DENIED},
    {"InstancesProtected", REPLY_DENIED},
    {"OperationDenied", REPLY_DENIED},
    {"UnsupportedOperation", REPLY_INVALID},
    {"InvalidParameter", REPLY_INVALID},
    {"MissingParameter", REPLY_INVALID},
    {"UnknownParameter", REPLY_INVALID},
    {"InvalidInstanceNotSupportedPrepaidInstance", REPLY_DENIED},
    {"InvalidInstance", REPLY_INVALID},
    {"InvalidImage", REPLY_INVALID},
    {"InvalidSecurityGroup", REPLY_INVALID},
    {"InvalidVpc", REPLY_INVALID},
    {"InvalidZone", REPLY_INVALID},
    {"InvalidRegion", REPLY_INVALID},
    {"InvalidPassword", REPLY_INVALID},
    {"InvalidProject", REPLY_INVALID},
};

/* The gateway's own codes, as far as any document of it shows one. */
static const struct {
    int64_t code;
    enum reply_kind kind;
} CODES[] = {
    {10000, REPLY_OUTAGE},  /* "Manager server error: %s" */
    {10001, REPLY_INVALID}, /* "Parse parameter error: %s" */
    {10183, REPLY_AUTH},
    {11000, REPLY_AUTH}, /* "user not exist": whose token this was */
};

/* No document says how a refused token looks: by what it can hardly avoid to say. */
static const struct word_row SESSION[] = {
    {"token", REPLY_AUTH},
    {"unauthorized", REPLY_AUTH},
    {"unauthenticated", REPLY_AUTH},
    {"authentication", REPLY_AUTH},
    {"not logged in", REPLY_AUTH},
    {"not login", REPLY_AUTH},
    {"log in again", REPLY_AUTH},
    {"login again", REPLY_AUTH},
    {"session expired", REPLY_AUTH},
    {"令牌", REPLY_AUTH},
    {"未登录", REPLY_AUTH},
    {"重新登录", REPLY_AUTH},
    {"认证失败", REPLY_AUTH},
    {"permission denied", REPLY_DENIED},
    {"Parse parameter error", REPLY_INVALID},
};

static const struct {
    int status_min, status_max;
    enum reply_kind kind;
} STATUSES[] = {
    {401, 401, REPLY_AUTH},    {403, 403, REPLY_DENIED},    {404, 404, REPLY_INVALID},
    {408, 408, REPLY_OUTAGE},  {429, 429, REPLY_THROTTLED}, {501, 501, REPLY_INVALID},
    {300, 399, REPLY_INVALID}, /* not followed: the token would go elsewhere */
    {400, 499, REPLY_INVALID},
};

static bool find_word(const struct word_row *rows, size_t count, const char *words, enum reply_kind *out)
{
    for (size_t i = 0; i < count; i++) {
        if (!ascii_contains(words, rows[i].pattern)) continue;
        *out = rows[i].kind;
        return true;
    }
    return false;
}

/* A code that nobody knows leaves open whether something was done: the gateway may have failed on the way
   back as well as on the way there. */
static enum reply_kind by_status(int http_status)
{
    for (size_t i = 0; i < sizeof STATUSES / sizeof STATUSES[0]; i++)
        if (http_status >= STATUSES[i].status_min && http_status <= STATUSES[i].status_max)
            return STATUSES[i].kind;
    return REPLY_OUTAGE;
}

enum reply_kind tencent_error_kind(const struct envelope *envelope, int http_status)
{
    enum reply_kind kind;
    if (find_word(CVM, sizeof CVM / sizeof CVM[0], envelope->all_words, &kind)) return kind;
    if (http_status >= 200 && http_status <= 299)
        for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
            if (envelope->coded && envelope->code == CODES[i].code) return CODES[i].kind;
    if (http_status == 429) return REPLY_THROTTLED;
    if (find_word(SESSION, sizeof SESSION / sizeof SESSION[0], envelope->all_words, &kind)) return kind;
    return by_status(http_status);
}
