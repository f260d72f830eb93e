#ifndef SETPOINT_TESTS_SIM_JUDGE_NEWS_H
#define SETPOINT_TESTS_SIM_JUDGE_NEWS_H

#include "tests/sim/judge.h"

/* What people are notified of, held against what they read (promise `news`):

   - truth at the end: what rests in something that is news was told so, and of what is well again nothing
   else was said last; the same of what stands for a whole cloud, source or the daemon;
   - one message per transition: never two in a row that say the same of one object;
   - at least once: what was sent or stored is taken in the end, under one id always with the same text, and
     stored before it is sent where the ledger can be written;
   - to each target one at a time, and not before it asked to be asked again;
   - a message names at most 20, counts them all, and only what its target asked for.

   Excused is what nobody can know: a ledger that is lost, old or cannot be written at a crash; an object that
   left its manifest; who is meant beyond the 20; and of two daemons who told what. */

struct judge_message {
    const char *id, *target, *kind, *reason, *source, *cloud, *names, *title, *message, *owner;
    int64_t wall_ms;
    bool over;
    unsigned count;
};

/* The daemon has read its ledger; notifications: the rows that are in it. */
void judge_news_started(struct judge *judge, const struct rows *notifications, enum judge_loss loss);
/* A save begins that holds these. */
void judge_news_saved(struct judge *judge, const struct rows *notifications, int64_t now_ms);
/* It leaves for its target; notifications: the rows that are durable. */
void judge_news_sent(struct judge *judge, const struct judge_message *message,
                     const struct rows *notifications, int64_t now_ms);
/* The target has it. */
void judge_news_taken(struct judge *judge, const char *target, const char *id);
/* The daemon was told so, or what went wrong; it is asked to wait until then. */
void judge_news_answered(struct judge *judge, const char *target, const char *id, bool delivered,
                         int64_t quiet_until_ms);
/* A save came to nothing. */
void judge_news_unsaved(struct judge *judge, int64_t now_ms);
/* History says so. */
void judge_news_told(struct judge *judge, const char *type, const char *message);
/* That target is in the configuration, or not any more. */
void judge_news_target(struct judge *judge, const char *target, bool absent);

/* The end: from now on it is noted since when things stand. notices: JSON that people read. */
void judge_news_watch(struct judge *judge, const char *notices, int64_t now_ms);
/* Something waits to be taken: NULL, or what, in words that live until the next call. */
const char *judge_news_waiting(struct judge *judge, const struct rows *notifications);
/* All that has stood since then was told. */
void judge_news_end(struct judge *judge, int64_t since_ms);

struct news_counts {
    uint64_t messages, names; /* taken, each counted once, and of how many */
    uint64_t doubles;         /* taken once more under an id that was there already */
    uint64_t over_starts;     /* sent by more than one process */
    uint64_t lost;            /* before they were stored, or with the ledger */
    uint64_t dropped;
};
void judge_news_count(const struct judge *judge, struct news_counts *out);

#endif
