#ifndef SETPOINT_DAEMON_LEDGER_HISTORY_H
#define SETPOINT_DAEMON_LEDGER_HISTORY_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "daemon/ledger_rows.h"

struct ledger_event_query;

/* The table of events: read by number, pruned by age and size. All return SQLite result codes. */
int history_newest(sqlite3 *db, uint64_t *out_seq); /* 0 = empty */
/* The newest query->limit rows that fit, oldest first. */
int history_read(sqlite3 *db, const struct ledger_event_query *query, struct arena *arena,
                 struct record **out_records, uint32_t *out_count);
enum { HISTORY_PRUNE_STEP = 1000 /* rows in one transaction: a few ms */ };
/* One bounded step. before_wall_ms: older rows go (INT64_MIN: none). max_bytes: pages in use (0: no limit).
 *out_more: there is more to drop. */
int history_prune(sqlite3 *db, int64_t before_wall_ms, int64_t max_bytes, bool *out_more);

#endif
