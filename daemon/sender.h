#ifndef SETPOINT_DAEMON_SENDER_H
#define SETPOINT_DAEMON_SENDER_H

#include <stdint.h>

#include "daemon/dispatch.h"
#include "daemon/http.h"

/* Carries dispatch's transfers over HTTP and brings the responses back. */
struct sender {
    struct http *http;
    struct dispatch *dispatch;
    struct sending { /* both ids grow, so the row is sorted by either */
        uint64_t http_id, transfer_id;
    } * under_way;
    uint32_t count, room;
};

/* Borrows both; they outlive the sender. */
void sender_init(struct sender *sender, struct http *http, struct dispatch *dispatch);
void sender_release(struct sender *sender); /* after http_free */
/* Starts everything that dispatch has to start. */
void sender_run(struct sender *sender);

#endif
