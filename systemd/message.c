#include "systemd/message.h"

#include <stdio.h>
#include <string.h>

#include "reconcile/base/md5.h"
#include "reconcile/base/text.h"

enum { KEY_MAX = 128 };

static const struct message_row types[] = {
    {"Adopted", "Somebody took servers over",
     "What differs from the manifests is mended from now on. To let go again: setpointctl release NAME."},
    {"AnotherDaemon", "Another daemon works with this owner",
     "Two installations with one owner and different ledgers would undo each other's work, so nothing is "
     "changed in this cloud. Stop the other one or give it another spec.owner; if it is gone, setpointctl "
     "approve ID."},
    {"Approved", "Somebody let happen what was held",
     "The members of the hold are worked on within 15 minutes. Nothing is to be done."},
    {"Asked", "Somebody asked the daemon to do something",
     "The message says what; SETPOINT_UID and SETPOINT_PID who. Nothing is to be done."},
    {"CallAccepted", "A cloud accepted a call",
     "Whether it took effect is looked at next. Nothing is to be done."},
    {"CallDone", "A call took effect", "The cloud shows what was asked for. Nothing is to be done."},
    {"CallEnded", "A call came to its end in another way",
     "Something else than the call brought what was wanted, or made it pointless. Nothing is to be done."},
    {"CallIgnored", "A call came to nothing",
     "The cloud shows no effect of it. It is tried again later, or a remedy follows. When it happens again "
     "and again, ask the cloud's operator with the request id. One that was cut off when the daemon ended "
     "says "
     "nothing of the cloud: it is sent again at once."},
    {"CallOutcomeUnknown", "A call had no usable answer",
     "The cloud is looked at until it is known whether the call took effect; no second one is sent before. "
     "Nothing is to be done."},
    {"CallRefused", "A cloud refused a call",
     "The message holds the cloud's words. setpointctl describe NAME says when it is tried again; when the "
     "manifest asks for what cannot be had, change it."},
    {"CallSent", "A call was sent to a cloud", "It was stored in the ledger before. Nothing is to be done."},
    {"CallWithdrawn", "A call was not sent after all",
     "Between deciding and sending it the manifest, the server or a limit changed. Nothing is to be done."},
    {"CloudBack", "A cloud answers again", "Work goes on there. Nothing is to be done."},
    {"CloudOutage", "A cloud does not answer as it should",
     "It is probed at most a minute apart, and nothing is changed meanwhile. Look at setpointctl clouds, the "
     "cloud's own status page, the network and the clock of this machine."},
    {"CoresAllowed", "The daemon may leave a core when it dies",
     "The environment says SETPOINT_CORE=yes. Whoever reads a core finds the tokens that were in force and "
     "the "
     "user data of the manifests, no password. Take the variable away when the crash was found."},
    {"DescriptorsFew", "The daemon may have few files open",
     "With as many as the message names, clients that fill the control socket cannot keep the clouds from "
     "being "
     "asked. Raise LimitNOFILE= in a drop-in of the service; the packaged unit gives 16384."},
    {"ErrorStorm", "Many servers of a cloud failed at once",
     "Remedies rest, so that a cloud in trouble is not made worse; creates go on. Look at the cloud; it goes "
     "on by itself."},
    {"Held", "Something waits for a person",
     "More is to be destroyed than the budget allows, or it is not certain what is right. setpointctl "
     "approve lists what it is; setpointctl approve ID lets it happen."},
    {"KeypairReplaced", "A key pair is another one now",
     "Somebody replaced it in the cloud. Compare the fingerprints (setpointctl describe NAME) before you "
     "build servers with it."},
    {"LedgerCorrupt", "The ledger cannot be read",
     "The daemon looks on and changes nothing. Put a copy of it back and restart, or begin a new one: "
     "setpointctl ledger rebuild --yes."},
    {"LedgerReadOnly", "The ledger cannot be written",
     "Nothing is sent as long as it cannot be stored first; writing is tried every 10 s. Make room on the "
     "disk of the state directory, or mend its mount."},
    {"LedgerRebuilt", "A new ledger was begun",
     "Servers are bound again by their marks. Creates wait for two complete lists of each cloud."},
    {"LedgerWritable", "The ledger can be written again", "Work goes on. Nothing is to be done."},
    {"LogLevelChanged", "Somebody changed what is logged", "It holds until the next reload or restart."},
    {"LoginFailed", "A cloud refused the log-in",
     "Log-ins are tried again, 30 s to 10 minutes apart. Check spec.auth of the Cloud document and the "
     "account; then setpointctl reload."},
    {"NotificationDropped", "A notification was given up",
     "Its target is not configured any more, took nothing for seven days, or too many wait for it. The "
     "message says what it was about."},
    {"NotificationFailed", "A notify target takes nothing",
     "Notifications are kept in the ledger and tried again with growing pauses, 10 minutes at most. The "
     "message holds what the target said; setpointctl notify shows how it goes, setpointctl notify TARGET "
     "sends a test."},
    {"NotificationTest", "Somebody asked for a test notification", "Nothing is to be done."},
    {"NotificationsDelivered", "A notify target takes notifications again", "Nothing is to be done."},
    {"OrphanFound", "A server of ours has no manifest",
     "It carries our mark, and neither ledger nor manifests know it. It is left alone: setpointctl adopt or "
     "release, or bring its manifest back."},
    {"Quarantined", "Something fails again and again",
     "Somebody else changes it back, or the cloud loses it. It is left alone for a while, longer each time. "
     "Find who else works on it; setpointctl sync NAME tries at once."},
    {"Released", "Somebody let go of a server or key pair",
     "It stays as it is, whatever the manifest says, until setpointctl adopt."},
    {"Renamed", "An object has another name",
     "metadata.was said so; the server is kept. The key may be taken out of the manifest."},
    {"Resumed", "Somebody ended a suspension", "Work goes on."},
    {"ServerAdopted", "A server was taken over",
     "The manifest names it in spec.adopt. What differs is mended from now on."},
    {"ServerFound", "A server was bound by its mark",
     "It is known again after a lost ledger or answer. Nothing is to be done."},
    {"ServerGone", "A server is gone",
     "Its absence is proven. Where the manifest wants it another one is created, within budget and brakes."},
    {"SourceAccepted", "A new set of manifests is in force",
     "Nothing is to be done. setpointctl plan shows what follows."},
    {"SourceEmpty", "A source has become empty",
     "Nothing is deleted before a person says so. Bring the manifests back, or setpointctl approve ID."},
    {"SourceInvalid", "A source has mistakes",
     "What was read before stays in force, and nothing of it is deleted. setpointctl sources shows every "
     "mistake with file, line and column."},
    {"SuccessorPromoted", "A replacement took over",
     "The server that it replaces is gone. Nothing is to be done."},
    {"StartFailed", "The daemon cannot start",
     "The message says what is in the way, where, and what would be right. systemd tries again every 2 s: it "
     "starts by itself once that is mended. No server is touched meanwhile."},
    {"Suspended", "Somebody suspended work",
     "No changing call is sent until setpointctl resume, or the time given is over."},
    {"Unprotected", "Protection of a server ended", "It may be deleted when its manifest goes."},
    {MESSAGE_VERDICT, "The verdict on an object changed", "setpointctl describe NAME says why."},
    {"VanishBrakeEngaged", "Many servers are missing at once",
     "One answer is no proof: nothing is created in their place. When they are lost indeed: setpointctl "
     "approve ID. When the list was wrong it goes on by itself."},
    {"VanishBrakeReleased", "The missing servers are accounted for", "Work goes on. Nothing is to be done."},
    {"WrongProject", "The account sees another project",
     "Nothing is changed. Put the account or spec.expect.project of the Cloud document right; if the new "
     "project is meant: setpointctl approve ID."},
    /* No events. */
    {"ConfigurationTaken", "The configuration was read anew", "It is in force. Nothing is to be done."},
    {"ConfigurationRefused", "The configuration has mistakes",
     "The one before stays in force. Mend what the message names and setpointctl reload; setpointd --check "
     "tries it without taking it over."},
    {"CredentialExposed", "A file with a secret can be read by others",
     "chmod 600 it, and think about a new password."},
    {"InitIgnored", "There is a ledger already",
     "--init is for a first start and did nothing. Take it out of the command line."},
    {"LedgerNew", "The daemon starts without a ledger",
     "Nothing is created before each cloud was listed completely twice. If there was a ledger, stop the "
     "daemon and put it back."},
    {"Leaving", "The daemon stops",
     "What is under way is in the ledger and is looked at after the next start. No server is touched by "
     "this."},
    {"Ready", "The daemon is ready", "Configuration, ledger and sources are loaded."},
    {"MetricsClosed", "Nobody can ask for metrics",
     "The address of listen in the Daemon document cannot be used. Give it another one, or free this one, "
     "and setpointctl reload."},
    {"MetricsOpen", "Metrics can be asked for", "Nothing is to be done."},
    {"SourceMistake", "A mistake in a source",
     "The message says where. What was read before stays in force."},
    {0}};

static const struct message_row reasons[] = {
    {"InSync", "An object is as described", "Nothing is to be done."},
    {"DriftIgnored", "An object differs only where that is left alone",
     "lifecycle.ignore or createOnly say so."},
    {"Building", "A server is being built", "Its end is waited for."},
    {"CallQueued", "A call waits for its turn",
     "Rate and parallel calls of a cloud are limited by its document."},
    {"CallSent", "A call is under way", "Its answer is waited for."},
    {"CallAccepted", "A call was accepted", "Its effect is waited for."},
    {"Deleting", "A server is being deleted", "Its absence is waited for."},
    {"Transitional", "The cloud is changing a server", "Its end is waited for."},
    {"Settling", "What was sent had no answer", "It is looked whether it took effect."},
    {"AbsenceUnproven", "A server is missing in the newest list",
     "One answer is no proof: it is looked again."},
    {"PruneDelay", "A manifest is gone",
     "Its server goes after pruneDelay. Put the manifest back if that was a mistake."},
    {"Backoff", "A call failed and is tried again later", "setpointctl sync NAME tries at once."},
    {"BuildFailed", "A build failed", "Another try follows. The message holds the cloud's words."},
    {"BuildStuck", "A build does not end", "It is replaced when its time is over."},
    {"CatalogueNeeded", "Names are being looked up", "Flavors, images or networks of the cloud are read."},
    {"KeypairNeeded", "A key pair comes first", "The document of kind Keypair registers it."},
    {"DisruptionLimit", "Others are being interrupted",
     "spec.disruption of the Source bounds how many at a time."},
    {"Capacity", "The cloud has no room",
     "One build probes, the others wait. Another zone or flavor may have room."},
    {"CoresAllowed", "The daemon may leave a core when it dies",
     "The environment says SETPOINT_CORE=yes. Whoever reads a core finds the tokens that were in force and "
     "the "
     "user data of the manifests, no password. Take the variable away when the crash was found."},
    {"ErrorStorm", "Many servers failed at once", "Remedies rest for a while."},
    {"Quarantined", "It failed again and again", "It is left alone for a while. Find who else works on it."},
    {"ObserveMode", "The daemon only looks on",
     "mode: observe of the Daemon, the Cloud or the Source. setpointctl plan shows what would be done."},
    {"ColdStart", "The daemon began without a ledger", "Two complete lists of the cloud come first."},
    {"CloudThrottled", "The cloud asked to slow down",
     "It gets the time that it asked for; lower limits.requestsPerSecond when it happens often."},
    {"Repairing", "A server in error is being mended", "lifecycle.onError says how."},
    {"ProtectDelay", "Protection ends soon", "The manifest has to say so for pruneDelay."},
    {"InFlightLimit", "Too many deletions are under way", "The others follow."},
    {"ApprovalNeeded", "A deletion is held",
     "More is to be deleted than the budget allows, or the source became empty. setpointctl approve shows "
     "it."},
    {"NameTaken", "The name is in use", "A server or key pair of that name is there, and it is not ours."},
    {"Duplicate", "There are two servers of one object", "One of them is surplus; a person says which."},
    {"ImmutableChange", "What the manifest changes cannot be changed",
     "The message names the field. lifecycle.onImmutableChange: replace or rebuild would do it."},
    {"ErrorHold", "A server is in error", "lifecycle.onError: hold. Look at it in the cloud."},
    {"Protected", "A server is protected", "lifecycle.protect was set when its manifest went."},
    {"Suspended", "Somebody suspended work", "The message says who wants it so, and why."},
    {"WrongProject", "The account sees another project or region", "Nothing is changed there."},
    {"AnotherDaemon", "Another daemon works with this owner", "Nothing is changed there."},
    {"TakenOver", "The server carries another owner's mark", "Somebody else manages it."},
    {"Orphaned", "The document of an object is gone", "The server is left alone."},
    {"LedgerCorrupt", "The ledger cannot be read", "Nothing is changed."},
    {"SourceInvalid", "The source has mistakes", "setpointctl sources shows them."},
    {"OperatorState", "Somebody paused, suspended, rescued or locked the server", "It is left to them."},
    {"OutcomeUnknown", "It is not known whether a rebuild happened",
     "A second one would lose data; a person says."},
    {"DisruptionHalted", "Two servers failed after the same change",
     "The rest of it is stopped. Look at those two first."},
    {"ServersVanished", "Many servers are missing at once", "Nothing is created in their place."},
    {"TooManyInstances", "The source has more instances than allowed", "spec.maxInstances of the Source."},
    {"NotFound", "The cloud does not know what the manifest names",
     "The message says what, and what is near."},
    {"DoesNotFit", "Image, flavor, disk or zone do not go together", "The message says what would."},
    {"Refused", "The cloud refuses the call", "The message holds its words."},
    {"Conflict", "The server is busy with something else", "It is tried again."},
    {"CloudNotConfigured", "The cloud of the manifest is not configured",
     "Write its Cloud document, or name another."},
    {"NoRoute", "No row of calls leads from here to there", "The message says from what to what."},
    {"AddressTaken", "Another server has the floating IP",
     "The message says whose it is; it is looked up every minute."},
    {"AuthFailed", "The log-in fails", "Check spec.auth of the Cloud document and the account."},
    {"CloudOutage", "The cloud does not answer as it should", "It is probed at most a minute apart."},
    {"Stuck", "A call does not end", "It is looked at every 30 s, and nothing else is sent to that server."},
    {"LedgerReadOnly", "The ledger cannot be written", "Make room on the disk of the state directory."},
    {"NotSeenYet", "Nothing was read yet", "The cloud's first list is waited for."},
    {0}};

const struct message_row *message_types(void)
{
    return types;
}

const struct message_row *message_reasons(void)
{
    return reasons;
}

static bool rows_have(const struct message_row *rows, const char *word)
{
    for (; rows->word; rows++)
        if (text_equal(rows->word, word)) return true;
    return false;
}

bool message_id(const char *type, const char *reason, char out[MESSAGE_ID_SIZE])
{
    char key[KEY_MAX];
    bool verdict = text_equal(type, MESSAGE_VERDICT);
    out[0] = '\0';
    if (!type || !rows_have(types, type) || (verdict && !rows_have(reasons, reason))) return false;
    int size = snprintf(key, sizeof key, "setpoint/%s%s%s", type, verdict ? "/" : "", verdict ? reason : "");
    md5_hex(key, (size_t)size, out);
    /* The form of a random UUID, as sd-id128(3) wants it. */
    out[12] = '4';
    out[16] = "89ab"[(unsigned char)out[16] & 3];
    return true;
}
