#include "faults.h"

#include "dialect.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Which requests a kind can hit at all. */
enum fault_class {
    HITS_ANY,
    HITS_SERVICES, /* any but logins */
    HITS_LIST,
    HITS_SHOW,
    HITS_CREATE,
    HITS_CHANGE, /* mutating and about a server, create excluded */
    HITS_DELETE,
    HITS_LOGIN,
    HITS_MUTATING,
    HITS_MARK, /* create, or anything about a server */
};

struct fault_row {
    const char *name;
    enum fault_stage stage;
    enum fault_class hits;
};

static const struct fault_row fault_rows[CLOUD_FAULT_KIND_COUNT] = {
    [CLOUD_FAULT_LOST_BEFORE] = {"lost-before", FAULT_BEFORE, HITS_ANY},
    [CLOUD_FAULT_LOST_AFTER] = {"lost-after", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_ERROR_BEFORE] = {"error-before", FAULT_BEFORE, HITS_ANY},
    [CLOUD_FAULT_ERROR_AFTER] = {"error-after", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_HTML_BEFORE] = {"html-before", FAULT_BEFORE, HITS_ANY},
    [CLOUD_FAULT_HTML_AFTER] = {"html-after", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_TRUNCATED] = {"truncated", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_BROKEN_JSON] = {"broken-json", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_SLOW] = {"slow", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_DRIP] = {"drip", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_ENDLESS] = {"endless", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_THROTTLED] = {"throttled", FAULT_BEFORE, HITS_ANY},
    [CLOUD_FAULT_THROTTLED_SILENT] = {"throttled-silent", FAULT_BEFORE, HITS_ANY},
    [CLOUD_FAULT_TOKEN_REVOKED] = {"token-revoked", FAULT_BEFORE, HITS_SERVICES},
    [CLOUD_FAULT_UNAUTHORIZED] = {"unauthorized", FAULT_BEFORE, HITS_ANY},
    [CLOUD_FAULT_CONFLICT] = {"conflict", FAULT_BEFORE, HITS_MUTATING},
    [CLOUD_FAULT_FORBIDDEN] = {"forbidden", FAULT_BEFORE, HITS_SERVICES},
    [CLOUD_FAULT_NOT_FOUND] = {"not-found", FAULT_BEFORE, HITS_SERVICES},
    [CLOUD_FAULT_LAGGING_LIST] = {"lagging-list", FAULT_DURING, HITS_LIST},
    [CLOUD_FAULT_LAGGING_SHOW] = {"lagging-show", FAULT_DURING, HITS_SHOW},
    [CLOUD_FAULT_PAGE_MISSING] = {"page-missing", FAULT_DURING, HITS_LIST},
    [CLOUD_FAULT_PAGE_DOUBLED] = {"page-doubled", FAULT_DURING, HITS_LIST},
    [CLOUD_FAULT_PAGE_SHIFTED] = {"page-shifted", FAULT_DURING, HITS_LIST},
    [CLOUD_FAULT_PAGE_CUT] = {"page-cut", FAULT_DURING, HITS_LIST},
    [CLOUD_FAULT_LIST_EMPTY] = {"list-empty", FAULT_DURING, HITS_LIST},
    [CLOUD_FAULT_LIST_FOREIGN] = {"list-foreign", FAULT_DURING, HITS_LIST},
    [CLOUD_FAULT_BUILD_ERROR] = {"build-error", FAULT_DURING, HITS_CREATE},
    [CLOUD_FAULT_BUILD_ENDLESS] = {"build-endless", FAULT_DURING, HITS_CREATE},
    [CLOUD_FAULT_BUILD_SLOW] = {"build-slow", FAULT_DURING, HITS_CREATE},
    [CLOUD_FAULT_IGNORED] = {"ignored", FAULT_DURING, HITS_CHANGE},
    [CLOUD_FAULT_ACTION_ERROR] = {"action-error", FAULT_DURING, HITS_CHANGE},
    [CLOUD_FAULT_ACTION_SLOW] = {"action-slow", FAULT_DURING, HITS_CHANGE},
    [CLOUD_FAULT_ACTION_ENDLESS] = {"action-endless", FAULT_DURING, HITS_CHANGE},
    [CLOUD_FAULT_VERIFY_FORGOTTEN] = {"verify-forgotten", FAULT_DURING, HITS_CHANGE},
    [CLOUD_FAULT_GHOST] = {"ghost", FAULT_DURING, HITS_CREATE},
    [CLOUD_FAULT_RETURNS] = {"returns", FAULT_DURING, HITS_DELETE},
    [CLOUD_FAULT_QUOTA] = {"quota", FAULT_DURING, HITS_CREATE},
    [CLOUD_FAULT_MARK_STRIPPED] = {"mark-stripped", FAULT_AFTER, HITS_MARK},
    [CLOUD_FAULT_MARK_EDITED] = {"mark-edited", FAULT_AFTER, HITS_MARK},
    [CLOUD_FAULT_WRONG_PROJECT] = {"wrong-project", FAULT_DURING, HITS_LOGIN},
    [CLOUD_FAULT_KILL] = {"kill", FAULT_AFTER, HITS_ANY},
    [CLOUD_FAULT_OTHER_JSON] = {"other-json", FAULT_AFTER, HITS_ANY},
};

void faults_release(struct faults *faults)
{
    free(faults->entries);
    *faults = (struct faults){0};
}

enum fault_stage fault_stage_of(enum cloud_fault_kind kind)
{
    return fault_rows[kind].stage;
}

const char *cloud_fault_name(enum cloud_fault_kind kind)
{
    return kind < CLOUD_FAULT_KIND_COUNT ? fault_rows[kind].name : "";
}

static bool glob_one(const char *pattern, const char *end, const char *text)
{
    if (pattern == end) return !*text;
    if (*pattern == '*')
        return glob_one(pattern + 1, end, text) || (*text && glob_one(pattern, end, text + 1));
    if (!*text || (*pattern != '?' && *pattern != *text)) return false;
    return glob_one(pattern + 1, end, text + 1);
}

bool glob_matches(const char *pattern, const char *text)
{
    if (!*pattern) return true;
    for (;;) {
        const char *end = pattern + strcspn(pattern, "|");

        if (glob_one(pattern, end, text)) return true;
        if (!*end) return false;
        pattern = end + 1;
    }
}

static bool class_hits(enum fault_class hits, const struct call *call)
{
    switch (hits) {
    case HITS_ANY: return true;
    case HITS_SERVICES: return !call->login && call->service != CLOUD_IDENTITY;
    case HITS_LIST:
        return strcmp(call->operation, "list") == 0 || strcmp(call->operation, "list-detail") == 0;
    case HITS_SHOW: return strcmp(call->operation, "show") == 0;
    case HITS_CREATE: return strcmp(call->operation, "create") == 0;
    case HITS_CHANGE: return call->mutating && call->server;
    case HITS_DELETE: return strcmp(call->operation, "delete") == 0;
    case HITS_LOGIN: return call->login;
    case HITS_MUTATING: return call->mutating;
    case HITS_MARK: return strcmp(call->operation, "create") == 0 || call->server;
    }
    return false;
}

static bool operation_matches(const char *pattern, const struct call *call)
{
    if (strcmp(pattern, "mutating") == 0) return call->mutating;
    if (strcmp(pattern, "reading") == 0) return !call->mutating && !call->login;
    return glob_matches(pattern, call->operation);
}

static bool server_matches(const char *pattern, const struct call *call)
{
    if (!*pattern) return true;
    if (call->server)
        return glob_matches(pattern, call->server->face.name) || glob_matches(pattern, call->server->id) ||
               glob_matches(pattern, server_object(&call->server->face));
    return (*call->create_name && glob_matches(pattern, call->create_name)) ||
           (*call->create_object && glob_matches(pattern, call->create_object));
}

static bool fault_matches(const struct cloud_fault *fault, const struct call *call)
{
    return class_hits(fault_rows[fault->kind].hits, call) && call->now_ms >= fault->from_ms &&
           (!fault->until_ms || call->now_ms < fault->until_ms) &&
           glob_matches(fault->method, call->request->method) && operation_matches(fault->operation, call) &&
           glob_matches(fault->path, call->request->path) && server_matches(fault->server, call);
}

void faults_match(struct faults *faults, struct call *call)
{
    for (size_t i = 0; i < faults->count && call->fault_count < FAULTS_PER_CALL_MAX; i++) {
        struct fault_entry *entry = &faults->entries[i];
        const struct cloud_fault *fault = &entry->fault;

        if (!fault_matches(fault, call)) continue;
        entry->count.matched++;
        faults->totals[fault->kind].matched++;
        if (fault->nth && entry->count.matched != fault->nth) continue;
        if (fault->count && entry->count.changed >= fault->count) continue;
        if (fault->permille && !dice_permille(&faults->dice, fault->permille)) continue;
        entry->used = false;
        call->faults[call->fault_count++] = entry;
    }
}

const struct cloud_fault *call_fault(struct call *call, enum cloud_fault_kind kind)
{
    for (size_t i = 0; i < call->fault_count; i++) {
        if (call->faults[i]->fault.kind == kind) return &call->faults[i]->fault;
    }
    return NULL;
}

void fault_used(struct call *call, const struct cloud_fault *fault)
{
    for (size_t i = 0; i < call->fault_count; i++) {
        struct fault_entry *entry = call->faults[i];
        struct cloud_fault_count *total = &call->cloud->faults.totals[fault->kind];

        if (&entry->fault != fault || entry->used) continue;
        entry->used = true;
        entry->count.changed++;
        entry->count.mutating += call->mutating;
        total->changed++;
        total->mutating += call->mutating;
        call->fault_id = entry->id;
    }
}

static void call_html(struct call *call, int status)
{
    call->status = status;
    call->content_type = "text/html";
    buffer_clear(&call->body_out);
    buffer_format(
        &call->body_out,
        "<html>\r\n<head><title>%d Bad Gateway</title></head>\r\n<body>\r\n<center><h1>%d Bad Gateway</h1>"
        "</center>\r\n<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n",
        status, status);
}

static void call_lost(struct call *call, const struct cloud_fault *fault)
{
    call->out.lost = true;
    call->out.hold = fault->number == 1;
    call->out.delay_ms += fault->value_ms;
}

static void call_throttled(struct call *call, const struct cloud_fault *fault)
{
    long long seconds = fault->value_ms > 0 ? (fault->value_ms + 999) / 1000 : 1;

    call_error(call, 429, "This request was rate-limited.");
    if (fault->kind == CLOUD_FAULT_THROTTLED) call_header_out(call, "Retry-After", "%lld", seconds);
}

static int fault_status(const struct cloud_fault *fault, int status)
{
    return fault->status ? fault->status : status;
}

static const char *fault_text(const struct cloud_fault *fault, const char *text)
{
    return fault->text[0] ? fault->text : text;
}

static void fault_before(struct call *call, const struct cloud_fault *fault)
{
    switch ((int)fault->kind) {
    case CLOUD_FAULT_LOST_BEFORE:
        call->status = 0;
        call_lost(call, fault);
        break;
    case CLOUD_FAULT_ERROR_BEFORE:
        call_error(
            call, fault_status(fault, 500), "%s",
            fault_text(
                fault,
                "Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the "
                "Nova API log if possible."));
        break;
    case CLOUD_FAULT_HTML_BEFORE: call_html(call, fault_status(fault, 502)); break;
    case CLOUD_FAULT_THROTTLED:
    case CLOUD_FAULT_THROTTLED_SILENT: call_throttled(call, fault); break;
    case CLOUD_FAULT_TOKEN_REVOKED:
        tokens_revoke(&call->cloud->tokens, call->dialect->token(call),
                      call->now_ms - call->cloud->options.token_cache_ms);
        call_unauthorized(call);
        break;
    case CLOUD_FAULT_UNAUTHORIZED: call_unauthorized(call); break;
    case CLOUD_FAULT_CONFLICT:
        call_error(call, 409, "%s", fault_text(fault, "Conflict for no visible reason."));
        break;
    case CLOUD_FAULT_FORBIDDEN:
        call_error(call, 403, "%s", fault_text(fault, "Policy doesn't allow this to be performed."));
        break;
    case CLOUD_FAULT_NOT_FOUND:
        call_error(call, 404, "Instance %s could not be found.",
                   call->arguments[0] ? call->arguments[0] : "");
        break;
    default: break;
    }
}

bool faults_before(struct call *call)
{
    for (size_t i = 0; i < call->fault_count; i++) {
        const struct cloud_fault *fault = &call->faults[i]->fault;

        if (fault_stage_of(fault->kind) != FAULT_BEFORE) continue;
        fault_used(call, fault);
        fault_before(call, fault);
        return true;
    }
    return false;
}

/* False when there was nothing to spoil. */
static bool fault_body(struct call *call, const struct cloud_fault *fault)
{
    size_t size = call->body_out.size;

    if (size < 2) return false;
    if (fault->kind == CLOUD_FAULT_BROKEN_JSON) {
        call->body_out.size =
            fault->number > 0 && (size_t)fault->number < size ? (size_t)fault->number : size / 2;
        call->body_out.data[call->body_out.size] = '\0';
    } else {
        call->out.truncated = true;
        call->out.truncate_at =
            fault->number > 0 && (size_t)fault->number < size ? (size_t)fault->number : size / 2;
    }
    return true;
}

/* A gateway that answers in the service's place. */
static bool fault_other(struct call *call, const struct cloud_fault *fault)
{
    static const char *const bodies[] = {"{}", "[]", "null"};
    size_t place = (size_t)fault->number % (sizeof bodies / sizeof *bodies);

    if (call->body_out.size < 2) return false;
    buffer_clear(&call->body_out);
    buffer_text(&call->body_out, bodies[place]);
    return true;
}

static bool fault_mark(struct call *call, const struct cloud_fault *fault)
{
    struct server *server = call->server ? call->server : fleet_by_id(&call->cloud->fleet, call->made_id);
    enum agenda_kind kind = fault->kind == CLOUD_FAULT_MARK_STRIPPED ? AGENDA_STRIP : AGENDA_EDIT;

    if (!server || !server->exists) return false;
    agenda_add(&call->cloud->agenda, call->now_ms + fault->value_ms, kind, server, 0, fault->text);
    return true;
}

static bool fault_after(struct call *call, const struct cloud_fault *fault)
{
    switch ((int)fault->kind) {
    case CLOUD_FAULT_LOST_AFTER: call_lost(call, fault); return true;
    case CLOUD_FAULT_ERROR_AFTER:
        call_error(call, fault_status(fault, 500), "%s", fault_text(fault, "Unexpected API Error."));
        return true;
    case CLOUD_FAULT_HTML_AFTER: call_html(call, fault_status(fault, 502)); return true;
    case CLOUD_FAULT_TRUNCATED:
    case CLOUD_FAULT_BROKEN_JSON: return fault_body(call, fault);
    case CLOUD_FAULT_OTHER_JSON: return fault_other(call, fault);
    case CLOUD_FAULT_SLOW: call->out.delay_ms += fault->value_ms; return true;
    case CLOUD_FAULT_DRIP: call->out.drip_ms += fault->value_ms; return true;
    case CLOUD_FAULT_ENDLESS: call->out.endless = true; return true;
    case CLOUD_FAULT_MARK_STRIPPED:
    case CLOUD_FAULT_MARK_EDITED: return fault_mark(call, fault);
    case CLOUD_FAULT_KILL:
        call->out.kill_before_reply = true;
        call->out.kill_pid = fault->number;
        return true;
    default: return false;
    }
}

void faults_after(struct call *call)
{
    for (size_t i = 0; i < call->fault_count; i++) {
        const struct cloud_fault *fault = &call->faults[i]->fault;

        if (fault_stage_of(fault->kind) == FAULT_AFTER && fault_after(call, fault)) fault_used(call, fault);
    }
}
