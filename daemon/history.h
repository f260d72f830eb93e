#ifndef SETPOINT_DAEMON_HISTORY_H
#define SETPOINT_DAEMON_HISTORY_H

#include <stdint.h>

#include "reconcile/base/text.h"
#include "reconcile/effect.h"
#include "reconcile/event.h"

/* The history in the form of DESIGN.md section 9: {seq, time, source, name, cloud, type, reason, message,
   call, requestId, revision, uid, pid}; what is not known is null. */

void history_tell_json(const struct tell *tell, struct text *out);
/* Rows of RECORD_EVENTS as one array. */
void history_records_json(const struct record *records, uint32_t count, struct text *out);
/* One line of the log. */
void history_log(const struct tell *tell);

#endif
