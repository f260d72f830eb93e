#ifndef SETPOINT_OFFER_H
#define SETPOINT_OFFER_H

#include "providers/json.h"
#include "reconcile/event.h"

/* What a cloud offers, as its lists tell it: the parts of an item that the providers spell alike, or in one
   of a few ways. What is not there stays 0. */

/* vcpus, ram or memory_mb (MiB), disk or volumeSize (GiB: a root disk of the flavor's own). */
void offer_read_flavor(const cJSON *item, struct catalogue_entry *out);
/* min_disk or minDisk (GiB), min_ram or minRam (MiB), and os_type or os_distro: beside them, or in `metadata`
   or `properties`. Its state, in any case: no status means that all that is known is that it is listed, and
   usable; a word that nobody knows is waited for, like every unknown status. */
void offer_read_image(const cJSON *item, struct arena *arena, struct catalogue_entry *out);

#endif
