#ifndef SETPOINT_DOCS_MAN_SCDOC_H
#define SETPOINT_DOCS_MAN_SCDOC_H

#include <string.h>

#include "reconcile/base/text.h"

/* What the programs that write parts of the manual pages share. The form is scdoc(5)'s. */
enum { SCDOC_PAGE_MAX = 1 << 20 };

/* Appends text in which nothing is a format. */
static inline void scdoc_plain(struct text *out, const char *plain)
{
    for (; *plain; plain++) {
        if (strchr("_*\\<>#|[]~-.", *plain)) text_add_char(out, '\\');
        text_add_char(out, *plain);
    }
}

#endif
