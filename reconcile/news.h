#ifndef SETPOINT_NEWS_H
#define SETPOINT_NEWS_H

#include "reconcile/state.h"

/* What people are notified of (Daemon.spec.notify): an object that came to rest in another verdict, and what
   stops a whole cloud or source. Level based, as all is here: of each subject is remembered what was told
   last, in the ledger, too ("told." rows of meta; none = all is well), and a subject whose state differs from
   it joins the group of its like: (reason, cloud), or what is over. After a pause without newcomers, at most
   a minute, a group becomes one message with a count; who went back meanwhile is not in it. So one change is
   told once, over restarts, too; what flickers is not; and ten thousand equal errors are one message.

   Progressing and most that waits is motion, and changes nothing of what was told (enum news). An object that
   becomes Converged is told only after something else was. Nothing is done or kept without targets. */

#define TOLD_KEY "told."

struct news_room *news_new(void);
void news_free(struct news_room *room);
/* A row of the ledger. false: it cannot be understood. */
bool news_load(struct state *state, const char *subject, const char *reason);

/* The ledger is a new one: what was told is stored anew. */
void news_store(struct state *state);

/* The object's verdict was settled. */
void news_note(struct state *state, struct object *object);
/* The object ends. */
void news_forget(struct state *state, struct object *object);
/* At the end of a step: looks at what holds for all, and tells the groups that are due. */
void news_go_on(struct state *state);
int64_t news_wake(const struct state *state);

#endif
