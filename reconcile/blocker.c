#include "reconcile/blocker.h"

#include <stdio.h>

#include "reconcile/base/assert.h"
#include "reconcile/cloud.h"
#include "reconcile/intent.h"
#include "reconcile/object.h"
#include "reconcile/source.h"

enum subject { OF_ITS_OWN, OF_OBJECT, OF_SOURCE, OF_CLOUD, OF_SERVER, OF_CALL };

static const struct row {
    struct blocker_row told;
    enum subject subject;
} rows[BLOCKER_COUNT] = {
    [BLOCKER_NONE] = {{"", "", ""}, OF_ITS_OWN},
    [BLOCKER_BUDGET] = {{"budget", "SOURCE, or * (the Daemon's)",
                         "setpointctl approve ID; a window that opens lets nothing through that was held"},
                        OF_SOURCE},
    [BLOCKER_EMPTY] = {{"empty", "SOURCE", "an instance in the source again, or setpointctl approve ID"},
                       OF_SOURCE},
    [BLOCKER_SOURCE] = {{"source", "SOURCE", "the source being read, and valid"}, OF_SOURCE},
    [BLOCKER_SUSPEND] = {{"suspend", "SOURCE, SOURCE/NAME, cloud:CLOUD, or *",
                          "setpointctl resume with the same words (* with none), or the end of --for"},
                         OF_OBJECT},
    [BLOCKER_MODE] = {{"mode", "SOURCE, cloud:CLOUD, or * (the Daemon's)", "mode: enforce in that document"},
                      OF_ITS_OWN},
    [BLOCKER_DISRUPTION] = {{"disruption", "SOURCE",
                             "a server of it being Converged again, or a higher disruption of the Source"},
                            OF_SOURCE},
    [BLOCKER_HALT] = {{"halt", "SOURCE", "setpointctl sync NAME (one try), or a manifest change"}, OF_SOURCE},
    [BLOCKER_INSTANCES] = {{"instances", "SOURCE", "fewer instances, or a higher maxInstances of the Source"},
                           OF_SOURCE},
    [BLOCKER_PROTECT] = {{"protect", "SOURCE/NAME",
                          "setpointctl unprotect NAME --reason R, or protect: false for pruneDelay"},
                         OF_OBJECT},
    [BLOCKER_PRUNE] = {{"prune", "SOURCE", "pruneDelay of the Source having passed"}, OF_SOURCE},
    [BLOCKER_REST] = {{"rest", "SERVER", "lifecycle.retire.stopFor having passed"}, OF_SERVER},
    [BLOCKER_ORPHAN] = {{"orphan", "SOURCE/NAME",
                         "the document coming back, setpointctl adopt, or setpointctl release"},
                        OF_OBJECT},
    [BLOCKER_CLOUD] = {{"cloud", "CLOUD, or * (of what is left of it none is known)",
                        "a Cloud document of that name that the source may use"},
                       OF_CLOUD},
    [BLOCKER_IMMUTABLE] = {{"immutable", "FIELD",
                            "the manifest taken back, lifecycle.ignore, or lifecycle.onImmutableChange"},
                           OF_ITS_OWN},
    [BLOCKER_LEDGER] = {{"ledger", "corrupt, or read-only",
                         "setpointctl ledger rebuild --yes; room on the ledger's disk"},
                        OF_ITS_OWN},
    [BLOCKER_COLD] = {{"cold", "CLOUD", "two complete lists, settle apart, after a start without ledger"},
                      OF_CLOUD},
    [BLOCKER_LIST] = {{"list", "CLOUD, or * (none was wanted yet)", "a complete list since the start"},
                      OF_CLOUD},
    [BLOCKER_LOGIN] = {{"login", "CLOUD", "a log-in that the cloud takes"}, OF_CLOUD},
    [BLOCKER_PROJECT] = {{"project", "CLOUD", "setpointctl approve ID, or the Cloud's document"}, OF_CLOUD},
    [BLOCKER_DAEMON] = {{"daemon", "SERVER (it made)", "setpointctl approve ID"}, OF_CLOUD},
    [BLOCKER_OUTAGE] = {{"breaker:outage", "CLOUD", "the cloud answering"}, OF_CLOUD},
    [BLOCKER_CAPACITY] = {{"breaker:capacity", "ZONE:FLAVOR (* = no zone wanted)",
                           "room there: one build probes, the others follow when it runs"},
                          OF_ITS_OWN},
    [BLOCKER_QUOTA] = {{"breaker:quota", "ZONE:FLAVOR (* = no zone wanted)",
                        "quota: one build probes, the others follow when it runs"},
                       OF_ITS_OWN},
    [BLOCKER_THROTTLE] = {{"throttle", "CLOUD", "the end of what its Retry-After asked for"}, OF_CLOUD},
    [BLOCKER_STORM] = {{"storm", "CLOUD, or CLOUD:ZONE", "10 minutes without servers going to error"},
                       OF_CLOUD},
    [BLOCKER_VANISH] = {{"vanish", "CLOUD", "the servers being back, or setpointctl approve ID"}, OF_CLOUD},
    [BLOCKER_IN_FLIGHT] = {{"inflight", "Delete", "one of the deletions under way being done"}, OF_ITS_OWN},
    [BLOCKER_BACKOFF] = {{"backoff", "CALL", "nextTry, or setpointctl sync NAME"}, OF_CALL},
    [BLOCKER_CONFLICT] = {{"conflict", "CALL", "nextTry, or setpointctl sync NAME"}, OF_CALL},
    [BLOCKER_REFUSED] = {{"refused", "CALL", "nextTry, setpointctl sync NAME, or a manifest change"},
                         OF_CALL},
    [BLOCKER_QUARANTINE] = {{"quarantine", "SOURCE/NAME",
                             "nextTry, setpointctl sync NAME, or a manifest change"},
                            OF_OBJECT},
    [BLOCKER_STUCK] = {{"stuck", "CALL", "the call under way being seen to end"}, OF_CALL},
    [BLOCKER_OUTCOME] = {{"outcome", "CALL", "setpointctl approve ID, or the outcome being seen"},
                         OF_ITS_OWN},
    [BLOCKER_SETTLE] = {{"settle", "CLOUD", "the outcome being seen, or settle having passed"}, OF_CLOUD},
    [BLOCKER_ABSENCE] = {{"absence", "SERVER", "the server being seen, or proven to be gone"}, OF_SERVER},
    [BLOCKER_BUSY] = {{"busy", "SERVER", "the cloud ending what it does with it"}, OF_SERVER},
    [BLOCKER_ERROR] = {{"error", "SERVER", "setpointctl sync NAME (one try), or a manifest change"},
                       OF_SERVER},
    [BLOCKER_OPERATOR] = {{"operator", "SERVER",
                           "somebody resuming, unpausing, unrescuing or unlocking the server"},
                          OF_SERVER},
    [BLOCKER_TAKEN] =
        {{"taken", "SERVER",
          "setpointctl adopt NAME ID (not of a successor), or the other owner's mark going away"},
         OF_SERVER},
    [BLOCKER_DUPLICATE] = {{"duplicate", "SERVER", "setpointctl approve ID, or that server going away"},
                           OF_ITS_OWN},
    [BLOCKER_NAME] = {{"name", "SERVER, SOURCE/NAME, or the key pair's name",
                       "setpointctl adopt NAME ID, another spec.name, or that one going away"},
                      OF_ITS_OWN},
    [BLOCKER_CATALOGUE] = {{"catalogue", "CLOUD:KIND", "that list of the cloud being read"}, OF_ITS_OWN},
    [BLOCKER_MISSING] = {{"missing", "KIND:NAME", "the cloud having one of that name, or another name"},
                         OF_ITS_OWN},
    [BLOCKER_FIT] = {{"fit", "SOURCE/NAME",
                      "a manifest that goes with the image; the message says what would"},
                     OF_OBJECT},
    [BLOCKER_ZONE] = {{"zone", "ZONE", "the cloud opening it, or another zone"}, OF_ITS_OWN},
    [BLOCKER_KEYPAIR] = {{"keypair", "SOURCE/NAME", "that Keypair being Converged"}, OF_ITS_OWN},
    [BLOCKER_IMAGE] = {{"image", "NAME", "the cloud having saved it"}, OF_ITS_OWN},
    [BLOCKER_ADDRESS] = {{"address", "ADDRESS", "who has it letting go of it"}, OF_ITS_OWN},
    [BLOCKER_ROUTE] = {{"route", "SERVER, or CLOUD", "another state of the server, or another manifest"},
                       OF_SERVER},
};

static const enum blocker_kind of_reason[REASON_COUNT] = {
    [REASON_TRANSITIONAL] = BLOCKER_BUSY,
    [REASON_SETTLING] = BLOCKER_SETTLE,
    [REASON_ABSENCE_UNPROVEN] = BLOCKER_ABSENCE,
    [REASON_PRUNE_DELAY] = BLOCKER_PRUNE,
    [REASON_BACKOFF] = BLOCKER_BACKOFF,
    [REASON_BUILD_FAILED] = BLOCKER_BACKOFF,
    [REASON_BUILD_STUCK] = BLOCKER_BACKOFF,
    [REASON_CATALOGUE_NEEDED] = BLOCKER_CATALOGUE,
    [REASON_KEYPAIR_NEEDED] = BLOCKER_KEYPAIR,
    [REASON_DISRUPTION_LIMIT] = BLOCKER_DISRUPTION,
    [REASON_CAPACITY] = BLOCKER_CAPACITY,
    [REASON_ERROR_STORM] = BLOCKER_STORM,
    [REASON_QUARANTINED] = BLOCKER_QUARANTINE,
    [REASON_OBSERVE_MODE] = BLOCKER_MODE,
    [REASON_COLD_START] = BLOCKER_COLD,
    [REASON_CLOUD_THROTTLED] = BLOCKER_THROTTLE,
    [REASON_PROTECT_DELAY] = BLOCKER_PROTECT,
    [REASON_IN_FLIGHT_LIMIT] = BLOCKER_IN_FLIGHT,
    [REASON_APPROVAL_NEEDED] = BLOCKER_BUDGET,
    [REASON_NAME_TAKEN] = BLOCKER_NAME,
    [REASON_DUPLICATE] = BLOCKER_DUPLICATE,
    [REASON_IMMUTABLE_CHANGE] = BLOCKER_IMMUTABLE,
    [REASON_ERROR_HOLD] = BLOCKER_ERROR,
    [REASON_PROTECTED] = BLOCKER_PROTECT,
    [REASON_SUSPENDED] = BLOCKER_SUSPEND,
    [REASON_WRONG_PROJECT] = BLOCKER_PROJECT,
    [REASON_ANOTHER_DAEMON] = BLOCKER_DAEMON,
    [REASON_TAKEN_OVER] = BLOCKER_TAKEN,
    [REASON_ORPHANED] = BLOCKER_ORPHAN,
    [REASON_LEDGER_CORRUPT] = BLOCKER_LEDGER,
    [REASON_SOURCE_INVALID] = BLOCKER_SOURCE,
    [REASON_OPERATOR_STATE] = BLOCKER_OPERATOR,
    [REASON_OUTCOME_UNKNOWN] = BLOCKER_OUTCOME,
    [REASON_DISRUPTION_HALTED] = BLOCKER_HALT,
    [REASON_SERVERS_VANISHED] = BLOCKER_VANISH,
    [REASON_TOO_MANY_INSTANCES] = BLOCKER_INSTANCES,
    [REASON_NOT_FOUND] = BLOCKER_MISSING,
    [REASON_DOES_NOT_FIT] = BLOCKER_FIT,
    [REASON_REFUSED] = BLOCKER_REFUSED,
    [REASON_CONFLICT] = BLOCKER_CONFLICT,
    [REASON_CLOUD_NOT_CONFIGURED] = BLOCKER_CLOUD,
    [REASON_NO_ROUTE] = BLOCKER_ROUTE,
    [REASON_ADDRESS_TAKEN] = BLOCKER_ADDRESS,
    [REASON_AUTH_FAILED] = BLOCKER_LOGIN,
    [REASON_CLOUD_OUTAGE] = BLOCKER_OUTAGE,
    [REASON_STUCK] = BLOCKER_STUCK,
    [REASON_LEDGER_READ_ONLY] = BLOCKER_LEDGER,
    [REASON_NOT_SEEN_YET] = BLOCKER_LIST,
};

const struct blocker_row *blocker_row(enum blocker_kind kind)
{
    ASSERT(kind > BLOCKER_NONE && kind < BLOCKER_COUNT);
    return &rows[kind].told;
}

enum blocker_kind blocker_of_reason(enum reason reason)
{
    ASSERT(reason < REASON_COUNT);
    return of_reason[reason];
}

static const char *cloud_of(const struct object *object)
{
    if (object->cloud) return object->cloud->name;
    return object->spec ? object->spec->cloud : object->cloud_name;
}

static const char *subject_of(const struct object *object, const struct server *server, enum subject subject)
{
    switch (subject) {
    case OF_ITS_OWN:
    case OF_OBJECT: return object->name;
    case OF_SOURCE: return object->source->name;
    case OF_CLOUD: return cloud_of(object);
    case OF_SERVER:
        if (server) return server->facts.id;
        return object->current[0] != '\0' ? object->current : cloud_of(object);
    case OF_CALL:
        if (object->intent) return call_name(object->intent->kind);
        return call_name(object->retry_call == CALL_NONE ? CALL_CREATE : object->retry_call); /* a build */
    }
    UNREACHABLE();
}

void blocker_set(struct blocker *out, enum blocker_kind kind, const struct object *object,
                 const struct server *server, const char *about)
{
    enum subject subject = rows[kind].subject;
    out->kind = kind;
    out->about[0] = '\0';
    if (kind == BLOCKER_NONE) return;
    if (about)
        text_copy(out->about, sizeof out->about, about);
    else if (subject == OF_OBJECT || subject == OF_ITS_OWN)
        snprintf(out->about, sizeof out->about, "%s/%s", object->source->name, object->name);
    else
        text_copy(out->about, sizeof out->about, subject_of(object, server, subject));
}

void blocker_show(const struct blocker *blocker, struct text *out)
{
    if (blocker->kind == BLOCKER_NONE) return;
    text_addf(out, "%s:%s", blocker_row(blocker->kind)->word, blocker->about);
}
