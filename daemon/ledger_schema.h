#ifndef SETPOINT_DAEMON_LEDGER_SCHEMA_H
#define SETPOINT_DAEMON_LEDGER_SCHEMA_H

#include <sqlite3.h>
#include <stdbool.h>

#include "reconcile/base/error.h"
#include "reconcile/base/text.h"

/* Tables of the ledger. Each table of records becomes one of TEXT columns with its key; the history's seq and
   wall are numbers, so that it is kept in order and pruned by index. PRAGMA user_version holds the schema's
   version, application_id tells that the file is ours. */
enum { LEDGER_APPLICATION_ID = 0x53455450 /* "SETP" */ };

/* One step from version `from` to `from + 1`. A new version adds a row and raises RECORD_SCHEMA_VERSION. */
struct schema_step {
    int from;
    const char *sql;
};

enum schema_found {
    SCHEMA_EMPTY,   /* no table at all */
    SCHEMA_CURRENT, /* as this version wants it */
    SCHEMA_OLDER,   /* can be migrated */
    SCHEMA_NEWER,   /* made by a later setpoint */
    SCHEMA_FOREIGN, /* another program's database */
    SCHEMA_UNREADABLE
};

enum schema_found schema_judge(sqlite3 *db, int *out_version);
/* SQLite result codes; SQLITE_OK when all is done, in one transaction. */
int schema_create(sqlite3 *db);
/* Copies the database to `copy_path` first (an older copy of that name is replaced). */
int schema_migrate(sqlite3 *db, const char *copy_path, int found, int wanted, const struct schema_step *steps,
                   unsigned step_count);
/* The product's steps. */
extern const struct schema_step schema_steps[];
extern const unsigned schema_step_count;

#endif
