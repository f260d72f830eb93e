#ifndef SETPOINT_REPLY_H
#define SETPOINT_REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/facts.h"

/* What a reply means. The kind alone decides what happens next (DESIGN.md section 5, "Replies"); a provider
   maps (status or code, key, message pattern) onto it by a table of rows. */
enum reply_kind {
    REPLY_OK,
    REPLY_TRANSPORT, /* no whole reply: time-out, reset, TLS. Outcome unknown unless `not_sent` */
    REPLY_OUTAGE,    /* 5xx, HTML from a gateway, unreadable body. Outcome unknown */
    REPLY_AUTH,      /* 401 after one new token and one repetition */
    REPLY_THROTTLED,
    REPLY_CONFLICT,
    REPLY_ABSENT,
    REPLY_QUOTA,
    REPLY_CAPACITY,
    REPLY_INVALID,
    REPLY_DENIED,
    REPLY_KIND_COUNT
};

/* Images; everything else is usable. */
enum entry_state {
    ENTRY_USABLE,
    ENTRY_COMING, /* being saved: nothing is booted from it yet */
    ENTRY_BROKEN  /* it will never be one: killed, deleted, in error */
};

struct catalogue_entry {
    const char *id;
    const char *name;
    uint32_t vcpus, ram_mib;            /* flavors; 0 = not told */
    bool available;                     /* zones; others true */
    uint32_t disk_gib;                  /* flavors: a root disk of their own; 0 = none, or not told */
    uint32_t min_disk_gib, min_ram_mib; /* images: what a server needs at least; 0 = nothing told */
    bool windows;                       /* images */
    /* floating IPs: the server that has it, or the network interface it is on where no server is told; both
       "" = it is free. NULL is as "". */
    const char *holder, *port;
    int64_t touched_ms;      /* core: when our own call changed holder; 0 = it is as read */
    const char *fingerprint; /* key pairs; NULL = not shown */
    const char *public_key;  /* key pairs: the line of its .pub file; NULL = not shown */
    enum entry_state state;  /* images; others usable */
};

struct reply {
    enum reply_kind kind;
    bool not_sent;               /* TRANSPORT: certain that no byte of the request left (DNS, connect, TLS) */
    int http_status;             /* 0 when there was none */
    const char *message;         /* the provider's or the transport's words; "" when there are none */
    const char *request_id;      /* the provider's; "" */
    int64_t retry_after_ms;      /* THROTTLED; 0 = not told */
    int64_t date_wall_ms;        /* the reply's Date header; -1 */
    const char *provider_id;     /* CREATE: id of the new server, or NULL when the API does not tell */
    const struct facts *servers; /* looks, and calls whose reply shows the server */
    uint32_t server_count;
    const char *next_page; /* LIST and CATALOGUE: continuation; NULL = this was the last page */
    int64_t total;         /* -1 when the API tells none */
    const struct catalogue_entry *entries;
    uint32_t entry_count;
};

const char *reply_kind_name(enum reply_kind kind); /* "throttled" */
/* The provider has surely not carried the call out. */
bool reply_is_refusal(enum reply_kind kind);

#endif
