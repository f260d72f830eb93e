#include <cjson/cJSON.h>
#include <string.h>

#include "tests/sim/judge_state.h"
#include "tests/sim/why.h"

/* What describe says of an object: why, and why not. */

bool judge_row(const struct judge *judge, unsigned place, struct judge_row *out)
{
    if (place >= judge->status.count) return false;
    const struct status_row *row = &judge->status.rows[place];
    *out = (struct judge_row){.source = row->source,
                              .name = row->name,
                              .kind = row->kind,
                              .cloud = row->cloud,
                              .verdict = row->verdict,
                              .reason = row->reason};
    return true;
}

/* What nothing is in the way of: it is as it should be, or its call is under way. */
static bool needs_no_word(const cJSON *described)
{
    const char *verdict = status_member(described, "verdict");
    const cJSON *ledger = cJSON_GetObjectItemCaseSensitive(described, "ledger");
    if (strcmp(verdict, "Converged") == 0 || strcmp(verdict, "Progressing") == 0) return true;
    return cJSON_IsObject(cJSON_GetObjectItemCaseSensitive(ledger, "intent"));
}

void judge_described(struct judge *judge, const struct cJSON *described)
{
    const char *source = status_member(described, "source"), *name = status_member(described, "name");
    const char *verdict = status_member(described, "verdict"), *reason = status_member(described, "reason");
    const char *by = status_member(described, "blockedBy"), *about = "";
    judge_tested(judge, PROMISE_WHY);
    if (status_member(described, "message")[0] == '\0')
        judge_fail(judge, PROMISE_WHY, "%s/%s is %s (%s), and no sentence says why", source, name, verdict,
                   reason);
    if (by[0] == '\0' && !needs_no_word(described))
        judge_fail(judge, PROMISE_WHY, "%s/%s is %s (%s: %s), and no word says what keeps it", source, name,
                   verdict, reason, status_member(described, "message"));
    if (by[0] != '\0' && (strcmp(verdict, "Converged") == 0 || strcmp(verdict, "Progressing") == 0))
        judge_fail(judge, PROMISE_WHY, "%s/%s is %s (%s), and yet kept by %s", source, name, verdict, reason,
                   by);
    if (by[0] != '\0' && (!why_word_of(by, &about) || about[0] == '\0'))
        judge_fail(judge, PROMISE_WHY,
                   "%s/%s is kept by \"%s\", which is none of the words, or names nothing", source, name, by);
}
