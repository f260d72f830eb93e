#include "reconcile/base/cleanup.h"
#include "reconcile/base/public_key.h"
#include "reconcile/keypair.h"
#include "reconcile/view_text.h"

/* What status and describe say of a key pair. Keys are shown by fingerprint; a public key is no secret, but
   nobody compares two of them by eye. */

static void member_fingerprint(struct text *out, const char *key, const char *line)
{
    char shown[FINGERPRINT_MAX] = "";
    if (line) public_key_fingerprint(line, shown);
    member_text(out, key, shown);
}

void view_keypair_gap(const struct object *object, struct arena *arena, struct text *out)
{
    const struct keypair_spec *spec = object->keypair->spec;
    const struct catalogue_entry *entry = keypair_entry(object);
    member_key(out, "gap");
    text_add_char(out, '[');
    if (spec && entry &&
        public_key_compare(spec->public_key, entry->public_key, entry->fingerprint) == KEY_DIFFERENT) {
        text_add_char(out, '{');
        member_text(out, "field", "publicKey");
        member_fingerprint(out, "desired", spec->public_key);
        member_text(out, "actual", public_key_shown(entry->public_key, entry->fingerprint, arena));
        member_flag(out, "pending", false);
        text_add_char(out, '}');
    }
    text_add_char(out, ']');
}

static void add_desired(const struct keypair_spec *spec, struct text *out)
{
    member_key(out, "desired");
    if (!spec) {
        text_add(out, "null");
        return;
    }
    text_add_char(out, '{');
    member_text(out, "file", spec->file);
    member_number(out, "line", spec->line);
    member_text(out, "name", spec->key_name);
    member_text(out, "publicKey", spec->public_key);
    member_fingerprint(out, "fingerprint", spec->public_key);
    text_add_char(out, '}');
}

static void add_observed(const struct object *object, struct now now, struct text *out)
{
    AUTO_ARENA struct arena arena = {0};
    const struct catalogue_entry *entry = keypair_entry(object);
    member_key(out, "observed");
    if (!entry) {
        text_add(out, "null");
        return;
    }
    text_add_char(out, '{');
    member_text(out, "name", entry->name);
    member_text(out, "fingerprint", public_key_shown(entry->public_key, entry->fingerprint, &arena));
    member_boot(out, "asked", object->cloud->catalogues[CATALOGUE_KEYPAIR].good_ms, now);
    text_add_char(out, '}');
}

void view_keypair_describe(const struct object *object, struct now now, struct text *out)
{
    add_desired(object->keypair->spec, out);
    add_observed(object, now, out);
    member_key(out, "ledger");
    text_add_char(out, '{');
    member_flag(out, "registeredByUs", object->keypair->registered != NULL);
    member_fingerprint(out, "fingerprint", object->keypair->registered);
    member_number(out, "failures", object->failures);
    member_boot(out, "retryAt", object->retry_ms, now);
    view_intent(object, now, out);
    text_add_char(out, '}');
}
