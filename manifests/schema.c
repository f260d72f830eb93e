#include "manifests/schema.h"

#include <string.h>

#include "reconcile/base/assert.h"
#include "reconcile/base/instant.h"
#include "reconcile/base/limits.h"
#include "reconcile/base/text.h"

static const struct kind_row kinds[KIND_COUNT] = {
    [KIND_INSTANCE] = {"Instance", PLACE_SOURCE, false, "One desired instance."},
    [KIND_CLASS] =
        {"Class", PLACE_SOURCE, false,
         "Named defaults that spec.class of an Instance takes over; of its own source, one level."},
    [KIND_FLEET] = {"Fleet", PLACE_SOURCE, true, "Instances of one template, counted or autoscaled."},
    [KIND_KEYPAIR] = {"Keypair", PLACE_SOURCE, false,
                      "A public key, registered in each of the clouds that it names."},
    [KIND_DAEMON] = {"Daemon", PLACE_OPERATOR, false, "This installation; exactly one document."},
    [KIND_CLOUD] = {"Cloud", PLACE_OPERATOR, false, "One account in one region of one provider."},
    [KIND_SOURCE] = {"Source", PLACE_OPERATOR, false, "Where manifests come from, and how much they may do."},
};

#define I   KIND_BIT(KIND_INSTANCE)
#define C   KIND_BIT(KIND_CLASS)
#define IC  (I | C)
#define D   KIND_BIT(KIND_DAEMON)
#define L   KIND_BIT(KIND_CLOUD)
#define S   KIND_BIT(KIND_SOURCE)
#define K   KIND_BIT(KIND_KEYPAIR)
#define ALL (IC | K | D | L | S)

#define SETS(field)        (1 + (field))
#define SLOT(type, member) (1 + offsetof(type, member))
#define LIFE(member)       SLOT(struct lifecycle, member)
#define DAEMON(member)     SLOT(struct config, member)
#define TARGET(member)     SLOT(struct notify_target, member)
#define CLOUD(member)      SLOT(struct cloud_config, member)
#define SOURCE(member)     SLOT(struct source_config, member)

enum {
    TEXT_MAX = 255 /* names and types of every provider known fit */,
    LABEL_MAX = 63,
    PATH_TEXT_MAX = 4095,
    KEY_TEXT_MAX = 65535 /* of any form: what it is, its reader says better than its length */
};
#define GIB ((int64_t)1 << 30)

/* Ranges reach from what a test in real time wants to what still means anything; each default has its reason
   in the sentence or in DESIGN.md section 7. */
static const struct schema_row rows[] = {
    {ALL, "apiVersion", TYPE_WORD, .words = "setpoint/v1", .flags = ROW_REQUIRED,
     .doc = "The form of the document."},
    {ALL, "kind", TYPE_TEXT, .max = TEXT_MAX, .flags = ROW_REQUIRED, .doc = "What the document describes."},

    {ALL, "metadata", TYPE_MAP, .flags = ROW_REQUIRED, .doc = "Name and labels of the document."},
    {IC, "metadata.name", TYPE_TEXT, FORM_NAME, .max = LIMIT_NAME, .flags = ROW_REQUIRED,
     .doc = "Its name, unique in the source. With the source it is the identity: another name is another "
            "instance."},
    {K, "metadata.name", TYPE_TEXT, FORM_NAME, .max = LIMIT_NAME, .flags = ROW_REQUIRED,
     .doc = "Its name, unique among the Keypairs of the source."},
    {D | L | S, "metadata.name", TYPE_TEXT, FORM_DOCUMENT_NAME, .max = LIMIT_DOCUMENT_NAME,
     .flags = ROW_REQUIRED, .doc = "Its name, unique in the kind."},
    {I, "metadata.labels", TYPE_TEXT_MAP, .max = LABEL_MAX, .count_max = 64,
     .doc = "For selectors on the command line (-l tier=db); not sent to the cloud."},
    {I, "metadata.was", TYPE_TEXT, FORM_WAS, .max = LIMIT_DOCUMENT_NAME + 1 + LIMIT_NAME,
     .doc = "The former name: moves ledger entry and mark, so that a rename is never a delete."},

    {ALL, "spec", TYPE_MAP, .flags = ROW_REQUIRED, .doc = "What is wanted."},

    {IC, "spec.cloud", TYPE_TEXT, FORM_DOCUMENT_NAME, .max = LIMIT_DOCUMENT_NAME, .flags = ROW_MERGED,
     .doc = "The Cloud where it runs; immutable."},
    {I, "spec.class", TYPE_TEXT, FORM_NAME, .max = LIMIT_NAME,
     .doc = "The Class whose values stand in for what is not written here."},
    {I, "spec.name", TYPE_TEXT, FORM_SERVER_NAME, .min = 1, .max = TEXT_MAX, .sets = SETS(FIELD_NAME),
     .doc = "The server's name; metadata.name when absent."},
    {I, "spec.adopt", TYPE_TEXT, FORM_ID, .min = 1, .max = LIMIT_ID,
     .doc = "The provider's id of a server that exists and is to be taken over: the durable form of adopt."},
    {IC, "spec.flavor", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .flags = ROW_BUILD, .sets = SETS(FIELD_FLAVOR),
     .doc = "Flavor, by name or id."},
    {IC, "spec.image", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .flags = ROW_BUILD, .sets = SETS(FIELD_IMAGE),
     .doc = "Image, by name or id."},
    {IC, "spec.zone", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .sets = SETS(FIELD_ZONE),
     .doc = "Availability zone."},
    {IC, "spec.keypair", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .sets = SETS(FIELD_KEYPAIR),
     .doc = "Name of a key pair in the cloud. One that a Keypair registers there is waited for."},
    {IC, "spec.networks", TYPE_MAPS, .min = 1, .count_max = 32, .flags = ROW_ONE_OF,
     .sets = SETS(FIELD_NETWORKS), .doc = "One network interface each, in this order."},
    {IC, "spec.networks.network", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .flags = ROW_CHOICE,
     .doc = "A network, by name or id."},
    {IC, "spec.networks.uuid", TYPE_TEXT, FORM_ID, .min = 1, .max = LIMIT_ID, .flags = ROW_CHOICE,
     .doc = "The same as network."},
    {IC, "spec.networks.subnet", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .flags = ROW_CHOICE,
     .doc = "A subnet, by name or id."},
    {IC, "spec.networks.port", TYPE_TEXT, FORM_ID, .min = 1, .max = LIMIT_ID, .flags = ROW_CHOICE,
     .doc = "A port that exists, by id."},
    {IC, "spec.networks.fixedIp", TYPE_TEXT, FORM_ADDRESS, .max = 45,
     .doc = "The address in it; not with port, which has one."},
    {IC, "spec.securityGroups", TYPE_TEXTS, .min = 1, .max = TEXT_MAX, .count_max = 64,
     .sets = SETS(FIELD_SECURITY_GROUPS), .doc = "The exact set of security groups, by name or id."},
    {IC, "spec.rootDisk", TYPE_MAP, .sets = SETS(FIELD_ROOT_DISK), .doc = "The disk that it boots from."},
    {IC, "spec.rootDisk.size", TYPE_SIZE, .min = GIB, .max = 65536 * GIB, .doc = "Its size, in whole GiB."},
    {IC, "spec.rootDisk.type", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .doc = "The provider's volume type."},
    {IC, "spec.rootDisk.deleteOnTermination", TYPE_BOOL, .fallback = "true",
     .doc =
         "It goes with the server; always sent, because providers' own default leaves a paid volume behind."},
    {IC, "spec.volumes", TYPE_MAPS, .count_max = 64, .sets = SETS(FIELD_VOLUMES),
     .doc = "Volumes to attach. Only what was attached by this list is ever detached."},
    {IC, "spec.volumes.id", TYPE_TEXT, FORM_ID, .min = 1, .max = LIMIT_ID, .flags = ROW_REQUIRED,
     .doc = "Id of a volume that exists."},
    {IC, "spec.floatingIp", TYPE_TEXT, FORM_FLOATING, .max = 45, .sets = SETS(FIELD_FLOATING_IP),
     .doc = "A floating IP that exists in the account: put on the server while it is free. `none` takes off "
            "what "
            "was put there by this."},
    {I, "spec.restart", TYPE_MAP,
     .doc = "One restart at a given time, at most once per value of `at`: one whose answer was lost is not "
            "repeated."},
    {I, "spec.restart.at", TYPE_INSTANT, .min = 0, .max = INT64_MAX, .flags = ROW_REQUIRED,
     .slot = LIFE(restart_wall_ms),
     .doc = "When. A time that has passed before the server was known counts as done."},
    {I, "spec.restart.type", TYPE_WORD, .words = "soft|hard", .fallback = "soft", .slot = LIFE(restart_type),
     .doc = "soft asks the guest, hard takes the power away."},
    {IC, "spec.userData", TYPE_MAP, .flags = ROW_ONE_OF, .sets = SETS(FIELD_USER_DATA),
     .doc = "What the first boot is told; never shown."},
    {IC, "spec.userData.file", TYPE_TEXT, FORM_BESIDE, .min = 1, .max = PATH_TEXT_MAX, .flags = ROW_CHOICE,
     .doc = "A file, relative to the one in which this stands, below the source's directory."},
    {IC, "spec.userData.inline", TYPE_TEXT, FORM_ANY, .min = 1, .max = LIMIT_USER_DATA, .flags = ROW_CHOICE,
     .doc = "The text itself."},
    {IC, "spec.metadata", TYPE_TEXT_MAP, .max = LIMIT_METADATA_TEXT, .count_max = 128,
     .sets = SETS(FIELD_METADATA),
     .doc = "Metadata of the server. Other keys are left alone; those beginning with setpoint. are refused."},
    {IC, "spec.power", TYPE_WORD, .words = "running|stopped|shelved", .fallback = "running",
     .sets = SETS(FIELD_POWER), .doc = "The state to rest in."},

    {IC, "spec.lifecycle", TYPE_MAP, .doc = "What may be done to it, and when."},
    {IC, "spec.lifecycle.protect", TYPE_BOOL, .fallback = "false", .slot = LIFE(protect),
     .doc = "Never delete, replace, rebuild or reinstall; remembered after the manifest is gone."},
    {IC, "spec.lifecycle.onImmutableChange", TYPE_WORD, .words = "block|replace|rebuild", .fallback = "block",
     .slot = LIFE(on_immutable),
     .doc = "A change that no call can make in place. replace: a successor is made, and volumes and "
            "floating IP move to it before the server is deleted; where the cloud's mark has no role, or a "
            "port, a fixed "
            "address or retire.snapshot is given, the server is deleted first. rebuild: another image is put "
            "onto the same server, whose root disk is lost, at most once per value; other fields stay "
            "blocked."},
    {IC, "spec.lifecycle.onError", TYPE_WORD, .words = "hold|repair|replace", .fallback = "repair",
     .slot = LIFE(on_error),
     .doc = "In ERROR after it was running. repair: hard reboot, then stop and start."},
    {IC, "spec.lifecycle.onStuck", TYPE_WORD, .words = "hold|replace", .fallback = "replace",
     .slot = LIFE(on_stuck), .doc = "Building past buildTimeout, and never was running."},
    {IC, "spec.lifecycle.buildTimeout", TYPE_DURATION, .min = SECOND_MS, .max = DAY_MS, .fallback = "15m",
     .slot = LIFE(build_timeout_ms), .doc = "How long a build may take."},
    {IC, "spec.lifecycle.ignore", TYPE_FIELDS, .fallback = "", .slot = LIFE(ignore),
     .doc = "Fields whose drift is reported, not corrected."},
    {IC, "spec.lifecycle.createOnly", TYPE_FIELDS, .fallback = "userData|keypair", .slot = LIFE(create_only),
     .doc = "Fields of which a change concerns new servers only."},
    {IC, "spec.lifecycle.retire", TYPE_MAP,
     .doc = "What comes before the delete of a server that ran; remembered after the manifest is gone."},
    {IC, "spec.lifecycle.retire.stopFor", TYPE_DURATION, .min = 0, .max = 365 * DAY_MS, .fallback = "0s",
     .slot = LIFE(retire.stop_for_ms),
     .doc = "Out of the manifests it is stopped and left so long, counted from where it is seen stopped. Put "
            "back meanwhile it is started again, and nothing is lost."},
    {IC, "spec.lifecycle.retire.snapshot", TYPE_BOOL, .fallback = "false", .slot = LIFE(retire.snapshot),
     .doc = "An image of the stopped server, active before the delete; before a replacement's delete, too."},

    {K, "spec.clouds", TYPE_TEXTS, FORM_DOCUMENT_NAME, .min = 1, .max = LIMIT_DOCUMENT_NAME, .count_max = 256,
     .flags = ROW_REQUIRED, .doc = "The Clouds where it is registered."},
    {K, "spec.name", TYPE_TEXT, .min = 1, .max = LIMIT_KEY_NAME,
     .doc = "Its name in the clouds, by which an Instance's keypair calls it; metadata.name when absent."},
    {K, "spec.publicKey", TYPE_MAP, .flags = ROW_REQUIRED | ROW_ONE_OF,
     .doc =
         "The public half of an SSH key: one line, as in a .pub file. The private half is never wanted, and "
         "refused."},
    {K, "spec.publicKey.file", TYPE_TEXT, FORM_BESIDE, .min = 1, .max = PATH_TEXT_MAX, .flags = ROW_CHOICE,
     .doc = "A file, relative to the one in which this stands, below the source's directory."},
    {K, "spec.publicKey.inline", TYPE_TEXT, FORM_ANY, .min = 1, .max = KEY_TEXT_MAX, .flags = ROW_CHOICE,
     .doc = "The line itself."},

    {D, "spec.owner", TYPE_TEXT, FORM_OWNER, .max = LIMIT_OWNER, .flags = ROW_REQUIRED, .slot = DAEMON(owner),
     .doc =
         "This installation, in the mark of each server. Never change it: servers would no longer be ours."},
    {D, "spec.mode", TYPE_WORD, .words = "observe|enforce", .fallback = "enforce", .slot = DAEMON(mode),
     .doc = "observe: everything is computed and shown, no mutating call."},
    {D, "spec.destroyBudget", TYPE_MAP, .doc = "Bounds destruction over all sources."},
    {D, "spec.destroyBudget.max", TYPE_SHARE, .fallback = "10%", .slot = DAEMON(destroy.max),
     .doc = "At most so many servers, or percent of them (at least 1); 0: every one needs approval."},
    {D, "spec.destroyBudget.per", TYPE_DURATION, .min = SECOND_MS, .max = 30 * DAY_MS, .fallback = "1h",
     .slot = DAEMON(destroy.per_ms), .doc = "Within this sliding window."},
    {D, "spec.log", TYPE_MAP, .doc = "What goes to the journal."},
    {D, "spec.log.level", TYPE_WORD, .words = "debug|info|notice|warning|error", .fallback = "info",
     .flags = ROW_WORD_TEXT, .slot = DAEMON(log_level), .doc = "The least level that is written."},
    {D, "spec.listen", TYPE_MAP, .doc = "TCP listeners; none by default."},
    {D, "spec.listen.metrics", TYPE_TEXT, FORM_LISTEN, .max = TEXT_MAX, .slot = DAEMON(listen_metrics),
     .doc = "Address and port for /metrics, /healthz and /readyz."},
    {D, "spec.history", TYPE_MAP, .doc = "How much of what happened is kept."},
    {D, "spec.history.maxAge", TYPE_DURATION, .min = HOUR_MS, .max = 36500 * DAY_MS, .fallback = "90d",
     .slot = DAEMON(history_age_ms), .doc = "Older events are dropped."},
    {D, "spec.history.maxSize", TYPE_SIZE, .min = 1 << 20, .max = 1024 * GIB, .fallback = "1GiB",
     .slot = DAEMON(history_bytes), .doc = "Beyond it the oldest events are dropped."},
    {D, "spec.notify", TYPE_MAPS, .count_max = LIMIT_TARGETS,
     .doc = "Whom to tell what objects come to rest in, and what brakes stop; one entry for each place."},
    {D, "spec.notify.name", TYPE_TEXT, FORM_DOCUMENT_NAME, .max = LIMIT_DOCUMENT_NAME, .flags = ROW_REQUIRED,
     .slot = TARGET(name), .doc = "Its name in events, metrics and setpointctl notify, unique among them."},
    {D, "spec.notify.form", TYPE_WORD, .words = "webhook|slack|mail", .fallback = "webhook",
     .slot = TARGET(form),
     .doc =
         "webhook posts JSON; slack what Slack's incoming webhooks take, and others' like them; mail hands a "
         "message to sendmail."},
    {D, "spec.notify.url", TYPE_SECRET, FORM_HOOK, .max = LIMIT_HOOK_URL, .flags = ROW_PLAIN,
     .slot = TARGET(secret_url),
     .doc = "webhook, slack: where to post. Whoever knows it may post there, too: it is a secret, unless "
            "plain."},
    {D, "spec.notify.tls", TYPE_MAP, .doc = "webhook, slack: how the other side proves who it is."},
    {D, "spec.notify.tls.ca", TYPE_TEXT, FORM_FILE, .max = PATH_TEXT_MAX, .slot = TARGET(tls_ca),
     .doc = "PEM file of the authorities to trust; the system's when absent."},
    {D, "spec.notify.allowPlainHttp", TYPE_BOOL, .fallback = "false", .slot = TARGET(allow_plain_http),
     .doc = "webhook, slack: allow http: beyond this machine: URL and message travel in the clear."},
    {D, "spec.notify.to", TYPE_TEXTS, FORM_MAIL, .min = 1, .max = LIMIT_MAIL, .count_max = 64,
     .flags = ROW_SOME, .doc = "mail: the addresses."},
    {D, "spec.notify.from", TYPE_TEXT, FORM_MAIL, .min = 1, .max = LIMIT_MAIL, .slot = TARGET(from),
     .doc = "mail: the address it comes from; sendmail's own choice when absent."},
    {D, "spec.notify.sendmail", TYPE_TEXT, FORM_FILE, .max = PATH_TEXT_MAX, .fallback = "/usr/sbin/sendmail",
     .slot = TARGET(sendmail), .doc = "mail: the program; it is called with -t and -i, as sendmail(8) is."},
    {D, "spec.notify.on", TYPE_WORDS, .words = "Converged|Waiting|Blocked|Failing|Brake",
     .fallback = "Converged|Waiting|Blocked|Failing|Brake", .flags = ROW_SOME, .slot = TARGET(kinds),
     .doc = "Of what: verdicts that objects come to rest in (Converged: again, after another was told), and "
            "brakes."},
    {D, "spec.notify.sources", TYPE_TEXTS, FORM_DOCUMENT_NAME, .min = 1, .max = LIMIT_DOCUMENT_NAME,
     .count_max = 256, .flags = ROW_SOME, .doc = "Only of these Sources; of all when absent."},
    {D, "spec.notify.clouds", TYPE_TEXTS, FORM_DOCUMENT_NAME, .min = 1, .max = LIMIT_DOCUMENT_NAME,
     .count_max = 256, .flags = ROW_SOME, .doc = "Only of these Clouds; of all when absent."},

    {L, "spec.provider", TYPE_TEXT, .max = TEXT_MAX, .flags = ROW_REQUIRED | ROW_PROVIDER,
     .doc = "Which API it speaks."},
    {L, "spec.region", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .slot = CLOUD(region),
     .doc = "Needed where the provider's catalogue holds several."},
    {L, "spec.interface", TYPE_WORD, .words = "public|internal|admin", .fallback = "public",
     .flags = ROW_WORD_TEXT, .slot = CLOUD(interface), .doc = "Which endpoints of the catalogue."},
    {L, "spec.endpoint", TYPE_TEXT, FORM_URL, .max = PATH_TEXT_MAX, .slot = CLOUD(endpoints[SERVICE_COMPUTE]),
     .doc = "Overrides the compute endpoint: with a path as it is, host only gets the provider's path."},
    {L, "spec.endpoints", TYPE_MAP, .doc = "Overrides other endpoints of the catalogue."},
    {L, "spec.endpoints.image", TYPE_TEXT, FORM_URL, .max = PATH_TEXT_MAX,
     .slot = CLOUD(endpoints[SERVICE_IMAGE]), .doc = "The image service."},
    {L, "spec.endpoints.network", TYPE_TEXT, FORM_URL, .max = PATH_TEXT_MAX,
     .slot = CLOUD(endpoints[SERVICE_NETWORK]), .doc = "The network service."},
    {L, "spec.endpoints.volume", TYPE_TEXT, FORM_URL, .max = PATH_TEXT_MAX,
     .slot = CLOUD(endpoints[SERVICE_VOLUME]), .doc = "The volume service."},
    {L, "spec.endpoints.vpc", TYPE_TEXT, FORM_URL, .max = PATH_TEXT_MAX,
     .slot = CLOUD(endpoints[SERVICE_VPC]),
     .doc = "The service of subnets, where it is not the network service."},
    {L, "spec.auth", TYPE_MAP, .doc = "How to log in; which keys depends on the provider."},
    {L, "spec.auth.url", TYPE_TEXT, FORM_URL, .max = PATH_TEXT_MAX, .slot = CLOUD(auth_url),
     .doc = "The identity service, with or without /v2.0 or /v3."},
    {L, "spec.auth.tenantId", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .doc = "Id of the tenant."},
    {L, "spec.auth.project", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .doc = "The project, by name or id."},
    {L, "spec.auth.projectDomain", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .doc = "Its domain, by name or id."},
    {L, "spec.auth.username", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .doc = "The user, by name or id."},
    {L, "spec.auth.userDomain", TYPE_TEXT, .min = 1, .max = TEXT_MAX,
     .doc = "The user's domain, by name or id."},
    {L, "spec.auth.password", TYPE_SECRET, .doc = "The user's password."},
    {L, "spec.auth.applicationCredential", TYPE_MAP, .doc = "An application credential, in place of a user."},
    {L, "spec.auth.applicationCredential.id", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .doc = "Its id."},
    {L, "spec.auth.applicationCredential.secret", TYPE_SECRET, .doc = "Its secret."},
    {L, "spec.auth.appkey", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .doc = "The project's appkey."},
    {L, "spec.auth.tenant", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .doc = "The tenant, by name."},
    {L, "spec.auth.scheme", TYPE_WORD, .words = "bearer|bare", .fallback = "bearer", .flags = ROW_WORD_TEXT,
     .doc = "How the token stands in the header Authorization: behind the word Bearer, or alone."},
    {L, "spec.cloudsYaml", TYPE_MAP, .doc = "Log in as a clouds.yaml says, in place of auth."},
    {L, "spec.cloudsYaml.file", TYPE_TEXT, FORM_FILE, .max = PATH_TEXT_MAX, .flags = ROW_REQUIRED,
     .slot = CLOUD(clouds_yaml_file), .doc = "The clouds.yaml; a secure.yaml beside it is read too."},
    {L, "spec.cloudsYaml.cloud", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .flags = ROW_REQUIRED,
     .slot = CLOUD(clouds_yaml_cloud), .doc = "Which cloud of it."},
    {L, "spec.expect", TYPE_MAP, .doc = "What must be found behind the credentials."},
    {L, "spec.expect.project", TYPE_TEXT, .min = 1, .max = TEXT_MAX, .slot = CLOUD(expect_project),
     .doc = "Id of the project; when absent the first one seen is pinned."},
    {L, "spec.tls", TYPE_MAP, .doc = "How the cloud proves who it is."},
    {L, "spec.tls.ca", TYPE_TEXT, FORM_FILE, .max = PATH_TEXT_MAX, .slot = CLOUD(tls_ca),
     .doc = "PEM file of the authorities to trust; the system's when absent."},
    {L, "spec.proxy", TYPE_MAP,
     .doc = "The proxy to go through, whatever the environment (https_proxy, http_proxy, no_proxy) says."},
    {L, "spec.proxy.url", TYPE_TEXT, FORM_URL, .max = TEXT_MAX, .flags = ROW_REQUIRED | ROW_PASSES,
     .slot = CLOUD(proxy_url),
     .doc = "Where it is. http: is usual, and then it is told its credentials in the clear."},
    {L, "spec.proxy.credentials", TYPE_SECRET, .slot = CLOUD(proxy_credentials),
     .doc = "What it is told: USER:PASSWORD."},
    {L, "spec.allowPlainHttp", TYPE_BOOL, .fallback = "false", .slot = CLOUD(allow_plain_http),
     .doc = "Allow http: beyond this machine: password and token travel in the clear."},
    {L, "spec.timeout", TYPE_MAP, .doc = "Of one request."},
    {L, "spec.timeout.connect", TYPE_DURATION, .min = 100, .max = 5 * MINUTE_MS, .fallback = "5s",
     .slot = CLOUD(connect_timeout_ms), .doc = "Until connected, TLS included."},
    {L, "spec.timeout.total", TYPE_DURATION, .min = 100, .max = 30 * MINUTE_MS, .fallback = "30s",
     .slot = CLOUD(total_timeout_ms), .doc = "Until the whole reply is there."},
    {L, "spec.limits", TYPE_MAP, .doc = "How much is asked of the cloud."},
    {L, "spec.limits.requestsPerSecond", TYPE_NUMBER, .min = 1, .max = 1000, .fallback = "10",
     .slot = CLOUD(requests_per_second), .doc = "Requests in any second, log-ins included, evenly spaced."},
    {L, "spec.limits.inFlight", TYPE_NUMBER, .min = 1, .max = LIMIT_IN_FLIGHT, .fallback = "8",
     .slot = CLOUD(in_flight), .doc = "Requests at the same time."},
    {L, "spec.poll", TYPE_MAP, .doc = "How often the servers are read."},
    {L, "spec.poll.interval", TYPE_DURATION, .min = SECOND_MS, .max = HOUR_MS, .fallback = "30s",
     .slot = CLOUD(poll_interval_ms), .doc = "Between two looks at what changed."},
    {L, "spec.poll.full", TYPE_DURATION, .min = SECOND_MS, .max = DAY_MS, .fallback = "10m",
     .slot = CLOUD(poll_full_ms), .doc = "Between two complete lists; not below interval."},
    {L, "spec.settle", TYPE_DURATION, .min = SECOND_MS, .max = HOUR_MS, .slot = CLOUD(settle_ms),
     .doc = "How long after a create its server may still appear; the provider's value when absent."},
    {L, "spec.mode", TYPE_WORD, .words = "observe|enforce", .fallback = "enforce", .slot = CLOUD(mode),
     .doc = "observe: everything is computed and shown, no mutating call."},
    {L, "spec.tenantUuid", TYPE_TEXT, .min = 1, .max = LIMIT_ID, .flags = ROW_BY_PROVIDER,
     .slot = CLOUD(tenant_uuid), .doc = "Id of the tenant whose servers they are."},
    {L, "spec.clusterUuid", TYPE_TEXT, .min = 1, .max = LIMIT_ID, .flags = ROW_BY_PROVIDER,
     .slot = CLOUD(cluster_uuid), .doc = "Id of the cluster through which the cloud is reached."},

    {S, "spec.directory", TYPE_MAP, .flags = ROW_REQUIRED, .doc = "Manifests from a directory."},
    {S, "spec.directory.path", TYPE_TEXT, FORM_DIRECTORY, .max = PATH_TEXT_MAX, .flags = ROW_REQUIRED,
     .slot = SOURCE(directory), .doc = "The directory; every *.yaml and *.yml below it is read."},
    {S, "spec.git", TYPE_MAP, .flags = ROW_UNSUPPORTED, .doc = "Manifests from a git branch."},
    {S, "spec.clouds", TYPE_TEXTS, FORM_DOCUMENT_NAME, .min = 1, .max = LIMIT_DOCUMENT_NAME, .count_max = 256,
     .flags = ROW_REQUIRED, .doc = "The Clouds that its Instances may name."},
    {S, "spec.maxInstances", TYPE_NUMBER, .min = 1, .max = LIMIT_OBJECTS, .slot = SOURCE(max_instances),
     .doc = "More Instances than this are a mistake."},
    {S, "spec.prune", TYPE_BOOL, .flags = ROW_REQUIRED, .slot = SOURCE(prune),
     .doc =
         "Delete the server of an Instance that is no longer there; no default, so that it is a decision."},
    {S, "spec.pruneDelay", TYPE_DURATION, .max = 30 * DAY_MS, .fallback = "30s",
     .slot = SOURCE(prune_delay_ms), .doc = "How long it must be gone."},
    {S, "spec.destroyBudget", TYPE_MAP, .doc = "Bounds destruction in this source."},
    {S, "spec.destroyBudget.max", TYPE_SHARE, .fallback = "10%", .slot = SOURCE(destroy.max),
     .doc = "At most so many servers, or percent of them (at least 1); 0: every one needs approval."},
    {S, "spec.destroyBudget.per", TYPE_DURATION, .min = SECOND_MS, .max = 30 * DAY_MS, .fallback = "1h",
     .slot = SOURCE(destroy.per_ms), .doc = "Within this sliding window."},
    {S, "spec.disruption", TYPE_MAP, .doc = "Bounds what interrupts running servers."},
    {S, "spec.disruption.max", TYPE_SHARE, .fallback = "20%", .slot = SOURCE(disruption),
     .doc = "At most so many servers at the same time, or percent of them (at least 1)."},
    {S, "spec.mode", TYPE_WORD, .words = "observe|enforce", .fallback = "enforce", .slot = SOURCE(mode),
     .doc = "observe: everything is computed and shown, no mutating call."},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

const struct kind_row *kind_row(enum kind kind)
{
    ASSERT((unsigned)kind < KIND_COUNT);
    return &kinds[kind];
}

bool kind_from_name(const char *name, enum kind *out)
{
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if (strcmp(kinds[i].name, name) != 0) continue;
        *out = (enum kind)i;
        return true;
    }
    return false;
}

const struct schema_row *schema_rows(unsigned *out_count)
{
    *out_count = ROW_COUNT;
    return rows;
}

const struct schema_row *schema_find(enum kind kind, const char *path)
{
    for (unsigned i = 0; i < ROW_COUNT; i++)
        if ((rows[i].kinds & KIND_BIT(kind)) && strcmp(rows[i].path, path) == 0) return &rows[i];
    return NULL;
}

const char *schema_key(const struct schema_row *row)
{
    const char *dot = strrchr(row->path, '.');
    return dot ? dot + 1 : row->path;
}

const struct schema_row *schema_next(enum kind kind, const struct schema_row *parent,
                                     const struct schema_row *after)
{
    size_t prefix = parent ? strlen(parent->path) : 0;
    const struct schema_row *row = after ? after + 1 : parent ? parent + 1 : rows;
    for (; row < rows + ROW_COUNT; row++) {
        const char *key = row->path;
        if (!(row->kinds & KIND_BIT(kind))) continue;
        if (parent) {
            if (strncmp(key, parent->path, prefix) != 0 || key[prefix] != '.') return NULL;
            key += prefix + 1;
        }
        if (!strchr(key, '.')) return row;
    }
    return NULL;
}

const struct schema_row *schema_child(enum kind kind, const struct schema_row *parent, const char *key)
{
    const struct schema_row *row = schema_next(kind, parent, NULL);
    while (row && strcmp(schema_key(row), key) != 0)
        row = schema_next(kind, parent, row);
    return row;
}

const struct schema_row *schema_of_field(enum field field)
{
    for (unsigned i = 0; i < ROW_COUNT; i++)
        if (rows[i].sets == 1 + (unsigned)field) return &rows[i];
    return NULL;
}

bool words_next(const char **at, char word[SCHEMA_WORD_MAX])
{
    if (!*at || !**at) return false;
    size_t length = strcspn(*at, "|");
    ASSERT(length < SCHEMA_WORD_MAX);
    memcpy(word, *at, length);
    word[length] = '\0';
    *at += length + ((*at)[length] == '|');
    return true;
}

bool words_have(const char *words, const char *word, unsigned *out_index)
{
    char next[SCHEMA_WORD_MAX];
    for (unsigned index = 0; words_next(&words, next); index++) {
        if (strcmp(next, word) != 0) continue;
        if (out_index) *out_index = index;
        return true;
    }
    return false;
}
