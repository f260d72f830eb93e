#ifndef SETPOINT_FIELD_TEXT_H
#define SETPOINT_FIELD_TEXT_H

#include "reconcile/base/text.h"
#include "reconcile/field.h"
#include "reconcile/value.h"

/* A field's value in the manifest's form: {"size": "70GiB", "deleteOnTermination": true}, and for a sentence
   {size: 70GiB}. Secrets are not for here. What is one text though the field has more (a hash of what was
   applied, "not given") is that text. */
void field_json(enum field field, struct value value, struct text *out);
void field_show(enum field field, struct value value, struct text *out);

#endif
