#ifndef SETPOINT_DAEMON_ACCOUNT_H
#define SETPOINT_DAEMON_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/batch.h"
#include "daemon/flight.h"
#include "daemon/session.h"

/* One cloud as dispatch.c knows it: its document, its session and the calls that wait for either. The
   configuration belongs to the core, so the documents are copies. */
struct account {
    struct account *next;
    const struct provider *provider;
    struct arena documented_arena, arena;
    struct cloud_config *documented; /* as the document says: what a new configuration is compared with */
    struct cloud_config *cloud;      /* in `arena`; with what clouds.yaml adds, renewed at each log-in */
    struct session session;
    struct flight_queue waiting; /* for a token or a permit, in the order of arrival */
    struct flight_queue doubted; /* calls that were refused, maybe for their token: it is being checked */
    struct flight_queue carried; /* log-outs whose token calls under way still carry */
    struct flight_queue leaving; /* log-outs that wait for a permit */
    uint32_t flying;             /* transfers under way */
    uint32_t own;                /* of them, those that are no calls */
    bool retired;                /* not in the configuration any more: kept for the replies under way */

    /* What the core was last told: an event is made only when something changed. */
    struct {
        enum session_state state;
        uint32_t wants, held, own;
        int64_t retry_boot_ms;
        uint64_t serial;
    } told;
};

struct account *account_new(const struct cloud_config *cloud);
void account_free(struct account *account);
/* Another document for the same log-in. */
void account_update(struct account *account, const struct cloud_config *cloud);
/* Makes `cloud` anew from the document, before clouds.yaml is read again. */
void account_renew(struct account *account);
/* Calls that the core has sent and that are not on the wire. */
uint32_t account_held(const struct account *account);
/* Requests that wait for EFFECT_PERMIT. */
uint32_t account_wants(const struct account *account, struct now now);
/* Adds an EVENT_SESSION if anything changed since the last one, or if `always`. */
void account_tell(struct account *account, struct batch *events, struct now now, bool always);

#endif
