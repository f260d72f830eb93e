#include "reconcile/owed.h"

#include <stdarg.h>
#include <stdio.h>

#include "reconcile/base/memory.h"

enum { MESSAGE_MAX = 4096 };

void owed_answer(struct state *state, uint64_t command, const char *format, ...)
{
    char message[MESSAGE_MAX];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    ROW_RESERVE(state->owed, state->owed_count, state->owed_room);
    state->owed[state->owed_count++] =
        (struct owed){.command = command, .message = memory_copy_text(message)};
}

void owed_name(struct state *state, uint64_t save_id)
{
    for (uint32_t i = 0; i < state->owed_count; i++)
        if (state->owed[i].save_id == 0) state->owed[i].save_id = save_id;
}

static void say(struct state *state, const struct owed *owed, bool stored)
{
    if (stored)
        state_answer(state, owed->command, ANSWER_DONE, "%s", owed->message);
    else
        state_answer(
            state, owed->command, ANSWER_FAILED,
            "%s; in force now, but not stored: the ledger cannot be written, and a restart before it "
            "can be forgets this",
            owed->message);
}

void owed_settle(struct state *state, uint64_t save_id, bool stored)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < state->owed_count; i++) {
        struct owed *owed = &state->owed[i];
        if (owed->save_id != save_id) {
            state->owed[left++] = *owed;
            continue;
        }
        say(state, owed, stored);
        memory_free(owed->message);
    }
    state->owed_count = left;
}

void owed_release(struct state *state)
{
    for (uint32_t i = 0; i < state->owed_count; i++)
        memory_free(state->owed[i].message);
    memory_free(state->owed);
}
