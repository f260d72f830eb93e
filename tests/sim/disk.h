#ifndef SETPOINT_TESTS_SIM_DISK_H
#define SETPOINT_TESTS_SIM_DISK_H

#include <stdbool.h>
#include <stdint.h>

#include "reconcile/record.h"
#include "tests/sim/rows.h"

/* The simulated disk below the ledger: rows that are durable, and saves that are under way. One worker: saves
   become durable in their order. A save is whole or not there at all. */
struct disk;

struct disk *disk_new(void);
void disk_free(struct disk *disk);
/* What is durable now, on a disk of its own. */
struct disk *disk_copy(const struct disk *disk);

/* A save is under way; it is copied. */
void disk_begin(struct disk *disk, uint64_t id, const struct record *records, uint32_t count);
/* The oldest save under way becomes durable, or is dropped with nothing stored. Its id; 0 = there was none.
 */
uint64_t disk_finish(struct disk *disk, bool fails);
unsigned disk_under_way(const struct disk *disk);
/* Power goes: of the saves under way the first `durable` have just become so, the rest never happened. */
void disk_crash(struct disk *disk, unsigned durable);

void disk_remember(struct disk *disk); /* a backup of what is durable now */
bool disk_restore(struct disk *disk);  /* false: there is no backup */
void disk_wipe(struct disk *disk);     /* the ledger is lost */

/* All tables but events, for EVENT_LEDGER; cells live until the disk changes. */
uint32_t disk_read(const struct disk *disk, const struct record **out, uint64_t *out_event_seq);
/* Durable rows as plain text, for the judge; they live until the next ones are asked for. */
struct rows disk_intents(const struct disk *disk);
struct rows disk_notifications(const struct disk *disk);
uint64_t disk_hash(const struct disk *disk);

#endif
