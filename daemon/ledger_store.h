#ifndef SETPOINT_DAEMON_LEDGER_STORE_H
#define SETPOINT_DAEMON_LEDGER_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/ledger.h"

/* The SQLite database behind the ledger: blocking calls, used by one thread at a time (the opener, then the
   worker chain). Problems are sentences for people. */
struct ledger_store;

/* content->state says what was found. A corrupt file is left as it is: the store is open, but every write
   fails. false: newer schema, or the directory cannot be used. */
bool ledger_store_open(const char *directory, struct ledger_store **out, struct ledger_content *out_content,
                       struct error *err) __attribute__((warn_unused_result));
void ledger_store_close(struct ledger_store *store); /* NULL-safe */

/* One transaction: begin, any number of puts, commit. After a failed put or commit nothing of it is stored
   and the transaction is over. */
bool ledger_store_begin(struct ledger_store *store, struct error *err);
bool ledger_store_put(struct ledger_store *store, const struct record *record, struct error *err);
bool ledger_store_commit(struct ledger_store *store, struct error *err);

/* Rows into *out_records, which lives in `arena`. */
bool ledger_store_events(struct ledger_store *store, const struct ledger_event_query *query,
                         struct arena *arena, struct record **out_records, uint32_t *out_count,
                         struct error *err);
/* One bounded step; *out_more: call again. */
bool ledger_store_prune(struct ledger_store *store, int64_t before_wall_ms, int64_t max_bytes, bool *out_more,
                        struct error *err);
bool ledger_store_rebuild(struct ledger_store *store, int64_t now_wall_ms, struct error *err);

#endif
