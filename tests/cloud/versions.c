/* The documents at the roots of the services. */
#include "handlers.h"

#include <string.h>

struct version_row {
    enum cloud_service service;
    const char *id;
    const char *path;
    const char *status;
    const char *version;
    const char *min_version;
    const char *updated;
    bool only_openstack;
};

static const struct version_row version_rows[] = {
    {CLOUD_COMPUTE, "v2.0", "v2", "SUPPORTED", "", "", "2011-01-21T11:33:21Z", false},
    {CLOUD_COMPUTE, "v2.1", "v2.1", "CURRENT", "2.93", "2.1", "2013-07-23T11:33:21Z", true},
    {CLOUD_IDENTITY, "v3.14", "v3", "stable", NULL, NULL, "2020-04-07T00:00:00Z", true},
    {CLOUD_IDENTITY, "v2.0", "v2.0", "deprecated", NULL, NULL, "2016-08-04T00:00:00Z", false},
    {CLOUD_IMAGE, "v2.16", "v2", "CURRENT", NULL, NULL, NULL, false},
    {CLOUD_NETWORK, "v2.0", "v2.0", "CURRENT", NULL, NULL, NULL, false},
    {CLOUD_VOLUME, "v3.0", "v3", "CURRENT", "3.70", "3.0", "2023-08-31T00:00:00Z", false},
    {CLOUD_VOLUME, "v2.0", "v2", "SUPPORTED", "", "", "2017-02-25T12:00:00Z", false},
};

static void version_write(struct call *call, const struct version_row *row, bool alone)
{
    struct buffer *out = &call->body_out;
    struct buffer base = {0};

    call_base(call, row->service, &base);
    json_open(out, '{');
    json_put_text(out, "id", row->id);
    json_put_text(out, "status", row->status);
    if (row->version) {
        json_put_text(out, "version", row->version);
        json_put_text(out, "min_version", row->min_version);
    }
    if (row->updated) json_put_text(out, "updated", row->updated);
    json_put_open(out, "links", '[');
    json_open(out, '{');
    json_put_text(out, "rel", "self");
    json_put_format(out, "href", "%s/%s/", buffer_string(&base), row->path);
    json_close(out, '}');
    if (alone)
        json_raw(out,
                 "{\"rel\":\"describedby\",\"type\":\"text/html\",\"href\":\"http://docs.openstack.org/\"}");
    json_close(out, ']');
    if (alone)
        json_put_raw(out, "media-types",
                     "[{\"base\":\"application/json\",\"type\":\"application/"
                     "vnd.openstack.compute+json;version=2\"}]");
    json_close(out, '}');
    buffer_release(&base);
}

static bool version_fits(const struct call *call, const struct version_row *row)
{
    return row->service == call->service &&
           (!row->only_openstack || call->cloud->options.dialect == CLOUD_OPENSTACK);
}

static void versions_all(struct call *call)
{
    struct buffer *out = &call->body_out;
    bool identity = call->service == CLOUD_IDENTITY;

    json_open(out, '{');
    if (identity) json_put_open(out, "versions", '{');
    json_put_open(out, identity ? "values" : "versions", '[');
    for (size_t i = 0; i < sizeof version_rows / sizeof *version_rows; i++) {
        if (version_fits(call, &version_rows[i])) version_write(call, &version_rows[i], false);
    }
    json_close(out, ']');
    if (identity) json_close(out, '}');
    json_close(out, '}');
    /* Keystone, Glance and Cinder offer a choice; Nova and Neutron just tell. */
    call->status = identity || call->service == CLOUD_IMAGE || call->service == CLOUD_VOLUME ? 300 : 200;
}

void handle_versions(struct call *call)
{
    if (!*call->version) {
        versions_all(call);
        return;
    }
    for (size_t i = 0; i < sizeof version_rows / sizeof *version_rows; i++) {
        if (!version_fits(call, &version_rows[i]) || strcmp(version_rows[i].path, call->version) != 0)
            continue;
        json_open(&call->body_out, '{');
        json_key(&call->body_out, "version");
        version_write(call, &version_rows[i], true);
        json_close(&call->body_out, '}');
        call->status = 200;
        return;
    }
    call_error(call, 404, "The resource could not be found.");
}

void handle_extensions(struct call *call)
{
    static const char *const aliases[][2] = {
        {"OS-DCF", "DiskConfig"},
        {"OS-EXT-AZ", "ExtendedAvailabilityZone"},
        {"OS-EXT-STS", "ExtendedStatus"},
        {"os-keypairs", "Keypairs"},
        {"os-security-groups", "SecurityGroups"},
        {"os-shelve", "Shelve"},
        {"os-volumes", "Volumes"},
    };
    struct buffer *out = &call->body_out;

    call->status = 200;
    json_open(out, '{');
    json_put_open(out, "extensions", '[');
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++) {
        json_open(out, '{');
        json_put_text(out, "alias", aliases[i][0]);
        json_put_text(out, "description", aliases[i][1]);
        json_put_raw(out, "links", "[]");
        json_put_text(out, "name", aliases[i][1]);
        json_put_text(out, "namespace", "http://docs.openstack.org/compute/ext/fake_xml");
        json_put_text(out, "updated", "2014-12-03T00:00:00Z");
        json_close(out, '}');
    }
    json_close(out, ']');
    json_close(out, '}');
}
