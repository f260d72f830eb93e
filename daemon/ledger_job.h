#ifndef SETPOINT_DAEMON_LEDGER_JOB_H
#define SETPOINT_DAEMON_LEDGER_JOB_H

#include <sys/queue.h>

#include "daemon/ledger_store.h"

/* One thing asked of the ledger. Made on the loop, run on the worker, answered and freed on the loop. */
enum ledger_job_kind { LEDGER_JOB_SAVE, LEDGER_JOB_EVENTS, LEDGER_JOB_PRUNE, LEDGER_JOB_REBUILD };

struct ledger_job {
    STAILQ_ENTRY(ledger_job) link;
    enum ledger_job_kind kind;
    uint64_t id; /* SAVE */
    ledger_saved *done;
    ledger_found *found;
    void *ctx;
    struct arena arena; /* what was asked, and the rows that were found */
    struct record *records;
    uint32_t count;
    struct ledger_event_query query;
    int64_t wall_ms, max_age_ms, max_bytes; /* PRUNE; REBUILD: wall_ms */
    bool ok, more;
    struct error err;
};
STAILQ_HEAD(ledger_jobs, ledger_job);

struct ledger_job *ledger_job_new(enum ledger_job_kind kind, void *ctx);
struct ledger_job *ledger_job_save(uint64_t id, const struct record *records, uint32_t count, void *ctx);
struct ledger_job *ledger_job_events(const struct ledger_event_query *query, void *ctx);
void ledger_job_free(struct ledger_job *job);

/* Runs all in order; saves that follow each other are one transaction. Adds to the counters in *figures. */
void ledger_jobs_run(struct ledger_jobs *jobs, struct ledger_store *store, struct ledger_figures *figures);
/* Calls the job's callback. */
void ledger_job_answer(const struct ledger_job *job);

#endif
