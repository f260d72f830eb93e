#include "daemon/reload.h"

#include "daemon/secret_check.h"
#include "providers/provider.h"
#include "reconcile/base/assert.h"
#include "reconcile/base/cleanup.h"
#include "reconcile/base/memory.h"

struct tokens {
    uint64_t *items;
    uint32_t count, room;
};

struct reload {
    uv_work_t work;
    uv_loop_t *loop;
    char *directory;
    struct reload_host host;
    struct tokens waiting; /* for the next reading */
    struct tokens reading; /* for the one under way */
    bool running, again, closing;
    struct config *config;
    struct mistakes mistakes;
};

struct reload *reload_new(uv_loop_t *loop, const char *directory, const struct reload_host *host)
{
    struct reload *reload = NEW(struct reload);
    reload->work.data = reload;
    reload->loop = loop;
    reload->directory = memory_copy_text(directory);
    reload->host = *host;
    return reload;
}

static void reload_release(struct reload *reload)
{
    memory_free(reload->waiting.items);
    memory_free(reload->reading.items);
    memory_free(reload->directory);
    memory_free(reload);
}

void reload_free(struct reload *reload)
{
    if (reload == NULL) return;
    reload->closing = true;
    if (!reload->running) reload_release(reload);
}

void reload_show(const struct mistakes *mistakes, struct text *out)
{
    for (uint32_t i = 0; i < mistakes->count; i++) {
        if (i > 0) text_add_char(out, '\n');
        mistake_show(&mistakes->items[i], out);
    }
    if (mistakes->dropped > 0) text_addf(out, "\nand %u more mistakes", mistakes->dropped);
}

static void reload_work(uv_work_t *work)
{
    struct reload *reload = work->data;
    reload->mistakes = (struct mistakes){0};
    reload->config = config_read(reload->directory, provider_traits(), &reload->mistakes);
    if (reload->config) secrets_check(reload->config, &reload->mistakes, NULL);
    if (!reload->config || !mistakes_any(&reload->mistakes)) return;
    config_free(reload->config);
    reload->config = NULL;
}

static void reload_tell(struct reload *reload)
{
    struct tokens *tokens = &reload->reading;
    if (reload->config) {
        reload->host.good(reload->host.ctx, TAKE(reload->config), tokens->items, tokens->count);
        return;
    }
    AUTO_TEXT struct text text;
    text_init(&text, RELOAD_TEXT_MAX);
    reload_show(&reload->mistakes, &text);
    reload->host.bad(reload->host.ctx, text.bytes, tokens->items, tokens->count);
}

static void reload_begin(struct reload *reload);

static void reload_done(uv_work_t *work, int status)
{
    struct reload *reload = work->data;
    reload->running = false;
    if (!reload->closing && status == 0) reload_tell(reload);
    config_free(reload->config);
    reload->config = NULL;
    mistakes_release(&reload->mistakes);
    reload->reading.count = 0;
    if (reload->closing)
        reload_release(reload);
    else if (reload->again)
        reload_begin(reload);
}

static void reload_begin(struct reload *reload)
{
    struct tokens empty = reload->reading;
    reload->reading = reload->waiting;
    reload->waiting = empty;
    reload->again = false;
    reload->running = true;
    int failed = uv_queue_work(reload->loop, &reload->work, reload_work, reload_done);
    ASSERT(failed == 0); /* fails for arguments only */
}

void reload_start(struct reload *reload, uint64_t token)
{
    struct tokens *waiting = &reload->waiting;
    if (token) {
        ROW_RESERVE(waiting->items, waiting->count, waiting->room);
        waiting->items[waiting->count++] = token;
    }
    reload->again = true;
    if (!reload->running) reload_begin(reload);
}
