#ifndef SETPOINT_EFFECT_H
#define SETPOINT_EFFECT_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/arena.h"
#include "reconcile/call.h"
#include "reconcile/record.h"

/* What the daemon is to do after a turn, in this order. Effects live in the turn's arena and are valid until
   the next step. The daemon never refuses one and never reorders saves. */
enum effect_kind {
    EFFECT_SAVE,   /* store all records in one transaction, sync, answer EVENT_SAVED or EVENT_SAVE_FAILED with
                      `id` */
    EFFECT_SEND,   /* send this call now (a slot of the pace is taken); answer EVENT_REPLY */
    EFFECT_PERMIT, /* the session of this cloud may send one request of its own */
    EFFECT_ANSWER, /* to EVENT_COMMAND */
    EFFECT_NOTIFY, /* deliver this to its target; answer EVENT_NOTIFIED, whatever comes of it */
    EFFECT_TELL,   /* something happened that people want to know: history, journal, followers */
    EFFECT_KIND_COUNT
};

enum answer_code { /* exit codes of section 9 */
                   ANSWER_DONE = 0,
                   ANSWER_FAILED = 1,
                   ANSWER_BLOCKED = 3,
                   ANSWER_NOT_FOUND = 7,
                   ANSWER_USAGE = 64
};

enum tell_level { TELL_INFO, TELL_NOTICE, TELL_WARNING, TELL_ERROR };

/* One entry of the history: JSON form in section 9 ("event"). Empty text = null. */
struct tell {
    uint64_t seq;
    int64_t wall_ms;
    enum tell_level level;
    const char *source, *name, *cloud;
    const char *type;    /* CamelCase: "CallSent", "CallDone", "VerdictChanged", "BudgetHeld", … */
    const char *reason;  /* one word of the reason table, or "" */
    const char *message; /* one sentence */
    const char *call;    /* "Create" or "" */
    const char *request_id;
    const char *revision;
    int64_t uid;  /* -1 = the daemon itself */
    uint32_t pid; /* with uid: who asked; 0 = not known */
};

/* What one target is to be told, made by notification.c and stored before it is sent. Empty text = none. */
struct notification {
    const char *id; /* the same in each delivery: who has it already drops it */
    const char *target;
    int64_t wall_ms;            /* when it was true */
    const char *owner;          /* this installation */
    const char *kind;           /* "Blocked" …, of enum notify_kind; "Test" */
    bool over;                  /* what was told before is so no more: Converged, or the end of a brake */
    const char *reason;         /* a word of the reason table: what is, or what is over */
    const char *source, *cloud; /* "" = several, or none */
    uint32_t count;             /* of objects, or of what is braked */
    const char *names;   /* the first NOTIFICATION_NAMES of them, one a line: "source/name", "cloud nhn" */
    const char *title;   /* one line: "[seoul-1] 312 objects Blocked: ErrorHold on cloud nhn" */
    const char *message; /* the sentence of the first of them */
    uint32_t attempt;    /* 1 = this process tries it for the first time */
};
enum { NOTIFICATION_NAMES = 20 };

struct effect {
    enum effect_kind kind;
    union {
        struct {
            uint64_t id;
            const struct record *records;
            uint32_t count;
        } save;
        struct {
            const struct call *call;
            bool repeat_after_auth; /* unused by the core; kept false */
        } send;
        struct {
            const char *cloud;
            bool renew; /* for a new log-in, although the token is good: it is for another project */
        } permit;
        struct {
            uint64_t id;
            enum answer_code code;
            const char *message; /* for stderr or stdout of setpointctl; may have several lines */
        } answer;
        struct notification notify;
        struct tell tell;
    };
};

struct effects {
    struct arena arena;
    struct effect *items;
    uint32_t count, room;
};

void effects_init(struct effects *effects);
void effects_clear(struct effects *effects);
void effects_release(struct effects *effects);

#endif
