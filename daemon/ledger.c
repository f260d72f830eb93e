#include "daemon/ledger.h"

#include <unistd.h>

#include "daemon/ledger_job.h"
#include "daemon/ledger_lock.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/text.h"

/* What the worker has in hand. Lives until the loop has heard of its end, which may be after ledger_close. */
struct batch {
    uv_work_t work;
    struct ledger *ledger; /* NULL: the ledger was closed, nothing is left to do */
    struct ledger_store *store;
    struct ledger_jobs jobs;
    struct ledger_figures added;
    uint64_t began_ns;
    uv_sem_t finished;
};

struct ledger {
    uv_loop_t *loop;
    int lock_fd;
    struct ledger_store *store;
    struct ledger_jobs waiting;
    uint32_t waiting_count;
    struct batch *batch; /* at most one at a time: that is the order of saves */
    bool answering;      /* callbacks run: what they ask waits for one common batch */
    bool closing;        /* no further batch begins */
    struct ledger_figures figures;
    char problem[ERROR_TEXT_MAX];
};

bool ledger_open(uv_loop_t *loop, const char *directory, struct ledger **out,
                 struct ledger_content *out_content, struct error *err)
{
    int lock_fd = ledger_lock(directory, err);
    if (lock_fd < 0) return false;
    struct ledger_store *store;
    if (!ledger_store_open(directory, &store, out_content, err)) {
        close(lock_fd);
        return false;
    }
    struct ledger *ledger = NEW(struct ledger);
    ledger->loop = loop;
    ledger->lock_fd = lock_fd;
    ledger->store = store;
    STAILQ_INIT(&ledger->waiting);
    if (out_content->problem) text_copy(ledger->problem, sizeof ledger->problem, out_content->problem);
    *out = ledger;
    return true;
}

void ledger_content_release(struct ledger_content *content)
{
    arena_release(&content->arena);
    *content = (struct ledger_content){.state = LEDGER_MISSING};
}

static void on_work(uv_work_t *work)
{
    struct batch *batch = work->data;
    ledger_jobs_run(&batch->jobs, batch->store, &batch->added);
    uv_sem_post(&batch->finished);
}

static void batch_free(struct batch *batch)
{
    uv_sem_destroy(&batch->finished);
    memory_free(batch);
}

static void enqueue(struct ledger *ledger, struct ledger_job *job)
{
    STAILQ_INSERT_TAIL(&ledger->waiting, job, link);
    ledger->waiting_count++;
}

static void note_outcome(struct ledger *ledger, const struct ledger_job *job)
{
    if (job->kind == LEDGER_JOB_EVENTS) return;
    text_copy(ledger->problem, sizeof ledger->problem, job->ok ? "" : job->err.text);
}

static void answer_all(struct ledger *ledger, struct ledger_jobs *jobs, const struct ledger_figures *added)
{
    ledger->figures.commits += added->commits;
    ledger->figures.saves += added->saves;
    ledger->figures.rows += added->rows;
    ledger->figures.failures += added->failures;
    tally_merge(&ledger->figures.commit, &added->commit);
    ledger->answering = true;
    struct ledger_job *job;
    while ((job = STAILQ_FIRST(jobs))) {
        STAILQ_REMOVE_HEAD(jobs, link);
        ledger->waiting_count--;
        note_outcome(ledger, job);
        ledger_job_answer(job);
        if (job->more && !ledger->closing)
            enqueue(ledger, job); /* the next step of a prune, behind the saves that came meanwhile */
        else
            ledger_job_free(job);
    }
    ledger->answering = false;
}

static void work_begin(struct ledger *ledger);

static void on_work_done(uv_work_t *work, int status)
{
    struct batch *batch = work->data;
    struct ledger *ledger = batch->ledger;
    (void)status; /* cancelled by ledger_close only, which took the jobs */
    if (ledger) {
        ledger->batch = NULL;
        answer_all(ledger, &batch->jobs, &batch->added);
        work_begin(ledger);
    }
    batch_free(batch);
}

static void work_begin(struct ledger *ledger)
{
    if (ledger->batch || ledger->answering || ledger->closing || STAILQ_EMPTY(&ledger->waiting)) return;
    struct batch *batch = NEW(struct batch);
    batch->work.data = batch;
    batch->ledger = ledger;
    batch->store = ledger->store;
    batch->began_ns = uv_hrtime();
    STAILQ_INIT(&batch->jobs);
    STAILQ_CONCAT(&batch->jobs, &ledger->waiting);
    ASSERT(uv_sem_init(&batch->finished, 0) == 0);
    ASSERT(uv_queue_work(ledger->loop, &batch->work, on_work, on_work_done) == 0);
    ledger->batch = batch;
}

static void ask(struct ledger *ledger, struct ledger_job *job)
{
    enqueue(ledger, job);
    work_begin(ledger);
}

void ledger_save(struct ledger *ledger, uint64_t id, const struct record *records, uint32_t count,
                 ledger_saved *done, void *ctx)
{
    struct ledger_job *job = ledger_job_save(id, records, count, ctx);
    job->done = done;
    ask(ledger, job);
}

void ledger_events(struct ledger *ledger, const struct ledger_event_query *query, ledger_found *found,
                   void *ctx)
{
    struct ledger_job *job = ledger_job_events(query, ctx);
    job->found = found;
    ask(ledger, job);
}

void ledger_prune(struct ledger *ledger, int64_t now_wall_ms, int64_t max_age_ms, int64_t max_bytes)
{
    struct ledger_job *job = ledger_job_new(LEDGER_JOB_PRUNE, NULL);
    job->wall_ms = now_wall_ms;
    job->max_age_ms = max_age_ms;
    job->max_bytes = max_bytes;
    ask(ledger, job);
}

void ledger_rebuild(struct ledger *ledger, int64_t now_wall_ms, ledger_saved *done, void *ctx)
{
    struct ledger_job *job = ledger_job_new(LEDGER_JOB_REBUILD, ctx);
    job->wall_ms = now_wall_ms;
    job->done = done;
    ask(ledger, job);
}

struct ledger_figures ledger_figures(const struct ledger *ledger)
{
    struct ledger_figures figures = ledger->figures;
    figures.waiting = ledger->waiting_count;
    return figures;
}

const char *ledger_problem(const struct ledger *ledger)
{
    return ledger->problem;
}

int64_t ledger_busy_ms(const struct ledger *ledger)
{
    enum { NS_PER_MS = 1000 * 1000 };
    return ledger->batch ? (int64_t)((uv_hrtime() - ledger->batch->began_ns) / NS_PER_MS) : 0;
}

/* Takes the running batch back: the worker is waited for, or has not begun. */
static void batch_settle(struct ledger *ledger)
{
    struct batch *batch = ledger->batch;
    if (!batch) return;
    if (uv_cancel((uv_req_t *)&batch->work) == 0)
        ledger_jobs_run(&batch->jobs, ledger->store, &batch->added);
    else
        uv_sem_wait(&batch->finished);
    ledger->batch = NULL;
    batch->ledger = NULL;
    answer_all(ledger, &batch->jobs, &batch->added);
}

void ledger_settle(struct ledger *ledger)
{
    ledger->closing = true;
    batch_settle(ledger);
    while (!STAILQ_EMPTY(&ledger->waiting)) {
        struct ledger_jobs jobs = STAILQ_HEAD_INITIALIZER(jobs);
        STAILQ_CONCAT(&jobs, &ledger->waiting);
        struct ledger_figures added = {0};
        ledger_jobs_run(&jobs, ledger->store, &added);
        answer_all(ledger, &jobs, &added);
    }
}

void ledger_close(struct ledger *ledger)
{
    if (!ledger) return;
    ledger_settle(ledger);
    ledger_store_close(ledger->store);
    close(ledger->lock_fd);
    memory_free(ledger);
}
