#ifndef SETPOINT_CTL_YAML_H
#define SETPOINT_CTL_YAML_H

#include "reconcile/base/text.h"

/* Text from a cloud as part of a YAML document: it must come back as the same text, and be nothing else. */

/* As it is where every YAML version reads it as text, else in double quotes. */
void yaml_add_text(struct text *out, const char *text);
/* Behind "# ": what would end the line becomes "?". */
void yaml_add_comment(struct text *out, const char *text);

#endif
