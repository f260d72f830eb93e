#include "reconcile/event.h"

#include "reconcile/base/assert.h"

static const char *const events[EVENT_KIND_COUNT] = {
    [EVENT_LEDGER] = "ledger",
    [EVENT_CONFIG] = "config",
    [EVENT_GENERATION] = "generation",
    [EVENT_SOURCE_FAULT] = "source-fault",
    [EVENT_SAVED] = "saved",
    [EVENT_SAVE_FAILED] = "save-failed",
    [EVENT_SESSION] = "session",
    [EVENT_REPLY] = "reply",
    [EVENT_NOTIFIED] = "notified",
    [EVENT_COMMAND] = "command",
    [EVENT_TICK] = "tick",
};

static const char *const commands[COMMAND_KIND_COUNT] = {
    [COMMAND_SYNC] = "sync",
    [COMMAND_RETRY] = "sync",
    [COMMAND_SUSPEND] = "suspend",
    [COMMAND_RESUME] = "resume",
    [COMMAND_APPROVE] = "approve",
    [COMMAND_ADOPT] = "adopt",
    [COMMAND_RELEASE] = "release",
    [COMMAND_UNPROTECT] = "unprotect",
    [COMMAND_LEDGER_REBUILD] = "ledger rebuild",
    [COMMAND_LOG_LEVEL] = "log-level",
    [COMMAND_NOTIFY] = "notify",
    [COMMAND_NOTE] = "note",
};

const char *event_name(enum event_kind kind)
{
    ASSERT(kind < EVENT_KIND_COUNT);
    return events[kind];
}

const char *command_name(enum command_kind kind)
{
    ASSERT(kind < COMMAND_KIND_COUNT);
    return commands[kind];
}
