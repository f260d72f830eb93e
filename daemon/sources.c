#include "daemon/sources.h"

#include <string.h>

#include "daemon/config_copy.h"
#include "daemon/log.h"
#include "daemon/watch.h"
#include "manifests/reading.h"
#include "providers/provider.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/memory.h"
#include "reconcile/base/span.h"
#include "reconcile/base/text.h"

/* A configuration is kept as long as a reading uses it. */
struct kept_config {
    struct config *config;
    unsigned users;
};

struct source_entry {
    struct source_entry *next;
    struct sources *sources;
    char name[LIMIT_DOCUMENT_NAME + 1];
    char *directory;
    struct watch *watch;
    struct job *job; /* the reading under way; NULL */
    bool again;      /* and another one after it */
    uint64_t fault;  /* hash of the mistakes last logged; 0 = it read well */
};

/* One reading. Outlives its entry when the source leaves the configuration meanwhile. */
struct job {
    uv_work_t work;
    struct sources *sources;
    struct source_entry *entry; /* NULL: nobody waits for the outcome */
    struct kept_config *kept;
    const struct source_config *source;
    struct reading reading;
};

/* A wish to have sources read: `left` of them are still to be. */
struct wish {
    struct wish *next;
    uint64_t token;
    uint32_t left;
};
struct wished { /* which readings a wish waits for */
    struct wished *next;
    struct wish *wish;
    struct source_entry *entry;
    bool begun; /* the reading under way counts; else the next one will */
};

struct sources {
    uv_loop_t *loop;
    struct batch *events;
    struct sources_host host;
    struct kept_config *kept;
    struct source_entry *entries;
    struct wish *wishes;
    struct wished *wished;
    uint32_t jobs;
    bool closing;
};

static void kept_release(struct kept_config *kept)
{
    if (kept == NULL || --kept->users > 0) return;
    config_free(kept->config);
    memory_free(kept);
}

struct sources *sources_new(uv_loop_t *loop, struct batch *events, const struct sources_host *host)
{
    struct sources *sources = NEW(struct sources);
    sources->loop = loop;
    sources->events = events;
    sources->host = *host;
    return sources;
}

static void wishes_finish(struct sources *sources)
{
    for (struct wish **at = &sources->wishes; *at;) {
        struct wish *wish = *at;
        if (wish->left > 0) {
            at = &wish->next;
            continue;
        }
        *at = wish->next;
        uint64_t token = wish->token;
        memory_free(wish);
        if (token && !sources->closing) sources->host.reread(sources->host.ctx, token);
    }
}

/* The entry was read (`begun` only), or is gone. */
static void wished_finish(struct sources *sources, const struct source_entry *entry, bool begun_only)
{
    for (struct wished **at = &sources->wished; *at;) {
        struct wished *wished = *at;
        if (wished->entry != entry || (begun_only && !wished->begun)) {
            at = &wished->next;
            continue;
        }
        *at = wished->next;
        wished->wish->left--;
        memory_free(wished);
    }
}

static void wished_begin(struct sources *sources, const struct source_entry *entry)
{
    for (struct wished *wished = sources->wished; wished; wished = wished->next)
        if (wished->entry == entry) wished->begun = true;
}

static void job_work(uv_work_t *work)
{
    struct job *job = work->data;
    source_read(job->source, job->kept->config, provider_traits(), &job->reading);
}

static void job_done(uv_work_t *work, int status);

static void entry_read(struct source_entry *entry)
{
    struct sources *sources = entry->sources;
    if (entry->job) {
        entry->again = true;
        return;
    }
    struct job *job = NEW(struct job);
    job->work.data = job;
    job->sources = sources;
    job->entry = entry;
    job->kept = sources->kept;
    job->kept->users++;
    job->source = config_source(job->kept->config, entry->name);
    ASSERT(job->source);
    entry->job = job;
    entry->again = false;
    sources->jobs++;
    wished_begin(sources, entry);
    int failed = uv_queue_work(sources->loop, &job->work, job_work, job_done);
    ASSERT(failed == 0); /* fails for arguments only */
}

/* Events */

static uint64_t mistakes_hash(const struct mistakes *mistakes)
{
    uint64_t hash = 1;
    for (uint32_t i = 0; i < mistakes->count; i++) {
        const struct error *mistake = &mistakes->items[i];
        struct hash_key key = {hash, mistake->line + ((uint64_t)mistake->column << 32)};
        hash = hash_keyed(key, mistake->text, strlen(mistake->text));
        hash ^= hash_keyed(key, mistake->file, strlen(mistake->file));
    }
    return hash | 1;
}

/* Of the first one the core tells, with what follows from it. */
static void fault_log(const struct source_entry *entry, const struct mistakes *mistakes)
{
    struct log_fields fields = {.source = entry->name, .type = "SourceMistake"};
    for (uint32_t i = 1; i < mistakes->count; i++) {
        AUTO_TEXT struct text line;
        text_init(&line, ERROR_TEXT_MAX + ERROR_FILE_MAX);
        mistake_show(&mistakes->items[i], &line);
        log_write(LOG_LEVEL_ERROR, &fields, "%s", line.bytes);
    }
    if (mistakes->dropped > 0)
        log_write(LOG_LEVEL_ERROR, &fields, "and %u more mistakes in this source", mistakes->dropped);
}

static void fault_add(struct source_entry *entry, const struct reading *reading)
{
    struct batch *events = entry->sources->events;
    const struct mistakes *mistakes = &reading->mistakes;
    uint64_t hash = mistakes_hash(mistakes);
    if (hash != entry->fault) fault_log(entry, mistakes);
    struct error *copy = ARENA_ROW(&events->arena, struct error, mistakes->count);
    if (mistakes->count > 0) memcpy(copy, mistakes->items, mistakes->count * sizeof *copy);
    struct event *event = batch_add(events, EVENT_SOURCE_FAULT);
    event->source_fault.source = arena_text(&events->arena, entry->name);
    event->source_fault.mistakes = copy;
    event->source_fault.count = mistakes->count;
    event->source_fault.missing = reading->missing;
    entry->fault = hash;
}

static void reading_add(struct source_entry *entry, struct reading *reading)
{
    if (reading->generation == NULL) {
        fault_add(entry, reading);
        return;
    }
    entry->fault = 0;
    batch_add(entry->sources->events, EVENT_GENERATION)->generation = TAKE(reading->generation);
}

static void sources_release(struct sources *sources)
{
    if (!sources->closing || sources->jobs > 0) return;
    kept_release(sources->kept);
    memory_free(sources);
}

static void job_done(uv_work_t *work, int status)
{
    struct job *job = work->data;
    struct sources *sources = job->sources;
    struct source_entry *entry = job->entry;
    sources->jobs--;
    if (entry) {
        entry->job = NULL;
        /* Of an older configuration: the reading after this one counts. */
        if (status == 0 && job->kept == sources->kept) reading_add(entry, &job->reading);
        wished_finish(sources, entry, true);
        if (entry->again) entry_read(entry);
    }
    reading_release(&job->reading);
    kept_release(job->kept);
    memory_free(job);
    wishes_finish(sources);
    sources_release(sources);
}

/* Entries */

static void entry_changed(void *ctx)
{
    entry_read(ctx);
}

static void entry_free(struct source_entry *entry)
{
    watch_free(entry->watch);
    if (entry->job) entry->job->entry = NULL;
    wished_finish(entry->sources, entry, false);
    memory_free(entry->directory);
    memory_free(entry);
}

static struct source_entry *entry_find(const struct sources *sources, struct span name)
{
    for (struct source_entry *entry = sources->entries; entry; entry = entry->next)
        if (span_equal(name, entry->name)) return entry;
    return NULL;
}

static void entry_add(struct sources *sources, const struct source_config *source)
{
    struct source_entry *entry = NEW(struct source_entry);
    entry->sources = sources;
    text_copy(entry->name, sizeof entry->name, source->name);
    entry->directory = memory_copy_text(source->directory);
    entry->watch = watch_new(sources->loop, source->directory, entry_changed, entry);
    entry->next = sources->entries;
    sources->entries = entry;
}

/* Entries whose source is gone or lies elsewhere now. */
static void entries_drop(struct sources *sources, const struct config *config)
{
    for (struct source_entry **at = &sources->entries; *at;) {
        struct source_entry *entry = *at;
        const struct source_config *source = config ? config_source(config, entry->name) : NULL;
        if (source && text_equal(source->directory, entry->directory)) {
            at = &entry->next;
            continue;
        }
        *at = entry->next;
        entry_free(entry);
    }
}

/* Wishes */

/* NULL: any source may be meant. */
static struct source_entry *entry_named(const struct sources *sources, const char *name)
{
    const char *slash = strchr(name, '/');
    return entry_find(sources, (struct span){name, slash ? (size_t)(slash - name) : strlen(name)});
}

static bool names_mean(const struct sources *sources, const char *const *names, uint32_t count,
                       const struct source_entry *entry)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct source_entry *named = entry_named(sources, names[i]);
        if (named == NULL || named == entry) return true;
    }
    return count == 0;
}

static void wish_add(struct sources *sources, uint64_t token, const char *const *names, uint32_t name_count)
{
    struct wish *wish = NEW(struct wish);
    wish->token = token;
    wish->next = sources->wishes;
    sources->wishes = wish;
    for (struct source_entry *entry = sources->entries; entry; entry = entry->next) {
        if (!names_mean(sources, names, name_count, entry)) continue;
        struct wished *wished = NEW(struct wished);
        *wished = (struct wished){.next = sources->wished, .wish = wish, .entry = entry};
        sources->wished = wished;
        wish->left++;
    }
}

void sources_reread(struct sources *sources, uint64_t token, const char *const *names, uint32_t name_count)
{
    wish_add(sources, token, names, name_count);
    for (struct source_entry *entry = sources->entries; entry; entry = entry->next)
        if (names_mean(sources, names, name_count, entry)) entry_read(entry);
    wishes_finish(sources);
}

void sources_config(struct sources *sources, const struct config *config, const uint64_t *tokens,
                    uint32_t token_count)
{
    struct kept_config *kept = NEW(struct kept_config);
    kept->config = config_copy(config);
    kept->users = 1;
    entries_drop(sources, kept->config);
    kept_release(sources->kept);
    sources->kept = kept;
    for (uint32_t i = 0; i < kept->config->source_count; i++)
        if (!entry_find(sources, span_of(kept->config->sources[i].name)))
            entry_add(sources, &kept->config->sources[i]);
    for (uint32_t i = 0; i < token_count; i++)
        wish_add(sources, tokens[i], NULL, 0);
    for (struct source_entry *entry = sources->entries; entry; entry = entry->next)
        entry_read(entry);
    wishes_finish(sources);
}

void sources_free(struct sources *sources)
{
    if (sources == NULL) return;
    sources->closing = true;
    entries_drop(sources, NULL);
    wishes_finish(sources);
    sources_release(sources);
}

bool sources_has_fault(const struct sources *sources)
{
    for (const struct source_entry *entry = sources->entries; entry; entry = entry->next)
        if (entry->fault != 0) return true;
    return false;
}

bool sources_has(const struct sources *sources, const char *name)
{
    return entry_find(sources, span_of(name)) != NULL;
}

uint32_t sources_reading(const struct sources *sources)
{
    return sources->jobs;
}
