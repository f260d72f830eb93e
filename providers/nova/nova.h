#ifndef SETPOINT_NOVA_H
#define SETPOINT_NOVA_H

#include "providers/provider.h"
#include "providers/seen.h"

/* One codec for Nova's compute API, two dialects of it (their trait and transition tables are in nhn.c and
   openstack.c). The base version is spoken (no microversion header), which both dialects share: flavors by
   id, lax queries, 200 and 202. Facts: Nova's API reference and the NHN Cloud Instance API v2 guide; what a
   Nova 26.2 does is in tests/contract/nova/. */

struct nova_dialect {
    bool subnet_networks; /* networks[].subnet is understood */
    bool vpc_networks;    /* names of networks and subnets come from NHN's VPC API, not Neutron's */
    bool always_mapped;   /* a create without a block device mapping is refused, but for local-disk flavors */
    unsigned root_gib;    /* always_mapped: size of a root disk when the manifest gives none */
    const char *volume_type_version; /* compute microversion that volume_type needs; NULL = none */
};

extern const struct provider nova_openstack;
extern const struct provider nova_nhn_v2;
extern const struct traits nova_openstack_traits;
extern const struct traits nova_nhn_v2_traits;

/* Type of a root disk that lies on the host, not on a volume (NHN's u2 flavors). */
#define NOVA_LOCAL_DISK "local"

bool nova_encode(const struct nova_dialect *dialect, const struct cloud_config *cloud,
                 const struct access *access, const struct call *call, struct arena *arena,
                 struct http_request *out, struct error *err);
void nova_decode(const struct cloud_config *cloud, const struct call *call,
                 const struct http_response *response, struct arena *arena, struct reply *out);

/* --- pieces, each with its own file --- */

/* create.c: adds the body of POST /servers; *out_version is set when a microversion is needed. */
bool create_encode(const struct nova_dialect *dialect, const struct create_order *order, struct arena *arena,
                   struct text *body, const char **out_version, struct error *err);

/* catalogue.c. The URL of one page of one catalogue; false: this cloud has no endpoint for it. */
bool catalogue_encode(const struct nova_dialect *dialect, const struct cloud_config *cloud,
                      const struct access *access, const struct call *call, struct text *url,
                      struct error *err);
/* false: the body is not what the API promises. */
bool catalogue_decode(const struct call *call, const struct http_response *response, unsigned page_size,
                      struct arena *arena, struct reply *out);

/* status.c. All arguments as the API sends them, any case; task NULL = none; power -1 = not told. */
enum phase status_phase(const char *status, const char *task);
enum phase status_rests(enum phase phase, int64_t power_state);

/* errors.c: kind and message of a response that is no success. */
void error_decode(const struct call *call, const struct http_response *response, struct arena *arena,
                  struct reply *out);

/* servers.c: the one reader of server objects, for lists (1.6 KB a server, 1000 a page) and for one. */
struct server_list {
    struct facts_row row;
    const char *next_marker; /* from the link "next"; NULL = no such link */
};
/* A body {"servers": [...]}; false: not JSON, no such row, or an object in it that is no server. */
bool servers_read(const char *body, size_t size, struct arena *arena, struct server_list *out);
/* A body {"server": {...}}. */
bool server_read(const char *body, size_t size, struct arena *arena, struct facts *out);

#endif
