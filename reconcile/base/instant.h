#ifndef SETPOINT_BASE_INSTANT_H
#define SETPOINT_BASE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Time as the core knows it: handed in, never asked for. Delays, windows and deadlines count boottime; wall
   time serves display, schedules, token expiry and what the ledger stores across restarts. Milliseconds. */
struct now {
    int64_t boot_ms; /* CLOCK_BOOTTIME */
    int64_t wall_ms; /* CLOCK_REALTIME, since 1970 */
};

enum { SECOND_MS = 1000, MINUTE_MS = 60 * 1000, HOUR_MS = 3600 * 1000 };
#define DAY_MS   ((int64_t)24 * HOUR_MS)
#define NEVER_MS INT64_MAX /* a due time that does not come */

int64_t instant_min(int64_t a_ms, int64_t b_ms);
int64_t instant_max(int64_t a_ms, int64_t b_ms);
/* a + delay without overflow past NEVER_MS */
int64_t instant_after(int64_t at_ms, int64_t delay_ms);

/* "500ms", "30s", "15m", "24h", "90d"; a whole number and one unit. false: not a duration or over max_ms. */
bool duration_parse(const char *text, int64_t max_ms, int64_t *out_ms);
/* For people: "0:05", "12:30", "3h 05m", "2d 4h"; NEVER_MS is "never". size >= 16. */
void duration_show(int64_t ms, char *out, size_t size);

/* RFC 3339 UTC "2026-01-31T03:00:00Z"; size >= 21 (24 with milliseconds is not used). wall_ms < 0 gives "".
 */
void instant_format(int64_t wall_ms, char *out, size_t size);
/* Accepts "YYYY-MM-DDThh:mm:ss", optional fraction, optional Z or ±hh:mm; without a zone it is UTC. */
bool instant_parse(const char *text, int64_t *out_wall_ms);

#endif
