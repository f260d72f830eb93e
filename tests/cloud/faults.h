/* The fault table: which faults there are, which hit a request, how often they told. */
#ifndef SETPOINT_TESTS_CLOUD_FAULTS_H
#define SETPOINT_TESTS_CLOUD_FAULTS_H

#include "dice.h"

struct call;

enum { FAULTS_PER_CALL_MAX = 16 };

/* When a fault works on a request. */
enum fault_stage {
    FAULT_BEFORE, /* instead of handling it */
    FAULT_DURING, /* the handler asks for it with call_fault */
    FAULT_AFTER,  /* on the finished reply */
};

struct fault_entry {
    unsigned id;
    struct cloud_fault fault;
    struct cloud_fault_count count;
    bool used; /* by the present call: counted once */
};

struct faults {
    struct fault_entry *entries;
    size_t count;
    size_t capacity;
    unsigned last_id;
    struct cloud_fault_count totals[CLOUD_FAULT_KIND_COUNT];
    struct dice dice;
};

void faults_release(struct faults *faults);
enum fault_stage fault_stage_of(enum cloud_fault_kind kind);
/* Fills call->faults with those that hit it. */
void faults_match(struct faults *faults, struct call *call);
/* The fault of this kind that hits the call, or NULL; using it is said with fault_used. */
const struct cloud_fault *call_fault(struct call *call, enum cloud_fault_kind kind);
void fault_used(struct call *call, const struct cloud_fault *fault);
/* Replies in place of the handler; true if one did. */
bool faults_before(struct call *call);
void faults_after(struct call *call);
/* `*`, `?` and `|`; an empty pattern fits all. */
bool glob_matches(const char *pattern, const char *text);

#endif
