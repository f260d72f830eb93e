#include "daemon/ledger_job.h"

#include "reconcile/base/assert.h"
#include "reconcile/base/memory.h"

struct ledger_job *ledger_job_new(enum ledger_job_kind kind, void *ctx)
{
    struct ledger_job *job = NEW(struct ledger_job);
    arena_init(&job->arena);
    job->kind = kind;
    job->ctx = ctx;
    return job;
}

static void copy_record(struct arena *arena, struct record *to, const struct record *from)
{
    const struct record_table_row *row = record_table_row(from->table);
    unsigned columns = from->erase ? row->key_columns : row->columns;
    *to = (struct record){.table = from->table, .erase = from->erase};
    for (unsigned i = 0; i < columns; i++) {
        ASSERT(from->cells[i] || i >= row->key_columns);
        to->cells[i] = arena_text(arena, from->cells[i]);
    }
}

struct ledger_job *ledger_job_save(uint64_t id, const struct record *records, uint32_t count, void *ctx)
{
    struct ledger_job *job = ledger_job_new(LEDGER_JOB_SAVE, ctx);
    job->id = id;
    job->count = count;
    if (count) job->records = ARENA_ROW(&job->arena, struct record, count);
    for (uint32_t i = 0; i < count; i++)
        copy_record(&job->arena, &job->records[i], &records[i]);
    return job;
}

struct ledger_job *ledger_job_events(const struct ledger_event_query *query, void *ctx)
{
    struct ledger_job *job = ledger_job_new(LEDGER_JOB_EVENTS, ctx);
    job->query = *query;
    job->query.source = arena_text(&job->arena, query->source);
    job->query.name = arena_text(&job->arena, query->name);
    job->query.cloud = arena_text(&job->arena, query->cloud);
    return job;
}

void ledger_job_free(struct ledger_job *job)
{
    arena_release(&job->arena);
    memory_free(job);
}

static struct ledger_job *last_save_of_group(struct ledger_job *first)
{
    struct ledger_job *last = first;
    for (struct ledger_job *next = first; next && next->kind == LEDGER_JOB_SAVE;
         next = STAILQ_NEXT(next, link))
        last = next;
    return last;
}

static bool save_group(struct ledger_store *store, struct ledger_job *first, const struct ledger_job *end,
                       uint64_t *out_rows, struct error *err)
{
    if (!ledger_store_begin(store, err)) return false;
    for (struct ledger_job *job = first; job != end; job = STAILQ_NEXT(job, link)) {
        for (uint32_t i = 0; i < job->count; i++)
            if (!ledger_store_put(store, &job->records[i], err)) return false;
        *out_rows += job->count;
    }
    return ledger_store_commit(store, err);
}

/* All or none: what can fail is the disk, and that concerns all of them. Returns the job behind the group. */
static struct ledger_job *run_saves(struct ledger_job *first, struct ledger_store *store,
                                    struct ledger_figures *figures)
{
    struct ledger_job *end = STAILQ_NEXT(last_save_of_group(first), link);
    struct error err = {0};
    uint64_t rows = 0;
    uint64_t began_ns = uv_hrtime();
    bool ok = save_group(store, first, end, &rows, &err);
    tally_add(&figures->commit, tally_quick_us, (int64_t)((uv_hrtime() - began_ns) / 1000));
    figures->commits += ok;
    figures->rows += ok ? rows : 0;
    for (struct ledger_job *job = first; job != end; job = STAILQ_NEXT(job, link)) {
        job->ok = ok;
        job->err = err;
        figures->saves += ok;
        figures->failures += !ok;
    }
    return end;
}

static int64_t oldest_kept(const struct ledger_job *job)
{
    return job->max_age_ms > 0 ? job->wall_ms - job->max_age_ms : INT64_MIN;
}

void ledger_jobs_run(struct ledger_jobs *jobs, struct ledger_store *store, struct ledger_figures *figures)
{
    struct ledger_job *job = STAILQ_FIRST(jobs);
    while (job) {
        switch (job->kind) {
        case LEDGER_JOB_SAVE: job = run_saves(job, store, figures); continue;
        case LEDGER_JOB_EVENTS:
            job->ok =
                ledger_store_events(store, &job->query, &job->arena, &job->records, &job->count, &job->err);
            break;
        case LEDGER_JOB_PRUNE:
            job->ok = ledger_store_prune(store, oldest_kept(job), job->max_bytes, &job->more, &job->err);
            break;
        case LEDGER_JOB_REBUILD: job->ok = ledger_store_rebuild(store, job->wall_ms, &job->err); break;
        }
        job = STAILQ_NEXT(job, link);
    }
}

void ledger_job_answer(const struct ledger_job *job)
{
    if (job->found) job->found(job->ctx, job->ok, job->records, job->count, job->err.text);
    if (job->done) job->done(job->ctx, job->id, job->ok, job->err.text);
}
