/*
 * What came to a cloud, in its order, in a file. The cloud is a function of it
 * (and of its options), so that a simcloud which is started again, also after
 * a kill, is the same cloud: servers, tokens, records, what is under way. Its
 * time went on meanwhile.
 *
 * One line of JSON for each request, change and fault, written before it has
 * its effect: it outlives the process, not the machine. A last line without its
 * end is dropped. To be used with the place's lock held.
 */
#ifndef SETPOINT_TESTS_SIMCLOUD_JOURNAL_H
#define SETPOINT_TESTS_SIMCLOUD_JOURNAL_H

#include "tests/cloud/cloud.h"

struct journal;
struct place;

/* `shape`: the options as text; a file that was begun with others is refused. *inout_wall_base_ms: of a cloud
 * that begins now; that of the cloud in the file when there is one. NULL with a sentence in out_why. */
struct journal *journal_open(const char *path, const char *shape, int64_t *inout_wall_base_ms, char *out_why,
                             size_t why_size);
void journal_free(struct journal *journal);

/* Makes the place's cloud, which is as new, the one of the file. */
bool journal_replay(struct journal *journal, struct place *place, char *out_why, size_t why_size);

/* NULL is a journal that keeps nothing. */
void journal_request(struct journal *journal, int64_t now_ms, const struct cloud_request *request);
void journal_admin(struct journal *journal, int64_t now_ms, const char *method, const char *path,
                   const char *body);
void journal_delivered(struct journal *journal, int64_t now_ms, uint64_t seq);
void journal_killed(struct journal *journal, int64_t now_ms, uint64_t seq);

#endif
