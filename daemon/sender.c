#include "daemon/sender.h"

#include <string.h>

#include "daemon/clock.h"
#include "reconcile/base/memory.h"

void sender_init(struct sender *sender, struct http *http, struct dispatch *dispatch)
{
    *sender = (struct sender){.http = http, .dispatch = dispatch};
}

void sender_release(struct sender *sender)
{
    memory_free(sender->under_way);
    *sender = (struct sender){0};
}

/* 0: nobody waits for it. */
static uint64_t sender_take(struct sender *sender, uint64_t http_id)
{
    for (uint32_t i = 0; i < sender->count; i++) {
        if (sender->under_way[i].http_id != http_id) continue;
        uint64_t id = sender->under_way[i].transfer_id;
        uint32_t behind = --sender->count - i;
        memmove(&sender->under_way[i], &sender->under_way[i + 1], behind * sizeof *sender->under_way);
        return id;
    }
    return 0;
}

static void sender_done(void *ctx, uint64_t http_id, const struct http_response *response)
{
    struct sender *sender = ctx;
    dispatch_response(sender->dispatch, sender_take(sender, http_id), response, clock_now());
}

void sender_run(struct sender *sender)
{
    for (struct transfer transfer; dispatch_next(sender->dispatch, &transfer);) {
        struct http_options options = {.pool = transfer.cloud,
                                       .ca_file = transfer.tls_ca,
                                       .proxy_url = transfer.proxy_url,
                                       .proxy_credentials = transfer.proxy_credentials,
                                       .connect_timeout_ms = transfer.connect_timeout_ms,
                                       .total_timeout_ms = transfer.total_timeout_ms,
                                       .secret = transfer.secret};
        uint64_t id = http_start(sender->http, &options, &transfer.request, sender_done, sender);
        ROW_RESERVE(sender->under_way, sender->count, sender->room);
        sender->under_way[sender->count++] = (struct sending){id, transfer.id};
    }
}
