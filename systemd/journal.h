#ifndef SETPOINT_SYSTEMD_JOURNAL_H
#define SETPOINT_SYSTEMD_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

struct journal_field {
    const char *name; /* "SETPOINT_CLOUD" */
    const char *text; /* NULL or "": the field is left out */
};

enum { JOURNAL_FIELDS_MAX = 16 };

/* Whether the file with this device and inode is the stream that systemd connected to the journal
   ($JOURNAL_STREAM, systemd.exec(5)). */
bool journal_is_stream(uint64_t device, uint64_t inode);
/* priority: 0 … 7 as in syslog(3). At most JOURNAL_FIELDS_MAX fields. Without a journal nothing happens. */
void journal_send(int priority, const char *message, const struct journal_field *fields, unsigned count);

#endif
