#ifndef SETPOINT_DAEMON_MAIL_TEXT_H
#define SETPOINT_DAEMON_MAIL_TEXT_H

#include "reconcile/base/text.h"

/* How a mail is written (RFC 5322, RFC 2045, RFC 2047). Lines end with a line feed alone, as the standard
   input of a sendmail program has them. What is given is UTF-8; a control character becomes a blank, so that
   no value can begin a header of its own. */

enum { MAIL_LINE_MAX = 76 /* RFC 2045 and RFC 2047, 2: the shorter of their limits */ };

/* "Name: value", folded at blanks. A value that is not ASCII, or that looks encoded, becomes encoded
   words. Names and values are of one line. */
void mail_header(struct text *mail, const char *name, const char *value);
/* "Name: first,\n second": addresses stand as they are, one a line. */
void mail_addresses(struct text *mail, const char *name, const char *const *addresses, uint32_t count);
/* "Date: Sat, 31 Jan 2026 03:00:00 +0000", without locale. */
void mail_date(struct text *mail, int64_t wall_ms);
/* The empty line and the body, quoted-printable. */
void mail_body(struct text *mail, const char *body);

#endif
