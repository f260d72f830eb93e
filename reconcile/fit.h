#ifndef SETPOINT_FIT_H
#define SETPOINT_FIT_H

#include "reconcile/judge.h"

/* Whether name, flavor and root disk go with the image, by what the cloud's lists say of both: the image's
   own minima everywhere, and a provider's rows (traits.fits). What no list tells is not judged; the cloud is.
   It clears when the manifest or the list says something else. */

/* Settles it when the server as described could not be built, or when a list that would tell was never read.
 */
bool judge_create_unfit(struct judge *j);
/* The flavor differs, and the list that tells what the server's image needs was never read: settles it. */
bool judge_resize_unread(struct judge *j);
/* A gap is open only because the server's image does not run on the flavor: settles it. */
bool judge_resize_unfit(struct judge *j);
/* Why the server's image does not run on the flavor with this id; NULL: it does, or nobody can tell. */
const char *fit_resize(const struct cloud *cloud, const struct server *server, const char *flavor,
                       struct arena *arena);

#endif
