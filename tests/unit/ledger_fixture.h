#ifndef SETPOINT_TESTS_UNIT_LEDGER_FIXTURE_H
#define SETPOINT_TESTS_UNIT_LEDGER_FIXTURE_H

/* A loop, a scratch directory and short ways to save and look, for the tests of the ledger. Include after
 * unit.h. */
#include <uv.h>

#include "daemon/ledger.h"
#include "reconcile/base/text.h"
#include "tests/unit/scratch.h"

static uv_loop_t loop;

static inline int start(void **state)
{
    assert_int_equal(uv_loop_init(&loop), 0);
    return scratch_make(state);
}

static inline int stop(void **state)
{
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(uv_loop_close(&loop), 0);
    return scratch_remove(state);
}

static inline struct ledger *open_at(const char *directory, struct ledger_content *content)
{
    struct ledger *ledger = NULL;
    struct error err = {0};
    if (!ledger_open(&loop, directory, &ledger, content, &err)) fail_msg("%s", err.text);
    return ledger;
}

/* Opens, checks the state and forgets the content. */
static inline struct ledger *open_as(const char *directory, enum ledger_state wanted)
{
    struct ledger_content content;
    struct ledger *ledger = open_at(directory, &content);
    assert_int_equal(content.state, wanted);
    ledger_content_release(&content);
    return ledger;
}

static inline struct record meta(const char *key, const char *value)
{
    return (struct record){.table = RECORD_META, .cells = {key, value}};
}

struct answers {
    unsigned count, good;
    uint64_t ids[256];
    char problem[ERROR_TEXT_MAX];
};

static inline void on_saved(void *ctx, uint64_t id, bool ok, const char *problem)
{
    struct answers *answers = ctx;
    answers->ids[answers->count++ % 256] = id;
    answers->good += ok;
    if (!ok) text_copy(answers->problem, sizeof answers->problem, problem);
}

static inline void run_until(const struct answers *answers, unsigned count)
{
    while (answers->count < count && uv_run(&loop, UV_RUN_ONCE))
        continue;
    assert_int_equal(answers->count, count);
}

static inline bool save_one(struct ledger *ledger, const struct record *record, struct answers *out)
{
    *out = (struct answers){0};
    ledger_save(ledger, 1, record, 1, on_saved, out);
    run_until(out, 1);
    return out->good == 1;
}

/* The value of a meta key as the next start finds it; NULL = none. */
static inline const char *stored(const char *directory, const char *key)
{
    static char value[4096];
    struct ledger_content content;
    struct ledger *ledger = open_at(directory, &content);
    bool found = false;
    for (uint32_t i = 0; i < content.count; i++) {
        const struct record *record = &content.records[i];
        if (record->table != RECORD_META || !text_equal(record->cells[0], key)) continue;
        text_copy(value, sizeof value, record->cells[1]);
        found = true;
    }
    ledger_content_release(&content);
    ledger_close(ledger);
    return found ? value : NULL;
}

/* Runs `act` in a process of its own; its asserts end it with a status. */
static inline void in_child(void (*act)(void))
{
    pid_t child = fork();
    if (child == 0) {
        uv_loop_init(&loop);
        act();
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0) fail_msg("child ended with status %#x", status);
}

static inline void need(bool ok, int code, const char *what)
{
    if (ok) return;
    dprintf(STDERR_FILENO, "# %s\n", what);
    _exit(code);
}

#endif
