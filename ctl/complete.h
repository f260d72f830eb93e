#ifndef SETPOINT_CTL_COMPLETE_H
#define SETPOINT_CTL_COMPLETE_H

#include "ctl/command.h"

/* What may stand where a line is being typed, from the tables of command.h and, for names, from the daemon.
 */

enum { COMPLETE_ASK_MS = 2000 /* somebody waits at the keyboard */ };

/* words: the line behind the program's name; the last one is being typed and may be "". Adds a line for each
   candidate that begins like it, a tab before what it is; ":files" where the shell knows files better. */
void complete_line(const char *const *words, unsigned count, const char *socket, struct text *out);

#endif
