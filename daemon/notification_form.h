#ifndef SETPOINT_DAEMON_NOTIFICATION_FORM_H
#define SETPOINT_DAEMON_NOTIFICATION_FORM_H

#include "reconcile/base/text.h"
#include "reconcile/effect.h"
#include "reconcile/event.h"

/* What a target is sent, as bytes. Pure: the same notification gives the same bytes each time. Texts are cut
   and control characters taken out here, whatever they come from. `out` is initialised, and empty; it needs
   NOTIFICATION_FORM_MAX. */

enum {
    NOTIFICATION_TITLE_MAX = 300,    /* bytes; people read it in one line */
    NOTIFICATION_MESSAGE_MAX = 2000, /* bytes; four times what a cloud may say */
    NOTIFICATION_NAME_MAX = 200,     /* bytes of one name; source/name has 96 */
    /* Each byte six times (\u001b), and the frame. */
    NOTIFICATION_FORM_MAX =
        6 * (NOTIFICATION_TITLE_MAX + NOTIFICATION_MESSAGE_MAX + NOTIFICATION_NAMES * NOTIFICATION_NAME_MAX) +
        (16 << 10)
};

/* JSON, with all that is known; docs/operations.md has the members. */
void notification_webhook(const struct notification *notification, struct text *out);
/* JSON with one text in Slack's mrkdwn: https://docs.slack.dev/messaging/formatting-message-text */
void notification_slack(const struct notification *notification, struct text *out);
/* A whole mail for `sendmail -t`. host: of this machine, for the Message-ID. */
void notification_mail(const struct notification *notification, const struct notify_target *target,
                       const char *host, struct text *out);

#endif
