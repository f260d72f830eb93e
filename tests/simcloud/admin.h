/*
 * The admin API below /admin/, JSON in and out, no login:
 *
 *   GET  /admin/servers[?all=1]    what there really is (all: gone ones too)
 *   GET  /admin/counters           counters, and one row per operation
 *   GET  /admin/records[?since=N][&operation=O][&mutating=1]   arrived requests after number N
 *   GET  /admin/objects            servers per object name, now and at most
 *   GET  /admin/faults             the fault table with its counts
 *   GET  /admin/catalogue          flavors, images, networks...
 *   POST /admin/fault              adds a fault: {"kind":"lost-after","operation":"create","count":1}
 *   POST /admin/faults/clear
 *   POST /admin/fault/remove       {"id":1}
 *   POST /admin/change             {"kind":"delete","server":"web-*"}
 *   POST /admin/preload            {"count":1000,"prefix":"old"}
 *   POST /admin/quota              {"instances":5,"cores":40,"ram":100000}
 *   POST /admin/client             {"pid":123}: whom a kill fault without a number means; 0 from its death on
 *   POST /admin/advance            {"ms":60000}: lets the cloud's time jump ahead
 *   POST /admin/records/trim
 *   POST /admin/reset              a new cloud with the same options
 */
#ifndef SETPOINT_TESTS_SIMCLOUD_ADMIN_H
#define SETPOINT_TESTS_SIMCLOUD_ADMIN_H

#include "place.h"
#include "tests/cloud/buffer.h"

bool admin_is(const char *path);
/* Returns the HTTP status; the reply's JSON goes to out. Takes the place's lock. `query` is a function that
 * gives a query value or NULL. */
int admin_handle(struct place *place, const char *method, const char *path,
                 const char *(*query)(void *opaque, const char *key), void *opaque, const char *body,
                 size_t body_size, struct buffer *out);

#endif
