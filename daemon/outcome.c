#include "daemon/outcome.h"

#include <string.h>

#include "daemon/account.h"
#include "daemon/dispatch.h"

/* Together with the name of a call they fit what is shown of an object. */
enum { WORDS_HEAD = 140, WORDS_TAIL = 200 };

/* What is too long loses its middle: Nova begins with the value that it refuses, and ends with why. */
static const char *both_ends(const char *words, struct arena *arena)
{
    size_t size = strlen(words);
    if (size <= WORDS_HEAD + WORDS_TAIL) return words;
    const char *tail = words + size - WORDS_TAIL;
    while (((unsigned char)*tail & 0xC0) == 0x80) /* inside of a character of UTF-8 */
        tail++;
    return arena_printf(arena, "%.*s … %s", (int)text_cut(words, WORDS_HEAD), words, tail);
}

static struct event_reply *reply_add(struct batch *events, const struct flight *flight, int64_t sent_ms)
{
    struct event_reply *event = &batch_add(events, EVENT_REPLY)->reply;
    event->call_id = flight->call->id;
    event->cloud = arena_text(&events->arena, flight->call->cloud);
    event->sent_boot_ms = sent_ms;
    event->reply = (struct reply){.message = "", .request_id = "", .date_wall_ms = -1, .total = -1};
    return event;
}

void outcome_unsent(struct batch *events, struct flight *flight, enum reply_kind kind, const char *message,
                    struct now now)
{
    struct event_reply *event = reply_add(events, flight, now.boot_ms);
    event->reply.kind = kind;
    event->reply.not_sent = true;
    if (flight_is_rejected(flight)) {
        event->sent_boot_ms = flight->rejected_boot_ms;
        event->reply.kind = DISPATCH_REJECTED;
        event->reply.not_sent = false;
        event->reply.http_status = STATUS_UNAUTHORIZED;
    }
    event->reply.message = arena_text(&events->arena, message);
    flight_free(flight);
}

void outcome_decoded(struct batch *events, struct flight *flight, const struct http_response *response)
{
    const struct account *account = flight->account;
    struct event_reply *event = reply_add(events, flight, response->sent_boot_ms);
    flight_decode(flight, account->provider, account->cloud, response, &events->arena, &event->reply);
    event->reply.message = both_ends(event->reply.message, &events->arena);
    flight_free(flight);
}

void outcome_remembered(struct batch *events, struct flight *flight, bool token_is_good)
{
    const struct reply *refusal = flight->refusal;
    struct reply *reply = &reply_add(events, flight, flight->refused_boot_ms)->reply;
    reply->kind = token_is_good ? DISPATCH_DENIED : refusal->kind;
    reply->http_status = refusal->http_status;
    reply->date_wall_ms = refusal->date_wall_ms;
    reply->retry_after_ms = refusal->retry_after_ms;
    reply->request_id = arena_text(&events->arena, refusal->request_id);
    reply->message =
        arena_printf(&events->arena, "%s%s", both_ends(refusal->message, &events->arena),
                     token_is_good ? "; the token is good: this call is denied to the account of "
                                     "spec.auth"
                                   : "");
    flight_free(flight);
}
