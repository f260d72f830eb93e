#include <stdio.h>
#include <string.h>

#include "tests/sim/judge_state.h"

/* S11: what went over the wire as a secret, and user data, stands in nothing that people read or that is
 * kept. */

enum { SECRET_MIN = 6 /* shorter ones may stand anywhere by chance */ };

void judge_secret(struct judge *judge, const char *secret)
{
    if (strlen(secret) < SECRET_MIN) return;
    for (unsigned i = 0; i < SECRETS_MAX; i++)
        if (strncmp(judge->secrets[i], secret, SECRET_SIZE - 1) == 0) return;
    snprintf(judge->secrets[judge->secrets_next++ % SECRETS_MAX], SECRET_SIZE, "%.*s", SECRET_SIZE - 1,
             secret);
}

static bool has_user_data(const char *text)
{
    return strstr(text, FLEET_NEEDLE) || strstr(text, FLEET_NEEDLE_BASE64) || strstr(text, FLEET_NEEDLE_HEX);
}

/* It goes where a server is made, and nowhere else. */
void judge_user_data(struct judge *judge, const struct judge_request *request, enum operation operation)
{
    bool sent = has_user_data(request->path) || (request->body && has_user_data(request->body));
    if (!sent || operation == OPERATION_CREATE) return;
    judge_fail(judge, PROMISE_S11, "user data stands in a request that makes no server: %s %.120s",
               request->method, request->path);
}

void judge_text(struct judge *judge, const char *where, const char *text)
{
    judge_tested(judge, PROMISE_S11);
    if (text && has_user_data(text))
        judge_fail(judge, PROMISE_S11, "user data stands in %s: %.200s", where, text);
    for (unsigned i = 0; text && i < SECRETS_MAX; i++)
        if (judge->secrets[i][0] && strstr(text, judge->secrets[i]))
            judge_fail(judge, PROMISE_S11, "a secret stands in %s: %.200s", where, text);
}
