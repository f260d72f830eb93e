#ifndef SETPOINT_EVENT_H
#define SETPOINT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/base/error.h"
#include "reconcile/base/instant.h"
#include "reconcile/call.h"
#include "reconcile/config.h"
#include "reconcile/record.h"
#include "reconcile/reply.h"
#include "reconcile/spec.h"

/* A fact learned. Events are all that the core ever hears; the order within one turn is the order of arrival.
   Everything an event points at lives until reconcile_step returns, except config and generation, which the
   core takes over (it owns and frees them). */
enum event_kind {
    EVENT_LEDGER,       /* what the ledger held at start: the first event, exactly once */
    EVENT_CONFIG,       /* the operator's configuration, new or anew */
    EVENT_GENERATION,   /* a source was read and is valid */
    EVENT_SOURCE_FAULT, /* a source is unreadable, invalid or missing */
    EVENT_SAVED,        /* the save with this id is durable */
    EVENT_SAVE_FAILED,  /* it is not, and nothing of it was stored */
    EVENT_SESSION,      /* what the session of a cloud knows */
    EVENT_REPLY,        /* to EFFECT_SEND with this call id */
    EVENT_NOTIFIED,     /* to EFFECT_NOTIFY with this id */
    EVENT_COMMAND,      /* a person or script, over the control socket */
    EVENT_TICK,
    EVENT_KIND_COUNT
};

enum ledger_state {
    LEDGER_LOADED,  /* rows are all it holds */
    LEDGER_MISSING, /* there was none: cold start */
    LEDGER_INIT,    /* there was none, and --init says that nothing can be in flight */
    LEDGER_CORRUPT  /* it stays where it is: observe only */
};

struct event_ledger {
    enum ledger_state state;
    const struct record *records; /* all tables but events; of events only the newest seq, in `event_seq` */
    uint32_t count;
    uint64_t event_seq;
    const char *problem; /* why it is corrupt */
};

enum session_state {
    SESSION_NONE,  /* no token yet, or it was dropped */
    SESSION_READY, /* with this fingerprint */
    SESSION_FAILED /* until retry_ms; reason in `message` */
};

struct event_session {
    const char *cloud;
    enum session_state state;
    uint32_t wants; /* requests of its own that wait for EFFECT_PERMIT (log-in, repetition after 401 …) */
    uint32_t held; /* calls sent to the session that are not on the wire: they wait for a token or a permit */
    uint32_t own;  /* requests that are no calls on the wire: log-ins, checks of a token, log-outs */
    const char *fingerprint; /* READY: project id */
    const char *place;       /* READY: where in it, the region; NULL or "" = not told */
    int64_t retry_boot_ms;   /* FAILED */
    int64_t quiet_boot_ms;   /* a refused log-in's Retry-After: nothing is sent to the cloud before; 0 */
    const char *message;     /* FAILED: what to show a person */
};

struct event_reply {
    uint64_t call_id;
    const char *cloud;
    int64_t sent_boot_ms; /* when the (last) request left: facts count as asked then */
    struct reply reply;
};

struct event_notified {
    const char *id;
    bool delivered;        /* taken by the other side */
    bool refused;          /* not taken for what it says: others may be */
    int64_t retry_boot_ms; /* not before, as the other side asked; 0 */
    const char *problem;   /* not delivered: what to show a person, without what is secret of the target */
};

enum command_kind {
    COMMAND_SYNC,  /* lists anew; answered when lists asked after this are in */
    COMMAND_RETRY, /* `sync NAME`: one try of what waits or is held by ErrorHold, DisruptionHalted */
    COMMAND_SUSPEND,
    COMMAND_RESUME,
    COMMAND_APPROVE,
    COMMAND_ADOPT,
    COMMAND_RELEASE,
    COMMAND_UNPROTECT,
    COMMAND_LEDGER_REBUILD,
    COMMAND_LOG_LEVEL, /* the daemon has changed it: is told */
    COMMAND_NOTIFY,    /* a test to the notify target `target`; answered when it is stored */
    COMMAND_NOTE,      /* `argument` says what somebody asks for: history alone, without an answer */
    COMMAND_KIND_COUNT
};

struct event_command {
    uint64_t id; /* the answer carries it */
    enum command_kind kind;
    const char *target;       /* NAME, source/name, SOURCE, cloud:NAME, or "" for everything; holdId for
                                 approve; the level */
    const char *const *names; /* SYNC, RETRY: objects or sources; none = all */
    uint32_t name_count;
    const char *argument; /* reason (suspend, unprotect); provider id (adopt); the level before */
    int64_t duration_ms;  /* suspend --for; 0 = until resumed */
    uint32_t partial;     /* approve --partial N; 0 = all */
    bool hard;            /* suspend --hard */
    bool matching;        /* adopt --matching */
    bool strangers;       /* SYNC: what is not managed will be looked at, too */
    uint32_t uid, pid;    /* who asked, for the history */
};

struct event {
    enum event_kind kind;
    union {
        struct event_ledger ledger;
        struct config *config;         /* taken over */
        struct generation *generation; /* taken over */
        struct {
            const char *source;
            const struct error *mistakes;
            uint32_t count;
            bool missing; /* directory gone or unreadable, as against invalid */
        } source_fault;
        struct {
            uint64_t id;
            const char *problem; /* SAVE_FAILED */
        } save;
        struct event_session session;
        struct event_reply reply;
        struct event_notified notified;
        struct event_command command;
    };
};

const char *event_name(enum event_kind kind);
const char *command_name(enum command_kind kind);

#endif
