#ifndef SETPOINT_SYSTEMD_MESSAGE_H
#define SETPOINT_SYSTEMD_MESSAGE_H

#include <stdbool.h>

/* What can stand in the journal: a row for each type of event, each reason of a VerdictChanged, and each line
   that is no event. The catalog of journalctl -x is written from it when the product is built (docs/catalog),
   so what has a MESSAGE_ID has an explanation. */
struct message_row {
    const char *word;    /* type of the event, or reason */
    const char *subject; /* the catalog's title line */
    const char
        *help; /* what it means, and what to do; for reasons their end follows from the table of reasons */
};

/* Up to the row without a word. */
const struct message_row *message_types(void);
const struct message_row *message_reasons(void);

enum { MESSAGE_ID_SIZE = 33 };
#define MESSAGE_VERDICT "VerdictChanged" /* has an id for each reason */

/* 32 hex digits: a digest of the words, so the same for as long as they are. reason: of MESSAGE_VERDICT only,
   else not looked at. false: no such row, and out is "". */
bool message_id(const char *type, const char *reason, char out[MESSAGE_ID_SIZE]);

#endif
