#include <stdio.h>
#include <string.h>

#include "tests/sim/judge_state.h"

/* S11: what went over the wire as a secret stands in nothing that people read or that is kept. */

enum { SECRET_MIN = 6 /* shorter ones may stand anywhere by chance */ };

void judge_secret(struct judge *judge, const char *secret)
{
    if (strlen(secret) < SECRET_MIN) return;
    for (unsigned i = 0; i < SECRETS_MAX; i++)
        if (strncmp(judge->secrets[i], secret, SECRET_SIZE - 1) == 0) return;
    snprintf(judge->secrets[judge->secrets_next++ % SECRETS_MAX], SECRET_SIZE, "%.*s", SECRET_SIZE - 1,
             secret);
}

void judge_text(struct judge *judge, const char *where, const char *text)
{
    judge_tested(judge, PROMISE_S11);
    for (unsigned i = 0; text && i < SECRETS_MAX; i++)
        if (judge->secrets[i][0] && strstr(text, judge->secrets[i]))
            judge_fail(judge, PROMISE_S11, "a secret stands in %s: %.200s", where, text);
}
