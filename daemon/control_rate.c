#include "daemon/control_rate.h"

#include "reconcile/base/instant.h"

static struct control_rate *row_find(struct control_rates *rates, uid_t uid, bool acts)
{
    for (unsigned i = 0; i < CONTROL_RATE_USERS; i++) {
        struct control_rate *row = &rates->rows[i];
        if (row->taken && row->uid == uid && row->acts == acts) return row;
    }
    return NULL;
}

static struct control_rate *row_oldest(struct control_rates *rates)
{
    struct control_rate *oldest = &rates->rows[0];
    for (unsigned i = 0; i < CONTROL_RATE_USERS; i++) {
        struct control_rate *row = &rates->rows[i];
        if (!row->taken) return row;
        if (row->at_ms < oldest->at_ms) oldest = row;
    }
    return oldest;
}

static void row_fill(struct control_rate *row, int64_t now_ms)
{
    int64_t earned_ms = (now_ms - row->at_ms) * CONTROL_RATE_MS_PER_S / SECOND_MS;
    row->left_ms = instant_min(row->left_ms + earned_ms, CONTROL_RATE_BURST_MS);
    row->at_ms += earned_ms * SECOND_MS / CONTROL_RATE_MS_PER_S;
}

bool control_rate_take(struct control_rates *rates, uid_t uid, bool acts, int64_t now_ms)
{
    struct control_rate *row = row_find(rates, uid, acts);
    if (!row) {
        row = row_oldest(rates);
        *row = (struct control_rate){
            .taken = true, .acts = acts, .uid = uid, .left_ms = CONTROL_RATE_BURST_MS, .at_ms = now_ms};
    }
    row_fill(row, now_ms);
    if (row->left_ms < CONTROL_RATE_REQUEST_MS) return false;
    row->left_ms -= CONTROL_RATE_REQUEST_MS;
    return true;
}

void control_rate_charge(struct control_rates *rates, uid_t uid, bool acts, int64_t took_ms)
{
    struct control_rate *row = row_find(rates, uid, acts);
    if (row) row->left_ms -= took_ms;
}
